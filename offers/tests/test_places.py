"""Places confirmed one by one: offered, confirmed, given up, released, and never more of them than seats."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applicants.deposits import deposit_of
from applicants.editing import NotEditable
from applicants.endings import void_dossier, withdraw_dossier
from applicants.models import Answer, Correction, Status
from applicants.papers import deposit_paper
from applicants.tests import scenario
from applicants.tests.scenario import set_clock
from documents.models import Notice
from journal.errors import Closed, NotAllowed, Refused
from journal.models import Entry
from juries.choice_decisions import decide_choice
from juries.choice_publication import publish_decisions
from juries.models import Decision
from juries.publication import announce, confirm_correction, propose_correction
from notifications.models import Mail
from offers.models import Enrolment, Place
from offers.place_confirmation import NotOpen, confirm_by_word
from offers.place_desk import NotAwaited, review_paper_of_place
from offers.place_endings import NotOverdue, NotStanding, decline_place, postpone_place, postpone_tuition, release_place
from offers.places import offer_if_admitted, offer_to_admitted
from offers.start_letters import NothingToSend, send_start_letters
from offers.tests.admitted import (
    ADMITTED,
    BY_STAFF,
    BY_WORD,
    FUNDING,
    REFUSED,
    TUITION,
    WAITING,
    accept_form,
    admit,
    announce_deposit,
    applicant,
    choice_of,
    decide,
    deposit_form,
    due_acts,
    follow_up,
    owner,
    pay_deposit,
    small,
    state_of,
    worker,
)
from offers.waiting_list import NobodyToCall, call_next, next_in_line
from payments.models import Charge
from programmes.models import Pool, Procedure
from programmes.words import PARIS

LAST_SECOND, OVER, RELEASED_AT = "2026-06-16 23:59:59", "2026-06-17 00:00:00", "2026-06-17 00:11"
State = Place.State


@pytest.fixture
def procedure(db: None) -> Procedure:
    """By a paper and a deposit; released and called by itself."""
    return small()


@pytest.fixture
def by_word(db: None) -> Procedure:
    """By the candidate's word; staff release and call."""
    return small(*BY_WORD, *BY_STAFF)


@pytest.fixture
def service(procedure: Procedure) -> User:
    """Who keeps the places of the programme."""
    return worker(procedure, "verifier", "data")


@pytest.fixture
def office(procedure: Procedure) -> User:
    return worker(procedure, "office")


def pool_of(procedure: Procedure, programme: str = "data") -> Pool:
    return Pool.objects.get(programme__procedure=procedure, programme__code=programme)


