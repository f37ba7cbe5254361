"""Outlook: all that one candidate may see of the integration, read behind the gates in a few queries.

Where the candidate stands for each choice, what is offered, what was answered, what comes next. Nothing is read before
the admission's results are public on the procedure's clock, and no offer before its period has begun.
Rules: AST-16, AST-17, AST-20.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext, ngettext

from applicants.models import Choice, Dossier
from juries.models import Decision
from offers.allocation import Reply, Standing
from offers.models import Enrolment, ListEntry, Offer, PeriodSeats, ReplyCode, ReplyRecord
from offers.replies import KEEPING, ReplyOption, options_in
from offers.standings import held_of
from offers.wording import STRUCK_WORDS, Situation
from programmes.models import Period, Pool, Step
from programmes.words import date_and_hour


@dataclass(frozen=True)
class ChoiceLine:
    """One of the candidate's choices: the rank on its list, how far the list was called, and what that means."""

    choice: Choice
    rank: int | None  # none: the jury did not put the candidate on this list
    last_called: int | None  # none: nobody was called yet
    seats: int | None
    kind: str  # of components/state_tag.html
    state: str


@dataclass(frozen=True)
class PastPeriod:
    """What a period brought, in the table of those that are over."""

    period: Period
    offer: str  # the school's name; empty without an offer
    reply: str  # the last one; empty for silence


@dataclass(frozen=True)
class Outlook:
    """What the candidate's page shows. Everything in it may be seen by the candidate now."""

    dossier: Dossier
    decision: Decision | None  # none: the results of the admission are not public
    is_not_admissible: bool = False  # turned down before the tests: the admission decides nothing for this candidate
    choices: Sequence[Choice] = ()
    entries: Sequence[ListEntry] = ()
    periods: Sequence[Period] = ()
    offers: Sequence[Offer] = ()
    replies: Sequence[ReplyRecord] = ()
    reached: Sequence[PeriodSeats] = ()  # of the pools of the entries, in the order of the periods
    enrolment: Enrolment | None = None
    reply_code: ReplyCode | None = None

    @cached_property
    def period(self) -> Period | None:
        """The period under way."""
        now = self.dossier.procedure.now()
        return next((period for period in self.periods if period.is_under_way(now)), None)

    @cached_property
    def next_period(self) -> Period | None:
        """The next to open."""
        waiting = (period for period in self.periods if period.opened_at is None)
        return next((period for period in waiting if self.dossier.procedure.now() < period.ends_at), None)

    @cached_property
    def is_last_period(self) -> bool:
        """Whether no period comes after the one under way."""
        return self.period is not None and self.period == self.periods[-1]

    @cached_property
    def offer(self) -> Offer | None:
        """The offer of the period under way."""
        return next((offer for offer in self.offers if offer.period == self.period), None)

    @cached_property
    def reply(self) -> ReplyRecord | None:
        """The last reply given in the period under way."""
        return next((reply for reply in reversed(self.replies) if reply.period == self.period), None)

    @cached_property
    def standing(self) -> Standing[int]:
        """Where the candidate stands, as the allocation sees it."""
        rank_of = {choice.programme_id: choice.rank for choice in self.choices}
        live = [entry.pool for entry in self.entries if entry.struck_at is None]
        live.sort(key=lambda pool: rank_of[pool.programme_id])
        pools = [pool.pk for pool in live]
        before = [offer.pool_id for offer in self.offers if offer.period.closed_at is not None]
        takes = self.enrolment is not None and self.enrolment.is_standing
        return Standing(tuple(pools), held=held_of(pools, before[-1] if before else None), accepted_for_good=takes)

    @property
    def is_in_play(self) -> bool:
        """Whether an offer may still come or be kept."""
        return bool(self.standing.live)

    @property
    def held_school(self) -> str:
        """The name of the school whose place is kept between two periods; empty if none is."""
        return next((_school(entry.pool) for entry in self.entries if entry.pool_id == self.standing.held), "")

    @property
    def situation(self) -> Situation | None:
        """What there is to answer; nothing outside of a period, nor when no answer could change anything."""
        if self.period is None or not self.is_in_play or (self.offer is None and self.is_last_period):
            return None
        return Situation(
            standing=self.standing,
            offered=self.offer.pool_id if self.offer else None,
            names={entry.pool_id: _school(entry.pool) for entry in self.entries},
            ends_at=self.period.ends_at,
            is_last=self.is_last_period,
        )

    @cached_property
    def options(self) -> list[ReplyOption]:
        """The answers that may be given now."""
        return options_in(self.situation) if self.situation else []

    @property
    def may_lend_reply(self) -> bool:
        """Whether a relative may be asked to answer: something is to be answered, now or in a later period."""
        is_asked = self.situation is not None or self.next_period is not None
        return self.is_in_play and is_asked and not self.standing.accepted_for_good

    @property
    def recorded(self) -> ReplyOption | None:
        """The answer that counts so far, with what it does."""
        return self.option(self.reply.reply) if self.reply else None

    def option(self, code: str) -> ReplyOption | None:
        """The answer of that code, if it may be given now."""
        return next((option for option in self.options if option.reply == code), None)

    @property
    def lines(self) -> list[ChoiceLine]:
        """One line per choice, best first."""
        entry_of = {entry.pool.programme_id: entry for entry in self.entries}
        return [self._line(choice, entry_of.get(choice.programme_id)) for choice in self.choices]

    @property
    def past(self) -> list[PastPeriod]:
        """The periods that are over, with what they brought."""
        offer_of = {offer.period_id: _school(offer.pool) for offer in self.offers}
        reply_of = {reply.period_id: str(reply) for reply in self.replies}
        return [
            PastPeriod(period, offer_of.get(period.pk, ""), reply_of.get(period.pk, ""))
            for period in self.periods
            if period.closed_at is not None
        ]

    @property
    def milestones(self) -> list[dict[str, str]]:
        """The periods, as components/timeline.html shows them."""
        return [self._milestone(period) for period in self.periods]

    def _milestone(self, period: Period) -> dict[str, str]:
        now = self.dossier.procedure.now()
        state = "past" if now >= period.ends_at else "now" if now >= period.starts_at else "next"
        hours = {"start": date_and_hour(period.starts_at), "end": date_and_hour(period.ends_at)}
        return {
            "label": gettext("Période %(number)d") % {"number": period.number},
            "state": state,
            "when": gettext("du %(start)s au %(end)s") % hours,
        }

    def _line(self, choice: Choice, entry: ListEntry | None) -> ChoiceLine:
        if entry is None:
            return ChoiceLine(
                choice, None, None, None, "closed", gettext("Le jury ne vous a pas classé dans cette école.")
            )
        reached = [seats for seats in self.reached if seats.pool_id == entry.pool_id]
        last_called = reached[-1].last_called if reached else None
        kind, state = self._state_of(choice, entry, last_called)
        return ChoiceLine(choice, entry.rank, last_called, entry.pool.seats, kind, state)

    def _state_of(self, choice: Choice, entry: ListEntry, last_called: int | None) -> tuple[str, str]:
        if entry.struck_at is not None:
            return "closed", str(STRUCK_WORDS[ListEntry.Struck(entry.struck_because)])
        if self.offer is not None:
            if self.offer.pool_id == entry.pool_id:
                return self._state_of_offer()
            offered = next(one for one in self.choices if one.programme_id == self.offer.pool.programme_id)
            if choice.rank > offered.rank:
                return "closed", gettext("Moins bien classée que la place proposée : vous n’y avez plus droit.")
        elif self.standing.held == entry.pool_id:
            return "done", gettext("Votre place est gardée.")
        if self.reply is not None and self.reply.reply in (Reply.ACCEPT, Reply.WITHDRAW):
            return "closed", str(STRUCK_WORDS[ListEntry.Struck.WITHDRAWN])
        return "waiting", _how_far(entry.rank, last_called)

    def _state_of_offer(self) -> tuple[str, str]:
        """What one reads beside the place offered: whether it was answered, and how."""
        if self.reply is None:
            return "doing", gettext("Cette place vous est proposée.")
        if self.reply.reply in KEEPING:
            return "done", gettext("Vous avez dit oui à cette place.")
        return "closed", str(STRUCK_WORDS[ListEntry.Struck.DECLINED])


