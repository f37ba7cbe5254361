"""What the home page shows in a demonstration: whom to sign in as, and where to put the clock."""

from __future__ import annotations

from typing import Any

from django import template

from campaign.demonstration import characters
from campaign.demonstration.moments import moments_of
from campaign.models import Play
from programmes.models import Procedure

register = template.Library()


@register.inclusion_tag("campaign/demonstration/panel.html", takes_context=True)
def demonstration_panel(context: dict[str, Any], procedure: Procedure, shown: int) -> dict[str, Any]:
    """The people and the moments of one procedure, unfolded if it is the only one of those `shown`."""
    now = procedure.now()
    play = Play.objects.filter(procedure=procedure).first()
    moments = moments_of(procedure)
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "procedure": procedure,
        "is_open": shown == 1,
        "now": now,
        "candidates": characters.candidates(procedure),
        "staff": characters.staff(procedure),
        "referee_link": characters.referee_link(procedure),
        "here": next((moment for moment in moments if play and play.moment == moment.code), None),
        "to_come": [moment for moment in moments if moment.at > now],
    }
