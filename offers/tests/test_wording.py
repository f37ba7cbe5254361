"""What a reply does is said in sentences that fit the schools it is about."""

from __future__ import annotations

import datetime as dt

from offers.allocation import Reply, Standing
from offers.wording import Situation, effect_of

END = dt.datetime(2026, 6, 3, 21, tzinfo=dt.UTC)


def leaving(*names: str) -> str:
    """What NON says to who has a place at the last of `names` and stays in line for the others."""
    pools = tuple(range(len(names)))
    situation = Situation(Standing(pools), pools[-1], dict(enumerate(names)), END, is_last=False)
    return effect_of(Reply.WITHDRAW, situation)


def test_who_has_one_school_does_not_leave_all_schools() -> None:
    assert leaving("Alpha").startswith("Vous renoncez à : Alpha.")
    assert leaving("Alpha", "Bêta").startswith("Vous renoncez à toutes les écoles : Alpha et Bêta.")
