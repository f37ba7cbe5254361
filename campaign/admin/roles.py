"""Who works on which procedure: roles are given, lent to deputies and taken back."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaign.staffing import give_role, lend_role, staffed_by_office, take_role_back
from journal.errors import Refused
from programmes.desk import DeskAdmin, attempt, person
from programmes.models import Procedure, Programme, Role, School
from programmes.words import date_in_full


class RoleForm(forms.Form):
    """Who gets which role, where."""

    procedure = forms.ModelChoiceField(Procedure.objects.none(), label=_("Procédure"), empty_label=_("Choisissez"))
    kind = forms.ChoiceField(label=_("Rôle"), choices=[("", _("Choisissez")), *Role.Kind.choices])
    school = forms.ModelChoiceField(
        School.objects.all(), label=_("École"), required=False, empty_label=_("Toutes les écoles")
    )
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Formation"), required=False, empty_label=_("Toutes les formations")
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
        procedures = staffed_by_office(by)
        cast(forms.ModelChoiceField, self.fields["procedure"]).queryset = procedures
        programmes = Programme.objects.filter(procedure__in=procedures).select_related("procedure", "school")
        cast(forms.ModelChoiceField, self.fields["programme"]).queryset = programmes

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        procedure, programme = self.cleaned_data.get("procedure"), self.cleaned_data.get("programme")
        if procedure and programme and programme.procedure != procedure:
            self.add_error("programme", gettext("Cette formation n’est pas de cette procédure."))
        return said

    def said(self) -> dict[str, Any]:
        """What the act is to be told."""
        said, school, programme = self.cleaned_data, self.cleaned_data["school"], self.cleaned_data["programme"]
        return {
            "procedure_id": said["procedure"].pk,
            "school_id": school.pk if school else None,
            "programme_id": programme.pk if programme else None,
            "kind": said["kind"],
            "email": said["email"],
            "name": said["name"],
        }


class LendingForm(forms.Form):
    """Who stands in, and until when."""

    email = forms.EmailField(
        label=_("Adresse électronique du suppléant"), max_length=254, widget=forms.EmailInput(attrs={"size": 40})
    )
    name = forms.CharField(
        label=_("Nom affiché"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"size": 40}),
        help_text=_("Pour une personne qui n’a pas encore de compte."),
    )
    until = forms.DateField(
        label=_("Dernier jour"),
        help_text=_("Le rôle prend fin de lui-même à la fin de ce jour."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@admin.register(Role)
class RoleAdmin(DeskAdmin):
    """Who works on a procedure."""

    change_list_template = "admin/campaign/role/change_list.html"
    change_form_template = "admin/campaign/role/change_form.html"
    list_display = ("user", "email", "kind", "school", "programme", "procedure", "lent_until")
    list_filter = ("procedure", "kind", "school")
    list_select_related = ("user", "school", "programme", "procedure", "deputy_of__user")
    search_fields = ("user__email", "user__name")
    search_help_text = _("Un nom ou une adresse")

    @admin.display(description=_("adresse électronique"))
    def email(self, role: Role) -> str:
        return role.user.email

    @admin.display(description=_("suppléance"), ordering="until")
    def lent_until(self, role: Role) -> str:
        if role.deputy_of is None or role.until is None:
            return ""
        words = {"person": role.deputy_of.user, "day": date_in_full(role.until)}
        return gettext("de %(person)s, jusqu’au %(day)s") % words

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(procedure__in=staffed_by_office(person(request)))

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.below("donner/", self.give, "campaign_role_give"),
            self.below("<int:role_id>/preter/", self.lend, "campaign_role_lend"),
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

    def lend(self, request: HttpRequest, role_id: int) -> HttpResponse:
        """The page on which a role is lent to a deputy."""
        role = self.get_queryset(request).filter(pk=role_id, deputy_of=None).first()
        if role is None:
            raise Http404
        form = LendingForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                lent = lend_role(role.pk, **form.cleaned_data, by=person(request))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, gettext("%(role)s : la suppléance est confiée.") % {"role": lent})
                return redirect("admin:programmes_role_changelist")
        title = gettext("Confier une suppléance")
        return self.framed(request, "admin/campaign/role/lend.html", title, form=form, role=role)

    def take_back(self, request: HttpRequest, role_id: int) -> HttpResponse:
        """Take a role back, by POST from its page."""
        if request.method != "POST" or not self.get_queryset(request).filter(pk=role_id).exists():
            raise Http404
        attempt(request, lambda: take_role_back(role_id, by=person(request)), gettext("Le rôle est retiré."))
        return redirect("admin:programmes_role_changelist")
