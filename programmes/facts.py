"""Facts: what follows from answers and choices, which conditions name as if it had been answered.

Pure. `<country>.eu` says whether the country of that question is in the European Union, `birth_date.adult` whether the
candidate is of age on the last day of applications ("yes" or "no"); `programme` and `status` are all those chosen,
with blanks between them.
Rules: APP-18, BS-02, ALL-07.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress

from programmes.countries import EUROPEAN_UNION
from programmes.rules import FieldKind, FieldRule, Rules

PROGRAMME, STATUS = "programme", "status"
EU, ADULT = ".eu", "birth_date.adult"
BIRTH_DATE = "birth_date"
OF_AGE = 18  # years


def facts(
    rules: Rules, answers: Mapping[str, str], *, chosen: Iterable[tuple[str, str]], last_day: dt.date | None
) -> dict[str, str]:
    """All facts of somebody who answered so and chose these programmes, each with its status; "" where unknown.

    `last_day` is the last one of applications.
    """
    programmes_and_statuses = list(chosen)
    return facts_of_answers([field for page in rules.pages for field in page.fields], answers, last_day) | {
        PROGRAMME: " ".join(programme for programme, _ in programmes_and_statuses),
        STATUS: " ".join(sorted({status for _, status in programmes_and_statuses if status})),
    }


def facts_of_answers(
    questions: Iterable[FieldRule], answers: Mapping[str, str], last_day: dt.date | None
) -> dict[str, str]:
    """The facts that follow from the answers to these questions."""
    found: dict[str, str] = {}
    for question in questions:
        answer = answers.get(question.code, "")
        if question.kind == FieldKind.COUNTRY:
            found[question.code + EU] = _yes_or_no(answer in EUROPEAN_UNION) if answer else ""
        elif question.kind == FieldKind.DATE and question.code == BIRTH_DATE:
            found[ADULT] = _is_adult(answer, last_day)
    return found


def values_of_facts(rules: Rules) -> dict[str, set[str]]:
    """The names of facts that conditions may use under these rules, with their values."""
    found = {PROGRAMME: {programme.code for programme in rules.programmes}}
    if rules.choices.statuses:
        found[STATUS] = {status.code for status in rules.choices.statuses}
    for page in rules.pages:
        found |= {name: {"yes", "no"} for name in facts_of_answers(page.fields, {}, None)}
    return found


def facts_needed(rules: Rules) -> frozenset[str]:
    """The names that any condition of the rules uses, and the programmes for papers of each: no other need be known."""
    return rules.named_in_conditions | {PROGRAMME for paper in rules.papers if paper.per_choice}


def question_of(name: str) -> str:
    """The id of the question from which a fact follows; a name that is no fact stands for itself."""
    return name.partition(".")[0]


def born_until(last_day: dt.date) -> dt.date:
    """The last day of birth of those who are of age on `last_day`."""
    with suppress(ValueError):
        return last_day.replace(year=last_day.year - OF_AGE)
    return dt.date(last_day.year - OF_AGE, 2, 28)  # of age on 29 February: who was born until the 28th


def _is_adult(birth_date: str, last_day: dt.date | None) -> str:
    if last_day is None:
        return ""
    try:
        return _yes_or_no(dt.date.fromisoformat(birth_date) <= born_until(last_day))
    except ValueError:
        return ""


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
