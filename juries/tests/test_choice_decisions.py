"""Decisions on choices, where each programme decides: who may, on what, in which turn, and what is published when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import ObjectDoesNotExist
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.delays import answer_until
from applicants.endings import void_dossier
from applicants.fees import COMPLEMENT
from applicants.models import Answer, Choice, Dossier, Status
from applicants.tests.scenario import set_clock
from documents.models import Notice
from journal.errors import NotAllowed
from journal.followups import run_pending_facts
from journal.models import Fact
from juries.announcements import TOLD_FACT
from juries.choice_decisions import NotDecidable, OutOfTurn, decide_choice, undecided_choices
from juries.choice_publication import publish_decisions, publish_session, take_back, told_by
from juries.choices_before import NotBefore
from juries.models import Decision
from juries.publication import NotPublishable, announce, due_publications
from juries.steps import Frozen
from juries.tests import rows
from notifications.models import Mail
from payments.models import Charge
from programmes.loading import store
from programmes.models import JurySession, Procedure, Programme, Role, Step
from programmes.procedure_file import read
from programmes.sessions import session_of
from programmes.words import PARIS

FILE = Path(__file__).parent / "by_programme.yaml"
DAY = dt.timedelta(days=1)
Outcome = Decision.Outcome


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The small procedure, in its spring."""
    made = store(read(FILE), rehearsal=True)
    set_clock(made, "2026-03-16 10:00")
    return Procedure.objects.get(pk=made.pk)


@pytest.fixture
def study(procedure: Procedure) -> Step:
    """The step at which the service studies the dossiers as they arrive."""
    return procedure.steps.get(code="study")


@pytest.fixture
def admission(procedure: Procedure) -> Step:
    """The step whose jury meets twice."""
    return procedure.steps.get(code="admission")


@pytest.fixture
def service(procedure: Procedure) -> User:
    """The central office that verifies and studies."""
    return worker(procedure, "verifier")


def worker(procedure: Procedure, kind: str, programme: str = "") -> User:
    """Somebody with that role, in a programme or everywhere."""
    user = User.objects.create_user(f"{kind}.{programme or 'tous'}@example.org", is_staff=True)
    named = Programme.objects.filter(procedure=procedure, code=programme).first()
    Role.objects.create(
        user=user, procedure=procedure, kind=kind, programme=named, school=named.school if named else None
    )
    return user


def applicant(
    procedure: Procedure, number: int, *programmes: str, days_ago: int = 0, status: str = Status.VALIDATED
) -> Dossier:
    """A dossier submitted so many days ago, whose candidate holds the title."""
    made = rows.dossier(
        procedure, number, choices=programmes or ("data",), track="entry", status=status, submitted=days_ago * DAY
    )
    Answer.objects.create(dossier=made, field="title_held", value="yes", saved_at=procedure.now())
    return made


def choice_of(dossier: Dossier, programme: str = "data") -> Choice:
    """The dossier's choice of that programme."""
    return dossier.choices.get(programme__code=programme)


def let_pass(dossier: Dossier, study: Step, programme: str = "data") -> None:
    """The study has let the choice pass, for all to know."""
    now = study.procedure.now()
    publication = study.publications.create(
        programme=choice_of(dossier, programme).programme, visible_at=now, prepared_at=now, announced_at=now
    )
    Decision.objects.create(
        dossier=dossier,
        choice=choice_of(dossier, programme),
        step=study,
        outcome=Outcome.ADMISSIBLE,
        publication=publication,
        decided_at=now,
        announced_at=now,
    )


