"""The home of a submitted dossier: what it tells after each publication, and not one second before."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applicants.corrections import ask_correction
from applicants.endings import withdraw_dossier
from applicants.models import Dossier, Status
from applicants.tests.reading import read
from applicants.tests.scenario import (
    OPEN,
    PARIS,
    begun,
    complete,
    filled,
    person,
    procedure_at,
    set_clock,
    staff,
    submitted,
)
from juries.models import Decision, Panel, Publication, TestSlot
from juries.tests.rows import decided
from offers.models import Enrolment, ListEntry, Offer, ReplyRecord
from programmes.models import Period, Pool, Procedure, School, Step

MOST_QUERIES = 12
Outcome = Decision.Outcome


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The procedure, open."""
    return procedure_at(OPEN)


@pytest.fixture
def zoe(db: None) -> User:
    """A candidate."""
    return person()


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    """A validated dossier; Albi is its first choice."""
    made = submitted(procedure, zoe)
    Dossier.objects.update(status=Status.VALIDATED, validated_at=procedure.now())
    made.refresh_from_db()
    return made


@pytest.fixture
def home(client: Client, dossier: Dossier, zoe: User, django_assert_max_num_queries: DjangoAssertNumQueries) -> Home:
    """Zoé's dossier, as she sees it now."""
    client.force_login(zoe)
    return Home(client, dossier, django_assert_max_num_queries)


class Home:
    """Looks at the home of a dossier, in few queries each time."""

    def __init__(self, client: Client, dossier: Dossier, few_queries: DjangoAssertNumQueries) -> None:
        self.client, self.dossier, self.few_queries = client, dossier, few_queries
        self.address = reverse("campaign:dossier", args=[dossier.procedure.slug])
        self.calendar = reverse("campaign:summons_calendar", args=[dossier.procedure.slug])

    def at(self, moment: str) -> str:
        """The page at that hour of the procedure."""
        set_clock(self.dossier.procedure, moment)
        with self.few_queries(MOST_QUERIES):
            answer = self.client.get(self.address)
        assert answer.status_code == 200
        return read(answer)


def publish(dossier: Dossier, kind: str, outcome: str) -> None:
    """Decide, and prepare the publication at the instant that the calendar gives."""
    step = Step.objects.get(procedure=dossier.procedure, kind=kind)
    assert step.results_at is not None
    decided(dossier, step, outcome)
    publication = Publication.objects.create(step=step, visible_at=step.results_at, prepared_at=step.results_at)
    Decision.objects.filter(step=step).update(publication=publication)


def summon(dossier: Dossier) -> None:
    """Send the summons for the interview."""
    step = Step.objects.get(procedure=dossier.procedure, kind=Step.Kind.TESTS)
    school = School.objects.get(code="albi")
    panel = Panel.objects.create(step=step, school=school, test="interview", name="Jury 2", room="salle Lapérouse")
    begins = dt.datetime(2026, 5, 18, 9, 30, tzinfo=PARIS)
    TestSlot.objects.create(
        panel=panel,
        test="interview",
        dossier=dossier,
        starts_at=begins,
        ends_at=begins + dt.timedelta(minutes=25),
        summoned_at=begins - dt.timedelta(days=20),
    )


def listed(dossier: Dossier, *, offered: bool) -> Period:
    """On the list of Albi, the first period open; with or without an offer."""
    publish(dossier, Step.Kind.ADMISSIBILITY, Outcome.ADMISSIBLE)
    publish(dossier, Step.Kind.ADMISSION, Outcome.CONDITIONAL)
    pool = Pool.objects.get(programme__procedure=dossier.procedure, programme__code="albi", track__code="L3")
    ListEntry.objects.create(pool=pool, dossier=dossier, rank=1)
    period = dossier.procedure.periods.get(number=1)
    period.opened_at = period.starts_at
    period.save()
    if offered:
        Offer.objects.create(period=period, dossier=dossier, pool=pool, made_at=period.starts_at)
    return period


# --- Before any decision ------------------------------------------------------------------------------------


def test_a_draft_shows_its_tasks_and_the_days_of_its_first_choice(client: Client, procedure: Procedure) -> None:
    empty, full = person("a@example.org"), person("b@example.org")
    begun(procedure, empty)
    filled(procedure, full)
    address = reverse("campaign:dossier", args=[procedure.slug])
    client.force_login(empty)
    text = read(client.get(address))
    assert "Rien n’est encore complet, sur 10 parties" in text
    assert "Continuer : Identité" in text
    assert "du lundi 18 mai 2026 au jeudi 21 mai 2026" in text
    client.force_login(full)
    text = read(client.get(address))
    assert "9 parties sur 10 sont complètes" in text
    assert "Continuer : Frais de dossier" in text
    assert "du lundi 18 mai 2026 au mardi 19 mai 2026" in text  # Albi's


