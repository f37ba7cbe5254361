"""Proof of title: the papers that definitive admission waits for, and who has them all accepted."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from applicants.editing import is_asked_for
from applicants.given import answers_of
from applicants.models import Dossier
from documents.models import SupportingDocument
from programmes.rules import PaperRule


def papers_of_title(dossier: Dossier) -> list[PaperRule]:
    """The papers that prove the title required of this dossier. Rule: AST-12."""
    answers = answers_of(dossier)
    return [rule for rule in dossier.rules.papers if rule.proves_title and rule.when.holds(answers)]


def is_title_sent(dossier: Dossier) -> bool:
    """Whether every paper that proves the title is there, reviewed or not, or is asked for again after a refusal."""
    present = SupportingDocument.objects.present().filter(folder=dossier.folder_id)
    there = set(present.values_list("kind", flat=True))
    return all(rule.code in there or is_asked_for(dossier, f"paper:{rule.code}") for rule in papers_of_title(dossier))


def with_title_accepted(dossiers: Iterable[Dossier]) -> set[UUID]:
    """Those of `dossiers` for which every paper that proves the title is in and accepted. Rule: AST-22."""
    dossiers = list(dossiers)
    accepted: dict[UUID, set[str]] = {}
    papers = SupportingDocument.objects.current().filter(
        folder__in=[dossier.folder_id for dossier in dossiers], review=SupportingDocument.Review.ACCEPTED
    )
    for folder_id, kind in papers.values_list("folder_id", "kind"):
        accepted.setdefault(folder_id, set()).add(kind)
    return {dossier.pk for dossier in dossiers if _all_accepted(dossier, accepted.get(dossier.folder_id, set()))}


def _all_accepted(dossier: Dossier, accepted: set[str]) -> bool:
    """Whether `accepted` has every proof; the answers are read only when some proof is there at all."""
    proofs = {rule.code for rule in dossier.rules.papers if rule.proves_title}
    return proofs <= accepted or (
        bool(proofs & accepted) and {rule.code for rule in papers_of_title(dossier)} <= accepted
    )
