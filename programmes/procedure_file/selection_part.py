"""Reading the selection of a file: programmes as the rules know them, choices, closings, tests, evaluation."""

from __future__ import annotations

from decimal import Decimal

from programmes.procedure_file.form_part import NO_TEXT, read_condition, read_option
from programmes.procedure_file.nodes import Place, by_key, each
from programmes.procedure_file.values import (
    code,
    decimal,
    key_of,
    one_of,
    whole_number,
    words,
    yes_or_no,
)
from programmes.rules import (
    ALWAYS,
    ChoiceRule,
    ClosingRule,
    ConfirmationRule,
    CorrectionRule,
    Criterion,
    EvaluationRule,
    Order,
    ProgrammeRule,
    TestRule,
    Who,
)


def read_programme(place: Place) -> ProgrammeRule:
    """What the rules say of a programme; the live part reads the rest of its table, and tells of unknown keys."""
    programme = place.table()
    return ProgrammeRule(
        code=key_of(place),
        label=programme.may("title", words, NO_TEXT),
        takes_early=programme.may("takes_early", yes_or_no, False),
        statuses=programme.may("statuses", each(code), ()),
    )


def read_choices(place: Place) -> ChoiceRule:
    with place.table() as choices:
        order = choices.may("order", one_of(Order), Order.RANKED)
        least = choices.may("at_least", whole_number(1), 1)
        most = choices.may("at_most", whole_number(1), 1 if order == Order.SINGLE else None)
        if order == Order.SINGLE and (least, most) != (1, 1):
            place.fault("on ne choisit qu’une formation (order: single) : at_least et at_most n’ont pas lieu d’être.")
        elif most is not None and most < least:
            place.fault(f"au moins {least} et au plus {most} : ces nombres se contredisent.")
        return ChoiceRule(
            min_count=least,
            max_count=most,
            order=order,
            statuses=choices.may("statuses", by_key(read_option), ()),
            early_field=choices.may("early_field", code, ""),
        )


def read_closing(place: Place) -> ClosingRule:
    with place.table() as closing:
        return ClosingRule(
            code=key_of(place),
            when=closing.need("when", read_condition, ALWAYS),
            strict=closing.may("strict", yes_or_no, False),
        )


def read_test(place: Place) -> TestRule:
    with place.table() as test:
        return TestRule(
            code=key_of(place),
            label=test.need("label", words, NO_TEXT),
            minutes=test.need("minutes", whole_number(1, 600), 1),
            examiners=test.may("examiners", words, NO_TEXT),
            out_of=test.may("out_of", decimal, Decimal(20)),
            eliminatory=test.may("eliminatory", decimal, None),
            marked=test.may("marked", yes_or_no, True),
        )


def read_evaluation(place: Place) -> EvaluationRule:
    with place.table() as evaluation:
        return EvaluationRule(
            evaluators=evaluation.may("evaluators", whole_number(1, 5), 2),
            criteria=evaluation.need("criteria", by_key(_criterion), ()),
            enough=evaluation.need("enough", decimal, Decimal(0)),
        )


def _criterion(place: Place) -> Criterion:
    with place.table() as criterion:
        return Criterion(
            code=key_of(place),
            label=criterion.need("label", words, NO_TEXT),
            out_of=criterion.may("out_of", decimal, Decimal(20)),
        )


def read_corrections(place: Place) -> CorrectionRule:
    with place.table() as corrections:
        return CorrectionRule(days=corrections.may("days", whole_number(1, 60), 7))


def read_confirmation(place: Place) -> ConfirmationRule:
    with place.table() as confirmation:
        return ConfirmationRule(
            days=confirmation.need("days", whole_number(1, 120), 1),
            release=confirmation.may("release", one_of(Who), Who.BY_STAFF),
            call_next=confirmation.may("call_next", one_of(Who), Who.BY_STAFF),
            papers=confirmation.may("papers", each(code), ()),
            papers_checked=confirmation.may("papers_checked", yes_or_no, True),
            deposit=confirmation.may("deposit", yes_or_no, False),
        )
