"""Checks of the form: fields, conditions, papers."""

from __future__ import annotations

from collections.abc import Mapping

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import must_exist
from programmes.procedure_file.nodes import Source
from programmes.rules import Condition, FieldKind, FieldRule, Rules


def check_form(source: Source, rules: Rules) -> None:
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


def check_conditions(source: Source, rules: Rules) -> None:
    known = _names_in_conditions(rules)
    for page in rules.pages:
        for field in page.fields:
            check_condition(source, field.when, known, "form", page.code, "fields", field.code, "when")
    for paper in rules.papers:
        check_condition(source, paper.when, known, "papers", paper.code, "when")
    if rules.fee and rules.fee.exemption:
        check_condition(source, rules.fee.exemption.when, known, "fee", "exemption", "when")
    for closing in rules.closings:
        check_condition(source, closing.when, known, "closings", closing.code, "when")
    for referee in rules.referees:
        answers = {question.code: _values_of(question) for question in referee.questions}
        for question in referee.questions:
            where = ("referees", referee.code, "questions", question.code, "when")
            check_condition(source, question.when, answers, *where)


def check_condition(source: Source, condition: Condition, known: Mapping[str, set[str] | None], *where: str) -> None:
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


def check_papers(source: Source, live: schema.Live, rules: Rules) -> None:
    papers = {paper.code for paper in rules.papers}
    referees = {referee.code for referee in rules.referees}
    for alternative in rules.alternatives:
        where = ("alternatives", alternative.code)
        if len(alternative.referees) + len(alternative.papers) < 2:
            source.fault(f"« {alternative.code} » ne laisse pas le choix : nommez au moins deux possibilités.", *where)
        must_exist(source, alternative.papers, papers, "la pièce", *where, "papers")
        must_exist(source, alternative.referees, referees, "le référent", *where, "referees")
        for paper in rules.papers:
            if paper.code in alternative.papers and paper.required:
                reason = f"l’un des choix de « {alternative.code} » ne peut pas être obligatoire (required: non)."
                source.fault(reason, "papers", paper.code)
