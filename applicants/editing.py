"""Editing: the one place that knows what a candidate may change now.

A place is a part of the dossier: "page:identity", "title", "choices", "paper:cv", "referee:appraiser",
"payment". A draft is open whole while applications are; a submitted dossier opens only for papers that may
come late and for what a correction asks; one reopened for a programme added, for what that programme asks.
The papers that confirm a place open with that place alone, and close with it: `offers` says until when on the dossier
(`place_until`), since what it offers is not known here.
Applications stay open longer for a candidate to whom the office granted an extension (`applicants.extensions`).
Rules: AST-02, AST-06, AST-12, APP-13, APP-14, IIM-06, ALL-07.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.utils.translation import gettext

from applicants import given
from applicants.models import Dossier, Status
from applicants.readiness import MissingItem, before_the_rest
from journal.errors import Refused
from programmes.facts import PROGRAMME, STATUS
from programmes.rules import Condition, Order, Stage, conditions_in
from programmes.windows import CalendarEntry

CHOICES, TITLE, PAYMENT = "choices", "title", "payment"
FINAL = (CHOICES, TITLE)  # what no correction can open
APPLICATIONS, LATE_PAPERS, APPRAISALS = given.APPLICATIONS, "late_papers", "appraisals"


class NotEditable(Refused):
    """The dossier was submitted, or ended: this part of it does not change any more."""


class OrderIsFinal(NotEditable):
    """The choices of a submitted dossier never change, whoever asks. Rule: AST-06."""


class ChangedElsewhere(Refused):
    """It was changed in another tab, or on another device, after the page was shown that would overwrite it now."""

    def __init__(self) -> None:
        super().__init__(
            gettext("Ceci a été changé ailleurs entre-temps : relisez, puis choisissez ce qu’il faut garder.")
        )


def applications_of(dossier: Dossier) -> CalendarEntry | None:
    """The window of applications as it holds for this dossier: longer where an extension was granted."""
    window, until = dossier.procedure.calendar.get(APPLICATIONS), dossier.extended_until
    if window is None or window.ends_at is None or until is None or until <= window.ends_at:
        return window
    return replace(window, ends_at=until)


def is_applying(dossier: Dossier) -> bool:
    """Whether the procedure's time is within the window of applications of this dossier."""
    window = applications_of(dossier)
    return window is not None and window.contains(dossier.procedure.now())


def require_applying(dossier: Dossier) -> None:
    """Raise `Closed` unless `is_applying`, saying when applications open or when they closed. Rule: AST-02."""
    window = applications_of(dossier)
    if window is None:
        dossier.procedure.require_open(APPLICATIONS)
    else:
        window.require_contains(dossier.procedure.now())


def may_edit(dossier: Dossier, place: str) -> bool:
    """Whether the candidate may change `place` now, on the procedure's clock."""
    if _confirms(dossier, place):
        return _awaits_confirmation(dossier) or is_asked_for(dossier, place)
    if dossier.status == Status.DRAFT:
        is_open = is_applying(dossier) and (not dossier.is_reopened or _hangs_on_choices(dossier, place))
        return is_open and not comes_before(dossier, place)
    if dossier.status == Status.WITHDRAWN or place in FINAL:
        return False
    return is_late_paper(dossier, place) or is_asked_for(dossier, place)


def require_editable(dossier: Dossier, place: str) -> None:
    """Raise the reason why the candidate may not change `place` now, if so.

    Raises:
        Closed: a draft, outside of the window of applications.
        OrderIsFinal, NotEditable: the dossier was submitted, or ended.
    """
    if may_edit(dossier, place):
        return
    if _confirms(dossier, place):
        raise NotEditable(gettext("Cette pièce confirme une place : elle se dépose quand une place vous est proposée."))
    if dossier.status == Status.DRAFT:
        require_applying(dossier)
        if first := comes_before(dossier, place):
            raise NotEditable(gettext("Répondez d’abord à ceci : %(question)s") % {"question": first[0].label})
        raise NotEditable(
            gettext("Votre dossier est rouvert pour la formation ajoutée : cette partie ne se modifie plus.")
        )
    if dossier.status == Status.WITHDRAWN:
        raise NotEditable(gettext("Votre dossier est retiré : il ne change plus."))
    if place in FINAL:
        raise OrderIsFinal(_why_final(dossier))
    raise NotEditable(
        gettext(
            "Votre dossier est transmis : cette partie ne se modifie plus. Si votre école vous demande une "
            "correction, elle s’ouvrira d’elle-même."
        )
    )


