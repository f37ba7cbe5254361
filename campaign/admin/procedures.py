"""The procedures of an office, each with a page for what concerns all of it at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaign.admin.forms import IncidentForm
from campaign.staffing import staffed_by_office
from programmes.desk import DeskAdmin, attempt, person
from programmes.incidents import end_incident, show_incident
from programmes.models import Procedure
from programmes.words import date_and_hour


@admin.register(Procedure)
class ProcedureAdmin(DeskAdmin):
    """The procedures of which one is the office."""

    change_form_template = "admin/campaign/procedure.html"
    list_display = ("__str__", "year", "is_rehearsal", "incident_shown")
    ordering = ("-year", "slug")
    fields = ("title", "year", "slug", "is_rehearsal", "clock", "contact_email")

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=staffed_by_office(person(request)).values("pk"))

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.below("<int:procedure_id>/incident/", self.incident, "campaign_incident"),
            self.below("<int:procedure_id>/incident/retirer/", self.end_incident, "campaign_incident_end"),
        ]
        return own + super().get_urls()

    def incident(self, request: HttpRequest, procedure_id: int) -> HttpResponse:
        """The banner on every page of the procedure: its words."""
        procedure = self._find(request, procedure_id)
        form = IncidentForm(request.POST or None, initial=procedure.incident.as_json())
        if request.method == "POST" and form.is_valid():
            shown = attempt(
                request,
                lambda: show_incident(procedure.pk, **form.cleaned_data, by=person(request)),
                gettext("Le message est affiché en haut de toutes les pages de la procédure."),
                tell=partial(form.add_error, None),
            )
            if shown:
                return redirect("admin:programmes_procedure_change", procedure.pk)
        title = gettext("Message d’incident")
        return self.framed(request, "admin/campaign/incident.html", title, form=form, shown=procedure)

    def end_incident(self, request: HttpRequest, procedure_id: int) -> HttpResponse:
        """Take the banner down, by POST from its page."""
        procedure = self._find(request, procedure_id)
        if request.method != "POST":
            raise Http404
        done = gettext("Le message est retiré.")
        attempt(request, lambda: end_incident(procedure.pk, by=person(request)), done)
        return redirect("admin:programmes_procedure_change", procedure.pk)

    @admin.display(description=_("message d’incident"))
    def incident_shown(self, procedure: Procedure) -> str:
        return str(procedure.incident)

    @admin.display(description=_("heure de la procédure"))
    def clock(self, procedure: Procedure) -> str:
        return date_and_hour(procedure.now())

    def _find(self, request: HttpRequest, procedure_id: int) -> Procedure:
        procedure: Procedure | None = self.get_queryset(request).filter(pk=procedure_id).first()
        if procedure is None:
            raise Http404
        return procedure
