"""The periods of offers without a database, for an office that wants to try numbers out.

A case says how many candidates each pool calls, the jury's lists, the candidates' ranked choices, and what
happens in each period. `read_case` takes it from JSON, `simulate` plays it by the very rules of the real
periods, `Outcome.as_json` gives the result back. Whatever is wrong with a case raises `WrongCase`, one line
that names it.

    {"pools": {"albi-L3": {"calls": 1}},
     "lists": {"albi-L3": ["c07", "c01"]},
     "choices": {"c01": ["albi-L3"], "c07": ["albi-L3"]},
     "periods": [{"replies": {"c01": "WAIT", "c07": "ACCEPT"}},
                 {"calls": {"albi-L3": 2}, "replies": {"c01": "ACCEPT"}}]}

A list may name people who made no choices: they are not in play. A pool without a list ranks nobody. Changed
calls hold from the start of that period on.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from journal.errors import Refused
from offers.allocation import (
    Reply,
    Standing,
    allocate,
    allowed_replies,
    first_standings,
    is_removed,
    last_called,
    offers_held,
    standing_after,
)

Where = tuple[str, ...]  # where in a case something stands: the keys that lead to it


class WrongCase(Refused):
    """The case cannot be played; `str()` is one line that names what is wrong."""


@dataclass(frozen=True, slots=True)
class PeriodPlan:
    """What a case says of one period."""

    calls: dict[str, int]  # those that change at its start
    replies: dict[str, Reply]  # the last one of each candidate who replied


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the right shape, in which every name is known. Lists and choices are best first."""

    calls: dict[str, int]
    lists: dict[str, tuple[str, ...]]
    choices: dict[str, tuple[str, ...]]
    periods: tuple[PeriodPlan, ...]


