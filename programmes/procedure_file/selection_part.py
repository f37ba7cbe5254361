"""Reading the selection of a file: choices, tests, corrections."""

from __future__ import annotations

from decimal import Decimal

from programmes.procedure_file.form_part import NO_TEXT
from programmes.procedure_file.nodes import Place
from programmes.procedure_file.values import (
    decimal,
    key_of,
    whole_number,
    words,
)
from programmes.rules import (
    ChoiceRule,
    CorrectionRule,
    TestRule,
)


def read_choices(place: Place) -> ChoiceRule:
    with place.table() as choices:
        least = choices.may("at_least", whole_number(1), 1)
        most = choices.may("at_most", whole_number(1), None)
        if most is not None and most < least:
            place.fault(f"au moins {least} et au plus {most} : ces nombres se contredisent.")
        return ChoiceRule(min_count=least, max_count=most)


def read_test(place: Place) -> TestRule:
    with place.table() as test:
        return TestRule(
            code=key_of(place),
            label=test.need("label", words, NO_TEXT),
            minutes=test.need("minutes", whole_number(1, 600), 1),
            examiners=test.may("examiners", words, NO_TEXT),
            out_of=test.may("out_of", decimal, Decimal(20)),
            eliminatory=test.may("eliminatory", decimal, None),
        )


def read_corrections(place: Place) -> CorrectionRule:
    with place.table() as corrections:
        return CorrectionRule(days=corrections.may("days", whole_number(1, 60), 7))
