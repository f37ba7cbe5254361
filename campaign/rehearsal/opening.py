"""Opening a rehearsal: its procedure, loaded from the procedure's file unless it is there, and empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from campaign.rehearsal.clearing import clear_rehearsal
from documents.letters import ensure_rendered
from documents.models import Notice
from journal.errors import Refused
from programmes.loading import slug_of, store
from programmes.models import Procedure
from programmes.procedure_file import read

FILES = Path(settings.BASE_DIR) / "programmes" / "procedures"


class NoSuchProcedure(Refused):
    """There is neither a rehearsal nor a file of that code."""


def codes() -> list[str]:
    """The codes of the procedures that have a file."""
    return sorted(path.stem for path in FILES.glob("*.yaml"))


def open_rehearsal(code: str) -> Procedure:
    """The rehearsal of the procedure of that code, without people; loaded from its file if it is not there.

    One that is there keeps its calendar, seats and rules, which an office may have changed to try them out.

    Raises:
        NoSuchProcedure: see there.
        FaultyFile: the file cannot be loaded.
    """
    procedure = Procedure.objects.filter(slug=slug_of(code, rehearsal=True)).first()
    if procedure is None:
        if code not in codes():
            raise NoSuchProcedure(f"Aucune procédure « {code} ». Il y a : {', '.join(codes())}.")
        procedure = store(read(FILES / f"{code}.yaml"), rehearsal=True)
    clear_rehearsal(procedure.pk)
    return Procedure.objects.get(pk=procedure.pk)


@contextmanager
def cards_taken(procedure: Procedure) -> Iterator[None]:
    """Have one of the schools take cards during the block, at the test bank: so that this is rehearsed too."""
    last = procedure.participations.order_by("-position").first()
    school = procedure.participations.filter(pk=last.pk if last else 0)
    before = last is not None and last.takes_cards
    school.update(takes_cards=True)
    try:
        yield
    finally:
        school.update(takes_cards=before)


def render_some(procedure: Procedure, *, at_most: int) -> dict[str, int]:
    """Make the PDF of the first letters of each kind; how many were made, by kind."""
    made: Counter[str] = Counter()
    for notice in Notice.objects.filter(procedure=procedure).order_by("issued_at"):
        if made[notice.kind] < at_most:
            ensure_rendered(notice)
            made[notice.kind] += 1
    return dict(sorted(made.items()))
