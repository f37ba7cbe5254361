"""Schools: what they are, how each takes part in a procedure, and who staffs it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.clock import instant
from programmes.models.procedures import Procedure
from programmes.text import LocalizedField
from programmes.words import PARIS


class School(models.Model):
    """An institution that recruits."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    website = models.URLField(_("site"), blank=True)
    accent = models.CharField(_("couleur"), max_length=7, default="#1f3a5f")

    class Meta:
        verbose_name = _("école")
        verbose_name_plural = _("écoles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Participation(models.Model):
    """A school in a procedure: how to reach it there, and where to pay it."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="participations", verbose_name=_("procédure"))
    school = models.ForeignKey(School, models.PROTECT, related_name="participations", verbose_name=_("école"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    department = models.CharField(_("service"), max_length=120, blank=True)
    address = models.TextField(_("adresse"), blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    presentation = LocalizedField(_("présentation"))
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    account_holder = models.CharField(_("titulaire du compte"), max_length=120, blank=True)
    takes_cards = models.BooleanField(_("accepte la carte"), default=False)

    class Meta:
        verbose_name = _("école participante")
        verbose_name_plural = _("écoles participantes")
        ordering = ["procedure_id", "position"]
        constraints = [models.UniqueConstraint(fields=["procedure", "school"], name="school_once_per_procedure")]

    def __str__(self) -> str:
        return self.school.name


class RoleQuerySet(models.QuerySet["Role"]):
    """Who may do what."""

    def in_force(self) -> Self:
        """Without the roles that were lent until a day that is over (Europe/Paris, by the wall clock)."""
        return self.filter(Q(until=None) | Q(until__gte=timezone.localdate(instant(), PARIS)))

    def held(self, user: User, procedure: Procedure, *kinds: str) -> Self:
        """The roles of one of `kinds` that `user` holds in `procedure`."""
        return self.filter(user=user, procedure=procedure, kind__in=kinds)


class RolesInForce(models.Manager["Role"]):
    """A lent role gives no right from the end of its last day on, be the task that takes it away late."""

    def get_queryset(self) -> RoleQuerySet:
        return RoleQuerySet(self.model, using=self._db).in_force()


class Role(models.Model):
    """What a member of staff may do in a procedure: in one programme, in one school, or everywhere if it names none.

    A role may be lent: its deputy holds one that is the same but for the person, until a day. Rule: ALL-07.
    """

    class Kind(models.TextChoices):
        OFFICE = "office", _("bureau du concours")
        VERIFIER = "verifier", _("service admissions")
        ACCOUNTANT = "accountant", _("comptabilité")
        JURY = "jury", _("membre du jury")
        PRESIDENT = "president", _("présidence du jury")
        HEAD = "head", _("responsable de formation")
        EVALUATOR = "evaluator", _("évaluation des dossiers")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles", verbose_name=_("compte"))
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="roles", verbose_name=_("procédure"))
    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("école")
    )
    programme = models.ForeignKey(
        "programmes.Programme", models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("formation")
    )
    kind = models.CharField(_("rôle"), max_length=20, choices=Kind.choices)

    until = models.DateField(_("jusqu’au"), null=True, blank=True)  # the last day of a role that was lent
    deputy_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="deputies", verbose_name=_("en suppléance de")
    )

    objects: ClassVar[RolesInForce] = RolesInForce()
    also_over = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rôle")
        verbose_name_plural = _("rôles")
        ordering = ["procedure", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "procedure", "school", "kind"], condition=Q(programme=None), name="role_once_per_school"
            ),
            models.UniqueConstraint(
                fields=["user", "procedure", "kind"],
                condition=Q(school=None, programme=None),
                name="role_once_for_all_schools",
            ),
            models.UniqueConstraint(fields=["user", "programme", "kind"], name="role_once_per_programme"),
            models.CheckConstraint(
                condition=Q(programme=None) | Q(school__isnull=False), name="role_in_a_programme_names_its_school"
            ),
            models.CheckConstraint(
                condition=Q(until=None, deputy_of=None) | Q(until__isnull=False, deputy_of__isnull=False),
                name="role_lent_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"
