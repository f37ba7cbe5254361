"""A question of which several answers may be ticked: kept in the order of its options, and shown ticked again."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.given import answers_of
from applicants.rows import as_kept
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.values import error_in
from applicants.wording import in_words
from programmes.loading import store
from programmes.rules import FieldKind, FieldRule, Option
from programmes.text import Text

CODES = ("level", "experience", "luck")
RULE = FieldRule(
    "basis",
    FieldKind.CHOICES,
    Text("Sur quoi ?", "On what?"),
    options=tuple(Option(code, Text(code.upper(), code.upper())) for code in CODES),
)


@given(st.lists(st.sampled_from(CODES)))
def test_whatever_is_ticked_in_whatever_order_is_kept_once_and_in_order(ticked: list[str]) -> None:
    kept = as_kept(RULE, " ".join(ticked))
    assert kept.split() == [code for code in CODES if code in ticked]
    assert error_in(RULE, kept) == ""
    assert in_words(RULE, kept) == ", ".join(code.upper() for code in CODES if code in ticked)


@pytest.mark.parametrize("typed", ["other", "level other", "level,luck"])
def test_what_is_no_option_is_refused(typed: str) -> None:
    assert error_in(RULE, as_kept(RULE, typed))


def test_a_page_keeps_and_shows_what_is_ticked(client: Client, zoe: User) -> None:
    procedure = scenario.set_clock(store(scenario.file_of("iim-second-cycle"), rehearsal=True), "2026-02-10 10:00")
    dossier = scenario.begun(procedure, zoe)
    client.force_login(zoe)
    address = reverse("applicants:page", args=[procedure.slug, "level"])
    client.post(address, {"basis": ["experience", "level"]})
    assert answers_of(dossier)["basis"] == "level experience"
    text = read(client.get(address))
    boxes = re.findall(r'<input[^>]*name="basis"[^>]*>', text)
    assert ["checked" in box for box in boxes] == [True, True]
    client.post(address, {"seen-basis": "level experience"})  # both unticked
    assert answers_of(dossier)["basis"] == ""