class TestWhoSeesWhat:
    def test_a_programme_sees_the_validated_dossiers_that_chose_it(self, procedure):
        own = applicant(procedure, 1, "data", "energy")
        applicant(procedure, 2, "energy")
        applicant(procedure, 3, "data", status=Status.SUBMITTED)
        for kind in ("jury", "head", "evaluator", "president"):
            assert list(Dossier.objects.visible_to(worker(procedure, kind, "data"))) == [own]

    def test_another_programme_of_the_same_school_sees_nothing_of_it(self, procedure):
        applicant(procedure, 1, "data")
        assert not Dossier.objects.visible_to(worker(procedure, "jury", "design")).exists()

    def test_a_jury_of_the_whole_school_sees_its_programmes(self, procedure):
        seen = applicant(procedure, 1, "design")
        applicant(procedure, 2, "energy")
        juror = User.objects.create_user("nord@example.org", is_staff=True)
        school = procedure.programmes.get(code="design").school
        Role.objects.create(user=juror, procedure=procedure, kind="jury", school=school)
        assert list(Dossier.objects.visible_to(juror)) == [seen]

    def test_the_service_of_a_school_chosen_sees_it_once_it_is_validated(self, procedure):
        """Be it ranked first or not: it may have to decide on it."""
        seen = applicant(procedure, 1, "data", "energy")
        applicant(procedure, 2, "data", "energy", status=Status.SUBMITTED)
        service = User.objects.create_user("sud@example.org", is_staff=True)
        school = procedure.programmes.get(code="energy").school
        Role.objects.create(user=service, procedure=procedure, kind="verifier", school=school)
        assert list(Dossier.objects.visible_to(service)) == [seen]

    def test_the_central_office_sees_all_and_a_schools_service_none(self, procedure, service):
        seen = {applicant(procedure, 1, "data", status=Status.SUBMITTED), applicant(procedure, 2, "energy")}
        assert set(Dossier.objects.visible_to(service)) == seen
        of_school = User.objects.create_user("service@example.org", is_staff=True)
        school = procedure.programmes.get(code="data").school
        Role.objects.create(user=of_school, procedure=procedure, kind="verifier", school=school)
        assert not Dossier.objects.visible_to(of_school).exists()


class TestTheStudy:
    def test_dossiers_are_taken_as_they_arrived(self, procedure, study, service):
        first, second = applicant(procedure, 1, days_ago=2), applicant(procedure, 2, days_ago=1)
        with pytest.raises(OutOfTurn, match=first.reference):
            decide_choice(choice_of(second).pk, study.pk, outcome=Outcome.ADMISSIBLE, by=service)
        decide_choice(choice_of(first).pk, study.pk, outcome=Outcome.ADMISSIBLE, by=service)
        decided = decide_choice(choice_of(second).pk, study.pk, outcome=Outcome.ADMISSIBLE, by=service)
        assert decided.out_of_turn_because == ""

    def test_out_of_turn_goes_with_a_reason_that_is_kept(self, procedure, study, service):
        applicant(procedure, 1, days_ago=2)
        second = applicant(procedure, 2, days_ago=1)
        decide_choice(
            choice_of(second).pk, study.pk, outcome=Outcome.ADMISSIBLE, out_of_turn_because="Part en avril.", by=service
        )
        assert Decision.objects.get().out_of_turn_because == "Part en avril."

    def test_another_programme_has_a_queue_of_its_own(self, procedure, study, service):
        applicant(procedure, 1, "energy", days_ago=2)
        later = applicant(procedure, 2, "data", days_ago=1)
        decide_choice(choice_of(later).pk, study.pk, outcome=Outcome.ADMISSIBLE, by=service)

    def test_who_is_not_kept_is_told_why_to_the_file(self, procedure, study, service):
        with pytest.raises(NotDecidable, match="pourquoi"):
            decide_choice(choice_of(applicant(procedure, 1)).pk, study.pk, outcome="not_admissible", by=service)

    def test_the_jury_does_not_decide_what_the_service_decides(self, procedure, study):
        with pytest.raises(NotAllowed):
            decide_choice(
                choice_of(applicant(procedure, 1)).pk,
                study.pk,
                outcome=Outcome.ADMISSIBLE,
                by=worker(procedure, "jury", "data"),
            )

    def test_what_is_not_validated_is_not_before_it(self, procedure, study, service):
        dossier = applicant(procedure, 1, status=Status.SUBMITTED)
        with pytest.raises(NotBefore):
            decide_choice(choice_of(dossier).pk, study.pk, outcome=Outcome.ADMISSIBLE, by=service)

    def test_who_has_not_paid_the_additional_fee_in_time_is_not_studied(self, procedure, study, service):
        """Rule: APP-12."""
        dossier = applicant(procedure, 1)
        payee = procedure.participations.first()
        Charge.objects.create(
            account=dossier.account, payee=payee, reason=COMPLEMENT, amount=7700, due_at=procedure.now() - DAY
        )
        with pytest.raises(NotBefore):
            decide_choice(choice_of(dossier).pk, study.pk, outcome=Outcome.ADMISSIBLE, by=service)
        Charge.objects.update(state="settled")
        decide_choice(choice_of(dossier).pk, study.pk, outcome=Outcome.ADMISSIBLE, by=service)

    def test_a_decision_is_told_within_five_working_days(self, procedure, study, service):
        decision = decide_choice(choice_of(applicant(procedure, 1)).pk, study.pk, outcome="admissible", by=service)
        assert told_by(study) == dt.datetime(2026, 3, 24, tzinfo=PARIS)  # of Monday 16 March
        publish_decisions([decision.pk], by=service)
        assert told_by(study) is None

    def test_published_at_once_it_is_told_once(self, procedure, study, service):
        dossier = applicant(procedure, 1)
        decision = decide_choice(choice_of(dossier).pk, study.pk, outcome="admissible", by=service)
        assert not Decision.objects.published(procedure).exists()
        publish_decisions([decision.pk], by=service)
        assert list(Decision.objects.published(procedure)) == [decision]
        for _ in range(2):
            run_pending_facts()
        assert Mail.objects.filter(kind="choice_called", recipient=dossier.candidate.user).count() == 1
        assert Notice.objects.get(recipient=dossier.candidate.user).title == "Avis d’admissibilité"

    def test_published_it_is_frozen(self, procedure, study, service):
        choice = choice_of(applicant(procedure, 1))
        decision = decide_choice(choice.pk, study.pk, outcome="admissible", by=service)
        publish_decisions([decision.pk], by=service)
        with pytest.raises(Frozen):
            decide_choice(choice.pk, study.pk, outcome="not_admissible", reason="Erreur", by=service)
        with pytest.raises(NotPublishable, match="déjà publiée"):
            publish_decisions([decision.pk], by=service)

    def test_a_jury_may_not_publish_what_the_service_decides(self, procedure, study, service):
        decision = decide_choice(choice_of(applicant(procedure, 1)).pk, study.pk, outcome="admissible", by=service)
        with pytest.raises(NotAllowed):
            publish_decisions([decision.pk], by=worker(procedure, "jury", "data"))