class TestOffering:
    def test_who_is_admitted_has_a_place_until_the_end_of_the_fifteenth_day(self, procedure):
        place = admit(procedure, 1)
        assert place.until == dt.datetime(2026, 6, 17, tzinfo=PARIS)
        assert place.dossier.place_until == place.until
        mail = Mail.objects.get(kind="place_offered")
        said = scenario.words_of(mail)
        assert "mardi 16 juin 2026 à minuit" in said
        assert "Bulletin d’engagement" in said
        assert "450" in said
        assert Notice.objects.filter(kind="place", recipient=owner(place)).exists()

    def test_told_twice_the_place_is_one(self, procedure):
        place = admit(procedure, 1)
        offer_if_admitted(str(place.decision_id))
        offer_to_admitted(str(place.decision.publication_id))
        assert Place.objects.count() == 1
        assert Mail.objects.filter(kind="place_offered").count() == 1

    def test_nobody_else_has_one(self, procedure):
        for number, outcome in enumerate((WAITING, REFUSED), start=1):
            decide(applicant(procedure, number), outcome)
        assert not Place.objects.exists()

    def test_a_jury_that_admits_more_than_there_are_seats_makes_the_last_wait_for_one(self, procedure):
        places = [admit(procedure, number) for number in (1, 2)]
        decide(applicant(procedure, 3), ADMITTED)
        decide(applicant(procedure, 4), WAITING)
        assert Place.objects.count() == 2
        decline_place(places[0].pk, by=owner(places[0]))
        due_acts(procedure)
        assert {place.dossier.reference for place in Place.objects.standing()} == {"T-000002", "T-000003"}

    @pytest.mark.parametrize("seats", [1, 6])
    def test_those_admitted_together_are_offered_theirs_together_the_first_ones_where_seats_are_few(
        self, db: None, django_assert_num_queries: DjangoAssertNumQueries, seats: int
    ):
        procedure = small(*BY_WORD, ("data: [2]", f"data: [{seats}]"))
        president, step = worker(procedure, "president"), procedure.steps.get(kind="admission")
        dossiers = [applicant(procedure, number) for number in range(1, 8)]
        decisions = [decide_choice(choice_of(one).pk, step.pk, outcome=ADMITTED, by=president) for one in dossiers]
        [publication] = publish_decisions([decision.pk for decision in decisions], by=president)
        assert announce(publication.pk) == 7
        with django_assert_num_queries(11 + 1):  # and once, which of them are to be kept for their study
            offer_to_admitted(str(publication.pk))
        assert {place.decision for place in Place.objects.all()} == set(decisions[:seats])
        assert Mail.objects.filter(kind="place_offered").count() == Notice.objects.filter(kind="place").count() == seats
        assert Entry.objects.filter(event="place.offered").count() == seats

    def test_the_deposit_is_asked_for_with_it(self, procedure):
        place = admit(procedure, 1)
        charge = deposit_of(place.dossier, place.choice.programme)
        assert charge is not None
        assert (charge.amount, charge.due_at) == (45_000, place.until)

    def test_a_refusal_corrected_into_an_admission_gives_a_place(self, procedure, office):
        dossier = applicant(procedure, 1)
        correct(decide(dossier, REFUSED), ADMITTED, by=office)
        assert Place.objects.get().dossier == dossier
        assert not dossier.list_entries.exists()

    def test_so_does_a_rank_on_the_waiting_list(self, procedure, office):
        correct(decide(applicant(procedure, 1), WAITING), ADMITTED, by=office)
        assert Place.objects.get().decision.rank is None


def correct(decision: Decision, outcome: str, *, by: User) -> None:
    """Two persons correct a published decision."""
    correction = propose_correction(decision.pk, outcome=outcome, reason="Erreur de saisie", by=by)
    confirm_correction(correction.pk, by=User.objects.get(email="president.tous@example.org"))
    follow_up()


