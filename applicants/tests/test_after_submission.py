"""After submission: corrections asked, answered and opened by themselves; withdrawal and voiding. Rules:
AST-02, AST-24.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from applicants.answers import save_answers
from applicants.corrections import (
    NotWaiting,
    WrongCorrection,
    answer_correction,
    ask_correction,
    withdraw_correction,
)
from applicants.editing import NotEditable, OrderIsFinal, may_edit
from applicants.endings import NothingToEnd, void_dossier, withdraw_dossier
from applicants.given import answers_of
from applicants.models import Correction, Dossier, Status
from applicants.papers import deposit_paper
from applicants.reactions import ask_for_paper_again, ask_for_payment_again
from applicants.submission import NotReady, submit_dossier
from applicants.tests.scenario import (
    OPEN,
    VERIFYING,
    ast_2026,
    complete,
    events,
    fee_of,
    filled,
    mails,
    pass_checks,
    pdf,
    person,
    reloaded,
    set_clock,
    staff,
    submitted,
)
from documents.models import SupportingDocument
from documents.reviews import review_paper
from journal.errors import Closed, NotAllowed, Refused
from journal.models import Fact
from notifications.rendering import render
from payments.exemptions import ask_exemption, decide_exemption
from payments.transfers import confirm_transfer, declare_transfer, refuse_transfer
from programmes.loading import store
from programmes.models import Procedure
from programmes.rules import CorrectionRule

TODAY = dt.date(2026, 2, 10)
Capture = DjangoCaptureOnCommitCallbacks


def in_days(procedure: Procedure, days: int) -> dt.datetime:
    return procedure.now() + dt.timedelta(days=days)


def asked(dossier: Dossier, by: User, opens: tuple[str, ...] = ("page:contact",)) -> Correction:
    until = in_days(dossier.procedure, 5)
    return ask_correction(dossier.pk, opens=opens, reason="Précisez votre adresse.", until=until, by=by)


class TestAsking:
    def test_it_opens_what_it_names_and_nothing_else(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        assert asked(dossier, verifier).asked_by == verifier
        save_answers(dossier.pk, "contact", {"city": "Castres"}, by=zoe)
        with pytest.raises(NotEditable):
            save_answers(dossier.pk, "path", {"institution": "Autre"}, by=zoe)
        assert answers_of(reloaded(dossier.pk))["city"] == "Castres"

    def test_the_candidate_is_told_what_and_until_when(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        asked(submitted(procedure, zoe), verifier)
        (mail,) = mails("correction_asked")
        assert mail.recipient == zoe
        text = render(mail).text
        assert "Précisez votre adresse." in text
        assert "dimanche 15 février 2026" in text

    def test_its_last_second(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        correction = asked(dossier, verifier)
        set_clock(procedure, "2026-02-15 09:59:59")
        assert may_edit(reloaded(dossier.pk), "page:contact")
        set_clock(procedure, "2026-02-15 10:00:00")
        with pytest.raises(NotEditable):
            save_answers(dossier.pk, "contact", {"city": "Castres"}, by=zoe)
        with pytest.raises(Closed):
            answer_correction(correction.pk, by=zoe)

    @pytest.mark.parametrize("place", ["choices", "title"])
    def test_the_order_and_the_title_stay_final(
        self, procedure: Procedure, zoe: User, office: User, place: str
    ) -> None:
        with pytest.raises(OrderIsFinal):
            asked(submitted(procedure, zoe), office, opens=(place,))
        assert not Correction.objects.exists()

    @pytest.mark.parametrize(
        ("opens", "reason", "days"),
        [((), "Oui.", 5), (("page:unheard",), "Oui.", 5), (("page:contact",), "  ", 5), (("page:contact",), "Oui.", 0)],
    )
    def test_what_cannot_be_asked(
        self, procedure: Procedure, zoe: User, verifier: User, opens: tuple[str, ...], reason: str, days: int
    ) -> None:
        dossier = submitted(procedure, zoe)
        with pytest.raises(WrongCorrection):
            ask_correction(dossier.pk, opens=opens, reason=reason, until=in_days(procedure, days), by=verifier)
        assert not mails("correction_asked")

    def test_even_a_forged_correction_opens_neither(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        asked(dossier, verifier)
        Correction.objects.update(opens=["choices", "title"])
        assert not may_edit(reloaded(dossier.pk), "choices")
        assert not may_edit(reloaded(dossier.pk), "title")

    def test_an_accepted_paper_is_replaced_when_it_is_asked_for(
        self, procedure: Procedure, zoe: User, verifier: User
    ) -> None:
        dossier = submitted(procedure, zoe)
        dossier.folder.documents.filter(kind="cv").update(review="accepted")
        asked(dossier, verifier, opens=("paper:cv",))
        deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        assert SupportingDocument.objects.current().get(kind="cv").review == "unreviewed"

    def test_rights(self, procedure: Procedure, zoe: User, stranger: User) -> None:
        dossier = submitted(procedure, zoe)
        for outsider in (zoe, stranger):  # another school does not even see the dossier
            with pytest.raises(Dossier.DoesNotExist):
                asked(dossier, outsider)
        with pytest.raises(NotAllowed):
            asked(dossier, staff(procedure, "jury"))

    def test_nothing_is_asked_of_a_dossier_that_has_ended(self, procedure: Procedure, zoe: User, office: User) -> None:
        dossier = submitted(procedure, zoe)
        withdraw_dossier(dossier.pk, by=zoe)
        with pytest.raises(WrongCorrection, match="auprès de l’école"):
            asked(dossier, office)

    def test_a_draft_is_the_candidates_alone(self, procedure: Procedure, zoe: User, office: User) -> None:
        with pytest.raises(Dossier.DoesNotExist):
            asked(filled(procedure, zoe), office)


class TestAnswering:
    def test_answering_closes_it_and_tells_the_school(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        correction = asked(dossier, verifier)
        for _ in range(2):
            answer_correction(correction.pk, by=zoe)
        assert not may_edit(reloaded(dossier.pk), "page:contact")
        (mail,) = mails("correction_answered")
        assert mail.address == "admissions@mines-albi.fr"
        assert events(dossier.pk).count("correction.answered") == 1

    def test_the_school_ranked_first_is_told_where_this_procedure_writes_to_it(
        self, procedure: Procedure, zoe: User
    ) -> None:
        """Neither another school of the procedure, nor the same school in another procedure."""
        later = set_clock(store(ast_2026(), rehearsal=True, slug="later"), OPEN)
        later.participations.filter(school__code="ales").update(email="later@ales.example")
        dossier = submitted(later, zoe, choices=("ales", "albi"))
        answer_correction(asked(dossier, staff(later, "verifier", "ales")).pk, by=zoe)
        (mail,) = mails("correction_answered")
        assert mail.address == "later@ales.example"

    def test_not_before_what_was_asked_is_there(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        correction = asked(dossier, verifier, opens=("page:contact", "paper:cv"))
        dossier.folder.documents.filter(kind="cv").update(review="refused", review_reason="Illisible.")
        with pytest.raises(NotReady) as refusal:
            answer_correction(correction.pk, by=zoe)
        assert [item.place for item in refusal.value.items] == ["paper:cv"]
        deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        assert answer_correction(correction.pk, by=zoe).answered_at

    def test_another_person_cannot(self, procedure: Procedure, zoe: User, verifier: User, other: User) -> None:
        correction = asked(submitted(procedure, zoe), verifier)
        with pytest.raises(Correction.DoesNotExist):
            answer_correction(correction.pk, by=other)

    def test_withdrawn_it_opens_nothing(self, procedure: Procedure, zoe: User, verifier: User, stranger: User) -> None:
        dossier = submitted(procedure, zoe)
        correction = asked(dossier, verifier)
        with pytest.raises(Dossier.DoesNotExist):
            withdraw_correction(correction.pk, by=stranger)
        for _ in range(2):
            withdraw_correction(correction.pk, by=verifier)
        assert not may_edit(reloaded(dossier.pk), "page:contact")
        assert len(mails("correction_withdrawn")) == 1
        with pytest.raises(NotWaiting):
            answer_correction(correction.pk, by=zoe)

    def test_what_is_answered_is_not_withdrawn(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        correction = asked(submitted(procedure, zoe), verifier)
        answer_correction(correction.pk, by=zoe)
        with pytest.raises(NotWaiting):
            withdraw_correction(correction.pk, by=verifier)


class TestByItself:
    def refuse_cv(self, dossier: Dossier, by: User, capture: Capture) -> SupportingDocument:
        document = SupportingDocument.objects.current().get(folder=dossier.folder, kind="cv")
        with capture(execute=True):
            review_paper(document.pk, accepted=False, reason="La page 2 manque.", by=by)
        return document

    def test_a_refused_paper_is_asked_for_again(
        self,
        procedure: Procedure,
        zoe: User,
        verifier: User,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        dossier = submitted(procedure, zoe)
        set_clock(procedure, VERIFYING)
        document = self.refuse_cv(dossier, verifier, django_capture_on_commit_callbacks)
        correction = Correction.objects.get()
        assert (correction.opens, correction.asked_by) == (["paper:cv"], None)
        assert correction.until - correction.asked_at == dt.timedelta(days=7)
        assert "La page 2 manque." in correction.reason
        deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        assert answer_correction(correction.pk, by=zoe)
        ask_for_paper_again(str(document.pk))  # the fact once more: the paper has been replaced
        assert Correction.objects.count() == 1

    def test_the_same_fact_twice_asks_once(
        self,
        procedure: Procedure,
        zoe: User,
        verifier: User,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        dossier = submitted(procedure, zoe)
        document = self.refuse_cv(dossier, verifier, django_capture_on_commit_callbacks)
        ask_for_paper_again(str(document.pk))
        assert Correction.objects.count() == len(mails("correction_asked")) == 1

    def test_a_paper_accepted_after_all_is_not_asked_for(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        document = SupportingDocument.objects.get(folder=dossier.folder, kind="cv")
        review_paper(document.pk, accepted=False, reason="Illisible.", by=verifier)
        review_paper(document.pk, accepted=True, by=verifier)
        ask_for_paper_again(str(document.pk))  # the fact of the refusal, acted on late
        assert not Correction.objects.exists()

    def test_the_procedure_says_how_long_there_is_to_answer(
        self, zoe: User, django_capture_on_commit_callbacks: Capture
    ) -> None:
        file = ast_2026()
        hasty = replace(file, rules=replace(file.rules, corrections=CorrectionRule(days=3)))
        procedure = set_clock(store(hasty, rehearsal=True, slug="hasty"), OPEN)
        dossier = submitted(procedure, zoe)
        self.refuse_cv(dossier, staff(procedure, "verifier", "albi"), django_capture_on_commit_callbacks)
        correction = Correction.objects.get()
        assert correction.until - correction.asked_at == dt.timedelta(days=3)

    def test_a_late_paper_keeps_its_own_deadline(
        self,
        procedure: Procedure,
        zoe: User,
        verifier: User,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        dossier = submitted(procedure, zoe)
        document = deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)
        pass_checks(dossier)
        with django_capture_on_commit_callbacks(execute=True):
            review_paper(document.pk, accepted=False, reason="Floue.", by=verifier)
        late_papers = procedure.calendar["late_papers"].ends_at
        assert Correction.objects.get().until == late_papers

    def test_in_a_draft_the_paper_is_missing_and_the_candidate_told(self, procedure: Procedure, zoe: User) -> None:
        dossier = complete(procedure, zoe)
        document = dossier.folder.documents.get(kind="cv")
        SupportingDocument.objects.filter(pk=document.pk).update(check_state="rejected", check_reason="Illisible.")
        for _ in range(2):
            ask_for_paper_again(str(document.pk))
        assert not Correction.objects.exists()
        assert len(mails("paper_turned_down")) == 1
        with pytest.raises(NotReady):
            submit_dossier(dossier.pk, by=zoe)

    def test_the_check_says_why_in_the_candidates_language(self, procedure: Procedure) -> None:
        """It checks in a worker, whose language is nobody's."""
        dossier = complete(procedure, person("ann@example.org", "en"))
        paper = dossier.folder.documents.get(kind="cv")
        SupportingDocument.objects.filter(pk=paper.pk).update(check_state="rejected", check_reason="locked")
        ask_for_paper_again(str(paper.pk))
        (mail,) = mails("paper_turned_down")
        assert "The PDF is protected by a password." in render(mail).text

    def test_a_transfer_that_never_came_reopens_the_payment(
        self,
        procedure: Procedure,
        zoe: User,
        verifier: User,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        dossier = submitted(procedure, zoe)
        charge = fee_of(dossier, zoe)
        set_clock(procedure, VERIFYING)
        with django_capture_on_commit_callbacks(execute=True):
            refuse_transfer(charge.pk, by=verifier, reason="Rien sur le compte.")
        correction = Correction.objects.get()
        assert correction.opens == ["payment"]
        declare_transfer(charge.pk, on=TODAY, by=zoe)  # the payment is open again
        with django_capture_on_commit_callbacks(execute=True):
            confirm_transfer(charge.pk, by=verifier, received_on=TODAY)
        correction.refresh_from_db()
        assert correction.answered_at is not None  # settled: nothing left to answer
        ask_for_payment_again(str(charge.pk))
        assert Correction.objects.count() == 1

    def test_a_refused_exemption_reopens_the_payment(
        self,
        procedure: Procedure,
        zoe: User,
        verifier: User,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        dossier = filled(procedure, zoe)
        save_answers(dossier.pk, "scholarship", {"scholarship": "yes"}, by=zoe)
        deposit_paper(dossier.pk, "crous-certificate", pdf(), by=zoe)
        charge = fee_of(dossier, zoe)
        ask_exemption(charge.pk, by=zoe)
        submit_dossier(dossier.pk, by=zoe)
        with django_capture_on_commit_callbacks(execute=True):
            decide_exemption(charge.pk, accepted=False, reason="Attestation de 2024.", by=verifier)
        assert Correction.objects.get().opens == ["payment"]
        assert len(mails("exemption_refused")) == 1
        assert not Fact.objects.pending().exists()

    def test_a_draft_is_not_corrected(
        self,
        procedure: Procedure,
        zoe: User,
        verifier: User,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        charge = fee_of(complete(procedure, zoe), zoe)
        with django_capture_on_commit_callbacks(execute=True):
            refuse_transfer(charge.pk, by=verifier, reason="Rien sur le compte.")
        assert not Correction.objects.exists()


class TestEndings:
    def test_a_candidate_withdraws(self, procedure: Procedure, zoe: User, other: User) -> None:
        dossier = submitted(procedure, zoe)
        with pytest.raises(Dossier.DoesNotExist):
            withdraw_dossier(dossier.pk, by=other)
        for _ in range(2):
            withdraw_dossier(dossier.pk, by=zoe)
        assert reloaded(dossier.pk).status == Status.WITHDRAWN
        assert events(dossier.pk).count("dossier.withdrawn") == 1
        assert Fact.objects.filter(kind="dossier_ended").count() == 1
        assert len(mails("dossier_withdrawn")) == 1

    def test_a_withdrawn_dossier_opens_no_more(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        correction = asked(dossier, verifier)
        withdraw_dossier(dossier.pk, by=zoe)
        with pytest.raises(NotWaiting, match="retiré"):
            answer_correction(correction.pk, by=zoe)
        with pytest.raises(NotEditable, match="retiré"):
            save_answers(dossier.pk, "contact", {"city": "Castres"}, by=zoe)
        with pytest.raises(NotEditable, match="retiré"):
            submit_dossier(dossier.pk, by=zoe)

    def test_a_draft_is_not_withdrawn(self, procedure: Procedure, zoe: User) -> None:
        with pytest.raises(NothingToEnd):
            withdraw_dossier(filled(procedure, zoe).pk, by=zoe)

    def test_a_breach_voids_the_dossier_with_a_reason(self, procedure: Procedure, zoe: User, office: User) -> None:
        dossier = submitted(procedure, zoe)
        with pytest.raises(Refused, match="motif"):
            void_dossier(dossier.pk, reason=" ", by=office)
        for _ in range(2):
            void_dossier(dossier.pk, reason="Présent par une autre voie.", by=office)
        dossier = reloaded(dossier.pk)
        assert (dossier.status, dossier.ended_because) == (Status.WITHDRAWN, "Présent par une autre voie.")
        (mail,) = mails("dossier_voided")
        assert "Présent par une autre voie." in render(mail).text

    def test_only_the_office_and_the_presidency_void(self, procedure: Procedure, zoe: User, verifier: User) -> None:
        dossier = submitted(procedure, zoe)
        with pytest.raises(NotAllowed):
            void_dossier(dossier.pk, reason="Non.", by=verifier)
        assert void_dossier(dossier.pk, reason="Oui.", by=staff(procedure, "president"))

    def test_what_the_candidate_withdrew_is_not_voided(self, procedure: Procedure, zoe: User, office: User) -> None:
        dossier = submitted(procedure, zoe)
        withdraw_dossier(dossier.pk, by=zoe)
        with pytest.raises(NothingToEnd):
            void_dossier(dossier.pk, reason="Trop tard.", by=office)
