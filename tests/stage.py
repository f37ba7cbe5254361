"""The stage of a journey: the procedure with its clock, the workers, and what people receive besides pages."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.core import mail as post
from pypdf import PdfReader

from applicants.models import Dossier
from applicants.tests.scenario import PARIS, ast_2026, set_clock
from campaign.due import run_due_acts
from documents.checks import check_waiting_papers
from documents.letters import ensure_rendered, render_waiting_notices
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
    """The procedure of 2026 as a rehearsal, whose clock is moved from one hour of the calendar to the next."""

    def __init__(self, moment: str) -> None:
        self.procedure = store(ast_2026(), rehearsal=True)
        self.move_to(moment)

    @property
    def slug(self) -> str:
        """The procedure's address."""
        return self.procedure.slug

    # --- The clock ----------------------------------------------------------------------------------------------------

    def move_to(self, moment: str) -> None:
        """Move the clock to `moment`, written as in Europe/Paris."""
        set_clock(Procedure.objects.get(pk=self.procedure.pk), moment)

    def just_before(self, moment: str, look: Callable[[], T]) -> T:
        """What `look` sees in the last second before `moment`; the clock goes on, so a look that took longer is void."""
        end = dt.datetime.fromisoformat(moment).replace(tzinfo=PARIS)
        for _try in range(TRIES):
            self.move_to((end - SECOND).replace(tzinfo=None).isoformat())
            seen = look()
            if Procedure.objects.get(pk=self.procedure.pk).now() < end:
                return seen
        raise AssertionError(f"It takes longer than a second: {look}")

    # --- The workers --------------------------------------------------------------------------------------------------

    def let_workers_run(self) -> None:
        """What the workers and the scheduler would do by now: papers checked, due acts run, letters rendered."""
        check_waiting_papers()
        run_due_acts()
        render_waiting_notices()


# --- What people receive ----------------------------------------------------------------------------------------------


def mails_to(email: str) -> list[str]:
    """The kinds of the mails written to that address, in their order."""
    return list(Mail.objects.filter(address=email).order_by("queued_at", "pk").values_list("kind", flat=True))


def latest_mail(kind: str, email: str) -> Rendered:
    """The last mail of that kind to that address, as its reader sees it."""
    mail = Mail.objects.filter(kind=kind, address=email).order_by("queued_at").last()
    assert mail is not None, f"no {kind} to {email}, but {mails_to(email)}"
    rendered = render(mail)
    return replace(rendered, subject=plain(rendered.subject), text=plain(rendered.text))


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


def letter(kind: str, dossier: Dossier) -> tuple[Notice, str]:
    """The last letter of that kind to a candidate, and what its PDF says."""
    notice = Notice.objects.filter(kind=kind, recipient=dossier.candidate.user).order_by("issued_at").last()
    assert notice is not None, f"no {kind} for {dossier.reference}"
    ensure_rendered(notice)
    with notice.file.open("rb") as file:
        return notice, text_of(file.read())


def text_of(pdf: bytes) -> str:
    """The words of a PDF, lines joined."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def plain(text: str) -> str:
    """The text with its no-break spaces as one types them."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
