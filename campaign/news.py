"""What a candidate is told first on the dossier's home: where things stand, and the one thing to do if there is one.

Everything that a jury decided comes in through its gate: a decision, an offer or a summons given here is one that
the candidate may see. Rules: AST-13, AST-16, AST-22, AST-25.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from applicants.models import Dossier, Status
from juries.models import Decision
from juries.summons import Summons
from offers.models import Enrolment, Offer
from programmes.models import Period, Step
from programmes.words import date_and_hour, deadline

Outcome = Decision.Outcome


@dataclass(frozen=True, slots=True)
class News:
    """A headline; `kind` is that of components/notice_box.html."""

    kind: str
    title: str
    text: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class Standing:
    """All that the headline depends on, of a dossier that was submitted."""

    dossier: Dossier
    admissibility: Decision | None
    admission: Decision | None
    summons: Summons | None
    offer: Offer | None  # of the latest period that has begun
    period: Period | None  # the one under way
    enrolment: Enrolment | None
    next_results: Step | None  # the step whose results come next
    title_due: dt.datetime | None


def news_of(standing: Standing) -> News:
    """The headline of a submitted dossier."""
    dossier = standing.dossier
    if dossier.status == Status.WITHDRAWN:
        return _ended(dossier)
    if standing.enrolment is not None:
        return _enrolled(standing.enrolment, standing.title_due)
    if standing.admission is not None:
        return _after_admission(standing, standing.admission)
    if standing.admissibility is not None:
        return _after_admissibility(standing, standing.admissibility)
    if dossier.status == Status.VALIDATED:
        return News("done", gettext("Votre dossier est validé"), _when_results_come(standing))
    return News("waiting", gettext("Votre dossier est transmis"), _who_verifies(dossier))


def _ended(dossier: Dossier) -> News:
    if dossier.ended_because:
        return News("problem", gettext("Votre candidature est annulée"), dossier.ended_because)
    return News(
        "waiting",
        gettext("Votre candidature est retirée"),
        gettext("Vous avez quitté la procédure. Votre dossier reste lisible ici."),
    )


def _enrolled(enrolment: Enrolment, title_due: dt.datetime | None) -> News:
    school = enrolment.pool.programme.school.name
    if enrolment.state == Enrolment.State.DEFINITIVE:
        text = gettext("Votre titre est accepté : votre place à %(school)s vous est acquise. Bienvenue.")
        return News("done", gettext("Votre admission est définitive"), text % {"school": school})
    if enrolment.state == Enrolment.State.AWAITING_TITLE:
        text = gettext("Votre place à %(school)s devient définitive quand votre titre est reçu et accepté.")
        said = text % {"school": school}
        if title_due is not None:
            said += " " + gettext("Déposez-le au plus tard le %(end)s.") % {"end": deadline(title_due)}
        papers = reverse("applicants:papers", args=[enrolment.dossier.procedure.slug])
        return News("doing", gettext("Vous avez une place"), said, papers, gettext("Déposer mon titre"))
    text = gettext("La place que vous aviez à %(school)s ne vous est plus gardée.")
    return News("problem", enrolment.get_state_display().capitalize(), text % {"school": school})


def _after_admission(standing: Standing, admission: Decision) -> News:
    if admission.outcome == Outcome.REFUSED:
        return News(
            "problem",
            gettext("Vous n’êtes pas admis"),
            gettext(
                "Le jury a étudié votre dossier et vos épreuves, et ne vous a placé sur aucun tableau d’admission. "
                "Nous savons que cette nouvelle est dure à lire. Les places étaient peu nombreuses ; cette décision "
                "est sans appel."
            ),
        )
    offers = reverse("offers:page", args=[standing.dossier.procedure.slug])
    if standing.period is None:
        text = gettext("Aucune période d’intégration n’est en cours. Votre situation est sur la page des propositions.")
        return News(
            "waiting", gettext("Vous êtes sur un tableau d’admission"), text, offers, gettext("Voir ma situation")
        )
    until = {"end": deadline(standing.period.ends_at)}
    if standing.offer is not None and standing.offer.period_id == standing.period.pk:
        text = gettext("Répondez avant le %(end)s : sans réponse, vous quittez tous les tableaux.") % until
        title = gettext("%(school)s vous propose une place") % {"school": standing.offer.pool.programme.school.name}
        return News("doing", title, text, offers, gettext("Voir la proposition et répondre"))
    text = gettext(
        "Vous n’avez pas de proposition dans cette période. Pour rester en attente, dites-le avant le %(end)s."
    )
    return News("doing", gettext("Vous êtes en liste d’attente"), text % until, offers, gettext("Rester en attente"))


def _after_admissibility(standing: Standing, admissibility: Decision) -> News:
    if admissibility.outcome == Outcome.NOT_ADMISSIBLE:
        return News(
            "problem",
            gettext("Votre candidature n’est pas retenue"),
            gettext(
                "Le jury a étudié votre dossier et ne vous convoque pas aux épreuves. Nous savons que cette nouvelle "
                "est dure à lire. Cette décision est sans appel."
            ),
        )
    if standing.summons is None:
        text = gettext("Vous serez convoqué aux épreuves. Le jour, l’heure et le lieu paraîtront ici, et par courriel.")
        return News("done", gettext("Vous êtes admissible"), text)
    text = gettext("Votre convocation aux épreuves est ci-dessous.") + " " + _when_results_come(standing)
    return News("done", gettext("Vous êtes admissible"), text.strip())


def _who_verifies(dossier: Dossier) -> str:
    first = dossier.receipt.choices[0]["school"] if dossier.receipt.choices else ""
    return gettext(
        "%(school)s, que vous placez en premier, vérifie vos pièces. Nous vous écrivons s’il faut corriger."
    ) % {"school": first}


def _when_results_come(standing: Standing) -> str:
    step = standing.next_results
    if step is None or step.results_at is None:
        return ""
    words = {"step": str(step).lower(), "when": date_and_hour(step.results_at)}
    return gettext("Prochains résultats (%(step)s) : %(when)s.") % words
