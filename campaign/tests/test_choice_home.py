"""The home of a dossier whose programmes decide each for itself: what it says of each choice, and nothing early."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applicants.models import Dossier, Receipt, Status
from applicants.tests.reading import read
from applicants.tests.scenario import set_clock
from documents.models import Notice
from juries.models import Decision, TestSlot
from juries.tests import rows
from juries.tests.test_choice_decisions import FILE, choice_of
from notifications.context import encode
from offers.models import Place
from programmes.loading import store
from programmes.models import JurySession, Pool, Procedure
from programmes.procedure_file import read as read_file
from programmes.text import Text

MOST_QUERIES = 12
Outcome = Decision.Outcome


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The small procedure, in its spring."""
    made = store(read_file(FILE), rehearsal=True)
    set_clock(made, "2026-03-16 10:00")
    return Procedure.objects.get(pk=made.pk)


@pytest.fixture
def dossier(procedure: Procedure) -> Dossier:
    """Validated, with a choice in each of three programmes."""
    made = rows.dossier(procedure, choices=("data", "design", "energy"), track="entry", submitted=dt.timedelta(days=5))
    Receipt.objects.create(dossier=made, number="R-1", issued_at=procedure.now(), choices=[])
    return made


@pytest.fixture
def home(client: Client, dossier: Dossier, django_assert_max_num_queries: DjangoAssertNumQueries):
    """The page as its candidate sees it now."""
    client.force_login(dossier.candidate.user)
    assert dossier.rules  # read once in the life of a process, not by each page

    def look() -> str:
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = client.get(reverse("campaign:dossier", args=[dossier.procedure.slug]))
        assert answer.status_code == 200
        return read(answer)

    return look


def decide(
    dossier: Dossier, step: str, programme: str, outcome: str, *, at: dt.datetime, rank: int | None = None
) -> None:
    """A decision of a programme, public from `at`."""
    found = dossier.procedure.steps.get(code=step)
    choice = choice_of(dossier, programme)
    publication = found.publications.create(
        programme=choice.programme, visible_at=at, prepared_at=dossier.procedure.now()
    )
    Decision.objects.create(
        dossier=dossier,
        choice=choice,
        step=found,
        outcome=outcome,
        rank=rank,
        reason="x" if outcome == Outcome.NOT_ADMISSIBLE else "",
        publication=publication,
        decided_at=dossier.procedure.now(),
    )


def test_each_choice_says_what_its_programme_decided(home, dossier):
    now = dossier.procedure.now()
    decide(dossier, "study", "data", Outcome.ADMISSIBLE, at=now)
    decide(dossier, "study", "design", Outcome.NOT_ADMISSIBLE, at=now)
    said = home()
    assert "Retenue pour la suite" in said
    assert "Non retenue" in said
    assert "À l’étude" in said
    assert "Vos candidatures" in said


def test_nothing_shows_before_its_instant(home, dossier):
    soon = dossier.procedure.now() + dt.timedelta(hours=1)
    decide(dossier, "study", "data", Outcome.ADMISSIBLE, at=soon)
    assert "Retenue" not in home()
    set_clock(dossier.procedure, "2026-03-16 11:01")
    assert "Retenue pour la suite" in home()


def test_the_later_step_is_the_one_told(home, dossier):
    now = dossier.procedure.now()
    decide(dossier, "study", "data", Outcome.ADMISSIBLE, at=now)
    decide(dossier, "admission", "data", Outcome.WAITING, at=now, rank=3)
    said = home()
    assert "Vous y êtes au rang 3" in said
    assert "Retenue pour la suite" not in said
    assert "Des formations vous ont répondu" in said


def test_who_is_left_with_a_waiting_list_reads_of_it_first(home, dossier):
    now = dossier.procedure.now()
    decide(dossier, "admission", "data", Outcome.WAITING, at=now, rank=3)
    for programme in ("design", "energy"):
        decide(dossier, "study", programme, Outcome.NOT_ADMISSIBLE, at=now)
    said = home()
    assert "Données : liste d’attente" in said
    assert said.count("Vous y êtes au rang 3") == 1, "the headline says it, the line need not again"
    assert "Votre dossier est à l’étude" not in said


def test_when_all_have_refused_it_is_said_with_care_and_nothing_is_asked(home, dossier):
    for programme in ("data", "design", "energy"):
        decide(dossier, "study", programme, Outcome.NOT_ADMISSIBLE, at=dossier.procedure.now())
    said = home()
    assert "Votre candidature est close" in said
    assert "Retirer ma candidature" not in said


