"""The rows behind a place, locked in the one order: dossier first, pool last."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from accounts.models import User
from applicants.dossiers import lock_where
from applicants.models import Dossier
from offers.models import Place
from programmes.models import Pool, Programme

RELATED = ("choice__programme__school", "pool__track", "decision")


def lock_place(place_id: int) -> Place:
    """The place, read when its dossier is locked.

    Raises:
        Place.DoesNotExist: there is none.
    """
    dossier = lock_where(Dossier.objects.filter(places=place_id))
    if dossier is None:
        raise Place.DoesNotExist
    return _place_of(dossier, Place.objects.filter(pk=place_id))


def lock_own_place(place_id: int, *, by: User) -> Place:
    """The candidate's own place, whose decision is public, as `lock_place`.

    Raises:
        Place.DoesNotExist: not this person's, or not to be seen yet.
    """
    dossier = lock_where(Dossier.objects.owned_by(by).filter(places=place_id))
    if dossier is None:
        raise Place.DoesNotExist
    return _place_of(dossier, Place.objects.visible(dossier.procedure).filter(pk=place_id))


def lock_pool(programme: Programme, dossier: Dossier) -> Pool | None:
    """The seats of a programme for those who enter as this dossier does, locked: nobody else counts them meanwhile."""
    pools = Pool.objects.select_for_update(of=("self",), no_key=True).select_related("track")
    pool = pools.filter(programme=programme, track=dossier.track_id).first()
    if pool is not None:
        pool.programme = programme
    return pool


def free_seats(pool: Pool) -> int:
    """How many places could be offered in `pool`; sure only under its lock."""
    return max(pool.capacity - pool.places.standing().count(), 0)


def standing_places(dossier: Dossier) -> list[Place]:
    """The places that hold a seat for a dossier, which is locked."""
    places = Place.objects.standing().filter(dossier=dossier).select_related(*RELATED)
    return [_linked(place, dossier) for place in places.order_by("pk")]


def refresh_opening(dossier: Dossier) -> None:
    """Keep on the dossier, which is locked, until when the papers of a place may be deposited. Rule: IIM-06."""
    waiting = dossier.places.filter(state=Place.State.OFFERED)
    until = waiting.aggregate(last=Max("until"))["last"]
    if dossier.place_until != until:
        dossier.place_until = until
        dossier.save(update_fields=["place_until"])


def _place_of(dossier: Dossier, found: QuerySet[Place]) -> Place:
    """The one place found, of a dossier that is locked; the candidate, whom letters name, is read with it."""
    place = found.select_related(*RELATED, "dossier__candidate__user").get()
    dossier.candidate = place.dossier.candidate
    return _linked(place, dossier)


def _linked(place: Place, dossier: Dossier) -> Place:
    """The place with its dossier and its programme, each read once."""
    place.dossier, place.pool.programme = dossier, place.choice.programme
    return place
