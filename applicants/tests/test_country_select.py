"""The list of countries is what Django's own would be: only quicker."""

from __future__ import annotations

import pytest
from django import forms
from django.test.html import parse_html
from django.utils.translation import override

from applicants.forms.country_select import CountrySelect
from programmes.countries import country_choices

ATTRIBUTES = {"id": "id_country", "aria-describedby": "id_country-help", "required": True, "disabled": False}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("value", ["", None, "FR", "CI", "fr", "XX", '"><script>', "Choisissez un pays"])
def test_it_reads_as_the_list_of_django(language: str, value: str | None) -> None:
    """The wrong line chosen would change an answer that nobody touched."""
    with override(language):
        first = {"fr": "Choisissez un pays", "en": "Choose a country"}[language]
        ours = CountrySelect({"autocomplete": "country"})
        theirs = forms.Select({"autocomplete": "country"}, choices=[("", first), *country_choices()])
        drawn = ours.render("country", value, ATTRIBUTES)
        expected = theirs.render("country", value, ATTRIBUTES).replace(' value="" selected', ' value=""')
    assert parse_html(drawn) == parse_html(expected)
    assert drawn.count(" selected") == (value in {"FR", "CI"})


def test_an_empty_list_must_be_answered() -> None:
    """Browsers ask for an answer where the first line has no value."""
    assert CountrySelect().use_required_attribute("")