class TestTheJury:
    @pytest.fixture
    def juror(self, procedure):
        return worker(procedure, "jury", "data")

    def test_only_whom_the_study_let_pass_is_before_it(self, procedure, study, admission, juror):
        passed, other = applicant(procedure, 1), applicant(procedure, 2)
        let_pass(passed, study)
        assert list(undecided_choices(admission)) == [choice_of(passed)]
        with pytest.raises(NotBefore):
            decide_choice(choice_of(other).pk, admission.pk, outcome=Outcome.ADMITTED, by=juror)

    def test_a_decision_that_is_not_public_yet_lets_nobody_pass(self, procedure, study, admission, service):
        decide_choice(choice_of(applicant(procedure, 1)).pk, study.pk, outcome="admissible", by=service)
        assert not undecided_choices(admission).exists()

    def test_another_programmes_jury_finds_nothing(self, procedure, study, admission):
        dossier = applicant(procedure, 1, "data")
        let_pass(dossier, study)
        with pytest.raises(Choice.DoesNotExist):
            decide_choice(
                choice_of(dossier).pk, admission.pk, outcome="admitted", by=worker(procedure, "jury", "energy")
            )

    def test_a_dossier_that_is_not_validated_is_not_there_for_its_jury(self, procedure, admission, service, juror):
        choice = choice_of(applicant(procedure, 1, status=Status.SUBMITTED))
        with pytest.raises(Choice.DoesNotExist):
            decide_choice(choice.pk, admission.pk, outcome="admitted", by=juror)
        with pytest.raises(NotAllowed):
            decide_choice(choice.pk, admission.pk, outcome="admitted", by=service)

    def test_another_procedures_staff_learn_nothing_of_a_choice(self, procedure, study, admission):
        choice = choice_of(applicant(procedure, 1))
        elsewhere = store(read(FILE), rehearsal=True, slug="elsewhere")
        stranger, step = worker(elsewhere, "verifier"), elsewhere.steps.get(code="study")
        for asked in (study, admission):
            with pytest.raises(Choice.DoesNotExist):
                decide_choice(choice.pk, asked.pk, outcome="admissible", by=stranger)
        with pytest.raises(ObjectDoesNotExist):
            decide_choice(choice.pk, step.pk, outcome="admissible", by=stranger)

    def test_of_two_choices_each_jury_decides_its_own(self, procedure, study, admission, juror):
        dossier = applicant(procedure, 1, "data", "energy")
        let_pass(dossier, study, "energy")
        with pytest.raises(NotAllowed):
            decide_choice(choice_of(dossier, "energy").pk, admission.pk, outcome="admitted", by=juror)

    def test_without_the_title_one_is_admitted_under_condition(self, procedure, study, admission, juror):
        dossier = applicant(procedure, 1)
        dossier.answers.update(value="no")
        let_pass(dossier, study)
        decision = decide_choice(choice_of(dossier).pk, admission.pk, outcome=Outcome.ADMITTED, by=juror)
        assert decision.outcome == Outcome.CONDITIONAL

    def test_the_waiting_list_is_in_the_order_of_decisions_until_changed(self, procedure, study, admission, juror):
        made = [applicant(procedure, number) for number in (1, 2, 3)]
        for dossier in made:
            let_pass(dossier, study)
            decide_choice(choice_of(dossier).pk, admission.pk, outcome=Outcome.WAITING, by=juror)
        decide_choice(choice_of(made[1]).pk, admission.pk, outcome=Outcome.WAITING, by=juror)  # again: keeps its rank
        ranks = Decision.objects.filter(step=admission).order_by("dossier__reference").values_list("rank", flat=True)
        assert list(ranks) == [1, 2, 3]
        decide_choice(choice_of(made[0]).pk, admission.pk, outcome=Outcome.REFUSED, by=juror)
        assert Decision.objects.get(choice=choice_of(made[0]), step=admission).rank is None


