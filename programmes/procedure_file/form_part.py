"""Reading the form of a file: pages, questions, and the conditions on which they are asked."""

from __future__ import annotations

from programmes.procedure_file.nodes import Place, Wrong, by_key, each
from programmes.procedure_file.values import (
    answer,
    code,
    key_of,
    one_of,
    whole_number,
    words,
    yes_or_no,
)
from programmes.rules import (
    ALWAYS,
    Condition,
    FieldKind,
    FieldRule,
    Option,
    PageRule,
    RowField,
    SubmissionRule,
)
from programmes.text import Text

NO_TEXT = Text("", "")


def read_submission(place: Place) -> SubmissionRule:
    with place.table() as submission:
        return SubmissionRule(forced=submission.may("forced", yes_or_no, False))


def read_page(place: Place) -> PageRule:
    with place.table() as page:
        return PageRule(
            code=key_of(place),
            title=page.need("title", words, NO_TEXT),
            intro=page.may("intro", words, NO_TEXT),
            first=page.may("first", yes_or_no, False),
            fields=page.need("fields", by_key(read_field), ()),
        )


def read_field(place: Place) -> FieldRule:
    with place.table() as field:
        kind = field.need("kind", one_of(FieldKind), FieldKind.TEXT)
        if "required" in field and "required_when" in field:
            place.fault("« required » et « required_when » se contredisent : gardez l’un des deux.")
        return FieldRule(
            code=key_of(place),
            kind=kind,
            label=field.need("label", words, NO_TEXT),
            help=field.may("help", words, NO_TEXT),
            required=field.may("required", yes_or_no, kind != FieldKind.INE),
            options=field.may("options", by_key(read_option), ()),
            max_length=field.may("max_length", whole_number(1, 10_000), None),
            when=field.may("when", read_condition, ALWAYS),
            must_be=field.may("must_be", answer, ""),
            required_when=field.may("required_when", _any_of, ()),
            at_least=field.may("at_least", whole_number(), None),
            at_most=field.may("at_most", whole_number(1), None),
            fields=field.may("fields", by_key(read_field), ()),
            add=field.may("add", words, NO_TEXT),
            otherwise=field.may("otherwise", _row_field, None),
        )


def read_option(place: Place) -> Option:
    return Option(code=key_of(place), label=words(place))


def _row_field(place: Place) -> RowField:
    with place.table() as named:
        return RowField(rows=named.need("rows", code, ""), field=named.need("field", code, ""))


def _any_of(place: Place) -> tuple[Condition, ...]:
    """One condition, or a list of which one is enough."""
    if place.is_table():
        return (read_condition(place),)
    return each(read_condition)(place)


def read_condition(place: Place) -> Condition:
    return Condition({name: entry.read(_answers, ()) for name, entry in place.entries().items()})


def _answers(place: Place) -> tuple[str, ...]:
    answers = each(answer)(place)
    if not answers:
        raise Wrong("la liste est vide : la condition ne serait jamais remplie.")
    return answers
