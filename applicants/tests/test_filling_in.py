"""A draft: begun once, its pages, title, choices and papers. Rules: AST-01 to AST-06, AST-08."""

from __future__ import annotations

import dataclasses

import pytest
from django.core.files.storage import default_storage

from accounts.models import Consent, User
from applicants.answers import save_answers
from applicants.choices import NotEligible, WrongOrder, rank_choices
from applicants.dossiers import ConsentNeeded, start_dossier
from applicants.editing import NotEditable, OrderIsFinal
from applicants.given import answers_of
from applicants.models import Choice, Dossier
from applicants.papers import AlreadyAccepted, Enough, NotAsked, deposit_paper, remove_paper
from applicants.tests.scenario import (
    CLOSED,
    LAST_SECOND,
    OPEN,
    VERIFYING,
    ast_2026,
    begun,
    events,
    fee_of,
    filled,
    mails,
    pdf,
    reloaded,
    set_clock,
    submitted,
)
from applicants.titles import UnknownTitle, choose_title
from applicants.values import WrongAnswer
from documents.intake import WrongFile
from documents.models import SupportingDocument
from journal.errors import Closed, Refused
from programmes.loading import store
from programmes.models import Procedure
from programmes.rules import ChoiceRule

ALL_THREE = ("albi", "ales", "nord-europe")


def order_of(dossier: Dossier) -> list[str]:
    return list(Choice.objects.filter(dossier=dossier).order_by("rank").values_list("programme__code", flat=True))


class TestBeginning:
    def test_a_second_start_finds_the_first(self, procedure: Procedure, zoe: User) -> None:
        first = begun(procedure, zoe)
        assert start_dossier(procedure.pk, by=zoe) == first
        assert Dossier.objects.count() == 1
        assert events(first.pk) == ["dossier.started"]
        assert len(mails("dossier_started")) == 1

    def test_consent_comes_first(self, procedure: Procedure, zoe: User) -> None:
        Consent.objects.all().delete()
        with pytest.raises(ConsentNeeded):
            start_dossier(procedure.pk, by=zoe)
        assert not Dossier.objects.exists()

    @pytest.mark.parametrize(("moment", "is_open"), [("2026-01-26 13:59:59", False), ("2026-01-26 14:00:00", True)])
    def test_the_opening_hour(self, procedure: Procedure, zoe: User, moment: str, is_open: bool) -> None:
        set_clock(procedure, moment)
        if is_open:
            assert start_dossier(procedure.pk, by=zoe)
        else:
            with pytest.raises(Closed, match="lundi 26 janvier 2026 à\u00a014\u00a0h"):
                start_dossier(procedure.pk, by=zoe)

    def test_the_closing_hour(self, procedure: Procedure, zoe: User, other: User) -> None:
        set_clock(procedure, LAST_SECOND)
        mine = start_dossier(procedure.pk, by=zoe)
        set_clock(procedure, CLOSED)
        assert start_dossier(procedure.pk, by=zoe) == mine  # it can still be read
        with pytest.raises(Closed):
            start_dossier(procedure.pk, by=other)


