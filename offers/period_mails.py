"""What candidates are written about a period: when it opens, when it closes, and in between; inside the acts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from applicants.models import Dossier
from notifications.outbox import NewMail, queue_mails
from offers.allocation import Standing
from programmes.models import Period, Pool, Procedure


def write_of_opening(
    period: Period, standings: Mapping[UUID, Standing[int]], offers: Mapping[UUID, int], *, at_last: bool
) -> None:
    """Write to everyone in play who has something to answer; a seat accepted for good needs no further answer."""
    bound = [dossier_id for dossier_id, standing in standings.items() if not standing.accepted_for_good]
    pools = Pool.objects.select_related("programme__school", "track").in_bulk(set(offers.values()))
    mails = []
    for dossier in dossiers_of(period.procedure, bound):
        if dossier.pk not in offers:
            mails.append(mail_to(dossier, "period_without_offer", period, is_last=at_last))
            continue
        pool = pools[offers[dossier.pk]]
        said = {"school": pool.programme.school.name, "track": pool.track.label, "is_last": at_last}
        is_kept = standings[dossier.pk].held == pool.pk
        mails.append(mail_to(dossier, "offer_made", period, is_kept=is_kept, **said))
    queue_mails(mails, procedure=period.procedure)


def write_of_closing(period: Period, *, silent: Collection[UUID], ended: Collection[UUID]) -> None:
    """Write to those who are out for their silence, and in the end to those for whom nothing more can come."""
    for kind, dossier_ids in (("removed_for_silence", silent), ("integration_ended", ended)):
        dossiers = dossiers_of(period.procedure, dossier_ids)
        queue_mails([mail_to(dossier, kind, period) for dossier in dossiers], procedure=period.procedure)


def dossiers_of(procedure: Procedure, dossier_ids: Iterable[UUID]) -> list[Dossier]:
    """Those dossiers with their candidates, all with the one `procedure`, whose calendar is read once."""
    dossiers = Dossier.objects.filter(pk__in=dossier_ids).select_related("candidate__user").order_by("pk")
    for dossier in (found := list(dossiers)):
        dossier.procedure = procedure
    return found


def mail_to(dossier: Dossier, kind: str, period: Period, *, key: str = "", **context: Any) -> NewMail:
    """A mail to the candidate, once for each period or, if one is given, for each `key`."""
    said = {
        "name": dossier.candidate.full_name,
        "period": period.number,
        "ends_at": period.ends_at,
        "path": reverse("offers:page", args=[period.procedure.slug]),
        **context,
    }
    return NewMail(kind, dossier.candidate.user, key or f"{kind}:{period.pk}:{dossier.pk}", said)
