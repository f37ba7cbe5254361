"""The boards of the programmes: who sees what, in which order, what can be done there, and in how many queries."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Choice, Dossier
from applicants.tests.scenario import set_clock
from juries.admin.choice_waiting import at_the_programmes
from juries.choice_decisions import decide_choice
from juries.choice_publication import publish_decisions, publish_session
from juries.models import Decision, Evaluation, Opinion, Panel, Publication, Supplement, TestSlot
from juries.opinions import give_opinion
from juries.publication import confirm_correction, propose_correction
from juries.supplements import ask_supplement
from juries.tests import hearings
from juries.tests.hearings import (
    applicant,
    approved,
    choice_of,
    interviewed,
    let_pass,
    marked,
    panel,
    passed,
    slot,
    step_of,
    worker,
)
from juries.tests.test_choice_decisions import FILE
from programmes.loading import store
from programmes.models import Pool, Procedure, Step
from programmes.procedure_file import read
from programmes.roles import roles_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def procedure() -> Procedure:
    return hearings.heard_procedure()


@pytest.fixture
def office(procedure: Procedure) -> User:
    return hearings.office(procedure)


@pytest.fixture
def juror(procedure: Procedure) -> User:
    return worker(procedure, "jury", "data")


@pytest.fixture
def president(procedure: Procedure) -> User:
    return worker(procedure, "president", "data")


@pytest.fixture
def evaluators(procedure: Procedure) -> tuple[User, User]:
    return worker(procedure, "evaluator", "data"), worker(procedure, "evaluator")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def board_of(procedure: Procedure, code: str, **query: str) -> str:
    step = step_of(procedure, code)
    name = "juries_interviews" if step.kind == Step.Kind.TESTS else "juries_choices"
    address = reverse(f"admin:{name}", args=[step.pk])
    return f"{address}?{urlencode(query)}"


def page_of(choice: Choice, code: str) -> str:
    return reverse("admin:juries_choice", args=[step_of(choice.dossier.procedure, code).pk, choice.pk])


def ready(procedure: Procedure, evaluators: tuple[User, User], number: int, path: str = "14") -> Choice:
    """A choice of which all has been said."""
    choice = passed(procedure, number)
    approved(choice)
    interviewed(choice, hours_ago=2 + number)
    for one in evaluators:
        marked(choice, one, path, "7")
    return choice


class TestWhoSeesWhat:
    def test_a_programme_sees_its_own_choices_as_they_arrived(self, procedure, juror):
        late, early = applicant(procedure, 1, days_ago=1), applicant(procedure, 2, days_ago=4)
        other = applicant(procedure, 3, "energy")
        for dossier, code in ((late, "data"), (early, "data"), (other, "energy")):
            let_pass(dossier, step_of(procedure, "study"), code)
        page = signed_in(juror).get(board_of(procedure, "admission")).text
        assert page.index(early.reference) < page.index(late.reference)
        assert other.reference not in page

    def test_neither_board_nor_page_opens_to_another_role_or_programme(self, procedure, juror):
        choice = passed(procedure)
        evaluator, stranger = worker(procedure, "evaluator", "data"), worker(procedure, "jury", "energy")
        assert signed_in(evaluator).get(board_of(procedure, "admission")).status_code == 404
        assert signed_in(stranger).get(page_of(choice, "admission")).status_code == 404
        assert choice.dossier.reference not in signed_in(stranger).get(board_of(procedure, "admission")).text
        assert signed_in(choice.dossier.candidate.user).get(board_of(procedure, "admission")).status_code in (302, 403)

    def test_one_evaluator_does_not_see_what_the_other_gave_before_the_own_is_there(
        self, procedure, evaluators, office, juror
    ):
        first, second = evaluators
        choice = passed(procedure)
        interviewed(choice)
        marked(choice, first, "13.75", "6.25")
        everywhere = [page_of(choice, "evaluation"), board_of(procedure, "evaluation", state="all")]
        for user in (second, office, juror):
            for address in everywhere:
                page = signed_in(user).get(address).text
                assert "13,75" not in page
                assert "6,25" not in page
        dossier = reverse("admin:applicants_dossier_change", args=[choice.dossier_id])
        assert "13,75" not in signed_in(second).get(dossier).text
        assert "13,75" in signed_in(first).get(everywhere[0]).text
        marked(choice, second, "10", "5")
        assert "13,75" in signed_in(second).get(everywhere[0]).text

    def test_who_only_evaluates_reads_the_opinion_when_all_evaluations_are_there(self, procedure, evaluators, juror):
        """Marks are given by what the candidate showed. Rules: BS-04, NE-04."""
        choice = passed(procedure)
        interviewed(choice)
        head = worker(procedure, "head", "data")
        opinion = step_of(procedure, "opinion")
        give_opinion(choice.pk, opinion.pk, favourable=True, comment="Le meilleur de l’année", by=head)
        first, second = evaluators
        pages = [page_of(choice, "evaluation"), board_of(procedure, "evaluation", state="all")]
        for address in pages:
            page = signed_in(first).get(address).text
            assert "avis favorable" not in page
            assert "Le meilleur" not in page
            assert "avis favorable" in signed_in(juror).get(address).text
        marked(choice, first, "13", "6")
        marked(choice, second, "10", "5")
        assert "Le meilleur" in signed_in(first).get(pages[0]).text

    def test_the_board_says_how_many_are_admitted_for_how_many_seats(self, procedure, evaluators, juror):
        Pool.objects.filter(programme__code="data").update(seats=1, calls=None)
        board = board_of(procedure, "admission")
        for number in (1, 2):
            choice = ready(procedure, evaluators, number)
            assert "de plus que de places" not in signed_in(juror).get(board).text
            signed_in(juror).post(page_of(choice, "admission"), {"act": "decide", "outcome": "admitted"})
        page = " ".join(signed_in(juror).get(board).text.split())
        assert "1 place, 2 candidats admis" in page
        assert "1 admis de plus que de places" in page

    def test_the_page_of_a_dossier_does_not_tell_what_another_programme_decided(self, procedure, juror, office):
        dossier = passed(procedure, 1, "data", "energy").dossier
        Decision.objects.create(
            dossier=dossier,
            choice=choice_of(dossier, "energy"),
            step=step_of(procedure, "admission"),
            outcome="refused",
            reason="Énergie insuffisante",
            decided_at=procedure.now(),
        )
        address = reverse("admin:applicants_dossier_change", args=[dossier.pk])
        assert "Énergie insuffisante" not in signed_in(juror).get(address).text
        assert "Énergie insuffisante" in signed_in(office).get(address).text

    def test_heads_and_evaluators_read_the_dossier_and_find_no_way_to_messages(self, procedure):
        choice = passed(procedure)
        address = reverse("admin:applicants_dossier_change", args=[choice.dossier_id])
        for kind in ("head", "evaluator"):
            page = signed_in(worker(procedure, kind, "data")).get(address)
            assert page.status_code == 200
            assert reverse("admin:juries_conversation", args=[choice.dossier_id]) not in page.text
            assert signed_in(worker(procedure, kind, "design")).get(address).status_code == 404

    def test_the_boards_of_a_common_jury_are_not_for_such_a_procedure(self, procedure, office):
        client, step = signed_in(office), step_of(procedure, "study")
        assert client.get(reverse("admin:juries_admissibility", args=[step.pk])).status_code in (403, 404)
        index = client.get(reverse("admin:index")).text
        assert reverse("admin:juries_opinion_changelist") in index
        assert reverse("admin:juries_mark_changelist") not in index


class TestActs:
    def test_the_head_gives_an_opinion(self, procedure):
        choice, head = passed(procedure), worker(procedure, "head", "data")
        typed = {"act": "opinion", "favourable": "no", "comment": "Trop loin du programme"}
        assert signed_in(head).post(page_of(choice, "opinion"), typed).status_code == 302
        assert Opinion.objects.get().comment == "Trop loin du programme"

    def test_what_is_refused_is_said_on_the_page_with_what_was_typed(self, procedure):
        choice, head = passed(procedure), worker(procedure, "head", "data")
        answer = signed_in(head).post(page_of(choice, "opinion"), {"act": "opinion", "favourable": "no"})
        assert "Dites au jury pourquoi" in answer.text

    def test_an_evaluator_fills_in_the_grid_with_commas(self, procedure, evaluators):
        choice = passed(procedure)
        interviewed(choice)
        typed = {"act": "evaluate", "mark_path": "12,5", "mark_project": "7", "comment": ""}
        assert signed_in(evaluators[0]).post(page_of(choice, "evaluation"), typed).status_code == 302
        assert Evaluation.objects.get().marks == {"path": "12.5", "project": "7"}

    def test_an_act_that_is_not_offered_is_not_there(self, procedure, juror):
        choice = passed(procedure)
        typed = {"act": "opinion", "favourable": "yes"}
        assert signed_in(juror).post(page_of(choice, "opinion"), typed).status_code == 404

    def test_out_of_turn_is_told_before_and_needs_its_reason(self, procedure):
        Step.objects.filter(procedure=procedure, code="study").update(in_order=True)
        first, second = applicant(procedure, 1, days_ago=2), applicant(procedure, 2, days_ago=1)
        service = signed_in(worker(procedure, "verifier"))
        address = page_of(choice_of(second), "study")
        assert first.reference in service.get(address).text
        typed = {"act": "decide", "outcome": "admissible"}
        assert "indiquez pourquoi" in service.post(address, typed).text
        assert service.post(address, typed | {"out_of_turn_because": "Part en avril"}).status_code == 302
        assert Decision.objects.get().out_of_turn_because == "Part en avril"

    def test_what_stands_before_the_decision_is_said_on_the_page(self, procedure, juror):
        assert "avis du responsable" in signed_in(juror).get(page_of(passed(procedure), "admission")).text

    def test_a_supplement_is_asked_for_and_judged(self, procedure, evaluators, juror):
        choice = ready(procedure, evaluators, 1, path="4")
        typed = {"act": "ask", "kind": "interview", "subject": "Votre projet", "due_at": "2026-03-25T12:00"}
        client = signed_in(juror)
        assert client.post(page_of(choice, "admission"), typed).status_code == 302
        assert "complément attendu" in client.get(page_of(choice, "admission")).text
        client.post(page_of(choice, "admission"), {"act": "judge", "presentable": "yes"})
        assert Supplement.objects.get().presentable is True

    def test_where_the_mean_suffices_no_supplement_is_offered(self, procedure, evaluators, juror):
        choice = ready(procedure, evaluators, 1)
        assert "Demander un complément" not in signed_in(juror).get(page_of(choice, "admission")).text


class TestPublishing:
    @pytest.fixture
    def decision(self, procedure, evaluators, juror) -> Decision:
        choice = ready(procedure, evaluators, 1)
        return decide_choice(choice.pk, step_of(procedure, "admission").pk, outcome="waiting", by=juror)

    def publish(self, procedure: Procedure) -> str:
        return reverse("admin:juries_publish_choices", args=[step_of(procedure, "admission").pk])

    def test_the_mail_is_read_before_it_leaves(self, procedure, decision, president):
        page = signed_in(president).get(f"{self.publish(procedure)}?decision={decision.pk}").text
        assert "liste d’attente" in page.lower()
        assert "Publier 1 décision" in page
        assert not Publication.objects.filter(step__code="admission").exists()

    def test_those_chosen_are_published_at_once_or_at_an_instant(self, procedure, decision, president):
        typed = {"decision": decision.pk, "visible_at": "2026-03-20T12:00"}
        assert signed_in(president).post(self.publish(procedure), typed).status_code == 302
        publication = Publication.objects.get(step__code="admission")
        assert publication.visible_at > procedure.now()
        withdraw = reverse("admin:juries_withdraw_choices", args=[publication.step_id, publication.pk])
        assert "Annuler cette publication" in signed_in(president).get(board_of(procedure, "admission")).text
        signed_in(president).post(withdraw)
        assert not Publication.objects.filter(step__code="admission").exists()

    def test_a_juror_publishes_nothing(self, procedure, decision, juror):
        assert signed_in(juror).post(self.publish(procedure), {"decision": decision.pk}).status_code == 404

    def test_what_is_late_is_said(self, procedure, decision, juror):
        set_clock(procedure, "2026-03-20 10:00")  # two working days after Monday are over
        page = signed_in(juror).get(board_of(procedure, "admission", state="done")).text
        assert "en retard, attendue avant le mercredi 18 mars 2026 à minuit" in page

    def test_who_waits_is_admitted_by_a_correction_of_two_persons(self, procedure, decision, president, office):
        """A freed rank must not stay on somebody who is admitted: the database forbids it. Rule: IIM-05."""
        publish_decisions([decision.pk], by=president)
        proposed = propose_correction(decision.pk, outcome="admitted", reason="Second entretien", by=president)
        line = next(line for line in at_the_programmes(roles_of(office), procedure) if "rectif" in line.label)
        assert line.count == 1
        assert confirm_correction(proposed.pk, by=office).rank is None

    def test_a_session_is_published_from_its_line(self, juror):
        sessions = store(read(FILE), rehearsal=True)
        set_clock(sessions, "2026-03-16 10:00")
        sessions = Procedure.objects.get(pk=sessions.pk)
        president = worker(sessions, "president", "data")
        dossier = applicant(sessions, 8, days_ago=5)
        let_pass(dossier, step_of(sessions, "study"))
        admission = step_of(sessions, "admission")
        client, session = signed_in(president), admission.sessions.get(number=1)
        publish = reverse("admin:juries_publish_choices", args=[admission.pk])
        board = board_of(sessions, "admission", session="1", state="all")
        before = client.get(board).text
        assert "Aucune décision à publier." in before
        assert f"{publish}?session={session.pk}" not in before
        decide_choice(choice_of(dossier).pk, admission.pk, outcome="refused", by=president)
        after = client.get(board).text
        assert dossier.reference in after
        assert f"{publish}?session={session.pk}" in after
        assert client.post(publish, {"session": session.pk, "visible_at": ""}).status_code == 302
        assert session.publications.count() == 1

    def test_a_session_whose_instant_is_past_is_published_at_once(self):
        """Not refused: the page says that without an instant it is so."""
        sessions = store(read(FILE), rehearsal=True)
        set_clock(sessions, "2026-04-16 10:00")
        sessions = Procedure.objects.get(pk=sessions.pk)
        president = worker(sessions, "president", "data")
        dossier = applicant(sessions, 8, days_ago=50)
        let_pass(dossier, step_of(sessions, "study"))
        admission = step_of(sessions, "admission")
        decide_choice(choice_of(dossier).pk, admission.pk, outcome="refused", by=president)
        [publication] = publish_session(admission.sessions.get(number=1).pk, by=president)
        assert publication.visible_at == sessions.now()


class TestInterviews:
    def test_staff_add_a_panel_open_slots_and_place_somebody(self, procedure, office):
        choice, client = passed(procedure), signed_in(office)
        address, data = board_of(procedure, "interview"), procedure.programmes.get(code="data")
        made = {"act": "add_panel", "name": "Jury A", "test": "interview", "programme_id": data.pk, "room": "B12"}
        assert client.post(address, made).status_code == 302
        held_by = Panel.objects.get()
        hours = {"day": "2026-03-18", "day_start": "09:00", "day_end": "10:00", "minutes_between": "0"}
        assert client.post(address, {"act": "offer", "panel_id": held_by.pk} | hours).status_code == 302
        assert TestSlot.objects.count() == 2
        place = reverse("admin:juries_place_choice", args=[step_of(procedure, "interview").pk, choice.pk])
        assert place in client.get(address).text
        assert client.post(place, {"slot": TestSlot.objects.earliest("starts_at").pk}).status_code == 302
        assert TestSlot.objects.filter(choice=choice).count() == 1
        assert place not in client.get(address).text
        assert client.post(address, {"act": "withdraw", "panel": held_by.pk, "day": "2026-03-18"}).status_code == 302
        assert TestSlot.objects.count() == 1

    def test_an_absence_is_noted(self, procedure, office, juror):
        held = interviewed(passed(procedure))
        address = reverse("admin:juries_interview", args=[step_of(procedure, "interview").pk, held.pk])
        client = signed_in(juror)
        assert "n’est pas venu" in client.get(address).text
        client.post(address, {"absent": "yes"})
        held.refresh_from_db()
        assert held.missed_at is not None

    def test_another_programmes_panel_is_not_there(self, procedure, office, juror):
        elsewhere = panel(procedure, "energy", "Jury E")
        assert "Jury E" not in signed_in(juror).get(board_of(procedure, "interview")).text
        answer = signed_in(juror).post(board_of(procedure, "interview"), {"act": "remove_panel", "panel": elsewhere.pk})
        assert answer.status_code == 404


class TestStartPage:
    def lines(self, user: User, procedure: Procedure) -> dict[str, int]:
        return {line.label: line.count for line in at_the_programmes(roles_of(user), procedure) if line.count}

    def test_each_role_is_told_of_its_own(self, procedure, evaluators, juror, president):
        choice = passed(procedure)
        passed(procedure, 2, "energy")
        head = worker(procedure, "head", "data")
        assert self.lines(head, procedure) == {"candidature attend votre avis": 1}
        assert self.lines(evaluators[0], procedure) == {}
        interviewed(choice)
        assert self.lines(evaluators[0], procedure) == {"candidature attend votre évaluation": 1}
        marked(choice, evaluators[0], "12", "6")
        assert self.lines(evaluators[0], procedure) == {}
        assert self.lines(juror, procedure) == {"candidature à décider, Admission": 1}
        assert self.lines(worker(procedure, "verifier"), procedure) == {"candidature sans créneau libre à choisir": 1}

    def test_where_staff_place_who_has_no_slot_waits_for_them(self, procedure, juror):
        passed(procedure)
        procedure.steps.filter(code="interview").update(booking="staff", booking_closes_hours=None)
        assert self.lines(juror, procedure)["candidature sans créneau d’entretien"] == 1

    def test_where_candidates_choose_they_wait_while_no_slot_is_free(self, procedure, office, juror):
        passed(procedure)
        assert self.lines(juror, procedure)["candidature sans créneau libre à choisir"] == 1
        slot(panel(procedure, "energy", "Jury E"), 18, 9)
        assert "candidature sans créneau libre à choisir" in self.lines(juror, procedure)
        slot(panel(procedure), 18, 9)
        assert not [label for label in self.lines(juror, procedure) if "créneau" in label]

    def test_decisions_to_publish_are_due_in_working_days(self, procedure, evaluators, juror, president):
        choice = ready(procedure, evaluators, 1)
        decide_choice(choice.pk, step_of(procedure, "admission").pk, outcome="refused", by=juror)
        line = next(
            line for line in at_the_programmes(roles_of(president), procedure) if "publier" in line.label and line.count
        )
        assert line.due == dt.datetime(2026, 3, 18, 23, tzinfo=dt.UTC)

    def test_an_answered_supplement_waits_to_be_judged(self, procedure, evaluators, juror):
        choice = ready(procedure, evaluators, 1, path="4")
        ask_supplement(choice.pk, kind="written", subject="Projet", due_at=procedure.now() + DAY, by=juror)
        assert "complément à juger" not in self.lines(juror, procedure)
        set_clock(procedure, "2026-03-18 10:00")
        assert self.lines(juror, procedure)["complément à juger"] == 1


@pytest.mark.parametrize("code", ["study", "opinion", "interview", "evaluation", "admission"])
def test_a_board_asks_as_much_for_fifty_as_for_one(procedure, office, evaluators, president, code, count_queries):
    address = board_of(procedure, code, state="all") if code != "interview" else board_of(procedure, code)
    ready(procedure, evaluators, 1)
    decided = ready(procedure, evaluators, 60)
    decision = decide_choice(decided.pk, step_of(procedure, "admission").pk, outcome="refused", by=president)
    publish_decisions([decision.pk], visible_at=procedure.now() + DAY, by=president)
    slot(Panel.objects.get(), 20, 9)
    with_one = count_queries(office, address)
    for number in range(2, 51):
        passed(procedure, number)
    held_by, hour = Panel.objects.get(), dt.timedelta(hours=1)
    begins = [procedure.now() + DAY + number * hour for number in range(50)]
    slots = [TestSlot(panel=held_by, test="interview", starts_at=one, ends_at=one + hour / 2) for one in begins]
    TestSlot.objects.bulk_create(slots)
    assert Dossier.objects.count() == 51
    assert count_queries(office, address) == with_one <= 15