def test_before_verification_no_programme_has_it(home, dossier):
    Dossier.objects.update(status=Status.SUBMITTED, validated_at=None)
    assert "En vérification" in home()


def test_the_sessions_that_may_study_it_are_on_the_timeline(home, dossier):
    JurySession.objects.filter(number=1).update(closes_at=dossier.submitted_at)
    said = home()
    assert "session n° 2" in said
    assert "session n° 1" not in said


def test_only_the_session_that_comes_next_is_announced(home, dossier):
    """Later ones are for dossiers that come later, and until when to apply is past."""
    later = JurySession.objects.get(number=2)
    step, now = later.step, dossier.procedure.now()
    for number, days in ((3, 20), (4, 40)):
        meets = now + dt.timedelta(days=days)
        JurySession.objects.create(step=step, number=number, meets_at=meets, closes_at=meets)
    said = home()
    assert len([number for number in range(1, 5) if f"session n° {number}" in said]) == 1
    assert "Dossiers transmis au plus tard" not in said


def test_where_one_is_leaves_out_the_juries_of_programmes_that_said_no(home, dossier):
    now = dossier.procedure.now()
    step = dossier.procedure.steps.get(code="admission")
    for number, programme in ((11, "data"), (12, "design")):
        chosen = choice_of(dossier, programme).programme
        meets = now + dt.timedelta(days=number)
        JurySession.objects.create(step=step, number=number, programme=chosen, meets_at=meets)
    assert "– Design" in home()
    decide(dossier, "study", "design", Outcome.NOT_ADMISSIBLE, at=now)
    said = home()
    assert "– Design" not in said
    assert "– Données" in said
    for programme in ("data", "energy"):
        decide(dossier, "study", programme, Outcome.NOT_ADMISSIBLE, at=now)
    said = home()
    assert "toutes vos candidatures ont reçu leur réponse" in said
    assert "Ensuite" not in said


class TestWhatIsAsked:
    @pytest.fixture
    def interviews(self, dossier):
        """Between the study and the admission, an interview that the candidate books."""
        procedure = dossier.procedure
        procedure.steps.filter(code="admission").update(position=3)
        return procedure.steps.create(
            code="interviews", kind="tests", label={"fr": "Entretien", "en": ""}, position=2, booking="candidate"
        )

    def slot(self, dossier, interviews, *, begins_in: dt.timedelta) -> TestSlot:
        """The interview of the first choice."""
        choice = choice_of(dossier)
        panel = interviews.panels.create(school=choice.programme.school, test="interview", name="Jury 1", room="A1")
        begins = dossier.procedure.now() + begins_in
        ends = begins + dt.timedelta(minutes=30)
        return TestSlot.objects.create(
            panel=panel, dossier=dossier, choice=choice, test="interview", starts_at=begins, ends_at=ends
        )

    def test_whoever_was_let_pass_is_asked_to_book(self, home, dossier, interviews):
        assert "Entretien à réserver" not in home()
        decide(dossier, "study", "data", Outcome.ADMISSIBLE, at=dossier.procedure.now())
        said = home()
        assert "Entretien à réserver" in said
        assert "Choisir un créneau" in said
        assert reverse("juries:booking", args=[dossier.procedure.slug, choice_of(dossier).pk]) in said

    def test_a_booked_interview_says_when_and_once_over_the_choice_is_under_study(self, home, dossier, interviews):
        decide(dossier, "study", "data", Outcome.ADMISSIBLE, at=dossier.procedure.now())
        slot = self.slot(dossier, interviews, begins_in=dt.timedelta(days=2))
        said = home()
        assert said.count("mercredi 18 mars 2026 à 10 h") == 1, "the headline says it, the line need not again"
        assert "Données : entretien réservé" in said
        assert "Entretien réservé – Données, mercredi 18 mars 2026, de 10 h à 10 h 30" in said
        past = dt.timedelta(days=3)
        TestSlot.objects.update(ends_at=slot.ends_at - past, starts_at=slot.starts_at - past)
        assert "votre entretien a eu lieu" in home()

    def test_a_written_piece_is_asked_for_until_its_hour_and_then_read(self, home, dossier, interviews):
        now = dossier.procedure.now()
        decide(dossier, "study", "data", Outcome.ADMISSIBLE, at=now)
        self.slot(dossier, interviews, begins_in=-dt.timedelta(days=2))
        until = now + dt.timedelta(hours=2)
        choice_of(dossier).supplements.create(kind="written", subject="Deux pages.", due_at=until, asked_at=now)
        assert "Écrit à remettre – Données, avant le lundi 16 mars 2026 à 12 h" in home()
        set_clock(dossier.procedure, "2026-03-16 12:01")
        assert "La formation étudie votre réponse." in home()

    def test_once_the_admission_is_public_nothing_is_asked(self, home, dossier, interviews):
        now = dossier.procedure.now()
        decide(dossier, "study", "data", Outcome.ADMISSIBLE, at=now)
        decide(dossier, "admission", "data", Outcome.REFUSED, at=now)
        assert "Choisir un créneau" not in home()