class TestSessions:
    @pytest.fixture
    def sessions(self, admission):
        return list(admission.sessions.order_by("number"))

    @pytest.fixture
    def president(self, procedure):
        return worker(procedure, "president", "data")

    def admit(self, dossier, admission, by, outcome=Outcome.ADMITTED):
        return decide_choice(choice_of(dossier).pk, admission.pk, outcome=outcome, by=by)

    def test_what_came_in_time_is_published_with_its_session(self, procedure, study, admission, sessions, president):
        early, late = applicant(procedure, 1, days_ago=5), applicant(procedure, 2)  # closed on the 13th
        for dossier in (early, late):
            let_pass(dossier, study)
            self.admit(dossier, admission, president)
        publish_session(sessions[0].pk, by=president)
        assert list(Decision.objects.filter(publication__session=sessions[0])) == [
            Decision.objects.get(step=admission, dossier=early)
        ]

    def test_nothing_is_seen_before_the_instant_of_the_session(self, procedure, study, admission, sessions, president):
        dossier = applicant(procedure, 1, days_ago=5)
        let_pass(dossier, study)
        self.admit(dossier, admission, president)
        publish_session(sessions[0].pk, by=president)
        set_clock(procedure, "2026-03-23 13:59:59")
        assert not Decision.objects.published(procedure).filter(step=admission).exists()
        assert not due_publications(procedure).exists()
        set_clock(procedure, "2026-03-23 14:00:00")
        assert Decision.objects.published(procedure).filter(step=admission).count() == 1
        [due] = due_publications(procedure)
        assert announce(due.pk) == 1
        assert Mail.objects.filter(kind="choice_admitted").count() == 1

    def test_a_place_may_follow_for_whom_it_admits_only(self, procedure, study, admission, sessions, president):
        made = [applicant(procedure, number, days_ago=5) for number in (1, 2, 3)]
        for dossier, outcome in zip(made, (Outcome.ADMITTED, Outcome.WAITING, Outcome.REFUSED), strict=True):
            let_pass(dossier, study)
            self.admit(dossier, admission, president, outcome)
        [publication] = publish_session(sessions[0].pk, by=president)
        set_clock(procedure, "2026-03-23 14:00:00")
        assert announce(publication.pk) == 3
        [fact] = Fact.objects.filter(kind=TOLD_FACT)
        assert fact.subject_id == str(publication.pk)

    def test_who_is_undecided_goes_on_to_the_next_session_but_not_past_the_last(
        self, procedure, study, admission, sessions, president
    ):
        decided, left = applicant(procedure, 1, days_ago=5), applicant(procedure, 2, days_ago=5)
        for dossier in (decided, left):
            let_pass(dossier, study)
        self.admit(decided, admission, president)
        publish_session(sessions[0].pk, by=president)
        set_clock(procedure, "2026-06-05 10:00")
        with pytest.raises(NotPublishable, match="dernière session, et 1 candidature"):
            publish_session(sessions[1].pk, by=president)
        self.admit(left, admission, president, Outcome.REFUSED)
        publish_session(sessions[1].pk, by=president)

    def test_a_session_is_published_once_and_can_be_taken_back_before_its_instant(
        self, procedure, study, admission, sessions, president
    ):
        dossier = applicant(procedure, 1, days_ago=5)
        let_pass(dossier, study)
        self.admit(dossier, admission, president)
        [publication] = publish_session(sessions[0].pk, by=president)
        with pytest.raises(NotPublishable, match="déjà"):
            publish_session(sessions[0].pk, by=president)
        take_back(publication.pk, by=president)
        self.admit(dossier, admission, president, Outcome.WAITING)
        [publication] = publish_session(sessions[0].pk, by=president)
        set_clock(procedure, "2026-03-23 14:00:00")
        with pytest.raises(NotPublishable, match="publics"):
            take_back(publication.pk, by=president)

    def test_a_step_with_sessions_is_not_published_piecemeal(self, procedure, study, admission, president):
        dossier = applicant(procedure, 1)
        let_pass(dossier, study)
        decision = self.admit(dossier, admission, president)
        with pytest.raises(NotPublishable, match="par session"):
            publish_decisions([decision.pk], by=president)


