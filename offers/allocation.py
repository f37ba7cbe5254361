"""Who is offered which seat, and what a reply leaves of a candidate's hopes.

`first_standings` says who is in play for what once the jury's lists are there. At the start of each period
`allocate` computes the offers from scratch: each candidate gets the best-ranked choice that any stable
allocation allows. During the period a candidate may give any of `allowed_replies`; at its end
`standing_after` turns the last one, or the silence, into the candidate's standing for the next period.

The acts on the database and `simulate_offers` both run on these functions, so each rule of the periods is
written here and nowhere else. Everything is pure: no database, no clock, no settings.

A pool is one programme and track. Candidates and pools go by any hashable names; millions of them are hashed,
so numbers or strings serve better than UUIDs.

Rules: AST-17, AST-18, AST-19, AST-20.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

Candidate = TypeVar("Candidate", bound=Hashable)
Pool = TypeVar("Pool", bound=Hashable)


class Reply(StrEnum):
    """What a candidate can answer during a period; a later answer replaces the one before, until the end."""

    ACCEPT = "ACCEPT"  # oui définitif
    ACCEPT_BUT = "ACCEPT_BUT"  # oui mais
    DECLINE_BUT = "DECLINE_BUT"  # non mais
    WAIT = "WAIT"  # attente
    WITHDRAW = "WITHDRAW"  # non


@dataclass(frozen=True, slots=True)
class Standing(Generic[Pool]):
    """Where one candidate stands between two periods.

    An offer that is held is the last of the live choices: who keeps an offer has lost all the worse ones.
    """

    live: tuple[Pool, ...]  # the choices not lost, best first; without any, the candidate is not in play
    held: Pool | None = None  # the offer kept by ACCEPT or ACCEPT_BUT
    accepted_for_good: bool = False  # by an ACCEPT that counted; no further answer is needed


OUT: Final[Standing[Any]] = Standing(live=())


def first_standings(
    choices: Mapping[Candidate, Sequence[Pool]], lists: Mapping[Pool, Sequence[Candidate]]
) -> dict[Candidate, Standing[Pool]]:
    """Return where each candidate who made choices stands before the first period.

    A choice is live where the candidate is on the pool's list; being on the list of a pool that one did not
    choose means nothing.
    """
    listed = {pool: frozenset(ranking) for pool, ranking in lists.items()}
    nobody: frozenset[Candidate] = frozenset()
    return {
        candidate: Standing(tuple(pool for pool in ranked if candidate in listed.get(pool, nobody)))
        for candidate, ranked in choices.items()
    }


def allocate(
    calls: Mapping[Pool, int],
    lists: Mapping[Pool, Sequence[Candidate]],
    live: Mapping[Candidate, Sequence[Pool]],
) -> dict[Candidate, Pool]:
    """Return the offers of a period: the candidate-optimal stable allocation of the live choices.

    Deferred acceptance, candidates proposing: in each round everyone without a seat proposes to the next live
    choice; each pool keeps the best of those it has seen, as many as it calls, and turns the others away. The
    outcome does not depend on the order of the candidates.

    Args:
        calls: how many candidates each pool offers a seat to.
        lists: the jury's ranking for each pool, best first; it may name candidates who are not in play.
        live: the live choices of each candidate, best first, who is on the list of every one of them.
    Rule: AST-17.
    """
    desks = {pool: _Desk(calls[pool], ranking) for pool, ranking in lists.items()}
    proposers: dict[Pool, list[Candidate]] = defaultdict(list)
    for candidate, ranked in live.items():
        if ranked:
            proposers[ranked[0]].append(candidate)
    while proposers:
        going_on: dict[Pool, list[Candidate]] = defaultdict(list)
        for pool, newcomers in proposers.items():
            for candidate in desks[pool].turn_away_from(newcomers):
                ranked = live[candidate]
                following = ranked.index(pool) + 1
                if following < len(ranked):
                    going_on[ranked[following]].append(candidate)
        proposers = going_on
    return {candidate: pool for pool, desk in desks.items() for candidate in desk.seated()}


def last_called(offers: Mapping[Candidate, Pool], lists: Mapping[Pool, Sequence[Candidate]]) -> dict[Pool, int]:
    """Return the greatest list rank, counted from 1, that these offers reach in each pool with an offer.

    Offers renewed later may reach less far: the rank to show is the greatest over all periods. Rule: AST-20.
    """
    return {
        pool: max(rank for rank, name in enumerate(lists[pool], start=1) if offers.get(name) == pool)
        for pool in dict.fromkeys(offers.values())
    }


def allowed_replies(standing: Standing[Pool], offer: Pool | None) -> frozenset[Reply]:
    """Return what a candidate may answer to the offer of this period, or to having none. Rule: AST-18.

    Who hopes for better needs a better live choice. Someone not in play may answer nothing.
    """
    if not standing.live:
        return frozenset()
    if offer is None:
        return frozenset({Reply.WAIT, Reply.WITHDRAW})
    if offer == standing.live[0]:
        return frozenset({Reply.ACCEPT, Reply.WITHDRAW})
    return frozenset({Reply.ACCEPT, Reply.ACCEPT_BUT, Reply.DECLINE_BUT, Reply.WITHDRAW})


def standing_after(standing: Standing[Pool], offer: Pool | None, reply: Reply | None) -> Standing[Pool]:
    """Return where a candidate stands at the end of a period, the last reply (or none) counting now.

    That an offer loses all worse-ranked choices needs no rule of its own: no reply to it keeps any of them.

    Raises:
        ValueError: the reply is not among `allowed_replies`.
    Rules: AST-18, AST-19.
    """
    if is_removed(standing, reply):
        return OUT
    if reply is None:
        return standing
    if reply not in allowed_replies(standing, offer):
        raise ValueError(f"{reply} is no answer to the offer of {offer!r} with {standing.live!r} live")
    if reply is Reply.WITHDRAW:
        return OUT
    if offer is None:
        return standing  # WAIT
    better = standing.live[: standing.live.index(offer)]
    match reply:
        case Reply.ACCEPT:
            return Standing((offer,), held=offer, accepted_for_good=True)
        case Reply.ACCEPT_BUT:
            return Standing((*better, offer), held=offer)
        case _:  # DECLINE_BUT
            return Standing(better)


def is_removed(standing: Standing[Pool], reply: Reply | None) -> bool:
    """Whether a candidate in play leaves every list for not having replied in time. Rule: AST-19."""
    return bool(standing.live) and reply is None and not standing.accepted_for_good


def offers_held(standings: Iterable[Standing[Pool]]) -> Counter[Pool]:
    """Count the offers held in each pool between two periods; its calls may not go below. Rule: AST-20."""
    return Counter(standing.held for standing in standings if standing.held is not None)


class _Desk(Generic[Candidate]):
    """The places of one pool while proposals come in, one place per rank of its list.

    A full pool only ever exchanges a candidate for a better one. So the last place worth a look only moves
    up, and all its moves together take no longer than the list is long.
    """

    __slots__ = ("_free", "_last", "_place_of", "_places")

    def __init__(self, calls: int, ranking: Sequence[Candidate]) -> None:
        self._free = calls
        self._last = len(ranking) - 1  # nobody behind it can get in any more
        self._place_of = {candidate: place for place, candidate in enumerate(ranking)}
        self._places: list[Candidate | None] = [None] * len(ranking)

    def turn_away_from(self, newcomers: Iterable[Candidate]) -> list[Candidate]:
        """Seat the best of the newcomers and of those seated before; return who is left without a seat."""
        free, last, places, place_of = self._free, self._last, self._places, self._place_of
        turned_away = []
        for newcomer in newcomers:
            place = place_of[newcomer]
            if place > last:
                turned_away.append(newcomer)
                continue
            places[place] = newcomer
            if free:
                free -= 1
                continue
            while (loser := places[last]) is None:
                last -= 1
            turned_away.append(loser)
            places[last] = None
            last -= 1
        self._free, self._last = free, last
        return turned_away

    def seated(self) -> Iterable[Candidate]:
        """Return who holds a seat, best first."""
        return (candidate for candidate in self._places if candidate is not None)
