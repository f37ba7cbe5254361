"""What others say of a dossier, and what is said to and fro: referees, corrections, messages, what staff typed in."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applicants.models.dossiers import Dossier
from documents.models import Folder
from programmes.models import Procedure


class Referee(models.Model):
    """A person whom the candidate asks for a confidential opinion; they answer through a link, without an account."""

    class State(models.TextChoices):
        ASKED = "asked", _("sollicité")
        DEPOSITED = "deposited", _("fiche déposée")
        DECLINED = "declined", _("décliné")
        REPLACED = "replaced", _("remplacé")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="referees", verbose_name=_("dossier"))
    kind = models.SlugField(_("qualité"), max_length=40)
    name = models.CharField(_("nom"), max_length=160)
    position = models.CharField(_("fonction"), max_length=160, blank=True)
    email = models.EmailField(_("adresse électronique"))
    language = models.CharField(_("langue"), max_length=5, default="fr")
    secret_digest = models.CharField(max_length=64, unique=True, editable=False)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("sollicité le"))
    reminded_at = models.DateTimeField(_("relancé le"), null=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True)

    class Meta:
        verbose_name = _("référent")
        verbose_name_plural = _("référents")
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return self.name


class Appraisal(models.Model):
    """What a referee wrote: a draft until deposited. The candidate never sees it."""

    referee = models.OneToOneField(Referee, models.CASCADE, related_name="appraisal", verbose_name=_("référent"))
    answers = models.JSONField(_("réponses"), default=dict)
    saved_at = models.DateTimeField(_("enregistrée le"))
    deposited_at = models.DateTimeField(_("déposée le"), null=True)

    class Meta:
        verbose_name = _("fiche d’appréciation")
        verbose_name_plural = _("fiches d’appréciation")

    def __str__(self) -> str:
        return f"{self.referee_id}"


class Correction(models.Model):
    """Something asked of the candidate after submission: what it opens, why, and until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="corrections", verbose_name=_("dossier"))
    opens = models.JSONField(_("ouvre"), default=list)  # "page:identity", "paper:cv", "payment"
    reason = models.TextField(_("ce qui est demandé"))
    until = models.DateTimeField(_("jusqu’au"))
    asked_at = models.DateTimeField(_("demandée le"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("demandée par")
    )
    answered_at = models.DateTimeField(_("répondue le"), null=True)
    withdrawn_at = models.DateTimeField(_("levée le"), null=True)

    class Meta:
        verbose_name = _("correction demandée")
        verbose_name_plural = _("corrections demandées")
        ordering = ["asked_at"]
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("asked_at")), name="correction_leaves_time")]

    def __str__(self) -> str:
        return self.reason[:60]

    @property
    def procedure(self) -> Procedure:
        """The procedure of the dossier."""
        return self.dossier.procedure

    @property
    def is_open(self) -> bool:
        """Whether the candidate may still answer it."""
        waiting = self.answered_at is None and self.withdrawn_at is None
        return waiting and self.procedure.now() < self.until


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by who has not read them yet."""

    def unread_by_candidate(self) -> Self:
        """Those that the candidate has not seen."""
        return self.filter(by_candidate=False, read_at=None)

    def unread_by_staff(self) -> Self:
        """Those of candidates that nobody who answers them has seen."""
        return self.filter(by_candidate=True, read_at=None)


class Message(models.Model):
    """What the candidate and those who examine the dossier write to each other inside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="messages", verbose_name=_("dossier"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("auteur")
    )
    by_candidate = models.BooleanField(_("du candidat"))
    text = models.TextField(_("message"))
    folder = models.OneToOneField(
        Folder, models.PROTECT, null=True, related_name="message", verbose_name=_("fichiers joints")
    )
    sent_at = models.DateTimeField(_("envoyé le"))
    read_at = models.DateTimeField(_("lu le"), null=True)  # by the candidate, or by the first of the staff

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["sent_at", "pk"]
        indexes = [
            models.Index(fields=["dossier", "sent_at"], name="message_by_dossier"),
            models.Index(fields=["dossier"], condition=Q(read_at=None), name="message_unread"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def procedure(self) -> Procedure:
        """The procedure of the dossier."""
        return self.dossier.procedure


class TypedIn(models.Model):
    """A part of a dossier that a member of staff filled in for the candidate, and why."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="typed_in", verbose_name=_("dossier"))
    place = models.CharField(_("partie"), max_length=120)  # "page:contact", "paper:cv"
    reason = models.CharField(_("motif"), max_length=500)
    typed_at = models.DateTimeField(_("saisi le"))
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("saisi par")
    )

    class Meta:
        verbose_name = _("saisie pour un candidat")
        verbose_name_plural = _("saisies pour des candidats")
        ordering = ["typed_at"]

    def __str__(self) -> str:
        return self.place
