"""Reading the money of a file: the fee, and who is spared it."""

from __future__ import annotations

from string import Formatter

from programmes.procedure_file.form_part import NO_TEXT, read_condition
from programmes.procedure_file.nodes import Place, Wrong, each
from programmes.procedure_file.values import (
    cents,
    code,
    line,
    one_of,
    words,
)
from programmes.rules import (
    ALWAYS,
    Exemption,
    FeeRule,
    Means,
    Needed,
)


def read_fee(place: Place) -> FeeRule:
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
            when=exemption.need("when", read_condition, ALWAYS),
            paper=exemption.need("paper", code, ""),
        )
