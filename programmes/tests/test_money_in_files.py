"""The money that a procedure's file says: read to the cent, and every slip told with its line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile
from programmes.rules import Condition, Means, Needed, Refundable, Rules, as_json, from_json

AST = (Path(__file__).parents[1] / "procedures" / "ast-2026.yaml").read_text(encoding="utf-8")
PAPER = "  crous-certificate:\n"
FEE = """\
fee:
  amount: 77.00
  further: 22.00
  payee: albi
  means: [transfer, link]
  link:
    url: https://pay.example.org
    label: {fr: Payer depuis l’étranger, en: Pay from abroad}
    when: {scholarship: [non]}
  reference: "{family_name} {programme} {reference}"
  needed_for: submission
  reduction:
    label: {fr: Boursier, en: Scholarship holder}
    when: {scholarship: [oui]}
    paper: crous-certificate
    amount: 22.00
    further: 11.00
    complement_days: 10
deposit:
  amount: 450
  means: [transfer]
  label: {fr: Acompte, en: Deposit}
refunds:
  funding:
    of: [deposit]
    label: {fr: Financement par un organisme, en: Funded by a body}
    paper:
      label: {fr: Accord de prise en charge, en: Agreement}
      help: {fr: Signé., en: Signed.}
    until: 90
    when: {scholarship: [non]}
  failed:
    of: [deposit, application_fee]
    label: {fr: Échec, en: Failure}
    paper: {label: {fr: Relevé, en: Transcript}}
    until: late_papers
tuition:
  by: funding
  amounts: {own: 7500.00, company: 12500.00}
  programmes:
    ales: {own: 9000, company: 14000}
  extras:
    cvec:
      label: {fr: CVEC, en: Student life contribution}
      amount: 103.00
      when: {funding: [own]}
  instalments: [admission, 2026-12-15, 2027-03-15]
  mandate: oui
"""
FUNDING = """\
      funding:
        kind: choice
        label: {fr: Financement, en: Funding}
        options:
          own: {fr: Personnel, en: Own}
          company: {fr: Entreprise, en: Company}
      city:
