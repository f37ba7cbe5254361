"""The files and their verification: their addresses."""

from django.urls import URLPattern

app_name = "documents"
urlpatterns: list[URLPattern] = []
