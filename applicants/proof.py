"""Proof of title: the papers that definitive admission waits for, and how far they have come. Rules: AST-12, AST-22."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, prefetch_related_objects

from applicants.editing import is_asked_for
from applicants.given import answers_with
from applicants.models import Answer, Choice, Dossier
from applicants.papers import is_turned_down
from applicants.readiness import asked_papers
from documents.models import SupportingDocument
from programmes.facts import ADULT, PROGRAMME, STATUS, question_of
from programmes.rules import PaperRule, Rules

Files = dict[UUID, list[SupportingDocument]]  # by folder


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
    return _proofs(dossiers, _files_of(dossiers))


def papers_of_title(dossier: Dossier, answers: Mapping[str, str]) -> list[PaperRule]:
    """The papers that prove the title required of a dossier with these answers."""
    return [rule for rule in asked_papers(dossier.rules, answers) if rule.proves_title]


def _files_of(dossiers: list[Dossier], *conditions: Q) -> Files:
    """The files of these dossiers that were not replaced, and meet `conditions`, by folder."""
    files: Files = defaultdict(list)
    folders = [dossier.folder_id for dossier in dossiers]
    for file in SupportingDocument.objects.current().filter(*conditions, folder__in=folders):
        files[file.folder_id].append(file)
    return files


def _proofs(dossiers: list[Dossier], files: Files) -> dict[UUID, list[Proof]]:
    names = frozenset(name for rules in _rules_of(dossiers) for name in _names_in(rules))
    if not names.isdisjoint({PROGRAMME, STATUS, ADULT}):
        _read_together(dossiers)
    answers: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = Answer.objects.filter(dossier__in=dossiers, field__in={question_of(name) for name in names})
    for dossier_id, field, value in rows.values_list("dossier_id", "field", "value"):
        answers[dossier_id][field] = value
    return {
        dossier.pk: [
            Proof(rule, tuple(file for file in files[dossier.folder_id] if file.kind == rule.code))
            for rule in papers_of_title(dossier, answers_with(dossier, answers[dossier.pk], names=names))
        ]
        for dossier in dossiers
    }


def _rules_of(dossiers: list[Dossier]) -> Iterable[Rules]:
    """The rules that there are among these dossiers."""
    return {dossier.version_id: dossier.rules for dossier in dossiers}.values()


def _names_in(rules: Rules) -> Iterator[str]:
    """The names on which it hangs what proves the title."""
    for paper in rules.papers:
        if paper.proves_title:
            yield from (*paper.when.values, *([PROGRAMME] if paper.per_choice else []))


def _read_together(dossiers: list[Dossier]) -> None:
    """Read at once what the facts of each dossier follow from: choices, calendar."""
    if len(dossiers) == 1:  # one reads its own, if it has to
        return
    choices = Choice.objects.select_related("programme__school").order_by("rank")
    prefetch_related_objects(dossiers, "procedure", Prefetch("choices", choices, to_attr="ranked_choices"))


def is_title_sent(dossier: Dossier) -> bool:
    """Whether every paper that proves the title is there, reviewed or not, or is asked for again after a refusal."""
    proofs = proofs_of([dossier])[dossier.pk]
    return all(proof.is_present or is_asked_for(dossier, f"paper:{proof.rule.code}") for proof in proofs)


def with_title_accepted(dossiers: Iterable[Dossier]) -> set[UUID]:
    """Those of `dossiers` for which every paper that proves the title is in and accepted.

    Nothing owed proves something only where the rules ask for no proof.
    """
    dossiers = list(dossiers)
    without = {dossier.pk for dossier in dossiers if not any(rule.proves_title for rule in dossier.rules.papers)}
    asked = [dossier for dossier in dossiers if dossier.pk not in without]
    accepted = _files_of(asked, Q(review=SupportingDocument.Review.ACCEPTED)) if asked else {}
    may_be = [dossier for dossier in asked if _has_proof(dossier, accepted)]  # answers are read of these only
    proofs = _proofs(may_be, accepted) if may_be else {}
    return without | {key for key, owed in proofs.items() if owed and all(proof.is_accepted for proof in owed)}


def _has_proof(dossier: Dossier, files: Files) -> bool:
    """Whether one of the files proves the title, be it not all that is owed."""
    rules = [dossier.rules.paper(file.kind) for file in files[dossier.folder_id]]
    return any(rule is not None and rule.proves_title for rule in rules)
