"""The account: its addresses, beside those of sign-in."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("donnees-personnelles/", views.data_protection, name="data_protection"),
]
