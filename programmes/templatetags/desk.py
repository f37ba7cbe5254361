"""Tags of the staff's pages (`{% load desk %}`)."""

from __future__ import annotations

from collections import defaultdict

from django import template
from django.http import HttpRequest

from programmes.desk import roles_held
from programmes.models import Procedure
from programmes.waiting import Waiting, what_waits

register = template.Library()


@register.simple_tag
def waiting_for(request: HttpRequest) -> list[tuple[Procedure, list[str], list[Waiting]]]:
    """`{% waiting_for request as procedures %}`: what waits for the person, and as what, procedure by procedure."""
    held = roles_held(request)
    words: dict[int, list[str]] = defaultdict(list)
    for role in held.roles:
        where = role.programme or role.school
        words[role.procedure_id].append(", ".join(filter(None, [role.get_kind_display(), str(where or "")])))
    return [(procedure, words[procedure.pk], lines) for procedure, lines in what_waits(held).items()]
