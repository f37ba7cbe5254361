"""The staff's and the juries' side: Django's admin, entered by the portal's sign-in and a second factor."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

# The work of teams and juries, in the order of a procedure. Every other list is a register, opened now and then.
WORK = (
    "applicants.dossier",
    "applicants.message",
    "payments.charge",
    "juries.opinion",
    "juries.decision",
    "juries.panel",
    "juries.mark",
    "offers.listentry",
    "juries.publication",
    "offers.seatmove",
    "offers.offer",
    "offers.enrolment",
    "offers.place",
)


class PortalAdminSite(AdminSite):
    """The admin for members of a team who proved in this session that they hold their second factor."""

    enable_nav_sidebar = False

    site_header = gettext_lazy("Portail des admissions")
    site_title = gettext_lazy("Portail des admissions")
    index_title = gettext_lazy("Ce qui vous attend")

    def has_permission(self, request: HttpRequest) -> bool:
        """Is this an active member of a team, signed in with what the settings ask of one?"""
        return super().has_permission(request) and (not settings.STAFF_SECOND_FACTOR or used_second_factor(request))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send the person to what is still missing: signing in, setting up a second factor, or showing it.

        Raises:
            PermissionDenied: signed in, but not a member of a team.
        """
        if self.has_permission(request):
            return HttpResponseRedirect(self._destination(request))
        if not request.user.is_authenticated:
            return self._by_way_of("account_login", request)
        if not request.user.is_staff:
            raise PermissionDenied(_("Cette partie du portail est réservée aux équipes des écoles."))
        if not is_mfa_enabled(request.user):
            messages.info(
                request,
                _(
                    "Pour ouvrir la gestion des admissions, ajoutez d’abord un second facteur : "
                    "une application de codes ou une clé d’accès."
                ),
            )
            return redirect("mfa_index")
        if is_mfa_enabled(request.user, types=[Authenticator.Type.TOTP]):
            return self._by_way_of("mfa_reauthenticate", request)
        return self._by_way_of("mfa_reauthenticate_webauthn", request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """What the person may open in two groups, whatever app it is of: the work, then the registers."""
        found = [line for app in self._build_app_dict(request, app_label).values() for line in app["models"]]
        by_label = {line["model"]._meta.label_lower: self._named(line) for line in found}
        work = [by_label.pop(label) for label in WORK if label in by_label]
        registers = sorted(by_label.values(), key=lambda line: str(line["name"]))
        groups = ((gettext_lazy("Travail"), "work", work), (gettext_lazy("Registres"), "registers", registers))
        return [{"name": name, "app_label": label, "models": lines} for name, label, lines in groups if lines]

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> TemplateResponse:
        """The start page: nobody here thinks in apps."""
        return self.index(request)

    def _named(self, line: dict[str, Any]) -> dict[str, Any]:
        """A line of the menu under the name that its desk goes by."""
        desk = self._registry[line["model"]]
        return line | {"name": getattr(desk, "menu_name", "") or line["name"]}

    def _by_way_of(self, view: str, request: HttpRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(view, query={REDIRECT_FIELD_NAME: self._destination(request)}))

    def _destination(self, request: HttpRequest) -> str:
        """Where the person was going; the index if the address leads out of the portal."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        inside = url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return wanted if inside else reverse(f"{self.name}:index")


def used_second_factor(request: HttpRequest) -> bool:
    """Was a code, a recovery code or a passkey of this person accepted in this session?"""
    return any(step["method"] == "mfa" for step in get_authentication_records(request, request.user))
