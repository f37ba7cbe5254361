"""Slots of interviews: whom they are for, who may take or change one until when, and what the candidate is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Choice
from applicants.tests.scenario import set_clock
from applicants.tests.test_races import both
from journal.errors import NotAllowed
from juries.booking import NotBookable, book_slot, booking_of
from juries.choices_before import NotBefore
from juries.departures import free_slots as free_slots_of_ended
from juries.interviews import note_absence, offer_slots, place_choice, withdraw_slots
from juries.models import Panel, TestSlot
from juries.planning import NotPlannable, change_panel, remove_panel
from juries.supplements import ask_supplement
from juries.tests import hearings
from juries.tests.hearings import applicant, choice_of, interviewed, office, panel, passed, slot, worker
from notifications.models import Mail
from programmes.models import Procedure

pytestmark = pytest.mark.django_db
EIGHT, NOON = dt.time(8), dt.time(12)


@pytest.fixture
def procedure() -> Procedure:
    return hearings.heard_procedure()


@pytest.fixture
def choice(procedure: Procedure) -> Choice:
    """A candidate whom the study let pass; now is Monday 16 March, 10 o'clock."""
    return passed(procedure)


@pytest.fixture
def held_by(choice: Choice) -> Panel:
    return panel(choice.dossier.procedure)


def person_of(choice: Choice) -> User:
    return choice.dossier.candidate.user


def book(chosen: TestSlot, choice: Choice) -> TestSlot:
    return book_slot(chosen.pk, choice.pk, by=person_of(choice))


class TestTheCandidateBooks:
    def test_a_free_slot_is_taken_and_told_with_a_calendar_file(self, choice, held_by):
        book(slot(held_by, 18, 14), choice)
        taken = TestSlot.objects.get()
        assert (taken.choice, taken.dossier) == (choice, choice.dossier)
        mail = Mail.objects.get(kind="slot_booked")
        assert "BEGIN:VEVENT" in mail.calendar
        assert f"{choice.dossier_id}-{choice.pk}-interview@" in mail.calendar.replace("\r\n ", "")

    def test_a_taken_one_is_not(self, procedure, choice, held_by):
        wanted = slot(held_by, 18, 14)
        book(wanted, choice)
        with pytest.raises(NotBookable, match="vient d’être pris"):
            book(wanted, passed(procedure, 2))

    def test_the_same_again_is_no_error_and_tells_nothing_more(self, choice, held_by):
        wanted = slot(held_by, 18, 14)
        for _ in range(2):
            book(wanted, choice)
        assert Mail.objects.filter(kind="slot_booked").count() == 1

    def test_another_one_frees_the_first(self, choice, held_by):
        first, second = slot(held_by, 18, 14), slot(held_by, 19, 14)
        book(first, choice)
        book(second, choice)
        first.refresh_from_db()
        assert (first.choice, first.dossier, first.summoned_at) == (None, None, None)
        replaced = [mail.context["replaces"] for mail in Mail.objects.filter(kind="slot_booked").order_by("queued_at")]
        assert sorted(replaced) == [False, True]

    def test_it_changes_until_the_hours_given_before(self, procedure, choice, held_by):
        first, second = slot(held_by, 18, 14), slot(held_by, 20, 14)
        book(first, choice)
        set_clock(procedure, "2026-03-17 14:00:00")  # 24 hours before
        with pytest.raises(NotBookable, match="ne se change plus"):
            book(second, choice)

    def test_one_that_is_too_near_cannot_be_taken(self, choice, held_by):
        with pytest.raises(NotBookable, match="trop proche"):
            book(slot(held_by, 17, 10), choice)

    def test_a_panel_of_another_programme_is_not_for_this_choice(self, procedure, choice):
        with pytest.raises(NotBookable):
            book(slot(panel(procedure, "design"), 18, 14), choice)

    def test_a_panel_of_the_whole_school_is(self, procedure, choice, held_by):
        Panel.objects.update(programme=None)
        book(slot(held_by, 18, 14), choice)
        book(slot(held_by, 18, 15), passed(procedure, 2, "design"))

    def test_who_was_not_let_pass_has_nothing_to_book(self, procedure, choice, held_by):
        other = choice_of(applicant(procedure, 2))
        with pytest.raises(NotBookable):
            book(slot(held_by, 18, 14), other)
        assert booking_of(other) is None

    def test_nobody_books_for_another(self, procedure, choice, held_by):
        stranger = person_of(passed(procedure, 2))
        with pytest.raises(Choice.DoesNotExist):
            book_slot(slot(held_by, 18, 14).pk, choice.pk, by=stranger)

    def test_two_choices_of_a_dossier_have_an_interview_each_and_not_at_once(self, procedure, held_by):
        one = passed(procedure, 5, "data", "energy")
        other = choice_of(one.dossier, "energy")
        elsewhere = panel(procedure, "energy", "Jury E")
        book(slot(held_by, 18, 14), one)
        with pytest.raises(NotPlannable, match="déjà un entretien"):
            book(slot(elsewhere, 18, 14), other)
        book(slot(elsewhere, 18, 15), other)
        assert one.dossier.test_slots.count() == 2

    def test_where_staff_place_the_candidate_chooses_nothing(self, procedure, choice, held_by):
        procedure.steps.filter(code="interview").update(booking="staff", booking_closes_hours=None)
        with pytest.raises(NotBookable):
            book(slot(held_by, 18, 14), choice)
        place_choice(TestSlot.objects.get().pk, choice.pk, by=office())
        found = booking_of(choice)
        assert found is not None
        assert len(found.slots) == 1
        assert not found.may_change

    def test_a_further_interview_is_booked_beside_the_first(self, procedure, choice, held_by):
        first = interviewed(choice)
        procedure.steps.filter(code="evaluation").delete()
        due = procedure.now() + dt.timedelta(days=7)
        asked = ask_supplement(choice.pk, kind="interview", subject="Votre projet", due_at=due, by=office())
        found = booking_of(choice)
        assert found is not None
        assert found.supplement == asked
        assert found.is_missing
        book(slot(held_by, 19, 9), choice)
        first.refresh_from_db()
        assert first.choice == choice
        assert asked.slots.count() == 1


