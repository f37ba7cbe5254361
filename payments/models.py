"""Money: what is owed, to which school, and how it was settled. All amounts are integer cents."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.clock import instant
from programmes.models import Participation, Procedure, Role
from programmes.text import LocalizedField

CASHIERS = (Role.Kind.OFFICE, Role.Kind.ACCOUNTANT, Role.Kind.VERIFIER)


class Account(models.Model):
    """What one payer owes and has paid in a procedure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="accounts", verbose_name=_("procédure"))
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="payment_accounts", verbose_name=_("payeur")
    )

    class Meta:
        verbose_name = _("compte de paiement")
        verbose_name_plural = _("comptes de paiement")

    def __str__(self) -> str:
        return str(self.pk)


def kept_by(user: User) -> models.QuerySet[Participation]:
    """The schools, each in a procedure, for which `user` keeps the accounts."""
    roles = Role.objects.filter(user=user, user__is_active=True, kind__in=CASHIERS)
    at_school = Q(school=OuterRef("school")) | Q(school=None)
    return Participation.objects.filter(Exists(roles.filter(at_school, procedure=OuterRef("procedure"))))


class ChargeQuerySet(models.QuerySet["Charge"]):
    """Which charges staff see, and what they wait for."""

    def collected_by(self, user: User) -> Self:
        """Those owed to the schools for which `user` works."""
        return self.filter(payee__in=kept_by(user))

    def visible_to(self, user: User) -> Self:
        """Those of `collected_by` on which the payer has acted; until then they are part of somebody's draft."""
        paid = Payment.objects.filter(charge=OuterRef("pk"))
        asked = Exemption.objects.filter(charge=OuterRef("pk"))
        return self.collected_by(user).filter(Q(Exists(paid)) | Q(Exists(asked)))

    def live(self) -> Self:
        """Those that were not cancelled."""
        return self.exclude(state=Charge.State.CANCELLED)

    def with_announcement(self) -> Self:
        """With what is announced: its day in `declared_on`, its means in `declared_means`; None where nothing is."""
        announced = Payment.objects.announced().filter(charge=OuterRef("pk"))
        return self.annotate(
            declared_on=Subquery(announced.values("declared_on")[:1]),
            declared_means=Subquery(announced.values("means")[:1]),
        )

    def awaiting_transfer(self) -> Self:
        """Those for which money is announced, oldest first."""
        return self.with_announcement().exclude(declared_on=None).order_by("declared_on", "created_at")


