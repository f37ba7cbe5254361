"""Questions that repeat, numbers that never block, and what conditions learn by themselves.

Rules: APP-05, APP-06, APP-18, BS-02, ALL-07.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applicants.answers import save_answers
from applicants.choices import rank_choices
from applicants.contents import read_contents
from applicants.dossiers import start_dossier
from applicants.editing import NotEditable
from applicants.given import answers_named, answers_of
from applicants.models import Answer, Dossier
from applicants.readiness import FilledIn, missing_items
from applicants.rows import read_rows, write_rows
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.tests.test_choices_side_by_side import TEXT
from applicants.values import WrongAnswer, error_in, is_ine
from programmes.countries import EUROPEAN_UNION
from programmes.facts import facts
from programmes.models import Procedure
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile
from programmes.rules import Condition, FieldKind, FieldRule

RULES = read_text(TEXT, name="side-by-side.yaml").rules
STUDIES = RULES.field("studies")
assert STUDIES is not None
LAST_DAY = dt.date(2026, 3, 20)

years = st.sampled_from(["", "2021", "2022", "2023"])
rows = st.lists(
    st.fixed_dictionaries({"year": years, "comment": st.sampled_from(["", "é"])}, optional={"unknown": st.just("x")}),
    max_size=5,
)


@given(rows)
def test_rows_are_kept_without_the_blank_ones_the_most_recent_first(given_rows: list[dict[str, str]]) -> None:
    assert STUDIES is not None
    kept = read_rows(write_rows(STUDIES, given_rows))
    assert [row["year"] for row in kept] == sorted((row["year"] for row in kept), reverse=True)
    assert len(kept) == sum(1 for row in given_rows if row["year"] or row["comment"])
    assert write_rows(STUDIES, kept) == write_rows(STUDIES, given_rows), "what is kept is not changed by keeping it"


@given(st.text())
def test_what_is_no_list_of_rows_has_none(text: str) -> None:
    assert all(isinstance(row, dict) for row in read_rows(text))


@pytest.mark.parametrize(
    ("kind", "value", "is_right"),
    [
        (FieldKind.NUMBER, "3", True),
        (FieldKind.NUMBER, "3,5", True),
        (FieldKind.NUMBER, "trois", False),
        (FieldKind.NUMBER, "41", False),
        (FieldKind.NUMBER, "-1", False),
        (FieldKind.INE, "n’en ai pas", True),
        (FieldKind.INE, "x" * 41, False),
    ],
)
def test_numbers_have_bounds_and_an_ine_is_whatever_was_typed(kind: FieldKind, value: str, is_right: bool) -> None:
    rule = FieldRule("a", kind, STUDIES.label if STUDIES else RULES.pages[0].title, at_least=0, at_most=40)
    assert (error_in(rule, value) == "") == is_right


@pytest.mark.parametrize(
    ("value", "is_right"),
    [("123456789AB", True), ("1234567890a", True), ("123 456 789 AB", True), ("", False), ("12345678", False)],
)
def test_an_ine_has_eleven_characters(value: str, is_right: bool) -> None:
    assert is_ine(value) == is_right


def missing_with(ine: str, *given_rows: dict[str, str]) -> set[str]:
    assert STUDIES is not None
    answers = {"ine": ine, "studies": write_rows(STUDIES, given_rows)}
    return {item.code for item in missing_items(RULES, FilledIn(answers=answers))}


RECENT = {"year": "2025", "diploma": "bts", "institution": "lille"}
EARLIER = {"year": "2024", "diploma": "bts", "institution": "nice"}


def test_without_an_ine_the_most_recent_year_wants_a_comment_and_nothing_else_does() -> None:
    """Given in whatever order, it is the most recent one that is asked."""
    assert "field:studies.1.comment" in missing_with("", EARLIER, RECENT)
    assert "field:studies.1.comment" in missing_with("12", EARLIER, RECENT)
    assert "field:studies.2.comment" not in missing_with("", EARLIER, RECENT)
    assert "field:studies.1.comment" not in missing_with("", EARLIER, RECENT | {"comment": "BEA seulement"})
    assert "field:studies.1.comment" not in missing_with("123456789AB", EARLIER, RECENT)
    assert "field:ine" not in missing_with("")


@pytest.mark.parametrize("other", ["diploma", "institution"])
def test_another_diploma_or_institution_is_named_in_a_comment(other: str) -> None:
    found = missing_with("123456789AB", RECENT, EARLIER | {other: "other"})
    assert "field:studies.2.comment" in found
    assert "field:studies.1.comment" not in found
    assert "field:studies.2.comment" not in missing_with(
        "123456789AB", RECENT, EARLIER | {other: "other", "comment": "DUT"}
    )


def test_as_many_rows_as_must_be_each_complete() -> None:
    assert "field:studies" in missing_with("123456789AB")
    assert "field:studies.1.institution" in missing_with("123456789AB", {"year": "2025", "diploma": "bts"})


born = st.dates(dt.date(2000, 1, 1), dt.date(2015, 12, 31))


@given(born, st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)))
def test_one_is_of_age_from_the_eighteenth_birthday_on(birth_date: dt.date, last_day: dt.date) -> None:
    found = facts(RULES, {"birth_date": birth_date.isoformat()}, chosen=[], last_day=last_day)
    completed = last_day.year - birth_date.year - ((last_day.month, last_day.day) < (birth_date.month, birth_date.day))
    assert found["birth_date.adult"] == ("yes" if completed >= 18 else "no")


@given(st.sampled_from(["", "FR", "DE", "MA", "GB", "CH"]))
def test_whether_a_country_is_in_the_union(country: str) -> None:
    found = facts(RULES, {"nationality": country}, chosen=[], last_day=LAST_DAY)
    assert found["nationality.eu"] == ("" if not country else "yes" if country in ("FR", "DE") else "no")
    assert len(EUROPEAN_UNION) == 27


chosen_ones = st.lists(st.tuples(st.sampled_from(["reseaux", "energie", "logiciel"]), st.sampled_from(["", "student"])))


@given(chosen_ones, st.sampled_from(["reseaux", "energie", "logiciel"]))
def test_a_condition_on_programmes_holds_if_one_of_them_is_chosen(chosen: list[tuple[str, str]], code: str) -> None:
    found = facts(RULES, {}, chosen=chosen, last_day=None)
    assert Condition({"programme": (code,)}).holds(found) == (code in {programme for programme, _ in chosen})
    assert Condition({"status": ("student",)}).holds(found) == ("student" in {status for _, status in chosen})


@pytest.fixture
def dossier(zoe: User) -> Dossier:
    procedure: Procedure = scenario.procedure_from(TEXT)
    return start_dossier(procedure.pk, by=zoe)


def papers(dossier: Dossier) -> set[str]:
    """The papers that facts decide on."""
    asked = {rule.code for rule in read_contents(scenario.reloaded(dossier.pk)).papers}
    return asked & {"cv", "residence-permit", "portfolio"}


def test_papers_follow_the_facts(dossier: Dossier, zoe: User) -> None:
    save_answers(dossier.pk, "identity", {"nationality": "MA", "birth_date": "2008-03-20"}, by=zoe)
    assert papers(dossier) == {"cv"}
    rank_choices(dossier.pk, ["energie", "logiciel"], by=zoe)
    assert papers(dossier) == {"cv", "residence-permit", "portfolio"}
    save_answers(dossier.pk, "identity", {"birth_date": "2008-03-21"}, by=zoe)
    assert papers(dossier) == {"cv", "portfolio"}, "not of age on the last day: no permit is needed"


NAMED = [
    "nationality",
    "nationality.eu",
    "birth_date",
    "birth_date.adult",
    "family_name",
    "programme",
    "status",
    "title",
]


@pytest.mark.parametrize("name", NAMED)
def test_what_is_read_for_a_name_says_the_same_of_it_as_all_answers(dossier: Dossier, zoe: User, name: str) -> None:
    typed = {"nationality": "MA", "birth_date": "2008-03-20", "family_name": "Benali"}
    save_answers(dossier.pk, "identity", typed, by=zoe)
    rank_choices(dossier.pk, ["energie", "logiciel"], by=zoe)
    known = answers_of(scenario.reloaded(dossier.pk)).get(name, "")
    assert known or name in ("title", "status"), "otherwise the test would show nothing"
    assert answers_named(scenario.reloaded(dossier.pk), {name}).get(name, "") == known


def test_no_more_is_read_than_the_names_take(
    dossier: Dossier, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fresh = Dossier.objects.select_related("procedure").get(pk=dossier.pk)
    assert fresh.rules
    with django_assert_num_queries(0):
        answers_named(fresh, {"title"})
    with django_assert_num_queries(1):
        answers_named(fresh, {"programme"})
    with django_assert_num_queries(2):
        answers_named(fresh, {"nationality.eu", "birth_date.adult"})


def test_the_last_day_of_a_window_that_ends_at_midnight_is_the_one_before(zoe: User) -> None:
    procedure = scenario.procedure_from(TEXT.replace("ends: 2026-03-20 23:00", "ends: 2026-03-20 minuit"))
    dossier = start_dossier(procedure.pk, by=zoe)
    save_answers(dossier.pk, "identity", {"birth_date": "2008-03-21"}, by=zoe)
    assert answers_of(scenario.reloaded(dossier.pk))["birth_date.adult"] == "no"


def test_rows_that_are_wrong_are_not_saved(dossier: Dossier, zoe: User) -> None:
    wrong = json.dumps([{"year": "25"}])
    with pytest.raises(WrongAnswer, match="Ligne 1, Année"):
        save_answers(dossier.pk, "studies", {"studies": wrong}, by=zoe)
    many = json.dumps([{"year": str(2020 + number)} for number in range(5)])
    with pytest.raises(WrongAnswer, match="plus de 4 lignes"):
        save_answers(dossier.pk, "studies", {"studies": many}, by=zoe)


FAULTS = [
    ("at_most: 4", "at_most: 0", "un nombre entier de 1 à"),
    ("at_least: 1", "at_least: 6", "au moins 6 et au plus 4 : ces nombres se contredisent"),
    ("add: {fr: Ajouter une année, en: Add a year}\n", "\n", "dites les mots du bouton qui ajoute une ligne (add)"),
    ("kind: rows", "kind: text", "vont avec « kind: rows », et seulement avec lui"),
    ("otherwise: {rows: studies,", "otherwise: {rows: experience,", "« experience » n’est pas un champ qui se répète"),
    ("field: comment}", "field: remark}", "« remark » n’est pas une question des lignes de « studies »"),
    ("kind: ine\n", "kind: ine\n        required: oui\n", "il ne peut pas être obligatoire"),
    ("- {diploma: [other]}", "- {diploma: [autre]}", "« autre » n’est pas une réponse possible à « diploma »"),
    ("- {diploma: [other]}", "- {experience: [other]}", "« experience », qui n’est pas un champ"),
    ("nationality.eu: [non]", "birth_country.eu: [non]", "« birth_country.eu », qui n’est pas un champ"),
    ("programme: [logiciel]", "programme: [logiciels]", "« logiciels » n’est pas une réponse possible"),
    (
        "            required_when:",
        "            required: non\n            required_when:",
        "« required » et « required_when » se contredisent",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), FAULTS)
def test_what_is_wrong_in_the_file_is_told_with_its_line(right: str, wrong: str, reason: str) -> None:
    assert right in TEXT
    with pytest.raises(FaultyFile) as refusal:
        read_text(TEXT.replace(right, wrong, 1), name="x.yaml")
    assert reason in " / ".join(str(fault) for fault in refusal.value.faults)
    assert all(fault.line > 1 for fault in refusal.value.faults)


class TestPages:
    """What the candidate sees and sends."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, client: Client, zoe: User) -> None:
        client.force_login(zoe)

    def url(self, dossier: Dossier, code: str) -> str:
        return reverse("applicants:page", args=[dossier.procedure.slug, code])

    def test_rows_are_sent_by_their_numbers_whatever_these_are(self, client: Client, dossier: Dossier) -> None:
        typed = {
            "studies-row": ["0", "7"],
            "studies-0-year": "2023",
            "studies-7-year": "2025",
            "studies-7-comment": "Là-bas",
            "studies-9-year": "2020",
        }
        client.post(self.url(dossier, "studies"), typed)
        kept = read_rows(Answer.objects.get(dossier=dossier, field="studies").value)
        assert [(row["year"], row["comment"]) for row in kept] == [("2025", "Là-bas"), ("2023", "")]

    def test_a_wrong_row_says_so_at_its_control_and_keeps_what_was_typed(
        self, client: Client, dossier: Dossier
    ) -> None:
        answer = client.post(
            self.url(dossier, "studies"), {"studies-row": "3", "studies-3-year": "25", "studies-3-comment": "Là-bas"}
        )
        page = read(answer)
        assert "Une ligne est à corriger." in page
        assert "Écrivez une année sur quatre chiffres" in page
        assert "Là-bas" in page
        assert not Answer.objects.filter(dossier=dossier).exists()

    def test_without_a_script_a_row_is_added_by_the_server(self, client: Client, dossier: Dossier) -> None:
        typed = {"studies-row": "0", "studies-0-year": "2025", "studies-add": "1"}
        page = read(client.post(self.url(dossier, "studies"), typed))
        assert 'name="studies-1-year"' in page
        assert "à corriger" not in page
        assert not Answer.objects.filter(dossier=dossier).exists()

    def test_the_answer_is_read_row_by_row(self, client: Client, dossier: Dossier, zoe: User) -> None:
        given_rows = json.dumps([RECENT | {"comment": "Là-bas"}, EARLIER])
        save_answers(dossier.pk, "studies", {"studies": given_rows}, by=zoe)
        page = read(client.get(reverse("applicants:review", args=[dossier.procedure.slug])))
        assert "2025 · BTS · Lille · Là-bas" in page

    def test_a_page_that_asks_nothing_of_somebody_is_not_in_the_list(
        self, client: Client, dossier: Dossier, zoe: User
    ) -> None:
        """The guardian of a grown-up."""
        home = reverse("campaign:dossier", args=[dossier.procedure.slug])
        save_answers(dossier.pk, "identity", {"birth_date": "2000-01-01"}, by=zoe)
        assert "Responsable légal" not in read(client.get(home))
        save_answers(dossier.pk, "identity", {"birth_date": "2010-01-01"}, by=zoe)
        assert "Responsable légal" in read(client.get(home))

    def test_a_question_on_the_same_page_shows_by_the_answers_behind_the_fact(
        self, client: Client, dossier: Dossier
    ) -> None:
        """The page's script knows no facts: it is given the countries."""
        page = read(client.get(self.url(dossier, "identity")))
        countries = page.partition('{"nationality": [')[2].partition("]")[0]
        assert '"MA"' in countries
        assert '"DE"' not in countries


def test_nothing_opens_before_the_first_page_is_complete(zoe: User, client: Client) -> None:
    """Rule: BS-02."""
    gated = TEXT.replace(
        "    title: {fr: Identité, en: Identity}\n", "    title: {fr: Identité, en: Identity}\n    first: oui\n"
    )
    dossier = start_dossier(scenario.procedure_from(gated).pk, by=zoe)
    with pytest.raises(NotEditable, match="Répondez d’abord à ceci"):
        rank_choices(dossier.pk, ["energie"], by=zoe)
    client.force_login(zoe)
    choices = reverse("applicants:choices", args=[dossier.procedure.slug])
    assert "Cette page s’ouvrira quand vous aurez répondu à ceci" in read(client.get(choices))
    page = next(page for page in dossier.rules.pages if page.first)
    save_answers(dossier.pk, page.code, {rule.code: scenario.answer_to(rule) for rule in page.fields}, by=zoe)
    rank_choices(dossier.pk, ["energie"], by=zoe)
    assert "Enregistrer et continuer" in read(client.get(choices))
