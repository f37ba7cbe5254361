"""What a candidate is told first on the dossier's home: where things stand, and the one thing to do if there is one.

Everything that a jury decided comes in through its gate: a decision, an offer or a summons given here is one that
the candidate may see. Rules: AST-13, AST-16, AST-22, AST-25.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from applicants.models import Dossier, Status
from juries.models import Decision
from juries.summons import Summons
from offers.models import Enrolment, ListEntry, Offer, ReplyRecord
from programmes.models import Period, Step
from programmes.rules import Order
from programmes.words import date_and_hour, deadline

Outcome = Decision.Outcome
TURNED_DOWN = {Outcome.NOT_ADMISSIBLE, Outcome.REFUSED}


@dataclass(frozen=True, slots=True)
class News:
    """A headline; `kind` is that of components/notice_box.html, "plain" for ink alone."""

    kind: str
    title: str
    text: str
    url: str = ""
    action: str = ""

    @property
    def says_more(self) -> bool:
        """Whether there is anything below the headline."""
        return bool(self.text or self.url)


@dataclass(frozen=True)
class Standing:
    """All that the headline depends on, of a dossier that was submitted."""

    dossier: Dossier
    admissibility: Decision | None
    admission: Decision | None
    summons: Summons | None
    entries: Sequence[ListEntry]  # the candidate's ranks, struck out or not
    offer: Offer | None  # of the latest period that has begun
    period: Period | None  # the one under way
    reply: ReplyRecord | None  # the last one given in it
    next_period: Period | None
    enrolment: Enrolment | None
    next_results: Step | None  # the step whose results come next
    title_due: dt.datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come: withdrawn or voided, turned down, or off every list."""
        if self.dossier.status == Status.WITHDRAWN:
            return True
        if self.is_turned_down:
            return True
        if self.enrolment is not None:
            return self.enrolment.state in (Enrolment.State.LAPSED, Enrolment.State.GIVEN_UP)
        return self.admission is not None and all(entry.struck_at for entry in self.entries)

    @property
    def is_turned_down(self) -> bool:
        """Whether a decision is against the candidate, be it by a correction that took a seat back."""
        return any(decision and decision.outcome in TURNED_DOWN for decision in (self.admissibility, self.admission))

    @property
    def awaits_title(self) -> bool:
        """Whether the title is what the candidate's place waits for, or may come to wait for."""
        if self.enrolment is not None:
            return self.enrolment.state == Enrolment.State.AWAITING_TITLE
        return not self.is_over


def news_of(standing: Standing) -> News:
    """The headline of a submitted dossier."""
    dossier = standing.dossier
    if dossier.status == Status.WITHDRAWN:
        return ended_news(dossier)
    if standing.enrolment is not None and not standing.is_turned_down:
        return _enrolled(standing.enrolment, standing.title_due)
    if standing.admission is not None:
        return _after_admission(standing, standing.admission)
    if standing.admissibility is not None:
        return _after_admissibility(standing, standing.admissibility)
    if dossier.status == Status.VALIDATED:
        return News("done", gettext("Votre dossier est validé"), "")  # what comes next is said above
    return News("waiting", gettext("Votre dossier est transmis"), _who_verifies(dossier))


def ended_news(dossier: Dossier) -> News:
    """The headline of a dossier that was withdrawn or voided."""
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
        text = gettext("Votre titre est accepté : votre place à %(school)s vous est acquise. Bienvenue.")
        return News("done", gettext("Votre admission est définitive"), text % {"school": school})
    if enrolment.state == Enrolment.State.AWAITING_TITLE:
        text = gettext("Votre place à %(school)s devient définitive quand votre titre est reçu et accepté.")
        said = text % {"school": school}
        if title_due is not None:
            said += " " + gettext("Déposez-le au plus tard le %(end)s.") % {"end": deadline(title_due)}
        papers = reverse("applicants:papers", args=[enrolment.dossier.procedure.slug])
        return News("doing", gettext("Vous avez une place"), said, papers, gettext("Déposer mon titre"))
    if enrolment.state == Enrolment.State.GIVEN_UP:
        text = gettext("Vous avez renoncé à votre place à %(school)s.")
    else:
        text = gettext("Le titre exigé n’est pas arrivé à temps : votre place à %(school)s ne vous est plus gardée.")
    return News("plain", gettext("Vous n’avez plus de place"), text % {"school": school})