class Charge(models.Model):
    """A sum owed to a school. It is settled once, waived, or cancelled."""

    class State(models.TextChoices):
        DUE = "due", _("à régler")
        SETTLED = "settled", _("réglé")
        WAIVED = "waived", _("exonéré")
        CANCELLED = "cancelled", _("annulé")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="charges", verbose_name=_("compte"))
    payee = models.ForeignKey(Participation, models.PROTECT, related_name="charges", verbose_name=_("école payée"))
    reason = models.SlugField(_("objet"), max_length=40)
    subject = models.SlugField(_("pour"), max_length=60, blank=True)  # which, where several are owed for one reason
    reference = models.CharField(_("référence du virement"), max_length=140)
    needed_for = models.CharField(_("exigé pour"), max_length=20)
    amount = models.PositiveIntegerField(_("montant (centimes)"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.DUE)
    basis = models.JSONField(_("base de calcul"), default=dict)  # as the app that opened it keeps it
    due_at = models.DateTimeField(_("à régler avant"), null=True)  # procedure's time
    created_at = models.DateTimeField(_("créé le"), default=instant)
    settled_at = models.DateTimeField(_("réglé le"), null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("somme due")
        verbose_name_plural = _("sommes dues")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "reason", "subject"],
                condition=~Q(state="cancelled"),
                name="one_live_charge_per_reason",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_of_something"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def procedure(self) -> Procedure:
        """The procedure in which the sum is owed."""
        return self.account.procedure

    @property
    def is_overdue(self) -> bool:
        """Whether it is still owed after the instant before which it was to be paid."""
        is_late = self.due_at is not None and self.due_at <= self.procedure.now()
        return self.state == Charge.State.DUE and is_late


class ChargeLine(models.Model):
    """What a charge is made of."""

    charge = models.ForeignKey(Charge, models.CASCADE, related_name="lines", verbose_name=_("somme due"))
    label = LocalizedField(_("intitulé"))
    amount = models.IntegerField(_("montant (centimes)"))

    class Meta:
        verbose_name = _("ligne")
        verbose_name_plural = _("lignes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.label)


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Which payments are on their way."""

    def announced(self) -> Self:
        """Those of which the payer says that they were made, outside of the portal, and nobody has seen yet."""
        return self.filter(means__in=Payment.ANNOUNCED_BY_PAYER, state=Payment.State.DECLARED)


class Payment(models.Model):
    """An attempt to settle a charge: declared or begun, then confirmed or failed."""

    class Means(models.TextChoices):
        TRANSFER = "transfer", _("virement")
        CARD = "card", _("carte bancaire")
        LINK = "link", _("paiement en ligne hors du portail")

    class State(models.TextChoices):
        DECLARED = "declared", _("annoncé")
        CONFIRMED = "confirmed", _("reçu")
        FAILED = "failed", _("non abouti")
        SURPLUS = "surplus", _("reçu en trop")  # the charge no longer needed it: it is to be paid back

    ANNOUNCED_BY_PAYER = (Means.TRANSFER, Means.LINK)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.CASCADE, related_name="payments", verbose_name=_("somme due"))
    means = models.CharField(_("moyen"), max_length=10, choices=Means.choices)
    amount = models.PositiveIntegerField(_("montant (centimes)"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.DECLARED)
    declared_on = models.DateField(_("date annoncée"), null=True)
    provider_reference = models.CharField(_("référence du prestataire"), max_length=200, null=True, unique=True)
    created_at = models.DateTimeField(_("créé le"), default=instant)
    received_on = models.DateField(_("date de réception"), null=True)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("noté par")
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("paiement")
        verbose_name_plural = _("paiements")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["charge"], condition=Q(state="confirmed"), name="charge_paid_once"),
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(state="declared", means__in=["transfer", "link"]),
                name="one_announced_payment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_means_display()} {self.get_state_display()}"


class Exemption(models.Model):
    """A request to owe nothing, on a paper that staff accept or refuse."""

    class State(models.TextChoices):
        ASKED = "asked", _("demandée")
        ACCEPTED = "accepted", _("accordée")
        REFUSED = "refused", _("refusée")

    charge = models.OneToOneField(Charge, models.CASCADE, related_name="exemption", verbose_name=_("somme due"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.ASKED)
    reason = models.CharField(_("motif du refus"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("demandée le"), default=instant)
    decided_at = models.DateTimeField(_("décidée le"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("décidée par")
    )

    class Meta:
        verbose_name = _("exonération")
        verbose_name_plural = _("exonérations")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="exemption_refused_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class Reduction(models.Model):
    """What staff decided of a payer's claim to the smaller fee; none as long as nobody has."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("accordée")
        REFUSED = "refused", _("refusée")

    account = models.OneToOneField(Account, models.CASCADE, related_name="reduction", verbose_name=_("compte"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices)
    reason = models.CharField(_("motif du refus"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("décidée le"), default=instant)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("décidée par")
    )

    class Meta:
        verbose_name = _("tarif réduit")
        verbose_name_plural = _("tarifs réduits")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="reduction_refused_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class RefundQuerySet(models.QuerySet["Refund"]):
    """Which refunds staff see, and what they wait for."""

    def visible_to(self, user: User) -> Self:
        """Those asked of the schools for which `user` keeps the accounts."""
        return self.filter(charge__in=Charge.objects.collected_by(user))

    def waiting(self) -> Self:
        """Those to decide, and those granted that are still to be paid, oldest first."""
        return self.filter(state__in=[Refund.State.ASKED, Refund.State.GRANTED]).order_by("asked_at")


class Refund(models.Model):
    """A sum that was paid and is asked back, on a paper that staff accept or refuse. It is paid back once."""

    class State(models.TextChoices):
        ASKED = "asked", _("demandé")
        GRANTED = "granted", _("accordé, à verser")
        REFUSED = "refused", _("refusé")
        PAID = "paid", _("versé")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.CASCADE, related_name="refunds", verbose_name=_("somme réglée"))
    rule = models.SlugField(_("cas"), max_length=40)  # of the procedure's rules
    label = LocalizedField(_("intitulé"))
    amount = models.PositiveIntegerField(_("montant (centimes)"))
    proof = models.UUIDField(_("justificatif"))  # a file's id: payments and documents do not know each other
    iban = models.CharField("IBAN", max_length=34)
    account_holder = models.CharField(_("titulaire du compte"), max_length=120)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.ASKED)
    reason = models.CharField(_("motif du refus"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("demandé le"))
    decided_at = models.DateTimeField(_("décidé le"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("décidé par")
    )
    paid_on = models.DateField(_("versé le"), null=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("versement noté par")
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("remboursement")
        verbose_name_plural = _("remboursements")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["charge"], condition=~Q(state="refused"), name="one_live_refund_per_charge"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="refund_refused_with_a_reason"),
            models.CheckConstraint(condition=~Q(state="paid") | Q(paid_on__isnull=False), name="refund_paid_on_a_day"),
        ]

    def __str__(self) -> str:
        return self.charge.reference

    @property
    def procedure(self) -> Procedure:
        """The procedure in which the sum was owed."""
        return self.charge.procedure


class Mandate(models.Model):
    """A payer's permission to debit what is due later from a bank account. Signed anew, it replaces the one before."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="mandates", verbose_name=_("compte"))
    payee = models.ForeignKey(Participation, models.PROTECT, related_name="mandates", verbose_name=_("école"))
    subject = models.SlugField(_("pour"), max_length=60)  # as of the charge that was paid first
    reference = models.CharField(_("référence du mandat"), max_length=35, unique=True)
    iban = models.CharField("IBAN", max_length=34)
    account_holder = models.CharField(_("titulaire du compte"), max_length=120)
    signed_at = models.DateTimeField(_("signé le"))

    class Meta:
        verbose_name = _("mandat de prélèvement")
        verbose_name_plural = _("mandats de prélèvement")
        ordering = ["-signed_at"]
        constraints = [models.UniqueConstraint(fields=["account", "subject"], name="one_mandate_per_subject")]

    def __str__(self) -> str:
        return self.reference


class LedgerLine(models.Model):
    """One side of a movement of money; the lines of a movement sum to zero."""

    movement = models.UUIDField(_("mouvement"), db_index=True)
    ledger = models.CharField(_("compte comptable"), max_length=80)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="ledger_lines", verbose_name=_("somme due"))
    amount = models.IntegerField(_("montant (centimes)"))
    booked_at = models.DateTimeField(_("passé le"))

    class Meta:
        verbose_name = _("ligne comptable")
        verbose_name_plural = _("lignes comptables")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.ledger} {self.amount}"