def read_outlook(dossier: Dossier) -> Outlook:
    """All that the candidate may see of the integration now; nothing while the results are not public."""
    procedure = dossier.procedure
    published = Decision.objects.published(procedure).filter(dossier=dossier).select_related("step")
    decisions = {decision.step.kind: decision for decision in published}
    decision = decisions.get(Step.Kind.ADMISSION)
    if decision is None:
        admissibility = decisions.get(Step.Kind.ADMISSIBILITY)
        turned_down = admissibility is not None and admissibility.outcome == Decision.Outcome.NOT_ADMISSIBLE
        return Outlook(dossier, None, is_not_admissible=turned_down)
    pool = ("pool__programme__school", "pool__track")
    chosen = [choice.programme_id for choice in dossier.ranked_choices]  # another's list means nothing
    visible = ListEntry.objects.visible(procedure).filter(dossier=dossier, pool__programme__in=chosen)
    entries = list(visible.select_related(*pool))
    offers = Offer.objects.visible(procedure).filter(dossier=dossier).select_related("period", *pool)
    own = Dossier.objects.select_related("reply_code", *(f"enrolment__{part}" for part in pool)).get(pk=dossier.pk)
    reached = PeriodSeats.objects.filter(
        period__procedure=procedure,
        period__starts_at__lte=procedure.now(),
        pool__in=[entry.pool_id for entry in entries],
    )
    return Outlook(
        dossier,
        decision,
        choices=dossier.ranked_choices,
        entries=entries,
        periods=list(procedure.periods.order_by("number")),
        offers=list(offers.order_by("period__number")),
        replies=list(dossier.replies.select_related("period").order_by("pk")),
        reached=list(reached.order_by("period__number")),
        enrolment=getattr(own, "enrolment", None),
        reply_code=getattr(own, "reply_code", None),
    )


def _school(pool: Pool) -> str:
    return pool.programme.school.name


def _how_far(rank: int, last_called: int | None) -> str:
    """How many ranks lie between the last one called and the candidate."""
    if last_called is None:
        return gettext("En attente. Personne n’a encore été appelé.")
    ranks = max(rank - last_called, 1)
    said = ngettext(
        "En attente, à %(ranks)d rang du dernier appelé.", "En attente, à %(ranks)d rangs du dernier appelé.", ranks
    )
    return said % {"ranks": ranks}
