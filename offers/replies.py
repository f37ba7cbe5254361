"""Replies: what is answered in a period, until its end, by the candidate or by a relative who has the code."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.models import Dossier
from journal.errors import Closed, Refused
from journal.record import record
from notifications.outbox import queue_mails
from offers.allocation import Reply, allowed_replies
from offers.models import Offer, ReplyRecord
from offers.period_mails import mail_to
from offers.periods import current_period, is_last
from offers.reply_codes import Relative, lock_for_relative
from offers.standings import standing_of
from offers.wording import Situation, effect_of
from programmes.models import Period, Pool

KEEPING = (Reply.ACCEPT, Reply.ACCEPT_BUT)  # the replies that ask for the integration file of the school (AST-22)


class ReplyNotAllowed(Refused):
    """This answer makes no sense for the candidate's present offer."""


@dataclass(frozen=True)
class ReplyOption:
    """An answer that may be given now, and what it does."""

    reply: Reply
    label: str
    effect: str


@transaction.atomic
def reply_to_offer(dossier_id: UUID, reply: Reply, *, by: User | Relative) -> ReplyRecord:
    """Record an answer in the current period; it replaces the one before until the period ends. The candidate is told.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        WrongCode: the relative's code does not stand any more.
        Closed: no period is under way.
        ReplyNotAllowed: the answer does not fit the offer, or the candidate is no longer in play.
    Rules: AST-18, AST-19.
    """
    user = by if isinstance(by, User) else None
    dossier = lock_for_relative(dossier_id, by) if isinstance(by, Relative) else lock_own(dossier_id, by=by)
    period = current_period(dossier.procedure)  # read under the lock: closing locks the dossiers in play first
    if period is None:
        raise Closed(gettext("Aucune période n’est en cours : il n’est pas possible de répondre maintenant."))
    situation = situation_in(period, dossier)
    if reply not in allowed_replies(situation.standing, situation.offered):
        raise ReplyNotAllowed(
            gettext("Cette réponse n’est pas possible dans votre situation. Relisez les réponses proposées.")
        )
    given = ReplyRecord.objects.create(
        period=period,
        dossier=dossier,
        reply=reply,
        given_at=dossier.procedure.now(),
        given_by=user,
        by_relative=user is None,
    )
    answered = {"period": period.number, "reply": reply, "pool": situation.offered, "by_relative": given.by_relative}
    record("offer.answered", dossier, by=user, **answered)
    _tell(given, situation)
    return given


def situation_in(period: Period, dossier: Dossier) -> Situation:
    """What the candidate answers to in `period`."""
    standing = standing_of(dossier)
    pools = Pool.objects.filter(pk__in=standing.live).select_related("programme__school")
    offer = Offer.objects.filter(period=period, dossier=dossier).first()
    return Situation(
        standing=standing,
        offered=offer.pool_id if offer else None,
        names={pool.pk: pool.programme.school.name for pool in pools},
        ends_at=period.ends_at,
        is_last=is_last(period),
    )


def options_in(situation: Situation) -> list[ReplyOption]:
    """The answers that the candidate may give, from the most to the least committing. Rule: AST-18."""
    allowed = allowed_replies(situation.standing, situation.offered)
    return [_option(reply, situation) for reply in Reply if reply in allowed]


def _option(reply: Reply, situation: Situation) -> ReplyOption:
    return ReplyOption(reply, str(ReplyRecord.Kind(reply).label), effect_of(reply, situation))


def _tell(given: ReplyRecord, situation: Situation) -> None:
    """Write to the candidate, in the candidate's language, what was answered and who answered."""
    dossier, reply = given.dossier, Reply(given.reply)
    with translation.override(dossier.candidate.user.language):
        option = _option(reply, situation)
    mail = mail_to(
        dossier,
        "reply_recorded",
        given.period,
        key=f"reply:{given.pk}",
        reply_label=option.label,
        effect=option.effect,
        by_relative=given.by_relative,
        integration_file=reply in KEEPING,
    )
    queue_mails([mail], procedure=given.period.procedure)
