"""The boards: start page, admissibility, planning, marks, publications; who finds them, and what they do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.tests import scenario
from juries.announcements import preview
from juries.models import Decision, Mark, Panel, Publication, TestSlot
from juries.planning import (
    LeftToDo,
    add_panel,
    assign_candidates,
    left_to_do,
    plan_slots,
    send_summons,
    to_place,
    to_summon,
)
from juries.tests import rows
from juries.tests.conftest import Counting
from notifications.models import Mail
from programmes.loading import store
from programmes.models import Procedure, Role, School, Step


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(user: User, address: str, **query: str) -> str:
    response = signed_in(user).get(address, query, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def post(user: User, address: str, **fields: object) -> str:
    response = signed_in(user).post(address, fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


class TestStartPage:
    def test_each_role_reads_what_waits_for_it(
        self, procedure: Procedure, admissibility: Step, verifier: User, jury: User, stranger: User
    ) -> None:
        rows.dossier(procedure, 1)
        rows.dossier(procedure, 2, status=Status.SUBMITTED)
        start = reverse("admin:index")
        assert "dossier attend la décision du jury" in read(jury, start)
        assert "décision du jury" not in read(verifier, start)
        assert "Rien ne vous attend" in read(stranger, start)

    def test_planners_read_whom_to_place_and_to_summon(
        self, procedure: Procedure, admissibility: Step, verifier: User, stranger: User
    ) -> None:
        rows.admissible(procedure, 2)
        rows.published(admissibility)
        assert "candidats à placer, IMT Mines Albi" in read(verifier, reverse("admin:index"))
        assert "candidats à placer" not in read(stranger, reverse("admin:index"))

    def test_it_asks_as_much_however_much_waits(
        self, procedure: Procedure, admissibility: Step, office: User, count_queries: Counting
    ) -> None:
        """For somebody who holds every role."""
        for kind in ("jury", "president", "verifier", "accountant"):
            Role.objects.create(user=office, procedure=procedure, kind=kind)
        rows.dossier(procedure, 1, status=Status.SUBMITTED)
        rows.admissible(procedure, 1, first=2)
        before = count_queries(office, reverse("admin:index"))
        rows.published(admissibility)
        after = count_queries(office, reverse("admin:index"))
        for number in range(10, 34):
            rows.dossier(procedure, number, status=Status.SUBMITTED)
        rows.admissible(procedure, 13, first=40)
        rows.admissible(procedure, 13, first=60, choices=("nord-europe",))
        assert count_queries(office, reverse("admin:index")) == after <= 24
        assert before <= 24


class TestAdmissibility:
    def board(self, step: Step) -> str:
        return reverse("admin:juries_admissibility", args=[step.pk])

    def decide(self, user: User, step: Step, dossier: Dossier, **fields: str) -> str:
        return post(user, reverse("admin:juries_decide", args=[step.pk, dossier.pk]), **fields)

    def test_the_jury_decides_in_the_table(self, procedure: Procedure, admissibility: Step, jury: User) -> None:
        one, other = rows.dossier(procedure, 1), rows.dossier(procedure, 2)
        said = self.decide(jury, admissibility, one, decision="admissible")
        assert "La décision est prise." in said
        assert one.reference not in said  # the table goes on to those not decided
        self.decide(jury, admissibility, other, decision="not_admissible", reason="Trop peu de physique")
        assert {decision.outcome for decision in Decision.objects.all()} == {"admissible", "not_admissible"}
        page = read(jury, self.board(admissibility), state="not_admissible")
        assert other.reference in page
        assert one.reference not in page

    def test_a_row_comes_back_alone_to_a_script(self, procedure: Procedure, admissibility: Step, jury: User) -> None:
        dossier = rows.dossier(procedure)
        address = reverse("admin:juries_decide", args=[admissibility.pk, dossier.pk])
        response = signed_in(jury).post(address, {"decision": "not_admissible"}, headers={"HX-Request": "true"})
        row = response.content.decode()
        assert row.lstrip().startswith("<tr")
        assert "le motif est conservé" in row
        assert not Decision.objects.exists()

    def test_the_board_is_loaded_again_when_its_candidate_has_left(
        self, procedure: Procedure, admissibility: Step, jury: User
    ) -> None:
        gone = rows.dossier(procedure, status="withdrawn")
        address = reverse("admin:juries_decide", args=[admissibility.pk, gone.pk])
        response = signed_in(jury).post(address, {"decision": "admissible"}, headers={"HX-Request": "true"})
        assert response.headers["HX-Refresh"] == "true"
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("decision", [{}, {"decision": ""}, {"decision": "admitted"}])
    def test_a_request_that_says_neither_yes_nor_no_decides_nothing(
        self, procedure: Procedure, admissibility: Step, jury: User, decision: dict[str, str]
    ) -> None:
        address = reverse("admin:juries_decide", args=[admissibility.pk, rows.dossier(procedure).pk])
        assert signed_in(jury).post(address, {"reason": "Trop faible"} | decision).status_code == 404
        assert not Decision.objects.exists()

    def test_filters_by_track(self, procedure: Procedure, admissibility: Step, jury: User) -> None:
        licence = rows.dossier(procedure, 1)
        master = rows.dossier(procedure, 2, track="M1")
        page = read(jury, self.board(admissibility), state="all", track="M1")
        assert master.reference in page
        assert licence.reference not in page

    def test_once_prepared_it_shows_and_no_longer_asks(
        self, procedure: Procedure, admissibility: Step, jury: User
    ) -> None:
        rows.admissible(procedure, 1)
        rows.published(admissibility)
        page = read(jury, self.board(admissibility))
        assert "Été0001" in page
        assert 'name="decision"' not in page

    def test_the_office_reads_and_schools_do_not(
        self, procedure: Procedure, admissibility: Step, office: User, verifier: User
    ) -> None:
        dossier = rows.dossier(procedure)
        assert 'name="decision"' not in read(office, self.board(admissibility))
        assert signed_in(verifier).get(self.board(admissibility)).status_code == 404
        address = reverse("admin:juries_decide", args=[admissibility.pk, dossier.pk])
        assert signed_in(verifier).post(address, {"decision": "admissible"}).status_code == 404
        self.decide(office, admissibility, dossier, decision="admissible")
        assert not Decision.objects.exists()

    def test_fifty_dossiers_cost_no_more_queries_than_one(
        self, procedure: Procedure, admissibility: Step, jury: User, count_queries: Counting
    ) -> None:
        rows.dossier(procedure, 0)
        alone = count_queries(jury, self.board(admissibility))
        for number in range(1, 50):
            rows.dossier(procedure, number)
        assert count_queries(jury, self.board(admissibility)) == alone


@pytest.fixture
def candidates(procedure: Procedure, admissibility: Step) -> list[Dossier]:
    """Three admissible candidates of the school."""
    made = rows.admissible(procedure, 3)
    rows.published(admissibility)
    return made


class TestPlanning:
    @pytest.fixture
    def board(self, tests_step: Step, albi: School) -> str:
        return reverse("admin:juries_planning", args=[tests_step.pk, albi.code])

    @pytest.fixture
    def placed(self, candidates: list[Dossier], tests_step: Step, albi: School, verifier: User) -> list[Dossier]:
        for test in ("interview", "english"):
            add_panel(tests_step.pk, albi.pk, test=test, name=f"Jury {test}", room="B12", by=verifier)
        plan_slots(tests_step.pk, albi.pk, by=verifier)
        assign_candidates(tests_step.pk, albi.pk, by=verifier)
        return candidates

    def test_a_school_plans_its_days_from_the_page(self, candidates: list[Dossier], board: str, verifier: User) -> None:
        page = post(verifier, board, act="add_panel", test="interview", name="Jury A", room="B12", remote_url="")
        assert "Jury A" in page
        post(
            verifier, board, act="add_panel", test="english", name="Anglais", room="", remote_url="visio.example.org/1"
        )
        hours = {"day_start": "09:00", "day_end": "17:00", "pause_start": "12:00", "pause_end": "13:00"}
        assert "créneaux" in post(verifier, board, act="plan", minutes_between="5", **hours)
        page = post(verifier, board, act="assign")
        assert "3 candidats sont placés" in page
        assert "<svg" in page
        assert "Été0001" in page
        assert Panel.objects.get(name="Anglais").remote_url == "https://visio.example.org/1"

    def test_missing_slots_are_told(self, candidates: list[Dossier], board: str, verifier: User) -> None:
        assert "Il manque des créneaux pour 3 candidats" in post(verifier, board, act="assign")

    def test_a_refusal_is_told_beside_what_was_typed(self, board: str, verifier: User, tests_step: Step) -> None:
        """What was typed in one form of the page is not lost, and does not turn up in another."""
        page = post(verifier, board, act="plan", day_start="09:10", day_end="17:20", minutes_between="7")
        assert "Ajoutez d’abord les jurys" in page
        assert all(f'value="{typed}"' in page for typed in ("09:10", "17:20", "7"))
        page = post(verifier, board, act="add_panel", test="english", name="", room="Salle 12")
        assert "Nom du jury –" in page
        assert 'value="Salle 12"' in page
        assert not Panel.objects.exists()
        post(verifier, board, act="add_panel", test="interview", name="Jury A", room="B12")
        panel = str(Panel.objects.get().pk)
        page = post(verifier, board, act="change_panel", panel=panel, room="C1", remote_url="no address at all")
        assert page.count('value="C1"') == 1
        assert 'value="no address at all"' in page
        assert Panel.objects.get().room == "B12"

    def test_the_mails_are_seen_before_they_leave(
        self, placed: list[Dossier], tests_step: Step, albi: School, verifier: User
    ) -> None:
        """ALL-05."""
        address = reverse("admin:juries_summons", args=[tests_step.pk, albi.code])
        page = read(verifier, address)
        assert "votre convocation aux épreuves" in page
        assert "Été0003" in page
        assert not Mail.objects.exists()
        post(verifier, address)
        assert Mail.objects.filter(kind="summons").count() == 3

    def test_a_candidate_is_moved(
        self, placed: list[Dossier], tests_step: Step, albi: School, verifier: User, board: str
    ) -> None:
        send_summons(tests_step.pk, albi.pk, by=verifier)
        address = reverse("admin:juries_move", args=[tests_step.pk, albi.code, placed[0].pk])
        assert "déjà convoqué" in read(verifier, address)
        day = dt.datetime(2026, 5, 19, tzinfo=dt.UTC)
        interview = TestSlot.objects.filter(test="interview", starts_at__gte=day, dossier=None).first()
        english = TestSlot.objects.filter(test="english", dossier=None).order_by("starts_at").last()
        assert interview is not None
        assert english is not None
        post(verifier, address, slot=[interview.pk, english.pk])
        assert set(placed[0].test_slots.values_list("pk", flat=True)) == {interview.pk, english.pk}

    def test_another_school_does_not_find_the_page(
        self, placed: list[Dossier], tests_step: Step, albi: School, stranger: User, board: str
    ) -> None:
        for address in (
            board,
            reverse("admin:juries_summons", args=[tests_step.pk, albi.code]),
            reverse("admin:juries_move", args=[tests_step.pk, albi.code, placed[0].pk]),
        ):
            assert signed_in(stranger).get(address).status_code == 404
            assert signed_in(stranger).post(address, {"act": "assign"}).status_code == 404

    def test_what_is_left_to_do_is_counted_by_school(
        self, placed: list[Dossier], tests_step: Step, procedure: Procedure, albi: School, verifier: User
    ) -> None:
        """At once for all schools, as each of them counts it on its own board."""
        rows.admissible(procedure, 2, first=20, choices=("ales", "albi"))
        rows.admissible(procedure, 1, first=30)
        ales = School.objects.get(code="ales")
        assert left_to_do(tests_step) == {albi.pk: LeftToDo(1, 3), ales.pk: LeftToDo(2, 0)}
        for school in (albi, ales):
            alone = LeftToDo(to_place(tests_step, school).count(), to_summon(tests_step, school).count())
            assert left_to_do(tests_step)[school.pk] == alone
        send_summons(tests_step.pk, albi.pk, by=verifier)
        assert left_to_do(tests_step)[albi.pk] == LeftToDo(1, 0)

    def test_the_picture_of_many_costs_no_more_queries(
        self, placed: list[Dossier], board: str, verifier: User, count_queries: Counting, procedure: Procedure
    ) -> None:
        alone = count_queries(verifier, board)
        rows.admissible(procedure, 10, first=20)
        post(verifier, board, act="assign")
        assert TestSlot.objects.exclude(dossier=None).count() == 26
        assert count_queries(verifier, board) == alone


class TestMarks:
    @pytest.fixture
    def sheet(self, tests_step: Step) -> str:
        return reverse("admin:juries_marks", args=[tests_step.pk, "albi"])

    def test_only_changed_cells_are_recorded(self, candidates: list[Dossier], sheet: str, jury: User) -> None:
        first, second = candidates[:2]
        cells = {f"{first.pk}:interview": "12,5", f"{first.pk}:english": "ABS", f"{second.pk}:english": ""}
        assert "2 notes sont enregistrées" in post(jury, sheet, **cells)
        page = read(jury, sheet)
        assert 'value="12,5"' in page
        assert 'value="abs"' in page
        assert "éliminé" in page
        post(jury, sheet, **(cells | {f"{first.pk}:interview": "12,5"}))
        assert scenario.events(first.pk).count("mark.recorded") == 2

    def test_one_wrong_cell_does_not_lose_the_others(self, candidates: list[Dossier], sheet: str, jury: User) -> None:
        first, second = candidates[:2]
        page = post(
            jury,
            sheet,
            **{f"{first.pk}:interview": "quinze", f"{second.pk}:interview": "21", f"{second.pk}:english": "9"},
        )
        assert "« quinze » n’est ni une note" in page
        assert "Une note va de 0 à 20" in page
        assert [mark.value for mark in Mark.objects.all()] == [9]

    def test_a_total_has_no_idle_zeros(self, candidates: list[Dossier], sheet: str, jury: User) -> None:
        post(jury, sheet, **{f"{candidates[0].pk}:interview": "10", f"{candidates[0].pk}:english": "10"})
        page = read(jury, sheet)
        assert 'value="10"' in page
        assert ">20<" in page.replace("\n", "").replace(" ", "")

    def test_school_services_do_not_find_it(self, candidates: list[Dossier], sheet: str, verifier: User) -> None:
        assert signed_in(verifier).get(sheet).status_code == 404
        assert signed_in(verifier).post(sheet, {f"{candidates[0].pk}:english": "9"}).status_code == 404
        assert not Mark.objects.exists()

    def test_it_is_closed_once_the_admission_is_prepared(
        self, candidates: list[Dossier], sheet: str, jury: User, admission: Step
    ) -> None:
        post(jury, sheet, **{f"{candidates[0].pk}:english": "12,5"})
        rows.published(admission)
        page = read(jury, sheet)
        assert "les notes ne changent plus" in page
        assert "12,5" in page
        assert "Écrivez une note" not in page
        assert f'name="{candidates[0].pk}:english"' not in page

    def test_fifty_candidates_cost_no_more_queries_than_three(
        self, candidates: list[Dossier], sheet: str, jury: User, procedure: Procedure, count_queries: Counting
    ) -> None:
        alone = count_queries(jury, sheet)
        rows.admissible(procedure, 47, first=10)
        assert count_queries(jury, sheet) == alone


class TestPublications:
    PAGE = "admin:juries_publication_changelist"

    def test_it_asks_as_much_however_many_are_decided(
        self, procedure: Procedure, admissibility: Step, admission: Step, president: User, count_queries: Counting
    ) -> None:
        """With every outcome of both steps, and so five mails to read."""
        refused = rows.dossier(procedure, 0)
        rows.decided(refused, admissibility, Decision.Outcome.NOT_ADMISSIBLE)
        outcomes = (Decision.Outcome.ADMITTED, Decision.Outcome.CONDITIONAL, Decision.Outcome.REFUSED)
        for dossier, outcome in zip(rows.admissible(procedure, 3), outcomes, strict=True):
            rows.decided(dossier, admission, outcome)
        few = count_queries(president, reverse(self.PAGE))
        for dossier in rows.admissible(procedure, 46, first=10):
            rows.decided(dossier, admission, Decision.Outcome.ADMITTED)
        assert count_queries(president, reverse(self.PAGE)) == few <= 15
        boards = signed_in(president).get(reverse(self.PAGE)).context["boards"]
        assert [[line["count"] for line in board["outcomes"]] for board in boards] == [[49, 1], [47, 1, 1]]
        assert [len(board["samples"]) for board in boards] == [2, 3]

    def test_each_sample_is_the_mail_of_its_outcome(
        self, procedure: Procedure, admissibility: Step, president: User
    ) -> None:
        refused, (admissible,) = rows.dossier(procedure, 2, choices=("ales",)), rows.admissible(procedure, 1)
        rows.decided(refused, admissibility, Decision.Outcome.NOT_ADMISSIBLE)
        (board, _admission) = signed_in(president).get(reverse(self.PAGE)).context["boards"]
        for sample, decision in zip(board["samples"], (admissible, refused), strict=True):
            assert sample == preview(decision.decisions.get(), "fr")

    def change(self, step: Step, act: str) -> str:
        return reverse("admin:juries_publication", args=[step.pk, act])

    def test_the_presidency_reads_the_mails_prepares_and_takes_back(
        self, procedure: Procedure, admissibility: Step, president: User
    ) -> None:
        rows.admissible(procedure, 2)
        page = read(president, reverse(self.PAGE))
        assert "vous êtes admissible" in page
        assert "2026-04-09T16:00" in page
        page = post(president, self.change(admissibility, "preparer"), visible_at="2026-04-09T17:00")
        assert "paraîtra le jeudi 9 avril 2026 à 17" in " ".join(page.split())
        assert Publication.objects.get().visible_at == dt.datetime(2026, 4, 9, 15, tzinfo=dt.UTC)
        post(president, self.change(admissibility, "annuler"))
        assert not Publication.objects.exists()

    def test_an_instant_in_the_past_is_refused_in_words(
        self, procedure: Procedure, admissibility: Step, president: User
    ) -> None:
        rows.admissible(procedure, 1)
        page = post(president, self.change(admissibility, "preparer"), visible_at="2026-01-01T10:00")
        assert "est passé" in page
        assert 'value="2026-01-01T10:00"' in page
        assert not Publication.objects.exists()

    def test_neither_jury_nor_school_find_it(
        self, procedure: Procedure, admissibility: Step, jury: User, verifier: User
    ) -> None:
        rows.admissible(procedure, 1)
        for user in (jury, verifier):
            assert signed_in(user).get(reverse(self.PAGE)).status_code in (403, 404)
            address = self.change(admissibility, "preparer")
            assert signed_in(user).post(address, {"visible_at": "2026-04-09T17:00"}).status_code == 404
        assert not Publication.objects.exists()

    def test_what_waits_for_a_second_person_is_listed(
        self, procedure: Procedure, admissibility: Step, president: User, office: User
    ) -> None:
        dossier = rows.dossier(procedure)
        decision = rows.decided(dossier, admissibility, Decision.Outcome.ADMISSIBLE)
        rows.published(admissibility)
        page_of = reverse("admin:applicants_dossier_change", args=[dossier.pk])
        post(president, page_of, act="propose", decision=decision.pk, outcome="not_admissible", reason="Doublon")
        assert "Doublon" in read(office, reverse(self.PAGE))
        assert "rectification à confirmer" in read(office, reverse("admin:index"))
        assert "rectification à confirmer" not in read(president, reverse("admin:index"))


@pytest.mark.parametrize("board", ["decision", "panel", "mark"])
def test_who_works_on_two_procedures_chooses_one(procedure: Procedure, jury: User, board: str) -> None:
    second = store(scenario.ast_2026(), rehearsal=True, slug="ailleurs")
    Role.objects.create(user=jury, procedure=second, kind=Role.Kind.JURY)
    page = read(jury, reverse(f"admin:juries_{board}_changelist"))
    assert page.count(str(second.short_title)) >= 2
