"""Each procedure from the first click to enrolment, on the same code, by made-up people who call the same acts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from applicants.models import Dossier, Status
from campaign.rehearsal.opening import open_rehearsal
from documents.models import Notice
from offers.models import Enrolment, Place, SeatMove
from offers.waiting_list import next_in_line
from programmes.models import Pool
from tests.procedures import FILES
from tests.procedures.totals import TOTALS

ALSO_IN_A_HURRY = "apprenticeship-2021"  # it has the most rules; the others are played in the long run
CODES = [path.stem for path in FILES]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=[] if code == ALSO_IN_A_HURRY else [pytest.mark.long]) for code in CODES]
)
def test_made_up_candidates_come_from_the_first_click_to_a_definitive_admission(code: str) -> None:
    """A part of a file that no act can carry out would stop them somewhere on the way; and all adds up to what the
    notice says.
    """
    figures = rehearse(code, 8 if code == ALSO_IN_A_HURRY else 12)
    assert set(figures["sound"].values()) == {True}
    dossiers = Dossier.objects.filter(procedure__code=code)
    assert dossiers.filter(status=Status.VALIDATED).count() >= 4
    admitted = Enrolment.objects.filter(dossier__in=dossiers, state=Enrolment.State.DEFINITIVE)
    assert admitted.exists()
    assert Notice.objects.filter(procedure__code=code, kind__in=["decision", "admission"]).exists()
    _compare_money(code, figures["totals"]["money"])
    _compare_seats(code, figures["totals"]["seats"])


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_where_candidates_are_enough_every_seat_is_given_and_none_twice() -> None:
    """NE-05, IIM-05: with one seat by programme somebody waits for one, and then it was given."""
    code = "iim-second-cycle"
    open_rehearsal(code)
    Pool.objects.filter(programme__procedure__code=code).update(seats=1)
    taken = rehearse(code, 18)["totals"]["seats"]
    assert max(pool["taken"] for pool in taken.values()) == 1
    pools = Pool.objects.filter(programme__procedure__code=code).select_related("programme__procedure", "track")
    waited_for = [pool for pool in pools if next_in_line(pool).exists()]
    assert waited_for
    assert all(Place.objects.filter(pool=pool).exists() for pool in waited_for)


def rehearse(code: str, candidates: int) -> dict[str, Any]:
    """What the command says of a rehearsal, as JSON."""
    out = StringIO()
    call_command("rehearse", code, candidates=candidates, seed=2, samples=0, json=True, stdout=out)
    figures: dict[str, Any] = json.loads(out.getvalue())
    return figures


def _compare_money(code: str, money: Mapping[str, Mapping[str, int]]) -> None:
    """To the cent, and by what it was asked for: what the ledger holds is what the notice asks of these people."""
    notice = TOTALS[code]
    charged = {reason: sums["charged"] for reason, sums in money.items()}
    chosen = Dossier.objects.filter(procedure__code=code, choices__isnull=False).distinct()
    asked = sum(notice.fee(dossier) for dossier in chosen.select_related("account"))
    assert charged.pop("application_fee") + charged.pop("fee_complement", 0) == asked
    places = Place.objects.filter(dossier__procedure__code=code).select_related("choice__programme", "dossier")
    confirmed = [place for place in places if place.confirmed_at is not None]
    assert money.get("deposit", {}).get("received", 0) == notice.deposit * len(confirmed)
    standing = [place for place in confirmed if place.state == Place.State.CONFIRMED]
    assert charged.pop("instalment", 0) == sum(notice.instalment(place) for place in standing)
    charged.pop("deposit", None)
    assert not charged  # nothing else is asked for


def _compare_seats(code: str, seats: Mapping[str, Mapping[str, int]]) -> None:
    """Those of the notice, but for what the jury moved; never more taken than there are."""
    moved = Counter[str]()
    for move in SeatMove.objects.filter(source__programme__procedure__code=code).select_related(
        "source__programme", "source__track", "target__programme", "target__track"
    ):
        moved[f"{move.source.programme.code} {move.source.track.code}"] += move.count
        moved[f"{move.target.programme.code} {move.target.track.code}"] -= move.count
    first = {pool: found["seats"] + moved[pool] for pool, found in seats.items()}
    assert {pool: count for pool, count in first.items() if count} == {
        pool: count for pool, count in TOTALS[code].seats.items() if count
    }
    assert all(found["definitive"] <= found["taken"] <= found["seats"] for found in seats.values())
    assert sum(found["definitive"] for found in seats.values()) >= 1
