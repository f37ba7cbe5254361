"""Where one is: the stage, what comes next and in how long, and on the timeline nothing that is not one's own.

Each page is read through the address of the home, in at most 12 queries. Rules: AST-13, AST-16, AST-25.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applicants.answers import save_answers
from applicants.choices import rank_choices
from applicants.corrections import ask_correction
from applicants.endings import withdraw_dossier
from applicants.extensions import grant_extension
from applicants.models import Dossier, Receipt, Status
from applicants.tests.scenario import (
    OPEN,
    PARIS,
    begun,
    person,
    procedure_at,
    procedure_from,
    set_clock,
    staff,
    submitted,
)
from campaign.tests.test_views_dossier import MOST_QUERIES, listed, publish, summon
from campaign.where import Where
from juries.models import Decision
from offers.models import Enrolment, ListEntry, ReplyRecord
from programmes.models import Procedure, Step

Outcome = Decision.Outcome
NO_BREAK = "\u00a0"


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The procedure, open."""
    return procedure_at(OPEN)


@pytest.fixture
def zoe(client: Client, db: None) -> User:
    """A candidate, signed in."""
    user = person()
    client.force_login(user)
    return user


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    """A validated dossier; Albi is its first choice."""
    made = submitted(procedure, zoe)
    Dossier.objects.update(status=Status.VALIDATED, validated_at=procedure.now())
    made.refresh_from_db()
    return made


class Look:
    """What the home says of where one is."""

    def __init__(self, client: Client, few_queries: DjangoAssertNumQueries) -> None:
        self.client, self.few_queries = client, few_queries

    def at(self, dossier: Dossier, moment: str) -> Where:
        """As it stands at that hour of the procedure, which goes on: half a minute early keeps words round."""
        set_clock(dossier.procedure, moment)
        with self.few_queries(MOST_QUERIES):
            answer = self.client.get(reverse("campaign:dossier", args=[dossier.procedure.slug]))
        where: Where = answer.context["where"]
        return where


