"""Rendering: from a mail's kind and context to the words that are read, in its language.

A kind is a plain text per language, templates/mail/<language>/<kind>.txt: first line the subject, an empty
line, the body. The frame adds the signature, and says the same in HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string, select_template
from django.utils import translation

from notifications.context import decode
from notifications.models import Mail


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as its reader sees it."""

    subject: str
    text: str
    html: str


def render(mail: Mail) -> Rendered:
    """The words of `mail`. The contents of a secret mail are gone once it has left: then only its frame is
    rendered whole.
    """
    with translation.override(mail.language):
        subject, body = _subject_and_body(mail)
        frame = {"body": body, "procedure": mail.procedure, "portal_url": settings.PORTAL_URL}
        return Rendered(
            subject=subject,
            text=_plain("mail/frame.txt", frame),
            html=render_to_string("mail/frame.html", frame | {"subject": subject, "paragraphs": body.split("\n\n")}),
        )


def _subject_and_body(mail: Mail) -> tuple[str, str]:
    context = decode(mail.context) | {
        "procedure": mail.procedure,
        "recipient": mail.recipient,
        "portal_url": settings.PORTAL_URL,
    }
    names = [f"mail/{language}/{mail.kind}.txt" for language in (mail.language, settings.LANGUAGE_CODE)]
    subject, _, body = _plain(names, context).partition("\n")
    return " ".join(subject.split()), body.strip()


def _plain(name: str | list[str], context: dict[str, Any]) -> str:
    """A plain-text template rendered: nothing escaped, and no gaps where a condition left its line empty."""
    found: Any = get_template(name) if isinstance(name, str) else select_template(name)
    text = found.template.render(Context(context, autoescape=False))
    return re.sub(r"[ \t]*\n(?:[ \t]*\n){2,}", "\n\n", text).strip()
