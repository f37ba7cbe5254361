"""The required title: it comes in over the summer, is reviewed, and makes the admission definitive; or the seat lapses.

Pronouncing and lapsing are not played: the due acts do both. Rules: AST-12, AST-22.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.db.models import Q

from applicants.editing import LATE_PAPERS
from applicants.models import Dossier
from applicants.proof import Proof, proofs_of
from campaign.rehearsal.company import Company, Event, between
from campaign.rehearsal.people import Habit, Person
from campaign.rehearsal.stages.applications import deposit
from documents.models import SupportingDocument
from juries.models import Decision
from offers.enrolment import note_integration_file, review_title
from offers.models import Enrolment

ARRIVE = dt.timedelta(days=40)  # before the hour of the late papers
SECOND_TRY = dt.timedelta(days=2)
TOO_LATE = dt.timedelta(hours=9)
BETWEEN_REVIEWS = dt.timedelta(days=3)
LAST_REVIEW = dt.timedelta(days=4)  # after that hour
ALL_IS_OVER = dt.timedelta(days=14)  # who was asked for another paper at the last moment has had the time to send it


def events(company: Company) -> Iterator[Event]:
    """Titles sent in by those admitted, reviews every few days, the last ones after the hour; integration files."""
    entry = company.procedure.calendar.get(LATE_PAPERS)
    if entry is None or entry.ends_at is None:
        return
    end = entry.ends_at
    for person in company.people:
        if person.has(Habit.TITLE_NEVER):
            continue
        arrives = between(end - ARRIVE, end - SECOND_TRY * 2, person.draw("title arrives").random())
        if person.has(Habit.TITLE_TOO_LATE):
            arrives = end + TOO_LATE
        yield Event(arrives, partial(send_title, company, person))
        yield Event(end - SECOND_TRY / 2, partial(send_title, company, person))
    moment = end - ARRIVE
    while moment < end + LAST_REVIEW:
        yield Event(moment, partial(review_titles, company))
        moment += BETWEEN_REVIEWS
    yield Event(end + LAST_REVIEW, partial(review_titles, company))
    yield Event(end + ALL_IS_OVER, partial(note_integration_files, company))


def send_title(company: Company, person: Person) -> None:
    """Someone admitted deposits the papers that prove the title, those turned down anew."""
    dossier = company.dossier(person)
    if dossier is None or not _is_admitted(company, dossier):
        return
    for proof in proofs_of([dossier])[dossier.pk]:
        if proof.rule.late and not proof.is_present:
            deposit(company, person, dossier, proof.rule)


def review_titles(company: Company) -> None:
    """The school of each seat reviews what has come in."""
    waiting = Enrolment.objects.filter(dossier__procedure=company.procedure, state=Enrolment.State.AWAITING_TITLE)
    enrolments = waiting.select_related("pool__programme__school").in_bulk(field_name="dossier_id")
    dossiers = company.dossiers(Q(pk__in=enrolments))
    proofs = proofs_of(dossiers)
    for dossier in dossiers:
        verifier = company.staff.verifier(enrolments[dossier.pk].pool.programme.school)
        for document in _to_review(proofs[dossier.pk]):
            is_poor = company.person(dossier).has(Habit.TITLE_UNREADABLE) and _is_first(document)
            reason = "Le document est illisible." if is_poor else ""
            company.attempt(review_title, document.pk, accepted=not is_poor, reason=reason, by=verifier)


def note_integration_files(company: Company) -> None:
    """The schools note the integration files that have come back."""
    standing = Enrolment.objects.standing().filter(dossier__procedure=company.procedure, integration_file_at=None)
    for enrolment in standing.select_related("pool__programme__school", "dossier__candidate__user"):
        if not company.person(enrolment.dossier).has(Habit.FORGETS_INTEGRATION_FILE):
            verifier = company.staff.verifier(enrolment.pool.programme.school)
            company.attempt(note_integration_file, enrolment.dossier_id, by=verifier)


def _is_admitted(company: Company, dossier: Dossier) -> bool:
    conditional = Decision.objects.published(company.procedure).filter(
        dossier=dossier, outcome=Decision.Outcome.CONDITIONAL
    )
    return conditional.exists()


def _to_review(proofs: list[Proof]) -> list[SupportingDocument]:
    """The files that prove the title, checked, and not looked at yet."""
    files = [file for proof in proofs for file in proof.files]
    return [
        file
        for file in files
        if file.review == SupportingDocument.Review.UNREVIEWED and file.check_state == SupportingDocument.Check.PASSED
    ]


def _is_first(document: SupportingDocument) -> bool:
    """Whether nothing was deposited before as that paper."""
    others = SupportingDocument.objects.filter(folder=document.folder_id, kind=document.kind)
    return not others.exclude(pk=document.pk).exists()