@dataclass(frozen=True, slots=True)
class PeriodOutcome:
    """What one period brought, by candidates' names in sorted order."""

    offers: dict[str, str]  # made or renewed at its start
    last_called: dict[str, int]  # by pool, the greatest rank ever offered a seat so far
    removed: tuple[str, ...]  # at its end, for not having replied


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: each period, and who holds what after the last."""

    periods: tuple[PeriodOutcome, ...]
    final: dict[str, str]

    def as_json(self) -> str:
        """Return the outcome as JSON, a line for each period and one for the final places."""
        periods = ",\n             ".join(
            _written({"offers": period.offers, "last_called": period.last_called, "removed": period.removed})
            for period in self.periods
        )
        return f'{{"periods": [{periods}],\n "final": {_written(self.final)}}}'


def read_case(source: bytes) -> Case:
    """Read a case from the bytes of a JSON file.

    Raises:
        WrongCase: not JSON, another shape, an unknown name, a duplicate, calls that are not a number from 0.
    """
    case = _object(_parsed(source), (), required={"pools", "lists", "choices", "periods"})
    calls = {pool: _calls_of(value, pool) for pool, value in _mapping(case["pools"], ("pools",)).items()}
    lists = _names_by_name(case["lists"], "lists")
    choices = _names_by_name(case["choices"], "choices")
    _require_known(lists, calls, ("lists",))
    for candidate, ranked in choices.items():
        _require_known(ranked, calls, ("choices", candidate))
    periods = []
    for number, plan in enumerate(_array(case["periods"], ("periods",)), start=1):
        where = ("periods", str(number))
        periods.append(_period_plan(plan, where))
        _require_known(periods[-1].calls, calls, (*where, "calls"))
        _require_known(periods[-1].replies, choices, (*where, "replies"))
    return Case(calls, lists, choices, tuple(periods))


def simulate(case: Case) -> Outcome:
    """Play all the periods of a case.

    Raises:
        WrongCase: calls below the offers held, a reply that is not allowed or from someone not in play.
    Rules: AST-17, AST-18, AST-19, AST-20.
    """
    calls = dict(case.calls)
    lists = {pool: case.lists.get(pool, ()) for pool in calls}
    standings = first_standings(case.choices, lists)
    called: dict[str, int] = {}
    periods = []
    for number, plan in enumerate(case.periods, start=1):
        where = ("periods", str(number))
        calls |= plan.calls
        _require_calls_for_held(calls, standings, where)
        offers = allocate(calls, lists, {name: standing.live for name, standing in standings.items()})
        offers = dict(sorted(offers.items()))
        for pool, rank in last_called(offers, lists).items():
            called[pool] = max(rank, called.get(pool, 0))
        _require_allowed(plan.replies, standings, offers, where)
        reply_of = plan.replies.get
        removed = sorted(name for name, standing in standings.items() if is_removed(standing, reply_of(name)))
        periods.append(PeriodOutcome(offers, dict(called), tuple(removed)))
        standings = {
            name: standing_after(standing, offers.get(name), reply_of(name)) for name, standing in standings.items()
        }
    held = {name: standing.held for name, standing in sorted(standings.items()) if standing.held is not None}
    return Outcome(tuple(periods), held)


# What only playing the periods shows


def _require_calls_for_held(calls: Mapping[str, int], standings: Mapping[str, Standing[str]], where: Where) -> None:
    """Refuse calls that are fewer than the offers held from the period before."""
    for pool, held in offers_held(standings.values()).items():
        if calls[pool] < held:
            words = {"calls": calls[pool], "held": held}
            raise _wrong(
                (*where, "calls", pool),
                _("%(calls)d ne suffit pas aux propositions que des candidats gardent (%(held)d)") % words,
            )


def _require_allowed(
    replies: Mapping[str, Reply],
    standings: Mapping[str, Standing[str]],
    offers: Mapping[str, str],
    where: Where,
) -> None:
    """Refuse the replies of people who are not in play, and those that do not fit the offer."""
    for name, reply in replies.items():
        if not standings[name].live:
            raise _wrong((*where, "replies", name), _("ce candidat n’est pas ou n’est plus en lice"))
        if reply not in allowed_replies(standings[name], offers.get(name)):
            raise _wrong((*where, "replies", name), _("la réponse %(reply)s n’est pas permise") % {"reply": reply})


# The shape of a case: each function returns the value, its type made sure, or says what is wrong with it


def _calls_of(value: object, pool: str) -> int:
    described = _object(value, ("pools", pool), required={"calls"})
    return _whole_number(described["calls"], ("pools", pool, "calls"))


def _period_plan(value: object, where: Where) -> PeriodPlan:
    plan = _object(value, where, optional={"calls", "replies"})
    calls = _mapping(plan.get("calls", {}), (*where, "calls"))
    replies = _mapping(plan.get("replies", {}), (*where, "replies"))
    return PeriodPlan(
        {pool: _whole_number(number, (*where, "calls", pool)) for pool, number in calls.items()},
        {name: _reply(reply, (*where, "replies", name)) for name, reply in replies.items()},
    )


def _names_by_name(value: object, key: str) -> dict[str, tuple[str, ...]]:
    return {name: _names(names, (key, name)) for name, names in _mapping(value, (key,)).items()}


def _names(value: object, where: Where) -> tuple[str, ...]:
    names = _array(value, where)
    for name in names:
        if not isinstance(name, str):
            raise _wrong(where, _("%(value)s n’est pas un nom entre guillemets") % {"value": _as_given(name)})
    if len(set(names)) < len(names):
        raise _wrong(where, _("%(name)s y figure deux fois") % {"name": _shown(_first_repeated(names))})
    return tuple(names)


def _object(
    value: object, where: Where, *, required: Set[str] = frozenset(), optional: Set[str] = frozenset()
) -> dict[str, object]:
    found = _mapping(value, where)
    for key in sorted(required - found.keys()):
        raise _wrong(where, _("il manque la clé %(name)s") % {"name": _shown(key)})
    for key in sorted(found.keys() - required - optional):
        raise _wrong(where, _("la clé %(name)s n’est pas attendue") % {"name": _shown(key)})
    return found


def _mapping(value: object, where: Where) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _wrong(where, _("un objet {…} est attendu"))
    return value


def _array(value: object, where: Where) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(where, _("une liste […] est attendue"))
    return value


def _whole_number(value: object, where: Where) -> int:
    if type(value) is not int or value < 0:  # a boolean is an int for isinstance()
        problem = _("%(value)s n’est pas un nombre entier à partir de 0")
        raise _wrong(where, problem % {"value": _as_given(value)})
    return value


def _reply(value: object, where: Where) -> Reply:
    if not isinstance(value, str) or value not in tuple(Reply):
        words = {"value": _as_given(value), "replies": ", ".join(Reply)}
        raise _wrong(where, _("%(value)s n’est pas une réponse : il y a %(replies)s") % words)
    return Reply(value)


def _require_known(names: Iterable[str], known: Collection[str], where: Where) -> None:
    for name in names:
        if name not in known:
            raise _wrong(where, _("le nom %(name)s est inconnu") % {"name": _shown(name)})


def _parsed(source: bytes) -> object:
    try:
        return json.loads(source, object_pairs_hook=_object_without_duplicates)
    except json.JSONDecodeError as error:
        position = {"line": error.lineno, "column": error.colno}
        raise WrongCase(_("Ce n’est pas du JSON (ligne %(line)d, colonne %(column)d).") % position) from error
    except (ValueError, RecursionError) as error:
        # Not Unicode, a number of thousands of digits, endless nesting.
        raise WrongCase(_("Ce n’est pas du JSON qui puisse se lire.")) from error


def _object_without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = _first_repeated(key for key, value in pairs)
        raise WrongCase(_("La clé %(name)s figure deux fois dans le même objet.") % {"name": _shown(name)})
    return found


def _first_repeated(names: Iterable[str]) -> str:
    return next(name for name, count in Counter(names).items() if count > 1)


# Words


def _wrong(where: Where, problem: str) -> WrongCase:
    """Return the error for a problem found somewhere in the case, in one line."""
    if not where:
        return WrongCase(f"{problem[0].upper()}{problem[1:]}.")
    return WrongCase(f"{' > '.join(_in_one_line(step) for step in where)} : {problem}.")


def _shown(name: str) -> str:
    """Return a name in French quotation marks, as it stands in a sentence."""
    return f"«\u00a0{_in_one_line(name)}\u00a0»"


def _in_one_line(text: str) -> str:
    """Return the text with everything escaped that would not print or would begin another line."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _as_given(value: object) -> str:
    """Return a wrong value in one line, as it stands in the case; what has parts is only hinted at."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return _in_one_line(_written(value))


def _written(value: object) -> str:
    """Return a value as JSON that any UTF-8 can carry: half a surrogate pair is escaped again, as it came."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
