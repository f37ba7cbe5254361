"""The candidate's pages of the selection: their addresses."""

from django.urls import path

from juries.views import booking, supplement

app_name = "juries"
urlpatterns = [
    path("<slug:slug>/creneau/<int:choice_id>/", booking.page, name="booking"),
    path("<slug:slug>/creneau/<int:choice_id>/agenda/", booking.calendar, name="booking_calendar"),
    path("<slug:slug>/complement/<int:supplement_id>/", supplement.page, name="supplement"),
]
