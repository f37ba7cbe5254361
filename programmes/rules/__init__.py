"""The rules of a procedure: what a version holds, as plain values.

A procedure's file says them, `ProcedureVersion.rules` keeps them as JSON, and every pure core (eligibility, readiness,
fees, marks) takes them from here. A submitted dossier keeps the version it was submitted under, so nothing here is ever
changed in place. What an office may change at any time (calendar, seats, texts, people) is in `programmes.models`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from programmes.rules.closings import ClosingRule
from programmes.rules.conditions import ALWAYS, Condition, Option, conditions_in
from programmes.rules.form import FieldKind, FieldRule, Identity, PageRule, RowField, SubmissionRule
from programmes.rules.money import (
    DepositRule,
    Exemption,
    Extra,
    FeeRule,
    Instalment,
    Link,
    Means,
    Needed,
    Price,
    ProgrammePrices,
    Reduction,
    Refundable,
    RefundRule,
    TuitionRule,
)
from programmes.rules.papers import OF, Alternative, FileKind, Opinion, PaperRule, RefereeRule, Replacing, Stage
from programmes.rules.selection import (
    ChoiceRule,
    ConfirmationRule,
    CorrectionRule,
    Criterion,
    EvaluationRule,
    Order,
    ProgrammeRule,
    TestRule,
    Who,
)
from programmes.rules.storing import as_json, from_json
from programmes.rules.titles import Equivalence, Speciality, Title

__all__ = [
    "ALWAYS",
    "Alternative",
    "ChoiceRule",
    "ClosingRule",
    "Condition",
    "ConfirmationRule",
    "CorrectionRule",
    "Criterion",
    "DepositRule",
    "Equivalence",
    "EvaluationRule",
    "Exemption",
    "Extra",
    "FeeRule",
    "FieldKind",
    "FieldRule",
    "FileKind",
    "Identity",
    "Instalment",
    "Link",
    "Means",
    "Needed",
    "Opinion",
    "Option",
    "Order",
    "PageRule",
    "PaperRule",
    "Price",
    "ProgrammePrices",
    "ProgrammeRule",
    "Reduction",
    "RefereeRule",
    "RefundRule",
    "Refundable",
    "Replacing",
    "RowField",
    "Rules",
    "Speciality",
    "Stage",
    "SubmissionRule",
    "TestRule",
    "Title",
    "TuitionRule",
    "Who",
    "as_json",
    "from_json",
]


@dataclass(frozen=True)  # without slots: what follows from all of them is kept beside them
class Rules:
    """All that a version holds."""

    programmes: tuple[ProgrammeRule, ...] = ()  # in the procedure's order; the columns of the eligibility tables
    titles: tuple[Title, ...] = ()
    choices: ChoiceRule = field(default_factory=ChoiceRule)
    pages: tuple[PageRule, ...] = ()
    papers: tuple[PaperRule, ...] = ()
    referees: tuple[RefereeRule, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    fee: FeeRule | None = None
    deposit: DepositRule | None = None
    refunds: tuple[RefundRule, ...] = ()
    tuition: TuitionRule | None = None
    tests: tuple[TestRule, ...] = ()
    evaluation: EvaluationRule | None = None
    equivalences: tuple[Equivalence, ...] = ()
    corrections: CorrectionRule = field(default_factory=CorrectionRule)
    identity: Identity = Identity.FREE
    submission: SubmissionRule = field(default_factory=SubmissionRule)
    confirmation: ConfirmationRule | None = None  # none: places go by periods of offers
    closings: tuple[ClosingRule, ...] = ()

    @cached_property
    def named_in_conditions(self) -> frozenset[str]:
        """The names that any condition uses: every act and page asks for them, and the rules are long."""
        return frozenset(name for condition in conditions_in(self) for name in condition.values)

    def programme(self, code: str) -> ProgrammeRule | None:
        """The programme of that code."""
        return next((programme for programme in self.programmes if programme.code == code), None)

    def statuses_of(self, programme: str) -> tuple[Option, ...]:
        """The statuses under which a programme may be chosen, in order; none where nobody is asked. Rule: APP-02."""
        known = self.choices.statuses
        rule = self.programme(programme)
        if rule is None or not rule.statuses:
            return known[:1]
        return tuple(status for status in known if status.code in rule.statuses)

    def title(self, code: str) -> Title | None:
        """The title of that code, if the procedure knows it."""
        return next((title for title in self.titles if title.code == code), None)

    def equivalence(self, code: str) -> Equivalence | None:
        """The equivalence of that code."""
        return next((rule for rule in self.equivalences if rule.code == code), None)

    def paper(self, code: str) -> PaperRule | None:
        """The paper of that code, if the procedure asks for it; one for each programme has that of both."""
        base, _, of = code.partition(OF)
        paper = next((paper for paper in self.papers if paper.code == base), None)
        programme = self.programme(of)
        if paper is None or paper.per_choice != bool(of):
            return None
        if not of:
            return paper
        return paper.for_programme(programme) if programme else None

    @property
    def pays_first_choice(self) -> bool:
        """Whether the fee goes to the school that each candidate ranks first. Rule: AST-10."""
        return self.fee is not None and not self.fee.payee and self.choices.order == Order.RANKED

    @property
    def fee_papers(self) -> frozenset[str]:
        """The codes of the papers that prove an exemption of the fee or a reduction, and are judged with it."""
        grounds = (self.fee.exemption, self.fee.reduction) if self.fee else ()
        return frozenset(ground.paper for ground in grounds if ground is not None)

    @property
    def keeps_fee(self) -> bool:
        """Whether the application fee is paid back in no case. Rules: BS-01, NE-06, APP-11."""
        return not any(Refundable.APPLICATION_FEE in case.of for case in self.refunds)

    @property
    def deposit_refunds(self) -> tuple[RefundRule, ...]:
        """The cases in which the deposit is paid back. Rules: BS-07, IIM-07."""
        return tuple(case for case in self.refunds if Refundable.DEPOSIT in case.of)

    @property
    def marked_tests(self) -> tuple[TestRule, ...]:
        """The tests of which a mark is kept."""
        return tuple(rule for rule in self.tests if rule.marked)

    def field(self, code: str) -> FieldRule | None:
        """The form's field of that id."""
        return next((rule for page in self.pages for rule in page.fields if rule.code == code), None)

    def referee(self, code: str) -> RefereeRule | None:
        """The kind of referee of that code."""
        return next((rule for rule in self.referees if rule.code == code), None)