class TestConfirming:
    def test_paper_accepted_and_deposit_come_the_seat_is_taken(self, procedure, service, office):
        place = admit(procedure, 1)
        accept_form(place, service)
        assert state_of(place) == State.OFFERED
        pay_deposit(place, office)
        assert state_of(place) == State.CONFIRMED
        assert Enrolment.objects.get().state == Enrolment.State.DEFINITIVE  # the title is held
        assert Mail.objects.filter(kind="admission_pronounced").count() == 1
        letter = Notice.objects.get(kind="enrolment")
        assert letter.context["confirmed"] is True

    def test_in_the_other_order_too(self, procedure, service, office):
        place = admit(procedure, 1)
        pay_deposit(place, office)
        accept_form(place, service)
        assert state_of(place) == State.CONFIRMED

    def test_a_paper_that_need_not_be_accepted_is_enough_once_it_is_there(self, db):
        procedure = small(("deposit: oui\n", "papers_checked: non\n"))
        place = admit(procedure, 1)
        deposit_form(place)
        due_acts(procedure)
        assert state_of(place) == State.CONFIRMED

    def test_where_nothing_is_asked_a_word_confirms(self, by_word):
        place = admit(by_word, 1)
        confirm_by_word(place.pk, by=owner(place))
        confirm_by_word(place.pk, by=owner(place))
        assert state_of(place) == State.CONFIRMED
        assert Enrolment.objects.count() == 1

    def test_where_something_is_asked_a_word_is_not_enough(self, procedure):
        place = admit(procedure, 1)
        with pytest.raises(NotOpen):
            confirm_by_word(place.pk, by=owner(place))

    def test_nobody_confirms_anothers(self, by_word):
        place, other = admit(by_word, 1), admit(by_word, 2)
        with pytest.raises(Place.DoesNotExist):
            confirm_by_word(place.pk, by=owner(other))

    def test_until_the_last_second_and_no_later(self, by_word):
        first, second = admit(by_word, 1), admit(by_word, 2)
        set_clock(by_word, LAST_SECOND)
        confirm_by_word(first.pk, by=owner(first))
        set_clock(by_word, OVER)
        with pytest.raises(Closed, match="mardi 16 juin 2026 à minuit"):
            confirm_by_word(second.pk, by=owner(second))

    def test_without_the_title_the_seat_is_conditional_and_lapses(self, by_word):
        """Rules: NE-02, AST-22."""
        place = admit(by_word, 1, titled=False)
        assert place.decision.outcome == Decision.Outcome.CONDITIONAL
        confirm_by_word(place.pk, by=owner(place))
        assert Enrolment.objects.get().state == Enrolment.State.AWAITING_TITLE
        assert "septembre" in scenario.words_of(Mail.objects.get(kind="place_confirmed"))
        set_clock(by_word, "2026-10-01 00:11")
        due_acts(by_word)
        assert state_of(place) == State.LAPSED
        assert Enrolment.objects.get().state == Enrolment.State.LAPSED

    def test_to_confirm_one_is_to_give_the_others_up(self, by_word):
        """Rule: APP-15."""
        place = admit(by_word, 1, "data", "energy")
        decide(place.dossier, ADMITTED, "energy")
        other = Place.objects.get(choice=choice_of(place.dossier, "energy"))
        confirm_by_word(other.pk, by=owner(place))
        assert (state_of(place), state_of(other)) == (State.DECLINED, State.CONFIRMED)

    def test_one_may_still_change_for_a_place_that_comes_later(self, by_word):
        place = admit(by_word, 1, "data", "energy")
        confirm_by_word(place.pk, by=owner(place))
        decide(place.dossier, ADMITTED, "energy")
        later = Place.objects.get(choice=choice_of(place.dossier, "energy"))
        confirm_by_word(later.pk, by=owner(place))
        assert (state_of(place), state_of(later)) == (State.DECLINED, State.CONFIRMED)
        assert Enrolment.objects.get().pool == later.pool
        assert Notice.objects.filter(kind="enrolment", replaced_by=None).count() == 1

    def test_the_first_instalment_of_tuition_comes_with_the_confirmation(self, db):
        """Rule: NE-08."""
        procedure = small(*BY_WORD, TUITION, FUNDING)
        place = admit(procedure, 1)
        Answer.objects.create(dossier=place.dossier, field="funding", value="self", saved_at=procedure.now())
        assert not Charge.objects.filter(reason="instalment").exists()
        set_clock(procedure, "2026-06-03 09:00")
        confirm_by_word(place.pk, by=owner(place))
        charge = Charge.objects.get(reason="instalment")
        assert (charge.amount, charge.due_at) == (250_000, dt.datetime(2026, 6, 19, tzinfo=PARIS))
        with pytest.raises(NotAllowed):
            postpone_tuition(place.pk, dt.date(2026, 6, 20), by=worker(procedure, "verifier", "energy"))
        postpone_tuition(place.pk, dt.date(2026, 6, 20), by=worker(procedure, "verifier", "data"))
        charge.refresh_from_db()
        assert charge.due_at == dt.datetime(2026, 6, 21, tzinfo=PARIS)
        assert Mail.objects.filter(kind="instalment_postponed").count() == 1
        decline_place(place.pk, by=owner(place))
        charge.refresh_from_db()
        assert charge.state == Charge.State.CANCELLED

    def test_a_dossier_goes_with_its_place(self, by_word):
        place = admit(by_word, 1)
        confirm_by_word(place.pk, by=owner(place))
        place.dossier.delete()
        assert not Place.objects.exists()


