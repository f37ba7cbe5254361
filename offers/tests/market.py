"""What the tests of the integration begin with: candidates whom the jury has ranked, and the hours of the periods.

The dossiers are written straight into the database, validated and marked; how they got there is tested elsewhere. From
the lists on, everything is done by the acts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from accounts.models import User
from applicants.models import Candidate, Choice, Dossier, Status
from applicants.tests.scenario import PARIS, set_clock
from documents.models import Folder, SupportingDocument
from juries.models import Decision, Mark, Publication
from offers.allocation import Reply
from offers.lists import rankable_dossiers
from offers.models import Enrolment, ListEntry, Offer
from offers.periods import close_period, open_period
from offers.replies import reply_to_offer
from payments.models import Account
from programmes.models import Period, Pool, Procedure, Step, Track
from programmes.spelling import new_reference

JURY_DAY = "2026-05-27 10:00"
PUBLIC = "2026-05-28 14:00"
TITLE_DEADLINE = "2026-07-18 00:00"
LAPSE = "2026-07-18 00:10"


def candidate(
    procedure: Procedure,
    name: str,
    choices: Sequence[str],
    *,
    track: str = "L3",
    marks: tuple[str, str] | None = ("12", "12"),
) -> Dossier:
    """An admissible candidate with a validated dossier and marks, who ranked these schools."""
    assert procedure.current_version is not None
    user = User.objects.create_user(f"{name}@example.org")
    dossier = Dossier.objects.create(
        reference=new_reference(procedure.year),
        procedure=procedure,
        candidate=Candidate.objects.create(user=user, given_names=name.title(), family_name="Martin"),
        version=procedure.current_version,
        folder=Folder.objects.create(procedure=procedure),
        account=Account.objects.create(procedure=procedure, payer=user),
        status=Status.VALIDATED,
        title=track,
        track=Track.objects.get(procedure=procedure, code=track),
        submitted_at=procedure.now(),
    )
    dossier.answers.create(field="title_held", value="no", saved_at=procedure.now())
    for rank, programme in enumerate(choices, start=1):
        Choice.objects.create(dossier=dossier, programme=procedure.programmes.get(code=programme), rank=rank)
    step = procedure.steps.get(kind=Step.Kind.ADMISSIBILITY)
    Decision.objects.create(
        dossier=dossier,
        step=step,
        publication=step.publications.first(),
        outcome="admissible",
        decided_at=procedure.now(),
    )
    for test, value in zip(("interview", "english"), marks or (), strict=False):
        Mark.objects.create(dossier=dossier, test=test, value=Decimal(value), recorded_at=procedure.now())
    return dossier


def pool_of(procedure: Procedure, school: str, track: str = "L3") -> Pool:
    """The seats of a school for a track."""
    return Pool.objects.get(programme__procedure=procedure, programme__code=school, track__code=track)


def rank_all(pool: Pool, dossiers: Sequence[Dossier]) -> None:
    """The list of a pool as the jury left it."""
    ListEntry.objects.bulk_create(
        ListEntry(pool=pool, dossier=dossier, rank=rank) for rank, dossier in enumerate(dossiers, start=1)
    )


def publish(procedure: Procedure, at: str = PUBLIC) -> Publication:
    """Everyone on a list is admitted and everyone else refused, public from `at`, where the clock then stands."""
    set_clock(procedure, at)
    step = procedure.steps.get(kind=Step.Kind.ADMISSION)
    for dossier in procedure.dossiers.all():
        outcome = "conditional" if dossier.list_entries.exists() else "refused"
        Decision.objects.create(dossier=dossier, step=step, outcome=outcome, decided_at=procedure.now())
    publication = Publication.objects.create(step=step, visible_at=procedure.now(), prepared_at=procedure.now())
    Decision.objects.filter(step=step).update(publication=publication)
    return publication


def market(
    procedure: Procedure, lists: Mapping[str, str], choices: Mapping[str, str], seats: Mapping[str, int]
) -> dict[str, Dossier]:
    """A published market of the L3 pools: `lists` of one-letter candidates by school, schools ranked by candidate."""
    dossiers = {name: candidate(procedure, name, ranked.split()) for name, ranked in choices.items()}
    for school, ranking in lists.items():
        rank_all(pool_of(procedure, school), [dossiers[name] for name in ranking])
    for school, number in seats.items():
        Pool.objects.filter(pk=pool_of(procedure, school).pk).update(seats=number)
    publish(procedure)
    return dossiers


def period(procedure: Procedure, number: int) -> Period:
    """The period of that number, as it now is in the database."""
    return procedure.periods.get(number=number)


def stand_at(procedure: Procedure, moment: dt.datetime) -> None:
    """Move the clock to an instant of the calendar."""
    set_clock(procedure, moment.astimezone(PARIS).replace(tzinfo=None).isoformat())


def start(procedure: Procedure, number: int) -> Period:
    """Let the period begin."""
    stand_at(procedure, period(procedure, number).starts_at)
    open_period(period(procedure, number).pk)
    return period(procedure, number)


def end(procedure: Procedure, number: int) -> Period:
    """Let the period end."""
    stand_at(procedure, period(procedure, number).ends_at)
    close_period(period(procedure, number).pk)
    return period(procedure, number)


def answer(dossier: Dossier, reply: Reply) -> None:
    """The candidate's answer in the period under way."""
    reply_to_offer(dossier.pk, reply, by=dossier.candidate.user)


def play(procedure: Procedure, number: int, replies: Mapping[str, Reply], dossiers: Mapping[str, Dossier]) -> None:
    """A whole period: it begins, some answer, it ends."""
    start(procedure, number)
    for name, reply in replies.items():
        answer(dossiers[name], reply)
    end(procedure, number)


def offered(procedure: Procedure, number: int, dossiers: Mapping[str, Dossier]) -> dict[str, str]:
    """The school offered to each candidate in a period, by their letters."""
    names = {dossier.pk: name for name, dossier in dossiers.items()}
    offers = Offer.objects.filter(period=period(procedure, number))
    rows = offers.values_list("dossier_id", "pool__programme__code")
    return {names[dossier_id]: school for dossier_id, school in rows}


def struck(dossier: Dossier) -> dict[str, str]:
    """Why the candidate no longer counts, by school; "" where they still do."""
    return dict(dossier.list_entries.values_list("pool__programme__code", "struck_because"))


def seat_of(dossier: Dossier) -> tuple[str, str] | None:
    """The school whose seat the candidate took, and its state."""
    return Enrolment.objects.filter(dossier=dossier).values_list("pool__programme__code", "state").first()


def paper(dossier: Dossier, kind: str, *, review: str = "unreviewed", check: str = "passed") -> SupportingDocument:
    """A file that the candidate has deposited."""
    return SupportingDocument.objects.create(
        folder=dossier.folder,
        kind=kind,
        original_name=f"{kind}.pdf",
        file=f"papers/{kind}.pdf",
        size=1,
        content="pdf",
        sha256="0" * 64,
        check_state=check,
        review=review,
        uploaded_by=dossier.candidate.user,
        uploaded_at=dossier.procedure.now(),
    )


def ids(dossiers: Sequence[Dossier]) -> list[UUID]:
    """Their primary keys."""
    return [dossier.pk for dossier in dossiers]


def proposed(pool: Pool) -> list[str]:
    """The order that the marks propose, by given name."""
    return [dossier.candidate.given_names.lower() for dossier in rankable_dossiers(pool.procedure)[pool.pk]]
