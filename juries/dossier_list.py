"""The list of dossiers as a file: what somebody has filtered, as far as they may see it. Rules: ALL-01, ALL-03."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from applicants.models import Dossier
from journal.record import record
from programmes.models import Procedure
from programmes.spreadsheet import as_csv

HEADER = (
    "procedure", "reference", "family_name", "name_in_use", "given_names", "email", "choices", "status",
    "submitted_at", "validated_at",
)  # fmt: skip
AT_ONCE = 500  # dossiers read at a time


@transaction.atomic
def export_dossiers(dossiers: QuerySet[Dossier], *, by: User) -> bytes:
    """Those of `dossiers` that `by` may see, one per line in their order, as CSV. The journal keeps of which procedure
    how many.

    Codes rather than words, so that the columns keep their meaning from year to year; the choices are the codes of the
    programmes, best first; instants are UTC, the procedure's time. The address is there where the dossier may be read
    whole, and not for who only keeps its accounts. Decisions are not in it.
    Rules: AST-07, ALL-01, ALL-03, ALL-04.
    """
    seen = dossiers.filter(pk__in=Dossier.objects.visible_to(by).values("pk"))
    lines = list(_lines(seen, by))
    counts = Counter(str(line[0]) for line in lines)
    for procedure in Procedure.objects.filter(slug__in=counts):
        record("dossiers.exported", procedure, by=by, count=counts[procedure.slug])
    return as_csv(HEADER, lines)


def _lines(dossiers: QuerySet[Dossier], by: User) -> Iterator[list[object]]:
    readable = set(Dossier.objects.readable_by(by).values_list("pk", flat=True))
    related = dossiers.select_related("procedure", "candidate__user").prefetch_related("choices__programme")
    for dossier in related.iterator(chunk_size=AT_ONCE):
        candidate, choices = dossier.candidate, sorted(dossier.choices.all(), key=lambda choice: choice.rank)
        yield [
            dossier.procedure.slug,
            dossier.reference,
            candidate.family_name,
            candidate.name_in_use,
            candidate.given_names,
            candidate.user.email if dossier.pk in readable else "",
            " ".join(choice.programme.code for choice in choices),
            dossier.status,
            dossier.submitted_at and dossier.submitted_at.isoformat(timespec="seconds"),
            dossier.validated_at and dossier.validated_at.isoformat(timespec="seconds"),
        ]
