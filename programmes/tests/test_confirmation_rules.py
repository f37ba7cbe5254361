"""How a file says that places are confirmed, and what it may not say of it. Rules: BS-07, NE-05, IIM-06."""

from __future__ import annotations

import datetime as dt

import pytest

from programmes.live_data import read_live
from programmes.loading import store
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile
from programmes.rules import ConfirmationRule, Stage, Who

TEXT = """
code: small
year: 2026
title: Petite procédure
short_title: Petite
judgement: by_programme
schools:
  nord: {name: École du Nord, accent: "#0b5a6f", address: Lille, email: nord@example.org}
calendar:
  applications: {label: {fr: Candidatures, en: Applications}, starts: 2026-01-05 09:00, ends: 2026-05-29 23:00}
steps:
  admission: {kind: admission, label: {fr: Admission, en: Admission}, notify_within: 2}
programmes:
  data: {school: nord, title: Données, starts_on: 2026-09-28}
tracks:
  entry: {label: {fr: Entrée, en: Entry}, entry_year: 1}
seats:
  columns: [entry]
  data: [2]
confirmation:
  days: 15
  release: automatic
  papers: [commitment]
form:
  identity:
    title: {fr: Identité, en: Identity}
    fields:
      family_name: {kind: text, label: {fr: Nom, en: Name}}
papers:
  commitment:
    label: {fr: Bulletin d’engagement, en: Commitment form}
    stage: place
"""


def test_a_file_says_how_a_place_is_confirmed() -> None:
    rules = read_text(TEXT, name="x").rules
    assert rules.confirmation == ConfirmationRule(
        days=15, release=Who.AUTOMATIC, call_next=Who.BY_STAFF, papers=("commitment",), papers_checked=True
    )
    assert rules.papers[0].stage == Stage.PLACE


@pytest.mark.django_db
def test_the_start_of_a_programme_is_live() -> None:
    procedure = store(read_text(TEXT, name="x"), rehearsal=True)
    assert procedure.programmes.get().starts_on == dt.date(2026, 9, 28)
    assert read_live(procedure).programmes == read_text(TEXT, name="x").live.programmes


PERIODS = "periods:\n  - {starts: 2026-06-01 14:00, ends: 2026-06-03 23:00}\n"
WHOLE = "confirmation:\n  days: 15\n  release: automatic\n  papers: [commitment]\n"


@pytest.mark.parametrize(
    ("said", "by_mistake", "where", "reason"),
    [
        (WHOLE, "", "", "il faut « periods » ou « confirmation »"),
        ("confirmation:", PERIODS + "confirmation:", "periods:", "pas des deux façons"),
        ("judgement: by_programme\n", "judgement: common\n", "confirmation:", "il faut « judgement: by_programme »"),
        ("papers: [commitment]", "papers: [commitments]", "papers: [commitments]", "« commitments » n’existe pas"),
        ("    stage: place\n", "", "papers: [commitment]", "il lui faut « stage: place »"),
        ("  papers: [commitment]\n", "", "  commitment:", "mais rien ne la demande"),
        ("stage: place", "stage: place\n    proves_title: oui", "  commitment:", "ne peut être ni « late »"),
        ("days: 15", "days: 15\n  deposit: oui", "deposit: oui", "il faut « deposit »"),
        ("days: 15", "days: 0", "days: 0", "un nombre entier de 1 à 120"),
        ("release: automatic", "release: never", "release: never", "automatic"),
    ],
)
def test_a_mistake_is_told_with_its_line(said: str, by_mistake: str, where: str, reason: str) -> None:
    text = TEXT.replace(said, by_mistake, 1)
    with pytest.raises(FaultyFile) as refusal:
        read_text(text, name="x")
    [fault] = [fault for fault in refusal.value.faults if reason in fault.reason]
    assert not where or fault.line == 1 + text[: text.index(where)].count("\n")
