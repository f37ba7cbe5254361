"""What waits for a person at verification, on the jury, at planning and at publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import ngettext

from applicants.models import Dossier, Status
from juries.admin.dossiers import with_progress
from juries.admin.filters import WAITS
from juries.admin.planning import schools_of
from juries.decisions import JUDGES
from juries.models import DecisionCorrection
from juries.planning import PLANNERS, LeftToDo, left_to_do
from juries.publication import PUBLISHERS, undecided_dossiers
from juries.steps import publication_of
from programmes.models import Procedure, Step
from programmes.roles import OFFICE, VERIFIER, HeldRoles
from programmes.waiting import Waiting, tells_what_waits
from programmes.words import PARIS


@tells_what_waits
def at_the_juries(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """All of it, step by step; the steps are read once."""
    steps = {step.kind: step for step in procedure.steps.prefetch_related("publications")}
    admissibility, tests = steps.get(Step.Kind.ADMISSIBILITY), steps.get(Step.Kind.TESTS)
    if held.has(procedure, VERIFIER, OFFICE):
        yield from _verification(held, procedure, admissibility)
    if procedure.judges_by_programme:
        return  # the rest is told step by step, programme by programme (`choice_waiting`)
    if admissibility and publication_of(admissibility) is None and held.has(procedure, *JUDGES):
        yield _judgement(admissibility)
    if tests and held.has(procedure, *PLANNERS):
        yield from _tests(held, tests, admissibility)
    if held.has(procedure, *PUBLISHERS):
        yield _corrections(held, procedure)


def _verification(held: HeldRoles, procedure: Procedure, admissibility: Step | None) -> Iterator[Waiting]:
    """Dossiers to examine and to validate, and papers that came late. Rule: AST-07."""
    queue = reverse("admin:applicants_dossier_changelist")
    dossiers = with_progress(Dossier.objects.visible_with(held).filter(procedure=procedure))
    submitted, validated = Q(status=Status.SUBMITTED), Q(status=Status.VALIDATED)
    to_examine, to_validate = WAITS["examine"][1] & submitted, WAITS["validation"][1]
    counted = dossiers.aggregate(
        to_examine=Count("pk", filter=to_examine),
        to_examine_since=Min("submitted_at", filter=to_examine),
        to_validate=Count("pk", filter=to_validate),
        to_validate_since=Min("submitted_at", filter=to_validate),
        late=Count("pk", filter=WAITS["examine"][1] & validated),
    )
    is_to_come = admissibility is not None and publication_of(admissibility) is None
    due = admissibility.meets_at if admissibility and is_to_come else None
    count = counted["to_examine"]
    yield Waiting(
        ngettext("dossier a des pièces à examiner", "dossiers ont des pièces à examiner", count),
        count,
        f"{queue}?attend=examine&etat=submitted",
        counted["to_examine_since"],
        due,
    )
    count = counted["to_validate"]
    yield Waiting(
        ngettext("dossier est prêt à valider", "dossiers sont prêts à valider", count),
        count,
        f"{queue}?attend=validation",
        counted["to_validate_since"],
        due,
    )
    count = counted["late"]
    yield Waiting(
        ngettext("dossier validé a reçu une pièce", "dossiers validés ont reçu une pièce", count),
        count,
        f"{queue}?attend=examine&etat=validated",
    )


def _judgement(step: Step) -> Waiting:
    """Dossiers on which the jury has to decide, until the publication is prepared. Rule: AST-13."""
    count = undecided_dossiers(step).count()
    return Waiting(
        ngettext("dossier attend la décision du jury", "dossiers attendent la décision du jury", count),
        count,
        reverse("admin:juries_admissibility", args=[step.pk]),
        due=step.results_at,
    )


def _tests(held: HeldRoles, step: Step, admissibility: Step | None) -> Iterator[Waiting]:
    """Candidates to place and to summon, school by school. Rule: AST-14."""
    left = left_to_do(step)
    if not any(each.to_place or each.to_summon for each in left.values()):
        return
    publication = publication_of(admissibility) if admissibility else None
    appeared = publication.visible_at if publication else None
    first_days = dict(step.test_days.order_by().values_list("school").annotate(Min("day")))
    for school in schools_of(held, step):
        first_day = first_days.get(school.pk)
        due = dt.datetime.combine(first_day, dt.time.min, PARIS) if first_day else None
        board = reverse("admin:juries_planning", args=[step.pk, school.code])
        count = left.get(school.pk, LeftToDo()).to_place
        words = ngettext("candidat à placer, %(school)s", "candidats à placer, %(school)s", count)
        yield Waiting(words % {"school": school}, count, board, appeared, due)
        count = left.get(school.pk, LeftToDo()).to_summon
        words = ngettext("candidat à convoquer, %(school)s", "candidats à convoquer, %(school)s", count)
        yield Waiting(words % {"school": school}, count, board, appeared, due)


def _corrections(held: HeldRoles, procedure: Procedure) -> Waiting:
    """Corrections of published decisions that a second person has to confirm. Rule: AST-24."""
    proposed = DecisionCorrection.objects.filter(confirmed_at=None, decision__step__procedure=procedure)
    by_others = proposed.exclude(proposed_by=held.user)
    counted = by_others.aggregate(count=Count("pk"), oldest=Min("proposed_at"))
    return Waiting(
        ngettext("rectification à confirmer", "rectifications à confirmer", counted["count"]),
        counted["count"],
        reverse("admin:juries_publication_changelist"),
        counted["oldest"],
    )
