"""The enrolled: those who hold a place for good, as a file that a school's own system can read. Rule: ALL-07."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from applicants.given import identity_of
from applicants.models import Candidate
from journal.record import record
from offers.models import Enrolment
from programmes.models import Procedure, Programme, Role
from programmes.roles import OFFICE, VERIFIER, require_role
from programmes.spreadsheet import as_csv

FIXED = (
    "reference", "school", "programme", "track", "entry_year", "state", "taken_at", "pronounced_at",
    *Candidate.IDENTITY_FIELDS, "email", "title", "speciality",
)  # fmt: skip


@transaction.atomic
def export_enrolled(procedure_id: int, *, by: User) -> bytes:
    """The enrolled of the schools for which `by` works in a procedure, one per line, as CSV.

    The columns keep their names from year to year: codes, then the fields of the form by their own codes; values are as
    they are kept, dates as 2004-03-27, in the order of the programmes and names.

    Raises:
        NotAllowed: `by` is neither of the office nor of a school's admissions service.
    Rules: ALL-01, ALL-04, ALL-07.
    """
    procedure = Procedure.objects.get(pk=procedure_id)
    require_role(by, procedure, OFFICE, VERIFIER)
    fields = _fields_of(procedure)
    enrolled = list(enrolled_for(by, procedure))
    record("enrolled.exported", procedure, by=by, count=len(enrolled))
    return as_csv([*FIXED, *fields], [list(_line(enrolment, fields)) for enrolment in enrolled])


def enrolled_for(user: User, procedure: Procedure) -> QuerySet[Enrolment]:
    """The places held for good in the schools for which `user` works."""
    roles = Role.objects.filter(user=user, user__is_active=True, procedure=procedure, kind__in=(OFFICE, VERIFIER))
    programmes = Programme.objects.filter(Exists(roles.filter(Q(school=OuterRef("school")) | Q(school=None))))
    held = Enrolment.objects.standing().filter(pool__programme__in=programmes.filter(procedure=procedure))
    related = ("dossier__candidate__user", "pool__programme__school", "pool__track")
    order = ("pool__programme__position", "pool__track__position", "dossier__candidate__folded_name", "pk")
    return held.select_related(*related).prefetch_related("dossier__answers").order_by(*order)


def _fields_of(procedure: Procedure) -> list[str]:
    """The fields of the form in the rules in force, in its order; the identity has columns of its own."""
    pages = procedure.rules.pages if procedure.rules else ()
    codes = (field.code for page in pages for field in page.fields)
    return [code for code in codes if code not in Candidate.IDENTITY_FIELDS]


def _line(enrolment: Enrolment, fields: list[str]) -> Iterator[object]:
    dossier, pool = enrolment.dossier, enrolment.pool
    yield dossier.reference
    yield pool.programme.school.code
    yield pool.programme.code
    yield pool.track.code
    yield pool.track.entry_year
    yield enrolment.state
    for moment in (enrolment.taken_at, enrolment.pronounced_at):
        yield moment.isoformat(timespec="seconds") if moment else ""
    identity = identity_of(dossier.candidate)
    yield from (identity[name] for name in Candidate.IDENTITY_FIELDS)
    yield dossier.candidate.user.email
    yield dossier.title
    yield dossier.speciality
    answers = {answer.field: answer.value for answer in dossier.answers.all()}
    yield from (answers.get(code, "") for code in fields)
