"""Rendering: a subject, a text, and the same words in HTML, in the reader's language."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from notifications.models import Mail
from notifications.outbox import queue_mail
from notifications.rendering import render
from programmes.models import Procedure
from programmes.text import Text

NINE = dt.datetime(2026, 5, 19, 7, 0, tzinfo=dt.UTC)
KINDS = Path(settings.BASE_DIR) / "templates" / "mail"


def mail(ada: User, procedure: Procedure | None, **context: Any) -> Mail:
    said: dict[str, Any] = {
        "name": "Zoë & O'Brien",
        "at": NINE,
        "place": Text("Salle", "Room"),
        "path": "/x/",
    } | context
    queue_mail("test", to=ada, key="k", procedure=procedure, **said)
    return Mail.objects.get()


def test_a_mail_in_french(ada: User, procedure: Procedure) -> None:
    rendered = render(mail(ada, procedure))
    assert rendered.subject == "Votre entretien, Zoë & O'Brien"  # nothing escaped
    body, _, signature = rendered.text.partition("\n-- \n")
    assert body == "mardi 19 mai 2026 à\u00a09\u00a0h Salle http://localhost:8000/x/\n\nA < B\n"
    assert "Admission d’essai 2026" in signature
    assert "contact@example.org" in signature


def test_a_name_of_two_lines_adds_no_header(ada: User, procedure: Procedure) -> None:
    assert render(mail(ada, procedure, name="Ada\nBcc: all@example.org")).subject == "Votre entretien, Ada"


def test_a_mail_in_english(ada: User, procedure: Procedure) -> None:
    ada.language = "en"
    rendered = render(mail(ada, procedure))
    assert rendered.subject.startswith("Your interview")
    assert "19 May 2026" in rendered.text
    assert "Room" in rendered.text
    assert "Trial admission 2026" in rendered.text


def test_the_html_says_the_same_and_escapes_it(ada: User, procedure: Procedure) -> None:
    html = render(mail(ada, procedure)).html
    assert '<a href="http://localhost:8000/x/"' in html
    assert "A &lt; B" in html
    assert '<html lang="fr">' in html


def test_a_mail_about_no_procedure(ada: User) -> None:
    assert "Portail des admissions" in render(mail(ada, None)).text


def kinds(language: str) -> set[str]:
    return {path.name for path in (KINDS / language).iterdir()}


def test_each_kind_of_mail_has_both_languages() -> None:
    assert kinds("fr") == kinds("en")


@pytest.mark.parametrize("path", sorted(KINDS.glob("??/*.txt")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_text_begins_with_a_subject(path: Path) -> None:
    subject, gap, *_body = re.sub(r"^{% load [^%]*%}", "", path.read_text()).splitlines()
    assert subject
    assert gap == ""
