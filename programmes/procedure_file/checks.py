"""What the parts of a file say of each other: names must exist, codes must differ, dates must follow.

Each check works on the values and finds the line of what it complains of by its path in the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import pairwise

from programmes.procedure_file import schema
from programmes.procedure_file.live_part import UNREAD
from programmes.procedure_file.nodes import Source
from programmes.rules import Condition, FieldKind, FieldRule, Means, Rules
from programmes.words import PARIS


def check(source: Source, live: schema.Live, rules: Rules) -> None:
    """Note in `source` every fault between the parts of a file, and warn of what is doubtful."""
    _check_schools(source, live)
    _check_calendar(source, live, rules)
    _check_periods(source, live)
    _check_seats(source, live)
    _check_titles(source, live, rules)
    _check_form(source, rules)
    _check_conditions(source, rules)
    _check_papers(source, live, rules)
    _check_fee(source, live, rules)
    _check_tests(source, live, rules)


def _check_schools(source: Source, live: schema.Live) -> None:
    schools = {school.code for school in live.schools}
    _differ_in_case(source, "schools", (school.code for school in live.schools))
    _differ_in_case(source, "programmes", (programme.code for programme in live.programmes))
    _differ_in_case(source, "tracks", (track.code for track in live.tracks))
    for programme in live.programmes:
        if programme.school and programme.school not in schools:
            source.fault(f"l’école « {programme.school} » n’existe pas.", "programmes", programme.code, "school")
    for school in live.schools:
        if school.iban and not school.account_holder:
            source.fault("un IBAN est donné sans le titulaire du compte (account_holder).", "schools", school.code)
        if not any(programme.school == school.code for programme in live.programmes):
            source.warn(f"l’école « {school.code} » n’a aucune formation.", "schools", school.code)


def _check_calendar(source: Source, live: schema.Live, rules: Rules) -> None:
    entries = {entry.code: entry for entry in live.calendar}
    for entry in live.calendar:
        where = ("calendar", entry.code)
        if entry.starts_at is None and entry.ends_at is None:
            source.fault(f"« {entry.code} » n’a ni début (starts) ni fin (ends).", *where)
        _check_order(source, entry.starts_at, entry.ends_at, "la fin n’est pas après le début.", *where, "ends")
    applications = entries.get("applications")
    if applications is None or applications.starts_at is None or applications.ends_at is None:
        source.fault("l’entrée « applications » est nécessaire, avec son début et sa fin.", "calendar")
        return
    late_papers = entries.get("late_papers")
    late_end = late_papers.ends_at if late_papers else None
    if late_end is None and any(paper.late for paper in rules.papers):
        source.fault("des pièces peuvent venir plus tard : il faut l’entrée « late_papers », avec sa fin.", "calendar")
    too_early = "cette fin n’est pas après la clôture des candidatures."
    _check_order(source, applications.ends_at, late_end, too_early, "calendar", "late_papers", "ends")
    _check_steps(source, live.steps, after=applications.ends_at)


def _check_steps(source: Source, steps: Iterable[schema.Step], *, after: dt.datetime) -> None:
    """Closing, then each step's meeting, test days and results, must follow one another."""
    last = after
    for step in steps:
        where = ("steps", step.code)
        too_early = "cette date n’est pas après ce qui la précède (clôture des candidatures, étape d’avant)."
        _check_order(source, last, step.meets_at, too_early, *where, "meets")
        for test_day in step.test_days:
            morning = dt.datetime.combine(test_day.day, dt.time(0), PARIS)
            _check_order(source, last, morning, too_early, *where, "days", test_day.school)
        last = max([last, *(dt.datetime.combine(day.day, dt.time(0), PARIS) for day in step.test_days)])
        _check_order(
            source,
            step.meets_at,
            step.results_at,
            "les résultats ne sont pas après la réunion.",
            *where,
            "results",
        )
        last = max(last, step.results_at or last)


def _check_periods(source: Source, live: schema.Live) -> None:
    for number, period in enumerate(live.periods, start=1):
        where = ("periods", str(number))
        _check_order(source, period.starts_at, period.ends_at, f"la période {number} finit avant de commencer.", *where)
    for number, (before, after) in enumerate(pairwise(live.periods), start=2):
        if UNREAD not in (before.ends_at, after.starts_at) and after.starts_at < before.ends_at:
            source.fault(f"la période {number} commence avant la fin de la précédente.", "periods", str(number))
    results = [step.results_at for step in live.steps if step.results_at not in (None, UNREAD)]
    if live.periods and results and UNREAD != live.periods[0].starts_at < max(filter(None, results)):
        source.fault("la première période commence avant la publication des résultats.", "periods", "1")


