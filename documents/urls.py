"""The notices and their verification: their addresses. A paper is served by the app that knows who may see
it.
"""

from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("avis/<uuid:notice_id>/", views.notice, name="notice"),
    path("verifier/", views.verify, name="verify"),
]
