"""What a procedure would ask of somebody who says so much of themselves, before there is a dossier.

The five procedures' own files are read: no table of the database is.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from applicants.prospect import Prospect, prospect_of, situation_questions
from programmes.procedure_file import read_text
from programmes.rules import FieldRule, PaperRule, Rules

FILES = sorted((Path(settings.BASE_DIR) / "programmes/procedures").glob("*.yaml"))
RULES = {path.stem: read_text(path.read_text(encoding="utf-8"), name=path.stem).rules for path in FILES}
APP, BS, NE, AST = "apprenticeship-2021", "ms-imtbs-2024", "ms-imtne-2025", "ast-2026"


def asked(procedure: str, **said: str) -> Prospect:
    """What that procedure asks of one who says so."""
    return prospect_of(RULES[procedure], said)


def codes(found: list[PaperRule] | list[FieldRule]) -> set[str]:
    """Their codes."""
    return {rule.code for rule in found}


def test_what_hangs_on_something_not_asked_here_may_still_be_declared() -> None:
    """APP-18: under which status one will study is not asked before there is a dossier."""
    assert "conditions_read" in codes(asked(APP, nationality="MA").perhaps_declared)
    assert "conditions_read" not in codes(asked(APP, nationality="FR").perhaps_declared)


def test_nothing_is_said_to_hang_on_what_one_left_unsaid() -> None:
    """Somebody who tells nothing is not shown every declaration that anybody might have to make."""
    assert not asked(APP).perhaps_declared
    assert not asked(NE).declarations


def test_a_paper_that_hangs_on_a_question_that_is_not_asked_of_one_is_not_perhaps_asked() -> None:
    """NE-02: at M1 level nobody is asked whether they hold the title already."""
    experienced = asked(NE, access_title="m1-experienced", nationality="FR")
    assert {"m1-level", "work-certificates"} <= codes(experienced.papers)
    assert codes(experienced.perhaps).isdisjoint({"held-title", "required-title"})
    assert {"held-title", "required-title"} <= codes(asked(NE, access_title="engineer").perhaps)


def test_what_was_answered_before_the_question_was_closed_does_not_count() -> None:
    """The page hides the question and keeps what was ticked in it."""
    changed = asked(NE, access_title="m1-experienced", title_held="yes")
    assert "held-title" not in codes(changed.papers)


def test_who_may_not_apply_is_told_by_the_question_that_keeps_them_from_it() -> None:
    assert {(question.code, question.must_be) for question in asked(AST, title="L3").declarations} == {
        ("other_route", "no")
    }
    assert ("three_years", "yes") in {
        (question.code, question.must_be) for question in asked(NE, access_title="m1-experienced").declarations
    }


def test_by_when_to_apply_and_what_to_pay_hang_on_the_situation() -> None:
    assert asked(NE, nationality="MA").closing is not None
    assert asked(NE, nationality="FR").closing is None
    assert asked(AST, scholarship="yes").is_exempt
    assert not asked(AST, scholarship="no").is_exempt
    assert asked(APP, scholarship="yes").is_reduced


@pytest.mark.parametrize("procedure", RULES)
@given(data=st.data())
def test_each_paper_is_asked_for_perhaps_or_not_at_all(procedure: str, data: st.DataObject) -> None:
    """Whatever is said: no paper twice, and to say more takes none away from what may be asked but by that answer."""
    rules = RULES[procedure]
    said = _said(data, rules)
    found = prospect_of(rules, said)
    listed = [paper.code for paper in (*found.papers, *found.later, *found.perhaps)]
    assert len(listed) == len(set(listed))
    whole = prospect_of(rules, {})
    assert set(listed) <= codes([*whole.papers, *whole.later, *whole.perhaps])
    assert codes(whole.papers) <= set(listed)


def _said(data: st.DataObject, rules: Rules) -> dict[str, str]:
    """Some of the questions of the situation, answered with something that can be chosen."""
    said = {}
    for question in situation_questions(rules):
        options = [option.code for option in question.options] or ["yes", "no"]
        if question.kind == "country":
            options = ["FR", "MA", "DE"]
        said[question.code] = data.draw(st.sampled_from(["", *options]))
    return said