"""


def file_with(money: str) -> str:
    """The admission on titles, with other money."""
    before, rest = AST.split("\nfee:\n")
    after = rest[rest.index("\n# ------") :]
    return f"{before}\n{money}{after}".replace("      city:\n", FUNDING, 1)


def rules_of(money: str) -> Rules:
    return read_text(file_with(money), name="x.yaml").rules


def test_all_of_it_is_read() -> None:
    fee = rules_of(FEE).fee
    assert fee is not None
    assert (fee.amount, fee.further, fee.payee, fee.needed_for) == (7700, 2200, "albi", Needed.SUBMISSION)
    assert fee.means == (Means.TRANSFER, Means.LINK)
    assert fee.link is not None
    assert (fee.link.url, fee.link.when) == ("https://pay.example.org", Condition({"scholarship": ("no",)}))
    assert fee.reduction is not None
    assert (fee.reduction.amount, fee.reduction.further, fee.reduction.complement_days) == (2200, 1100, 10)
    deposit = rules_of(FEE).deposit
    assert deposit is not None
    assert (deposit.amount, deposit.reference) == (45000, "{family_name} {given_names} {reference}")
    funding, failed = rules_of(FEE).refunds
    assert (funding.of, funding.days, funding.until) == ((Refundable.DEPOSIT,), 90, "")
    assert (str(funding.paper), str(funding.help)) == ("Accord de prise en charge", "Signé.")
    assert (failed.of[-1], failed.days, failed.until) == (Refundable.APPLICATION_FEE, None, "late_papers")
    tuition = rules_of(FEE).tuition
    assert tuition is not None
    assert (tuition.price("ales", "own"), tuition.price("albi", "company")) == (900000, 1250000)
    assert [instalment.due_on for instalment in tuition.instalments[:2]] == [None, dt.date(2026, 12, 15)]
    assert (tuition.extras[0].amount, tuition.mandate) == (10300, True)


def test_what_is_stored_is_what_was_read() -> None:
    rules = rules_of(FEE)
    assert from_json(Rules, json.loads(json.dumps(as_json(rules)))) == rules


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("amount: 77.00", "amount: 77.005", "amount: 77.005", "n’est pas un montant en euros"),
        ("further: 22.00", "further: 22,5", "further: 22,5", "n’est pas un montant en euros"),
        ("amount: 450", "amount: 0", "amount: 0", "ce montant est nul"),
        ("payee: albi", "payee: paris", "payee: paris", "l’école « paris » n’existe pas"),
        ("  link:\n    url: https://pay.example.org", "  lien:\n    url: https://pay.example.org", "lien:", "inconnue"),
        ("means: [transfer, link]", "means: [transfer]", "  link:", "donnez les deux, ou aucun"),
        ("means: [transfer, link]", "means: []", "means: []", "il faut au moins un moyen de payer"),
        ("means: [transfer, link]", "means: [card]", "means: [card]", "la carte est le seul moyen"),
        ("url: https://pay.example.org", "url: pay.example.org", "url: pay", "n’est pas l’adresse d’un site"),
        ("    when: {scholarship: [non]}", "    when: {pays: [FR]}", "when: {pays", "la condition porte sur « pays »"),
        ("{programme} {reference}", "{programme} {numero}", "{numero}", "seuls {family_name}, {given_names}"),
        (
            "paper: crous-certificate\n    amount",
            "paper: bourse\n    amount",
            "paper: bourse",
            "« bourse » n’existe pas",
        ),
        ("    amount: 22.00", "    amount: 80.00", "amount: 80.00", "n’est pas plus bas que le tarif plein"),
        ("complement_days: 10", "complement_days: 0", "complement_days: 0", "un nombre entier de 1 à 365"),
        ("means: [transfer]\n", "means: [link]\n", "means: [link]", "n’existe que pour les frais de dossier"),
        ("  label: {fr: Acompte, en: Deposit}\n", "", "deposit:", "il manque la clé « label »"),
        ("of: [deposit]", "of: [tuition]", "of: [tuition]", "« tuition » est inconnu"),
        ("of: [deposit]", "of: []", "of: []", "nommez au moins une somme"),
        ("until: late_papers", "until: rentree", "until: rentree", "« rentree » n’existe pas dans le calendrier"),
        ("by: funding", "by: city", "by: city", "n’est pas une question à choix"),
        (
            "{own: 7500.00, company: 12500.00}",
            "{own: 7500.00}",
            "amounts: {own",
            "il manque le prix",
        ),
        (
            "{own: 7500.00, company",
            "{moi: 7500.00, company",
            "{moi",
            "n’est pas une réponse possible",
        ),
        ("{own: 7500.00", "{own: 7500.005", "{own: 7500.005", "n’est pas un montant en euros"),
        ("    ales: {own", "    arles: {own", "arles: {own", "la formation « arles » n’existe pas"),
        (
            "[admission, 2026-12-15, 2027-03-15]",
            "[2026-12-15]",
            "instalments: [2026",
            "la première échéance",
        ),
        ("2026-12-15, 2027-03-15", "2027-03-15, 2026-12-15", "instalments: [adm", "ne se suivent pas"),
        ("when: {funding: [own]}", "when: {funding: [moi]}", "[moi]", "« moi » n’est pas une réponse possible"),
        ("until: 90", "until: 0", "until: 0", "un nombre entier de 1 à"),
        (
            "    when: {scholarship: [non]}\n  failed",
            "    when: {pays: [FR]}\n  failed",
            "when: {pays",
            "n’est pas un champ",
        ),
        ("    paper: {label: {fr: Relevé, en: Transcript}}\n", "", "  failed:", "il manque la clé « paper »"),
    ],
)
def test_a_slip_is_told_with_its_line(old: str, new: str, line: str, reason: str) -> None:
    assert old in FEE
    text = file_with(FEE.replace(old, new, 1))
    with pytest.raises(FaultyFile) as refusal:
        read_text(text, name="x.yaml")
    money = text.index("\nfee:\n")
    wanted = 1 + text[: text.index(line, money)].count("\n")
    told = [fault for fault in refusal.value.faults if reason in fault.reason]
    assert [fault.line for fault in told] == [wanted], refusal.value.faults


def test_what_is_not_asked_is_not_paid_back() -> None:
    text = file_with(FEE[: FEE.index("tuition:")].replace("of: [deposit]", "of: [instalment]"))
    with pytest.raises(FaultyFile, match="n’est pas une somme que cette procédure demande"):
        read_text(text, name="x.yaml")


def test_the_proof_of_a_reduced_fee_cannot_be_left_out() -> None:
    optional = file_with(FEE).replace(PAPER, PAPER + "    required: non\n")
    with pytest.raises(FaultyFile, match="ne peut pas être facultative"):
        read_text(optional, name="x.yaml")


def test_a_school_that_only_collects_is_no_school_without_programmes() -> None:
    """A central office is paid and teaches nothing: nothing to warn of."""
    collector = (
        'schools:\n  centre:\n    name: Centre\n    website: https://centre.example.org\n    accent: "#1f3a5f"\n'
        "    department: Centre\n    address: 1 rue du Centre\n    email: c@centre.example.org\n"
        "    phone: 01 02 03 04 05\n    presentation: {fr: Centre, en: Centre}\n"
        "    iban: FR76 1007 1420 0000 0010 0289 731\n"
        "    account_holder: Centre\n    takes_cards: oui\n"
    )
    text = file_with(FEE.replace("payee: albi", "payee: centre").replace("[transfer, link]", "[card, link]"))
    found = read_text(text.replace("schools:\n", collector, 1), name="x.yaml")
    assert not [warning for warning in found.warnings if "centre" in warning.reason]
