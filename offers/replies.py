"""Replies: what a candidate answers in a period, and what each answer would do, in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Dossier
from journal.clock import instant
from journal.errors import Closed, Refused
from journal.record import record
from notifications.outbox import queue_mail
from offers.allocation import Reply, Standing, allowed_replies, standing_after
from offers.models import Offer, ReplyRecord
from offers.standings import standing_of
from programmes.models import Period, Pool, Procedure
from programmes.words import date_and_hour


class ReplyNotAllowed(Refused):
    """This answer makes no sense for the candidate's present offer."""


@dataclass(frozen=True)
class ReplyOption:
    """An answer that may be given now, and what it does."""

    reply: Reply
    label: str
    effect: str


@transaction.atomic
def reply_to_offer(dossier_id: UUID, reply: Reply, *, by: User) -> ReplyRecord:
    """Record a candidate's answer in the current period; it replaces the one before until the period ends.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        Closed: no period is under way.
        ReplyNotAllowed: the answer does not fit the offer, or the candidate is no longer in play.
    Rules: AST-18, AST-19.
    """
    dossiers = (
        Dossier.objects.owned_by(by).select_for_update(of=("self",)).select_related("procedure", "candidate__user")
    )
    dossier = dossiers.get(pk=dossier_id)
    period = current_period(dossier.procedure)  # read under the lock: closing locks the dossiers in play first
    if period is None:
        raise Closed(gettext("Aucune période n'est en cours : il n'est pas possible de répondre maintenant."))
    offer = Offer.objects.filter(period=period, dossier=dossier).first()
    standing, offered = standing_of(dossier), offer.pool_id if offer else None
    if reply not in allowed_replies(standing, offered):
        raise ReplyNotAllowed(
            gettext("Cette réponse n'est pas possible dans votre situation. Relisez les choix proposés.")
        )
    given = ReplyRecord.objects.create(period=period, dossier=dossier, reply=reply, given_at=instant(), given_by=by)
    record("offer.answered", dossier, by=by, period=period.number, reply=reply, pool=offered)
    queue_mail(
        "reply_recorded",
        to=dossier.candidate.user,
        key=f"reply:{given.pk}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        reply_label=given.get_reply_display(),
        effect=effect_of(reply, standing, offered, school_names(standing), period),
        period=period.number,
        ends_at=period.ends_at,
        path=f"/places/{dossier.procedure.slug}/",
    )
    return given


def current_period(procedure: Procedure) -> Period | None:
    """The period under way on the procedure's clock: opened, not closed, within its hours."""
    now = procedure.now()
    under_way = procedure.periods.filter(opened_at__isnull=False, closed_at=None, starts_at__lte=now, ends_at__gt=now)
    return under_way.first()


def options_for(dossier: Dossier, period: Period) -> list[ReplyOption]:
    """The answers that the candidate may give in `period`, from the most to the least committing."""
    standing = standing_of(dossier)
    offer = Offer.objects.filter(period=period, dossier=dossier).first()
    offered = offer.pool_id if offer else None
    names = school_names(standing)
    allowed = allowed_replies(standing, offered)
    return [
        ReplyOption(reply, str(ReplyRecord.Kind(reply).label), effect_of(reply, standing, offered, names, period))
        for reply in Reply
        if reply in allowed
    ]


def school_names(standing: Standing[int]) -> dict[int, str]:
    """The name of the school of each live choice, by pool."""
    pools = Pool.objects.filter(pk__in=standing.live).select_related("programme__school")
    return {pool.pk: pool.programme.school.name for pool in pools}


def effect_of(reply: Reply, standing: Standing[int], offered: int | None, names: dict[int, str], period: Period) -> str:
    """What an answer does, said with the names of the schools that are kept and lost. Rule: AST-18."""
    after = standing_after(standing, offered, reply)
    lost = _listed([names[pool] for pool in standing.live if pool not in after.live])
    hoped = _listed([names[pool] for pool in after.live if pool != offered])
    school = names.get(offered, "") if offered is not None else ""
    again = (
        gettext("Vous devrez répondre de nouveau à la période suivante.")
        if period.procedure.periods.filter(number__gt=period.number).exists()
        else ""
    )
    match reply:
        case Reply.ACCEPT:
            said = gettext("Vous intégrez %(school)s, pour de bon. Vous n'aurez plus à répondre.") % {"school": school}
            if lost:
                said += " " + gettext("Vous renoncez à : %(lost)s.") % {"lost": lost}
        case Reply.ACCEPT_BUT:
            said = gettext("Vous gardez votre place à %(school)s et restez en attente de mieux : %(hoped)s.") % {
                "school": school,
                "hoped": hoped,
            }
            if lost:
                said += " " + gettext("Vous renoncez à : %(lost)s.") % {"lost": lost}
            said += (
                f" {again}"
                if again
                else " " + gettext("C'est la dernière période : votre place devient définitive à sa fin.")
            )
        case Reply.DECLINE_BUT:
            said = gettext(
                "Vous refusez %(lost)s. Vous n'avez plus de place, et restez en attente de mieux : %(hoped)s."
            ) % {
                "lost": lost,
                "hoped": hoped,
            }
            said += f" {again}" if again else ""
        case Reply.WAIT:
            said = gettext("Vous n'avez pas encore de proposition et restez en attente : %(hoped)s.") % {"hoped": hoped}
            said += f" {again}" if again else ""
        case Reply.WITHDRAW:
            said = gettext("Vous renoncez à toutes les écoles : %(lost)s.") % {"lost": lost}
            said += " " + gettext("Cette réponse devient irrévocable le %(when)s.") % {
                "when": date_and_hour(period.ends_at)
            }
    return said


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s et %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
