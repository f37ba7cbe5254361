"""What is said of a choice before its programme decides: opinions, evaluations, and what else is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applicants.models import Choice
from documents.models import SupportingDocument
from programmes.models import Procedure, Step


class Opinion(models.Model):
    """What the head of a programme thinks of a choice, before its jury decides. Rule: NE-04."""

    choice = models.ForeignKey(Choice, models.RESTRICT, related_name="opinions", verbose_name=_("candidature"))
    step = models.ForeignKey(Step, models.CASCADE, related_name="opinions", verbose_name=_("étape"))
    favourable = models.BooleanField(_("favorable"))
    comment = models.TextField(_("commentaire"), blank=True)
    given_at = models.DateTimeField(_("donné le"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("donné par")
    )

    class Meta:
        verbose_name = _("avis")
        verbose_name_plural = _("avis")
        constraints = [models.UniqueConstraint(fields=["choice", "step"], name="one_opinion_per_choice_and_step")]

    def __str__(self) -> str:
        return str(_("avis favorable")) if self.favourable else str(_("avis défavorable"))

    @property
    def procedure(self) -> Procedure:
        """The procedure of the step."""
        return self.step.procedure


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    """The gate of the evaluators: each reads the other's only once all are deposited."""

    def opened(self) -> Self:
        """Those of choices of which every evaluation is deposited. Rule: BS-04."""
        return self.filter(opened_at__isnull=False)

    def readable_by(self, user: User) -> Self:
        """Those, and the person's own."""
        return self.filter(Q(opened_at__isnull=False) | Q(evaluator=user))


class Evaluation(models.Model):
    """What one evaluator marked a choice, criterion by criterion.

    `marks` are decimals as text, by the criterion's code. `opened_at` is when the last one needed was deposited: before
    that nobody but the evaluator reads it.
    """

    choice = models.ForeignKey(Choice, models.RESTRICT, related_name="evaluations", verbose_name=_("candidature"))
    step = models.ForeignKey(Step, models.CASCADE, related_name="evaluations", verbose_name=_("étape"))
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="evaluations", verbose_name=_("évaluateur")
    )
    marks = models.JSONField(_("notes"))
    comment = models.TextField(_("commentaire"), blank=True)
    deposited_at = models.DateTimeField(_("déposée le"))
    opened_at = models.DateTimeField(_("ouverte le"), null=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")
        constraints = [
            models.UniqueConstraint(fields=["choice", "step", "evaluator"], name="one_evaluation_per_evaluator"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluator}"

    @property
    def procedure(self) -> Procedure:
        """The procedure of the step."""
        return self.step.procedure


class Supplement(models.Model):
    """What else is asked of a candidate before the decision on a choice: an interview, or a written piece.

    It waits for the candidate, then for somebody to say whether the choice can now be presented. Rules: BS-05, NE-04,
    IIM-05.
    """

    class Kind(models.TextChoices):
        INTERVIEW = "interview", _("entretien complémentaire")
        WRITTEN = "written", _("écrit complémentaire")

    choice = models.ForeignKey(Choice, models.RESTRICT, related_name="supplements", verbose_name=_("candidature"))
    kind = models.CharField(_("nature"), max_length=10, choices=Kind.choices)
    subject = models.TextField(_("sujet"))
    due_at = models.DateTimeField(_("attendu avant le"))
    asked_at = models.DateTimeField(_("demandé le"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("demandé par")
    )
    document = models.OneToOneField(
        SupportingDocument, models.SET_NULL, null=True, related_name="supplement", verbose_name=_("écrit remis")
    )
    presentable = models.BooleanField(_("présentable au jury"), null=True)
    comment = models.TextField(_("commentaire"), blank=True)
    judged_at = models.DateTimeField(_("jugé le"), null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("jugé par")
    )

    class Meta:
        verbose_name = _("complément")
        verbose_name_plural = _("compléments")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["choice"], condition=Q(judged_at=None), name="one_supplement_waits_per_choice"
            ),
            models.CheckConstraint(
                condition=Q(judged_at=None, presentable=None) | Q(judged_at__isnull=False, presentable__isnull=False),
                name="supplement_judged_with_an_outcome",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="supplement_leaves_time"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def procedure(self) -> Procedure:
        """The procedure of the choice."""
        return self.choice.dossier.procedure

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the candidate may still answer it at `now` (UTC, the procedure's time)."""
        return self.judged_at is None and now < self.due_at
