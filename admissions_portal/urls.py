"""The addresses of the portal; each app lists its own."""

from django.contrib import admin
from django.urls import include, path

from accounts.views import set_language

urlpatterns = [
    path("", include("campaign.urls")),
    path("compte/", include("accounts.urls")),
    path("compte/", include("allauth.urls")),
    path("dossier/", include("applicants.urls")),
    path("paiement/", include("payments.urls")),
    path("documents/", include("documents.urls")),
    path("selection/", include("juries.urls")),
    path("places/", include("offers.urls")),
    path("gestion/", admin.site.urls),
    path("langue/", set_language, name="set_language"),
]
