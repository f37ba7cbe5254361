"""Tags of the staff's pages (`{% load desk %}`)."""

from __future__ import annotations

from collections import defaultdict

from django import template

from accounts.models import User
from programmes.models import Procedure, Role
from programmes.waiting import Waiting, what_waits

register = template.Library()


@register.simple_tag
def waiting_for(user: User) -> list[tuple[Procedure, list[str], list[Waiting]]]:
    """`{% waiting_for user as procedures %}`: what waits for the person, and as what, procedure by procedure."""
    held: dict[int, list[str]] = defaultdict(list)
    for role in Role.objects.filter(user=user).select_related("school"):
        held[role.procedure_id].append(", ".join(filter(None, [role.get_kind_display(), str(role.school or "")])))
    return [(procedure, held[procedure.pk], lines) for procedure, lines in what_waits(user).items()]
