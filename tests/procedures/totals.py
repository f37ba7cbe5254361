"""What a rehearsal must come to: the seats and the prices of each notice, written out here and read from no file.

Amounts are in cents. Where a notice leaves a figure to a price list, or says nothing of its seats, the figure is the
default that its file announces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applicants.models import Answer, Dossier
from offers.models import Place
from payments.models import Exemption, Reduction


@dataclass(frozen=True)
class Totals:
    """Seats by programme and track, and what each pays: for a dossier that has chosen, and for a place confirmed."""

    seats: Mapping[str, int]
    fee: Callable[[Dossier], int]
    deposit: int = 0
    instalment: Callable[[Place], int] = lambda _place: 0


def answer(dossier: Dossier, field: str) -> str:
    """What the candidate answered to that question."""
    return Answer.objects.filter(dossier=dossier, field=field).values_list("value", flat=True).first() or ""


def fee_unless_exempted(dossier: Dossier) -> int:
    """AST-10: 76 €, nothing for whoever holds a scholarship and has proved it."""
    accepted = Exemption.objects.filter(charge__account=dossier.account, state=Exemption.State.ACCEPTED)
    return 0 if accepted.exists() else 76_00


def fee_by_number_and_scholarship(dossier: Dossier) -> int:
    """APP-11, APP-12: 77 € and 22 € for each further programme; 22 € and 11 € with a scholarship that is accepted."""
    refused = Reduction.objects.filter(account=dossier.account, state=Reduction.State.REFUSED).exists()
    is_scholar = answer(dossier, "scholarship") == "yes" and not refused
    first, further = (22_00, 11_00) if is_scholar else (77_00, 22_00)
    return first + further * (dossier.choices.count() - 1)


def first_of_three_instalments(place: Place) -> int:
    """NE-08: a third of 7,500 € or, paid by a company, 12,500 €; of 9,000 or 14,000 for cybersecurity; and the CVEC of
    103 €, due whole, for who pays alone. The first instalment takes the cents that are left over.
    """
    is_cybersecurity = place.choice.programme.code == "cse"
    if answer(place.dossier, "funding") == "self":
        return (3_000_00 if is_cybersecurity else 2_500_00) + 103_00
    return 4_666_67 if is_cybersecurity else 4_166_67


TOTALS = {
    "ast-2026": Totals(
        seats={
            "albi L3": 10,
            "albi BUT3": 10,
            "albi M1": 5,
            "ales L3": 7,
            "ales BUT3": 8,
            "ales M1": 5,
            "nord-europe L3": 10,
            "nord-europe BUT3": 0,
            "nord-europe M1": 5,
        },
        fee=fee_unless_exempted,
    ),
    "apprenticeship-2021": Totals(
        seats={
            "atlantique-irt ingenieur-1": 48,
            "atlantique-logiciel ingenieur-1": 28,
            "albi-generaliste ingenieur-1": 60,
            "ales-infres ingenieur-1": 40,
            "ales-mecatronique ingenieur-1": 36,
            "douai-telecom ingenieur-1": 55,
            "douai-plasturgie ingenieur-1": 24,
            "sudparis-reseaux ingenieur-1": 50,
            "saint-etienne-genie-industriel ingenieur-1": 60,
        },
        fee=fee_by_number_and_scholarship,
    ),
    "ms-imtbs-2024": Totals(
        seats={"dpm ms": 25, "affaires-internationales ms": 25, "projets-technologiques ms": 25},
        fee=lambda _dossier: 80_00,  # BS-01
        deposit=450_00,  # BS-07
    ),
    "ms-imtne-2025": Totals(
        seats={"be-plus ms": 20, "ppib ms": 20, "inecam ms": 20, "cse ms": 24, "mrpt ms": 20},
        fee=lambda _dossier: 60_00,  # NE-06
        instalment=first_of_three_instalments,
    ),
    "iim-second-cycle": Totals(
        seats={
            "communication cycle-superieur": 12,
            "realisation-3d cycle-superieur": 10,
            "jeux-video cycle-superieur": 10,
            "creation cycle-superieur": 10,
            "expert-web cycle-superieur": 12,
        },
        fee=lambda _dossier: 90_00,  # the price list
        deposit=1_200_00,  # the price list
    ),
}
