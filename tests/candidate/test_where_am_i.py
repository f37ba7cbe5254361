"""Where one is, in a browser, over the stages of a procedure: wide, narrow, to a screen reader, and in English."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.models import Dossier, Receipt, Status
from applicants.tests.scenario import OPEN, begun, person, procedure_at, set_clock, submitted
from campaign.tests.test_views_dossier import listed, publish, summon
from juries.models import Decision
from offers.tests.admitted import BY_WORD, admit, owner, small
from programmes.models import Step
from tests.actors import Person, enter
from tests.conftest import OpenBrowser
from tests.stage import loosely

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
Outcome = Decision.Outcome


def before_a_screen(open_browser: OpenBrowser, user: User, live_server: LiveServer) -> Person:
    """That user before a screen."""
    page = open_browser()
    enter(page, user, live_server)
    return Person(page)


def reads_where(zoe: Person, dossier: Dossier, moment: str, heading: str, stage: str, following: str = "") -> None:
    """At that hour the home says so in its first lines, and marks one step of the timeline as the current one.

    A draft says it on the timeline alone: what comes next stands in the strip on top of the page.
    """
    set_clock(dossier.procedure, moment)
    zoe.go(reverse("campaign:dossier", args=[dossier.procedure.slug]))
    zoe.arrives_at(heading)
    if dossier.status != Status.DRAFT:
        first, rest = stage[0].upper(), stage[1:]
        expect(zoe.page.locator(".where")).to_contain_text(loosely(f"Vous en êtes ici {first}{rest}"))
        if following:
            expect(zoe.page.locator(".where")).to_contain_text(loosely(f"Ensuite {following}"))
    zoe.looks_again()
    here = zoe.page.locator(".timeline [aria-current=step]")
    expect(here).to_have_count(1)
    expect(here).to_contain_text(loosely(f"Vous en êtes ici : {stage}"))
    if following:
        label = following.partition(", ")[0]
        expect(zoe.page.locator(".timeline__step--following")).to_contain_text(loosely(label))


def test_from_a_draft_to_a_place_offered(open_browser: OpenBrowser, live_server: LiveServer) -> None:
    procedure, user = procedure_at(OPEN), person()
    zoe = before_a_screen(open_browser, user, live_server)
    draft = begun(procedure, user)
    reads_where(
        zoe,
        draft,
        "2026-03-10 10:00",
        "Mon dossier",
        "vous préparez votre dossier",
        "Transmission de votre dossier, avant le vendredi 20 mars 2026 à 23 h (encore 10 jours",
    )
    draft.delete()
    set_clock(procedure, OPEN)
    dossier = submitted(procedure, user)
    Dossier.objects.update(status=Status.VALIDATED, validated_at=procedure.now())
    reads_where(
        zoe,
        dossier,
        "2026-04-01 10:00",
        "Votre dossier est validé",
        "votre dossier est validé",
        "Résultats : Admissibilité, jeudi 9 avril 2026 à 16 h (dans 8 jours",
    )
    listed(dossier, offered=True)
    summon(dossier)
    reads_where(
        zoe,
        dossier,
        "2026-05-10 10:00",
        "Vous êtes admissible",
        "vous êtes admissible",
        "Épreuves probatoires, lundi 18 mai 2026, de 9 h 30 à 9 h 55 (dans 7 jours",
    )
    reads_where(
        zoe,
        dossier,
        "2026-05-29 10:00",
        "IMT Mines Albi vous propose une place",
        "une place vous est proposée",
        "Votre réponse, période 1, avant le mercredi 3 juin 2026 à 23 h (encore 5 jours",
    )
    zoe.press("English")
    zoe.reads("You are here You are offered a place.")
    zoe.reads("Next Your reply, period 1")
    zoe.looks_again()


def test_who_is_turned_down_is_shown_nothing_that_goes_on_without_them(
    open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    procedure, user = procedure_at(OPEN), person()
    dossier = submitted(procedure, user)
    Dossier.objects.update(status=Status.VALIDATED, validated_at=procedure.now())
    publish(dossier, Step.Kind.ADMISSIBILITY, Outcome.NOT_ADMISSIBLE)
    zoe = before_a_screen(open_browser, user, live_server)
    reads_where(
        zoe,
        dossier,
        "2026-04-10 10:00",
        "Votre candidature n’est pas retenue",
        "votre candidature s’arrête ici",
    )
    zoe.does_not_read("Ensuite", "Épreuves probatoires", "Propositions d’intégration")


def test_a_place_to_confirm_is_what_comes_next(open_browser: OpenBrowser, live_server: LiveServer) -> None:
    place = admit(small(*BY_WORD), 1)
    Receipt.objects.create(dossier=place.dossier, number="R-1", issued_at=place.procedure.now(), choices=[])
    zoe = before_a_screen(open_browser, owner(place), live_server)
    zoe.go(reverse("campaign:dossier", args=[place.procedure.slug]))
    zoe.reads("Ensuite Confirmation de votre place, avant le")
    zoe.looks_again()