def _check_seats(source: Source, live: schema.Live) -> None:
    programmes = {programme.code for programme in live.programmes}
    tracks = {track.code for track in live.tracks}
    seated = {pool.programme for pool in live.pools}
    for programme in sorted(seated - programmes):
        source.fault(f"la formation « {programme} » n’existe pas.", "seats", programme)
    for track in sorted({pool.track for pool in live.pools} - tracks):
        source.fault(f"la filière « {track} » n’existe pas.", "seats", "columns")
    for programme in sorted(programmes - seated):
        source.fault(f"la formation « {programme} » n’a pas de ligne de places.", "seats")


def _check_titles(source: Source, live: schema.Live, rules: Rules) -> None:
    programmes = {programme.code for programme in live.programmes}
    tracks = {track.code for track in live.tracks}
    titles = {title.code for title in rules.titles}
    for title in rules.titles:
        where = ("titles", title.code)
        if title.track and title.track not in tracks:
            source.fault(f"la filière « {title.track} » n’existe pas.", *where, "track")
        for row in title.specialities:
            for programme in set(row.programmes) - programmes:
                source.fault(f"la formation « {programme} » n’existe pas.", *where, "columns")
            if not row.programmes:
                source.warn(f"« {row.code} » n’ouvre aucune formation.", *where, "specialities", row.code)
    for equivalence in rules.equivalences:
        for code in set(equivalence.titles) - titles:
            source.fault(f"le titre « {code} » n’existe pas.", "equivalences", equivalence.code, "titles")
    opened = {(code, title.track) for title in rules.titles for row in title.specialities for code in row.programmes}
    for pool in live.pools:
        if rules.titles and pool.seats and pool.track in tracks and (pool.programme, pool.track) not in opened:
            source.warn(f"des places en {pool.track}, mais aucun titre n’y donne accès.", "seats", pool.programme)


def _check_form(source: Source, rules: Rules) -> None:
    seen: dict[str, str] = {}
    for page in rules.pages:
        for field in page.fields:
            where = ("form", page.code, "fields", field.code)
            if field.code in seen or field.code in ("title", "speciality", "equivalence"):
                taken_by = f"la page « {seen[field.code]} »" if field.code in seen else "le portail"
                source.fault(f"le champ « {field.code} » est déjà pris par {taken_by}.", *where)
            seen[field.code] = page.code
            _check_field(source, field, where)
    for referee in rules.referees:
        for question in referee.questions:
            _check_field(source, question, ("referees", referee.code, "questions", question.code))


def _check_field(source: Source, field: FieldRule, where: tuple[str, ...]) -> None:
    if field.kind == FieldKind.CHOICE and len(field.options) < 2:
        source.fault(f"le champ « {field.code} » est un choix : il lui faut au moins deux options.", *where)
    if field.kind != FieldKind.CHOICE and field.options:
        source.fault(f"le champ « {field.code} » a des options, mais n’est pas un choix.", *where, "options")
    answers = _values_of(field)
    if field.must_be and answers is not None and field.must_be not in answers:
        source.fault(f"« {field.must_be} » n’est pas une réponse possible.", *where, "must_be")


def _check_conditions(source: Source, rules: Rules) -> None:
    known = _names_in_conditions(rules)
    for page in rules.pages:
        for field in page.fields:
            _check_condition(source, field.when, known, "form", page.code, "fields", field.code, "when")
    for paper in rules.papers:
        _check_condition(source, paper.when, known, "papers", paper.code, "when")
    if rules.fee and rules.fee.exemption:
        _check_condition(source, rules.fee.exemption.when, known, "fee", "exemption", "when")
    for referee in rules.referees:
        answers = {question.code: _values_of(question) for question in referee.questions}
        for question in referee.questions:
            where = ("referees", referee.code, "questions", question.code, "when")
            _check_condition(source, question.when, answers, *where)


def _check_condition(source: Source, condition: Condition, known: Mapping[str, set[str] | None], *where: str) -> None:
    """Each name must be a question, each value one of its answers (None: the question has no such list)."""
    for name, values in condition.values.items():
        if name not in known:
            source.fault(f"la condition porte sur « {name} », qui n’est pas un champ.", *where, name)
            continue
        answers = known[name]
        if answers is None:
            source.fault(f"« {name} » est un champ libre : une condition ne peut pas porter sur lui.", *where, name)
            continue
        for value in values:
            if value not in answers:
                source.fault(f"« {value} » n’est pas une réponse possible à « {name} ».", *where, name)


