"""Reading the rules of a file: titles and eligibility, form, papers, referees, fee, tests."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from string import Formatter

from programmes.procedure_file import schema
from programmes.procedure_file.nodes import Place, Table, Wrong, by_key, cells_under, each
from programmes.procedure_file.values import (
    answer,
    cents,
    code,
    decimal,
    key_of,
    line,
    megabytes,
    one_of,
    whole_number,
    words,
    yes_or_no,
)
from programmes.rules import (
    ALWAYS,
    Alternative,
    ChoiceRule,
    Condition,
    CorrectionRule,
    Equivalence,
    Exemption,
    FeeRule,
    FieldKind,
    FieldRule,
    FileKind,
    Means,
    Needed,
    Option,
    PageRule,
    PaperRule,
    RefereeRule,
    Rules,
    Speciality,
    TestRule,
    Title,
)
from programmes.text import Text

NO_TEXT = Text("", "")
ALL_KINDS = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)


def read_rules(file: Table, programmes: tuple[schema.Programme, ...]) -> Rules:
    """The rules, from the file's outermost table; `programmes` are those that the live part names."""
    return Rules(
        programmes=tuple(Option(programme.code, programme.title) for programme in programmes),
        titles=file.may("titles", by_key(_title), ()),
        equivalences=file.may("equivalences", by_key(_equivalence), ()),
        choices=file.may("choices", _choices, ChoiceRule()),
        pages=file.need("form", by_key(_page), ()),
        papers=file.need("papers", by_key(_paper), ()),
        referees=file.may("referees", by_key(_referee), ()),
        alternatives=file.may("alternatives", by_key(_alternative), ()),
        fee=file.may("fee", _fee, None),
        tests=file.may("tests", by_key(_test), ()),
        corrections=file.may("corrections", _corrections, CorrectionRule()),
    )


def _title(place: Place) -> Title:
    with place.table() as title:
        columns: tuple[str, ...] = title.need("columns", each(code), ())
        return Title(
            code=key_of(place),
            label=title.need("label", words, NO_TEXT),
            phrase=title.need("phrase", words, NO_TEXT),
            speciality_word=title.need("speciality_word", words, NO_TEXT),
            track=title.need("track", code, ""),
            specialities=title.need("specialities", by_key(_speciality_under(columns)), ()),
        )


def _speciality_under(columns: tuple[str, ...]) -> Callable[[Place], Speciality]:
    def read_speciality(place: Place) -> Speciality:
        with place.table() as row:
            accepted: dict[str, bool] = row.need("open", cells_under(columns, yes_or_no, False), {})
            return Speciality(
                code=key_of(place),
                label=Text(fr=row.need("fr", line, ""), en=row.need("en", line, "")),
                programmes=tuple(programme for programme, is_open in accepted.items() if is_open),
            )

    return read_speciality


def _equivalence(place: Place) -> Equivalence:
    with place.table() as equivalence:
        return Equivalence(
            code=key_of(place),
            label=equivalence.need("label", words, NO_TEXT),
            help=equivalence.may("help", words, NO_TEXT),
            titles=equivalence.may("titles", each(code), ()),
        )


def _choices(place: Place) -> ChoiceRule:
    with place.table() as choices:
        least = choices.may("at_least", whole_number(1), 1)
        most = choices.may("at_most", whole_number(1), None)
        if most is not None and most < least:
            place.fault(f"au moins {least} et au plus {most} : ces nombres se contredisent.")
        return ChoiceRule(min_count=least, max_count=most)


def _page(place: Place) -> PageRule:
    with place.table() as page:
        return PageRule(
            code=key_of(place),
            title=page.need("title", words, NO_TEXT),
            intro=page.may("intro", words, NO_TEXT),
            fields=page.need("fields", by_key(_field), ()),
        )


