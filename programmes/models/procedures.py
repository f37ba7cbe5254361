"""Procedures, and the versions of their rules."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.clock import instant
from journal.errors import Closed
from programmes.rules import Rules
from programmes.rules_field import RulesField
from programmes.text import LocalizedField
from programmes.windows import CalendarEntry, CalendarField
from programmes.words import PARIS

if TYPE_CHECKING:
    from programmes.models.calendar import Step


VERSIONS_KEPT = 64


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Which procedures are announced to a person."""

    def on_show(self, user: User | AnonymousUser) -> Self:
        """Those announced to `user`: real ones, rehearsals that one staffs, all in a demonstration.

        A rehearsal that is not announced is there for those who were given its address.
        """
        if settings.DEMO:
            return self
        staffed = Q(roles__user=user.pk) if user.is_authenticated else Q()
        return self.filter(Q(is_rehearsal=False) | staffed).distinct()


class Procedure(models.Model):
    """One admission call of one year."""

    class Examination(models.TextChoices):
        FIRST_CHOICE = "first_choice", _("par l’école placée en premier")
        CENTRAL = "central", _("par un bureau commun")

    class Judgement(models.TextChoices):
        COMMON = "common", _("un jury commun décide du dossier")
        BY_PROGRAMME = "by_programme", _("chaque formation décide de la candidature qui la concerne")

    slug = models.SlugField(_("adresse"), max_length=60, unique=True)
    code = models.SlugField(_("code"), max_length=50)
    title = LocalizedField(_("titre"))
    short_title = LocalizedField(_("titre court"))
    introduction = LocalizedField(_("présentation"))
    audience = LocalizedField(_("à qui elle s’adresse"))
    year = models.PositiveSmallIntegerField(_("année"))
    is_rehearsal = models.BooleanField(_("répétition"), default=False)
    clock_offset = models.DurationField(_("décalage de l’horloge"), default=dt.timedelta)
    contact_email = models.EmailField(_("adresse de contact"), blank=True)
    website = models.URLField(_("site"), blank=True)
    examination = models.CharField(
        _("vérification des dossiers"), max_length=12, choices=Examination.choices, default=Examination.FIRST_CHOICE
    )
    judgement = models.CharField(_("jugement"), max_length=12, choices=Judgement.choices, default=Judgement.COMMON)
    retention_months = models.PositiveSmallIntegerField(_("conservation des données (mois)"), default=24)
    calendar_entries = CalendarField(_("calendrier"), default=tuple)
    incident = LocalizedField(_("message d’incident"))
    current_version = models.ForeignKey(
        "ProcedureVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("version en vigueur")
    )
    created_at = models.DateTimeField(_("créée le"), default=instant)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("procédure")
        verbose_name_plural = _("procédures")
        ordering = ["-year", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_rehearsal=True) | Q(clock_offset=dt.timedelta(0)),
                name="only_a_rehearsal_moves_its_clock",
            ),
        ]

    def __str__(self) -> str:
        return str(self.short_title) or self.slug

    @property
    def rules(self) -> Rules | None:
        """The rules in force; None of a procedure that is only being made."""
        return rules_of(self.current_version_id) if self.current_version_id else None

    @property
    def judges_by_programme(self) -> bool:
        """Whether each programme decides on the choices that name it; otherwise one jury decides on the dossier."""
        return self.judgement == Procedure.Judgement.BY_PROGRAMME

    def now(self) -> dt.datetime:
        """The procedure's time (UTC): that of the current request, shifted by a rehearsal's offset."""
        return instant() + self.clock_offset

    def today(self) -> dt.date:
        """The day it is on the procedure's clock, in Europe/Paris."""
        return timezone.localdate(self.now(), PARIS)

    @cached_property
    def calendar(self) -> dict[str, CalendarEntry]:
        """The calendar's entries by code ("applications", "late_papers"…)."""
        return {entry.code: entry for entry in self.calendar_entries}

    @cached_property
    def steps_in_order(self) -> list[Step]:
        """The steps of the selection, the first one first."""
        return list(self.steps.all())

    def is_open(self, code: str = "applications") -> bool:
        """Whether the procedure's time is within the calendar's window `code`: its start counts, its end does not."""
        entry = self.calendar.get(code)
        return entry is not None and entry.contains(self.now())

    def require_open(self, code: str = "applications") -> None:
        """Raise `Closed`, saying when the window `code` opens or when it closed. Rule: AST-02."""
        entry = self.calendar.get(code)
        if entry is None:
            raise Closed(gettext("Cette étape n’est pas prévue au calendrier de la procédure."))
        entry.require_contains(self.now())


class ProcedureVersion(models.Model):
    """The rules as they stood from one loading to the next. Never changed.

    Rules are long, and every act and page asks for them: they are read by `rules_of`, and their row is joined nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="versions", verbose_name=_("procédure"))
    number = models.PositiveSmallIntegerField(_("numéro"))
    digest = models.CharField(_("empreinte"), max_length=64)
    rules = RulesField(_("règles"))
    created_at = models.DateTimeField(_("créée le"), default=instant)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["procedure_id", "number"]
        constraints = [models.UniqueConstraint(fields=["procedure", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.procedure.slug} v{self.number}"


@lru_cache(maxsize=VERSIONS_KEPT)
def rules_of(version_id: uuid.UUID) -> Rules:
    """The rules of a version, read once in the life of a process: they never change, nor does a key come twice.

    Raises:
        ProcedureVersion.DoesNotExist: there is no such version.
    """
    return ProcedureVersion.objects.only("rules").get(pk=version_id).rules


class LoadedFile(models.Model):
    """What the last file that was loaded said of the live data: whatever differs now was changed since."""

    procedure = models.OneToOneField(
        Procedure, models.CASCADE, primary_key=True, related_name="loaded_file", verbose_name=_("procédure")
    )
    live = models.JSONField(_("données du dernier fichier"))

    class Meta:
        verbose_name = _("fichier chargé")
        verbose_name_plural = _("fichiers chargés")

    def __str__(self) -> str:
        return self.procedure.slug
