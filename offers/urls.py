"""The pages of offers: their addresses."""

from django.urls import URLPattern

app_name = "offers"
urlpatterns: list[URLPattern] = []
