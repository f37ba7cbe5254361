"""What the boards of the juries share: finding the step that they are about, telling what is wrong in a form."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from accounts.models import User
from programmes.models import Role, Step


def tell_errors(request: HttpRequest, form: forms.Form) -> None:
    """Show what is wrong in a form that the page does not keep open."""
    for name, errors in form.errors.items():
        label = form[name].label if name in form.fields else ""
        for error in errors:
            words = {"field": label, "error": error}
            messages.error(request, gettext("%(field)s : %(error)s") % words if label else str(error))


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
