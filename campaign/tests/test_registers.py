"""The registers of the office: the journal and the mails speak in words, in a number of queries that does not grow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applicants.tests import scenario
from campaign.admin.events import EVENTS
from journal.models import Entry
from notifications.kinds import KINDS
from programmes.models import Role

JOURNAL = reverse("admin:journal_entry_changelist")
RECORDED = re.compile(r"record\(\s*\"([a-z_.]+)\"")


def test_every_mail_has_its_words() -> None:
    texts = Path(settings.BASE_DIR, "templates", "mail", "fr").glob("*.txt")
    assert sorted(KINDS) == sorted(text.stem for text in texts)


def test_every_event_has_its_words() -> None:
    sources = [path for path in settings.BASE_DIR.glob("*/**/*.py") if not {"tests", ".venv"} & set(path.parts)]
    recorded = {event for path in sources for event in RECORDED.findall(path.read_text())}
    assert len(recorded) > 50
    assert recorded - set(EVENTS) == set()


@pytest.mark.django_db
def test_the_journal_names_what_was_done_and_on_which_dossier(client: Client) -> None:
    procedure = scenario.procedure_at(scenario.OPEN)
    dossier = scenario.submitted(procedure, scenario.person())
    client.force_login(scenario.staff(procedure, Role.Kind.OFFICE))
    with CaptureQueriesContext(connection) as few:
        page = client.get(JOURNAL).content.decode()
    assert "dossier transmis" in page
    assert dossier.reference in page
    assert "applicants.dossier</" not in page
    entry = Entry.objects.filter(event="dossier.submitted").get()
    Entry.objects.bulk_create(
        Entry(event=entry.event, actor=entry.actor, procedure=entry.procedure, subject_type=entry.subject_type,
              subject_id=entry.subject_id, happened_at=entry.happened_at)
        for _ in range(50)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(JOURNAL)
    assert len(many) == len(few)
    assert "dossier transmis" in client.get(reverse("admin:journal_entry_change", args=[entry.pk])).content.decode()
