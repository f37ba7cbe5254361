"""People: accounts, and who works on which procedure."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applicants.answers import folded
from campaign.staffing import give_role, take_role_back
from journal.errors import Refused
from programmes.desk import DeskAdmin, attempt, person
from programmes.models import Procedure, Role, School


def staffed_by_office(user: User) -> QuerySet[Procedure]:
    """The procedures in which `user` may give roles."""
    if user.is_superuser:
        return Procedure.objects.all()
    return Procedure.objects.filter(roles__user=user, roles__kind=Role.Kind.OFFICE).distinct()


class RoleForm(forms.Form):
    """Who gets which role, where."""

    procedure = forms.ModelChoiceField(Procedure.objects.none(), label=_("Procédure"), empty_label=_("Choisissez"))
    kind = forms.ChoiceField(label=_("Rôle"), choices=[("", _("Choisissez")), *Role.Kind.choices])
    school = forms.ModelChoiceField(
        School.objects.all(), label=_("École"), required=False, empty_label=_("Toutes les écoles")
    )
    email = forms.EmailField(
        label=_("Adresse électronique"), max_length=254, widget=forms.EmailInput(attrs={"size": 40})
    )
    name = forms.CharField(
        label=_("Nom affiché"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"size": 40}),
        help_text=_("Pour une personne qui n’a pas encore de compte."),
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["procedure"]).queryset = staffed_by_office(by)

    def said(self) -> dict[str, Any]:
        """What the act is to be told."""
        said, school = self.cleaned_data, self.cleaned_data["school"]
        return {
            "procedure_id": said["procedure"].pk,
            "school_id": school.pk if school else None,
            "kind": said["kind"],
            "email": said["email"],
            "name": said["name"],
        }


@admin.register(Role)
class RoleAdmin(DeskAdmin):
    """Who works on a procedure."""

    change_list_template = "admin/campaign/role/change_list.html"
    change_form_template = "admin/campaign/role/change_form.html"
    list_display = ("user", "email", "kind", "school", "procedure")
    list_filter = ("procedure", "kind", "school")
    list_select_related = ("user", "school", "procedure")
    search_fields = ("user__email", "user__name")
    search_help_text = _("Un nom ou une adresse")

    @admin.display(description=_("adresse électronique"))
    def email(self, role: Role) -> str:
        return role.user.email

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(procedure__in=staffed_by_office(person(request)))

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.below("donner/", self.give, "campaign_role_give"),
            self.below("<int:role_id>/retirer/", self.take_back, "campaign_role_take_back"),
        ]
        return own + super().get_urls()

    def give(self, request: HttpRequest) -> HttpResponse:
        """The page on which a role is given."""
        form = RoleForm(request.POST or None, by=person(request))
        if request.method == "POST" and form.is_valid():
            try:
                role = give_role(**form.said(), by=person(request))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, gettext("%(role)s : le rôle est donné.") % {"role": role})
                return redirect("admin:programmes_role_changelist")
        return self.framed(request, "admin/campaign/role/give.html", gettext("Donner un rôle"), form=form)

    def take_back(self, request: HttpRequest, role_id: int) -> HttpResponse:
        """Take a role back, by POST from its page."""
        if request.method != "POST" or not self.get_queryset(request).filter(pk=role_id).exists():
            raise Http404
        attempt(request, lambda: take_role_back(role_id, by=person(request)), gettext("Le rôle est retiré."))
        return redirect("admin:programmes_role_changelist")


@admin.register(User)
class UserAdmin(DeskAdmin):
    """Accounts: of those who work on one's procedures, and of those who apply to them."""

    list_display = ("email", "called", "kind", "date_joined", "last_login")
    list_select_related = ("candidate",)
    list_filter = ("is_staff",)
    search_fields = ("email", "name", "candidate__folded_name")
    search_help_text = _("Un nom ou une adresse")
    ordering = ("email",)
    fields = ("email", "called", "kind", "written_in", "standing", "date_joined", "last_login")

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

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Names are sought without their accents and capitals."""
        return super().get_search_results(request, queryset, folded(search_term))

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        user = person(request)
        if user.is_superuser:
            return rows
        own = staffed_by_office(user).values("pk")
        staff = Role.objects.filter(procedure__in=own).values("user")
        return rows.filter(Q(pk__in=staff) | Q(candidate__dossiers__procedure__in=own)).distinct()
