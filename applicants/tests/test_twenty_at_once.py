"""Twenty clicks at the same moment on "Transmettre mon dossier": one submission, one receipt, one mail. Rule: AST-11.

Each has a connection of its own. The first is held open, uncommitted, until all others wait; the twin takes the lock
away.
"""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Dossier, DossierQuerySet, Receipt
from applicants.submission import submit_dossier
from applicants.tests.scenario import OPEN, complete, events, mails, person, procedure_at
from applicants.tests.test_races import PATIENCE, Attempt
from documents.models import Notice
from journal.models import Entry
from payments.models import Charge

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
CLICKS = 20


@pytest.fixture
def zoe() -> User:
    return person()


@pytest.fixture
def dossier(zoe: User) -> Dossier:
    """One that can be submitted."""
    return complete(procedure_at(OPEN), zoe)


def waiting_for_a_lock() -> int:
    """How many connections of the test's database wait for another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def clicks(dossier: Dossier, zoe: User) -> list[object]:
    """What each of the acts gives; all others begin while the first has done its work, and not committed."""
    done, go_on = threading.Event(), threading.Event()

    def first() -> Receipt:
        with transaction.atomic():
            receipt = submit_dossier(dossier.pk, by=zoe)
            done.set()
            assert go_on.wait(PATIENCE)
        return receipt

    attempts = [Attempt(first)]
    attempts[0].start()
    try:
        assert done.wait(PATIENCE), attempts[0].result
        attempts += [Attempt(lambda: submit_dossier(dossier.pk, by=zoe)) for _ in range(CLICKS - 1)]
        for attempt in attempts[1:]:
            attempt.start()
        pause = threading.Event()
        while waiting_for_a_lock() < sum(attempt.is_alive() for attempt in attempts[1:]):
            pause.wait(0.02)
    finally:
        go_on.set()
    for attempt in attempts:
        attempt.join(PATIENCE)
    return [attempt.result for attempt in attempts]


def submitted_once(dossier: Dossier) -> None:
    """One of everything that a submission leaves."""
    receipt = Receipt.objects.get()
    notice = Notice.objects.get()
    assert (notice.kind, notice.number) == ("receipt", receipt.number)
    assert events(dossier.pk).count("dossier.submitted") == 1
    assert Entry.objects.filter(event="dossier.submitted").count() == 1
    assert len(mails("dossier_submitted")) == 1
    assert Charge.objects.count() == 1
    assert Dossier.objects.get().status == "submitted"


def test_twenty_acts_submit_once(dossier: Dossier, zoe: User) -> None:
    results = clicks(dossier, zoe)
    assert results == [Receipt.objects.get()] * CLICKS
    submitted_once(dossier)


def test_without_the_lock_nineteen_of_twenty_fail(dossier: Dossier, zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: each believes that it is the first."""
    monkeypatch.setattr(DossierQuerySet, "select_for_update", lambda self, **_how: self, raising=False)
    results = clicks(dossier, zoe)
    assert isinstance(results[0], Receipt)
    assert {type(result) for result in results[1:]} == {IntegrityError}


def test_twenty_posts_submit_once(dossier: Dossier, zoe: User) -> None:
    """Each is led to the receipt, from a browser of its own."""
    together = threading.Barrier(CLICKS)
    slug = dossier.procedure.slug

    def browser() -> Client:
        client = Client()
        client.force_login(zoe)
        return client

    def post(client: Client) -> tuple[int, str]:
        together.wait(PATIENCE)
        answer = client.post(reverse("applicants:submit", args=[slug]))
        return answer.status_code, answer["Location"]

    attempts = [Attempt(partial(post, browser())) for _ in range(CLICKS)]
    for attempt in attempts:
        attempt.start()
    for attempt in attempts:
        attempt.join(PATIENCE * 2)
    receipt = reverse("applicants:receipt", args=[slug])
    assert [attempt.result for attempt in attempts] == [(302, receipt)] * CLICKS
    submitted_once(dossier)
    mailed = [mail.context["receipt"] for mail in mails("dossier_submitted")]
    assert mailed == [Receipt.objects.get().number]
