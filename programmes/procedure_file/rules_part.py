"""Reading the rules of a file: titles and eligibility here, the rest from the parts beside."""

from __future__ import annotations

from collections.abc import Callable

from programmes.procedure_file.form_part import NO_TEXT, read_page, read_submission
from programmes.procedure_file.money_part import read_deposit, read_fee, read_refund, read_tuition
from programmes.procedure_file.nodes import Place, Table, by_key, cells_under, each
from programmes.procedure_file.papers_part import read_alternative, read_paper, read_referee
from programmes.procedure_file.selection_part import (
    read_choices,
    read_closing,
    read_confirmation,
    read_corrections,
    read_evaluation,
    read_programme,
    read_test,
)
from programmes.procedure_file.values import (
    code,
    key_of,
    line,
    one_of,
    words,
    yes_or_no,
)
from programmes.rules import (
    ChoiceRule,
    CorrectionRule,
    Equivalence,
    Identity,
    Rules,
    Speciality,
    SubmissionRule,
    Title,
)
from programmes.text import Text


def read_rules(file: Table) -> Rules:
    """The rules, from the file's outermost table."""
    return Rules(
        programmes=file.may("programmes", by_key(read_programme), ()),
        titles=file.may("titles", by_key(_title), ()),
        equivalences=file.may("equivalences", by_key(_equivalence), ()),
        choices=file.may("choices", read_choices, ChoiceRule()),
        pages=file.need("form", by_key(read_page), ()),
        identity=file.may("identity", one_of(Identity), Identity.FREE),
        submission=file.may("submission", read_submission, SubmissionRule()),
        papers=file.need("papers", by_key(read_paper), ()),
        referees=file.may("referees", by_key(read_referee), ()),
        alternatives=file.may("alternatives", by_key(read_alternative), ()),
        fee=file.may("fee", read_fee, None),
        deposit=file.may("deposit", read_deposit, None),
        refunds=file.may("refunds", by_key(read_refund), ()),
        tuition=file.may("tuition", read_tuition, None),
        tests=file.may("tests", by_key(read_test), ()),
        evaluation=file.may("evaluation", read_evaluation, None),
        corrections=file.may("corrections", read_corrections, CorrectionRule()),
        confirmation=file.may("confirmation", read_confirmation, None),
        closings=file.may("closings", by_key(read_closing), ()),
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
