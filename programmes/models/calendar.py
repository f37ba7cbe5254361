"""The live calendar beyond its windows: steps of the selection, days of tests, periods of offers."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Max, Min, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programmes.models.procedures import Procedure
from programmes.models.schools import School
from programmes.text import LocalizedField


class StepQuerySet(models.QuerySet["Step"]):
    """Steps with what is read of them at once."""

    def with_days(self, schools: models.QuerySet[School] | None = None) -> Self:
        """With `first_day` and `last_day`, those of the tests that they hold: at `schools`, or at any."""
        there = Q() if schools is None else Q(test_days__school__in=schools)
        return self.annotate(
            first_day=Min("test_days__day", filter=there), last_day=Max("test_days__day", filter=there)
        )


class Step(models.Model):
    """A step of the selection: what is decided there, when the jury meets, when its results come out."""

    class Kind(models.TextChoices):
        OPINION = "opinion", _("avis de la formation")
        ADMISSIBILITY = "admissibility", _("admissibilité")
        TESTS = "tests", _("épreuves")
        EVALUATION = "evaluation", _("évaluation notée")
        ADMISSION = "admission", _("admission")

    class DecidedBy(models.TextChoices):
        JURY = "jury", _("le jury")
        SERVICE = "service", _("le service des admissions")

    class Booking(models.TextChoices):
        STAFF = "staff", _("le service place les candidats")
        CANDIDATE = "candidate", _("le candidat choisit son créneau")

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="steps", verbose_name=_("procédure"))
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("nature"), max_length=20, choices=Kind.choices)
    label = LocalizedField(_("intitulé"))
    position = models.PositiveSmallIntegerField(_("ordre"))
    meets_at = models.DateTimeField(_("réunion du jury"), null=True, blank=True)
    results_at = models.DateTimeField(_("publication prévue"), null=True, blank=True)
    decided_by = models.CharField(_("qui décide"), max_length=10, choices=DecidedBy.choices, default=DecidedBy.JURY)
    in_order = models.BooleanField(_("dans l’ordre d’arrivée"), default=False)
    notify_within = models.PositiveSmallIntegerField(_("réponse sous (jours ouvrés)"), null=True, blank=True)
    booking = models.CharField(_("créneaux"), max_length=10, choices=Booking.choices, default=Booking.STAFF)
    booking_closes_hours = models.PositiveSmallIntegerField(_("créneau fixé (heures avant)"), null=True, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        ordering = ["procedure_id", "position"]
        constraints = [models.UniqueConstraint(fields=["procedure", "code"], name="step_code_once")]

    def __str__(self) -> str:
        return str(self.label)


class JurySession(models.Model):
    """One of the meetings of a jury that meets several times, or of one programme's jury at its own dates.

    A dossier that was submitted before `closes_at` is studied at this session, or at a later one.
    """

    step = models.ForeignKey(Step, models.CASCADE, related_name="sessions", verbose_name=_("étape"))
    number = models.PositiveSmallIntegerField(_("numéro"))
    programme = models.ForeignKey(
        "programmes.Programme",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("formation"),
    )
    closes_at = models.DateTimeField(_("dossiers transmis avant le"), null=True, blank=True)
    meets_at = models.DateTimeField(_("réunion du jury"))
    results_at = models.DateTimeField(_("publication prévue"), null=True, blank=True)

    class Meta:
        verbose_name = _("session de jury")
        verbose_name_plural = _("sessions de jury")
        ordering = ["step_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="session_number_once"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__lte=F("meets_at")), name="session_closes_before_it_meets"
            ),
            models.CheckConstraint(
                condition=Q(results_at=None) | Q(results_at__gte=F("meets_at")), name="session_results_after_it_meets"
            ),
        ]

    def __str__(self) -> str:
        return gettext("session %(number)s") % {"number": self.number}


class TestDay(models.Model):
    """A day on which a school holds its tests."""

    __test__ = False  # not a test class for pytest

    step = models.ForeignKey(Step, models.CASCADE, related_name="test_days", verbose_name=_("étape"))
    school = models.ForeignKey(School, models.PROTECT, related_name="test_days", verbose_name=_("école"))
    day = models.DateField(_("jour"))

    class Meta:
        verbose_name = _("jour d’épreuves")
        verbose_name_plural = _("jours d’épreuves")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["step", "school", "day"], name="test_day_once")]

    def __str__(self) -> str:
        return f"{self.school} {self.day:%d/%m/%Y}"


class Period(models.Model):
    """A time window in which offers are answered. Its two stamps are written by the acts that open and close it."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="periods", verbose_name=_("procédure"))
    number = models.PositiveSmallIntegerField(_("numéro"))
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("fermée le"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("période d’intégration")
        verbose_name_plural = _("périodes d’intégration")
        ordering = ["procedure_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="period_number_once"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="period_in_order"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False), name="period_closed_after_opened"
            ),
        ]

    def __str__(self) -> str:
        return gettext("période %(number)s") % {"number": self.number}

    def is_under_way(self, now: dt.datetime) -> bool:
        """Whether it is opened, not closed, and within its hours at `now` (UTC, the procedure's time)."""
        return self.opened_at is not None and self.closed_at is None and self.starts_at <= now < self.ends_at