class TestPapersOfAPlace:
    def test_they_are_asked_of_nobody_without_a_place(self, procedure):
        dossier = applicant(procedure, 1)
        with pytest.raises(NotEditable, match="confirme une place"):
            deposit_paper(dossier.pk, "commitment", scenario.pdf(), by=dossier.candidate.user)

    def test_nor_of_a_draft(self, procedure):
        dossier = applicant(procedure, 1)
        dossier.status, dossier.validated_at = Status.DRAFT, None
        dossier.save()
        set_clock(procedure, "2026-03-01 10:00")
        with pytest.raises(NotEditable, match="confirme une place"):
            deposit_paper(dossier.pk, "commitment", scenario.pdf(), by=dossier.candidate.user)

    def test_they_close_with_the_delay_and_with_the_place(self, procedure):
        first, second = admit(procedure, 1), admit(procedure, 2)
        deposit_form(first)
        decline_place(first.pk, by=owner(first))
        with pytest.raises(NotEditable):
            deposit_form(first)
        set_clock(procedure, OVER)
        with pytest.raises(NotEditable):
            deposit_form(second)

    def test_a_refused_one_is_asked_for_again_and_keeps_the_place_meanwhile(self, procedure, service, office):
        place = admit(procedure, 1)
        pay_deposit(place, office)
        set_clock(procedure, LAST_SECOND)
        document = deposit_form(place)
        review_paper_of_place(place.pk, document.pk, accepted=False, reason="Il manque la signature.", by=service)
        follow_up()
        assert Correction.objects.get().opens == ["paper:commitment"]
        set_clock(procedure, RELEASED_AT)
        due_acts(procedure)
        assert state_of(place) == State.OFFERED
        accept_form(place, service)
        assert state_of(place) == State.CONFIRMED

    def test_another_schools_service_does_not_review_them(self, procedure):
        place = admit(procedure, 1)
        with pytest.raises(NotAllowed):
            accept_form(place, worker(procedure, "verifier", "energy"))

    def test_nor_are_other_papers_reviewed_there(self, procedure, service):
        place = admit(procedure, 1, titled=False)
        document = deposit_paper(place.dossier_id, "diploma", scenario.pdf(), by=owner(place))
        with pytest.raises(NotAwaited):
            review_paper_of_place(place.pk, document.pk, accepted=True, by=service)


class TestReleasing:
    def test_it_is_released_by_itself_a_little_after_the_delay(self, procedure):
        place = admit(procedure, 1)
        set_clock(procedure, OVER)
        due_acts(procedure)
        assert state_of(place) == State.OFFERED
        set_clock(procedure, RELEASED_AT)
        due_acts(procedure)
        assert state_of(place) == State.RELEASED
        assert Charge.objects.get(reason="deposit").state == Charge.State.CANCELLED
        assert Mail.objects.filter(kind="place_ended").count() == 1
        assert not Notice.objects.filter(kind__in=["decision", "place"], replaced_by=None).exists()

    def test_what_waits_for_the_school_keeps_it(self, procedure, service):
        place = admit(procedure, 1)
        deposit_form(place)
        announce_deposit(place)
        set_clock(procedure, RELEASED_AT)
        due_acts(procedure)
        assert state_of(place) == State.OFFERED
        with pytest.raises(NotOverdue, match="examinez"):
            release_place(place.pk, by=service)

    def test_where_staff_release_nothing_happens_by_itself(self, by_word):
        place = admit(by_word, 1)
        set_clock(by_word, RELEASED_AT)
        due_acts(by_word)
        assert state_of(place) == State.OFFERED
        release_place(place.pk, by=worker(by_word, "verifier", "data"))
        assert state_of(place) == State.RELEASED

    def test_staff_do_not_release_it_before(self, by_word):
        place = admit(by_word, 1)
        with pytest.raises(NotOverdue):
            release_place(place.pk, by=worker(by_word, "verifier", "data"))

    def test_nor_staff_of_another_school_nor_a_juror(self, by_word):
        place = admit(by_word, 1)
        set_clock(by_word, RELEASED_AT)
        for kind, programme in (("verifier", "energy"), ("jury", "data")):
            with pytest.raises(NotAllowed):
                release_place(place.pk, by=worker(by_word, kind, programme))

    def test_more_time_opens_all_again(self, procedure, service):
        place = admit(procedure, 1)
        set_clock(procedure, OVER)
        postpone_place(place.pk, dt.date(2026, 6, 20), by=service)
        deposit_form(place)
        announce_deposit(place)
        with pytest.raises(Refused, match="après la fin du délai"):
            postpone_place(place.pk, dt.date(2026, 6, 20), by=service)

    def test_the_deposit_that_comes_after_all_is_given_back(self, procedure, office):
        place = admit(procedure, 1)
        announce_deposit(place)
        decline_place(place.pk, by=owner(place))
        charge = Charge.objects.get(reason="deposit")
        assert charge.state == Charge.State.CANCELLED


