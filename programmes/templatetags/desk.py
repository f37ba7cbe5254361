"""Tags of the staff's pages (`{% load desk %}`)."""

from __future__ import annotations

from django import template

from accounts.models import User
from programmes.models import Procedure
from programmes.waiting import Waiting, what_waits

register = template.Library()


@register.simple_tag
def waiting_for(user: User) -> list[tuple[Procedure, list[Waiting]]]:
    """`{% waiting_for user as procedures %}`: what waits for the person, procedure by procedure."""
    return list(what_waits(user).items())
