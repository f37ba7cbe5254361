"""Admission: the jury meets, and ranks the candidates of each pool.

The results come out by themselves at their hour. Rule: AST-16.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from campaign.rehearsal.company import Company, Event
from juries.decisions import admissible_dossiers
from offers.lists import prepare_admission, rankable_dossiers, set_list, total
from programmes.models import Pool, Step

BAR = 0.5  # of the marks that one could have


def events(company: Company) -> Iterator[Event]:
    """The meeting of the jury."""
    step = company.step(Step.Kind.ADMISSION)
    if step is not None and (meets := step.meets_at or step.results_at) is not None:
        yield Event(meets, partial(meet, company, step))


def meet(company: Company, step: Step) -> None:
    """Set the list of each pool in the order of the marks, down to the bar; prepare the publication."""
    if not admissible_dossiers(company.procedure).exists():
        return
    bar = BAR * float(sum(rule.out_of for rule in company.rules.marked_tests))
    rankable = rankable_dossiers(company.procedure)
    pools = Pool.objects.filter(programme__procedure=company.procedure)
    for pool in pools.select_related("programme__procedure", "track").order_by(
        "programme__position", "track__position"
    ):
        ranked = [dossier for dossier in rankable[pool.pk] if total(dossier.marks.all()) >= bar]
        order = [dossier.pk for dossier in ranked]
        if not company.did(set_list, pool.pk, order, by=company.staff.juror):
            company.attempt(set_list, pool.pk, order, ties_are_broken=True, by=company.staff.president)
    company.attempt(prepare_admission, step.pk, empty_lists_are_meant=True, by=company.staff.president)
