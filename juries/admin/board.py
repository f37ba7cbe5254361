"""What the boards of the juries share: a front page, the step that they are about, what is wrong in a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext

from accounts.models import User
from programmes.desk import DeskAdmin
from programmes.models import Role, Step


class BoardAdmin(DeskAdmin):
    """An admin class that has no list and no page per object, but a front page of ours and boards below it."""

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


def tell_errors(request: HttpRequest, form: forms.Form) -> None:
    """Show what is wrong in a form that the page does not keep open."""
    for sentence in errors_of(form):
        messages.error(request, sentence)


def errors_of(form: forms.Form) -> Iterator[str]:
    """What is wrong in a form, with the names of its fields."""
    for name, errors in form.errors.items():
        label = form[name].label if name in form.fields else ""
        for error in errors:
            words = {"field": label, "error": error}
            yield gettext("%(field)s : %(error)s") % words if label else str(error)


def steps_of(user: User, kind: str, *roles: str) -> QuerySet[Step]:
    """The steps of that kind in the procedures where `user` holds one of `roles`, the youngest procedure
    first.
    """
    held = Role.objects.filter(user=user, kind__in=roles)
    steps = Step.objects.filter(kind=kind, procedure__in=held.values("procedure"))
    return steps.select_related("procedure__current_version", "publication").order_by(
        "-procedure__year", "procedure__slug"
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
