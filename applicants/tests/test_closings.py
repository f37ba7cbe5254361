"""Who is asked to apply earlier than everyone else: advised and told, or closed to. Rule: NE-01."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.extensions import grant_extension
from applicants.models import Dossier, Status
from applicants.submission import submit_dossier
from applicants.tests.scenario import PARIS, complete, procedure_from, reloaded, set_clock, staff
from journal.errors import Closed
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile

AST = (Path(settings.BASE_DIR) / "programmes/procedures/ast-2026.yaml").read_text(encoding="utf-8")
EARLY = "  early:\n    label: {fr: Dépôt anticipé, en: Early closing}\n    ends: 2026-03-06 23:00\n"
BEFORE, AFTER = "2026-03-06 22:30:00", "2026-03-06 23:00:00"


def asked_early(*, strict: str, ends: str = "2026-03-06 23:00") -> str:
    """The notice's own file, but that those with a Licence are asked to apply two weeks before the others."""
    text = AST.replace("  late_papers: #", EARLY.replace("2026-03-06 23:00", ends) + "  late_papers: #", 1)
    return f"{text}\n\nclosings:\n  early: {{when: {{title: [L3]}}, strict: {strict}}}\n"


def ready(text: str, by: User, *, title: str = "L3") -> Dossier:
    """A dossier that lacks nothing, of somebody with that title."""
    return complete(procedure_from(text), by, title=(title, "chimie"), choices=("albi", "ales"))


def test_what_is_advised_does_not_close(zoe: User) -> None:
    dossier = ready(asked_early(strict="non"), zoe)
    set_clock(dossier.procedure, AFTER)
    submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.SUBMITTED


def test_what_is_strict_closes_to_those_whom_it_concerns(zoe: User) -> None:
    """Their own closing hour is named, and not everyone's, which has not come."""
    dossier = ready(asked_early(strict="oui"), zoe)
    set_clock(dossier.procedure, AFTER)
    with pytest.raises(Closed, match="6 mars 2026"):
        submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.DRAFT


def test_nobody_else_is_kept_out(zoe: User) -> None:
    dossier = ready(asked_early(strict="oui"), zoe, title="BUT3")
    set_clock(dossier.procedure, AFTER)
    submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("strict", "title", "moment", "words"),
    [
        ("non", "L3", BEFORE, "À transmettre avant le vendredi 6 mars 2026"),
        ("non", "L3", AFTER, "Il était attendu avant le vendredi 6 mars 2026"),
        ("oui", "L3", AFTER, "ce dossier ne peut plus être transmis"),
        ("oui", "BUT3", AFTER, "À transmettre avant le vendredi 20 mars 2026"),
    ],
)
@pytest.mark.parametrize("page", ["applicants:review", "campaign:dossier"])
def test_every_page_of_a_draft_says_by_when(
    client: Client, zoe: User, strict: str, title: str, moment: str, words: str, page: str
) -> None:
    dossier = ready(asked_early(strict=strict), zoe, title=title)
    set_clock(dossier.procedure, moment)
    client.force_login(zoe)
    shown = client.get(reverse(page, args=[dossier.procedure.slug])).content.decode()
    assert words in " ".join(shown.replace("\u00a0", " ").split())


def test_an_extension_takes_its_place(zoe: User) -> None:
    """Whoever got more time from the office is not sent away by the hour that others like them have."""
    dossier = ready(asked_early(strict="oui"), zoe)
    until = dt.datetime(2026, 3, 24, 12, tzinfo=PARIS)
    grant_extension(dossier.pk, until=until, reason="Panne.", by=staff(dossier.procedure, "office"))
    set_clock(dossier.procedure, AFTER)
    submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.SUBMITTED


def test_what_was_sent_in_time_and_reopened_is_sent_again(zoe: User) -> None:
    """It was there before the hour: what a programme added asks for comes after it."""
    dossier = ready(asked_early(strict="oui"), zoe)
    submit_dossier(dossier.pk, by=zoe)
    Dossier.objects.update(status=Status.DRAFT, reopened_at=dossier.procedure.now())
    set_clock(dossier.procedure, AFTER)
    submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.SUBMITTED


def test_once_closed_nothing_is_offered_but_to_correct_what_was_said(client: Client, zoe: User) -> None:
    """No button that would be refused; the answers still open, as the hour hangs on them."""
    dossier = ready(asked_early(strict="oui"), zoe)
    set_clock(dossier.procedure, AFTER)
    client.force_login(zoe)
    slug = dossier.procedure.slug
    home, review = (client.get(reverse(page, args=[slug])) for page in ("campaign:dossier", "applicants:review"))
    assert "Votre dossier n’a pas été transmis" in home.content.decode()
    assert reverse("applicants:review", args=[slug]) not in home.content.decode()
    assert reverse("applicants:submit", args=[slug]) not in review.content.decode()
    assert reverse("applicants:title", args=[slug]) in review.content.decode()
    assert home.context["where"].stage == "votre dossier n’a pas été transmis"
    set_clock(dossier.procedure, BEFORE)
    assert (
        reverse("applicants:submit", args=[slug])
        in client.get(reverse("applicants:review", args=[slug])).content.decode()
    )


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        (asked_early(strict="non").replace("\n  early: {", "\n  late: {"), "  late: {", "pas d’entrée « late »"),
        (asked_early(strict="non", ends="2026-03-20 23:00"), "20 23:00\n  late", "n’est pas avant la clôture"),
        (
            asked_early(strict="non").replace("{title: [L3]}, s", "{titre: [L3]}, s"),
            "{titre: [L3]}, s",
            "pas un champ",
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(text: str, where: str, reason: str) -> None:
    with pytest.raises(FaultyFile) as refusal:
        read_text(text, name="x")
    line = 1 + text[: text.index(where)].count("\n")
    assert [fault for fault in refusal.value.faults if fault.line == line and reason in fault.reason]
