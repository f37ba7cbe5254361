"""Forms of the pages of a choice: they read what was typed; whether it may be done is for the acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from juries.admin.forms import HourField, InstantInput, LinkField
from juries.choice_decisions import OUTCOMES_OF_A_CHOICE
from juries.models import Decision, Evaluation, Panel, Supplement
from programmes.models import Programme, Step
from programmes.rules import EvaluationRule, TestRule
from programmes.typed_field import TypedField

LONG = forms.Textarea(attrs={"rows": 3})


def _says_yes(typed: str) -> bool:
    return typed == "yes"


class YesNo(forms.TypedChoiceField):
    """One of two words, read as yes or no."""

    def __init__(self, yes: str | Promise, no: str | Promise, **kwargs: Any) -> None:
        choices = [("yes", yes), ("no", no)]
        super().__init__(choices=choices, coerce=_says_yes, widget=forms.RadioSelect, **kwargs)


class OpinionForm(forms.Form):
    """The opinion of the head of programme."""

    favourable = YesNo(_("favorable"), _("défavorable"), label=_("Avis"))
    comment = TypedField(
        label=_("Commentaire"), help_text=_("Le jury le lira."), max_length=2000, required=False, widget=LONG
    )


class DecisionForm(forms.Form):
    """A decision on a choice; out of turn, with its reason."""

    outcome = forms.ChoiceField(label=_("Décision"), widget=forms.RadioSelect)
    reason = TypedField(
        label=_("Motif"), help_text=_("Il est conservé, le candidat ne le lit pas."), max_length=2000, required=False,
        widget=LONG,
    )  # fmt: skip
    out_of_turn_because = TypedField(
        label=_("Si ce dossier passe avant un autre, pourquoi"), max_length=500, required=False
    )

    def __init__(self, step: Step, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.fields["outcome"]
        if isinstance(outcome, forms.ChoiceField):
            possible = OUTCOMES_OF_A_CHOICE.get(step.kind, ())
            outcome.choices = [(str(one), Decision.Outcome(one).label) for one in possible]
        if not step.in_order:
            del self.fields["out_of_turn_because"]


class RankForm(forms.Form):
    """Another rank on the waiting list."""

    rank = forms.IntegerField(label=_("Rang en liste d’attente"), min_value=1)


class EvaluationForm(forms.Form):
    """The marks of one evaluator, criterion by criterion."""

    def __init__(self, rule: EvaluationRule, own: Evaluation | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        for criterion in rule.criteria:
            field = forms.DecimalField(
                label=str(criterion.label),
                help_text=gettext("de 0 à %(most)s") % {"most": criterion.out_of},
                min_value=0,
                max_value=criterion.out_of,
                decimal_places=2,
                localize=True,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "autocomplete": "off"}),
            )
            field.initial = own.marks.get(criterion.code) if own else None
            self.fields[f"mark_{criterion.code}"] = field
        self.fields["comment"] = TypedField(
            label=gettext("Commentaire"),
            max_length=2000,
            required=False,
            widget=LONG,
            initial=own.comment if own else "",
        )

    def clean(self) -> dict[str, Any]:
        """What the act takes: the marks together, and the comment."""
        typed = super().clean() or {}
        names = {criterion.code: f"mark_{criterion.code}" for criterion in self.rule.criteria}
        marks = {code: typed[name] for code, name in names.items() if name in typed}
        return {"marks": marks, "comment": typed.get("comment", "")}


class SupplementForm(forms.Form):
    """What else is asked of the candidate, and until when (Europe/Paris)."""

    kind = forms.ChoiceField(label=_("Demander"), choices=Supplement.Kind.choices, widget=forms.RadioSelect)
    subject = TypedField(label=_("Sujet"), help_text=_("Le candidat lira ces mots."), max_length=2000, widget=LONG)
    due_at = forms.DateTimeField(label=_("Jusqu’au"), widget=InstantInput())

    def __init__(self, now: dt.datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["due_at"] = (now + dt.timedelta(days=7)).replace(second=0, microsecond=0)


class JudgementForm(forms.Form):
    """What the supplement came to."""

    presentable = YesNo(_("présentable au jury"), _("non présentable"), label=_("La candidature est"))
    comment = TypedField(label=_("Commentaire"), max_length=2000, required=False, widget=LONG)


class InterviewPanelForm(forms.Form):
    """A panel that holds interviews: for one programme or for all those of the school, and where."""

    name = TypedField(label=_("Nom du jury"), max_length=120)
    programme_id = forms.TypedChoiceField(
        label=_("Formation"), coerce=int, empty_value=None, required=False, help_text=_("Sans choix : toutes.")
    )
    test = forms.ChoiceField(label=_("Épreuve"))
    room = TypedField(label=_("Salle"), max_length=120, required=False)
    remote_url = LinkField(label=_("Lien, si l’entretien se tient à distance"))

    def __init__(self, programmes: list[Programme], tests: tuple[TestRule, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme, test = self.fields["programme_id"], self.fields["test"]
        if isinstance(programme, forms.ChoiceField):
            programme.choices = [
                ("", gettext("toutes les formations de l’école")),
                *((one.pk, one.title) for one in programmes),
            ]
        if isinstance(test, forms.ChoiceField):
            test.choices = [(rule.code, rule.label) for rule in tests]


class SlotsForm(forms.Form):
    """A day of a panel, cut into slots (Europe/Paris)."""

    panel_id = forms.TypedChoiceField(label=_("Jury"), coerce=int)
    day = forms.DateField(label=_("Jour"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    day_start = HourField(label=_("De"), initial=dt.time(9, 0))
    day_end = HourField(label=_("À"), initial=dt.time(12, 0))
    minutes_between = forms.IntegerField(label=_("Minutes entre deux candidats"), initial=0, min_value=0, max_value=120)

    def __init__(self, panels: list[Panel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        panel = self.fields["panel_id"]
        if isinstance(panel, forms.ChoiceField):
            panel.choices = [(one.pk, one.name) for one in panels]
