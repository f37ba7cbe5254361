"""The mails of the dossier and of its fee: each says all it has to, in both languages. Rules: ALL-01, AST-25."""

from __future__ import annotations

import copy
import datetime as dt
import re

import pytest
from pytest_django import Settings

from accounts.models import User
from applicants.answers import save_answers
from applicants.appraisals import decline_appraisal, deposit_appraisal
from applicants.corrections import answer_correction, ask_correction, withdraw_correction
from applicants.endings import void_dossier, withdraw_dossier
from applicants.papers import deposit_paper
from applicants.reactions import ask_for_paper_again
from applicants.referees import name_referee, remind_referees_due, secret_of
from applicants.tests.scenario import (
    OPEN,
    answer_to,
    complete,
    fee_of,
    filled,
    pdf,
    person,
    set_clock,
    submitted,
)
from documents.models import SupportingDocument
from notifications.models import Mail
from notifications.rendering import render
from payments.cards import begin_card_payment, settle
from payments.exemptions import ask_exemption, decide_exemption
from payments.models import Payment
from payments.providers import Outcome
from payments.transfers import confirm_transfer, declare_transfer, refuse_transfer
from programmes.models import Procedure

KINDS = {
    "dossier_started",
    "dossier_submitted",
    "dossier_withdrawn",
    "dossier_voided",
    "paper_turned_down",
    "correction_asked",
    "correction_answered",
    "correction_withdrawn",
    "referee_asked",
    "referee_reminder",
    "referee_deposited",
    "referee_declined",
    "payment_received",
    "payment_surplus",
    "transfer_not_received",
    "exemption_accepted",
    "exemption_refused",
}
TODAY = dt.date(2026, 2, 10)


def referees(procedure: Procedure, zoe: User) -> None:
    for candidate, answers in ((zoe, True), (person("bo@example.org"), False)):
        dossier = filled(procedure, candidate)
        named = name_referee(
            dossier.pk, kind="appraiser", name="Ada", position="", email="ada@univ.example", by=candidate
        )
        set_clock(procedure, "2026-03-19 10:00")
        remind_referees_due(procedure)
        rule = dossier.rules.referee("appraiser")
        assert rule is not None
        if answers:
            deposit_appraisal(secret_of(named.pk), {q.code: answer_to(q) for q in rule.questions})
        else:
            decline_appraisal(secret_of(named.pk))
        set_clock(procedure, OPEN)


def money(procedure: Procedure, verifier: User) -> None:
    payers = [person(f"payer{number}@example.org") for number in range(4)]
    procedure.participations.update(takes_cards=True)
    paid = fee_of(filled(procedure, payers[0]), payers[0])
    begin_card_payment(paid.pk, by=payers[0], return_url="/")
    confirm_transfer(paid.pk, by=verifier, received_on=TODAY)
    settle(str(Payment.objects.get(means="card").provider_reference), Outcome.PAID)  # a surplus
    absent = fee_of(filled(procedure, payers[1]), payers[1])
    declare_transfer(absent.pk, on=TODAY, by=payers[1])
    refuse_transfer(absent.pk, by=verifier, reason="Rien sur le compte.")
    for payer, accepted in ((payers[2], True), (payers[3], False)):
        dossier = filled(procedure, payer)
        save_answers(dossier.pk, "scholarship", {"scholarship": "yes"}, by=payer)
        deposit_paper(dossier.pk, "crous-certificate", pdf(), by=payer)
        charge = fee_of(dossier, payer)
        ask_exemption(charge.pk, by=payer)
        decide_exemption(charge.pk, accepted=accepted, reason="Attestation de 2024.", by=verifier)


def dossiers(procedure: Procedure, verifier: User, office: User) -> None:
    until = procedure.now() + dt.timedelta(days=5)
    first, second, third = (person(f"candidate{number}@example.org") for number in range(3))
    dossier = submitted(procedure, first)
    for end in (answer_correction, withdraw_correction):
        asked = ask_correction(dossier.pk, opens=["page:contact"], reason="Précisez.", until=until, by=verifier)
        end(asked.pk, by=first if end is answer_correction else verifier)
    withdraw_dossier(dossier.pk, by=first)
    void_dossier(submitted(procedure, second).pk, reason="Présent par une autre voie.", by=office)
    draft = complete(procedure, third)
    paper = SupportingDocument.objects.get(folder=draft.folder, kind="cv")
    SupportingDocument.objects.filter(pk=paper.pk).update(check_state="rejected", check_reason="Illisible.")
    ask_for_paper_again(str(paper.pk))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_says_all_it_has_to(
    procedure: Procedure,
    zoe: User,
    verifier: User,
    office: User,
    settings: Settings,
    language: str,
) -> None:
    settings.DEMO = True  # where what a secret mail says is kept
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = "¤%s¤"
    settings.TEMPLATES = templates
    referees(procedure, zoe)
    money(procedure, verifier)
    dossiers(procedure, verifier, office)
    assert set(Mail.objects.values_list("kind", flat=True)) >= KINDS
    for mail in Mail.objects.filter(kind__in=KINDS):
        mail.language = language
        said = render(mail)
        assert said.subject.startswith("Admission sur titres 2026" if language == "fr" else "")
        assert "¤" not in said.subject + said.text, (mail.kind, said.text)
        assert not re.search(r"  |\{|\}| ,|None", said.subject + said.text), (mail.kind, said.text)