class TestGivingUp:
    def test_a_confirmed_place_may_be_given_up(self, by_word):
        place = admit(by_word, 1)
        confirm_by_word(place.pk, by=owner(place))
        decline_place(place.pk, by=owner(place))
        decline_place(place.pk, by=owner(place))
        assert state_of(place) == State.DECLINED
        assert Enrolment.objects.get().state == Enrolment.State.GIVEN_UP
        assert not Notice.objects.filter(kind="enrolment", replaced_by=None).exists()

    def test_what_ended_otherwise_is_not_given_up(self, by_word):
        place = admit(by_word, 1)
        set_clock(by_word, RELEASED_AT)
        release_place(place.pk, by=worker(by_word, "verifier", "data"))
        with pytest.raises(NotStanding):
            decline_place(place.pk, by=owner(place))

    def test_who_withdraws_frees_it(self, by_word):
        place = admit(by_word, 1)
        confirm_by_word(place.pk, by=owner(place))
        withdraw_dossier(place.dossier_id, by=owner(place))
        follow_up()
        assert state_of(place) == State.DECLINED

    def test_a_voided_dossier_loses_it(self, procedure, office):
        place = admit(procedure, 1)
        void_dossier(place.dossier_id, reason="Faux diplôme", by=office)
        follow_up()
        assert state_of(place) == State.REVOKED
        assert not Mail.objects.filter(kind="place_ended").exists()

    def test_a_corrected_admission_takes_back_its_place_alone(self, by_word):
        office = worker(by_word, "office")
        place = admit(by_word, 1, "data", "energy")
        decide(place.dossier, ADMITTED, "energy")
        other = Place.objects.get(choice=choice_of(place.dossier, "energy"))
        correct(place.decision, REFUSED, by=office)
        assert (state_of(place), state_of(other)) == (State.REVOKED, State.OFFERED)
        assert Notice.objects.filter(kind="place", replaced_by=None).count() == 1


