"""Reading the money of a file: the fee and who is spared it, the deposit, what studies cost, what is paid back."""

from __future__ import annotations

from string import Formatter

from programmes.procedure_file.form_part import NO_TEXT, read_condition
from programmes.procedure_file.nodes import Place, Wrong, by_key, each
from programmes.procedure_file.values import (
    cents,
    code,
    day,
    key_of,
    line,
    one_of,
    website,
    whole_number,
    words,
    yes_or_no,
)
from programmes.rules import (
    ALWAYS,
    DepositRule,
    Exemption,
    Extra,
    FeeRule,
    Instalment,
    Link,
    Means,
    Needed,
    Price,
    ProgrammePrices,
    Reduction,
    Refundable,
    RefundRule,
    TuitionRule,
)
from programmes.text import Text

NAMES_IN_REFERENCE = ("family_name", "given_names", "programme", "reference")
ADMISSION = "admission"
REFERENCE = "{family_name} {given_names} {reference}"


def read_fee(place: Place) -> FeeRule:
    with place.table() as fee:
        return FeeRule(
            amount=fee.need("amount", _price, 0),
            further=fee.may("further", cents, 0),
            payee=fee.may("payee", code, ""),
            means=fee.need("means", _means, ()),
            link=fee.may("link", _link, None),
            reference=fee.may("reference", _reference, REFERENCE),
            needed_for=fee.may("needed_for", one_of(Needed), Needed.VALIDATION),
            exemption=fee.may("exemption", _exemption, None),
            reduction=fee.may("reduction", _reduction, None),
        )


def read_deposit(place: Place) -> DepositRule:
    with place.table() as deposit:
        return DepositRule(
            amount=deposit.need("amount", _price, 0),
            means=deposit.need("means", _means, ()),
            label=deposit.need("label", words, NO_TEXT),
            reference=deposit.may("reference", _reference, REFERENCE),
        )


def read_tuition(place: Place) -> TuitionRule:
    with place.table() as tuition:
        return TuitionRule(
            by=tuition.need("by", code, ""),
            amounts=tuition.need("amounts", by_key(_price_of), ()),
            programmes=tuition.may("programmes", by_key(_prices_of), ()),
            extras=tuition.may("extras", by_key(_extra), ()),
            instalments=tuition.need("instalments", _instalments, ()),
            mandate=tuition.may("mandate", yes_or_no, False),
            means=tuition.may("means", _means, (Means.TRANSFER, Means.CARD)),
            reference=tuition.may("reference", _reference, REFERENCE),
        )


def _price_of(place: Place) -> Price:
    return Price(answer=key_of(place), amount=_price(place))


def _prices_of(place: Place) -> ProgrammePrices:
    return ProgrammePrices(programme=key_of(place), prices=by_key(_price_of)(place))


def _extra(place: Place) -> Extra:
    with place.table() as extra:
        return Extra(
            code=key_of(place),
            label=extra.need("label", words, NO_TEXT),
            amount=extra.need("amount", _price, 0),
            when=extra.may("when", read_condition, ALWAYS),
        )


def _instalments(place: Place) -> tuple[Instalment, ...]:
    """« admission » first, then days that follow one another."""
    read: tuple[Instalment, ...] = each(_instalment)(place)
    days = [instalment.due_on for instalment in read]
    if not days or days[0] is not None or None in days[1:]:
        raise Wrong("la première échéance est « admission », les autres sont des jours.")
    later = [day for day in days if day is not None]
    if later != sorted(set(later)):
        raise Wrong("les jours des échéances ne se suivent pas.")
    return read


def _instalment(place: Place) -> Instalment:
    return Instalment(None if place.text() == ADMISSION else day(place))


def read_refund(place: Place) -> RefundRule:
    with place.table() as refund:
        paper, help_text = refund.need("paper", _proof, (NO_TEXT, NO_TEXT))
        always: tuple[str, int | None] = ("", None)
        until, days = refund.may("until", _until, always)
        return RefundRule(
            code=key_of(place),
            of=refund.need("of", _sums, ()),
            label=refund.need("label", words, NO_TEXT),
            paper=paper,
            help=help_text,
            until=until,
            days=days,
            when=refund.may("when", read_condition, ALWAYS),
        )


def _sums(place: Place) -> tuple[Refundable, ...]:
    read: tuple[Refundable, ...] = each(one_of(Refundable))(place)
    if not place.places():
        raise Wrong("la liste est vide : nommez au moins une somme à rendre.")
    return read


def _proof(place: Place) -> tuple[Text, Text]:
    """The label of the paper that proves the case, and its help."""
    with place.table() as paper:
        return paper.need("label", words, NO_TEXT), paper.may("help", words, NO_TEXT)


def _until(place: Place) -> tuple[str, int | None]:
    """An entry of the calendar, or a number of days."""
    if place.text().isdigit():
        return "", whole_number(1, 3650)(place)
    return code(place), None


def _price(place: Place) -> int:
    """An amount that somebody owes."""
    price = cents(place)
    if not price:
        raise Wrong("ce montant est nul : une somme due est d’au moins un centime.")
    return price


def _means(place: Place) -> tuple[Means, ...]:
    read: tuple[Means, ...] = each(one_of(Means))(place)
    if not place.places():
        raise Wrong("la liste est vide : il faut au moins un moyen de payer.")
    return read


def _reference(place: Place) -> str:
    text = line(place)
    known = {None, *NAMES_IN_REFERENCE}
    try:
        names = {name for _, name, _, _ in Formatter().parse(text)}
    except ValueError:
        raise Wrong(f"« {text} » : une accolade n’est pas fermée, ou pas ouverte.") from None
    if names - known:
        listed = ", ".join(f"{{{name}}}" for name in NAMES_IN_REFERENCE)
        raise Wrong(f"« {text} » : entre accolades, seuls {listed} sont connus.")
    return text


def _link(place: Place) -> Link:
    with place.table() as link:
        return Link(
            url=link.need("url", website, ""),
            label=link.need("label", words, NO_TEXT),
            when=link.may("when", read_condition, ALWAYS),
        )


def _exemption(place: Place) -> Exemption:
    with place.table() as exemption:
        return Exemption(
            label=exemption.need("label", words, NO_TEXT),
            when=exemption.need("when", read_condition, ALWAYS),
            paper=exemption.need("paper", code, ""),
        )


def _reduction(place: Place) -> Reduction:
    with place.table() as reduction:
        return Reduction(
            label=reduction.need("label", words, NO_TEXT),
            when=reduction.need("when", read_condition, ALWAYS),
            paper=reduction.need("paper", code, ""),
            amount=reduction.need("amount", _price, 0),
            further=reduction.may("further", cents, 0),
            complement_days=reduction.may("complement_days", whole_number(1, 365), 15),
        )
