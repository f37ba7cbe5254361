"""Judgement: decisions behind the publication gate, panels and test slots, marks."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applicants.models import Choice, Dossier
from programmes.models import JurySession, Procedure, Programme, School, Step


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Publications by how much of a step they hold."""

    def whole(self) -> Self:
        """Those of a whole step, as a common jury has them; at most one a step."""
        return self.filter(session=None, programme=None)


class Publication(models.Model):
    """Results that come out together: prepared (frozen), then public from one instant on the procedure's clock.

    Those of a whole step, where a common jury decides; of one session; or of one programme, as it decides.
    Visibility depends on that instant alone, so no worker that is late can delay or hasten it; the act that
    runs at the instant only announces (mails, notices).
    """

    step = models.ForeignKey(Step, models.CASCADE, related_name="publications", verbose_name=_("étape"))
    session = models.ForeignKey(
        JurySession, models.RESTRICT, null=True, related_name="publications", verbose_name=_("session")
    )
    programme = models.ForeignKey(
        Programme, models.RESTRICT, null=True, related_name="publications", verbose_name=_("formation")
    )
    visible_at = models.DateTimeField(_("instant de publication"))
    prepared_at = models.DateTimeField(_("préparée le"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("préparée par")
    )
    announced_at = models.DateTimeField(_("annoncée le"), null=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [
            models.UniqueConstraint(
                fields=["step"], condition=Q(session=None, programme=None), name="one_publication_of_a_whole_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step}"

    @property
    def procedure(self) -> Procedure:
        """The procedure whose results these are."""
        return self.step.procedure

    @property
    def is_public(self) -> bool:
        """Whether the instant has come."""
        return self.procedure.now() >= self.visible_at


class DecisionQuerySet(models.QuerySet["Decision"]):
    """The gate: candidate-side code reads decisions through `published` only."""

    def published(self, procedure: Procedure) -> Self:
        """The decisions of `procedure` whose publication instant has come on its clock. Rule: AST-13."""
        return self.filter(dossier__procedure=procedure, publication__visible_at__lte=procedure.now())


class Decision(models.Model):
    """What was decided at a step, and why: on a dossier, or on one of its choices where each programme decides."""

    class Outcome(models.TextChoices):
        ADMISSIBLE = "admissible", _("admissible")
        NOT_ADMISSIBLE = "not_admissible", _("non admissible")
        ADMITTED = "admitted", _("admis")
        CONDITIONAL = "conditional", _("admis sous réserve")
        WAITING = "waiting", _("liste d’attente")
        REFUSED = "refused", _("non admis")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="decisions", verbose_name=_("dossier"))
    choice = models.ForeignKey(
        Choice, models.RESTRICT, null=True, related_name="decisions", verbose_name=_("candidature")
    )
    step = models.ForeignKey(Step, models.CASCADE, related_name="decisions", verbose_name=_("étape"))
    publication = models.ForeignKey(
        Publication, models.SET_NULL, null=True, related_name="decisions", verbose_name=_("publication")
    )
    outcome = models.CharField(_("décision"), max_length=20, choices=Outcome.choices)
    rank = models.PositiveIntegerField(_("rang en liste d’attente"), null=True)
    reason = models.TextField(_("motif"), blank=True)
    out_of_turn_because = models.CharField(_("décidée hors de son tour parce que"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("prise le"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("prise par")
    )
    announced_at = models.DateTimeField(_("annoncée le"), null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "step"], condition=Q(choice=None), name="one_decision_per_step"),
            models.UniqueConstraint(fields=["choice", "step"], name="one_decision_per_choice_and_step"),
            models.CheckConstraint(
                condition=Q(outcome="waiting", rank__gte=1) | ~Q(outcome="waiting") & Q(rank=None),
                name="ranked_on_the_waiting_list_only",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="not_admissible") | ~Q(reason=""), name="not_admissible_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["step"], condition=Q(announced_at=None), name="decision_to_announce"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def procedure(self) -> Procedure:
        """The procedure of the dossier."""
        return self.dossier.procedure


class DecisionCorrection(models.Model):
    """A change of a published decision: proposed by one person, confirmed by another."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="corrections", verbose_name=_("décision"))
    outcome = models.CharField(_("nouvelle décision"), max_length=20, choices=Decision.Outcome.choices)
    reason = models.TextField(_("motif"))
    proposed_at = models.DateTimeField(_("proposée le"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposée par")
    )
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmée par")
    )

    class Meta:
        verbose_name = _("rectification")
        verbose_name_plural = _("rectifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="corrected_by_two_persons",
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(confirmed_at=None), name="one_correction_waits_per_decision"
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Panel(models.Model):
    """Those who hold one test, in one room or remotely; for one programme of the school, or for all of them."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="panels", verbose_name=_("étape"))
    school = models.ForeignKey(School, models.PROTECT, related_name="panels", verbose_name=_("école"))
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="panels", verbose_name=_("formation")
    )
    test = models.SlugField(_("épreuve"), max_length=40)
    name = models.CharField(_("jury"), max_length=120)
    room = models.CharField(_("salle"), max_length=120, blank=True)
    remote_url = models.URLField(_("lien de visioconférence"), blank=True)

    class Meta:
        verbose_name = _("jury d’épreuve")
        verbose_name_plural = _("jurys d’épreuve")
        ordering = ["school", "test", "name"]
        constraints = [models.UniqueConstraint(fields=["step", "school", "name"], name="panel_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def procedure(self) -> Procedure:
        """The procedure whose test it holds."""
        return self.step.procedure


class TestSlot(models.Model):
    """A time at which one panel sees one candidate. A database constraint keeps both from being in two places
    at once.

    Where each programme decides, it is given to a choice, and may be the further interview that a supplement asks for.
    """

    __test__ = False  # not a test class for pytest

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="slots", verbose_name=_("jury"))
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    dossier = models.ForeignKey(
        Dossier, models.SET_NULL, null=True, blank=True, related_name="test_slots", verbose_name=_("dossier")
    )
    choice = models.ForeignKey(
        Choice, models.SET_NULL, null=True, blank=True, related_name="test_slots", verbose_name=_("candidature")
    )
    supplement = models.ForeignKey(
        "juries.Supplement", models.SET_NULL, null=True, blank=True, related_name="slots", verbose_name=_("complément")
    )
    test = models.SlugField(_("épreuve"), max_length=40)
    summoned_at = models.DateTimeField(_("convocation envoyée le"), null=True)
    missed_at = models.DateTimeField(_("absence notée le"), null=True)

    class Meta:
        verbose_name = _("créneau")
        verbose_name_plural = _("créneaux")
        ordering = ["starts_at", "panel"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "starts_at"], name="panel_once_at_a_time"),
            models.UniqueConstraint(fields=["dossier", "test"], condition=Q(choice=None), name="one_slot_per_test"),
            models.UniqueConstraint(
                fields=["choice", "test"], condition=Q(supplement=None), name="one_slot_per_choice_and_test"
            ),
            models.UniqueConstraint(fields=["supplement"], name="one_slot_per_supplement"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="slot_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.panel} {self.starts_at:%d/%m %H:%M}"


class Adjustment(models.Model):
    """What a candidate with a disability is granted at the tests. For those who plan and hold them, nobody else."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="adjustment", verbose_name=_("dossier"))
    arrangements = models.TextField(_("aménagements"))
    extra_minutes = models.PositiveSmallIntegerField(_("minutes de plus"), default=0)  # in each test
    noted_at = models.DateTimeField(_("notés le"))
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("notés par")
    )

    class Meta:
        verbose_name = _("aménagement d’épreuve")
        verbose_name_plural = _("aménagements d’épreuves")

    def __str__(self) -> str:
        return self.arrangements[:60]


class Mark(models.Model):
    """A candidate's mark in a test; an absence is a mark without a value, and may be excused."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="marks", verbose_name=_("dossier"))
    test = models.SlugField(_("épreuve"), max_length=40)
    value = models.DecimalField(_("note"), max_digits=5, decimal_places=2, null=True)
    is_absent = models.BooleanField(_("absence"), default=False)
    excuse = models.CharField(_("motif de l’absence excusée"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("saisie le"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("saisie par")
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "test"], name="one_mark_per_test"),
            models.CheckConstraint(
                condition=Q(value=None, is_absent=True) | Q(value__gte=0, is_absent=False),
                name="mark_or_absence",
            ),
            models.CheckConstraint(condition=Q(excuse="") | Q(is_absent=True), name="only_an_absence_is_excused"),
        ]

    def __str__(self) -> str:
        return f"{self.test} {self.value}"

    @property
    def is_excused(self) -> bool:
        """Whether the jury excused the absence."""
        return bool(self.excuse)

    @property
    def procedure(self) -> Procedure:
        """The procedure of the dossier."""
        return self.dossier.procedure
