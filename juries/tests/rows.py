"""Dossiers made straight as rows, for tests that need many of them at a later stage than submission.

Tests of verification take theirs from `applicants.tests.scenario`, through the acts.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounts.models import User
from applicants.identity import folded
from applicants.models import Candidate, Choice, Dossier, Status
from documents.models import Folder
from juries.models import Decision, Mark, Publication
from payments.models import Account
from programmes.models import Procedure, Programme, Step, Track


def dossier(
    procedure: Procedure,
    number: int = 1,
    *,
    status: str = Status.VALIDATED,
    choices: tuple[str, ...] = ("albi", "ales", "nord-europe"),
    track: str = "L3",
    language: str = "fr",
    submitted: dt.timedelta = dt.timedelta(),
) -> Dossier:
    """The dossier of candidate `number`, with its choices; submitted that long ago."""
    user = User.objects.create_user(f"c{number:04}@example.org", language=language)
    candidate = Candidate.objects.create(
        user=user, family_name=f"Été{number:04}", given_names="Ana", folded_name=folded(f"Été{number:04} Ana")
    )
    assert procedure.current_version is not None
    made = Dossier.objects.create(
        reference=f"T-{number:06}",
        procedure=procedure,
        candidate=candidate,
        version=procedure.current_version,
        folder=Folder.objects.create(procedure=procedure),
        account=Account.objects.create(procedure=procedure, payer=user),
        status=status,
        title=track,
        speciality="chimie",
        track=Track.objects.get(procedure=procedure, code=track),
        submitted_at=procedure.now() - submitted,
        validated_at=procedure.now() if status == Status.VALIDATED else None,
    )
    programmes = {programme.code: programme for programme in Programme.objects.filter(procedure=procedure)}
    Choice.objects.bulk_create(
        Choice(dossier=made, programme=programmes[code], rank=rank) for rank, code in enumerate(choices, start=1)
    )
    return made


def decided(made: Dossier, step: Step, outcome: str) -> Decision:
    """A decision of the jury on a dossier."""
    return Decision.objects.create(
        dossier=made,
        step=step,
        outcome=outcome,
        reason="Résultats insuffisants" if outcome == Decision.Outcome.NOT_ADMISSIBLE else "",
        decided_at=step.procedure.now(),
        publication=Publication.objects.whole().filter(step=step).first(),
    )


def published(step: Step) -> Publication:
    """The results of a step, public from now on."""
    now = step.procedure.now()
    publication = Publication.objects.create(step=step, visible_at=now, prepared_at=now)
    Decision.objects.filter(step=step).update(publication=publication)
    return publication


def admissible(procedure: Procedure, count: int, *, first: int = 1, **how: object) -> list[Dossier]:
    """So many candidates declared admissible; the publication is for the caller."""
    step = Step.objects.get(procedure=procedure, kind=Step.Kind.ADMISSIBILITY)
    made = [dossier(procedure, number, **how) for number in range(first, first + count)]  # type: ignore[arg-type]
    for one in made:
        decided(one, step, Decision.Outcome.ADMISSIBLE)
    return made


def mark(test: str, value: str | None) -> Mark:
    """A mark that is not stored; None is an absence."""
    return Mark(test=test, value=None if value is None else Decimal(value), is_absent=value is None)