class TestAnswers:
    def test_identity_is_the_persons_and_the_rest_the_dossiers(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        identity = {"family_name": "  Nguye\u0302\u0303n ", "birth_date": "2004-03-27", "nationality": "FR"}
        save_answers(dossier.pk, "identity", identity, by=zoe)
        dossier = reloaded(dossier.pk)
        assert dossier.candidate.family_name == "Nguyễn"
        assert dossier.candidate.folded_name.strip() == "nguyen"
        answers = answers_of(dossier)
        assert (answers["family_name"], answers["birth_date"], answers["nationality"]) == (
            "Nguyễn",
            "2004-03-27",
            "FR",
        )

    def test_what_is_saved_again_replaces_and_what_is_not_named_stays(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        save_answers(dossier.pk, "contact", {"city": "Albi", "country": "FR"}, by=zoe)
        save_answers(dossier.pk, "contact", {"city": ""}, by=zoe)
        answers = answers_of(reloaded(dossier.pk))
        assert (answers["city"], answers["country"]) == ("", "FR")

    def test_saving_the_same_again_leaves_no_trace(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        for _ in range(2):
            save_answers(dossier.pk, "contact", {"city": "Albi"}, by=zoe)
        assert events(dossier.pk).count("dossier.answers_saved") == 1

    @pytest.mark.parametrize(
        ("page", "field", "value"),
        [
            ("identity", "birth_date", "31/02/2004"),
            ("identity", "birth_date", "2004-02-31"),
            ("identity", "birth_date", "2099-01-01"),  # to come
            ("identity", "family_name", "x" * 121),
            ("contact", "phone", "appelez-moi"),
            ("contact", "country", "France"),
            ("path", "baccalaureate_year", "22"),
            ("scholarship", "scholarship", "peut-être"),
        ],
    )
    def test_a_wrong_answer_saves_nothing_of_the_page(
        self, procedure: Procedure, zoe: User, page: str, field: str, value: str
    ) -> None:
        dossier = begun(procedure, zoe)
        with pytest.raises(WrongAnswer) as refusal:
            save_answers(dossier.pk, page, {field: value}, by=zoe)
        assert set(refusal.value.errors) == {field}
        assert not answers_of(reloaded(dossier.pk)).get(field)

    def test_fields_of_another_page_are_not_taken(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        save_answers(dossier.pk, "contact", {"city": "Albi", "honour": "yes", "unheard": "of"}, by=zoe)
        assert "honour" not in answers_of(reloaded(dossier.pk))

    def test_control_characters_are_dropped(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        save_answers(dossier.pk, "contact", {"city": "Al\x00bi\x07"}, by=zoe)
        assert answers_of(reloaded(dossier.pk))["city"] == "Albi"

    def test_another_persons_dossier_is_not_found(self, procedure: Procedure, zoe: User, other: User) -> None:
        dossier = begun(procedure, zoe)
        with pytest.raises(Dossier.DoesNotExist):
            save_answers(dossier.pk, "contact", {"city": "Albi"}, by=other)

    def test_the_window(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        set_clock(procedure, LAST_SECOND)
        save_answers(dossier.pk, "contact", {"city": "Albi"}, by=zoe)
        set_clock(procedure, CLOSED)
        with pytest.raises(Closed):
            save_answers(dossier.pk, "contact", {"city": "Alès"}, by=zoe)

    def test_a_submitted_dossier_is_closed(self, procedure: Procedure, zoe: User) -> None:
        dossier = submitted(procedure, zoe)
        with pytest.raises(NotEditable):
            save_answers(dossier.pk, "contact", {"city": "Alès"}, by=zoe)


class TestTitle:
    def test_the_title_gives_the_track(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="M1", speciality="chimie", equivalence="", by=zoe)
        track = reloaded(dossier.pk).track
        assert track is not None
        assert (track.code, track.entry_year) == ("M1", 2)

    def test_choices_that_the_new_title_closes_go(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=zoe)
        rank_choices(dossier.pk, ("nord-europe", "ales", "albi"), by=zoe)
        gone = choose_title(dossier.pk, title="L3", speciality="biologie-biochimie", equivalence="", by=zoe)
        assert [programme.code for programme in gone] == ["nord-europe"]
        assert order_of(dossier) == ["ales", "albi"]
        assert fee_of(dossier, zoe).payee.school.code == "ales"

    @pytest.mark.parametrize(
        ("title", "speciality", "equivalence"),
        [("L3", "unheard-of", ""), ("D1", "chimie", ""), ("L3", "chimie", "four_years"), ("L3", "chimie", "x")],
    )
    def test_what_is_not_in_the_tables_is_refused(
        self, procedure: Procedure, zoe: User, title: str, speciality: str, equivalence: str
    ) -> None:
        dossier = begun(procedure, zoe)
        with pytest.raises(UnknownTitle):
            choose_title(dossier.pk, title=title, speciality=speciality, equivalence=equivalence, by=zoe)

    def test_a_foreign_title_is_flagged(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="M1", speciality="chimie", equivalence="foreign", by=zoe)
        assert reloaded(dossier.pk).equivalence == "foreign"

    def test_closed_after_submission_even_in_the_window(self, procedure: Procedure, zoe: User) -> None:
        dossier = submitted(procedure, zoe)
        with pytest.raises(OrderIsFinal):
            choose_title(dossier.pk, title="M1", speciality="chimie", equivalence="", by=zoe)


class TestChoices:
    def test_any_order_of_what_is_open(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=zoe)
        rank_choices(dossier.pk, ALL_THREE, by=zoe)
        rank_choices(dossier.pk, ("nord-europe", "albi"), by=zoe)
        assert order_of(dossier) == ["nord-europe", "albi"]

    def test_the_same_order_again_leaves_no_trace(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=zoe)
        for order in (("ales", "albi"), ("ales", "albi"), ("albi", "ales")):
            ranked = rank_choices(dossier.pk, order, by=zoe)
            assert tuple(choice.programme.code for choice in ranked) == order
        assert events(dossier.pk).count("dossier.choices_ranked") == 2

    def test_the_window(self, procedure: Procedure, zoe: User) -> None:
        dossier = filled(procedure, zoe)
        set_clock(procedure, LAST_SECOND)
        rank_choices(dossier.pk, ("ales", "albi"), by=zoe)
        set_clock(procedure, CLOSED)
        with pytest.raises(Closed):
            rank_choices(dossier.pk, ("albi", "ales"), by=zoe)
        assert order_of(dossier) == ["ales", "albi"]

    def test_no_more_choices_than_the_procedure_allows(self, zoe: User) -> None:
        file = ast_2026()
        rules = dataclasses.replace(file.rules, choices=ChoiceRule(max_count=2))
        procedure = set_clock(store(dataclasses.replace(file, rules=rules), rehearsal=True), OPEN)
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=zoe)
        with pytest.raises(WrongOrder, match="2"):
            rank_choices(dossier.pk, ALL_THREE, by=zoe)
        assert len(rank_choices(dossier.pk, ALL_THREE[:2], by=zoe)) == 2

    def test_an_ineligible_school_is_refused_with_the_reason(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="L3", speciality="biologie-biochimie", equivalence="", by=zoe)
        with pytest.raises(NotEligible, match="Biologie, Biochimie n’est pas recevable à IMT Nord Europe"):
            rank_choices(dossier.pk, ALL_THREE, by=zoe)
        assert order_of(dossier) == []

    def test_nothing_before_the_title(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        with pytest.raises(NotEligible, match="titre"):
            rank_choices(dossier.pk, ("albi",), by=zoe)

    @pytest.mark.parametrize("codes", [("albi", "albi"), ("albi", "polytechnique")])
    def test_an_impossible_order(self, procedure: Procedure, zoe: User, codes: tuple[str, ...]) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=zoe)
        with pytest.raises(WrongOrder):
            rank_choices(dossier.pk, codes, by=zoe)

    def test_the_order_is_final_for_everybody(self, procedure: Procedure, zoe: User, office: User) -> None:
        dossier = submitted(procedure, zoe)
        for person in (zoe, office):
            with pytest.raises(OrderIsFinal, match="définitif"):
                rank_choices(dossier.pk, ("ales", "albi"), by=person)
        assert order_of(dossier) == list(ALL_THREE)

    def test_staff_do_not_touch_a_draft(self, procedure: Procedure, zoe: User, office: User) -> None:
        dossier = filled(procedure, zoe)
        with pytest.raises(Dossier.DoesNotExist):
            rank_choices(dossier.pk, ("ales", "albi"), by=office)


class TestPapers:
    def test_a_paper_is_deposited(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        document = deposit_paper(dossier.pk, "cv", pdf("Mon CV é.pdf"), by=zoe)
        assert (document.kind, document.check_state, document.uploaded_by) == ("cv", "pending", zoe)
        assert "paper.deposited" in events(dossier.pk)

    def test_another_takes_the_place_of_the_only_one(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        first = deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        second = deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        assert list(SupportingDocument.objects.current().filter(kind="cv")) == [second]
        assert SupportingDocument.objects.get(pk=first.pk).superseded_at is not None

    def test_no_more_files_than_the_rule_allows(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        for name in ("recto.pdf", "verso.pdf"):
            deposit_paper(dossier.pk, "identity", pdf(name), by=zoe)
        with pytest.raises(Enough, match="2 fichiers"):
            deposit_paper(dossier.pk, "identity", pdf(), by=zoe)

    def test_one_turned_down_leaves_its_place(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        for name in ("recto.pdf", "verso.pdf"):
            deposit_paper(dossier.pk, "identity", pdf(name), by=zoe)
        turned_down = SupportingDocument.objects.filter(kind="identity").first()
        assert turned_down is not None
        SupportingDocument.objects.filter(pk=turned_down.pk).update(check_state="rejected")
        deposit_paper(dossier.pk, "identity", pdf(), by=zoe)
        current = SupportingDocument.objects.current().filter(kind="identity")
        assert current.count() == 2
        assert turned_down not in current

    def test_a_refused_deposit_leaves_no_file(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        for name in ("recto.pdf", "verso.pdf"):
            deposit_paper(dossier.pk, "identity", pdf(name), by=zoe)
        before = default_storage.listdir("papers")
        with pytest.raises(Enough):
            deposit_paper(dossier.pk, "identity", pdf(), by=zoe)
        assert default_storage.listdir("papers") == before

    def test_one_of_several_that_comes_again_is_there_once(self, procedure: Procedure, zoe: User) -> None:
        """Whoever lost the connection sends it anew. Another name, or another content, is another file."""
        dossier = begun(procedure, zoe)
        first = deposit_paper(dossier.pk, "transcripts", pdf("L1.pdf"), by=zoe)
        stored = default_storage.listdir("papers")
        assert deposit_paper(dossier.pk, "transcripts", pdf("L1.pdf"), by=zoe) == first
        assert default_storage.listdir("papers") == stored
        assert events(dossier.pk).count("paper.deposited") == 1
        assert deposit_paper(dossier.pk, "transcripts", pdf("L2.pdf"), by=zoe) != first
        SupportingDocument.objects.filter(pk=first.pk).update(check_state="rejected")
        assert deposit_paper(dossier.pk, "transcripts", pdf("L1.pdf"), by=zoe) != first

    @pytest.mark.parametrize("kind", ["syllabus-m1", "crous-certificate", "portrait"])
    def test_a_paper_that_is_not_asked_for(self, procedure: Procedure, zoe: User, kind: str) -> None:
        dossier = begun(procedure, zoe)
        choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=zoe)
        with pytest.raises(NotAsked):
            deposit_paper(dossier.pk, kind, pdf(), by=zoe)

    def test_a_wrong_file_changes_nothing(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        upload = pdf("cv.pdf")
        assert upload.file is not None
        upload.file.seek(0)
        upload.file.write(b"PK\x03\x04")
        with pytest.raises(WrongFile):
            deposit_paper(dossier.pk, "cv", upload, by=zoe)
        assert not SupportingDocument.objects.exists()

    def test_the_window(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        set_clock(procedure, LAST_SECOND)
        document = deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        set_clock(procedure, CLOSED)
        for act in (
            lambda: deposit_paper(dossier.pk, "cv", pdf(), by=zoe),
            lambda: remove_paper(document.pk, by=zoe),
        ):
            with pytest.raises(Closed):
                act()

    def test_a_paper_is_taken_back(self, procedure: Procedure, zoe: User, other: User) -> None:
        dossier = begun(procedure, zoe)
        document = deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        with pytest.raises(SupportingDocument.DoesNotExist):
            remove_paper(document.pk, by=other)
        for _ in range(2):
            remove_paper(document.pk, by=zoe)
        assert not SupportingDocument.objects.current().exists()
        assert events(dossier.pk).count("paper.removed") == 1

    def test_late_papers_come_after_submission_until_their_hour(self, procedure: Procedure, zoe: User) -> None:
        dossier = submitted(procedure, zoe)
        set_clock(procedure, "2026-07-17 23:59:59")
        deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)
        with pytest.raises(NotEditable):
            deposit_paper(dossier.pk, "cv", pdf(), by=zoe)
        set_clock(procedure, "2026-07-18 00:00:00")
        with pytest.raises(Refused):
            deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)

    def test_late_papers_of_a_draft_close_with_it(self, procedure: Procedure, zoe: User) -> None:
        dossier = filled(procedure, zoe)
        set_clock(procedure, VERIFYING)
        with pytest.raises(Closed):
            deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)

    def test_an_accepted_late_paper_stays(self, procedure: Procedure, zoe: User) -> None:
        dossier = submitted(procedure, zoe)
        document = deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)
        SupportingDocument.objects.filter(pk=document.pk).update(check_state="passed", review="accepted")
        with pytest.raises(AlreadyAccepted):
            remove_paper(document.pk, by=zoe)

    def test_nor_does_another_take_its_place_where_there_can_be_one_only(self, zoe: User) -> None:
        file = ast_2026()
        papers = tuple(dataclasses.replace(paper, max_files=1) for paper in file.rules.papers)
        store(dataclasses.replace(file, rules=dataclasses.replace(file.rules, papers=papers)), rehearsal=True)
        dossier = submitted(set_clock(Procedure.objects.get(), OPEN), zoe)
        document = deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)
        SupportingDocument.objects.filter(pk=document.pk).update(check_state="passed", review="accepted")
        with pytest.raises(AlreadyAccepted):
            deposit_paper(dossier.pk, "required-title", pdf(), by=zoe)
