"""The application fee follows the first choice and the candidate's name, and the dossier's window. Rule: AST-10."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest

from accounts.models import User
from applicants.answers import save_answers
from applicants.choices import rank_choices
from applicants.editing import NotEditable
from applicants.fees import NotExempt, fee_charge, fee_standing
from applicants.models import Choice
from applicants.papers import deposit_paper
from applicants.submission import NotReady, submit_dossier
from applicants.tests.scenario import (
    CLOSED,
    LAST_SECOND,
    OPEN,
    ast_2026,
    begun,
    complete,
    fee_of,
    filled,
    pdf,
    reloaded,
    set_clock,
    submitted,
)
from applicants.titles import choose_title
from applicants.versions import move_draft
from documents.models import SupportingDocument
from journal.errors import Closed, Refused
from payments.cards import begin_card_payment
from payments.charges import Committed
from payments.exemptions import ask_exemption, decide_exemption
from payments.models import Charge
from payments.standing import Standing
from payments.transfers import confirm_transfer, declare_transfer, withdraw_declaration
from programmes.loading import store
from programmes.models import Procedure
from programmes.rules import FeeRule, Means

TODAY = dt.date(2026, 2, 10)


def order_of(dossier_id: UUID) -> list[str]:
    return list(Choice.objects.filter(dossier=dossier_id).order_by("rank").values_list("programme__code", flat=True))


def with_fee(fee: FeeRule | None) -> Procedure:
    """The procedure in its window, with another fee or none."""
    file = ast_2026()
    return set_clock(store(replace(file, rules=replace(file.rules, fee=fee)), rehearsal=True), OPEN)


def test_the_school_ranked_first_is_owed_76_euros(procedure: Procedure, zoe: User) -> None:
    charge = fee_of(filled(procedure, zoe), zoe)
    assert (charge.amount, charge.payee.school.code, charge.state) == (7600, "albi", "due")
    assert charge.reference == "Nguyễn-Lefèvre _Zoé _admission sur titre 2026"


def test_no_first_choice_nothing_owed(procedure: Procedure, zoe: User) -> None:
    assert fee_charge(begun(procedure, zoe).pk, by=zoe) is None


def test_each_candidate_owes_their_own_first_choice(procedure: Procedure, zoe: User, other: User) -> None:
    theirs, own = filled(procedure, other, choices=("ales", "albi")), filled(procedure, zoe)
    assert fee_of(theirs, other).payee.school.code == "ales"
    assert fee_of(own, zoe).payee.school.code == "albi"


def test_a_procedure_without_a_fee_asks_for_none(zoe: User) -> None:
    procedure = with_fee(None)
    dossier = filled(procedure, zoe)
    assert fee_charge(dossier.pk, by=zoe) is None
    assert submit_dossier(dossier.pk, by=zoe)


@pytest.mark.parametrize("means", [Means.TRANSFER, Means.CARD])
def test_only_by_the_means_that_the_procedure_allows(zoe: User, means: Means) -> None:
    fee = ast_2026().rules.fee
    assert fee is not None
    procedure = with_fee(replace(fee, means=(means,)))
    procedure.participations.update(takes_cards=True)
    charge = fee_of(filled(procedure, zoe), zoe)
    acts = {
        Means.TRANSFER: lambda: declare_transfer(charge.pk, on=TODAY, by=zoe),
        Means.CARD: lambda: begin_card_payment(charge.pk, by=zoe, return_url="/"),
    }
    refused = acts.pop(Means.CARD if means == Means.TRANSFER else Means.TRANSFER)
    with pytest.raises(Refused, match="de cette manière"):
        refused()
    assert acts[means]()


def test_the_reference_follows_the_name_until_a_transfer_is_announced(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    save_answers(dossier.pk, "identity", {"family_name": "Roy"}, by=zoe)
    assert fee_of(dossier, zoe).reference.startswith("Roy _Zoé")
    declare_transfer(fee_of(dossier, zoe).pk, on=TODAY, by=zoe)
    save_answers(dossier.pk, "identity", {"family_name": "Le Roy"}, by=zoe)
    assert fee_of(dossier, zoe).reference.startswith("Roy _Zoé")  # as the bank's statement will have it


def test_the_fee_follows_the_first_choice(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    rank_choices(dossier.pk, ("ales", "albi"), by=zoe)
    assert fee_of(dossier, zoe).payee.school.code == "ales"
    assert Charge.objects.exclude(state="cancelled").count() == 1


def test_a_lower_choice_changes_nothing_for_the_fee(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    rank_choices(dossier.pk, ("albi", "nord-europe"), by=zoe)
    assert fee_standing(reloaded(dossier.pk)) == Standing.ANNOUNCED


def test_an_announced_transfer_holds_the_first_choice(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    for order in (("ales", "albi"), ()):
        with pytest.raises(Committed, match="retirez d’abord cette annonce"):
            rank_choices(dossier.pk, order, by=zoe)
    assert order_of(dossier.pk) == ["albi", "ales", "nord-europe"]
    withdraw_declaration(fee_of(dossier, zoe).pk, by=zoe)
    rank_choices(dossier.pk, ("ales", "albi"), by=zoe)
    assert order_of(dossier.pk) == ["ales", "albi"]


def test_a_settled_fee_holds_the_first_choice(procedure: Procedure, zoe: User, verifier: User) -> None:
    dossier = complete(procedure, zoe)
    confirm_transfer(fee_of(dossier, zoe).pk, by=verifier, received_on=TODAY)
    with pytest.raises(Committed, match="réglés à IMT Mines Albi"):
        rank_choices(dossier.pk, ("ales", "albi"), by=zoe)


def test_a_title_that_takes_the_first_choice_away_is_held_too(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe, choices=("nord-europe", "albi"))
    with pytest.raises(Committed):
        choose_title(dossier.pk, title="L3", speciality="biologie-biochimie", equivalence="", by=zoe)
    assert reloaded(dossier.pk).speciality == "chimie"
    assert order_of(dossier.pk) == ["nord-europe", "albi"]


def test_the_window(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    charge = fee_of(dossier, zoe)
    set_clock(procedure, LAST_SECOND)
    declare_transfer(charge.pk, on=TODAY, by=zoe)
    set_clock(procedure, CLOSED)
    with pytest.raises(Closed):
        withdraw_declaration(charge.pk, by=zoe)


def test_after_submission_the_announcement_stays(procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe)
    with pytest.raises(NotEditable):
        withdraw_declaration(fee_of(dossier, zoe).pk, by=zoe)


def test_a_transfer_needs_the_name_that_it_bears(procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=zoe)
    rank_choices(dossier.pk, ("albi",), by=zoe)
    with pytest.raises(Refused, match="identité"):
        declare_transfer(fee_of(dossier, zoe).pk, on=TODAY, by=zoe)


class TestScholarshipHolders:
    def claim(self, procedure: Procedure, zoe: User) -> Charge:
        dossier = filled(procedure, zoe)
        save_answers(dossier.pk, "scholarship", {"scholarship": "yes"}, by=zoe)
        return fee_of(dossier, zoe)

    def test_the_answer_and_the_certificate_are_needed(self, procedure: Procedure, zoe: User) -> None:
        dossier = filled(procedure, zoe)
        charge = fee_of(dossier, zoe)
        with pytest.raises(NotExempt, match="D’après vos réponses"):
            ask_exemption(charge.pk, by=zoe)
        self.claim(procedure, zoe)
        with pytest.raises(NotExempt, match="CROUS"):
            ask_exemption(charge.pk, by=zoe)
        deposit_paper(dossier.pk, "crous-certificate", pdf(), by=zoe)
        ask_exemption(charge.pk, by=zoe)
        assert submit_dossier(dossier.pk, by=zoe)  # begun is enough to submit

    def test_only_a_certificate_of_ones_own_that_stands(self, procedure: Procedure, zoe: User, other: User) -> None:
        theirs = reloaded(self.claim(procedure, other).account.dossier.pk)
        deposit_paper(theirs.pk, "crous-certificate", pdf(), by=other)
        charge = self.claim(procedure, zoe)
        with pytest.raises(NotExempt, match="CROUS"):
            ask_exemption(charge.pk, by=zoe)
        own = deposit_paper(charge.account.dossier.pk, "crous-certificate", pdf(), by=zoe)
        SupportingDocument.objects.filter(pk=own.pk).update(review="refused", review_reason="De 2024.")
        with pytest.raises(NotExempt, match="CROUS"):
            ask_exemption(charge.pk, by=zoe)

    def test_a_changed_answer_drops_the_request(self, procedure: Procedure, zoe: User) -> None:
        charge = self.claim(procedure, zoe)
        dossier = reloaded(charge.account.dossier.pk)
        deposit_paper(dossier.pk, "crous-certificate", pdf(), by=zoe)
        ask_exemption(charge.pk, by=zoe)
        save_answers(dossier.pk, "scholarship", {"scholarship": "no"}, by=zoe)
        assert fee_standing(dossier) == Standing.DUE
        with pytest.raises(NotReady):
            submit_dossier(dossier.pk, by=zoe)

    def test_refused_before_submission_the_fee_is_missing(
        self, procedure: Procedure, zoe: User, verifier: User
    ) -> None:
        charge = self.claim(procedure, zoe)
        dossier = reloaded(charge.account.dossier.pk)
        deposit_paper(dossier.pk, "crous-certificate", pdf(), by=zoe)
        ask_exemption(charge.pk, by=zoe)
        decide_exemption(charge.pk, accepted=False, reason="Attestation de 2024.", by=verifier)
        with pytest.raises(NotReady) as refusal:
            submit_dossier(dossier.pk, by=zoe)
        assert [item.place for item in refusal.value.items] == ["payment"]

    def test_a_request_that_the_rules_no_longer_grant_is_no_way_to_submit(
        self, procedure: Procedure, zoe: User
    ) -> None:
        """Submission looks at the fee once more: a draft that moved to other rules has not done so yet."""
        charge = self.claim(procedure, zoe)
        dossier = reloaded(charge.account.dossier.pk)
        deposit_paper(dossier.pk, "crous-certificate", pdf(), by=zoe)
        ask_exemption(charge.pk, by=zoe)
        assert dossier.rules.fee is not None
        stricter = replace(dossier.rules, fee=replace(dossier.rules.fee, exemption=None))
        procedure.current_version = procedure.versions.create(number=2, digest="2", rules=stricter)
        procedure.save(update_fields=["current_version"])
        move_draft(dossier.pk, lost=False, by=None)
        with pytest.raises(NotReady) as refusal:
            submit_dossier(dossier.pk, by=zoe)
        assert [item.place for item in refusal.value.items] == ["payment"]
