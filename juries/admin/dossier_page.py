"""The page of one dossier: what it says to whom, with its papers beside it.

Reads only; what the page offers to do follows from the person's roles, and the acts check it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.forms import model_to_dict
from django.http import QueryDict
from django.utils.translation import gettext

from applicants.additions import addable_programmes
from applicants.contents import Contents, read_contents
from applicants.corrections import places_of
from applicants.early import is_asked_for_early, takes_early
from applicants.endings import who_voids
from applicants.forms.questions import QuestionsForm
from applicants.identity import identity_questions
from applicants.models import JUDGES_OF_A_CHOICE, Appraisal, Correction, Dossier, Status
from applicants.papers import is_turned_down
from applicants.places import name_of
from applicants.readiness import applies, asked_pages
from applicants.typing_in import typed_in_words
from applicants.wording import in_words
from documents.models import SupportingDocument
from juries.admin.dossier_study import StudyPart
from juries.admin.forms import AdditionForm, AdjustmentForm, CorrectionForm, ReasonForm, RectificationForm, TransferForm
from juries.admin.wording import (
    equivalence_in_words,
    fee_state,
    outcome_state,
    paper_state,
    reduction_state,
    title_in_words,
)
from juries.models import Adjustment, Decision
from juries.publication import PUBLISHERS
from juries.studied import studied_of
from juries.verification import what_remains
from programmes.models import Programme
from programmes.roles import ACCOUNTANT, JURY, OFFICE, PRESIDENT, VERIFIER, HeldRoles
from programmes.rules import Identity, PaperRule

Review = SupportingDocument.Review
WITH_THE_SCHOOL = (Status.SUBMITTED, Status.VALIDATED)


@dataclass(frozen=True)
class RefusedAct:
    """An act of the page that was refused: which, why, and what was typed for it."""

    act: str
    sentence: str
    typed: QueryDict

    @property
    def reason(self) -> str:
        """The reason that was typed."""
        return self.typed.get("reason", "")


class DossierPage:
    """What the page shows of `dossier` to who holds those roles; after a refused act, with what was typed."""

    def __init__(
        self, dossier: Dossier, held: HeldRoles, refused: RefusedAct | None = None, *, study: str = ""
    ) -> None:
        self.dossier = dossier
        self.held = held
        self.refused = refused
        self.study = StudyPart(studied_of(dossier, held), read_contents(dossier), study)
        self.contents: Contents = self.study.contents

    def context(self, paper: str, appraisal: Appraisal | None) -> dict[str, Any]:
        """What the template is given; `paper` or `appraisal` is what to show beside."""
        shown = self.contents.dossier
        return {
            "dossier": self.dossier,
            "heading": title_in_words(shown) if self.may["read"] else "",
            "equivalence": equivalence_in_words(shown) if self.may["read"] else "",
            "study": self.study,
            "choices": self.contents.choices,
            "unreviewed": sum(1 for document in self._files if is_to_examine(document)),
            "obstacles": self.obstacles(),
            "papers": self.papers(),
            "addable": self.addable,
            "early": self.early(),
            "explained": self.contents.explained if self.may["read"] else [],
            "shown": self.shown(paper),
            "opinion": self.opinion(appraisal),
            "referees": self.contents.referees if self.may["read"] else [],
            "pages": self.answers(),
            "fees": self.fees(),
            "reduction": self.reduction(),
            "corrections": self.corrections(),
            "decisions": self.decisions(),
            "typed_in": self.typed_in(),
            "adjustment": self.adjustment if self.may["read"] else None,
            "may": self.may,
            "forms": self.forms(),
            "refused": self.refused,
        }

    @cached_property
    def may(self) -> dict[str, bool]:
        """What the page offers."""
        first = self.dossier.first_choice
        school = first.school if first else None
        procedure, with_school = self.dossier.procedure, self.dossier.status in WITH_THE_SCHOOL
        held = self.held
        examines = held.has(procedure, VERIFIER, OFFICE, school=school)
        is_today = self.study.shown is None  # what is kept of another day is only read
        is_jury = held.has(procedure, JURY, PRESIDENT)
        judges = held.has(procedure, *JUDGES_OF_A_CHOICE)
        leads = held.has(procedure, *PUBLISHERS)
        return {
            "read": examines or judges or leads,
            "converse": examines or is_jury,
            "examine": examines and with_school and is_today,
            "adjust": examines and with_school and is_today and bool(self.dossier.rules.tests),
            "validate": examines and self.dossier.status == Status.SUBMITTED,
            "money": with_school and is_today and held.has(procedure, VERIFIER, OFFICE, ACCOUNTANT, school=school),
            "read_opinions": examines or judges,
            "see_decisions": is_jury or leads,
            "rectify": leads,
            "void": held.has(procedure, *who_voids(procedure)) and with_school,
        }

    @cached_property
    def addable(self) -> list[Programme]:
        """The programmes that the person could add."""
        return addable_programmes(self.dossier) if self.may["examine"] else []

    def identity(self) -> QuestionsForm | None:
        """The form that corrects an identity which its candidate can no longer change."""
        rules = self.dossier.rules
        if not self.may["examine"] or rules.identity != Identity.FIXED:
            return None
        return QuestionsForm(
            identity_questions(rules), self.contents.answers, self._typed("correct_identity"), auto_id="id_identity_%s"
        )

    def early(self) -> dict[str, Any]:
        """Whether the dossier goes ahead of the others, or its candidate asks for that, to those who may read it."""
        asks = is_asked_for_early(self.dossier, self.contents.answers) if self.may["read"] else False
        may_mark = self.may["examine"] and takes_early(self.dossier)
        return {"because": self.dossier.early_because if self.may["read"] else "", "asks": asks, "may_mark": may_mark}

    def obstacles(self) -> list[str]:
        """What else than the papers to examine, which are counted, stands before validation."""
        if self.dossier.status != Status.SUBMITTED or not self.may["read"]:
            return []
        waiting = {document.kind for document in self.contents.documents if is_to_examine(document)}
        remains = what_remains(self.contents, [asked for asked in self.asked if asked.is_open])
        return [found.sentence for found in remains if found.paper not in waiting]

    def papers(self) -> list[dict[str, Any]]:
        """The papers that concern the candidate, each with its files and what is still expected."""
        lines = [self._paper(rule, self.contents.files(rule.code)) for rule in self._open_rules]
        return [line for line in lines if line["files"] or line["expected"]]

    def reduction(self) -> dict[str, Any] | None:
        """The reduced fee that the candidate claims, and what was decided of it."""
        fee = self.dossier.rules.fee
        if fee is None or not self.contents.claims_reduction:
            return None
        decision = self.contents.reduction
        return {"rule": fee.reduction, "decision": decision, "state": reduction_state(decision)}

    def fees(self) -> list[dict[str, Any]]:
        """What the dossier owes as its fee, complements with it, and how far each is settled."""
        today = self.dossier.procedure.today()
        return [
            {
                "charge": charge,
                "standing": self.contents.standing(charge),
                "state": fee_state(self.contents.standing(charge)),
                "form": TransferForm(
                    self._typed("note_transfer", charge=charge.pk),
                    initial={"received_on": today},
                    auto_id=f"id_transfer_{charge.pk}_%s",
                ),
            }
            for charge in self.contents.charges
        ]

    def shown(self, paper: str) -> SupportingDocument | None:
        """The file shown beside: the one asked for, else the first to examine, else the first."""
        documents = self._files
        asked = next((document for document in documents if str(document.pk) == paper), None)
        waiting = next((document for document in documents if is_to_examine(document)), None)
        return asked or waiting or (documents[0] if documents else None)

    def opinion(self, appraisal: Appraisal | None) -> dict[str, Any] | None:
        """An appraisal that the person opened, question by question."""
        rule = self.contents.dossier.rules.referee(appraisal.referee.kind) if appraisal else None
        if appraisal is None or rule is None:
            return None
        given = appraisal.answers
        items = [
            {"label": question.label, "value": in_words(question, given.get(question.code, ""))}
            for question in rule.questions
        ]
        return {"referee": appraisal.referee, "label": rule.label, "items": items, "appraisal": appraisal}

    def answers(self) -> list[dict[str, Any]]:
        """The form as it was filled in, page by page, to those who may read it."""
        if not self.may["read"]:
            return []
        answers = self.contents.answers
        return [
            {
                "title": page.title,
                "items": [
                    {"label": question.label, "value": in_words(question, answers.get(question.code, ""))}
                    for question in page.fields
                    if applies(question, answers)
                ],
            }
            for page in asked_pages(self.contents.dossier.rules, answers)
        ]

    def corrections(self) -> list[dict[str, Any]]:
        """What was asked of the candidate, the latest first, and what became of it; to those who may read it."""
        if not self.may["read"]:
            return []
        rules = self.dossier.rules
        return [
            {
                "correction": correction,
                "opens": ", ".join(name_of(rules, place) for place in correction.opens),
                "state": _correction_state(correction),
            }
            for correction in self.asked
            if self.study.is_in(correction.asked_at)
        ]

    def typed_in(self) -> list[dict[str, Any]]:
        """What staff filled in for the candidate, as far as it is in what is shown; to those who may read it."""
        if not self.may["read"]:
            return []
        return [typed for typed in typed_in_words(self.dossier) if self.study.is_in(typed["row"].typed_at)]

    def decisions(self) -> list[dict[str, Any]]:
        """The jury's decisions, to those who may know of them before they are public; others see the public
        ones.
        """
        procedure = self.dossier.procedure
        if not self.may["read"]:
            return []
        public = Decision.objects.published(procedure).filter(pk=OuterRef("pk"))
        found = Decision.objects.filter(dossier=self.dossier).annotate(
            is_public=Exists(public),
            waiting=FilteredRelation("corrections", condition=Q(corrections__confirmed_at=None)),  # one at most
        )
        if not self.may["see_decisions"]:
            found = found.filter(is_public=True)
        if procedure.judges_by_programme:
            found = found.filter(choice__programme__in=self._own_programmes())
        # Of the relation that is named above, the typing of queries knows nothing.
        found = found.select_related("step", "choice__programme", "waiting__proposed_by")  # type: ignore[misc]
        return [
            {
                "decision": decision,
                "state": outcome_state(decision.outcome),
                "is_public": decision.is_public,
                "waiting": getattr(decision, "waiting", None),  # absent rather than None
                "form": RectificationForm(
                    decision, self._typed("propose", decision=decision.pk), auto_id=f"id_decision_{decision.pk}_%s"
                ),
            }
            for decision in found.order_by("step__position")
        ]

    def forms(self) -> dict[str, Any]:
        """The forms of the acts: blank, or as they were refused."""
        return {
            "ask": self.correction(),
            "adjust": AdjustmentForm(
                self._typed("adjust"),
                initial=model_to_dict(self.adjustment) if self.adjustment else None,
                auto_id="id_adjust_%s",
            ),
            "add_programme": AdditionForm(
                self.dossier, self.addable, self._typed("add_programme"), auto_id="id_add_programme_%s"
            ),
            "correct_identity": self.identity(),
            "void": ReasonForm(self._typed("void"), auto_id="id_void_%s"),
        }

    def correction(self) -> CorrectionForm | None:
        """The form that asks something of the candidate, for who may."""
        if not self.may["examine"]:
            return None
        return CorrectionForm(self.dossier, self.places(), self._typed("ask"), auto_id="id_ask_%s")

    def places(self) -> list[str]:
        """What a correction can open, without the papers that do not concern this candidate."""
        concerned = {f"paper:{rule.code}" for rule in self.contents.papers}
        all_places = places_of(self.dossier)
        return [place for place in all_places if not place.startswith("paper:") or place in concerned]

    @cached_property
    def adjustment(self) -> Adjustment | None:
        """What the candidate is granted at the tests."""
        return getattr(self.dossier, "adjustment", None)

    @cached_property
    def asked(self) -> list[Correction]:
        """The rows of what was asked, the latest first."""
        return list(self.dossier.corrections.select_related("dossier__procedure").order_by("-asked_at"))

    @property
    def _files(self) -> list[SupportingDocument]:
        """The files of the papers that the person may open."""
        return [file for rule in self._open_rules for file in self.contents.files(rule.code)]

    def _own_programmes(self) -> list[int]:
        """The programmes chosen whose decisions are the person's to know: not each other's. Rule: APP-15."""
        roles = (*JUDGES_OF_A_CHOICE, OFFICE, VERIFIER)
        chosen = [choice.programme for choice in self.dossier.ranked_choices]
        return [one.pk for one in chosen if self.held.has(self.dossier.procedure, *roles, programme=one)]

    @property
    def _open_rules(self) -> list[PaperRule]:
        """The papers that the person may open; see `juries.verification.open_paper`."""
        if self.may["read"]:
            return self.contents.papers
        return [rule for rule in self.contents.papers if rule.code in self.dossier.rules.fee_papers]

    def _typed(self, act: str, **on: Any) -> QueryDict | None:
        """What was typed for that act, on that object, if it was just refused."""
        refused = self.refused
        if refused is None or refused.act != act:
            return None
        return refused.typed if all(refused.typed.get(name) == str(key) for name, key in on.items()) else None

    def _paper(self, rule: PaperRule, documents: list[SupportingDocument]) -> dict[str, Any]:
        candidate = self.dossier.candidate.user_id
        files = [
            {
                "document": document,
                "state": paper_state(document),
                "added": document.uploaded_by_id not in (candidate, None),
            }
            for document in documents
        ]
        standing = sum(1 for document in documents if not is_turned_down(document))
        return {
            "rule": rule,
            "files": files,
            "explained": f"paper:{rule.code}" in self.contents.explanations,
            "expected": not files and (rule.required or rule.late),
            "exempts": rule.code in self.dossier.rules.fee_papers,
            "takes_more": self.may["examine"] and standing < rule.max_files,
        }


def is_to_examine(document: SupportingDocument) -> bool:
    """Whether the file waits for somebody to say yes or no."""
    is_checked = document.check_state == SupportingDocument.Check.PASSED
    return is_checked and document.review == Review.UNREVIEWED


def _correction_state(correction: Any) -> dict[str, str]:
    if correction.withdrawn_at:
        return {"kind": "closed", "label": gettext("levée")}
    if correction.answered_at:
        return {"kind": "done", "label": gettext("répondue")}
    if correction.is_open:
        return {"kind": "waiting", "label": gettext("attend le candidat")}
    return {"kind": "problem", "label": gettext("délai passé sans réponse")}
