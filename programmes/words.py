"""Dates, hours, durations and amounts as people read them, in the reader's language."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, ngettext

PARIS = ZoneInfo("Europe/Paris")
NO_BREAK = "\u00a0"
MINUS = "\u2212"  # as wide as a figure, and never at the end of a line


def date_in_full(moment: dt.datetime | dt.date) -> str:
    """« vendredi 20 mars 2026 », « vendredi 1er mai 2026 », in Europe/Paris."""
    if isinstance(moment, dt.datetime):
        moment = timezone.localtime(moment, PARIS)
    return f"{formats.date_format(moment, 'l')} {date_in_year(moment)}"


def date_in_year(day: dt.date) -> str:
    """« 20 mars 2026 », « 1er mai 2026 »: a date whose day of the week tells nothing, as that of a birth.

    The number and its month are not broken over two lines.
    """
    english = (get_language() or "fr").startswith("en")
    number = "1er" if day.day == 1 and not english else str(day.day)
    return f"{number}{NO_BREAK}{formats.date_format(day, 'F Y')}"


def hour(moment: dt.datetime) -> str:
    """« 23 h », « 14 h 30 » in French, "23:00" in English, in Europe/Paris; never broken over two lines."""
    local = timezone.localtime(moment, PARIS)
    if (get_language() or "fr").startswith("en"):
        return f"{local:%H:%M}"
    return f"{local.hour}{NO_BREAK}h" if local.minute == 0 else f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"


def date_and_hour(moment: dt.datetime) -> str:
    """« vendredi 20 mars 2026 à 23 h », in Europe/Paris; the hour does not stand on a line of its own."""
    return gettext("%(date)s à %(hour)s") % {"date": date_in_full(moment), "hour": hour(moment)}


def deadline(moment: dt.datetime) -> str:
    """As `date_and_hour`, for the strict end of a window: at 0 h, « vendredi 17 juillet 2026 à minuit »."""
    local = timezone.localtime(moment, PARIS)
    if local.time() != dt.time(0):
        return date_and_hour(moment)
    last_day = local.date() - dt.timedelta(days=1)
    return gettext("%(date)s à minuit") % {"date": date_in_full(last_day)}


def time_left(until: dt.datetime, now: dt.datetime) -> str:
    """« encore 2 jours et 4 heures »; empty when `until` is past."""
    duration = _duration(until, now)
    return gettext("encore %(duration)s") % {"duration": duration} if duration else ""


def time_until(moment: dt.datetime, now: dt.datetime) -> str:
    """« dans 2 jours et 4 heures », for what begins at `moment`; empty when it is past."""
    duration = _duration(moment, now)
    return gettext("dans %(duration)s") % {"duration": duration} if duration else ""


def _duration(until: dt.datetime, now: dt.datetime) -> str:
    """« 2 jours et 4 heures » from `now` to `until`, rounded down; empty when `until` is past."""
    seconds = int((until - now).total_seconds())
    if seconds <= 0:
        return ""
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    parts = [
        ngettext("%(n)d jour", "%(n)d jours", days) % {"n": days} if days else "",
        ngettext("%(n)d heure", "%(n)d heures", hours) % {"n": hours} if hours else "",
        ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes} if minutes and not days else "",
    ]
    said = [part for part in parts if part] or [gettext("moins d’une minute")]
    return gettext(" et ").join(said)


def money(cents: int) -> str:
    """« 76 € », « 76,50 € », "€76.50", "−€76": an amount given in cents, with no-break spaces."""
    euros, rest = divmod(abs(cents), 100)
    english = (get_language() or "fr").startswith("en")
    digits = f"{euros:,}" if english else f"{euros:,}".replace(",", "\u202f")
    if rest:
        digits += f"{'.' if english else ','}{rest:02d}"
    sign = MINUS if cents < 0 else ""
    return f"{sign}€{digits}" if english else f"{sign}{digits}{NO_BREAK}€"
