"""Headlines: where a candidate stands in the integration, in a title and a few calm sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext

from juries.models import Decision
from offers.models import Enrolment
from offers.outlook import Outlook
from programmes.words import date_and_hour, deadline

State = Enrolment.State


@dataclass(frozen=True)
class Headline:
    """The first thing that the page says; `kind` is that of components/notice_box.html."""

    kind: str
    title: str
    text: str


def headline_of(outlook: Outlook, title_due: dt.datetime | None) -> Headline:
    """The headline of the candidate's page; `title_due` (UTC) is when the required title must have been sent in."""
    if outlook.decision is None:
        return _not_admissible() if outlook.is_not_admissible else _not_yet()
    if outlook.decision.outcome == Decision.Outcome.REFUSED:  # be it by a correction that took a seat back
        return _out_of_play(outlook)
    if outlook.enrolment is not None:
        return _of_seat(outlook.enrolment, title_due)
    if not outlook.is_in_play:
        return _out_of_play(outlook)
    if outlook.period is None:
        return _between_periods(outlook)
    if outlook.reply is not None:
        return Headline(
            "done",
            gettext("Votre réponse est enregistrée : %(reply)s") % {"reply": outlook.reply},
            gettext("Vous pouvez changer de réponse jusqu’au %(end)s : la dernière compte.")
            % {"end": date_and_hour(outlook.period.ends_at)},
        )
    return _to_answer(outlook, outlook.period.ends_at)


def _not_yet() -> Headline:
    return Headline(
        "waiting",
        gettext("Les résultats ne sont pas encore publiés"),
        gettext("Les propositions de place s’ouvrent après la publication des résultats d’admission."),
    )


def _not_admissible() -> Headline:
    return Headline(
        "plain",
        gettext("Aucune place ne peut vous être proposée"),
        gettext("Le jury n’a pas retenu votre candidature pour les épreuves. Sa décision est dans votre dossier."),
    )


def _of_seat(enrolment: Enrolment, title_due: dt.datetime | None) -> Headline:
    school = {"school": enrolment.pool.programme.school.name}
    if enrolment.state == State.DEFINITIVE:
        return Headline(
            "done",
            gettext("Votre admission à %(school)s est définitive") % school,
            gettext("Votre titre est accepté. L’avis d’admission est dans votre dossier."),
        )
    if enrolment.state == State.AWAITING_TITLE:
        text = gettext("Votre admission devient définitive quand le titre exigé est reçu et accepté.")
        if title_due is not None:
            text += " " + gettext("Déposez-le au plus tard le %(end)s.") % {"end": deadline(title_due)}
        return Headline("doing", gettext("Votre place à %(school)s est retenue") % school, text)
    if enrolment.state == State.LAPSED:
        return Headline(
            "problem",
            gettext("Votre place à %(school)s n’a pas pu être gardée") % school,
            gettext("Le titre exigé n’est pas arrivé à temps. Votre candidature a pris fin."),
        )
    return Headline(
        "waiting",
        gettext("Vous avez renoncé à votre place à %(school)s") % school,
        gettext("Votre candidature a pris fin. Nous vous souhaitons une belle suite."),
    )


def _out_of_play(outlook: Outlook) -> Headline:
    if not outlook.entries:
        return Headline(
            "plain",
            gettext("Aucune place ne peut vous être proposée"),
            gettext("Le jury ne vous a placé sur aucun tableau d’admission. Cette décision est sans appel."),
        )
    return Headline(
        "waiting",
        gettext("Vous n’êtes plus en lice"),
        gettext("Aucune place ne peut plus vous être proposée. Ce qui s’est passé pour chaque école est dit plus bas."),
    )


def _between_periods(outlook: Outlook) -> Headline:
    coming = outlook.next_period
    if coming is None:
        text = gettext("Les réponses de la dernière période sont en train d’être prises en compte.")
    elif coming.starts_at <= outlook.dossier.procedure.now():
        text = gettext("La période s’ouvre dans un instant : rechargez cette page.")
    else:
        text = gettext("La période %(number)d s’ouvre le %(start)s. Vous devrez alors répondre.") % {
            "number": coming.number,
            "start": date_and_hour(coming.starts_at),
        }
    if outlook.held_school:
        return Headline("done", gettext("Votre place à %(school)s est gardée") % {"school": outlook.held_school}, text)
    return Headline("waiting", gettext("Vous êtes en lice, sans proposition pour l’instant"), text)


def _to_answer(outlook: Outlook, ends_at: dt.datetime) -> Headline:
    end = {"end": date_and_hour(ends_at)}
    if outlook.offer is not None:
        return Headline(
            "doing",
            gettext("%(school)s vous propose une place") % {"school": outlook.offer.pool.programme.school.name},
            gettext("Répondez avant le %(end)s. Sans réponse, vous serez retiré de tous les tableaux.") % end,
        )
    if outlook.is_last_period:
        return Headline(
            "waiting",
            gettext("Aucune place n’a pu vous être proposée"),
            gettext("C’est la dernière période. Vous n’avez rien à faire : votre candidature s’achève le %(end)s.")
            % end,
        )
    return Headline(
        "doing",
        gettext("Pas encore de proposition, mais vous restez en lice"),
        gettext("Répondez ATTENTE avant le %(end)s. Sans réponse, vous serez retiré de tous les tableaux.") % end,
    )
