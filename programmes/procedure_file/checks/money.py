"""Checks of the money: what is owed, to whom, and how it may be paid."""

from __future__ import annotations

from collections.abc import Iterable

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import must_exist
from programmes.procedure_file.nodes import Source
from programmes.rules import FeeRule, FieldKind, Means, Price, Refundable, Rules


def check_fee(source: Source, live: schema.Live, rules: Rules) -> None:
    fee = rules.fee
    if fee is None:
        return
    schools = {school.code for school in live.schools}
    if fee.payee:
        must_exist(source, [fee.payee], schools, "l’école", "fee", "payee")
    _check_grounds(source, rules, fee)
    paid = [school for school in live.schools if not fee.payee or school.code == fee.payee]
    _check_means(source, paid, fee.means, "les frais se paient", "fee")
    if (Means.LINK in fee.means) != (fee.link is not None):
        reason = "le moyen « link » va avec la page de paiement « link » : donnez les deux, ou aucun."
        source.fault(reason, "fee", "link" if fee.link else "means")
    for school in live.schools:
        if school.takes_cards and Means.CARD not in _all_means(rules):
            where = ("schools", school.code, "takes_cards")
            source.fault("la carte n’est pas un des moyens de payer les frais (fee, means).", *where)


def check_deposit(source: Source, live: schema.Live, rules: Rules) -> None:
    deposit = rules.deposit
    if deposit is None:
        return
    teaching = {programme.school for programme in live.programmes}
    paid = [school for school in live.schools if school.code in teaching]
    _check_means(source, paid, deposit.means, "l’acompte se paie", "deposit")
    _has_no_link(source, deposit.means, "deposit")


def check_tuition(source: Source, live: schema.Live, rules: Rules) -> None:
    tuition = rules.tuition
    if tuition is None:
        return
    asked = rules.field(tuition.by)
    if asked is None or asked.kind != FieldKind.CHOICE:
        source.fault(f"« {tuition.by} » n’est pas une question à choix du formulaire.", "tuition", "by")
        return
    answers = {option.code for option in asked.options}
    _check_prices(source, tuition.amounts, answers, tuition.by, "tuition", "amounts")
    programmes = {programme.code for programme in live.programmes}
    for listed in tuition.programmes:
        where = ("tuition", "programmes", listed.programme)
        must_exist(source, [listed.programme], programmes, "la formation", *where)
        _check_prices(source, listed.prices, answers, tuition.by, *where)
    _has_no_link(source, tuition.means, "tuition")


def _check_prices(source: Source, prices: Iterable[Price], answers: set[str], by: str, *where: str) -> None:
    """Each answer has its price, and nothing else has one."""
    priced = {price.answer for price in prices}
    for answer in sorted(priced - answers):
        source.fault(f"« {answer} » n’est pas une réponse possible à « {by} ».", *where, answer)
    for answer in sorted(answers - priced):
        source.fault(f"il manque le prix pour la réponse « {answer} » à « {by} ».", *where)


def check_refunds(source: Source, live: schema.Live, rules: Rules) -> None:
    owed = {
        Refundable.APPLICATION_FEE: rules.fee,
        Refundable.DEPOSIT: rules.deposit,
        Refundable.INSTALMENT: rules.tuition,
    }
    keys = {entry.code for entry in live.calendar}
    for refund in rules.refunds:
        where = ("refunds", refund.code)
        for reason in refund.of:
            if not owed.get(reason):
                source.fault(f"« {reason} » n’est pas une somme que cette procédure demande.", *where, "of")
        if refund.until and refund.until not in keys:
            source.fault(f"l’entrée « {refund.until} » n’existe pas dans le calendrier.", *where, "until")


def _check_grounds(source: Source, rules: Rules, fee: FeeRule) -> None:
    """The papers that prove an exemption or a reduction, and what the reduction is."""
    papers = {paper.code: paper for paper in rules.papers}
    if fee.exemption and fee.exemption.paper:
        must_exist(source, [fee.exemption.paper], set(papers), "la pièce", "fee", "exemption", "paper")
    reduction = fee.reduction
    if reduction is None:
        return
    must_exist(
        source, [reduction.paper] if reduction.paper else [], set(papers), "la pièce", "fee", "reduction", "paper"
    )
    proof = papers.get(reduction.paper)
    if proof and not proof.required:
        reason = "cette pièce prouve le tarif réduit : elle ne peut pas être facultative (required: non)."
        source.fault(reason, "papers", proof.code, "required")
    if proof and proof.late:
        reason = "cette pièce prouve le tarif réduit : elle ne peut pas venir plus tard (late: oui)."
        source.fault(reason, "papers", proof.code, "late")
    if reduction.amount >= fee.amount or reduction.further > fee.further:
        source.fault("le tarif réduit n’est pas plus bas que le tarif plein.", "fee", "reduction", "amount")


def _check_means(
    source: Source, paid: Iterable[schema.School], means: tuple[Means, ...], what: str, *where: str
) -> None:
    """Whoever is paid must be able to be, by transfer or by card."""
    for school in paid:
        if Means.TRANSFER in means and not school.iban:
            reason = f"{what} par virement, mais « {school.code} » n’a pas d’IBAN."
            source.fault(reason, "schools", school.code)
        if means == (Means.CARD,) and not school.takes_cards:
            source.fault(
                f"la carte est le seul moyen, mais « {school.code} » ne la prend pas (takes_cards).", *where, "means"
            )


def _has_no_link(source: Source, means: tuple[Means, ...], *where: str) -> None:
    if Means.LINK in means:
        source.fault("le moyen « link » n’existe que pour les frais de dossier (fee).", *where, "means")


def _all_means(rules: Rules) -> set[Means]:
    paid = [rule.means for rule in (rules.fee, rules.deposit, rules.tuition) if rule is not None]
    return {means for listed in paid for means in listed}
