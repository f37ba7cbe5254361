"""The addresses of the portal; each app lists its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("campaign.urls")),
    path("compte/", include("allauth.urls")),
    path("dossier/", include("applicants.urls")),
    path("paiement/", include("payments.urls")),
    path("documents/", include("documents.urls")),
    path("places/", include("offers.urls")),
    path("gestion/", admin.site.urls),
    path("langue/", include("django.conf.urls.i18n")),
]
