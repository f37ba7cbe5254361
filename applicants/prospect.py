"""Before there is a dossier: what a procedure would ask of somebody who says so much of themselves. Pure.

The questions are those on which conditions of the rules hang, as far as one can answer them by choosing; what hangs on
anything else is said to be perhaps asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from applicants.readiness import is_of_dossier
from programmes.facts import facts_of_answers, question_of
from programmes.rules import ClosingRule, Condition, FieldKind, FieldRule, PaperRule, Rules

CHOSEN = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YES_NO, FieldKind.COUNTRY)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What somebody would be asked for: papers with the dossier, later, and perhaps; what they would have to declare;
    when they would have to apply, if not by everyone's hour; which fee they would owe.
    """

    papers: list[PaperRule]
    later: list[PaperRule]
    perhaps: list[PaperRule]
    declarations: list[FieldRule]
    bars: list[FieldRule]  # questions to which "yes" keeps one from applying
    closing: ClosingRule | None
    is_exempt: bool
    is_reduced: bool


def situation_questions(rules: Rules) -> list[FieldRule]:
    """The questions that tell what would be asked of somebody: none of them has to be answered here."""
    named = {question_of(name) for name in rules.named_in_conditions}
    asked = [field for page in rules.pages for field in page.fields if field.code in named and field.kind in CHOSEN]
    return [replace(field, required=False, required_when=(), must_be="") for field in asked]


def prospect_of(rules: Rules, said: Mapping[str, str]) -> Prospect:
    """What is asked of somebody who says so: answers to `situation_questions`, and title, speciality, equivalence."""
    answers = {**said, **facts_of_answers(situation_questions(rules), said, None)}
    papers = [paper for paper in rules.papers if is_of_dossier(paper)]
    asked = [paper for paper in papers if paper.when.holds(answers)]
    declared = [field for page in rules.pages for field in page.fields if field.must_be and field.when.holds(answers)]
    fee = rules.fee
    return Prospect(
        papers=[paper for paper in asked if not paper.late],
        later=[paper for paper in asked if paper.late],
        perhaps=[paper for paper in papers if paper not in asked and _may_hold(paper.when, answers)],
        declarations=[field for field in declared if field.when.values and field.must_be == "yes"],
        bars=[field for field in declared if field.must_be == "no"],
        closing=next((closing for closing in rules.closings if closing.when.holds(answers)), None),
        is_exempt=bool(fee and fee.exemption and fee.exemption.when.holds(answers)),
        is_reduced=bool(fee and fee.reduction and fee.reduction.when.holds(answers)),
    )


def _may_hold(condition: Condition, answers: Mapping[str, str]) -> bool:
    """Whether a condition may come to hold, as far as what it hangs on has not been said."""
    known = {name: allowed for name, allowed in condition.values.items() if answers.get(name)}
    return len(known) < len(condition.values) and Condition(known).holds(answers)
