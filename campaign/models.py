"""What spans the apps: how far the playing of a rehearsal has come; and what was done to the accounts of people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.leases import Leased
from programmes.models import Procedure


class Play(Leased):
    """A rehearsal that is played up to a moment of its calendar. Who plays it holds the lease."""

    procedure = models.OneToOneField(
        Procedure, models.CASCADE, primary_key=True, related_name="play", verbose_name=_("procédure")
    )
    seed = models.IntegerField(_("graine"))
    candidates = models.PositiveSmallIntegerField(_("candidats"))
    moment = models.CharField(_("moment"), max_length=40)  # of campaign.demonstration.moments
    until = models.DateTimeField(_("à jouer jusqu’au"))
    played = models.DateTimeField(_("joué jusqu’au"), null=True)
    stage = models.CharField(_("étape"), max_length=40, blank=True)
    share = models.PositiveSmallIntegerField(_("pour cent"), default=0)
    starts_over = models.BooleanField(_("à reprendre du début"), default=False)

    class Meta:
        verbose_name = _("répétition jouée")
        verbose_name_plural = _("répétitions jouées")

    def __str__(self) -> str:
        return f"{self.procedure} {self.until:%d/%m/%Y}"

    @property
    def is_under_way(self) -> bool:
        """Whether something is left to play."""
        return self.starts_over or self.played is None or self.played < self.until


class AddressChange(models.Model):
    """Another address for an account, written by staff once they had made sure of whose it is."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes", verbose_name=_("compte")
    )
    before = models.EmailField(_("ancienne adresse"))
    after = models.EmailField(_("nouvelle adresse"))
    checked_how = models.CharField(_("vérification de l’identité"), max_length=500)
    changed_at = models.DateTimeField(_("changée le"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("changée par")
    )

    class Meta:
        verbose_name = _("changement d’adresse")
        verbose_name_plural = _("changements d’adresse")
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.changed_at:%d/%m/%Y}"


class DataRequest(models.Model):
    """What a person asked about their own data, and when it was done. Rule: APP-19."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("copie des données")
        ERASURE = "erasure", _("effacement")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="data_requests", verbose_name=_("compte")
    )
    kind = models.CharField(_("demande"), max_length=10, choices=Kind.choices)
    asked_at = models.DateTimeField(_("demandé le"))
    done_at = models.DateTimeField(_("fait le"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("fait par")
    )

    class Meta:
        verbose_name = _("demande sur les données")
        verbose_name_plural = _("demandes sur les données")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(kind="erasure", done_at=None), name="one_erasure_asked_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
