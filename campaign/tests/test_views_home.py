"""The portal's home and the page of a procedure: what anyone may read there, and what stays unannounced."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applicants.tests.reading import read
from applicants.tests.scenario import CLOSED, begun, file_of, person, procedure_at, set_clock, staff
from notifications.models import Mail
from programmes.loading import store
from programmes.models import Procedure

MOST_QUERIES = 12
HOME = "/"
FILES = sorted((Path(settings.BASE_DIR) / "programmes/procedures").glob("*.yaml"))


@pytest.fixture
def rehearsal(db: None) -> Procedure:
    """The procedure as a rehearsal, open."""
    return procedure_at("2026-02-10 10:00")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer)


def test_a_rehearsal_is_announced_to_its_staff_only(client: Client, rehearsal: Procedure) -> None:
    assert "Admission sur titres 2026" not in page(client, HOME)
    client.force_login(person())
    assert "Admission sur titres 2026" not in page(client, HOME)
    client.force_login(staff(rehearsal, "office"))
    assert "Admission sur titres 2026" in page(client, HOME)


def test_a_real_procedure_is_announced_to_all(client: Client, rehearsal: Procedure) -> None:
    Procedure.objects.update(is_rehearsal=False, clock_offset=dt.timedelta(0))
    assert "Admission sur titres 2026" in page(client, HOME)


def test_home_says_what_can_be_applied_to(
    client: Client, rehearsal: Procedure, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(staff(rehearsal, "office"))
    with django_assert_max_num_queries(MOST_QUERIES):
        text = page(client, HOME)
    assert "vendredi 20 mars 2026 à 23 h" in text
    assert "Commencer mon dossier" in text
    assert "Pour les étudiants qui ont, ou préparent cette année, une Licence (L3)" in text
    assert "Frais de dossier : 76 €" in text
    assert "(exonération possible)" in text
    set_clock(rehearsal, "2026-01-26 13:59:59")
    assert "Les candidatures ouvrent le" in page(client, HOME)
    set_clock(rehearsal, CLOSED)
    text = page(client, HOME)
    assert "Les candidatures sont closes." in text
    assert "Commencer mon dossier" not in text
    assert "Frais de dossier" not in text


def test_home_leads_to_one_s_own_dossier_announced_or_not(client: Client, rehearsal: Procedure) -> None:
    zoe, other = person(), person("max@example.org")
    begun(rehearsal, zoe)
    client.force_login(other)
    assert "Ouvrir mon dossier" not in page(client, HOME)
    client.force_login(zoe)
    assert "Ouvrir mon dossier" in page(client, HOME)


def test_an_empty_home_says_what_will_be_there(client: Client, db: None) -> None:
    assert "Aucune procédure n’est annoncée" in page(client, HOME)


def test_a_procedure_is_shown_whole_in_few_queries(
    client: Client, rehearsal: Procedure, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(person())
    assert rehearsal.rules  # read once in the life of a process, not by each page
    with django_assert_max_num_queries(MOST_QUERIES):
        text = page(client, reverse("campaign:procedure", args=[rehearsal.slug]))
    for said in [
        "60 places en tout.",
        "IMT Mines Alès",
        "Géosciences",
        "76 €",
        "du lundi 18 mai 2026 au jeudi 21 mai 2026",
        "jusqu’au vendredi 17 juillet 2026 à minuit",
        "Une note de 4 sur 20 ou moins est éliminatoire.",
    ]:
        assert said in text, said


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_menu_of_a_procedure_leads_to_all_that_its_page_says_in_its_order(
    client: Client, db: None, path: Path
) -> None:
    procedure = store(file_of(path.stem), rehearsal=True)
    menu, text = page(client, reverse("campaign:procedure", args=[procedure.slug])).split("</nav>", 2)[-2:]
    headings = re.findall(r'<h2 id="([^"]+)"', text)
    assert {"calendrier", "pieces"} <= set(headings)
    assert re.findall(r'<a href="#([^"]+)"', menu) == headings


def test_what_studying_costs_is_said_before_one_applies(client: Client, db: None) -> None:
    """NE-08: by who pays, and for the programme that costs more."""
    procedure = store(file_of("ms-imtne-2025"), rehearsal=True)
    answer = client.get(reverse("campaign:procedure", args=[procedure.slug]))
    rows = {str(row.programme): [amount for _, amount in row.cells] for row in answer.context["costs"]}
    assert rows["MS CSE (cybersécurité)"] == [900_000, 1_400_000]
    assert rows["MS BE+"] == [750_000, 1_250_000]
    text = read(answer)
    assert "Moi-même, ou je suis demandeur d’emploi" in text
    assert "À payer en 3 échéances égales" in text
    assert "Ces frais ne sont pas remboursés." in text


def test_in_which_case_a_deposit_comes_back_is_said_before_one_applies(client: Client, db: None) -> None:
    """BS-07."""
    procedure = store(file_of("ms-imtbs-2024"), rehearsal=True)
    text = page(client, reverse("campaign:procedure", args=[procedure.slug]))
    assert procedure.rules is not None
    assert [f"Rendu dans ce cas : {case.label}" in text for case in procedure.rules.deposit_refunds] == [True]


def test_one_of_two_things_that_will_do_is_not_asked_for_as_if_both_were(client: Client, rehearsal: Procedure) -> None:
    """AST-09: the appraisal, or the school's own sheet."""
    text = page(client, reverse("campaign:procedure", args=[rehearsal.slug]))
    assert text.count("une des deux suffit") == 2
    assert "Répondre à une proposition" in text


def test_a_title_that_a_school_never_takes_gives_it_no_column(client: Client, rehearsal: Procedure) -> None:
    answer = client.get(reverse("campaign:procedure", args=[rehearsal.slug]))
    columns = {table.title.code: [str(name) for name in table.columns] for table in answer.context["eligibility"]}
    assert "IMT Nord Europe" not in columns["BUT3"]
    assert "IMT Nord Europe" in columns["L3"]


def test_what_an_incident_says_stands_on_top(client: Client, rehearsal: Procedure) -> None:
    Procedure.objects.update(incident={"fr": "Le dépôt des pièces est ralenti.", "en": ""})
    text = page(client, reverse("campaign:procedure", args=[rehearsal.slug]))
    assert "Le dépôt des pièces est ralenti." in text


def test_an_unknown_procedure_is_not_there(client: Client, db: None) -> None:
    assert client.get(reverse("campaign:procedure", args=["nothing"])).status_code == 404


def test_who_could_not_be_written_to_is_told_so_on_the_site(client: Client, rehearsal: Procedure) -> None:
    user = person()
    client.force_login(user)
    assert "n’a pas pu vous être remis" not in page(client, HOME)
    Mail.objects.create(key="k", kind="dossier_submitted", recipient=user, address=user.email, state=Mail.State.FAILED)
    told = page(client, HOME)
    assert "n’a pas pu vous être remis" in told
    assert user.email in told
