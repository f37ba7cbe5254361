"""Dates, durations, amounts and sizes as people read them, in templates (`{% load words %}`).

`{{ entry.ends_at|deadline }}`, `{{ charge.amount|money }}`, `{% countdown entry.ends_at procedure.now %}`.
"""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from programmes import words
from programmes.iban import masked
from programmes.words import NO_BREAK

register = template.Library()

register.filter(words.date_in_full)
register.filter(words.hour)
register.filter(words.date_and_hour)
register.filter(words.deadline)
register.filter(words.time_left)
register.filter(words.money)


@register.filter
def file_size(size: int) -> str:
    """« 820 ko », « 1,4 Mo » (English: "820 kB", "1.4 MB"): a size given in bytes, in decimal units."""
    if size < 1_000_000:
        number, unit = f"{max(1, round(size / 1000))}", gettext("ko")
    else:
        number, unit = f"{size / 1_000_000:.1f}".removesuffix(".0"), gettext("Mo")
    if not _in_english():
        number = number.replace(".", ",")
    return f"{number}{NO_BREAK}{unit}"


@register.filter
def masked_iban(account: str) -> str:
    """« FR76 … 1234 »: an account number as its owner knows it, and nobody can use it."""
    return masked(account)


@register.filter
def iban(account: str) -> str:
    """« FR76 1007 1310… »: an account number in groups of four, as it stands on a bank's papers."""
    bare = "".join(account.split())
    return NO_BREAK.join(bare[start : start + 4] for start in range(0, len(bare), 4))


@register.filter
def rank(number: int) -> str:
    """« 1er », « 2e » (English: "1st", "2nd"): a place on a list."""
    if not _in_english():
        return "1er" if number == 1 else f"{number}e"
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in (11, 12, 13) else endings.get(number % 10, "th")
    return f"{number}{ending}"


@register.simple_tag
def countdown(until: dt.datetime, now: dt.datetime) -> SafeString:
    """What is left before `until`, « encore 2 jours et 4 heures », which js/portal.js counts on.

    `now` is the procedure's own instant, so that a moved clock is believed, and the reader's own is not.
    """
    over = gettext("c’est terminé")
    return format_html(
        '<span class="time-left" data-time-left="{}" data-now="{}" '
        'data-words="{}" data-words-under="{}" data-words-over="{}">{}</span>',
        until.isoformat(),
        now.isoformat(),
        gettext("encore {left}"),
        gettext("encore moins d’une minute"),
        over,
        words.time_left(until, now) or over,
    )


def _in_english() -> bool:
    return (get_language() or "fr").startswith("en")