HOURS = st.integers(0, 40)


@given(st.lists(st.tuples(HOURS, st.sampled_from([None, 1, 2])), max_size=6), HOURS, st.sampled_from([1, 2]))
def test_a_dossier_goes_to_the_first_session_that_closes_after_it(closings, submitted, programme):
    """No session earlier in the list would have taken it; the one named does. Rule: NE-01."""
    start = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
    sessions = [
        JurySession(number=number, programme_id=own, closes_at=start + dt.timedelta(hours=hours))
        for number, (hours, own) in enumerate(sorted(closings, key=lambda one: one[0]), start=1)
    ]
    submitted_at = start + dt.timedelta(hours=submitted)
    found = session_of(sessions, programme, submitted_at)
    own = [one for one in sessions if one.programme_id in (None, programme)]
    takes = [one for one in own if one.closes_at is not None and submitted_at < one.closes_at]
    assert found is (takes[0] if takes else None)


class TestHowLongACandidateMayAnswer:
    def test_until_the_last_of_the_programmes_studies_the_dossier(self, procedure):
        """The first session closed on the 13th: what came before it is studied there, what came after at the next."""
        in_time, later = applicant(procedure, 1, days_ago=5), applicant(procedure, 2)
        assert answer_until(in_time) == dt.datetime(2026, 3, 20, 9, tzinfo=PARIS)
        assert answer_until(later) == dt.datetime(2026, 6, 5, 9, tzinfo=PARIS)

    def test_of_programmes_with_dates_of_their_own_the_last_counts(self, procedure, admission):
        dossier = applicant(procedure, 1, "data", "energy", days_ago=5)
        energy = Programme.objects.get(procedure=procedure, code="energy")
        admission.sessions.filter(number=1).update(programme=energy)
        assert answer_until(dossier) == dt.datetime(2026, 6, 5, 9, tzinfo=PARIS)

    def test_when_all_have_studied_it_the_days_of_the_rules_are_left(self, procedure):
        dossier = applicant(procedure, 1)
        set_clock(procedure, "2026-06-05 09:00")
        procedure.refresh_from_db()
        dossier.procedure = procedure
        assert answer_until(dossier) == procedure.now() + 7 * DAY


def test_the_jury_of_one_programme_ends_nobodys_dossier(procedure):
    """It would take the candidate from the other programmes too; the office may."""
    dossier = applicant(procedure, 1, "data", "energy")
    with pytest.raises(NotAllowed):
        void_dossier(dossier.pk, reason="Fraude", by=worker(procedure, "president", "data"))
    void_dossier(dossier.pk, reason="Fraude", by=worker(procedure, "office"))
