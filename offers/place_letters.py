"""What a candidate is told of a place, by mail and by letter; all inside the act that it tells of.

The letter of an ending takes the place of the earlier ones: who verifies an admission learns that it no longer holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from documents.models import Notice
from documents.notices import NewNotice, issue_notices, replace_notices
from juries.announcements import key_of
from notifications.context import encode
from notifications.models import Mail
from notifications.outbox import NewMail, queue_mails
from notifications.rendering import Rendered, render
from offers.enrolment import key_of as seat_key
from offers.models import Place
from offers.place_needs import papers_asked
from programmes.models import Procedure


def tell_offered(places: Sequence[Place], procedure: Procedure) -> None:
    """Places of a procedure are offered: what confirms each, and until when. Rules: NE-05, IIM-06."""
    letters, mails = [], []
    for place in places:
        rules, papers = place.dossier.rules, papers_asked(place.dossier)
        is_paid = rules.confirmation is not None and rules.confirmation.deposit
        asked: dict[str, Any] = {
            "called": place.is_called,
            "until": place.until,
            "papers": [paper.label for paper in papers],
            "deposit": rules.deposit.amount if rules.deposit and is_paid else 0,
        }
        letters.append(_letter("place", place, **asked))
        mails.append(_mail("place_offered", place, **asked))
    issue_notices(letters, procedure=procedure)
    queue_mails(mails, procedure=procedure)


def tell_postponed(place: Place) -> None:
    """There is more time."""
    _send("place_postponed", place, about=place.until.isoformat(), until=place.until)


def tell_tuition_postponed(place: Place, until: dt.datetime) -> None:
    """There is more time to pay the first instalment of tuition. Rule: NE-08."""
    _send("instalment_postponed", place, about=until.isoformat(), until=until)


def tell_ended(place: Place, because: str) -> None:
    """The place is no longer the candidate's, `because` it was "declined", given up for one "elsewhere", or
    "released". Rules: NE-05, IIM-06.
    """
    letter = _issue("place_ended", place, outcome=because)
    replace_notices(key_of(place.decision), *_letters_of(place), by=letter)
    _send("place_ended", place, because=because)


def replace_letters_of(place: Place, *, by: Notice) -> None:
    """The letters of a place that ended say no more; `by` holds in their place. Rule: AST-24."""
    replace_notices(*_letters_of(place), by=by)


def tell_start(places: Sequence[Place], starts_on: dt.date, procedure: Procedure) -> None:
    """When the programme of these places starts; another date replaces the first. Rule: IIM-08."""
    said: dict[str, Any] = {"about": starts_on.isoformat(), "starts_on": starts_on}
    letters = issue_notices([_letter("start", place, **said) for place in places], procedure=procedure)
    for place, letter in zip(places, letters, strict=True):
        replace_notices(letter_key("start", place), by=letter)
    queue_mails([_mail("start_letter", place, **said) for place in places], procedure=procedure)


def sample_of_start(place: Place, starts_on: dt.date) -> Rendered:
    """The mail of the start as its first reader will have it, to be read before it leaves. Rule: ALL-05."""
    user = place.dossier.candidate.user
    said = _said(place) | {"starts_on": starts_on}
    return render(
        Mail(
            kind="start_letter",
            recipient=user,
            language=user.language,
            procedure=place.procedure,
            context=encode(said),
        )
    )


def reminder(place: Place, *, about: str) -> NewMail:
    """The delay ends soon; `about` tells one reminder from another."""
    return _mail("place_reminder", place, about=about, until=place.until)


def _issue(kind: str, place: Place, *, about: str = "", **said: Any) -> Notice:
    [notice] = issue_notices([_letter(kind, place, about=about, **said)], procedure=place.procedure)
    return notice


def _send(kind: str, place: Place, *, about: str = "", **said: Any) -> None:
    queue_mails([_mail(kind, place, about=about, **said)], procedure=place.procedure)


def _letter(kind: str, place: Place, *, about: str = "", **said: Any) -> NewNotice:
    candidate, school = place.dossier.candidate, place.choice.programme.school
    context = {"addressee": candidate.full_name, **_about(place), **said}
    return NewNotice(kind, letter_key(kind, place, about), candidate.user, school, context)


def _letters_of(place: Place) -> list[str]:
    """The keys of the letters that hold as long as the place stands."""
    seat = seat_key("enrolment", place.dossier, place.pool)
    return [letter_key("place", place), letter_key("start", place), seat]


def _mail(kind: str, place: Place, *, about: str = "", **said: Any) -> NewMail:
    reader, context = place.dossier.candidate.user, {**_said(place), **said}
    return NewMail(kind, reader, letter_key(kind, place, about), context)


def _said(place: Place) -> dict[str, Any]:
    """What every mail about a place says."""
    name, path = place.dossier.candidate.full_name, reverse("offers:place", args=[place.procedure.slug])
    return {"name": name, "path": path, **_about(place)}


def _about(place: Place) -> dict[str, Any]:
    programme = place.choice.programme
    return {
        "reference": place.dossier.reference,
        "programme": programme.title,
        "school_name": programme.school.name,
    }


def letter_key(kind: str, place: Place, about: str = "") -> str:
    """What makes a letter or mail about a place unique."""
    return f"{kind}:{place.pk}:{about}" if about else f"{kind}:{place.pk}"
