"""Seats: the jury's lists, what is offered in each period, what is answered; places to confirm, where there are no
periods; who is enrolled.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applicants.models import Choice, Dossier, Status
from juries.models import Decision
from offers.allocation import Reply
from programmes.models import Period, Pool, Procedure, Step


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    """Places on lists: behind the gate of the admission's publication, and by whether they still count."""

    def visible(self, procedure: Procedure) -> Self:
        """The entries of `procedure`, once its admission results are public on its clock. Rules: AST-16, AST-20."""
        return self.filter(
            pool__programme__procedure=procedure,
            pool__programme__procedure__steps__kind=Step.Kind.ADMISSION,
            pool__programme__procedure__steps__publications__visible_at__lte=procedure.now(),
        )

    def live(self) -> Self:
        """Those not struck out, of dossiers that are still in the procedure."""
        return self.filter(struck_at=None, dossier__status=Status.VALIDATED)


class ListEntry(models.Model):
    """A candidate's rank on the admission list of a pool. An entry that no longer counts is struck out, and why."""

    class Struck(models.TextChoices):
        ACCEPTED_ELSEWHERE = "accepted", _("a accepté définitivement une autre proposition")
        BETTER_OFFER = "better", _("vœu moins bien classé que la proposition reçue")
        DECLINED = "declined", _("a refusé cette proposition")
        WITHDRAWN = "withdrawn", _("s’est retiré")
        SILENT = "silent", _("n’a pas répondu")
        LAPSED = "lapsed", _("n’a pas produit le titre exigé")
        REFUSED = "refused", _("décision du jury rectifiée")
        ENDED = "ended", _("fin de la dernière période")

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="entries", verbose_name=_("contingent"))
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="list_entries", verbose_name=_("dossier"))
    rank = models.PositiveIntegerField(_("rang"))
    struck_at = models.DateTimeField(_("rayé le"), null=True)
    struck_because = models.CharField(_("motif"), max_length=10, choices=Struck.choices, blank=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("rang au tableau d’admission")
        verbose_name_plural = _("tableaux d’admission")
        ordering = ["pool", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "dossier"], name="once_on_a_list"),
            models.UniqueConstraint(fields=["pool", "rank"], name="no_ties_on_a_list"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="list_rank_from_one"),
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_because="") | Q(struck_at__isnull=False) & ~Q(struck_because=""),
                name="struck_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} n° {self.rank}"


class PeriodSeats(models.Model):
    """The seats and calls of a pool when a period opened, and the rank of the last one called by then."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="seats", verbose_name=_("période"))
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="period_seats", verbose_name=_("contingent"))
    seats = models.PositiveSmallIntegerField(_("places"))
    calls = models.PositiveSmallIntegerField(_("appels"))
    last_called = models.PositiveIntegerField(_("rang du dernier appelé"), null=True)

    class Meta:
        verbose_name = _("places d’une période")
        verbose_name_plural = _("places des périodes")
        constraints = [models.UniqueConstraint(fields=["period", "pool"], name="pool_once_per_period")]

    def __str__(self) -> str:
        return f"{self.period} {self.pool}"


class SeatMove(models.Model):
    """Unfilled seats moved from one track to another between periods: how many, who, why."""

    source = models.ForeignKey(Pool, models.CASCADE, related_name="+", verbose_name=_("de"))
    target = models.ForeignKey(Pool, models.CASCADE, related_name="+", verbose_name=_("vers"))
    count = models.PositiveSmallIntegerField(_("places"))
    reason = models.CharField(_("motif"), max_length=500)
    moved_at = models.DateTimeField(_("le"))
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("par")
    )

    class Meta:
        verbose_name = _("report de places")
        verbose_name_plural = _("reports de places")
        ordering = ["moved_at"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="moves_elsewhere"),
            models.CheckConstraint(condition=~Q(reason=""), name="moved_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.count}"


class OfferQuerySet(models.QuerySet["Offer"]):
    """Offers behind the gate of their period's start."""

    def visible(self, procedure: Procedure) -> Self:
        """The offers of the periods of `procedure` that have begun on its clock."""
        return self.filter(period__procedure=procedure, period__starts_at__lte=procedure.now())


