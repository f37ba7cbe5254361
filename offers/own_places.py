"""A candidate's own places, behind the gate of their decisions: what each asks, how far it is, and what is said of it.

Rules: BS-07, NE-05, IIM-06.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext

from applicants.deposits import deposit_of
from applicants.editing import LATE_PAPERS
from applicants.instalments import instalment_of
from applicants.models import Dossier
from offers.confirmation import WORD, Need, Progress, waits_for_school
from offers.models import Enrolment, Place
from offers.place_needs import needs_by_place
from payments.models import Charge
from programmes.words import date_in_full, deadline

State = Place.State


@dataclass(frozen=True)
class OwnPlace:
    """A place as its candidate looks at it."""

    place: Place
    needs: list[Need]

    @property
    def is_open(self) -> bool:
        """Whether the candidate can still confirm it."""
        return self.place.state == State.OFFERED and not self.place.is_late

    @property
    def takes_word(self) -> bool:
        """Whether saying so confirms it."""
        return self.is_open and [need.what for need in self.needs] == [WORD]

    @property
    def waits_for_school(self) -> bool:
        """Whether the candidate has done all, and the school has still to look at it."""
        return self.place.state == State.OFFERED and waits_for_school(self.needs)

    @property
    def awaits_title(self) -> bool:
        """Whether it is confirmed, and the title has still to come or to be accepted."""
        enrolment = self._enrolment
        return enrolment is not None and enrolment.state == Enrolment.State.AWAITING_TITLE

    @cached_property
    def deposit(self) -> Charge | None:
        """What is to be paid for it, or was."""
        if self.place.dossier.rules.deposit is None:
            return None
        return deposit_of(self.place.dossier, self.place.choice.programme)

    @cached_property
    def instalment(self) -> Charge | None:
        """What is to be paid of tuition, once it is confirmed. Rule: NE-08."""
        if self.place.state != State.CONFIRMED or self.place.dossier.rules.tuition is None:
            return None
        return instalment_of(self.place.dossier, self.place.choice.programme)

    @property
    def kind(self) -> str:
        """Its state, as components/state_tag.html shows one."""
        if self.place.state == State.CONFIRMED:
            return "doing" if self.awaits_title else "done"
        if self.place.state != State.OFFERED:
            return "closed"
        if self.waits_for_school:
            return "waiting"
        return "doing" if self.is_open or self._is_asked_again else "problem"

    @property
    def label(self) -> str:
        """Its state in a few words."""
        if self.place.state == State.CONFIRMED:
            return gettext("Place confirmée, titre attendu") if self.awaits_title else gettext("Admission définitive")
        if self.place.state in (State.RELEASED, State.LAPSED, State.REVOKED):
            return gettext("Place perdue")
        return {
            "closed": gettext("Place rendue"),
            "waiting": gettext("Confirmation à l’examen"),
            "doing": gettext("Place à confirmer"),
            "problem": gettext("Délai dépassé"),
        }[self.kind]

    @property
    def text(self) -> str:
        """What that means, in a sentence or two."""
        until = {"end": deadline(self.place.until)}
        match self.place.state:
            case State.CONFIRMED:
                return self._confirmed()
            case State.DECLINED:
                return gettext("Vous avez rendu cette place.")
            case State.RELEASED:
                return gettext("Cette place n’a pas été confirmée dans le délai, et ne vous est plus gardée.")
            case State.LAPSED:
                return gettext("Le titre exigé n’est pas arrivé à temps : cette place ne vous est plus gardée.")
            case State.REVOKED:
                return gettext("Cette place vous a été retirée : la lettre qui le dit est dans votre dossier.")
        if self.waits_for_school:
            return gettext("Vous avez tout transmis : votre place est gardée, et l’école examine votre confirmation.")
        if self._is_asked_again and not self.is_open:
            return gettext("Une pièce est à déposer à nouveau. Votre place vous est gardée le temps de cette demande.")
        if not self.is_open:
            return gettext("Le délai s’est terminé le %(end)s : cette place ne vous est plus garantie.") % until
        asked = gettext("Confirmez votre place au plus tard le %(end)s. Ensuite, elle ne vous est plus garantie.")
        return gettext("Le jury vous admet.") + " " + asked % until

    @property
    def asks_something(self) -> bool:
        """Whether it is the candidate's turn."""
        return self.kind == "doing"

    @property
    def _is_asked_again(self) -> bool:
        return any(need.progress == Progress.AGAIN for need in self.needs)

    @property
    def _enrolment(self) -> Enrolment | None:
        """The seat taken for it."""
        enrolment: Enrolment | None = getattr(self.place.dossier, "enrolment", None)
        return enrolment if self.place.state == State.CONFIRMED else None

    def _confirmed(self) -> str:
        if not self.awaits_title:
            text = gettext("Votre place est confirmée et votre admission définitive. Bienvenue.")
            starts_on = self.place.choice.programme.starts_on
            if starts_on is not None:
                text += " " + gettext("La rentrée a lieu le %(day)s.") % {"day": date_in_full(starts_on)}
            return text
        text = gettext("Votre place est confirmée. Votre admission devient définitive quand votre titre est accepté.")
        late = self.place.procedure.calendar.get(LATE_PAPERS)
        if late is not None and late.ends_at is not None:
            text += " " + gettext("Déposez-le au plus tard le %(end)s.") % {"end": deadline(late.ends_at)}
        return text


def own_places(dossier: Dossier) -> list[OwnPlace]:
    """The places of a dossier that its candidate may see, in the order of the choices; read in a few queries."""
    related = ("choice__programme__school", "dossier__procedure", "dossier__candidate", "dossier__enrolment")
    places = list(
        Place.objects.visible(dossier.procedure)
        .filter(dossier=dossier)
        .select_related(*related)
        .order_by("choice__rank")
    )
    found = needs_by_place(place for place in places if place.state == State.OFFERED)
    return [OwnPlace(place, found.get(place.pk, [])) for place in places]