def test_an_announced_transfer_leaves_nothing_to_do(client: Client, procedure: Procedure, zoe: User) -> None:
    complete(procedure, zoe)
    client.force_login(zoe)
    text = read(client.get(reverse("campaign:dossier", args=[procedure.slug])))
    assert "10 parties sur 10 sont complètes" in text
    assert "Tout est prêt." in text


def test_a_draft_that_came_too_late_is_told_so_and_asked_for_nothing(client: Client, procedure: Procedure) -> None:
    late = filled(procedure, person("late@example.org")).candidate.user
    client.force_login(late)
    address = reverse("campaign:dossier", args=[procedure.slug])
    set_clock(procedure, "2026-03-20 22:59:59")
    assert "Relire et transmettre" in read(client.get(address))
    set_clock(procedure, "2026-03-20 23:00")
    text = read(client.get(address))
    assert "Votre dossier n’a pas été transmis" in text
    assert "Relire et transmettre" not in text
    assert "Continuer" not in text


def test_a_submitted_dossier_says_who_verifies_it_and_what_comes(home: Home) -> None:
    Dossier.objects.update(status=Status.SUBMITTED, validated_at=None)
    text = home.at("2026-03-25 10:00")
    assert "IMT Mines Albi, que vous placez en premier, vérifie vos pièces." in text
    assert "Titre exigé ou attestation de réussite" in text
    assert home.dossier.receipt.number in text


def test_a_validated_dossier_says_once_when_the_results_come(home: Home) -> None:
    text = home.at("2026-03-25 10:00")
    assert "Votre dossier est validé" in text
    above, calendar = text.split('id="calendrier"')
    assert (above.count("9 avril 2026"), calendar.count("9 avril 2026")) == (1, 1)


def test_a_correction_stands_on_the_home(home: Home, procedure: Procedure) -> None:
    set_clock(procedure, "2026-03-25 10:00")
    until = procedure.now() + dt.timedelta(days=2)
    verifier = staff(procedure, "verifier", "albi")
    ask_correction(home.dossier.pk, opens=["paper:cv"], reason="Complétez.", until=until, by=verifier)
    assert "avant le vendredi 27 mars 2026 à 10 h" in home.at("2026-03-25 10:00")
    assert "Complétez." not in home.at("2026-03-27 10:01")


def test_another_person_s_home_is_not_there(client: Client, dossier: Dossier) -> None:
    client.force_login(person("max@example.org"))
    assert client.get(reverse("campaign:dossier", args=[dossier.procedure.slug])).status_code == 404


# --- Admissibility and the tests ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(Outcome.ADMISSIBLE, "Vous êtes admissible"), (Outcome.NOT_ADMISSIBLE, "Votre candidature n’est pas retenue")],
)
def test_admissibility_shows_at_its_instant_and_not_one_second_before(home: Home, outcome: str, said: str) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, outcome)
    before = home.at("2026-04-09 15:59:59")
    assert "Votre dossier est validé" in before
    assert said not in before
    assert said in home.at("2026-04-09 16:00:00")


def test_the_jury_s_reason_is_never_shown(home: Home) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, Outcome.NOT_ADMISSIBLE)
    assert "Résultats insuffisants" not in home.at("2026-04-10 10:00")


def test_who_is_not_admissible_is_asked_for_nothing_more(home: Home) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, Outcome.NOT_ADMISSIBLE)
    text = home.at("2026-04-10 10:00")
    assert "Ce que nous attendons encore" not in text
    assert "Propositions d’intégration" not in text


def test_who_is_not_admissible_waits_for_no_offer(home: Home) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, Outcome.NOT_ADMISSIBLE)
    address = reverse("offers:page", args=[home.dossier.procedure.slug])
    set_clock(home.dossier.procedure, "2026-04-09 15:59:59")
    assert "Les résultats ne sont pas encore publiés" in read(home.client.get(address))
    set_clock(home.dossier.procedure, "2026-04-09 16:00")
    told = read(home.client.get(address))
    assert "pas encore publiés" not in told
    assert "Le jury n’a pas retenu votre candidature" in told


def test_the_summons_shows_to_the_admissible_once_it_is_sent(home: Home) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, Outcome.ADMISSIBLE)
    assert "Vous serez convoqué aux épreuves." in home.at("2026-05-01 10:00")
    assert home.client.get(home.calendar).status_code == 404
    summon(home.dossier)
    text = home.at("2026-05-01 10:00")
    assert "Lundi 18 mai 2026" in text
    assert "de 9 h 30 à 9 h 55" in text
    assert "salle Lapérouse" in text
    calendar = home.client.get(home.calendar)
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in calendar.content


