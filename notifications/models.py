"""The outbox: mails written in the transaction of the act that causes them, sent afterwards."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.clock import instant
from journal.leases import Leased
from notifications.kinds import in_words
from programmes.models import Procedure


class MailQuerySet(models.QuerySet["Mail"]):
    """Mails by what is to be done about them."""

    def to_send(self) -> Self:
        """Those that wait to leave: first the codes that somebody sits waiting for, then the oldest."""
        waiting = self.filter(state=Mail.State.QUEUED).select_related("procedure", "recipient")
        return waiting.order_by("-is_secret", "queued_at")

    def last_not_delivered(self, user: User) -> Mail | None:
        """The last mail to the address that `user` now has, if it was refused: the person is told so on the site.

        One that has arrived since makes up for it.
        """
        tried = self.filter(recipient=user, address=user.email, state__in=(Mail.State.SENT, Mail.State.FAILED))
        last = tried.order_by("queued_at").last()
        return last if last is not None and last.state == Mail.State.FAILED else None


class Mail(Leased):
    """One mail to one person. Its key makes it unique: the same event never writes twice."""

    class State(models.TextChoices):
        QUEUED = "queued", _("à envoyer")
        SENT = "sent", _("envoyé")
        FAILED = "failed", _("non remis")
        KEPT = "kept", _("gardé (répétition)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("clé"), max_length=200, unique=True)
    kind = models.CharField(_("modèle"), max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="mails",
        verbose_name=_("destinataire"),
    )
    address = models.EmailField(_("adresse"))
    language = models.CharField(_("langue"), max_length=5, default="fr")
    procedure = models.ForeignKey(
        Procedure, models.CASCADE, null=True, related_name="mails", verbose_name=_("procédure")
    )
    context = models.JSONField(_("contenu"), default=dict)
    calendar = models.TextField(_("fichier de calendrier"), blank=True)
    is_secret = models.BooleanField(_("confidentiel"), default=False)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField(_("créé le"), default=instant)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    sent_at = models.DateTimeField(_("envoyé le"), null=True)
    failure = models.CharField(_("motif de l’échec"), max_length=500, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("courriel")
        verbose_name_plural = _("courriels")
        ordering = ["-queued_at"]
        indexes = [
            models.Index(fields=["-is_secret", "queued_at"], condition=Q(state="queued"), name="mail_to_send"),
            models.Index(fields=["procedure", "-queued_at"], name="mail_by_procedure"),
        ]

    def __str__(self) -> str:
        return f"{in_words(self.kind)} · {self.get_state_display()}"
