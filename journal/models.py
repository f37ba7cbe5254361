"""The journal's entries and the seals that chain them; and the facts that upper apps have yet to act on."""

from __future__ import annotations

import uuid
from typing import Self

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
    """One thing that happened: what, by whom, on what, when. Ids, codes, digests; no personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(_("événement"), max_length=60)
    actor = models.CharField(_("auteur"), max_length=64, blank=True)
    procedure = models.CharField(_("procédure"), max_length=60, blank=True)
    subject_type = models.CharField(_("type d’objet"), max_length=60)
    subject_id = models.CharField(_("objet"), max_length=64)
    details = models.JSONField(_("détails"), default=dict)
    happened_at = models.DateTimeField(_("horodatage"))
    procedure_time = models.DateTimeField(_("heure de la procédure"), null=True)
    number = models.PositiveBigIntegerField(_("numéro d’ordre"), null=True, unique=True)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="entries", verbose_name=_("sceau"))

    class Meta:
        verbose_name = _("entrée du journal")
        verbose_name_plural = _("entrées du journal")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "happened_at"], name="entry_by_subject"),
            models.Index(fields=["procedure", "-happened_at"], name="entry_by_procedure"),
            models.Index(fields=["happened_at"], condition=models.Q(number=None), name="entry_unsealed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number=None, seal=None) | models.Q(number__isnull=False, seal__isnull=False),
                name="numbered_when_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type} {self.subject_id}"


class FactQuerySet(models.QuerySet["Fact"]):
    """Facts by what is left to do."""

    def pending(self) -> Self:
        """Those not acted on yet, in the order in which they were stated."""
        return self.filter(acted_at=None).order_by("pk")


class Fact(models.Model):
    """Something that happened in one app, and that another must act on (see `journal.followups`)."""

    kind = models.CharField(_("fait"), max_length=60)
    subject_id = models.CharField(_("objet"), max_length=64)
    stated_at = models.DateTimeField(_("constaté le"))
    acted_at = models.DateTimeField(_("suivi d’effet le"), null=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fait à suivre")
        verbose_name_plural = _("faits à suivre")
        indexes = [models.Index(fields=["id"], condition=models.Q(acted_at=None), name="fact_pending")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
