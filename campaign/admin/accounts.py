"""Accounts as the office looks after them: what a candidate cannot do alone is done from the page of the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applicants.extensions import grant_extension
from applicants.identity import folded
from applicants.models import Dossier, Status
from campaign.addresses import change_address
from campaign.admin.forms import AddressForm, ExtensionForm, JoiningForm
from campaign.erasure import erase_person
from campaign.joining import join_accounts, same_persons
from campaign.models import DataRequest
from campaign.staffing import staffed_by_office
from campaign.views.own_data import copy_response
from journal.errors import Refused
from programmes.desk import DeskAdmin, attempt, person
from programmes.models import Procedure, Role
from programmes.roles import OFFICE, HeldRoles
from programmes.waiting import Waiting, tells_what_waits


class ErasureAsked(admin.SimpleListFilter):
    """Whose data can be erased now, as they asked."""

    title = _("demande")
    parameter_name = "demande"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("effacement", _("effacement possible dès maintenant"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return erasable_now(queryset) if self.value() else queryset


def erasable_now(users: QuerySet[Any]) -> QuerySet[Any]:
    """Those who asked for it and never submitted a dossier: others wait until it is erased by itself."""
    asked = DataRequest.objects.filter(user=OuterRef("pk"), kind=DataRequest.Kind.ERASURE, done_at=None)
    submitted = Dossier.objects.filter(candidate__user=OuterRef("pk")).exclude(status=Status.DRAFT)
    return users.filter(Exists(asked), ~Exists(submitted))


@tells_what_waits
def erasures_asked(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """Who asked that their data be erased, and has nothing that must be kept. Rule: APP-19."""
    if not held.has(procedure, OFFICE):
        return
    count = erasable_now(User.objects.filter(candidate__dossiers__procedure=procedure)).count()
    yield Waiting(
        ngettext("demande d’effacement à traiter", "demandes d’effacement à traiter", count),
        count,
        f"{reverse('admin:accounts_user_changelist')}?demande=effacement",
    )


@admin.register(User)
class UserAdmin(DeskAdmin):
    """Accounts: of those who work on one's procedures, and of those who apply to them."""

    change_list_template = "admin/campaign/user/change_list.html"
    change_form_template = "admin/campaign/account.html"
    list_display = ("email", "called", "kind", "date_joined", "last_login")
    list_select_related = ("candidate",)
    list_filter = ("is_staff", ErasureAsked)
    search_fields = ("email", "name", "candidate__folded_name", "candidate__dossiers__reference")
    search_help_text = _("Un nom, une adresse ou une référence")
    ordering = ("email",)
    fields = ("email", "called", "kind", "written_in", "standing", "date_joined", "last_login")

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        user = person(request)
        if user.is_superuser:
            return rows
        own = staffed_by_office(user).values("pk")
        staff = Role.objects.filter(procedure__in=own).values("user")
        return rows.filter(Q(pk__in=staff) | Q(candidate__dossiers__procedure__in=own)).distinct()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Names are sought without their accents and capitals."""
        return super().get_search_results(request, queryset, folded(search_term))

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.below("doubles/", self.doubles, "campaign_doubles"),
            self.below("<uuid:user_id>/joindre/<uuid:other_id>/", self.join, "campaign_join"),
            self.below("<uuid:user_id>/adresse/", self.change_address, "campaign_address"),
            self.below("<uuid:user_id>/copie/", self.copy, "campaign_copy"),
            self.below("<uuid:user_id>/effacer/", self.erase, "campaign_erase"),
            self.below("<uuid:user_id>/delai/<uuid:dossier_id>/", self.extend, "campaign_extension"),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one account, with what the office may do about it."""
        try:
            user = self.get_queryset(request).filter(pk=UUID(object_id)).first()
        except ValueError as not_a_number:
            raise Http404 from not_a_number
        if user is None:
            raise Http404
        shown = {
            "dossiers": self._dossiers_of(request, user),
            "requests": user.data_requests.select_related("done_by"),
            "address_changes": user.address_changes.select_related("changed_by"),
        }
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))

    def change_address(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        """Another address, for who has lost a mailbox."""
        user = self._candidate(request, user_id)
        form = AddressForm(request.POST or None)
        act = partial(change_address, user.pk, by=person(request))
        done = gettext("L’adresse est changée ; l’ancienne et la nouvelle en sont prévenues.")
        return self._page_of_an_act(request, user, form, act, gettext("Changer l’adresse"), done)

    def extend(self, request: HttpRequest, user_id: UUID, dossier_id: UUID) -> HttpResponse:
        """More time for one draft."""
        user = self._candidate(request, user_id)
        dossier = next((one for one in self._dossiers_of(request, user) if one.pk == dossier_id), None)
        if dossier is None:
            raise Http404
        form = ExtensionForm(request.POST or None)
        act = partial(grant_extension, dossier.pk, by=person(request))
        done = gettext("Le délai est accordé, et le candidat prévenu.")
        title = gettext("Accorder un délai, %(reference)s") % {"reference": dossier.reference}
        return self._page_of_an_act(request, user, form, act, title, done)

    def doubles(self, request: HttpRequest) -> HttpResponse:
        """Accounts that seem to be one person's. Rule: ALL-07."""
        groups = same_persons(person(request))
        return self.framed(request, "admin/campaign/doubles.html", gettext("Comptes en double"), groups=groups)

    def join(self, request: HttpRequest, user_id: UUID, other_id: UUID) -> HttpResponse:
        """Make one account of two: the first stays."""
        user, other = self._candidate(request, user_id), self._candidate(request, other_id)
        form = JoiningForm(request.POST or None)
        act = partial(join_accounts, user.pk, other.pk, by=person(request))
        said = gettext(
            "Les dossiers, les paiements et les courriers de %(other)s passent au compte %(user)s. L’autre est fermé."
        )
        return self._page_of_an_act(
            request,
            user,
            form,
            act,
            gettext("Joindre deux comptes"),
            gettext("Les deux comptes n’en font plus qu’un ; les deux adresses en sont prévenues."),
            said=said % {"other": other.email, "user": user.email},
        )

    def copy(self, request: HttpRequest, user_id: UUID) -> HttpResponseBase:
        """All that is kept of a candidate who asked for it otherwise than on the portal, by POST from the account."""
        user = self._candidate(request, user_id)
        if request.method != "POST":
            raise Http404
        copied: FileResponse | None = attempt(request, lambda: copy_response(user, by=person(request)))
        return copied or self._back(user)

    def erase(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        """Erase all that is kept of a candidate, once asked and confirmed."""
        user = self._candidate(request, user_id)
        form = forms.Form(request.POST if request.method == "POST" else None)
        act = partial(erase_person, user.pk, by=person(request))
        done = gettext("Les données de cette personne sont effacées.")
        return self._page_of_an_act(
            request,
            user,
            form,
            act,
            gettext("Effacer toutes les données"),
            done,
            said=gettext("Son compte, ses dossiers et leurs pièces disparaissent ; restent les sommes payées."),
            leads_to="admin:accounts_user_changelist",
        )

    def _back(self, user: User) -> HttpResponse:
        return redirect("admin:accounts_user_change", user.pk)

    def _page_of_an_act(
        self,
        request: HttpRequest,
        user: User,
        form: forms.Form,
        act: Callable[..., object],
        title: str,
        done: str,
        *,
        said: str = "",
        leads_to: str = "",
    ) -> HttpResponse:
        """A form that is filled in for one act, under what is `said`; it leads back to the account, or elsewhere."""
        if request.method == "POST" and form.is_valid():
            try:
                act(**form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, done)
                return redirect(leads_to) if leads_to else self._back(user)
        return self.framed(request, "admin/campaign/act.html", title, form=form, account=user, said=said)

    def _candidate(self, request: HttpRequest, user_id: UUID) -> User:
        """The account of a candidate, which the person may see; there is no other (404)."""
        user: User | None = self.get_queryset(request).filter(pk=user_id, candidate__isnull=False).first()
        if user is None:
            raise Http404
        return user

    def _dossiers_of(self, request: HttpRequest, user: User) -> list[Any]:
        """The candidate's dossiers in the procedures that the person staffs, with what may be done about each."""
        own = Dossier.objects.filter(candidate__user=user, procedure__in=staffed_by_office(person(request)))
        dossiers: list[Any] = list(own.select_related("procedure").order_by("-created_at"))
        for dossier in dossiers:
            dossier.is_draft = dossier.status == Status.DRAFT
        return dossiers

    @admin.display(description=_("nom"))
    def called(self, user: User) -> str:
        """A candidate's name stands in the dossier."""
        return str(getattr(user, "candidate", "") or user.name)

    @admin.display(description=_("qui"), ordering="is_staff")
    def kind(self, user: User) -> str:
        return gettext("membre d’une équipe") if user.is_staff else gettext("candidat")

    @admin.display(description=_("langue"))
    def written_in(self, user: User) -> str:
        return str(get_language_info(user.language)["name_local"])

    @admin.display(description=_("compte"))
    def standing(self, user: User) -> str:
        return gettext("ouvert") if user.is_active else gettext("fermé")
