"""What waits for a person at verification, on the jury, at planning and at publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from applicants.models import Dossier, Status
from juries.admin.board import steps_of
from juries.admin.dossiers import with_progress
from juries.admin.filters import WAITS
from juries.admin.planning import schools_of
from juries.decisions import JUDGES
from juries.models import DecisionCorrection, Publication
from juries.planning import PLANNERS, to_place, to_summon
from juries.publication import PUBLISHERS, undecided_dossiers
from programmes.models import Procedure, Step
from programmes.roles import OFFICE, VERIFIER, has_role
from programmes.waiting import Waiting, tells_what_waits
from programmes.words import PARIS


@tells_what_waits
def verification(user: User, procedure: Procedure) -> Iterator[Waiting]:
    """Dossiers to examine and to validate, and papers that came late. Rule: AST-07."""
    if not has_role(user, procedure, VERIFIER, OFFICE):
        return
    queue = reverse("admin:applicants_dossier_changelist")
    dossiers = with_progress(Dossier.objects.visible_to(user).filter(procedure=procedure))
    submitted = dossiers.filter(status=Status.SUBMITTED)
    step = procedure.steps.filter(kind=Step.Kind.ADMISSIBILITY, publication=None).first()
    due = step.meets_at if step else None
    to_examine, since = _counted(submitted.filter(WAITS["examine"][1]))
    yield Waiting(
        ngettext("dossier a des pièces à examiner", "dossiers ont des pièces à examiner", to_examine),
        to_examine,
        f"{queue}?attend=examine&etat=submitted",
        since,
        due,
    )
    to_validate, since = _counted(submitted.filter(WAITS["validation"][1]))
    yield Waiting(
        ngettext("dossier est prêt à valider", "dossiers sont prêts à valider", to_validate),
        to_validate,
        f"{queue}?attend=validation",
        since,
        due,
    )
    late = dossiers.filter(WAITS["examine"][1], status=Status.VALIDATED).count()
    yield Waiting(
        ngettext("dossier validé a reçu une pièce", "dossiers validés ont reçu une pièce", late),
        late,
        f"{queue}?attend=examine&etat=validated",
    )


@tells_what_waits
def judgement(user: User, procedure: Procedure) -> Iterator[Waiting]:
    """Dossiers on which the jury has to decide, until the publication is prepared. Rule: AST-13."""
    step = steps_of(user, Step.Kind.ADMISSIBILITY, *JUDGES).filter(procedure=procedure).first()
    if step is None or hasattr(step, "publication"):
        return
    count = undecided_dossiers(step).count()
    yield Waiting(
        ngettext("dossier attend la décision du jury", "dossiers attendent la décision du jury", count),
        count,
        reverse("admin:juries_admissibility", args=[step.pk]),
        due=step.results_at,
    )


@tells_what_waits
def tests(user: User, procedure: Procedure) -> Iterator[Waiting]:
    """Candidates to place, to summon and to mark. Rules: AST-14, AST-15."""
    step = steps_of(user, Step.Kind.TESTS, *PLANNERS).filter(procedure=procedure).first()
    if step is None:
        return
    publication = Publication.objects.filter(step__procedure=procedure, step__kind=Step.Kind.ADMISSIBILITY).first()
    appeared = publication.visible_at if publication else None
    for school in schools_of(user, step):
        first_day = step.test_days.filter(school=school).order_by("day").values_list("day", flat=True).first()
        due = dt.datetime.combine(first_day, dt.time.min, PARIS) if first_day else None
        board = reverse("admin:juries_planning", args=[step.pk, school.code])
        count = to_place(step, school).count()
        words = ngettext("candidat à placer, %(school)s", "candidats à placer, %(school)s", count)
        yield Waiting(words % {"school": school}, count, board, appeared, due)
        count = to_summon(step, school).count()
        words = ngettext("candidat à convoquer, %(school)s", "candidats à convoquer, %(school)s", count)
        yield Waiting(words % {"school": school}, count, board, appeared, due)


@tells_what_waits
def corrections(user: User, procedure: Procedure) -> Iterator[Waiting]:
    """Corrections of published decisions that a second person has to confirm. Rule: AST-24."""
    if not has_role(user, procedure, *PUBLISHERS):
        return
    proposed = DecisionCorrection.objects.filter(confirmed_at=None, decision__step__procedure=procedure)
    by_others = proposed.exclude(proposed_by=user)
    count = by_others.count()
    yield Waiting(
        ngettext("rectification à confirmer", "rectifications à confirmer", count),
        count,
        reverse("admin:juries_publication_changelist"),
        by_others.aggregate(oldest=Min("proposed_at"))["oldest"],
    )


def _counted(dossiers: QuerySet[Dossier]) -> tuple[int, dt.datetime | None]:
    """How many they are, and when the first of them was submitted."""
    counted = dossiers.aggregate(count=Count("pk"), oldest=Min("submitted_at"))
    return counted["count"], counted["oldest"]
