"""The addresses of the demonstration's pages, below those of the home pages."""

from django.urls import path

from campaign.views import demonstration

urlpatterns = [
    path("progression/", demonstration.progress, name="progress"),
    path("courriels/", demonstration.mailbox, name="mailbox"),
    path("courriels/<uuid:mail_id>/", demonstration.mail, name="mail"),
    path("<slug:slug>/entrer/", demonstration.sign_in, name="sign_in"),
    path("<slug:slug>/moment/", demonstration.move, name="move"),
]
