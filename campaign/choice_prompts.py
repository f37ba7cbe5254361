"""What the candidate is asked about each choice, or told beyond its last decision: interviews, further pieces, places.

Read for all choices at once, and only where the procedure has such things. `decisions` are those that the candidate may
see. Rules: BS-03, BS-05, IIM-04, IIM-05.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.translation import gettext

from applicants.models import Choice, Dossier, Status
from campaign.choice_news import Prompt
from juries.models import Decision, Supplement, TestSlot
from offers.models import Place
from offers.own_places import OwnPlace
from offers.place_needs import needs_by_place
from programmes.models import Step
from programmes.words import date_and_hour, deadline

Outcome = Decision.Outcome
MAY_HAVE_A_PLACE = (Outcome.ADMITTED, Outcome.CONDITIONAL, Outcome.WAITING)  # who waits may have been called


def prompts_of(dossier: Dossier, steps: Sequence[Step], decisions: Sequence[Decision]) -> dict[int, Prompt]:
    """What there is to say of each choice, by its key; of most there is nothing."""
    if dossier.status != Status.VALIDATED:
        return {}
    found: dict[int, Prompt] = {}
    if is_open := is_still_judged(dossier, decisions):
        found |= _hearings(dossier, steps, decisions)
    if any(one.outcome in MAY_HAVE_A_PLACE for one in decisions):
        found |= _places(dossier, in_detail=not is_open)
    return found


def is_still_judged(dossier: Dossier, decisions: Sequence[Decision]) -> bool:
    """Whether a programme may still ask something about a choice, or decide on it."""
    over = {one.choice_id for one in decisions if one.outcome not in (Outcome.ADMISSIBLE, Outcome.WAITING)}
    return len(over) < len(dossier.ranked_choices)


def _hearings(dossier: Dossier, steps: Sequence[Step], decisions: Sequence[Decision]) -> dict[int, Prompt]:
    """Interviews and further pieces, of choices that are not decided yet."""
    if not any(step.kind in (Step.Kind.TESTS, Step.Kind.EVALUATION) for step in steps):
        return {}
    slots = list(TestSlot.objects.filter(dossier=dossier, choice__isnull=False).order_by("starts_at"))
    tests = next((step for step in steps if step.kind == Step.Kind.TESTS), None)
    going_on = _going_on(dossier, tests, steps, decisions) if tests else []
    return (_interviews(dossier, tests, going_on, slots) if tests else {}) | _supplements(dossier, slots)


def _places(dossier: Dossier, *, in_detail: bool) -> dict[int, Prompt]:
    """The places offered, and what became of them; `in_detail` tells too whether the school has all it asks for.

    Where other choices are still open, that is left to the page of the places: the home reads enough as it is.
    """
    url = reverse("offers:place", args=[dossier.procedure.slug])
    related = ("choice__programme", "dossier__procedure", "dossier__candidate", "dossier__enrolment")
    visible = Place.objects.visible(dossier.procedure).filter(dossier=dossier).select_related(*related)
    places = list(visible)
    to_confirm = [place for place in places if place.state == Place.State.OFFERED] if in_detail else []
    needs = needs_by_place(to_confirm) if to_confirm else {}
    found = {}
    for own in (OwnPlace(place, needs.get(place.pk, [])) for place in places):
        action = gettext("Confirmer ma place") if own.is_open and not own.waits_for_school else gettext("Voir ma place")
        address = url if own.place.is_standing else ""
        until = own.place.until if own.is_open and not own.waits_for_school else None
        found[own.place.choice_id] = Prompt(
            own.kind, own.label, own.text, address, action, ends_at=until, step=gettext("Confirmation de votre place")
        )
    return found


def _going_on(dossier: Dossier, tests: Step, steps: Sequence[Step], decisions: Sequence[Decision]) -> list[Choice]:
    """The choices that have come as far as the interviews, and of which the admission is not public yet."""
    before = {step.pk for step in steps if step.kind == Step.Kind.ADMISSIBILITY and step.position < tests.position}
    passed = {(one.choice_id, one.step_id) for one in decisions if one.outcome == Outcome.ADMISSIBLE}
    decided = {one.choice_id for one in decisions if one.step.kind == Step.Kind.ADMISSION}
    return [
        choice
        for choice in dossier.ranked_choices
        if choice.pk not in decided and all((choice.pk, step) in passed for step in before)
    ]


def _interviews(
    dossier: Dossier, tests: Step, choices: Collection[Choice], slots: Collection[TestSlot]
) -> dict[int, Prompt]:
    """An interview to book, or booked; one that is over leaves the choice under study."""
    given = {slot.choice_id: slot for slot in slots if slot.supplement_id is None}
    found = {}
    for choice in choices:
        slot, url = given.get(choice.pk), reverse("juries:booking", args=[dossier.procedure.slug, choice.pk])
        if slot is None and tests.booking == Step.Booking.CANDIDATE:
            found[choice.pk] = _to_book(url)
        elif slot is not None and slot.ends_at > dossier.procedure.now():
            found[choice.pk] = _booked(slot, url)
        elif slot is not None:
            text = gettext(
                "Votre candidature est retenue pour la suite et votre entretien a eu lieu : la formation délibère."
            )
            found[choice.pk] = Prompt("waiting", gettext("Entretien passé"), text)
    return found


def _supplements(dossier: Dossier, slots: Collection[TestSlot]) -> dict[int, Prompt]:
    """What else a programme asked for, and has not judged yet."""
    asked = Supplement.objects.filter(choice__dossier=dossier, judged_at=None)
    slug, now = dossier.procedure.slug, dossier.procedure.now()
    given = {slot.supplement_id: slot for slot in slots}
    return {one.choice_id: _supplement(one, given.get(one.pk), slug, now) for one in asked}


def _supplement(supplement: Supplement, slot: TestSlot | None, slug: str, now: dt.datetime) -> Prompt:
    url = reverse("juries:supplement", args=[slug, supplement.pk])
    if slot is not None and slot.ends_at > now:
        return _booked(slot, url)
    if slot is not None or not supplement.is_open(now):
        return Prompt("waiting", gettext("À l’étude"), gettext("La formation étudie votre réponse."))
    words = {"end": deadline(supplement.due_at)}
    if supplement.kind == Supplement.Kind.INTERVIEW:
        text = gettext("La formation vous demande un entretien complémentaire avant le %(end)s.")
        label, action = gettext("Entretien complémentaire"), gettext("Voir la demande")
        return Prompt("doing", label, text % words, url, action, ends_at=supplement.due_at)
    if supplement.document_id is not None:
        text = gettext("Votre écrit est remis. Vous pouvez le remplacer avant le %(end)s.")
        label, action = gettext("Écrit remis"), gettext("Voir mon écrit")
        return Prompt("waiting", label, text % words, url, action, ends_at=supplement.due_at)
    text = gettext("La formation vous demande un écrit avant le %(end)s.")
    label, action = gettext("Écrit à remettre"), gettext("Lire le sujet")
    return Prompt("doing", label, text % words, url, action, ends_at=supplement.due_at)


def _to_book(url: str) -> Prompt:
    text = gettext("Votre candidature est retenue pour la suite : choisissez l’heure de votre entretien.")
    return Prompt("doing", gettext("Entretien à réserver"), text, url, gettext("Choisir un créneau"))


def _booked(slot: TestSlot, url: str) -> Prompt:
    text = gettext("Votre entretien est le %(when)s.") % {"when": date_and_hour(slot.starts_at)}
    label, action = gettext("Entretien réservé"), gettext("Voir mon entretien")
    return Prompt("waiting", label, text, url, action, starts_at=slot.starts_at, ends_at=slot.ends_at)