def require_within_dates(dossier: Dossier, place: str) -> None:
    """Raise as `require_editable`, as far as dates and the dossier's state say: the answers of a draft are not read.

    Raises:
        Closed, OrderIsFinal, NotEditable: see there.
    """
    if dossier.status == Status.DRAFT:
        require_applying(dossier)
    else:
        require_editable(dossier, place)


def comes_before(dossier: Dossier, place: str) -> list[MissingItem]:
    """What must be answered before `place` opens; nothing for the pages that come first themselves. Rule: BS-02."""
    first = tuple(page for page in dossier.rules.pages if page.first)
    if not first or place in {f"page:{page.code}" for page in first}:
        return []
    names = {field.code for page in first for field in page.fields}
    names |= {name for condition in conditions_in(first) for name in condition.values}
    return before_the_rest(dossier.rules, given.answers_named(dossier, names))


def _hangs_on_choices(dossier: Dossier, place: str) -> bool:
    """Whether a programme added may ask for something at `place`: all that opens in a dossier that was submitted.

    Rule: APP-14.
    """
    area, _, code = place.partition(":")
    if area == "paper":
        paper = dossier.rules.paper(code)
        return paper is not None and (paper.per_choice or paper.open or _names_choices(paper.when))
    page = next((page for page in dossier.rules.pages if page.code == code), None) if area == "page" else None
    conditions = [c for field in page.fields for c in (field.when, *field.required_when)] if page else []
    return place == PAYMENT or any(map(_names_choices, conditions)) or is_asked_for(dossier, place)


def _names_choices(condition: Condition) -> bool:
    return not condition.values.keys().isdisjoint({PROGRAMME, STATUS})


def _why_final(dossier: Dossier) -> str:
    if dossier.rules.choices.order == Order.RANKED:
        return gettext(
            "Votre dossier est transmis : l’ordre de vos vœux est définitif, personne ne peut plus le modifier."
        )
    return gettext("Votre dossier est transmis : les formations que vous demandez ne changent plus.")


def takes_appraisal(dossier: Dossier, kind: str) -> bool:
    """Whether a referee of that kind may still answer.

    A submitted dossier goes on taking opinions until the closing hour, or where the calendar gives them a window of
    their own (`appraisals`) until that ends. Rule: APP-10.
    """
    if dossier.status == Status.WITHDRAWN:
        return False
    if is_applying(dossier) or may_edit(dossier, f"referee:{kind}"):
        return True
    return dossier.status != Status.DRAFT and dossier.procedure.is_open(APPRAISALS)


def appraisals_until(dossier: Dossier, kind: str) -> dt.datetime | None:
    """Until when (procedure's time) referees of that kind may answer, if the dossier is submitted in time."""
    window = dossier.procedure.calendar.get(APPRAISALS) or applications_of(dossier)
    ends = [asked_until(dossier, f"referee:{kind}"), window.ends_at if window else None]
    return max((end for end in ends if end is not None), default=None)


def is_late_paper(dossier: Dossier, place: str) -> bool:
    """Whether `place` is a paper that may come late, and it is not too late. Rule: AST-12."""
    area, _, code = place.partition(":")
    rule = dossier.rules.paper(code) if area == "paper" else None
    return rule is not None and rule.late and dossier.procedure.is_open(LATE_PAPERS)


def _confirms(dossier: Dossier, place: str) -> bool:
    """Whether `place` is a paper that is asked for to confirm a place, and not with the dossier."""
    area, _, code = place.partition(":")
    rule = dossier.rules.paper(code) if area == "paper" else None
    return rule is not None and rule.stage == Stage.PLACE


def _awaits_confirmation(dossier: Dossier) -> bool:
    """Whether the candidate has a place to confirm, and time left for it. Rule: IIM-06."""
    until = dossier.place_until
    return until is not None and dossier.procedure.now() < until


def is_asked_for(dossier: Dossier, place: str) -> bool:
    """Whether a correction that waits for its answer opens `place`."""
    return asked_until(dossier, place) is not None


def asked_until(dossier: Dossier, place: str) -> dt.datetime | None:
    """Until when (procedure's time) corrections that wait for their answer open `place`; None when none does."""
    if dossier.submitted_at is None:
        return None  # nobody has looked at it yet
    return max(
        (asked.until for asked in dossier.corrections.all() if asked.is_open and place in asked.opens), default=None
    )
