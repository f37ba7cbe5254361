"""The home pages: their addresses."""

from django.urls import URLPattern

app_name = "campaign"
urlpatterns: list[URLPattern] = []
