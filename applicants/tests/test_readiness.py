"""What is missing, on rules and dossiers of every shape. Rules: AST-09, AST-10, AST-11, AST-12."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicants.readiness import FilledIn, fee_is_enough, missing_items
from payments.standing import Standing
from programmes.rules import (
    Alternative,
    ChoiceRule,
    Condition,
    FeeRule,
    FieldKind,
    FieldRule,
    Means,
    Needed,
    PageRule,
    PaperRule,
    ProgrammeRule,
    RefereeRule,
    Rules,
    Speciality,
    Title,
)
from programmes.text import Text

codes = st.sampled_from([f"c{number}" for number in range(6)])
answers = st.dictionaries(
    st.sampled_from(["a", "b", "c", "title", "speciality"]), st.sampled_from(["", "yes", "no", "T", "s"])
)
conditions = st.builds(
    Condition,
    st.dictionaries(st.sampled_from(["a", "b", "title"]), st.sampled_from([("yes",), ("no",), ("T",)]), max_size=2),
)
label = st.just(Text("Quelque chose", "Something"))
fields = st.builds(
    FieldRule,
    code=st.sampled_from(["a", "b", "c"]),
    kind=st.just(FieldKind.YES_NO),
    label=label,
    required=st.booleans(),
    when=conditions,
    must_be=st.sampled_from(["", "yes", "no"]),
)
papers = st.builds(PaperRule, code=codes, label=label, required=st.booleans(), when=conditions, late=st.booleans())
fees = st.builds(
    FeeRule,
    amount=st.just(7600),
    means=st.just((Means.TRANSFER,)),
    reference=st.just("x"),
    needed_for=st.sampled_from(Needed),
)
rules = st.builds(
    Rules,
    programmes=st.just((ProgrammeRule("albi", Text("Albi", "")), ProgrammeRule("ales", Text("Alès", "")))),
    titles=st.just((Title("T", Text("Titre", ""), "t", (Speciality("s", Text("Spécialité", ""), ("albi",)),)),)),
    choices=st.builds(ChoiceRule, min_count=st.integers(0, 2)),
    pages=st.lists(fields, max_size=3, unique_by=lambda rule: rule.code).map(
        lambda asked: (PageRule("p", Text("Page", ""), fields=tuple(asked)),)
    ),
    papers=st.lists(papers, max_size=4, unique_by=lambda rule: rule.code).map(tuple),
    referees=st.just((RefereeRule("r", Text("Référent", "")),)),
    alternatives=st.lists(st.just(Alternative("alt", Text("L’un ou l’autre", ""), ("r",), ("c0",))), max_size=1).map(
        tuple
    ),
    fee=st.none() | fees,
)
filled = st.builds(
    FilledIn,
    answers=answers,
    choices=st.lists(st.sampled_from(["albi", "ales"]), unique=True).map(tuple),
    papers=st.frozensets(codes),
    appraisals=st.frozensets(st.just("r")),
    fee=st.sampled_from(Standing),
)


def places(found: list[object]) -> set[str]:
    return {item.place for item in found}  # type: ignore[attr-defined]


@given(rules, filled)
def test_each_thing_is_said_once_and_leads_somewhere(asked: Rules, done: FilledIn) -> None:
    found = missing_items(asked, done)
    assert len({item.code for item in found}) == len(found)
    known = {"title", "choices", "payment", "page:p", "referee:r"} | {f"paper:{rule.code}" for rule in asked.papers}
    assert places(list(found)) <= known
    assert all(item.label for item in found)


@given(rules, filled)
def test_a_late_or_optional_paper_never_stands_in_the_way(asked: Rules, done: FilledIn) -> None:
    found = places(list(missing_items(asked, done)))
    for rule in asked.papers:
        if rule.late or not rule.required or not rule.when.holds(done.answers):
            assert f"paper:{rule.code}" not in found


@given(rules, filled, codes)
def test_one_more_paper_never_makes_more_missing(asked: Rules, done: FilledIn, paper: str) -> None:
    more = dataclasses.replace(done, papers=done.papers | {paper})
    assert {i.code for i in missing_items(asked, more)} <= {i.code for i in missing_items(asked, done)}


@given(rules, filled)
def test_either_way_fulfils_an_alternative(asked: Rules, done: FilledIn) -> None:
    for enough in ({"papers": done.papers | {"c0"}}, {"appraisals": frozenset({"r"})}):
        found = missing_items(asked, dataclasses.replace(done, **enough))  # type: ignore[arg-type]
        assert "alternative:alt" not in {item.code for item in found}


@given(rules, filled)
def test_neither_way_leaves_it_missing(asked: Rules, done: FilledIn) -> None:
    neither = dataclasses.replace(done, papers=done.papers - {"c0"}, appraisals=frozenset())
    found = {item.code for item in missing_items(asked, neither)}
    assert ("alternative:alt" in found) == bool(asked.alternatives)


@given(rules, filled)
def test_a_declaration_must_be_made_as_it_must_be(asked: Rules, done: FilledIn) -> None:
    found = {item.code for item in missing_items(asked, done)}
    for rule in asked.pages[0].fields:
        if rule.must_be and rule.when.holds(done.answers):
            assert (f"field:{rule.code}" in found) == (done.answers.get(rule.code) != rule.must_be)


@given(rules, filled)
def test_a_question_is_missing_where_it_is_asked_and_nowhere_else(asked: Rules, done: FilledIn) -> None:
    found = {item.code for item in missing_items(asked, done)}
    for rule in asked.pages[0].fields:
        if not rule.when.holds(done.answers):
            assert f"field:{rule.code}" not in found
        elif rule.required and not done.answers.get(rule.code):
            assert f"field:{rule.code}" in found


@pytest.mark.parametrize(
    ("must_be", "answer", "beginning"),
    [("yes", "", "Sans cette déclaration"), ("no", "yes", "Avec cette réponse"), ("no", "", "Quelque chose")],
)
def test_what_is_said_of_a_declaration_fits_the_answer(must_be: str, answer: str, beginning: str) -> None:
    rule = FieldRule("a", FieldKind.YES_NO, Text("Quelque chose", "Something"), must_be=must_be)
    asked = Rules(choices=ChoiceRule(min_count=0), pages=(PageRule("p", Text("Page", ""), fields=(rule,)),))
    (item,) = missing_items(asked, FilledIn(answers={"a": answer}))
    assert item.label.startswith(beginning)


@given(rules, filled)
def test_the_title_is_asked_for_with_its_speciality(asked: Rules, done: FilledIn) -> None:
    found = {item.code for item in missing_items(asked, done)}
    is_known = (done.answers.get("title"), done.answers.get("speciality")) == ("T", "s")
    assert ("title" in found) == (not is_known)
    untitled = dataclasses.replace(asked, titles=())
    assert "title" not in {item.code for item in missing_items(untitled, done)}


@given(rules, filled)
def test_a_closed_programme_is_never_submitted(asked: Rules, done: FilledIn) -> None:
    found = {item.code for item in missing_items(asked, done)}
    assert ("choice:ales" in found) == ("ales" in done.choices)


@given(fees, st.sampled_from(Standing))
def test_a_fee_under_way_is_enough_only_where_it_is_needed_later(fee: FeeRule, standing: Standing) -> None:
    under_way = standing in (Standing.ANNOUNCED, Standing.EXEMPTION_ASKED)
    done = standing in (Standing.SETTLED, Standing.WAIVED)
    assert fee_is_enough(fee, standing) == (done or (under_way and fee.needed_for == Needed.VALIDATION))