class TestTheWaitingList:
    @pytest.fixture
    def full(self, procedure):
        """Two places, and three who wait in the order of their numbers."""
        places = [admit(procedure, number) for number in (1, 2)]
        for number in (3, 4, 5):
            decide(applicant(procedure, number), WAITING)
        return places

    def standing(self) -> list[str]:
        return sorted(Place.objects.standing().values_list("dossier__reference", flat=True))

    def test_a_seat_that_is_freed_goes_to_the_next_by_rank(self, procedure, full):
        due_acts(procedure)
        assert self.standing() == ["T-000001", "T-000002"]
        decline_place(full[0].pk, by=owner(full[0]))
        due_acts(procedure)
        due_acts(procedure)
        assert self.standing() == ["T-000002", "T-000003"]
        called = Mail.objects.get(kind="place_offered", recipient__email="c0003@example.org")
        assert "s’est libérée" in scenario.words_of(called)

    def test_each_seat_freed_calls_one(self, procedure, full):
        for place in full:
            decline_place(place.pk, by=owner(place))
        due_acts(procedure)
        assert self.standing() == ["T-000003", "T-000004"]

    def test_who_left_is_passed_over(self, procedure, full):
        first = next_in_line(pool_of(procedure))[0].dossier
        withdraw_dossier(first.pk, by=first.candidate.user)
        decline_place(full[0].pk, by=owner(full[0]))
        due_acts(procedure)
        assert self.standing() == ["T-000002", "T-000004"]

    def test_a_seat_that_the_jury_left_free_calls_nobody_by_itself(self, procedure, service):
        admit(procedure, 1)
        waiting = decide(applicant(procedure, 2), WAITING)
        due_acts(procedure)
        assert self.standing() == ["T-000001"]
        call_next(pool_of(procedure).pk, waiting.pk, by=service)
        assert self.standing() == ["T-000001", "T-000002"]

    def test_where_staff_call_they_do(self, by_word):
        keeper = worker(by_word, "verifier", "data")
        places = [admit(by_word, number) for number in (1, 2)]
        waiting = decide(applicant(by_word, 3), WAITING)
        pool = pool_of(by_word)
        with pytest.raises(NobodyToCall, match="gardées"):
            call_next(pool.pk, waiting.pk, by=keeper)
        decline_place(places[0].pk, by=owner(places[0]))
        due_acts(by_word)
        assert self.standing() == ["T-000002"]
        call_next(pool.pk, waiting.pk, by=keeper)
        with pytest.raises(NobodyToCall, match="n’est plus"):
            call_next(pool.pk, waiting.pk, by=keeper)
        with pytest.raises(NotAllowed):
            call_next(pool.pk, waiting.pk, by=worker(by_word, "verifier", "energy"))

    def test_who_is_not_next_is_not_called(self, by_word):
        admit(by_word, 1)
        decide(applicant(by_word, 2), WAITING)
        second = decide(applicant(by_word, 3), WAITING)
        with pytest.raises(NobodyToCall):
            call_next(pool_of(by_word).pk, second.pk, by=worker(by_word, "verifier", "data"))


class TestReminders:
    def test_they_go_out_five_days_and_a_day_before_and_once(self, procedure):
        admit(procedure, 1)
        for moment, count in (("2026-06-11 12:00", 0), ("2026-06-12 12:00", 1), ("2026-06-16 12:00", 2)):
            set_clock(procedure, moment)
            for _ in range(2):
                due_acts(procedure)
            assert Mail.objects.filter(kind="place_reminder").count() == count

    def test_not_to_who_has_done_all(self, procedure):
        place = admit(procedure, 1)
        deposit_form(place)
        announce_deposit(place)
        set_clock(procedure, "2026-06-16 12:00")
        due_acts(procedure)
        assert not Mail.objects.filter(kind="place_reminder").exists()


class TestTheStart:
    def test_who_has_confirmed_is_told_once_when_it_starts(self, by_word):
        """Rule: IIM-08."""
        keeper = worker(by_word, "verifier", "data")
        place, _ = admit(by_word, 1), admit(by_word, 2)
        confirm_by_word(place.pk, by=owner(place))
        assert send_start_letters(place.choice.programme_id, by=keeper) == 1
        assert "lundi 5 octobre 2026" in scenario.words_of(Mail.objects.get(kind="start_letter"))
        with pytest.raises(NothingToSend):
            send_start_letters(place.choice.programme_id, by=keeper)

    def test_another_date_replaces_the_letter(self, by_word):
        keeper = worker(by_word, "verifier", "data")
        place = admit(by_word, 1)
        confirm_by_word(place.pk, by=owner(place))
        send_start_letters(place.choice.programme_id, by=keeper)
        by_word.programmes.update(starts_on=dt.date(2026, 10, 12))
        send_start_letters(place.choice.programme_id, by=keeper)
        [letter] = Notice.objects.filter(kind="start", replaced_by=None)
        assert letter.context["starts_on"] == {"@date": "2026-10-12"}

    def test_without_a_date_there_is_nothing_to_tell(self, by_word):
        with pytest.raises(NothingToSend):
            send_start_letters(by_word.programmes.get(code="energy").pk, by=worker(by_word, "office"))