def _field(place: Place) -> FieldRule:
    with place.table() as field:
        return FieldRule(
            code=key_of(place),
            kind=field.need("kind", one_of(FieldKind), FieldKind.TEXT),
            label=field.need("label", words, NO_TEXT),
            help=field.may("help", words, NO_TEXT),
            required=field.may("required", yes_or_no, True),
            options=field.may("options", by_key(_option), ()),
            max_length=field.may("max_length", whole_number(1, 10_000), None),
            when=field.may("when", _condition, ALWAYS),
            must_be=field.may("must_be", answer, ""),
        )


def _option(place: Place) -> Option:
    return Option(code=key_of(place), label=words(place))


def _condition(place: Place) -> Condition:
    return Condition({name: entry.read(_answers, ()) for name, entry in place.entries().items()})


def _answers(place: Place) -> tuple[str, ...]:
    answers = each(answer)(place)
    if not answers:
        raise Wrong("la liste est vide : la condition ne serait jamais remplie.")
    return answers


def _paper(place: Place) -> PaperRule:
    with place.table() as paper:
        return PaperRule(
            code=key_of(place),
            label=paper.need("label", words, NO_TEXT),
            help=paper.may("help", words, NO_TEXT),
            required=paper.may("required", yes_or_no, True),
            when=paper.may("when", _condition, ALWAYS),
            kinds=paper.may("kinds", each(one_of(FileKind)), ALL_KINDS),
            max_bytes=paper.may("max_size", megabytes, 5_000_000),
            max_files=paper.may("max_files", whole_number(1, 50), 1),
            late=paper.may("late", yes_or_no, False),
            proves_title=paper.may("proves_title", yes_or_no, False),
        )


def _referee(place: Place) -> RefereeRule:
    with place.table() as referee:
        return RefereeRule(
            code=key_of(place),
            label=referee.need("label", words, NO_TEXT),
            help=referee.may("help", words, NO_TEXT),
            max_count=referee.may("max_count", whole_number(1, 10), 1),
            questions=referee.need("questions", by_key(_field), ()),
        )


def _alternative(place: Place) -> Alternative:
    with place.table() as alternative:
        return Alternative(
            code=key_of(place),
            label=alternative.need("label", words, NO_TEXT),
            referees=alternative.may("referees", each(code), ()),
            papers=alternative.may("papers", each(code), ()),
        )


def _fee(place: Place) -> FeeRule:
    with place.table() as fee:
        return FeeRule(
            amount=fee.need("amount", cents, 0),
            means=fee.need("means", each(one_of(Means)), ()),
            reference=fee.need("reference", _reference, ""),
            needed_for=fee.may("needed_for", one_of(Needed), Needed.VALIDATION),
            exemption=fee.may("exemption", _exemption, None),
        )


def _reference(place: Place) -> str:
    text = line(place)
    known = {None, "family_name", "given_names"}
    try:
        names = {name for _, name, _, _ in Formatter().parse(text)}
    except ValueError:
        raise Wrong(f"« {text} » : une accolade n’est pas fermée, ou pas ouverte.") from None
    if names - known:
        raise Wrong(f"« {text} » : entre accolades, seuls {{family_name}} et {{given_names}} sont connus.")
    return text


def _exemption(place: Place) -> Exemption:
    with place.table() as exemption:
        return Exemption(
            label=exemption.need("label", words, NO_TEXT),
            when=exemption.need("when", _condition, ALWAYS),
            paper=exemption.need("paper", code, ""),
        )


def _test(place: Place) -> TestRule:
    with place.table() as test:
        return TestRule(
            code=key_of(place),
            label=test.need("label", words, NO_TEXT),
            minutes=test.need("minutes", whole_number(1, 600), 1),
            examiners=test.may("examiners", words, NO_TEXT),
            out_of=test.may("out_of", decimal, Decimal(20)),
            eliminatory=test.may("eliminatory", decimal, None),
        )


def _corrections(place: Place) -> CorrectionRule:
    with place.table() as corrections:
        return CorrectionRule(days=corrections.may("days", whole_number(1, 60), 7))