@pytest.fixture
def look(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> Look:
    """Looks at the home, in few queries."""
    return Look(client, django_assert_max_num_queries)


def labels(where: Where) -> list[str]:
    """The lines of the timeline."""
    return [item.label for item in where.items]


def coming(where: Where) -> tuple[str, str, str]:
    """What comes next, when, and in how long; hours with plain spaces."""
    assert where.next is not None
    return where.next.label, where.next.when.replace(NO_BREAK, " "), where.left.replace(NO_BREAK, " ")


def offers_of(where: Where) -> list[str]:
    """The lines of periods of offers."""
    return [label for label in labels(where) if label.startswith("Propositions")]


# --- A draft ------------------------------------------------------------------------------------------------


def test_a_draft_is_told_until_when_it_can_be_sent(look: Look, procedure: Procedure, zoe: User) -> None:
    where = look.at(begun(procedure, zoe), "2026-03-18 18:59:30")
    assert where.stage == "vous préparez votre dossier"
    said = ("Transmission de votre dossier", "avant le vendredi 20 mars 2026 à 23 h", "encore 2 jours et 4 heures")
    assert coming(where) == said


def test_an_extension_is_the_candidate_s_own_closing(look: Look, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    until = dt.datetime(2026, 3, 25, 12, tzinfo=PARIS)
    grant_extension(dossier.pk, until=until, reason="Panne.", by=staff(procedure, "office"))
    where = look.at(dossier, "2026-03-21 10:00")
    assert coming(where)[1] == "avant le mercredi 25 mars 2026 à 12 h"


def test_what_came_too_late_waits_for_nothing(look: Look, procedure: Procedure, zoe: User) -> None:
    where = look.at(begun(procedure, zoe), "2026-03-20 23:00")
    assert where.next is None
    assert labels(where) == ["Clôture des candidatures", "votre dossier n’a pas été transmis"]


def test_a_date_for_a_paper_that_one_does_not_owe_is_left_out(look: Look, procedure: Procedure, zoe: User) -> None:
    """Who holds the title already waits for nothing in July."""
    dossier = begun(procedure, zoe)
    received = "Réception du titre exigé"
    save_answers(dossier.pk, "path", {"title_held": "no"}, by=zoe)
    assert received in labels(look.at(dossier, OPEN))
    save_answers(dossier.pk, "path", {"title_held": "yes"}, by=zoe)
    assert received not in labels(look.at(dossier, OPEN))


# --- After submission ---------------------------------------------------------------------------------------


def test_what_was_done_is_past_and_the_results_come_next(look: Look, dossier: Dossier) -> None:
    where = look.at(dossier, "2026-04-08 14:59:30")
    assert labels(where)[:4] == [
        "Dossier transmis",
        "Dossier validé",
        "votre dossier est validé, le jury l’étudie",
        "Résultats : Admissibilité",
    ]
    assert coming(where)[1:] == ("jeudi 9 avril 2026 à 16 h", "dans 1 jour et 1 heure")
    assert len(offers_of(where)) == 4


def test_a_correction_comes_first_until_its_hour(look: Look, dossier: Dossier, procedure: Procedure) -> None:
    set_clock(procedure, "2026-03-25 10:00")
    until = dt.datetime(2026, 3, 27, 10, tzinfo=PARIS)
    verifier = staff(procedure, "verifier", "albi")
    ask_correction(dossier.pk, opens=["paper:cv"], reason="Complétez.", until=until, by=verifier)
    where = look.at(dossier, "2026-03-26 09:59:30")
    assert where.stage == "une correction vous est demandée"
    said = ("Réponse à la correction demandée", "avant le vendredi 27 mars 2026 à 10 h", "encore 1 jour")
    assert coming(where) == said
    assert look.at(dossier, "2026-03-27 10:01").stage == "votre dossier est validé, le jury l’étudie"


def test_what_the_school_asks_for_comes_before_results_that_are_sooner(
    look: Look, dossier: Dossier, procedure: Procedure
) -> None:
    set_clock(procedure, "2026-04-07 10:00")
    until = dt.datetime(2026, 4, 12, 10, tzinfo=PARIS)
    ask_correction(
        dossier.pk, opens=["paper:cv"], reason="Complétez.", until=until, by=staff(procedure, "verifier", "albi")
    )
    assert coming(look.at(dossier, "2026-04-08 10:00"))[0] == "Réponse à la correction demandée"


def test_what_may_be_added_meanwhile_is_never_what_comes_next(look: Look, zoe: User) -> None:
    """APP-14: one may add a programme until the 9th; nobody has to, and nobody can before the dossier is sent."""
    path = Path(settings.BASE_DIR) / "applicants/tests/procedures/side-by-side.yaml"
    dossier = begun(procedure_from(path.read_text(encoding="utf-8"), "2026-03-02 10:00"), zoe)
    assert "Ajout de formations" not in labels(look.at(dossier, "2026-03-02 10:00"))
    rank_choices(dossier.pk, ["reseaux"], by=zoe)
    Receipt.objects.create(dossier=dossier, number="R-1", issued_at=dossier.procedure.now(), choices=[])
    Dossier.objects.update(status=Status.SUBMITTED, submitted_at=dossier.procedure.now())
    where = look.at(dossier, "2026-03-03 10:00")
    assert {"Ajout de formations", "Avis des référents"} <= set(labels(where))
    assert coming(where)[0] == "Résultats : Admission"


def test_nothing_moves_one_second_before_the_results(look: Look, dossier: Dossier) -> None:
    before = look.at(dossier, "2026-04-09 15:59:59")
    publish(dossier, Step.Kind.ADMISSIBILITY, Outcome.NOT_ADMISSIBLE)
    summon(dossier)
    assert labels(look.at(dossier, "2026-04-09 15:59:59")) == labels(before)
    assert look.at(dossier, "2026-04-09 16:00").stage == "votre candidature s’arrête ici"


def test_who_is_not_admissible_sees_no_test_and_no_offer_even_later(look: Look, dossier: Dossier) -> None:
    publish(dossier, Step.Kind.ADMISSIBILITY, Outcome.NOT_ADMISSIBLE)
    where = look.at(dossier, "2026-06-20 10:00")
    assert labels(where) == [
        "Dossier transmis",
        "Dossier validé",
        "Résultats : Admissibilité",
        "votre candidature s’arrête ici",
    ]
    assert where.next is None


def test_the_tests_stand_at_one_s_own_day_and_hours(look: Look, dossier: Dossier) -> None:
    publish(dossier, Step.Kind.ADMISSIBILITY, Outcome.ADMISSIBLE)
    assert coming(look.at(dossier, "2026-05-01 10:00"))[1] == "du lundi 18 mai 2026 au mardi 19 mai 2026"
    summon(dossier)
    where = look.at(dossier, "2026-05-17 09:29:30")
    said = ("Épreuves probatoires", "lundi 18 mai 2026, de 9 h 30 à 9 h 55", "dans 1 jour")
    assert coming(where) == said
    assert labels(where).count("Épreuves probatoires") == 1
    after = look.at(dossier, "2026-05-18 09:55")
    assert after.stage == "vos épreuves sont passées"
    assert coming(after)[0] == "Résultats : Admission"


# --- Offers and enrolment -----------------------------------------------------------------------------------


def test_who_is_refused_waits_for_no_period(look: Look, dossier: Dossier) -> None:
    publish(dossier, Step.Kind.ADMISSIBILITY, Outcome.ADMISSIBLE)
    publish(dossier, Step.Kind.ADMISSION, Outcome.REFUSED)
    where = look.at(dossier, "2026-06-05 10:00")
    assert offers_of(where) == []
    assert labels(where)[-2:] == ["Résultats : Admission", "votre candidature s’arrête ici"]


def test_a_place_offered_is_answered_before_the_period_ends(look: Look, dossier: Dossier, zoe: User) -> None:
    period = listed(dossier, offered=True)
    where = look.at(dossier, "2026-06-03 19:59:30")
    assert where.stage == "une place vous est proposée"
    assert coming(where) == ("Votre réponse, période 1", "avant le mercredi 3 juin 2026 à 23 h", "encore 3 heures")
    kind = ReplyRecord.Kind.ACCEPT_BUT
    ReplyRecord.objects.create(period=period, dossier=dossier, reply=kind, given_at=period.starts_at, given_by=zoe)
    where = look.at(dossier, "2026-06-03 19:59:30")
    assert where.stage == "vous avez répondu dans la période 1"
    assert coming(where)[0] == "Propositions d’intégration, période 2"
    assert coming(where)[2] == "dans 18 heures"


def test_who_left_the_lists_reads_of_no_period_to_come(look: Look, dossier: Dossier) -> None:
    period = listed(dossier, offered=False)
    ListEntry.objects.update(struck_at=period.ends_at, struck_because=ListEntry.Struck.SILENT)
    where = look.at(dossier, "2026-06-20 10:00")
    assert where.stage == "vous n’êtes plus sur aucun tableau d’admission"
    assert offers_of(where) == ["Propositions d’intégration, période 1"]


@pytest.mark.parametrize(
    ("state", "stage", "then"),
    [
        (
            Enrolment.State.AWAITING_TITLE,
            "vous avez une place, il reste à recevoir votre titre",
            "Réception du titre exigé",
        ),
        (Enrolment.State.DEFINITIVE, "votre admission est définitive", ""),
        (Enrolment.State.LAPSED, "vous n’avez plus de place", ""),
    ],
)
def test_a_place_taken_ends_the_offers(look: Look, dossier: Dossier, state: str, stage: str, then: str) -> None:
    period = listed(dossier, offered=True)
    pronounced = period.ends_at if state == Enrolment.State.DEFINITIVE else None
    ended = period.ends_at if state == Enrolment.State.LAPSED else None
    pool = dossier.offers.get().pool
    Enrolment.objects.create(
        dossier=dossier, pool=pool, state=state, taken_at=period.ends_at, pronounced_at=pronounced, ended_at=ended
    )
    where = look.at(dossier, "2026-06-05 10:00")
    assert where.stage == stage
    assert offers_of(where) == ["Propositions d’intégration, période 1"]
    assert (where.next.label if where.next else "") == then


def test_who_withdrew_is_told_when_and_waits_for_nothing(look: Look, dossier: Dossier, zoe: User) -> None:
    set_clock(dossier.procedure, "2026-04-01 10:00")
    withdraw_dossier(dossier.pk, by=zoe)
    where = look.at(dossier, "2026-06-01 10:00")
    assert labels(where) == [
        "Dossier transmis",
        "Dossier validé",
        "Candidature retirée",
        "votre candidature est retirée",
    ]
    assert where.next is None
