"""The stage of a journey: the procedure with its clock, the workers, and what people receive besides pages."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import TypeVar

from django.core import mail as post
from pypdf import PdfReader

from applicants.models import Dossier
from applicants.tests.scenario import PARIS, file_of, set_clock
from campaign.due import run_due_acts
from documents.checks import check_waiting_papers
from documents.letters import ensure_rendered
from documents.models import Notice
from notifications.delivery import deliver
from notifications.models import Mail
from notifications.rendering import Rendered, render
from programmes.loading import store
from programmes.models import Procedure

T = TypeVar("T")
SECOND = dt.timedelta(seconds=1)
TRIES = 30


class Stage:
    """A procedure as a rehearsal, whose clock is moved from one hour of the calendar to the next."""

    def __init__(self, moment: str, code: str = "ast-2026") -> None:
        self.slug = store(file_of(code), rehearsal=True).slug
        self.move_to(moment)

    @property
    def procedure(self) -> Procedure:
        """The procedure as it now stands."""
        return Procedure.objects.get(slug=self.slug)

    # --- The clock ----------------------------------------------------------------------------------------------------

    def move_to(self, moment: str) -> None:
        """Move the clock to `moment`, written as in Europe/Paris."""
        set_clock(self.procedure, moment)

    def just_before(self, moment: str, look: Callable[[], T]) -> T:
        """What `look` sees in the last second before `moment`; the clock goes on: a look that took longer is void."""
        end = dt.datetime.fromisoformat(moment).replace(tzinfo=PARIS)
        for _try in range(TRIES):
            self.move_to((end - SECOND).replace(tzinfo=None).isoformat())
            seen = look()
            if self.procedure.now() < end:
                return seen
        raise AssertionError(f"It takes longer than a second: {look}")

    # --- The workers --------------------------------------------------------------------------------------------------

    def let_workers_run(self) -> None:
        """What workers and scheduler would do by now, but for the letters, which are made when they are read."""
        check_waiting_papers()
        self.run_what_is_due()

    def run_what_is_due(self) -> None:
        """What the scheduler alone would do by now."""
        run_due_acts()


# --- What people receive ----------------------------------------------------------------------------------------------


def mails_to(email: str) -> list[str]:
    """The kinds of the mails written to that address, in their order."""
    return list(Mail.objects.filter(address=email).order_by("queued_at", "pk").values_list("kind", flat=True))


def mail_says(kind: str, email: str, *words: str) -> Rendered:
    """The last mail of that kind to that address, as its reader sees it; each of `words` is in it."""
    mail = Mail.objects.filter(kind=kind, address=email).order_by("queued_at").last()
    assert mail is not None, f"no {kind} to {email}, but {mails_to(email)}"
    rendered = render(mail)
    said = f"{rendered.subject}\n{rendered.text}"
    assert not [each for each in words if not says(said, each)], said
    return rendered


def code_sent_to(email: str) -> str:
    """The code in the last mail that really left for that address."""
    deliver()
    sent = next(message for message in reversed(post.outbox) if message.to == [email])
    found = re.search(r"^([A-Z0-9]+(?:-[A-Z0-9]+)*)$", str(sent.body), re.MULTILINE)
    assert found, sent.body
    return found[1]


def link_in(mail: Rendered, containing: str) -> str:
    """The path of the mail's link that has `containing` in it."""
    found = re.search(rf"https?://[^/\s]+(/\S*{re.escape(containing)}\S*)", mail.text)
    assert found, mail.text
    return found[1]


def letter_says(kind: str, dossier: Dossier, *words: str) -> Notice:
    """The last letter of that kind to a candidate; each of `words` is in its PDF, and its number."""
    notice = Notice.objects.filter(kind=kind, recipient=dossier.candidate.user).order_by("issued_at").last()
    assert notice is not None, f"no {kind} for {dossier.reference}"
    ensure_rendered(notice)
    with notice.file.open("rb") as file:
        said = text_of(file.read())
    assert not [each for each in (notice.number, *words) if not says(said, each)], said
    return notice


def text_of(pdf: bytes) -> str:
    """The words of a PDF, lines joined."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def plain(text: str) -> str:
    """The text as one types it: journeys are about words, not about typography."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def says(text: str, words: str) -> bool:
    """Whether `words` are in the text, however both are set."""
    return plain(words) in plain(text)


def loosely(words: str) -> re.Pattern[str]:
    """The pattern of `words`, however their spaces and apostrophes are set."""
    return re.compile(re.sub(r"(?:\\ )+", r"\\s+", re.escape(plain(words))).replace("'", "['’]"))


def exactly(words: str) -> re.Pattern[str]:
    """As `loosely`, but nothing else may stand there."""
    return re.compile(rf"^\s*{loosely(words).pattern}\s*$")
