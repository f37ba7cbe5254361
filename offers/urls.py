"""The pages of offers: their addresses."""

from django.urls import path

from offers import views

app_name = "offers"
urlpatterns = [
    path("<slug:slug>/", views.page, name="page"),
    path("<slug:slug>/repondre/", views.reply, name="reply"),
]
