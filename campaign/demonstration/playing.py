"""Playing a demonstration up to a moment: made-up candidates, schools and juries do what people do until then.

The wish is a row (`campaign.models.Play`); a worker takes it under a lease and notes how far it has come. One that is
killed is followed by another, which goes on from there.
"""

from __future__ import annotations

import datetime as dt
import logging
import time

from campaign.demonstration.guard import require_made_up
from campaign.demonstration.moments import moments_of
from campaign.models import Play
from campaign.rehearsal.clearing import clear_rehearsal
from campaign.rehearsal.company import gather
from campaign.rehearsal.opening import codes, open_rehearsal
from campaign.rehearsal.script import Line, play
from journal.clock import at_one_instant, instant
from journal.leases import claim
from programmes.models import Procedure

log = logging.getLogger(__name__)

CANDIDATES = 30
SEED = 8
SAMPLES = 1  # the workers check the papers of visitors; the others' are counted as checked
LEASE = dt.timedelta(seconds=60)
BREATH = 0.5  # seconds between two notes of how far it has come


def fill() -> None:
    """Load every procedure that has a file, and play each up to its first moment; returns at once when that is done."""
    require_made_up()
    for code in codes():
        with at_one_instant():
            if not Play.objects.filter(procedure__code=code).exists():
                _begin(open_rehearsal(code))
    play_what_is_wished()


def play_what_is_wished() -> None:
    """Play every demonstration that is not where it is wished to be, unless somebody else is playing it."""
    for pk in [wish.pk for wish in Play.objects.order_by("pk") if wish.is_under_way]:
        with at_one_instant():
            claimed = claim(Play.objects.filter(pk=pk).select_related("procedure"), at_most=1, lease=LEASE)
        for wish in claimed:
            _play(wish)


def _begin(procedure: Procedure) -> None:
    """Note a first wish. The schools take cards, so that the test bank can be seen."""
    procedure.participations.update(takes_cards=True)
    first = moments_of(procedure)[0]
    Play.objects.create(procedure=procedure, seed=SEED, candidates=CANDIDATES, moment=first.code, until=first.at)


def _play(wish: Play) -> None:
    """Play a claimed one to its end, and put the clock to the moment wished for."""
    if wish.starts_over:
        clear_rehearsal(wish.procedure_id)
        _note(wish, starts_over=False, played=None)
    procedure = Procedure.objects.get(pk=wish.procedure_id)
    with at_one_instant():
        company = gather(
            procedure, candidates=wish.candidates, seed=wish.seed, samples=SAMPLES, where_seats_are_few=True
        )
    company.goes_on_after_errors = True
    progress = Progress(wish)
    play(company, after=wish.played, until=wish.until, told=progress.hear)
    with company.at(wish.until):
        _note(wish, played=wish.until, share=100, lease=None, leased_until=None)


def _note(wish: Play, **changes: object) -> None:
    """Write how far it has come, and hold the lease for a while longer."""
    with at_one_instant():  # this may be long after the task began
        changes = {"leased_until": instant() + LEASE} | changes
    Play.objects.filter(pk=wish.pk).update(**changes)
    for name, value in changes.items():
        setattr(wish, name, value)


class Progress:
    """Hears of each event that was played, and notes now and then how far it has come."""

    def __init__(self, wish: Play) -> None:
        self.wish = wish
        self.begun = wish.played
        self.moment = wish.played
        self.noted_at = 0.0

    def hear(self, line: Line) -> None:
        """Note the moment before the one of `line`: of that one, other events may be to come."""
        before, self.moment = self.moment, line.event.moment
        if before is None or before == self.moment or time.monotonic() - self.noted_at < BREATH:
            return
        self.noted_at = time.monotonic()
        start = self.begun or line.first
        share = 100 * (self.moment - start) / (self.wish.until - start)
        stage = line.stage.code if line.stage else self.wish.stage
        _note(self.wish, played=before, share=min(99, int(share)), stage=stage)
