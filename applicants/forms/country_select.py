"""The list of all countries as a control.

Django draws each line of a list from a template. With two lists of 250 lines, that would be most of what the page
costs: here the lines are written once for each language.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from programmes.countries import countries, country_choices


class CountrySelect(forms.Select):
    """A country's code to choose by its name."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, choices=[("", _("Choisissez un pays"))])  # the first says that it may stay empty

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The control, with `value` chosen if it is a country's code."""
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        options = _options(get_language() or "fr")
        if value in countries():
            line = format_html('value="{}"', value)
            options = mark_safe(options.replace(line, f"{line} selected"))  # noqa: S308 - our own lines, a known code
        return format_html("<select{}>{}</select>", flatatt(attributes), options)


@cache
def _options(language: str) -> SafeString:
    with override(language):
        lines = [("", str(_("Choisissez un pays"))), *country_choices()]
        return format_html_join("", '<option value="{}">{}</option>', lines)
