"""Admissibility: the jury meets, and declares each validated dossier admissible or not.

The results come out by themselves at their hour. Rule: AST-13.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import Q

from applicants.models import Dossier, Status
from campaign.rehearsal.company import Company, Event
from juries.decisions import decide_admissibility
from juries.models import Decision
from juries.publication import prepare_publication
from programmes.models import Step

BAR = 10.0  # out of 20, of what the jury makes of a dossier
REASONS = (
    "Résultats insuffisants dans les matières scientifiques.",
    "Le projet n’est pas en rapport avec les formations demandées.",
    "Le programme suivi ne prépare pas à l’entrée demandée.",
)
NOT_EQUIVALENT = "Le jury ne reconnaît pas l’équivalence demandée."


def events(company: Company) -> Iterator[Event]:
    """The meeting of the jury."""
    step = company.step(Step.Kind.ADMISSIBILITY)
    if step is not None and (meets := step.meets_at or step.results_at) is not None:
        yield Event(meets, partial(meet, company, step))


def meet(company: Company, step: Step) -> None:
    """Decide of every dossier not decided yet, and prepare the publication."""
    waiting = company.dossiers(Q(status=Status.VALIDATED), ~Q(decisions__step=step))
    for dossier in waiting:
        reason = _why_not(company, dossier)
        company.attempt(decide_admissibility, dossier.pk, admissible=not reason, reason=reason, by=company.staff.juror)
    if Decision.objects.filter(step=step).exists():
        company.attempt(prepare_publication, step.pk, by=company.staff.president)


def _why_not(company: Company, dossier: Dossier) -> str:
    """The jury's reason to turn a dossier down; empty when it is admissible."""
    person = company.person(dossier)
    dice = person.draw("admissibility")
    if dossier.equivalence and dice.random() < 0.15:
        return NOT_EQUIVALENT
    return "" if person.ability + dice.gauss(0, 1) >= BAR else dice.choice(REASONS)
