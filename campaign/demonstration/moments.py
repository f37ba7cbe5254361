"""The moments of a procedure worth looking at, from its calendar: what one sees then, and what there is to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from applicants.editing import APPLICATIONS, LATE_PAPERS
from programmes.models import JurySession, Procedure, Step, TestDay
from programmes.words import PARIS

BEFORE_THE_CLOSE = dt.timedelta(days=10, hours=13)  # a closing hour is in the evening, visitors come by day
AFTER_THE_CLOSE = dt.timedelta(hours=11)  # the dossiers of the last night still wait to be checked
BEFORE_A_JURY = dt.timedelta(minutes=30)
BEFORE_RESULTS = dt.timedelta(minutes=3)
INTO_A_PERIOD = dt.timedelta(days=2)
AFTER_THE_END = dt.timedelta(days=15)
WELL_IN = 0.75  # of the window of applications: where programmes decide as dossiers come, every stage is there then
MORNING = dt.time(10)  # in Paris
PLACES_KEPT = dt.timedelta(days=20)  # after the closing hour,
AFTER_RESULTS = dt.timedelta(days=3)  # and after the last results that the calendar announces
ALL_IS_DECIDED = dt.timedelta(days=75)
OPENINGS = ("selection", "applications")


@dataclass(frozen=True)
class Moment:
    """A moment (UTC) at which a demonstration may be stopped."""

    code: str
    at: dt.datetime
    label: str
    hint: str


def moments_of(procedure: Procedure) -> list[Moment]:
    """The moments of `procedure`, in their order.

    The first is the one at which a demonstration opens: amid the selection where programmes decide as dossiers come,
    else amid the applications. What comes before would show little.
    """
    found = sorted(_moments(procedure), key=lambda moment: moment.at)
    opening = next((moment for code in OPENINGS for moment in found if moment.code == code), found[0])
    return [moment for moment in found if moment.at >= opening.at]


def _moments(procedure: Procedure) -> Iterator[Moment]:
    window = procedure.calendar.get(APPLICATIONS)
    if window and window.ends_at:
        yield Moment(
            "applications",
            window.ends_at - BEFORE_THE_CLOSE,
            gettext("Pendant les candidatures"),
            gettext("Commencer un dossier, le remplir, le transmettre ; vérifier les premiers."),
        )
        yield Moment(
            "verification",
            window.ends_at + AFTER_THE_CLOSE,
            gettext("Pendant la vérification"),
            gettext("Examiner les pièces, constater les virements, demander des corrections, valider."),
        )
    if procedure.judges_by_programme and window and window.starts_at and window.ends_at:
        yield from _of_programmes(procedure, window.starts_at, window.ends_at)
    for step in procedure.steps.all():
        yield from _of_step(step)
    for period in procedure.periods.all():
        yield Moment(
            f"period-{period.number}",
            period.starts_at + INTO_A_PERIOD,
            gettext("Pendant la période d’intégration %(number)s") % {"number": period.number},
            gettext("Répondre à une proposition ; voir qui n’a pas répondu."),
        )
    late = procedure.calendar.get(LATE_PAPERS)
    if late and late.ends_at:
        yield Moment(
            "end",
            late.ends_at + AFTER_THE_END,
            gettext("Quand tout est fini"),
            gettext("Les admissions définitives, les places perdues faute de titre."),
        )


def _of_programmes(procedure: Procedure, opens: dt.datetime, closes: dt.datetime) -> Iterator[Moment]:
    """Where each programme decides: amid the applications, at each session of a jury, and when places are kept."""
    day = (opens + (closes - opens) * WELL_IN).astimezone(PARIS).date()
    yield Moment(
        "selection",
        dt.datetime.combine(day, MORNING, PARIS),
        gettext("En pleine sélection"),
        gettext("Les premiers dossiers sont étudiés pendant que d’autres arrivent."),
    )
    sessions = JurySession.objects.filter(step__procedure=procedure).select_related("step", "programme")
    for session in sessions:
        words = {"step": session.step, "number": session.number, "programme": session.programme}
        if session.programme is None:
            label = gettext("Juste avant le jury : %(step)s, session %(number)d") % words
        else:
            label = gettext("Juste avant le jury de la formation %(programme)s") % words
        hint = gettext("Décider candidature par candidature, préparer la publication.")
        yield Moment(f"{session.step.code}-session-{session.number}", session.meets_at - BEFORE_A_JURY, label, hint)
    yield Moment(
        "places",
        max([closes + PLACES_KEPT, *(at + AFTER_RESULTS for at in _results_announced(procedure))]),
        gettext("Quand les places se confirment"),
        gettext("Garder sa place, appeler la liste d’attente, libérer ce qui n’est pas confirmé."),
    )
    if LATE_PAPERS not in procedure.calendar:
        yield Moment("end", closes + ALL_IS_DECIDED, gettext("Quand tout est fini"), gettext("Les admissions."))


def _results_announced(procedure: Procedure) -> list[dt.datetime]:
    sessions = JurySession.objects.filter(step__procedure=procedure).values_list("results_at", flat=True)
    return [at for at in [*sessions, *(step.results_at for step in procedure.steps.all())] if at is not None]


def _of_step(step: Step) -> Iterator[Moment]:
    if step.meets_at:
        hint = {
            Step.Kind.ADMISSIBILITY: gettext("Décider dossier par dossier, préparer la publication."),
            Step.Kind.ADMISSION: gettext("Classer les candidats de chaque filière, préparer la publication."),
        }.get(Step.Kind(step.kind), "")
        label = gettext("Juste avant la réunion du jury : %(step)s") % {"step": step}
        yield Moment(f"{step.code}-jury", step.meets_at - BEFORE_A_JURY, label, hint)
    if step.results_at:
        label = gettext("Trois minutes avant les résultats : %(step)s") % {"step": step}
        hint = gettext("Personne ne les voit avant l’heure ; à l’heure, ils paraissent d’eux-mêmes.")
        yield Moment(f"{step.code}-results", step.results_at - BEFORE_RESULTS, label, hint)
    first = TestDay.objects.filter(step=step).order_by("day").values_list("day", flat=True).first()
    if first is not None:
        morning = dt.datetime.combine(first, dt.time(8), PARIS)
        label = gettext("Le matin du premier jour d’épreuves")
        yield Moment(f"{step.code}-day", morning, label, gettext("Lire sa convocation, saisir des notes."))
