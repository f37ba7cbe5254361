"""What a place still asks: the rows of papers and deposit read as the values on which `offers.confirmation` works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from applicants.deposits import DEPOSIT
from applicants.editing import is_asked_for
from applicants.given import answers_with
from applicants.models import Answer, Dossier
from applicants.papers import is_turned_down
from applicants.readiness import applies
from documents.models import SupportingDocument
from offers.confirmation import Given, Need, Progress, needs
from offers.models import Place
from payments.models import Charge
from payments.standing import Standing, standing_from
from programmes.facts import question_of
from programmes.rules import PaperRule

PROGRESS = {
    Standing.DUE: Progress.TODO,
    Standing.ANNOUNCED: Progress.SENT,
    Standing.EXEMPTION_ASKED: Progress.TODO,
    Standing.SETTLED: Progress.DONE,
    Standing.WAIVED: Progress.DONE,
}


def needs_of(place: Place) -> list[Need]:
    """What confirms this place, and how far each thing is."""
    return needs_by_place([place])[place.pk]


def needs_by_place(places: Iterable[Place]) -> dict[int, list[Need]]:
    """The same for many places, in a few queries however many; their dossiers are read with candidate and version."""
    places = list(places)
    dossiers = {place.dossier_id: place.dossier for place in places}
    to_confirm = {key: dossier.rules.confirmation for key, dossier in dossiers.items()}
    with_papers = {key: dossiers[key] for key, rule in to_confirm.items() if rule and rule.papers}
    with_deposit = {key: dossiers[key] for key, rule in to_confirm.items() if rule and rule.deposit}
    answers, papers = (_answers(with_papers), _papers(with_papers.values())) if with_papers else ({}, {})
    deposits = _deposits(with_deposit.values()) if with_deposit else {}
    found = {}
    for place in places:
        rule = to_confirm[place.dossier_id]
        asked = _asked(place.dossier, answers.get(place.dossier_id, {}))
        given = Given(
            papers=papers.get(place.dossier.folder_id, {}),
            deposit=deposits.get((place.dossier.account_id, place.choice.programme.code), Progress.TODO),
            word=place.accepted_at is not None,
        )
        found[place.pk] = needs(rule, asked, given) if rule else []
    return found


def is_sent(place: Place, found: Iterable[Need]) -> bool:
    """Whether the candidate has done all, or is asked to do again what was turned down and still has time for it.

    Rule: IIM-06.
    """
    return all(
        need.progress in (Progress.SENT, Progress.DONE)
        or (need.progress == Progress.AGAIN and is_asked_for(place.dossier, f"paper:{need.what}"))
        for need in found
    )


def papers_asked(dossier: Dossier) -> list[PaperRule]:
    """The papers that confirm a place of this candidate."""
    return _asked(dossier, _answers({dossier.pk: dossier})[dossier.pk])


def _asked(dossier: Dossier, answers: Mapping[str, str]) -> list[PaperRule]:
    return [paper for paper in _named(dossier) if applies(paper, answers)]


def _named(dossier: Dossier) -> list[PaperRule]:
    """The papers that confirm a place, of whoever they concern."""
    rule = dossier.rules.confirmation
    return [paper for paper in dossier.rules.papers if rule and paper.code in rule.papers and paper.required]


def _answers(dossiers: dict[UUID, Dossier]) -> dict[UUID, dict[str, str]]:
    """What it hangs on whom the papers of a place concern; nothing is read where it hangs on nothing."""
    names = {name for dossier in dossiers.values() for paper in _named(dossier) for name in paper.when.values}
    own: dict[UUID, dict[str, str]] = defaultdict(dict)
    if names:
        rows = Answer.objects.filter(dossier__in=dossiers, field__in={question_of(name) for name in names})
        for dossier_id, field, value in rows.values_list("dossier_id", "field", "value"):
            own[dossier_id][field] = value
    return {key: answers_with(dossier, own[key], names=names) for key, dossier in dossiers.items()}


def _papers(dossiers: Iterable[Dossier]) -> dict[UUID, dict[str, Progress]]:
    """How far each paper is, by folder and code."""
    folders = [dossier.folder_id for dossier in dossiers]
    found: dict[UUID, dict[str, list[SupportingDocument]]] = defaultdict(lambda: defaultdict(list))
    for file in SupportingDocument.objects.current().filter(folder__in=folders):
        found[file.folder_id][file.kind].append(file)
    return {folder: {kind: _progress(files) for kind, files in kinds.items()} for folder, kinds in found.items()}


def _deposits(dossiers: Iterable[Dossier]) -> dict[tuple[UUID, str], Progress]:
    """How far each deposit is, by account and programme. Money that is announced waits for the school."""
    accounts = [dossier.account_id for dossier in dossiers]
    charges = Charge.objects.live().filter(account__in=accounts, reason=DEPOSIT).with_announcement()
    return {
        (charge.account_id, charge.subject): PROGRESS[
            standing_from(charge, is_announced=getattr(charge, "declared_on", None) is not None)
        ]
        for charge in charges
    }


def _progress(files: list[SupportingDocument]) -> Progress:
    standing = [file for file in files if not is_turned_down(file)]
    if not standing:
        return Progress.AGAIN
    return (
        Progress.DONE if all(file.review == SupportingDocument.Review.ACCEPTED for file in standing) else Progress.SENT
    )