class Offer(models.Model):
    """A seat offered, or kept, in one period."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="offers", verbose_name=_("période"))
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="offers", verbose_name=_("dossier"))
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="offers", verbose_name=_("contingent"))
    made_at = models.DateTimeField(_("faite le"))

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposition")
        verbose_name_plural = _("propositions")
        ordering = ["period", "pool"]
        constraints = [models.UniqueConstraint(fields=["period", "dossier"], name="one_offer_per_period")]

    def __str__(self) -> str:
        return f"{self.pool}"


class ReplyRecord(models.Model):
    """A reply given in a period. All are kept; until the period ends, the last one counts."""

    class Kind(models.TextChoices):
        ACCEPT = Reply.ACCEPT.value, _("OUI DÉFINITIF")
        ACCEPT_BUT = Reply.ACCEPT_BUT.value, _("OUI MAIS")
        DECLINE_BUT = Reply.DECLINE_BUT.value, _("NON MAIS")
        WAIT = Reply.WAIT.value, _("ATTENTE")
        WITHDRAW = Reply.WITHDRAW.value, _("NON")

    period = models.ForeignKey(Period, models.CASCADE, related_name="replies", verbose_name=_("période"))
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="replies", verbose_name=_("dossier"))
    reply = models.CharField(_("réponse"), max_length=12, choices=Kind.choices)
    given_at = models.DateTimeField(_("donnée le"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("donnée par")
    )
    by_relative = models.BooleanField(_("donnée par un proche"), default=False)

    class Meta:
        verbose_name = _("réponse à une proposition")
        verbose_name_plural = _("réponses aux propositions")
        ordering = ["pk"]
        indexes = [models.Index(fields=["period", "dossier", "-id"], name="last_reply")]
        constraints = [
            models.CheckConstraint(condition=Q(by_relative=False) | Q(given_by=None), name="relative_has_no_account"),
        ]

    def __str__(self) -> str:
        said = self.get_reply_display()
        return gettext("%(reply)s (par un proche)") % {"reply": said} if self.by_relative else said


class ReplyCode(models.Model):
    """The code by which a relative may answer for a dossier: its digest, and how often it was mistyped."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="reply_code", verbose_name=_("dossier"))
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("fait le"))
    wrong_tries = models.PositiveSmallIntegerField(_("essais manqués de suite"), default=0)
    mistyped_at = models.DateTimeField(_("dernier essai manqué le"), null=True)  # wall time

    class Meta:
        verbose_name = _("code de réponse")
        verbose_name_plural = _("codes de réponse")

    def __str__(self) -> str:
        return f"{self.dossier_id}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Seats taken, by whether they still are."""

    def standing(self) -> Self:
        """Those neither lapsed nor given up: each holds a seat."""
        return self.exclude(state__in=[Enrolment.State.LAPSED, Enrolment.State.GIVEN_UP])


class Enrolment(models.Model):
    """A seat taken for good: conditional until the required title has come in and been accepted."""

    class State(models.TextChoices):
        AWAITING_TITLE = "awaiting", _("en attente du titre")
        DEFINITIVE = "definitive", _("admission définitive")
        LAPSED = "lapsed", _("caduque")
        GIVEN_UP = "given_up", _("abandonnée")

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="enrolment", verbose_name=_("dossier"))
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="enrolments", verbose_name=_("contingent"))
    state = models.CharField(_("état"), max_length=12, choices=State.choices, default=State.AWAITING_TITLE)
    taken_at = models.DateTimeField(_("acceptée le"))
    integration_file_at = models.DateTimeField(_("dossier d’intégration reçu le"), null=True)
    pronounced_at = models.DateTimeField(_("prononcée le"), null=True)
    ended_at = models.DateTimeField(_("terminée le"), null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrant")
        verbose_name_plural = _("entrants")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="definitive") | Q(pronounced_at__isnull=False),
                name="definitive_when_pronounced",
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def is_standing(self) -> bool:
        """Whether it holds a seat."""
        return self.state not in (Enrolment.State.LAPSED, Enrolment.State.GIVEN_UP)

    @property
    def procedure(self) -> Procedure:
        """The procedure of the dossier."""
        return self.dossier.procedure


class PlaceQuerySet(models.QuerySet["Place"]):
    """Places by whether they hold a seat, and behind the gate of the decision that they rest on."""

    def visible(self, procedure: Procedure) -> Self:
        """The places of `procedure` whose decision is public on its clock."""
        return self.filter(dossier__procedure=procedure, decision__publication__visible_at__lte=procedure.now())

    def standing(self) -> Self:
        """Those that hold a seat: to be confirmed, or confirmed."""
        return self.filter(state__in=Place.STANDING)


class Place(models.Model):
    """A seat in a programme, kept for one candidate until confirmed; freed when it is not, or given up."""

    class State(models.TextChoices):
        OFFERED = "offered", _("à confirmer")
        CONFIRMED = "confirmed", _("confirmée")
        DECLINED = "declined", _("rendue par le candidat")
        RELEASED = "released", _("libérée, faute de confirmation")
        LAPSED = "lapsed", _("caduque, faute de titre")
        REVOKED = "revoked", _("retirée")  # the decision was corrected, or the dossier voided

    STANDING = (State.OFFERED, State.CONFIRMED)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="places", verbose_name=_("dossier"))
    choice = models.OneToOneField(Choice, models.RESTRICT, related_name="place", verbose_name=_("candidature"))
    decision = models.OneToOneField(Decision, models.RESTRICT, related_name="place", verbose_name=_("décision"))
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="places", verbose_name=_("contingent"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OFFERED)
    offered_at = models.DateTimeField(_("proposée le"))
    until = models.DateTimeField(_("à confirmer avant le"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True)  # by a word, where nothing else is asked
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True)
    ended_at = models.DateTimeField(_("terminée le"), null=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["pool", "offered_at"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("offered_at")), name="place_leaves_time"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="confirmed_place_says_when"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "confirmed"], ended_at=None)
                | ~Q(state__in=["offered", "confirmed"]) & Q(ended_at__isnull=False),
                name="place_ended_when_it_no_longer_stands",
            ),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(state="confirmed"), name="one_confirmed_place_per_dossier"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def procedure(self) -> Procedure:
        """The procedure of the dossier."""
        return self.dossier.procedure

    @property
    def is_standing(self) -> bool:
        """Whether it holds a seat."""
        return self.state in Place.STANDING

    @property
    def is_called(self) -> bool:
        """Whether it was offered to somebody of the waiting list."""
        return self.decision.outcome == Decision.Outcome.WAITING

    @property
    def is_late(self) -> bool:
        """Whether the time to confirm it is over, and it is not confirmed."""
        return self.state == Place.State.OFFERED and self.procedure.now() >= self.until
