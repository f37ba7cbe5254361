"""Checks of the money: the fee, and how it may be paid."""

from __future__ import annotations

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import must_exist
from programmes.procedure_file.nodes import Source
from programmes.rules import Means, Rules


def check_fee(source: Source, live: schema.Live, rules: Rules) -> None:
    if rules.fee is None:
        return
    exemption = rules.fee.exemption
    if exemption and exemption.paper:
        papers = {paper.code for paper in rules.papers}
        must_exist(source, [exemption.paper], papers, "la pièce", "fee", "exemption", "paper")
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
