"""Letters: from a notice's row to its PDF.

A kind of notice is a template, templates/documents/notices/<kind>.html, in the frame of notice_base.html.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from documents.models import Notice
from journal.clock import at_one_instant, instant
from journal.leases import claim
from notifications.context import decode
from programmes.models import Participation

log = logging.getLogger(__name__)

BATCH = 5
LEASE = dt.timedelta(minutes=5)
TURN = 45  # seconds after which a worker lets other tasks have their turn


def render_waiting_notices() -> bool:
    """Make the PDF of what waits, for at most `TURN`; True if something was left for another turn."""
    end = time.monotonic() + TURN
    while time.monotonic() < end:
        with at_one_instant():
            notices = claim(Notice.objects.to_render(), at_most=BATCH, lease=LEASE)
            if not notices:
                return False
            for notice in notices:
                _render_claimed(notice)
    return True


def ensure_rendered(notice: Notice) -> None:
    """Make the PDF of a notice now if it is not there: its reader does not wait for the workers."""
    if notice.rendered_at is None:
        _keep(notice, letter(notice))
        notice.refresh_from_db()


def letter(notice: Notice) -> bytes:
    """The PDF of a notice, in its language."""
    from documents.pdf import pdf_of  # slow to load

    with translation.override(notice.language):
        html = render_to_string(f"documents/notices/{notice.kind}.html", context_of(notice))
    return pdf_of(html, "css/notice.css")


def context_of(notice: Notice) -> dict[str, Any]:
    """What the template of a letter is given: what the act said, the notice itself, and who writes."""
    writer = Participation.objects.filter(procedure=notice.procedure, school=notice.school).first()
    said: dict[str, Any] = decode(notice.context)
    return said | {
        "notice": notice,
        "title": notice.title,
        "addressee": notice.addressee,
        "school": notice.school,
        "letterhead": writer,
        "verification_url": settings.PORTAL_URL + reverse("documents:verify"),
    }


def _render_claimed(notice: Notice) -> None:
    try:
        _keep(notice, letter(notice))
    except Exception:  # one letter that cannot be made must not stop the others; its lease ends
        log.exception("Notice %s could not be rendered", notice.pk)


def _keep(notice: Notice, pdf: bytes) -> None:
    """Store a PDF and note it, unless another process has done so."""
    name = default_storage.save(f"notices/{uuid.uuid4()}.pdf", ContentFile(pdf))
    unmade = Notice.objects.filter(pk=notice.pk, rendered_at=None)
    if not unmade.update(file=name, rendered_at=instant(), lease=None, leased_until=None):
        default_storage.delete(name)