def _names_in_conditions(rules: Rules) -> dict[str, set[str] | None]:
    fields = {field.code: _values_of(field) for page in rules.pages for field in page.fields}
    return fields | {
        "title": {title.code for title in rules.titles},
        "speciality": {row.code for title in rules.titles for row in title.specialities},
        "equivalence": {equivalence.code for equivalence in rules.equivalences},
    }


def _values_of(field: FieldRule) -> set[str] | None:
    if field.kind == FieldKind.YES_NO:
        return {"yes", "no"}
    return {option.code for option in field.options} if field.kind == FieldKind.CHOICE else None


def _check_papers(source: Source, live: schema.Live, rules: Rules) -> None:
    papers = {paper.code for paper in rules.papers}
    referees = {referee.code for referee in rules.referees}
    for alternative in rules.alternatives:
        where = ("alternatives", alternative.code)
        if len(alternative.referees) + len(alternative.papers) < 2:
            source.fault(f"« {alternative.code} » ne laisse pas le choix : nommez au moins deux possibilités.", *where)
        _must_exist(source, alternative.papers, papers, "la pièce", *where, "papers")
        _must_exist(source, alternative.referees, referees, "le référent", *where, "referees")
        for paper in rules.papers:
            if paper.code in alternative.papers and paper.required:
                reason = f"l’un des choix de « {alternative.code} » ne peut pas être obligatoire (required: non)."
                source.fault(reason, "papers", paper.code)


def _check_fee(source: Source, live: schema.Live, rules: Rules) -> None:
    if rules.fee is None:
        return
    exemption = rules.fee.exemption
    if exemption and exemption.paper:
        papers = {paper.code for paper in rules.papers}
        _must_exist(source, [exemption.paper], papers, "la pièce", "fee", "exemption", "paper")
    for school in live.schools:
        if Means.TRANSFER in rules.fee.means and not school.iban:
            source.fault(
                f"les frais se paient par virement, mais « {school.code} » n’a pas d’IBAN.",
                "schools",
                school.code,
            )
        if school.takes_cards and Means.CARD not in rules.fee.means:
            where = ("schools", school.code, "takes_cards")
            source.fault("la carte n’est pas un des moyens de payer les frais (fee, means).", *where)


def _check_tests(source: Source, live: schema.Live, rules: Rules) -> None:
    schools = {school.code for school in live.schools}
    for step in live.steps:
        where = ("steps", step.code)
        is_tests = step.kind == schema.StepKind.TESTS
        if is_tests and not rules.tests:
            source.fault("cette étape fait passer des épreuves, mais « tests » n’en définit aucune.", *where)
        if step.test_days and not is_tests:
            source.fault("seule une étape de nature « tests » a des jours d’épreuves.", *where, "days")
        for unknown in sorted({day.school for day in step.test_days} - schools):
            source.fault(f"l’école « {unknown} » n’existe pas.", *where, "days", unknown)
        with_tests = {programme.school for programme in live.programmes} & schools if is_tests else set()
        for school in sorted(with_tests - {day.school for day in step.test_days}):
            source.fault(f"l’école « {school} » n’a aucun jour d’épreuves.", *where, "days")
        for day in step.test_days:
            if step.test_days.count(day) > 1:
                source.fault(f"le jour {day.day} est donné deux fois.", *where, "days", day.school)
    for test in rules.tests:
        if test.eliminatory is not None and test.eliminatory >= test.out_of:
            source.fault("la note éliminatoire atteint la note maximale.", "tests", test.code, "eliminatory")


def _check_order(
    source: Source, earlier: dt.datetime | None, later: dt.datetime | None, reason: str, *where: str
) -> None:
    """A fault if both instants are known and `later` does not come after `earlier`."""
    if earlier is None or later is None or UNREAD in (earlier, later):
        return
    if later <= earlier:
        source.fault(reason, *where)


def _must_exist(source: Source, codes: Iterable[str], known: set[str], what: str, *where: str) -> None:
    for code in codes:
        if code not in known:
            source.fault(f"{what} « {code} » n’existe pas.", *where)


def _differ_in_case(source: Source, table: str, codes: Iterable[str]) -> None:
    """Codes end up in addresses and file names, where two that differ only in capitals would be confused."""
    seen: dict[str, str] = {}
    for code in codes:
        if code.lower() in seen:
            source.fault(f"« {code} » et « {seen[code.lower()]} » ne diffèrent que par les majuscules.", table, code)
        seen[code.lower()] = code
