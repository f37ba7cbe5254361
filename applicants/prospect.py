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
    """What somebody would be asked for: papers with the dossier, later, and perhaps; what they would have to answer yes
    or no to, for sure or perhaps; when they would have to apply, if not by everyone's hour; which fee they would owe.
    """

    papers: list[PaperRule]
    later: list[PaperRule]
    perhaps: list[PaperRule]
    declarations: list[FieldRule]
    perhaps_declared: list[FieldRule]
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
    situation = _Situation(rules, said)
    papers = [paper for paper in rules.papers if is_of_dossier(paper)]
    asked = [paper for paper in papers if situation.meets(paper.when)]
    declared = [field for page in rules.pages for field in page.fields if field.must_be and _is_telling(field)]
    fee = rules.fee
    return Prospect(
        papers=[paper for paper in asked if not paper.late],
        later=[paper for paper in asked if paper.late],
        perhaps=[paper for paper in papers if situation.may_meet(paper.when)],
        declarations=[field for field in declared if situation.meets(field.when)],
        perhaps_declared=[
            field for field in declared if situation.touches(field.when) and situation.may_meet(field.when)
        ],
        closing=next((closing for closing in rules.closings if situation.meets(closing.when)), None),
        is_exempt=bool(fee and fee.exemption and situation.meets(fee.exemption.when)),
        is_reduced=bool(fee and fee.reduction and situation.meets(fee.reduction.when)),
    )


def _is_telling(declaration: FieldRule) -> bool:
    """Whether it tells people apart: what keeps one from applying, and what is not declared by everybody."""
    return declaration.must_be == "no" or bool(declaration.when.values)


class _Situation:
    """What somebody said, and what follows from it. What was answered and is no longer asked does not count."""

    def __init__(self, rules: Rules, said: Mapping[str, str]) -> None:
        self.rules = rules
        facts = facts_of_answers(situation_questions(rules), said, None)
        whole = {**said, **facts}
        self.known = {name: said for name, said in whole.items() if said and self._is_asked(name, whole)}

    def meets(self, condition: Condition) -> bool:
        """Whether it holds, by what was said."""
        return condition.holds(self.known)

    def touches(self, condition: Condition) -> bool:
        """Whether something that it hangs on was said."""
        return any(name in self.known for name in condition.values)

    def may_meet(self, condition: Condition) -> bool:
        """Whether it does not hold yet but may, as far as what it hangs on was not said and may still be asked."""
        known = {name: allowed for name, allowed in condition.values.items() if name in self.known}
        open_names = condition.values.keys() - known.keys()
        return bool(open_names) and Condition(known).holds(self.known) and all(map(self._may_be_asked, open_names))

    def _may_be_asked(self, name: str) -> bool:
        question = self.rules.field(question_of(name))
        return question is None or self.meets(question.when) or self.may_meet(question.when)

    def _is_asked(self, name: str, said: Mapping[str, str]) -> bool:
        question = self.rules.field(question_of(name))
        return question is None or question.when.holds(said)
