"""Forms of the staff's pages: they read what was typed; whether it may be done is for the acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applicants.delays import answer_until
from applicants.models import Dossier
from applicants.places import name_of
from juries.adjustments import MOST_EXTRA_MINUTES
from juries.models import Decision
from juries.publication import OUTCOMES
from programmes.models import Programme, Step
from programmes.typed import LONGEST_EXPLANATION
from programmes.typed_field import TypedField


class InstantInput(forms.DateTimeInput):
    """The browser's own picker of a day and an hour."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ReasonForm(forms.Form):
    """Why."""

    reason = TypedField(label=_("Motif"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class CorrectionForm(forms.Form):
    """What is asked of the candidate, and until when (Europe/Paris)."""

    opens = forms.MultipleChoiceField(label=_("Ce que la demande ouvre"), widget=forms.CheckboxSelectMultiple)
    reason = TypedField(
        label=_("Ce que vous demandez"),
        help_text=_("Le candidat lira ces mots."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateTimeField(label=_("Jusqu’au"), widget=InstantInput())

    def __init__(self, dossier: Dossier, places: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["until"] = answer_until(dossier).replace(second=0, microsecond=0)
        opens = self.fields["opens"]
        if isinstance(opens, forms.MultipleChoiceField):
            opens.choices = [(place, name_of(dossier.rules, place)) for place in places]


class AdditionForm(forms.Form):
    """Which programme is added to a dossier, and under which status where there are several."""

    programme = forms.ChoiceField(label=_("Formation à ajouter"))
    status = forms.ChoiceField(label=_("Sous quel statut"), required=False)

    def __init__(self, dossier: Dossier, programmes: Iterable[Programme], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme, status = self.fields["programme"], self.fields["status"]
        if isinstance(programme, forms.ChoiceField) and isinstance(status, forms.ChoiceField):
            programme.choices = [(one.code, str(one.title)) for one in programmes]
            statuses = dossier.rules.choices.statuses
            status.choices = [("", _("Le seul possible")), *((one.code, str(one.label)) for one in statuses)]
        if not dossier.rules.choices.statuses:
            del self.fields["status"]


class AdjustmentForm(forms.Form):
    """What a candidate with a disability is granted at the tests."""

    arrangements = TypedField(
        label=_("Aménagements"),
        help_text=_("Par exemple : un tiers de temps en plus, salle accessible. Ne dites rien de sa santé."),
        required=False,
        max_length=LONGEST_EXPLANATION,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    extra_minutes = forms.IntegerField(
        label=_("Minutes de plus à chaque épreuve"), initial=0, min_value=0, max_value=MOST_EXTRA_MINUTES
    )


class TransferForm(forms.Form):
    """The day on which a transfer reached the school's account."""

    received_on = forms.DateField(label=_("Reçu le"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class RectificationForm(ReasonForm):
    """Another outcome for a published decision."""

    outcome = forms.ChoiceField(label=_("Nouvelle décision"))
    field_order = ("outcome", "reason")

    def __init__(self, decision: Decision, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.fields["outcome"]
        possible = OUTCOMES.get(Step.Kind(decision.step.kind), ())
        if isinstance(outcome, forms.ChoiceField):
            outcome.choices = [(one.value, one.label) for one in possible if one != decision.outcome]
        if decision.outcome == Decision.Outcome.REFUSED:
            outcome.help_text = _(
                "Le candidat prendra rang à la fin du tableau de chaque école qu’il a classée, et pourra recevoir une "
                "place à partir de la prochaine période. Le rang des autres ne change pas."
            )


class LinkField(forms.URLField):
    """Where a test is held at a distance."""

    default_error_messages = {
        "invalid": _("Indiquez l’adresse complète de la salle en ligne, par exemple https://visio.example.org/jury-a.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, assume_scheme="https", **kwargs)


class PanelForm(forms.Form):
    """A panel, and where it sits."""

    test = forms.ChoiceField(label=_("Épreuve"))
    name = TypedField(label=_("Nom du jury"), max_length=120)
    room = TypedField(label=_("Salle"), max_length=120, required=False)
    remote_url = LinkField(label=_("Lien, si l’épreuve se tient à distance"))

    def __init__(self, step: Step, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        test, rules = self.fields["test"], step.procedure.rules
        if isinstance(test, forms.ChoiceField) and rules is not None:
            test.choices = [(rule.code, rule.label) for rule in rules.tests]


class PlaceForm(forms.Form):
    """Where a panel sits from now on."""

    room = TypedField(label=_("Salle"), max_length=120, required=False)
    remote_url = LinkField(label=_("Lien à distance"))


class HourField(forms.TimeField):
    """An hour of the day, in the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


class HoursForm(forms.Form):
    """How the test days are cut (Europe/Paris)."""

    day_start = HourField(label=_("Début de la journée"), initial=dt.time(8, 30))
    pause_start = HourField(label=_("Début de la pause"), initial=dt.time(12, 30), required=False)
    pause_end = HourField(label=_("Fin de la pause"), initial=dt.time(13, 30), required=False)
    day_end = HourField(label=_("Fin de la journée"), initial=dt.time(18, 0))
    minutes_between = forms.IntegerField(label=_("Minutes entre deux candidats"), initial=5, min_value=0, max_value=120)


class InstantForm(forms.Form):
    """The instant of a publication (Europe/Paris)."""

    visible_at = forms.DateTimeField(label=_("Instant de publication"), widget=InstantInput())


class NotAMark(ValueError):
    """Neither a number nor an absence; `str()` says so."""


ABSENT = "abs"


def read_mark(typed: str) -> tuple[Decimal | None, bool]:
    """A mark as people type it: « 12,5 », « abs » for an absence, nothing for none.

    Raises:
        NotAMark: it is none of these.
    """
    typed = typed.strip().lower()
    if not typed:
        return None, False
    if typed in (ABSENT, "absent", "absente"):
        return None, True
    try:
        return Decimal(typed.replace(",", ".")), False
    except InvalidOperation as wrong:
        raise NotAMark(gettext("« %(typed)s » n’est ni une note ni « abs ».") % {"typed": typed}) from wrong
