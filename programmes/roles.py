"""Rights of staff: the questions that acts and querysets ask about a person's roles."""

from __future__ import annotations

from django.utils.translation import gettext

from accounts.models import User
from journal.errors import NotAllowed
from programmes.models import Procedure, Role, School

OFFICE = Role.Kind.OFFICE
VERIFIER = Role.Kind.VERIFIER
ACCOUNTANT = Role.Kind.ACCOUNTANT
JURY = Role.Kind.JURY
PRESIDENT = Role.Kind.PRESIDENT


def has_role(user: User, procedure: Procedure, *kinds: str, school: School | None = None) -> bool:
    """Whether `user` holds one of `kinds` in `procedure`; with `school`, for that school or for all of them."""
    if not user.is_active:
        return False
    held = Role.objects.filter(user=user, procedure=procedure, kind__in=kinds)
    if school is not None:
        held = held.filter(school=school) | held.filter(school=None)
    return held.exists()


def require_role(user: User, procedure: Procedure, *kinds: str, school: School | None = None) -> None:
    """Raise `NotAllowed` unless `has_role`."""
    if not has_role(user, procedure, *kinds, school=school):
        raise NotAllowed(gettext("Votre rôle ne permet pas cet acte dans cette procédure."))