def test_a_summons_tells_nothing_before_the_admissibility_is_public(home: Home) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, Outcome.ADMISSIBLE)
    summon(home.dossier)
    assert "salle Lapérouse" not in home.at("2026-04-09 15:59:59")
    assert home.client.get(home.calendar).status_code == 404


# --- Admission and the periods ------------------------------------------------------------------------------


def test_admission_shows_at_its_instant_and_not_one_second_before(home: Home) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, Outcome.ADMISSIBLE)
    publish(home.dossier, Step.Kind.ADMISSION, Outcome.REFUSED)
    assert "Vous n’êtes pas admis" not in home.at("2026-05-28 13:59:59")
    assert "Vous n’êtes pas admis" in home.at("2026-05-28 14:00:00")


def test_an_offer_shows_when_its_period_begins_with_the_hour_by_which_to_answer(home: Home) -> None:
    listed(home.dossier, offered=True)
    assert "vous propose une place" not in home.at("2026-05-28 13:59:59")
    text = home.at("2026-05-28 14:00:00")
    assert "IMT Mines Albi vous propose une place" in text
    assert "Répondez avant le mercredi 3 juin 2026 à 23 h" in text
    assert reverse("offers:page", args=[home.dossier.procedure.slug]) in text


def test_results_out_and_period_not_opened_yet_promises_nothing(home: Home) -> None:
    period = listed(home.dossier, offered=False)
    Period.objects.filter(pk=period.pk).update(opened_at=None)
    text = home.at("2026-05-28 14:00:05")
    assert "Vous êtes sur un tableau d’admission" in text
    assert "liste d’attente" not in text


def test_who_has_no_offer_is_told_to_stay_in(home: Home) -> None:
    listed(home.dossier, offered=False)
    assert "Pour rester en attente, dites-le avant le mercredi 3 juin 2026 à 23 h" in home.at("2026-05-29 10:00")


def test_the_last_reply_is_said_back(home: Home, zoe: User) -> None:
    period = listed(home.dossier, offered=True)
    for reply in (ReplyRecord.Kind.ACCEPT, ReplyRecord.Kind.ACCEPT_BUT):
        ReplyRecord.objects.create(
            period=period, dossier=home.dossier, reply=reply, given_at=period.starts_at, given_by=zoe
        )
    assert "Vous avez répondu : OUI MAIS" in home.at("2026-05-29 10:00")


def test_who_stayed_silent_is_told_so(home: Home) -> None:
    listed(home.dossier, offered=False)
    ListEntry.objects.update(struck_at=home.dossier.submitted_at, struck_because=ListEntry.Struck.SILENT)
    text = home.at("2026-06-04 15:00")
    assert "Une période s’est achevée sans réponse de votre part" in text
    assert "Rester en attente" not in text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (Enrolment.State.AWAITING_TITLE, "Déposez-le au plus tard le vendredi 17 juillet 2026 à minuit."),
        (Enrolment.State.DEFINITIVE, "Votre admission est définitive"),
        (Enrolment.State.LAPSED, "Le titre exigé n’est pas arrivé à temps"),
        (Enrolment.State.GIVEN_UP, "Vous avez renoncé à votre place"),
    ],
)
def test_an_enrolment_says_what_it_waits_for(home: Home, state: str, said: str) -> None:
    period = listed(home.dossier, offered=True)
    pool = home.dossier.offers.get().pool
    pronounced = period.ends_at if state == Enrolment.State.DEFINITIVE else None
    ended = period.ends_at if state in (Enrolment.State.LAPSED, Enrolment.State.GIVEN_UP) else None
    Enrolment.objects.create(
        dossier=home.dossier, pool=pool, state=state, taken_at=period.ends_at, pronounced_at=pronounced, ended_at=ended
    )
    text = home.at("2026-06-20 10:00")
    assert said in text
    assert reverse("offers:page", args=[home.dossier.procedure.slug]) in text
    assert ("Ce que nous attendons encore" in text) == (state == Enrolment.State.AWAITING_TITLE)


def test_a_withdrawn_dossier_is_read_and_shows_no_result(home: Home, zoe: User) -> None:
    publish(home.dossier, Step.Kind.ADMISSIBILITY, Outcome.ADMISSIBLE)
    withdraw_dossier(home.dossier.pk, by=zoe)
    text = home.at("2026-04-10 10:00")
    assert "Votre candidature est retirée" in text
    assert "Retirer ma candidature" not in text
