"""Eligibility: the notice's tables 4 to 7, and what holds for any tables. Rules: AST-03, AST-04."""

from functools import cache
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from programmes.eligibility import open_programmes, openings, titles_for, verdicts
from programmes.procedure_file import read
from programmes.rules import ProgrammeRule, Rules, Speciality, Title
from programmes.text import Text

ALL = {"albi", "ales", "nord-europe"}
NOT_NORD = {"albi", "ales"}

TABLE_5 = {
    "chimie": ALL,
    "biologie-biochimie": NOT_NORD,
    "mathematiques": ALL,
    "mathematiques-informatique": ALL,
    "mathematiques-physique": ALL,
    "eea": ALL,
    "mecanique-genie-civil": ALL,
    "materiaux": ALL,
    "physique": ALL,
    "sciences-ingenieur": ALL,
}
TABLE_6 = dict.fromkeys(
    ["chimie", "genie-chimique", "genie-civil", "geii", "gim", "gmp", "mt2e", "mesures-physiques", "sgm"], NOT_NORD
)
TABLE_7 = {
    "mathematiques": ALL,
    "physique": ALL,
    "electronique-electricite": ALL,
    "sciences-ingenieur": ALL,
    "mecanique": ALL,
    "materiaux": ALL,
    "genie-procedes": ALL,
    "genie-civil": {"ales", "nord-europe"},
    "environnement-eau": ALL,
    "chimie": ALL,
    "biochimie-biologie": NOT_NORD,
    "geosciences": {"ales"},
}
TABLES = {"L3": TABLE_5, "BUT3": TABLE_6, "M1": TABLE_7}


@cache
def ast_2026() -> Rules:
    return read(Path(__file__).parents[1] / "procedures" / "ast-2026.yaml").rules


@pytest.mark.parametrize(
    ("title", "speciality", "expected"),
    [(title, row, expected) for title, table in TABLES.items() for row, expected in table.items()],
)
def test_each_row_of_the_notice(title: str, speciality: str, expected: set[str]) -> None:
    """A cell copied wrong would refuse, or let in, a candidate against the notice."""
    assert open_programmes(ast_2026(), title, speciality) == expected


@pytest.mark.parametrize("title", TABLES)
def test_the_tables_have_no_other_row(title: str) -> None:
    held = ast_2026().title(title)
    assert held is not None
    assert {row.code for row in held.specialities} == set(TABLES[title])


@pytest.mark.parametrize(
    ("title", "speciality", "programme", "sentence"),
    [
        (
            "L3",
            "biologie-biochimie",
            "nord-europe",
            "La Licence mention Biologie, Biochimie n’est pas recevable à IMT Nord Europe.",
        ),
        ("BUT3", "gmp", "nord-europe", "Le BUT 3 n’est pas recevable à IMT Nord Europe."),
        ("M1", "geosciences", "albi", "Le M1 mention Géosciences n’est pas recevable à IMT Mines Albi."),
        ("M1", "geosciences", "nord-europe", "Le M1 mention Géosciences n’est pas recevable à IMT Nord Europe."),
        ("M1", "genie-civil", "albi", "Le M1 mention Génie civil n’est pas recevable à IMT Mines Albi."),
    ],
)
def test_a_closed_programme_says_why(title: str, speciality: str, programme: str, sentence: str) -> None:
    assert verdicts(ast_2026(), title, speciality)[programme].reason == sentence


def test_the_reason_is_in_the_reader_s_words() -> None:
    """The data's English words, whatever the state of the translations of the sentence around them."""
    with override("en"):
        reason = verdicts(ast_2026(), "L3", "biologie-biochimie")["nord-europe"].reason
    assert "A Licence in Biology, Biochemistry" in reason


@pytest.mark.parametrize(("title", "speciality"), [("", ""), ("L3", ""), ("L3", "gmp"), ("PhD", "chimie")])
def test_without_a_known_title_all_is_closed(title: str, speciality: str) -> None:
    """A speciality of another title must open nothing."""
    found = verdicts(ast_2026(), title, speciality)
    assert set(found) == ALL
    assert not any(verdict.open for verdict in found.values())
    assert all(verdict.reason for verdict in found.values())


def test_four_years_after_the_baccalaureat_stand_for_an_m1_only() -> None:
    """A path of four years put as equivalent to a Licence would enter year 1. Rule: AST-04."""
    assert [title.code for title in titles_for(ast_2026(), "four_years")] == ["M1"]
    assert [title.code for title in titles_for(ast_2026(), "foreign")] == ["L3", "BUT3", "M1"]
    assert titles_for(ast_2026(), "") == ast_2026().titles


CODES = st.lists(st.sampled_from("abcdef"), unique=True, min_size=1)


@st.composite
def any_rules(draw: st.DrawFn) -> Rules:
    """Tables of any shape over a few programmes."""
    programmes = draw(CODES)
    some = st.lists(st.sampled_from(programmes), unique=True).map(tuple)
    titles = tuple(
        Title(
            code=code,
            label=Text(code, code),
            phrase=Text(f"Le {code}", code),
            speciality_word=Text("mention", "in"),
            track="T",
            specialities=tuple(Speciality(row, Text(row, row), draw(some)) for row in draw(CODES)),
        )
        for code in draw(CODES)
    )
    return Rules(programmes=tuple(ProgrammeRule(code, Text(code, code)) for code in programmes), titles=titles)


@given(any_rules(), st.sampled_from("abcdefg"), st.sampled_from("abcdefg"))
def test_every_programme_has_one_verdict_and_every_closed_one_a_reason(rules: Rules, title: str, row: str) -> None:
    found = verdicts(rules, title, row)
    assert list(found) == [programme.code for programme in rules.programmes]
    assert all(bool(verdict.reason) != verdict.open for verdict in found.values())


@given(any_rules(), st.data())
def test_open_is_what_the_row_says_and_no_more(rules: Rules, data: st.DataObject) -> None:
    """The row of another title with the same code must not count."""
    title = data.draw(st.sampled_from(rules.titles))
    row = data.draw(st.sampled_from(title.specialities))
    assert open_programmes(rules, title.code, row.code) == set(row.programmes)


@given(CODES)
def test_a_procedure_without_tables_opens_all(codes: list[str]) -> None:
    rules = Rules(programmes=tuple(ProgrammeRule(code, Text(code, code)) for code in codes))
    assert open_programmes(rules, "", "") == set(codes)


@given(st.data())
def test_what_is_said_to_open_a_programme_opens_it_and_nothing_else_does(data: st.DataObject) -> None:
    title = data.draw(st.sampled_from(ast_2026().titles))
    row = data.draw(st.sampled_from(title.specialities))
    programme = data.draw(st.sampled_from(ast_2026().programmes)).code
    named = {
        (found.title.code, named.code) for found in openings(ast_2026(), programme) for named in found.specialities
    }
    assert ((title.code, row.code) in named) == verdicts(ast_2026(), title.code, row.code)[programme].open


def test_a_title_that_opens_a_programme_whatever_its_speciality_says_so() -> None:
    found = {
        (programme.code, o.title.code): o.is_whole
        for programme in ast_2026().programmes
        for o in openings(ast_2026(), programme.code)
    }
    assert found["albi", "L3"]
    assert not found["nord-europe", "L3"]