class TestPlaces:
    def test_a_place_to_confirm_is_the_thing_to_do_until_its_hour(self, home, dossier):
        now = dossier.procedure.now()
        decide(dossier, "admission", "data", Outcome.ADMITTED, at=now)
        self.offer(dossier, until=now + dt.timedelta(hours=2))
        said = home()
        assert "Confirmation de votre place – Données, avant le lundi 16 mars 2026 à 12 h" in said
        assert "Données : place à confirmer" in said
        assert reverse("offers:place", args=[dossier.procedure.slug]) in said
        set_clock(dossier.procedure, "2026-03-16 12:01")
        assert "ne vous est plus garantie" in home()

    def test_a_place_is_not_told_before_the_decision_it_rests_on(self, home, dossier):
        now = dossier.procedure.now()
        decide(dossier, "admission", "data", Outcome.ADMITTED, at=now + dt.timedelta(hours=1))
        self.offer(dossier, until=now + dt.timedelta(days=2))
        assert "place à confirmer" not in home()

    def test_whoever_gave_it_back_is_told_so(self, home, dossier):
        now = dossier.procedure.now()
        decide(dossier, "admission", "data", Outcome.ADMITTED, at=now)
        self.offer(dossier, until=now + dt.timedelta(days=2), state="declined", ended_at=now)
        assert "Vous avez rendu cette place." in home()

    def test_the_only_one_left_is_the_headline(self, home, dossier):
        """Whoever is admitted there and refused elsewhere reads the good news first."""
        now = dossier.procedure.now()
        for programme in ("design", "energy"):
            decide(dossier, "study", programme, Outcome.NOT_ADMISSIBLE, at=now)
        decide(dossier, "admission", "data", Outcome.ADMITTED, at=now)
        assert "Données : admis" in home()

    def test_a_place_that_was_lost_was_not_given_back(self, home, dossier):
        now = dossier.procedure.now()
        decide(dossier, "admission", "data", Outcome.ADMITTED, at=now)
        self.offer(dossier, until=now + dt.timedelta(days=2), state="released", ended_at=now)
        said = home()
        assert "Place perdue" in said
        assert "Place rendue" not in said

    def test_two_places_are_announced_together(self, home, dossier):
        """Else whoever reads the first line only would let the other go by."""
        now = dossier.procedure.now()
        for programme in ("data", "energy"):
            decide(dossier, "admission", programme, Outcome.ADMITTED, at=now)
            self.offer(dossier, programme, until=now + dt.timedelta(days=2))
        said = home()
        assert "2 de vos candidatures attendent quelque chose de vous" in said
        assert said.count("Confirmer ma place") == 1

    def test_letters_of_several_programmes_name_theirs(self, home, dossier):
        for programme in ("Données", "Énergie"):
            rows_of_letter = {"key": programme, "number": programme, "code": programme, "kind": "decision"}
            Notice.objects.create(
                **rows_of_letter,
                procedure=dossier.procedure,
                recipient=dossier.candidate.user,
                context=encode({"outcome": "admissible", "programme": Text(programme, "")}),
                issued_at=dossier.procedure.now(),
                visible_at=dossier.procedure.now(),
            )
        said = home()
        assert "Avis d’admissibilité, Données (PDF)" in said
        assert "Avis d’admissibilité, Énergie (PDF)" in said

    def offer(self, dossier: Dossier, programme: str = "data", *, until: dt.datetime, **how: object) -> None:
        """A place for one of the choices."""
        choice = choice_of(dossier, programme)
        decision = Decision.objects.get(choice=choice, step__code="admission")
        pool = Pool.objects.get(programme=choice.programme)
        Place.objects.create(
            dossier=dossier,
            choice=choice,
            decision=decision,
            pool=pool,
            offered_at=dossier.procedure.now(),
            until=until,
            **how,
        )
