"""Each programme keeps the dossier as it stood on its date of study, whatever changes afterwards. Rule: APP-13."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.answers import save_answers
from applicants.corrections import answer_correction, ask_correction
from applicants.delays import answer_until
from applicants.dossiers import lock, lock_each
from applicants.endings import void_dossier
from applicants.models import Appraisal, Dossier, Receipt, Referee, Status, StudyCopy
from applicants.papers import deposit_paper
from applicants.tests import scenario
from applicants.tests.scenario import set_clock
from applicants.typing_in import deposit_for_candidate, type_in_answers
from campaign.due import run_due_acts_of
from campaign.erasure import erase_overdue
from documents.models import SupportingDocument
from journal.models import Entry
from juries.models import Supplement
from juries.supplements import paper_rule
from juries.tests.test_choice_decisions import FILE, applicant, choice_of, worker
from juries.verification import open_appraisal, open_paper, review_paper, validate_dossier
from programmes.models import JurySession, Procedure
from programmes.sessions import date_of_study
from programmes.words import PARIS

pytestmark = pytest.mark.django_db
SESSIONS = """\
      - {programme: data, meets: 2026-03-20 09:00}
      - {programme: energy, meets: 2026-04-10 09:00}
      - {programme: design, meets: 2026-04-10 09:00}
"""
MORE = """\
  cv:
    label: {fr: Curriculum vitæ, en: Curriculum vitae}
    required: non
referees:
  teacher:
    label: {fr: Enseignant, en: Teacher}
    questions:
      worth: {kind: long_text, label: {fr: Valeur, en: Worth}}
