"""Choices that nobody ranks: side by side, under a status, or one alone; and the track of all. Rules: APP-02, BS-01."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.choices import WrongOrder, in_order, rank_choices, status_of
from applicants.contents import read_contents
from applicants.dossiers import start_dossier
from applicants.models import Choice, Dossier
from applicants.submission import submit_dossier
from applicants.tests import scenario
from applicants.tests.reading import read
from programmes.models import Procedure
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile
from programmes.rules import ChoiceRule, Option, Order, ProgrammeRule, Rules
from programmes.text import Text

TEXT = (Path(__file__).parent / "procedures" / "side-by-side.yaml").read_text(encoding="utf-8")
CODES = ("a", "b", "c", "d")
STATUSES = (Option("x", Text("X", "")), Option("y", Text("Y", "")))


def rules_of(order: Order, statuses: tuple[Option, ...] = ()) -> Rules:
    return Rules(
        programmes=tuple(ProgrammeRule(code, Text(code, ""), tuple(s.code for s in statuses)) for code in CODES),
        choices=ChoiceRule(order=order, statuses=statuses),
    )


@given(st.lists(st.sampled_from(CODES), unique=True))
def test_a_ranking_is_kept_as_given_and_all_else_as_in_the_catalogue(codes: list[str]) -> None:
    assert in_order(rules_of(Order.RANKED), codes) == codes
    assert in_order(rules_of(Order.UNRANKED), codes) == sorted(codes)


@given(st.sampled_from(CODES), st.dictionaries(st.sampled_from(CODES), st.sampled_from(["", "x", "y", "z"])))
def test_a_status_is_one_of_those_offered_or_not_said_yet(code: str, wanted: dict[str, str]) -> None:
    if wanted.get(code) == "z":
        with pytest.raises(WrongOrder):
            status_of(rules_of(Order.UNRANKED, STATUSES), code, wanted)
    else:
        assert status_of(rules_of(Order.UNRANKED, STATUSES), code, wanted) == wanted.get(code, "")
    assert status_of(rules_of(Order.UNRANKED), code, wanted) == ""
    assert status_of(rules_of(Order.UNRANKED, STATUSES[:1]), code, {}) == "x", "there is only one: nobody is asked"


@pytest.fixture
def side_by_side(db: None) -> Procedure:
    return scenario.procedure_from(TEXT)


@pytest.fixture
def dossier(side_by_side: Procedure, zoe: User) -> Dossier:
    return start_dossier(side_by_side.pk, by=zoe)


def chosen(dossier: Dossier) -> list[tuple[int, str, str]]:
    rows = Choice.objects.filter(dossier=dossier).order_by("rank")
    return list(rows.values_list("rank", "programme__code", "status"))


def missing(dossier: Dossier) -> set[str]:
    return {item.code for item in read_contents(scenario.reloaded(dossier.pk)).missing}


def test_where_no_title_tells_candidates_apart_all_have_the_only_track(dossier: Dossier) -> None:
    """Without its track a dossier could not be submitted, and no page would say why."""
    assert dossier.track is not None
    assert dossier.track.code == "initial"


def test_choices_stand_as_in_the_catalogue_with_the_status_that_goes_without_saying(
    dossier: Dossier, zoe: User
) -> None:
    rank_choices(dossier.pk, ["logiciel", "energie", "reseaux"], by=zoe)
    assert chosen(dossier) == [(1, "reseaux", ""), (2, "energie", "apprenticeship"), (3, "logiciel", "apprenticeship")]
    assert "status:reseaux" in missing(dossier)
    assert "status:energie" not in missing(dossier)


def test_a_status_said_is_kept_when_other_choices_change(dossier: Dossier, zoe: User) -> None:
    rank_choices(dossier.pk, ["reseaux"], by=zoe, statuses={"reseaux": "student"})
    rank_choices(dossier.pk, ["energie", "reseaux"], by=zoe)
    assert chosen(dossier) == [(1, "reseaux", "student"), (2, "energie", "apprenticeship")]
    assert missing(dossier).isdisjoint({"status:reseaux", "choices"})


def test_a_status_alone_can_change(dossier: Dossier, zoe: User) -> None:
    """The order is the same as before: the act must not take it for nothing."""
    rank_choices(dossier.pk, ["reseaux"], by=zoe, statuses={"reseaux": "student"})
    rank_choices(dossier.pk, ["reseaux"], by=zoe, statuses={"reseaux": "apprenticeship"})
    assert chosen(dossier) == [(1, "reseaux", "apprenticeship")]


def test_a_programme_is_not_asked_for_under_a_status_that_it_has_not(dossier: Dossier, zoe: User) -> None:
    with pytest.raises(WrongOrder, match="ne se suit pas sous ce statut"):
        rank_choices(dossier.pk, ["reseaux"], by=zoe, statuses={"reseaux": "mayor"})


def test_of_a_single_choice_there_is_one(zoe: User, db: None) -> None:
    nothing_to_add = re.sub(r"  additions:.*\n(    .*\n)*", "", TEXT)
    procedure = scenario.procedure_from(nothing_to_add.replace("order: unranked", "order: single"))
    dossier = start_dossier(procedure.pk, by=zoe)
    with pytest.raises(WrongOrder, match="une seule formation"):
        rank_choices(dossier.pk, ["reseaux", "energie"], by=zoe)
    rank_choices(dossier.pk, ["energie"], by=zoe)
    assert chosen(dossier) == [(1, "energie", "apprenticeship")]


FAULTS = [
    ("order: unranked", "order: sorted", "les valeurs possibles sont : ranked, unranked, single"),
    ("order: unranked", "order: single\n  at_least: 2", "on ne choisit qu’une formation"),
    ("statuses: [apprenticeship]", "statuses: [apprentice]", "le statut « apprentice » n’existe pas"),
    ("statuses: [apprenticeship]", "status: [apprenticeship]", "la clé « status » est inconnue ici"),
    (
        "tracks:",
        "tracks:\n  other: {label: {fr: Autre, en: Other}, entry_year: 2}",
        "aucun titre (titles) ne dit laquelle",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), FAULTS)
def test_what_is_wrong_in_the_file_is_told_with_its_line(right: str, wrong: str, reason: str) -> None:
    assert right in TEXT
    with pytest.raises(FaultyFile) as refusal:
        read_text(TEXT.replace(right, wrong, 1), name="x.yaml")
    told = " / ".join(str(fault) for fault in refusal.value.faults)
    assert reason in told
    assert all(fault.line > 1 for fault in refusal.value.faults)


class TestPages:
    """What the candidate sees and sends."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, client: Client, zoe: User) -> None:
        client.force_login(zoe)

    def url(self, dossier: Dossier, page: str = "choices") -> str:
        return reverse(f"applicants:{page}", args=[dossier.procedure.slug])

    def test_programmes_are_ticked_under_their_status(self, client: Client, dossier: Dossier) -> None:
        page = read(client.get(self.url(dossier)))
        assert "Formations demandées" in page
        assert "Sous quel statut" in page
        assert "vœu" not in page
        typed = {"programme-energie": "yes", "programme-reseaux": "yes", "status-reseaux": "student"}
        client.post(self.url(dossier), typed)
        assert chosen(dossier) == [(1, "reseaux", "student"), (2, "energie", "apprenticeship")]
        assert "Réseaux et télécommunications, Étudiant" in read(client.get(self.url(dossier, "review")))

    def test_the_last_one_can_be_unticked(self, client: Client, dossier: Dossier, zoe: User) -> None:
        rank_choices(dossier.pk, ["energie"], by=zoe)
        client.post(self.url(dossier), {})
        assert chosen(dossier) == []

    def test_what_was_submitted_is_listed_by_programme_and_closed(
        self, client: Client, dossier: Dossier, zoe: User
    ) -> None:
        complete(dossier, zoe, ["reseaux", "energie"], {"reseaux": "student"})
        submit_dossier(dossier.pk, by=zoe)
        assert "Réseaux et télécommunications, Étudiant" in read(client.get(self.url(dossier, "receipt")))
        answer = client.post(self.url(dossier), {"programme-logiciel": "yes"}, follow=True)
        assert "les formations que vous demandez ne changent plus" in read(answer)
        assert len(chosen(dossier)) == 2
        (mail,) = scenario.mails("dossier_submitted")
        assert "Réseaux et télécommunications, Étudiant" in scenario.words_of(mail)
        assert "premier" not in scenario.words_of(mail)


def complete(dossier: Dossier, by: User, codes: Iterable[str], statuses: dict[str, str]) -> None:
    """Fill in all that the procedure asks for."""
    scenario.answer_all(dossier, by)
    rank_choices(dossier.pk, list(codes), by=by, statuses=statuses)
    scenario.deposit_all(dossier, by)
