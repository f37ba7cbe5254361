"""The fair allocation found the slow way: all allocations are tried and the best of the stable ones is kept.

It shares nothing with `offers.allocation`, so that the two can be wrong together only by chance.
"""

from collections.abc import Iterator
from itertools import product

from hypothesis import strategies as st

Calls = dict[str, int]
Ranked = dict[str, list[str]]  # lists by pool, or choices by candidate, best first

CANDIDATES = ["ana", "bo", "Chloé", "d'Ô", "e"]
POOLS = ["p", "q-BUT 3", "r"]


def best_stable(calls: Calls, lists: Ranked, live: Ranked) -> dict[str, str]:
    """Return the stable allocation that every candidate finds at least as good as any other."""
    stable = list(stable_allocations(calls, lists, live))
    best = [
        one
        for one in stable
        if all(
            _liking(live[name], one.get(name)) <= _liking(live[name], other.get(name))
            for other in stable
            for name in live
        )
    ]
    assert len(best) == 1, "there is always exactly one"
    return best[0]


def stable_allocations(calls: Calls, lists: Ranked, live: Ranked) -> Iterator[dict[str, str]]:
    """Yield every allocation that over-fills no pool and skips nobody."""
    for seats in product(*([*ranked, None] for ranked in live.values())):
        allocation = {name: pool for name, pool in zip(live, seats, strict=True) if pool is not None}
        if is_stable(allocation, calls, lists, live):
            yield allocation


def is_stable(allocation: dict[str, str], calls: Calls, lists: Ranked, live: Ranked) -> bool:
    """Whether no pool is over-filled, and nobody prefers one with a free seat or someone ranked behind."""
    seated: Ranked = {pool: [name for name in lists[pool] if allocation.get(name) == pool] for pool in lists}
    if any(len(names) > calls[pool] for pool, names in seated.items()):
        return False
    rank = {pool: {name: rank for rank, name in enumerate(names)} for pool, names in lists.items()}
    for name, ranked in live.items():
        for pool in ranked[: _liking(ranked, allocation.get(name))]:
            if len(seated[pool]) < calls[pool]:
                return False
            if calls[pool] and rank[pool][name] < rank[pool][seated[pool][-1]]:
                return False
    return True


def _liking(ranked: list[str], pool: str | None) -> int:
    """Return 0 for the best-liked pool, and more than any of them for none at all."""
    return len(ranked) if pool is None else ranked.index(pool)


@st.composite
def markets(draw: st.DrawFn) -> tuple[Calls, Ranked, Ranked]:
    """Draw calls, lists and choices; lists name people who did not choose them, and leave others out."""
    calls = {pool: draw(st.integers(0, 3)) for pool in POOLS}
    lists = {pool: draw(some_of(CANDIDATES)) for pool in POOLS}
    choices = {name: draw(some_of(POOLS)) for name in CANDIDATES}
    return calls, lists, choices


def some_of(names: list[str]) -> st.SearchStrategy[list[str]]:
    """Draw some of the names, mostly many, in any order."""
    return st.tuples(st.permutations(names), st.integers(0, 2)).map(lambda drawn: drawn[0][: len(names) - drawn[1]])


def live_of(lists: Ranked, choices: Ranked) -> Ranked:
    """Return the choices on whose lists their candidates are."""
    return {name: [pool for pool in ranked if name in lists[pool]] for name, ranked in choices.items()}
