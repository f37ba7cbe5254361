"""The journal's entries and the seals that chain them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """A batch of entries numbered and chained: its digest covers its entries and the seal before."""

    number = models.PositiveBigIntegerField(_("numéro"), unique=True)
    digest = models.CharField(_("empreinte"), max_length=64)
    previous_digest = models.CharField(_("empreinte précédente"), max_length=64, blank=True)
    sealed_at = models.DateTimeField(_("scellé le"))

    class Meta:
        verbose_name = _("sceau")
        verbose_name_plural = _("sceaux")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}"


class Entry(models.Model):
    """One thing that happened: what, by whom, on what, when. Ids, codes and digests only, no personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(_("événement"), max_length=60)
    actor = models.CharField(_("auteur"), max_length=64, blank=True)
    procedure = models.CharField(_("procédure"), max_length=60, blank=True)
    subject_type = models.CharField(_("type d'objet"), max_length=60)
    subject_id = models.CharField(_("objet"), max_length=64)
    details = models.JSONField(_("détails"), default=dict)
    happened_at = models.DateTimeField(_("horodatage"))
    procedure_time = models.DateTimeField(_("heure de la procédure"), null=True)
    number = models.PositiveBigIntegerField(_("numéro d'ordre"), null=True, unique=True)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="entries", verbose_name=_("sceau"))

    class Meta:
        verbose_name = _("entrée du journal")
        verbose_name_plural = _("entrées du journal")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "happened_at"], name="entry_by_subject"),
            models.Index(fields=["happened_at"], condition=models.Q(number=None), name="entry_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type} {self.subject_id}"
