"""What the boards of the juries share: a front page, the step that they are about, forms that come back as typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext

from accounts.models import User
from programmes.desk import DeskAdmin, attempt, person, roles_held
from programmes.models import Procedure, Role, Step
from programmes.roles import HeldRoles

T = TypeVar("T")
Form = TypeVar("Form", bound=forms.Form)


class BoardAdmin(DeskAdmin):
    """An admin class that has no list and no page per object, but a front page of ours and boards below it.

    It is there for those who work in a procedure that is judged that way.
    """

    judgement: ClassVar[str] = Procedure.Judgement.COMMON
    step_kinds: ClassVar[tuple[str, ...]] = ()  # those that the boards are about; none: all

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        held = roles_held(request).procedures
        is_of_use = person(request).is_superuser or any(one.judgement == self.judgement for one in held)
        return is_of_use and super().has_view_permission(request, obj)

    def serves(self, held: HeldRoles, procedure: Procedure) -> bool:
        """Judged that way, with a step that the boards are about."""
        if procedure.judgement != self.judgement:
            return False
        return not self.step_kinds or held.has_step(procedure, *self.step_kinds)

    def front(self, request: HttpRequest) -> HttpResponse:
        """The page that stands in the place of the list."""
        raise TypeError(f"{type(self).__name__} needs a front page")

    def boards(self) -> list[URLPattern]:
        """The pages below it."""
        return []

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [self.below("", self.front, name), *self.boards()]

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.none()


def attempt_typed(request: HttpRequest, form: forms.Form, act: Callable[..., T], done: str = "") -> T | None:
    """Carry out an act with what the form says, and say so; otherwise the form bears why not, for `as_typed`."""
    if not form.is_valid():
        return None
    return attempt(
        request, partial(act, **form.cleaned_data, by=person(request)), done, tell=partial(form.add_error, None)
    )


def as_typed(fresh: Form, returned: forms.Form | None) -> Form:
    """The form that a page shows: `fresh`, or what came back in its place with what was typed in it.

    Each form of a page gives ids of its own to its fields, by which the two are told to be the same.
    """
    same = isinstance(returned, type(fresh)) and returned.auto_id == fresh.auto_id
    return cast(Form, returned) if same else fresh


def errors_of(form: forms.Form) -> Iterator[str]:
    """What is wrong in a form, with the names of its fields."""
    for name, errors in form.errors.items():
        label = form[name].label if name in form.fields else ""
        for error in errors:
            words = {"field": label, "error": error}
            yield gettext("%(field)s : %(error)s") % words if label else str(error)


def steps_of(user: User, kind: str, *roles: str) -> QuerySet[Step]:
    """The steps of that kind in the procedures with a common jury where `user` holds one of `roles`, the youngest
    procedure first.
    """
    held = Role.objects.filter(user=user, kind__in=roles, procedure__judgement=Procedure.Judgement.COMMON)
    steps = Step.objects.filter(kind=kind, procedure__in=held.values("procedure"))
    return (
        steps.select_related("procedure")
        .prefetch_related("publications")
        .order_by("-procedure__year", "procedure__slug")
    )


def find_step(user: User, step_id: int, kind: str, *roles: str) -> Step:
    """One of `steps_of`.

    Raises:
        Http404: it is not among them.
    """
    step = steps_of(user, kind, *roles).filter(pk=step_id).first()
    if step is None:
        raise Http404
    return step
