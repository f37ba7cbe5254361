"""What is studied and by which route one enters: programmes, tracks, and the seats of each pair."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programmes.models.procedures import Procedure
from programmes.models.schools import School
from programmes.text import LocalizedField


class Programme(models.Model):
    """What is studied, in one school, in this procedure."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="programmes", verbose_name=_("procédure"))
    school = models.ForeignKey(School, models.PROTECT, related_name="programmes", verbose_name=_("école"))
    code = models.SlugField(_("code"), max_length=40)
    title = LocalizedField(_("intitulé"))
    description = LocalizedField(_("description"))
    starts_on = models.DateField(_("rentrée"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("formation")
        verbose_name_plural = _("formations")
        ordering = ["procedure_id", "position"]
        constraints = [models.UniqueConstraint(fields=["procedure", "code"], name="programme_code_once")]

    def __str__(self) -> str:
        return str(self.title)


class Track(models.Model):
    """The route by which one enters a programme."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="tracks", verbose_name=_("procédure"))
    code = models.CharField(_("code"), max_length=40)
    label = LocalizedField(_("intitulé"))
    entry_year = models.PositiveSmallIntegerField(_("année d’entrée"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("filière")
        verbose_name_plural = _("filières")
        ordering = ["procedure_id", "position"]
        constraints = [models.UniqueConstraint(fields=["procedure", "code"], name="track_code_once")]

    def __str__(self) -> str:
        return str(self.label)


class Pool(models.Model):
    """The seats of a programme for those who enter it by one track."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="pools", verbose_name=_("formation"))
    track = models.ForeignKey(Track, models.CASCADE, related_name="pools", verbose_name=_("filière"))
    seats = models.PositiveSmallIntegerField(_("places"))
    calls = models.PositiveSmallIntegerField(
        _("appels"), null=True, blank=True, help_text=_("Par défaut, autant que de places.")
    )

    class Meta:
        verbose_name = _("contingent")
        verbose_name_plural = _("contingents")
        ordering = ["programme__position", "track__position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "track"], name="pool_once"),
            models.CheckConstraint(condition=Q(calls=None) | Q(calls__gte=F("seats")), name="calls_at_least_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.programme.school} · {self.track}"

    @property
    def procedure(self) -> Procedure:
        """The procedure of the programme."""
        return self.programme.procedure

    @property
    def capacity(self) -> int:
        """How many offers may stand at once: the calls, by default as many as the seats."""
        return self.seats if self.calls is None else self.calls
