"""The rows behind a place, locked in the one order: dossier first, pool last."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from accounts.models import User
from applicants.dossiers import lock
from applicants.models import Dossier
from offers.models import Place
from programmes.models import Pool, Procedure

RELATED = ("choice__programme__school", "pool__track", "decision")


def lock_place(place_id: int) -> Place:
    """The place, read when its dossier is locked.

    Raises:
        Place.DoesNotExist: there is none.
    """
    dossier = lock(Place.objects.values_list("dossier", flat=True).get(pk=place_id))
    place = Place.objects.select_related(*RELATED).get(pk=place_id)
    place.dossier = dossier
    return place


def lock_own_place(place_id: int, *, by: User) -> Place:
    """The candidate's own place, whose decision is public, as `lock_place`.

    Raises:
        Place.DoesNotExist: not this person's, or not to be seen yet.
    """
    procedure = Procedure.objects.filter(dossiers__places=place_id).first()
    own = Place.objects.visible(procedure) if procedure else Place.objects.none()
    return lock_place(own.values_list("pk", flat=True).get(pk=place_id, dossier__candidate__user=by))


def lock_pool(programme_id: int, dossier: Dossier) -> Pool | None:
    """The seats of a programme for those who enter as this dossier does, locked: nobody else counts them meanwhile."""
    pools = Pool.objects.select_for_update(of=("self",), no_key=True)
    return (
        pools.select_related("programme__school", "track")
        .filter(programme=programme_id, track=dossier.track_id)
        .first()
    )


def free_seats(pool: Pool) -> int:
    """How many places could be offered in `pool`; sure only under its lock."""
    return max(pool.capacity - pool.places.standing().count(), 0)


def standing_places(dossier: Dossier) -> QuerySet[Place]:
    """The places that hold a seat for a dossier."""
    return Place.objects.standing().filter(dossier=dossier).select_related(*RELATED)


def refresh_opening(dossier: Dossier) -> None:
    """Keep on the dossier, which is locked, until when the papers of a place may be deposited. Rule: IIM-06."""
    waiting = dossier.places.filter(state=Place.State.OFFERED)
    dossier.place_until = waiting.aggregate(last=Max("until"))["last"]
    dossier.save(update_fields=["place_until"])
