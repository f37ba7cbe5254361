"""The board of places: of each programme the seats, who keeps them and until when, who comes next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext

from accounts.models import User
from applicants.proof import proofs_of
from juries.models import Decision
from offers.admin.papers import is_to_review
from offers.confirmation import Need, Progress, waits_for_school
from offers.models import Enrolment, Place
from offers.place_desk import places_kept_by, programmes_kept_by
from offers.place_needs import needs_by_place
from offers.start_letters import untold
from offers.waiting_list import lines_of
from programmes.models import Pool, Procedure

State = Place.State
PROGRESS_KINDS = {Progress.TODO: "todo", Progress.AGAIN: "problem", Progress.SENT: "waiting", Progress.DONE: "done"}


@dataclass(frozen=True)
class PlaceRow:
    """A place on the board."""

    place: Place
    needs: Sequence[Need]
    titles: int = 0  # papers that prove the title, to be looked at

    @property
    def things(self) -> list[dict[str, str]]:
        """What confirms it, as state tags."""
        return [{"kind": PROGRESS_KINDS[need.progress], "label": need.label} for need in self.needs]

    @property
    def waits_for_school(self) -> bool:
        """Whether the candidate has done all, and staff have still to look at it."""
        return self.place.state == State.OFFERED and waits_for_school(self.needs)

    @property
    def is_overdue(self) -> bool:
        """Whether it could be released now. Rules: NE-05, IIM-06."""
        return self.place.is_late and not self.waits_for_school

    @property
    def state(self) -> dict[str, str]:
        """Where it stands, as a state tag."""
        if self.is_overdue:
            return {"kind": "problem", "label": gettext("délai dépassé")}
        if self.waits_for_school:
            return {"kind": "todo", "label": gettext("à examiner")}
        if self.place.state == State.OFFERED:
            return {"kind": "waiting", "label": gettext("à confirmer")}
        if self.place.state == State.CONFIRMED:
            return self._confirmed()
        return {"kind": "closed", "label": self.place.get_state_display()}

    def _confirmed(self) -> dict[str, str]:
        if self.titles:
            return {"kind": "todo", "label": gettext("confirmée, titre à examiner")}
        if _awaits_title(self.place):
            return {"kind": "doing", "label": gettext("confirmée, titre attendu")}
        return {"kind": "done", "label": gettext("confirmée")}


@dataclass(frozen=True)
class PoolBoard:
    """The places of a programme for those who enter by one track."""

    pool: Pool
    rows: list[PlaceRow]
    line: list[Decision]  # admitted without a place first, then the waiting list
    to_tell: int  # how many start letters there are to send

    @cached_property
    def standing(self) -> list[PlaceRow]:
        """Those that hold a seat: those overdue first, then by their ends."""
        held = [row for row in self.rows if row.place.is_standing]
        return sorted(held, key=lambda row: (row.place.state != State.OFFERED, row.place.until))

    @property
    def ended(self) -> list[PlaceRow]:
        """Those that hold none any more."""
        return [row for row in self.rows if not row.place.is_standing]

    @property
    def confirmed(self) -> int:
        """How many are confirmed."""
        return sum(row.place.state == State.CONFIRMED for row in self.standing)

    @property
    def free(self) -> int:
        """How many seats nobody holds."""
        return max(self.pool.capacity - len(self.standing), 0)

    @property
    def overdue(self) -> int:
        """How many could be released now."""
        return sum(row.is_overdue for row in self.standing)

    @property
    def next(self) -> Decision | None:
        """Who is offered the next free seat."""
        return self.line[0] if self.line and self.free else None


def boards_of(user: User, procedure: Procedure) -> list[PoolBoard]:
    """The boards of the programmes whose places `user` keeps, in the procedure's order."""
    programmes = programmes_kept_by(user, procedure)
    pools = Pool.objects.filter(programme__in=programmes).select_related("programme__school", "track")
    rows, lines = rows_by_pool(user, procedure), _lines(procedure)
    to_tell = Counter(place.pool_id for place in untold(programmes))
    return [
        PoolBoard(
            pool,
            rows[pool.pk],
            lines[pool.programme_id, pool.track_id],
            to_tell[pool.pk],
        )
        for pool in pools
    ]


def rows_by_pool(user: User, procedure: Procedure) -> Mapping[int, list[PlaceRow]]:
    """The places that `user` keeps in a procedure, by pool."""
    found: dict[int, list[PlaceRow]] = defaultdict(list)
    for row in rows_of(places_kept_by(user).filter(dossier__procedure=procedure)):
        found[row.place.pool_id].append(row)
    return found


def rows_of(places: Iterable[Place]) -> list[PlaceRow]:
    """Places with what confirms them, in a few queries however many."""
    places = list(places)
    needs = needs_by_place(place for place in places if place.state == State.OFFERED)
    awaiting = [place for place in places if _awaits_title(place)]
    proofs = proofs_of(place.dossier for place in awaiting)
    titles = {
        place.pk: sum(is_to_review(file) for proof in proofs[place.dossier_id] for file in proof.files)
        for place in awaiting
    }
    return [PlaceRow(place, needs.get(place.pk, []), titles.get(place.pk, 0)) for place in places]


def _awaits_title(place: Place) -> bool:
    """Whether it is confirmed, under condition of the title."""
    enrolment: Enrolment | None = getattr(place.dossier, "enrolment", None)
    is_conditional = enrolment is not None and enrolment.state == Enrolment.State.AWAITING_TITLE
    return place.state == State.CONFIRMED and is_conditional


def _lines(procedure: Procedure) -> Mapping[tuple[int, int | None], list[Decision]]:
    """Who waits for a seat, by programme and track."""
    found: dict[tuple[int, int | None], list[Decision]] = defaultdict(list)
    for decision in lines_of(procedure).select_related("choice", "dossier__candidate__user"):
        if decision.choice is not None:
            found[decision.choice.programme_id, decision.dossier.track_id].append(decision)
    return found
