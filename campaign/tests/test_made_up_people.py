"""Made-up people and their papers: what is drawn depends on the seed alone, and holds by the rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applicants.readiness import FilledIn, missing_items
from applicants.tests.scenario import ast_2026
from campaign.rehearsal import files
from campaign.rehearsal.people import answers_of, make_people
from documents.checks import examine
from documents.intake import kind_of
from payments.standing import Standing
from programmes.eligibility import open_programmes

RULES = ast_2026().rules
DOMAIN = "essai.example"


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_everyone_can_submit_what_they_say(seed: int) -> None:
    """Choices that the title does not open, or an answer of the wrong kind, would only be refused."""
    for person in make_people(seed, 5, RULES, domain=DOMAIN):
        assert set(person.choices) <= open_programmes(RULES, person.title, person.speciality)
        chosen = {"title": person.title, "speciality": person.speciality, "equivalence": person.equivalence}
        answers = answers_of(person, RULES) | chosen
        filled = FilledIn(answers=answers, choices=person.choices, fee=Standing.SETTLED)
        lacking = [item.code for item in missing_items(RULES, filled)]
        assert all(code.startswith(("paper:", "alternative:")) for code in lacking), lacking


def test_a_person_is_the_same_however_many_others_there_are() -> None:
    """Otherwise the demonstration could not go on where it stopped."""
    few, many = (make_people(3, count, RULES, domain=DOMAIN) for count in (4, 9))
    assert few == many[:4]
    assert [person.ability for person in few] == [person.ability for person in many[:4]]
    assert len({person.email for person in many}) == 9


def test_most_hold_the_favoured_title() -> None:
    """A demonstration of thirty people for sixty seats would have nobody wait for a better offer."""
    title = RULES.titles[-1].code
    people = make_people(1, 60, RULES, domain=DOMAIN, favoured=title)
    assert sum(person.title == title for person in people) > 40
    assert len({person.title for person in people}) > 1


def test_names_come_from_several_scripts() -> None:
    """Accents and other scripts are where pages, letters and exports break first."""
    names = "".join(person.identity["family_name"] for person in make_people(1, 200, RULES, domain=DOMAIN))
    assert any("\u0600" <= letter <= "\u06ff" for letter in names)  # Arabic
    assert any("\u4e00" <= letter <= "\u9fff" for letter in names)  # Chinese
    assert any("\u1ea0" <= letter <= "\u1ef9" for letter in names)  # Vietnamese
    assert "'" in names
    assert "’" in names


@pytest.mark.parametrize("rule", RULES.papers, ids=lambda rule: rule.code)
def test_every_paper_is_a_real_file_of_a_kind_that_is_taken(rule: files.PaperRule) -> None:
    """A file that only looks like one would pass the intake and be turned down by the check."""
    for as_image in (False, True):
        upload = files.paper(rule, as_image=as_image)
        content = kind_of(upload.read(1024))
        assert content in rule.kinds
    upload.seek(0)
    assert examine(upload.read(), str(content)).flaw == ""


def test_the_locked_file_is_turned_down_by_the_check() -> None:
    """It stands for what candidates do; were it accepted, the rehearsal would show nothing."""
    upload = files.locked_pdf(RULES.papers[0])
    assert examine(upload.read(), "pdf").flaw == "locked"