class TestStaff:
    def test_slots_are_cut_beside_those_that_are_there(self, choice, held_by):
        taken = slot(held_by, 18, 9)
        book(taken, choice)
        made = offer_slots(held_by.pk, day=dt.date(2026, 3, 18), day_start=EIGHT, day_end=NOON, by=office())
        assert made == 7
        assert withdraw_slots(held_by.pk, day=dt.date(2026, 3, 18), by=office()) == 7
        assert list(TestSlot.objects.all()) == [taken]

    def test_none_are_cut_in_the_past(self, choice, held_by):
        with pytest.raises(NotPlannable, match="Aucun créneau"):
            offer_slots(held_by.pk, day=dt.date(2026, 3, 13), day_start=EIGHT, day_end=NOON, by=office())

    def test_the_jury_of_another_programme_plans_nothing_here(self, procedure, choice, held_by):
        stranger = worker(procedure, "jury", "design")
        with pytest.raises(NotAllowed):
            offer_slots(held_by.pk, day=dt.date(2026, 3, 18), day_start=EIGHT, day_end=NOON, by=stranger)
        with pytest.raises(Choice.DoesNotExist):
            place_choice(slot(held_by, 18, 9).pk, choice.pk, by=stranger)

    def test_somebody_is_placed_even_shortly_before(self, choice, held_by):
        place_choice(slot(held_by, 16, 15).pk, choice.pk, by=office())
        assert TestSlot.objects.get().choice == choice
        assert Mail.objects.filter(kind="slot_booked").count() == 1

    def test_nobody_is_placed_who_is_not_so_far(self, procedure, choice, held_by):
        with pytest.raises(NotBefore):
            place_choice(slot(held_by, 18, 9).pk, choice_of(applicant(procedure, 2)).pk, by=office())

    def test_an_absence_is_noted_once_it_began_and_taken_back(self, choice, held_by):
        to_come = slot(held_by, 18, 14)
        book(to_come, choice)
        with pytest.raises(NotPlannable, match="pas encore commencé"):
            note_absence(to_come.pk, absent=True, by=office())
        held = interviewed(passed(choice.dossier.procedure, 2))
        assert note_absence(held.pk, absent=True, by=office()).missed_at is not None
        assert note_absence(held.pk, absent=False, by=office()).missed_at is None

    def test_who_missed_it_does_not_choose_again_but_is_placed(self, choice, held_by):
        missed, free = interviewed(choice), slot(held_by, 19, 9)
        note_absence(missed.pk, absent=True, by=office())
        with pytest.raises(NotBookable):
            book(free, choice)
        place_choice(free.pk, choice.pk, by=office())
        free.refresh_from_db()
        assert free.missed_at is None

    def test_a_panel_that_moves_tells_who_comes_and_one_that_sees_somebody_stays(self, choice, held_by):
        book(slot(held_by, 18, 14), choice)
        change_panel(held_by.pk, room="B12", remote_url="", by=office())
        assert Mail.objects.filter(kind="slot_booked", context__replaces=True).count() == 1
        assert not Mail.objects.filter(kind="summons").exists()
        with pytest.raises(NotPlannable):
            remove_panel(held_by.pk, by=office())

    def test_who_leaves_gives_the_slot_back(self, choice, held_by):
        book(slot(held_by, 18, 14), choice)
        free_slots_of_ended(str(choice.dossier_id))
        assert TestSlot.objects.get().choice is None


