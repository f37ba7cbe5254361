"""The staff's side: the admin class that shows and does not write.

Every change goes through an act, so the admin's own adding, changing and deleting are off, and so are their
permissions: what a person sees follows from roles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.text import capfirst

from accounts.models import User
from journal.errors import Refused
from programmes.models import Procedure, Role
from programmes.roles import HeldRoles, roles_of

T = TypeVar("T")


class DeskAdmin(admin.ModelAdmin):
    """A list and a page per object, read-only, for those who hold one of `roles` in some procedure.

    A subclass restricts the rows in `visible_rows`; pages of its own (`get_urls`) call acts.
    """

    menu_name: ClassVar[str | Promise] = ""  # where it is not what the list is a list of

    roles: ClassVar[tuple[str, ...]] = (Role.Kind.OFFICE,)
    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        user = request.user
        if not user.is_active or not user.is_staff:
            return False
        if user.is_superuser:
            return True
        allowed = not roles_held(request).kinds.isdisjoint(self.roles)
        return allowed and (obj is None or self.get_queryset(request).filter(pk=obj.pk).exists())

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is in the menu: of those who work in a procedure that has something to show there."""
        if not self.has_view_permission(request):
            return False
        held = roles_held(request)
        mine = [procedure for procedure in held.procedures if held.has(procedure, *self.roles)]
        return person(request).is_superuser or any(self.serves(held, procedure) for procedure in mine)

    def serves(self, held: HeldRoles, procedure: Procedure) -> bool:
        """Whether `procedure`, of those who hold `held`, has what these pages are about."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        """Of Django's pages, the list and the page of one: here nothing is added, deleted or kept as its history."""
        return [url for url in super().get_urls() if (url.name or "").endswith(("_changelist", "_change"))]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under the name that it has in the menu."""
        return super().changelist_view(request, {"title": self.list_name, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """The page of one, under its own name, with the way back to the list under the list's."""
        named = {"heading": self.heading(context["original"]), "list_name": self.list_name}
        return super().render_change_form(request, context | named, *args, **options)

    def heading(self, obj: Any) -> str:
        """What the page of `obj` is called."""
        return capfirst(str(obj))

    @property
    def list_name(self) -> str:
        """What the list is called, in the menu and on it."""
        return str(self.menu_name or capfirst(self.opts.verbose_name_plural))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.visible_rows(request, super().get_queryset(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list's own filters ask.

        Django would let an address search any column, such as the digest of a password or the link in a secret mail,
        and ask whether a related row exists, such as a rank on a list that is not public yet.
        """
        own = [name for name in self.get_list_filter(request) if isinstance(name, str)]
        if any(lookup == name or lookup.startswith(f"{name}{LOOKUP_SEP}") for name in own):
            return super().lookup_allowed(lookup, value, request)
        try:
            self.opts.get_field(lookup.split(LOOKUP_SEP)[0])
        except FieldDoesNotExist:
            return True  # a filter with a name of its own
        return False

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `rows` that the person's roles let them see."""
        raise TypeError(f"{type(self).__name__} must say which rows a person sees")

    def framed(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        """A page of our own in the admin's frame, as wide as the window."""
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, template, frame | context)

    def below(self, route: str, view: Callable[..., Any], name: str) -> URLPattern:
        """A page of our own below the list, for those who may open the list."""

        def guarded(request: HttpRequest, **found: Any) -> Any:
            if not self.has_view_permission(request):
                raise Http404
            return view(request, **found)

        return path(route, self.admin_site.admin_view(guarded), name=name)


def person(request: HttpRequest) -> User:
    """The member of staff; the admin lets nobody else in."""
    return cast(User, request.user)


def attempt(
    request: HttpRequest, act: Callable[[], T], done: str = "", *, tell: Callable[[str], object] | None = None
) -> T | None:
    """Carry out an act and say so, or `tell` why it was refused, by default on top of the next page.

    What its person may not see is not there (404).
    """
    try:
        result = act()
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except Refused as refusal:
        if tell is None:
            messages.error(request, str(refusal))
        else:
            tell(str(refusal))
        return None
    if done:
        messages.success(request, done)
    return result


def roles_held(request: HttpRequest) -> HeldRoles:
    """The person's roles, to show what there is: every part of a page asks, the database is asked once."""
    asked = vars(request)
    if "roles_held" not in asked:
        asked["roles_held"] = roles_of(person(request))
    held: HeldRoles = asked["roles_held"]
    return held
