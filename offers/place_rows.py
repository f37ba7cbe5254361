"""The rows behind a place, locked in the one order: dossier first, pool last."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Max, QuerySet

from accounts.models import User
from applicants.dossiers import lock_where
from applicants.models import Dossier
from offers.models import Place
from programmes.models import Pool

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


def with_free_seats(places: list[Place]) -> list[Place]:
    """Those of `places`, not stored yet, for which a seat is free, the first ones first; each gets its pool.

    The pools are locked: nobody else counts their seats meanwhile.
    """
    programmes = {place.choice.programme_id for place in places}
    pools = Pool.objects.select_for_update(of=("self",), no_key=True).select_related("track")
    locked: dict[tuple[int, int | None], Pool] = {
        (pool.programme_id, pool.track_id): pool for pool in pools.filter(programme__in=programmes).order_by("pk")
    }
    free = free_seats(locked.values())
    seated = []
    for place in places:
        pool = locked.get((place.choice.programme_id, place.dossier.track_id))
        if pool is not None and free[pool.pk]:
            free[pool.pk] -= 1
            pool.programme, place.pool = place.choice.programme, pool
            seated.append(place)
    return seated


def free_seats(pools: Iterable[Pool]) -> dict[int, int]:
    """How many places could be offered in each of `pools`, by its key; sure only under their locks."""
    capacities = {pool.pk: pool.capacity for pool in pools}
    standing = Place.objects.standing().filter(pool__in=capacities).values_list("pool")
    held = dict(standing.annotate(Count("pk")))
    return {key: max(capacity - held.get(key, 0), 0) for key, capacity in capacities.items()}


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
