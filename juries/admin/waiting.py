"""What waits for a person at verification, on the jury, at planning and at publication."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from applicants.models import Dossier, Status
from juries.admin.board import steps_of
from juries.admin.dossiers import with_progress
from juries.admin.filters import WAITS
from juries.admin.planning import schools_of
from juries.decisions import JUDGES
from juries.models import DecisionCorrection
from juries.planning import PLANNERS, to_place, to_summon
from juries.publication import PUBLISHERS, undecided_dossiers
from programmes.models import Procedure, Step
from programmes.roles import OFFICE, VERIFIER, has_role
from programmes.waiting import Waiting, tells_what_waits


@tells_what_waits
def verification(user: User, procedure: Procedure) -> Iterator[Waiting]:
    """Dossiers to examine and to validate, and papers that came late. Rule: AST-07."""
    if not has_role(user, procedure, VERIFIER, OFFICE):
        return
    queue = reverse("admin:applicants_dossier_changelist")
    dossiers = with_progress(Dossier.objects.visible_to(user).filter(procedure=procedure))
    submitted = dossiers.filter(status=Status.SUBMITTED)
    to_examine = submitted.filter(WAITS["examine"][1]).count()
    yield Waiting(
        ngettext("dossier a des pièces à examiner", "dossiers ont des pièces à examiner", to_examine),
        to_examine,
        f"{queue}?attend=examine&etat=submitted",
    )
    to_validate = submitted.filter(WAITS["validation"][1]).count()
    yield Waiting(
        ngettext("dossier est prêt à valider", "dossiers sont prêts à valider", to_validate),
        to_validate,
        f"{queue}?attend=validation",
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
    )


@tells_what_waits
def tests(user: User, procedure: Procedure) -> Iterator[Waiting]:
    """Candidates to place, to summon and to mark. Rules: AST-14, AST-15."""
    step = steps_of(user, Step.Kind.TESTS, *PLANNERS).filter(procedure=procedure).first()
    if step is None:
        return
    for school in schools_of(user, step):
        board = reverse("admin:juries_planning", args=[step.pk, school.code])
        count = to_place(step, school).count()
        words = ngettext("candidat à placer, %(school)s", "candidats à placer, %(school)s", count)
        yield Waiting(words % {"school": school}, count, board)
        count = to_summon(step, school).count()
        words = ngettext("candidat à convoquer, %(school)s", "candidats à convoquer, %(school)s", count)
        yield Waiting(words % {"school": school}, count, board)


@tells_what_waits
def corrections(user: User, procedure: Procedure) -> Iterator[Waiting]:
    """Corrections of published decisions that a second person has to confirm. Rule: AST-24."""
    if not has_role(user, procedure, *PUBLISHERS):
        return
    proposed = DecisionCorrection.objects.filter(confirmed_at=None, decision__step__procedure=procedure)
    count = proposed.exclude(proposed_by=user).count()
    yield Waiting(
        ngettext("rectification à confirmer", "rectifications à confirmer", count),
        count,
        reverse("admin:juries_publication_changelist"),
    )
