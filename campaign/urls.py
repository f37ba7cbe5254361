"""The home pages: their addresses."""

from django.urls import include, path

from campaign.views import dossier, eligibility, home, own_data, procedure

app_name = "campaign"
urlpatterns = [
    path("", home.home, name="home"),
    path("demonstration/", include("campaign.demonstration.urls")),
    path("procedures/<slug:slug>/", procedure.procedure, name="procedure"),
    path("procedures/<slug:slug>/puis-je-candidater/", eligibility.eligibility, name="eligibility"),
    path("mes-donnees/", own_data.own_data, name="own_data"),
    path("mes-donnees/copie/", own_data.own_copy, name="own_copy"),
    path("mes-donnees/effacement/", own_data.erasure, name="erasure"),
    path("mon-dossier/<slug:slug>/", dossier.dossier_home, name="dossier"),
    path("mon-dossier/<slug:slug>/convocation.ics", dossier.summons_calendar, name="summons_calendar"),
]
