"""Proof of title: the papers that definitive admission waits for, and how far they have come. Rules: AST-12, AST-22."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from applicants.editing import is_asked_for
from applicants.given import answers_with
from applicants.models import Answer, Choice, Dossier
from applicants.papers import is_turned_down
from applicants.readiness import asked_papers
from documents.models import SupportingDocument
from programmes.facts import ADULT, PROGRAMME, STATUS, facts_needed
from programmes.rules import PaperRule


@dataclass(frozen=True)
class Proof:
    """A paper that proves the title required of a dossier, and the files that there are of it."""

    rule: PaperRule
    files: tuple[SupportingDocument, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether staff have accepted a file of it."""
        return any(file.review == SupportingDocument.Review.ACCEPTED for file in self.files)

    @property
    def is_present(self) -> bool:
        """Whether a file of it is there that neither the check nor staff turned down."""
        return not all(is_turned_down(file) for file in self.files)


def proofs_of(dossiers: Iterable[Dossier]) -> dict[UUID, list[Proof]]:
    """The papers that prove the title required of each dossier, in a few queries however many there are."""
    dossiers = list(dossiers)
    _read_together(dossiers)
    answers: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = Answer.objects.filter(dossier__in=dossiers)
    for dossier_id, field, value in rows.values_list("dossier_id", "field", "value"):
        answers[dossier_id][field] = value
    files: dict[tuple[UUID, str], list[SupportingDocument]] = defaultdict(list)
    for file in SupportingDocument.objects.current().filter(folder__in=[dossier.folder_id for dossier in dossiers]):
        files[file.folder_id, file.kind].append(file)
    return {
        dossier.pk: [
            Proof(rule, tuple(files[dossier.folder_id, rule.code]))
            for rule in asked_papers(dossier.rules, answers_with(dossier, answers[dossier.pk]))
            if rule.proves_title
        ]
        for dossier in dossiers
    }


def _read_together(dossiers: list[Dossier]) -> None:
    """Read at once what the facts of each dossier follow from, where a condition hangs on one: choices, calendar."""
    if len(dossiers) == 1:  # one reads its own, if it has to
        return
    versions = {dossier.version_id: dossier.rules for dossier in dossiers}
    if not any(facts_needed(rules) & {PROGRAMME, STATUS, ADULT} for rules in versions.values()):
        return
    procedures = {dossier.procedure_id: dossier.procedure for dossier in dossiers}
    for dossier in dossiers:
        dossier.procedure = procedures[dossier.procedure_id]
    choices = Choice.objects.select_related("programme__school").order_by("rank")
    prefetch_related_objects(dossiers, Prefetch("choices", choices, to_attr="ranked_choices"))


def is_title_sent(dossier: Dossier) -> bool:
    """Whether every paper that proves the title is there, reviewed or not, or is asked for again after a refusal."""
    proofs = proofs_of([dossier])[dossier.pk]
    return all(proof.is_present or is_asked_for(dossier, f"paper:{proof.rule.code}") for proof in proofs)


def with_title_accepted(dossiers: Iterable[Dossier]) -> set[UUID]:
    """Those of `dossiers` for which every paper that proves the title is in and accepted."""
    dossiers = list(dossiers)
    proofs = proofs_of(dossiers)
    return {dossier.pk for dossier in dossiers if _is_proven(dossier, proofs[dossier.pk])}


def _is_proven(dossier: Dossier, owed: list[Proof]) -> bool:
    """Whether all that is owed is accepted. Nothing owed proves something only where the rules ask for no proof."""
    if not owed:
        return not any(rule.proves_title for rule in dossier.rules.papers)
    return all(proof.is_accepted for proof in owed)
