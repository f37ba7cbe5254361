"""Where nothing is ranked, no page or mail speaks of a first choice; one school is not spoken of as several.

Rules: APP-02, BS-01, BS-02, NE-01, NE-02, IIM-01.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.choices import rank_choices
from applicants.dossiers import start_dossier
from applicants.models import Dossier
from applicants.tests import scenario
from applicants.tests.reading import read
from notifications.outbox import queue_mail
from notifications.rendering import render
from programmes.loading import store
from programmes.models import Procedure
from programmes.rules import Order
from programmes.words import PARIS
from tests.journeys.troupe import submitted
from tests.procedures import FILES, procedure_file
from tests.stage import Stage

PAGES = ("start", "choices", "fee", "papers", "review", "referees", "withdraw", "refunds", "messages", "receipt")
UNRANKED = [path.stem for path in FILES if procedure_file(path.stem).rules.choices.order != Order.RANKED]
RANKING = re.compile(r"premier vœu|en premier|vos vœux|toutes les écoles|trois écoles|les écoles que")


@pytest.fixture(params=UNRANKED)
def procedure(request: pytest.FixtureRequest, db: None) -> Procedure:
    made = store(procedure_file(request.param), rehearsal=True)
    opens = made.calendar["applications"].starts_at
    assert opens is not None
    return scenario.set_clock(made, f"{opens.astimezone(PARIS):%Y-%m-%d} 23:00")


@pytest.fixture
def zoe(db: None) -> User:
    return scenario.person()


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    identity = {"family_name": "Nguyễn-Lefèvre", "given_names": "Zoé", "birth_date": "2004-03-27"}
    begun = start_dossier(procedure.pk, by=zoe, identity=identity)
    first = procedure.programmes.order_by("position").first()
    assert first is not None
    scenario.answer_all(begun, zoe)
    rank_choices(begun.pk, [first.code], by=zoe)
    return scenario.reloaded(begun.pk)


def test_no_page_speaks_of_a_ranking(client: Client, procedure: Procedure, dossier: Dossier, zoe: User) -> None:
    client.force_login(zoe)
    home, public = (
        reverse("campaign:dossier", args=[procedure.slug]),
        reverse("campaign:procedure", args=[procedure.slug]),
    )
    for address in (
        home,
        public,
        *(reverse(f"applicants:{page}", args=[procedure.slug]) for page in PAGES),
    ):
        said = read(client.get(address))
        assert not (found := RANKING.search(said)), f"{address}: {found}"


def test_the_mail_of_a_validated_dossier_does_not_either(procedure: Procedure, zoe: User) -> None:
    queue_mail(
        "dossier_validated",
        to=zoe,
        key="validated",
        procedure=procedure,
        addressee="Zoé Zola",
        reference="R-1",
        judgement=procedure.judgement,
        examination=procedure.examination,
        choices=1,
        path="/",
    )
    (mail,) = scenario.mails("dossier_validated")
    assert "jury d’admissibilité" not in render(mail).text
    assert not RANKING.search(render(mail).text)


@pytest.mark.parametrize(
    ("answers", "holds_up"),
    [
        ({"nationality": "BR", "studies_state": "earlier"}, False),  # a residence permit
        ({"nationality": "FR", "studies_state": "studying"}, True),  # the diploma
    ],
)
def test_only_a_title_that_comes_late_holds_the_admission_up(
    client: Client, db: None, answers: dict[str, str], holds_up: bool
) -> None:
    stage = Stage("2024-04-15 10:00", "ms-imtbs-2024")
    client.force_login(submitted(stage, "zoe@example.org", ("Zoé", "Zola"), answers, "dpm"))
    said = read(client.get(reverse("applicants:papers", args=[stage.slug])))
    assert "au plus tard le jeudi 31 octobre 2024" in said
    assert ("aucune admission n’est définitive" in said) == holds_up