"""
BEFORE, DATE, AFTER = "2026-03-16 10:00", "2026-03-20 09:00", "2026-03-23 10:00"
WHY = "Reçu par courriel"


def text_of_file() -> str:
    """The small procedure, whose programmes have dates of their own; and a paper that may be replaced."""
    lines = FILE.read_text().splitlines(keepends=True)
    kept = [line for line in lines if "- {closes" not in line]
    at = kept.index("    sessions:\n") + 1
    return "".join(kept[:at]) + SESSIONS + "".join(kept[at:]) + MORE


@pytest.fixture
def procedure(db: None) -> Procedure:
    return scenario.procedure_from(text_of_file(), BEFORE)


@pytest.fixture
def dossier(procedure: Procedure) -> Dossier:
    """Of two programmes, validated before the date of the first; with one paper."""
    made = applicant(procedure, 1, "data", "energy", days_ago=5)
    deposit(made, "premier.pdf", worker(procedure, "office"))
    return made


@pytest.fixture
def office(procedure: Procedure, dossier: Dossier) -> User:
    return User.objects.get(email="office.tous@example.org")


@pytest.fixture
def data(procedure: Procedure) -> User:
    """Of the jury that studies first."""
    return worker(procedure, "jury", "data")


@pytest.fixture
def energy(procedure: Procedure) -> User:
    """Of the jury that studies three weeks later."""
    return worker(procedure, "jury", "energy")


def deposit(dossier: Dossier, name: str, by: User) -> SupportingDocument:
    made = deposit_for_candidate(dossier.pk, "cv", scenario.pdf(name), reason=WHY, by=by)
    scenario.pass_checks(dossier)
    return made


def say(dossier: Dossier, title_held: str, by: User) -> None:
    type_in_answers(dossier.pk, "identity", {"title_held": title_held}, reason=WHY, by=by)


def page(user: User, dossier: Dossier, study: str = "") -> str:
    client = Client()
    client.force_login(user)
    address = reverse("admin:applicants_dossier_change", args=[dossier.pk])
    return client.get(f"{address}?study={study}" if study else address).text


def answer_read(user: User, dossier: Dossier, study: str = "") -> str:
    """What the page says to the question whether the title is held."""
    shown = page(user, dossier, study).split("Titre obtenu")[1].split("</dd>")[0]
    return "Oui" if "Oui" in shown else "Non"


def at(procedure: Procedure, moment: str) -> None:
    set_clock(procedure, moment)
    procedure.refresh_from_db()


class TestWhatAProgrammeReads:
    def test_who_has_studied_reads_what_was_there_and_who_has_not_reads_today(
        self, procedure, dossier, data, energy, office
    ):
        at(procedure, DATE)
        run_due_acts_of(procedure)
        at(procedure, AFTER)
        say(dossier, "no", office)
        assert [answer_read(user, dossier) for user in (data, energy, office)] == ["Oui", "Non", "Non"]
        assert "tel qu’il était le vendredi 20 mars 2026" in page(data, dossier)
        assert "tel qu’il était" not in page(energy, dossier)
        assert ["« Identité » : saisi" in page(user, dossier) for user in (data, energy)] == [False, True]

    def test_nothing_is_said_as_long_as_nothing_changed(self, procedure, dossier, data, office):
        at(procedure, AFTER)
        run_due_acts_of(procedure)
        assert StudyCopy.objects.count() == 1
        for user in (data, office):
            assert "tel qu’il était" not in page(user, dossier)

    def test_what_changes_on_the_eve_counts(self, procedure, dossier, data, office):
        at(procedure, "2026-03-20 08:59")
        run_due_acts_of(procedure)
        say(dossier, "no", office)
        at(procedure, AFTER)
        run_due_acts_of(procedure)
        assert answer_read(data, dossier) == "Non"

    def test_a_change_after_the_date_comes_too_late_even_if_the_task_comes_later(
        self, procedure, dossier, data, office
    ):
        """No worker ran since: whoever changes the dossier keeps it first."""
        at(procedure, AFTER)
        say(dossier, "no", office)
        run_due_acts_of(procedure)
        assert answer_read(data, dossier) == "Oui"

    def test_a_correction_answered_for_the_later_programme_is_not_seen_by_the_first(
        self, procedure, dossier, data, energy, office
    ):
        """The delay that the form proposes is the date of the last one."""
        assert answer_until(dossier) == dt.datetime(2026, 4, 10, 9, tzinfo=PARIS)
        until = answer_until(dossier)
        asked = ask_correction(dossier.pk, opens=["page:identity", "paper:cv"], reason="?", until=until, by=office)
        at(procedure, AFTER)
        person = dossier.candidate.user
        save_answers(dossier.pk, "identity", {"title_held": "no"}, by=person)
        deposit_paper(dossier.pk, "cv", scenario.pdf("second.pdf"), by=person)
        answer_correction(asked.pk, by=person)
        assert (answer_read(data, dossier), answer_read(energy, dossier)) == ("Oui", "Non")
        assert "second.pdf" not in page(data, dossier)
        assert "premier.pdf" not in page(energy, dossier)

    def test_the_office_may_look_at_what_was_studied_and_only_look(self, procedure, dossier, office):
        at(procedure, AFTER)
        say(dossier, "no", office)
        studied = str(choice_of(dossier).pk)
        assert f"?study={studied}" in page(office, dossier)
        assert answer_read(office, dossier, studied) == "Oui"
        assert 'value="review"' not in page(office, dossier, studied)
        assert 'value="ask"' in page(office, dossier)
        assert 'value="ask"' not in page(office, dossier, studied)

    def test_nobody_looks_at_what_another_programme_studied(self, procedure, dossier, energy, office):
        at(procedure, AFTER)
        say(dossier, "no", office)
        studied = str(choice_of(dossier).pk)
        assert answer_read(energy, dossier, studied) == "Non"
        assert "tel qu’il était" not in page(energy, dossier, studied)

    def test_who_judges_for_both_reads_each_as_it_is(self, procedure, dossier, office):
        both = worker(procedure, "president")
        at(procedure, AFTER)
        say(dossier, "no", office)
        first, second = str(choice_of(dossier).pk), str(choice_of(dossier, "energy").pk)
        assert [answer_read(both, dossier, one) for one in ("", first, second)] == ["Oui", "Oui", "Non"]
        assert f"?study={second}" in page(both, dossier)
        assert f"?study={first}" in page(both, dossier, second)

    def test_the_candidate_reads_the_dossier_of_today(self, procedure, dossier, office):
        """Rule: APP-13. That a programme goes by an earlier one, no page of theirs says."""
        Receipt.objects.create(dossier=dossier, number="1", issued_at=procedure.now(), choices=[])
        at(procedure, AFTER)
        deposit(dossier, "second.pdf", office)
        client = Client()
        client.force_login(dossier.candidate.user)
        for address in (f"/mon-dossier/{procedure.slug}/", reverse("applicants:papers", args=[procedure.slug])):
            text = client.get(address).text
            assert "premier.pdf" not in text
            assert "tel qu’il était" not in text


class TestPapers:
    def test_a_file_replaced_since_opens_as_it_was_and_the_new_one_does_not(
        self, procedure, dossier, data, energy, office
    ):
        first = SupportingDocument.objects.get()
        at(procedure, AFTER)
        second = deposit(dossier, "second.pdf", office)
        assert open_paper(dossier.pk, first.pk, by=data) == first
        with pytest.raises(SupportingDocument.DoesNotExist):
            open_paper(dossier.pk, second.pk, by=data)
        assert "premier.pdf" in page(data, dossier)
        assert "second.pdf" not in page(data, dossier)
        for user in (energy, office):
            assert open_paper(dossier.pk, second.pk, by=user) == second
            assert "second.pdf" in page(user, dossier)

    def test_what_was_said_of_it_afterwards_is_not_shown(self, procedure, dossier, data, office):
        paper = SupportingDocument.objects.get()
        review_paper(paper.pk, accepted=True, by=office)
        at(procedure, AFTER)
        review_paper(paper.pk, accepted=False, reason="Illisible", by=office)
        assert "refusée" not in page(data, dossier)
        assert "refusée" in page(office, dossier)

    def test_an_opinion_that_came_too_late_is_not_read(self, procedure, dossier, data, energy):
        now = procedure.now()
        referee = Referee.objects.create(
            dossier=dossier, kind="teacher", name="Mme Roy", email="roy@example.org", asked_at=now, secret_digest="x"
        )
        at(procedure, AFTER)
        run_due_acts_of(procedure)
        Referee.objects.update(state=Referee.State.DEPOSITED)
        Appraisal.objects.create(referee=referee, answers={}, saved_at=now, deposited_at=now)
        assert open_appraisal(dossier.pk, referee.pk, by=energy).referee == referee
        with pytest.raises(Appraisal.DoesNotExist):
            open_appraisal(dossier.pk, referee.pk, by=data)
        assert "Lire la fiche" in page(energy, dossier)
        assert "Lire la fiche" not in page(data, dossier)

    def test_a_written_piece_opens_to_the_programme_that_asked_for_it_before_and_after_the_date(
        self, procedure, dossier, data, energy, office
    ):
        now, choice = procedure.now(), choice_of(dossier)
        asked = Supplement.objects.create(
            choice=choice, kind="written", subject="?", due_at=now + dt.timedelta(days=90), asked_at=now
        )
        piece = SupportingDocument.objects.create(
            folder=dossier.folder, kind=paper_rule(asked).code, original_name="écrit.pdf", file="x", size=1,
            content="pdf", sha256="0", uploaded_at=now, check_state="passed",
        )  # fmt: skip
        Supplement.objects.filter(pk=asked.pk).update(document=piece)
        for moment in (BEFORE, AFTER):
            at(procedure, moment)
            run_due_acts_of(procedure)
            assert open_paper(dossier.pk, piece.pk, by=data) == piece
            assert open_paper(dossier.pk, piece.pk, by=office) == piece
            with pytest.raises(SupportingDocument.DoesNotExist):
                open_paper(dossier.pk, piece.pk, by=energy)


class TestWhenItIsKept:
    def test_once_whatever_comes_after(self, procedure, dossier, office):
        at(procedure, AFTER)
        run_due_acts_of(procedure)
        run_due_acts_of(procedure)
        say(dossier, "no", office)
        JurySession.objects.filter(programme__code="data").update(meets_at=procedure.now() + dt.timedelta(days=9))
        at(procedure, "2026-04-05 10:00")
        run_due_acts_of(procedure)
        copy = StudyCopy.objects.get()
        assert (copy.choice, copy.content["answers"]["title_held"]) == (choice_of(dossier), "yes")
        assert copy.studied_at == dt.datetime(2026, 3, 20, 9, tzinfo=PARIS)
        (entry,) = Entry.objects.filter(event="dossier.kept_for_study")
        assert entry.details == {"programmes": ["data"]}

    def test_a_dossier_validated_after_the_date_as_it_is_validated(self, procedure, data, office, dossier):
        late = applicant(procedure, 2, "data", days_ago=5, status=Status.SUBMITTED)
        at(procedure, AFTER)
        say(late, "no", office)
        run_due_acts_of(procedure)
        assert not StudyCopy.objects.filter(choice__dossier=late).exists()
        validate_dossier(late.pk, by=office)
        say(late, "yes", office)
        assert answer_read(data, late) == "Non"

    def test_of_a_jury_that_meets_again_at_the_next_meeting(self, procedure, dossier, office):
        """Validated after the first meeting, it is studied at the second; until then today's dossier is read."""
        step = procedure.steps.get(code="admission")
        JurySession.objects.all().delete()
        for number, moment in enumerate(("2026-03-20 09:00", "2026-04-10 09:00"), start=1):
            meets = dt.datetime.fromisoformat(moment).replace(tzinfo=PARIS)
            JurySession.objects.create(step=step, number=number, meets_at=meets)
        late = applicant(procedure, 2, "data", days_ago=5, status=Status.SUBMITTED)
        at(procedure, AFTER)
        validate_dossier(late.pk, by=office)
        run_due_acts_of(procedure)
        assert not StudyCopy.objects.filter(choice__dossier=late).exists()
        at(procedure, "2026-04-10 09:00")
        run_due_acts_of(procedure)
        assert StudyCopy.objects.get(choice__dossier=late).studied_at == dt.datetime(2026, 4, 10, 9, tzinfo=PARIS)

    def test_of_a_dossier_that_has_ended_nothing_is_kept(self, procedure, dossier, office):
        void_dossier(dossier.pk, reason="Fraude", by=office)
        at(procedure, AFTER)
        run_due_acts_of(procedure)
        assert not StudyCopy.objects.exists()

    def test_of_several_that_are_locked_together_each_its_own(self, procedure, dossier):
        others = [applicant(procedure, 2, "energy", "design"), applicant(procedure, 3, "design", "data")]
        at(procedure, AFTER)
        with transaction.atomic():
            lock(dossier.pk)
            lock_each(procedure.dossiers.all())
        kept = StudyCopy.objects.values_list("choice__dossier", "choice__programme__code")
        assert set(kept) == {(dossier.pk, "data"), (others[1].pk, "data")}
        assert len(kept) == 2

    def test_it_goes_with_the_dossier(self, procedure, dossier):
        at(procedure, AFTER)
        run_due_acts_of(procedure)
        assert StudyCopy.objects.exists()
        at(procedure, "2029-01-01 00:00")
        erase_overdue(procedure)
        assert not StudyCopy.objects.exists()
        assert not SupportingDocument.objects.exists()

    def test_the_page_asks_the_database_eighteen_times_at_most(self, procedure, dossier, data, office):
        """Seventeen times as for any dossier, and once for what was kept."""
        at(procedure, AFTER)
        say(dossier, "no", office)
        for user in (data, office):
            page(user, dossier)
            client = Client()
            client.force_login(user)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("admin:applicants_dossier_change", args=[dossier.pk]))
            assert len(queries) <= 18

    def test_acts_on_a_dossier_before_its_date_pay_one_question(self, procedure, dossier, django_assert_num_queries):
        with transaction.atomic(), django_assert_num_queries(2):
            lock(dossier.pk)


DAYS = st.integers(0, 30)
MEETINGS = st.lists(st.tuples(DAYS, st.sampled_from([None, 1, 2])), max_size=6)


@given(meetings=MEETINGS, submitted=DAYS, validated=DAYS)
def test_the_date_is_a_meeting_of_the_programme_not_before_validation(
    meetings: list[tuple[int, int | None]], submitted: int, validated: int
) -> None:
    """Each session closes two days before it meets; validation comes after submission."""
    day0 = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)

    def day(number: int) -> dt.datetime:
        return day0 + dt.timedelta(days=number)

    validated = max(submitted, validated)
    sessions = [
        JurySession(step_id=1, programme_id=programme, meets_at=day(meets), closes_at=day(meets - 2))
        for meets, programme in sorted(meetings, key=lambda one: one[0])
    ]
    in_time = [meets for meets, programme in meetings if programme in (None, 1) and submitted < meets - 2]
    found = date_of_study(sessions, 1, submitted_at=day(submitted), validated_at=day(validated))
    if not in_time:
        assert found is None
    else:
        to_come = [meets for meets in in_time if meets >= validated]
        assert found == day(min(to_come, default=validated))
