"""The files of somebody who has a seat, beside each other on the staff's pages of entrants and of places."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from applicants.models import Dossier
from documents.models import SupportingDocument
from juries.admin.wording import paper_state
from offers.entrants import papers_in
from programmes.rules.papers import OF


@dataclass(frozen=True)
class EntrantPaper:
    """A file, as the page shows it."""

    document: SupportingDocument
    label: str
    state: dict[str, str]  # of components/state_tag.html
    is_first: bool  # one of those that the page is about
    may_review: bool
    address: str


def papers_of(
    dossier: Dossier,
    *,
    first: Collection[str],
    to_review: Collection[str],
    address: Callable[[SupportingDocument], str],
) -> list[EntrantPaper]:
    """The files of a dossier, those of the papers `first` before the others; not those that concern the fee alone, nor
    what was joined to something else (a written piece, a message, a refund).
    """
    rules = dossier.rules
    files = papers_in(dossier)
    papers = [
        EntrantPaper(
            document=file,
            label=str(rule.label),
            state=paper_state(file),
            is_first=file.kind in first,
            may_review=file.kind in to_review,
            address=address(file),
        )
        for file in files
        if (rule := rules.paper(file.kind))
    ]
    order = [rule.code for rule in rules.papers]
    return sorted(papers, key=lambda paper: (not paper.is_first, order.index(paper.document.kind.partition(OF)[0])))


def paper_shown(papers: Sequence[EntrantPaper], asked_for: str | None) -> EntrantPaper | None:
    """The file beside the others: the one asked for; else the next that waits for a verdict; else the first."""
    asked = (paper for paper in papers if str(paper.document.pk) == asked_for)
    waiting = (paper for paper in papers if paper.may_review and is_to_review(paper.document))
    return next(chain(asked, waiting, papers), None)


def is_to_review(file: SupportingDocument) -> bool:
    """Whether a file has passed the check and waits for a verdict."""
    return file.review == SupportingDocument.Review.UNREVIEWED and file.check_state == SupportingDocument.Check.PASSED