def _after_admission(standing: Standing, admission: Decision) -> News:
    if admission.outcome == Outcome.REFUSED:
        return News(
            "plain",
            gettext("Vous n’êtes pas admis"),
            gettext(
                "Le jury a étudié votre dossier et vos épreuves, et ne vous a placé sur aucun tableau d’admission. "
                "Nous savons que cette nouvelle est dure à lire. Les places étaient peu nombreuses ; cette décision "
                "est sans appel."
            ),
        )
    if standing.is_over:
        return _off_the_lists(standing.entries)
    offers = reverse("offers:page", args=[standing.dossier.procedure.slug])
    if standing.period is None:
        return _between_periods(standing, offers)
    until = {"end": deadline(standing.period.ends_at)}
    if standing.reply is not None:
        by_relative = gettext("Un proche a répondu pour vous : %(reply)s")
        title = by_relative if standing.reply.by_relative else gettext("Vous avez répondu : %(reply)s")
        title %= {"reply": standing.reply.get_reply_display()}
        text = gettext("Vous pouvez changer de réponse jusqu’au %(end)s : la dernière compte.") % until
        return News("done", title, text, offers, gettext("Revoir ma réponse"))
    if standing.offer is not None and standing.offer.period_id == standing.period.pk:
        text = gettext("Répondez avant le %(end)s : sans réponse, vous quittez tous les tableaux.") % until
        title = gettext("%(school)s vous propose une place") % {"school": standing.offer.pool.programme.school.name}
        return News("doing", title, text, offers, gettext("Voir la proposition et répondre"))
    text = gettext(
        "Vous n’avez pas de proposition dans cette période. Pour rester en attente, dites-le avant le %(end)s."
    )
    return News("doing", gettext("Vous êtes en liste d’attente"), text % until, offers, gettext("Rester en attente"))


def _off_the_lists(entries: Sequence[ListEntry]) -> News:
    because = {entry.struck_because for entry in entries}
    if ListEntry.Struck.SILENT in because:
        text = gettext("Une période s’est achevée sans réponse de votre part : vous avez quitté tous les tableaux.")
    elif because & {ListEntry.Struck.WITHDRAWN, ListEntry.Struck.DECLINED}:
        text = gettext("Vous avez renoncé à toute proposition : vous avez quitté tous les tableaux.")
    else:
        text = gettext("Les propositions sont closes, et aucune place ne vous est revenue.")
    return News("plain", gettext("Vous n’êtes plus candidat à l’intégration"), text)


def _between_periods(standing: Standing, offers: str) -> News:
    title, action = gettext("Vous êtes sur un tableau d’admission"), gettext("Voir ma situation")
    if standing.next_period is None:
        return News("waiting", title, gettext("La dernière période est achevée."), offers, action)
    words = {"start": date_and_hour(standing.next_period.starts_at)}
    text = gettext("Les propositions de la période suivante paraissent le %(start)s.") % words
    return News("waiting", title, text, offers, action)


def _after_admissibility(standing: Standing, admissibility: Decision) -> News:
    if admissibility.outcome == Outcome.NOT_ADMISSIBLE:
        return News(
            "plain",
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
    if dossier.rules.choices.order != Order.RANKED:
        return gettext("Nous vérifions vos pièces. Nous vous écrivons s’il faut corriger.")
    first = dossier.receipt.choices[0]["school"] if dossier.receipt.choices else ""
    return gettext(
        "%(school)s, que vous placez en premier, vérifie vos pièces. Nous vous écrivons s’il faut corriger."
    ) % {"school": first}


def _when_results_come(standing: Standing) -> str:
    step = standing.next_results
    if step is None or step.results_at is None:
        return ""
    words = {"step": str(step).lower(), "when": date_and_hour(step.results_at)}
    return gettext("Prochains résultats (%(step)s) : %(when)s.") % words