class TestPages:
    def client_of(self, choice: Choice) -> Client:
        client = Client()
        client.force_login(person_of(choice))
        return client

    def address(self, choice: Choice, name: str = "booking") -> str:
        return reverse(f"juries:{name}", args=[choice.dossier.procedure.slug, choice.pk])

    def test_the_page_shows_the_free_slots_then_the_one_taken(self, choice, held_by):
        wanted, client = slot(held_by, 18, 14), self.client_of(choice)
        assert "Choisissez l’heure" in client.get(self.address(choice)).text
        assert client.post(self.address(choice), {"slot": wanted.pk}).status_code == 302
        page = client.get(self.address(choice)).text
        assert "visio.example.org" in page
        assert "Vous pouvez en changer jusqu’au mardi 17 mars 2026" in page
        assert "BEGIN:VEVENT" in client.get(self.address(choice, "booking_calendar")).text

    def test_a_jury_that_holds_all_slots_is_named_once(self, choice, held_by):
        for hour in (14, 15, 16):
            slot(held_by, 18, hour)
        assert self.client_of(choice).get(self.address(choice)).text.count("Jury A, à distance") == 1

    def test_who_comes_second_is_told(self, procedure, choice, held_by):
        wanted, second = slot(held_by, 18, 14), passed(procedure, 2)
        book(wanted, choice)
        answer = self.client_of(second).post(self.address(second), {"slot": wanted.pk})
        assert "vient d’être pris" in answer.text

    def test_nobody_else_finds_it(self, procedure, choice):
        other = self.client_of(passed(procedure, 2))
        assert other.get(self.address(choice)).status_code == 404

    def test_before_it_is_public_there_is_no_page(self, procedure):
        hidden = choice_of(applicant(procedure, 4))
        assert self.client_of(hidden).get(self.address(hidden)).status_code == 404


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestRace:
    @pytest.fixture
    def two(self, procedure):
        """Two candidates, and the one slot that both want."""
        first, second = passed(procedure), passed(procedure, 2)
        wanted = slot(panel(procedure), 18, 14)
        return wanted, first, second

    def test_of_two_who_take_it_at_once_one_is_refused(self, two):
        wanted, first, second = two
        taken, refused = both(lambda: book(wanted, first), lambda: book(wanted, second))
        assert isinstance(taken, TestSlot)
        assert isinstance(refused, NotBookable)
        assert TestSlot.objects.get().choice == first

    def test_without_the_lock_the_second_drives_the_first_out(self, two, monkeypatch):
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
        wanted, first, second = two
        _taken, other = both(lambda: book(wanted, first), lambda: book(wanted, second))
        assert isinstance(other, TestSlot)
        assert TestSlot.objects.get().choice == second
        assert Mail.objects.filter(kind="slot_booked").count() == 2
