"""Referees of several kinds: as many as there are places, whatever they answer, until a date of their own.

Rule: APP-10.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.appraisals import decline_appraisal, deposit_appraisal
from applicants.choices import rank_choices
from applicants.contents import read_contents
from applicants.corrections import open_correction
from applicants.dossiers import start_dossier
from applicants.editing import NotEditable
from applicants.explanations import explain_missing
from applicants.models import Dossier, Referee
from applicants.readiness import is_met
from applicants.referees import (
    WrongReferee,
    name_referee,
    remind_referee,
    remind_referees_due,
    replace_referee,
    secret_of,
)
from applicants.submission import submit_dossier
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.tests.test_choices_side_by_side import TEXT
from journal.errors import Closed
from programmes.models import Procedure
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile
from programmes.rules import Alternative, Opinion
from programmes.text import Text

kinds = st.frozensets(st.sampled_from(["academic", "professional"]))


@given(kinds, kinds, st.frozensets(st.just("sheet")), st.sampled_from(Opinion))
def test_a_name_is_enough_only_where_it_is(
    named: frozenset[str], deposited: frozenset[str], papers: frozenset[str], needs: Opinion
) -> None:
    rule = Alternative("a", Text("a", ""), ("academic",), ("sheet",), needs)
    enough = bool(papers) or "academic" in deposited or (needs == Opinion.NAMED and "academic" in named)
    assert is_met(rule, papers, deposited, named) == enough


@pytest.fixture
def made_up(db: None) -> Procedure:
    return scenario.procedure_from(TEXT)


@pytest.fixture
def dossier(made_up: Procedure, zoe: User) -> Dossier:
    dossier = start_dossier(made_up.pk, by=zoe)
    scenario.answer_all(dossier, zoe)
    return dossier


def ask(dossier: Dossier, by: User, kind: str = "academic", number: int = 1) -> Referee:
    email = f"{kind}{number}@example.org"
    return name_referee(dossier.pk, kind=kind, name="Mme Roy", position="", email=email, by=by)


def submitted(dossier: Dossier, by: User) -> None:
    rank_choices(dossier.pk, ["logiciel"], by=by)
    scenario.deposit_all(dossier, by)
    submit_dossier(dossier.pk, by=by)


def test_there_are_two_places_of_each_kind_and_who_declined_keeps_theirs(dossier: Dossier, zoe: User) -> None:
    first = ask(dossier, zoe)
    decline_appraisal(secret_of(first.pk))
    ask(dossier, zoe, number=2)
    with pytest.raises(WrongReferee, match="que 2 personnes, quelles que soient leurs réponses"):
        ask(dossier, zoe, number=3)
    ask(dossier, zoe, "professional")


def test_nobody_is_replaced(dossier: Dossier, zoe: User) -> None:
    asked = ask(dossier, zoe)
    with pytest.raises(WrongReferee, match="ne se remplace pas"):
        replace_referee(asked.pk, name="M. Roux", position="", email="roux@example.org", by=zoe)


def test_submission_waits_for_a_name_and_for_no_answer(dossier: Dossier, zoe: User) -> None:
    assert "alternative:referees" in {item.code for item in read_contents(dossier).missing}
    decline_appraisal(secret_of(ask(dossier, zoe).pk))
    assert "alternative:referees" not in {item.code for item in read_contents(dossier).missing}


def test_without_a_referee_one_explains(dossier: Dossier, zoe: User) -> None:
    explain_missing(dossier.pk, "alternative:referees", "Je travaille seule.", by=zoe)
    assert "alternative:referees" not in {item.code for item in read_contents(dossier).missing}


class TestAfterSubmission:
    """Opinions still come, and another person is named once staff open the page."""

    @pytest.fixture(autouse=True)
    def _submitted(self, dossier: Dossier, zoe: User) -> None:
        submitted(dossier, zoe)

    def test_an_opinion_joins_the_dossier_until_its_own_date(self, dossier: Dossier, made_up: Procedure) -> None:
        (referee,) = Referee.objects.all()
        scenario.set_clock(made_up, "2026-03-27 22:59:59")
        deposit_appraisal(secret_of(referee.pk), {"opinion": "Très bien."})
        contents = read_contents(scenario.reloaded(dossier.pk))
        assert [referee.state for referee in contents.referees] == [Referee.State.DEPOSITED]

    def test_not_a_second_later(self, made_up: Procedure) -> None:
        (referee,) = Referee.objects.all()
        scenario.set_clock(made_up, "2026-03-27 23:00:00")
        with pytest.raises(Closed):
            deposit_appraisal(secret_of(referee.pk), {"opinion": "Très bien."})

    def test_a_free_place_is_taken_once_the_page_is_open_again(self, dossier: Dossier, zoe: User, office: User) -> None:
        with pytest.raises(NotEditable):
            ask(dossier, zoe, number=2)
        fresh = scenario.reloaded(dossier.pk)
        until = fresh.procedure.calendar["appraisals"].ends_at
        assert until is not None
        open_correction(fresh, opens=["referee:academic"], reason="Il a décliné.", until=until, by=office)
        ask(dossier, zoe, number=2)
        with pytest.raises(WrongReferee):
            ask(dossier, zoe, number=3)
        with pytest.raises(NotEditable):
            ask(dossier, zoe, "professional")

    def test_the_candidate_and_the_portal_still_remind(self, zoe: User, made_up: Procedure) -> None:
        (referee,) = Referee.objects.all()
        scenario.set_clock(made_up, "2026-03-22 10:00")
        remind_referee(referee.pk, by=zoe)
        assert remind_referees_due(scenario.set_clock(made_up, "2026-03-25 23:00")) == 1
        assert len(scenario.mails("referee_reminder")) == 2
        assert remind_referees_due(made_up) == 0


def test_who_left_a_draft_behind_has_nobody_reminded(dossier: Dossier, zoe: User, made_up: Procedure) -> None:
    """The dossier will never be read: neither will the opinion."""
    referee = ask(dossier, zoe)
    assert remind_referees_due(scenario.set_clock(made_up, "2026-03-25 23:00")) == 0
    with pytest.raises(Closed):
        deposit_appraisal(secret_of(referee.pk), {"opinion": "Très bien."})


def test_the_page_has_the_places_of_each_kind(client: Client, dossier: Dossier, zoe: User) -> None:
    client.force_login(zoe)
    address = reverse("applicants:referees", args=[dossier.procedure.slug])
    page = read(client.get(address))
    assert "Référents académiques" in page
    assert "Référents professionnels" in page
    assert "2 personnes au plus, quelles que soient leurs réponses" in page
    assert "sans attendre les réponses" in page
    assert "Je n’ai personne à désigner" in page
    ask(dossier, zoe)
    page = read(client.get(address))
    assert "à sa place" not in page
    assert "Lui écrire de nouveau" in page


def test_where_no_paper_will_do_instead_the_page_of_papers_speaks_of_none(
    client: Client, dossier: Dossier, zoe: User
) -> None:
    client.force_login(zoe)
    assert "l’une des deux suffit" not in read(client.get(reverse("applicants:papers", args=[dossier.procedure.slug])))


def test_who_declined_is_told_with_what_can_still_be_done(dossier: Dossier, zoe: User) -> None:
    decline_appraisal(secret_of(ask(dossier, zoe).pk))
    (mail,) = scenario.mails("referee_declined")
    assert "demandez-nous d’abord de rouvrir la page" in scenario.words_of(mail)


FAULTS = [
    ("replace: reopened", "replace: never", "les valeurs possibles sont : freely, reopened"),
    ("needs: named", "needs: promised", "les valeurs possibles sont : deposited, named"),
    ("needs: named", "needs: deposited\n    papers: []", None),
    ("ends: 2026-03-27 23:00", "ends: 2026-03-17 23:00", "n’est pas après la clôture des candidatures"),
    ("referees: [academic, professional]", "referees: [academics]", "le référent « academics » n’existe pas"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), FAULTS)
def test_what_is_wrong_in_the_file_is_told_with_its_line(right: str, wrong: str, reason: str | None) -> None:
    assert right in TEXT
    text = TEXT.replace(right, wrong, 1)
    if reason is None:
        read_text(text, name="x.yaml")
        return
    with pytest.raises(FaultyFile) as refusal:
        read_text(text, name="x.yaml")
    assert reason in " / ".join(str(fault) for fault in refusal.value.faults)
    assert all(fault.line > 1 for fault in refusal.value.faults)
