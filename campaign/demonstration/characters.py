"""The characters: whom a visitor of the demonstration can sign in as, by one click.

Candidates change as time passes, so they are looked for by the state in which somebody now is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applicants.models import Dossier, Status
from campaign.rehearsal.addresses import domain_of
from juries.models import Decision, TestSlot
from offers.models import Enrolment, ListEntry, Offer
from offers.replies import current_period
from programmes.models import Procedure, Role

Outcome = Decision.Outcome


@dataclass(frozen=True)
class Character:
    """Somebody to sign in as: in which state, and who."""

    state: str
    user: User
    name: str


def candidates(procedure: Procedure) -> list[Character]:
    """One candidate for each state in which somebody is; nobody twice."""
    found: list[Character] = []
    seen: set[UUID] = set()
    everyone = Dossier.objects.filter(procedure=procedure).select_related("candidate__user")
    made_up = everyone.filter(candidate__user__email__endswith=f"@{domain_of(procedure)}").order_by("created_at", "pk")
    for state, choose in STATES:
        dossier = choose(made_up.exclude(pk__in=seen), procedure).first()
        if dossier is not None:
            seen.add(dossier.pk)
            found.append(Character(str(state), dossier.candidate.user, str(dossier.candidate)))
    return found


def staff(procedure: Procedure) -> list[Character]:
    """The office, the jury, and those of each school."""
    roles = Role.objects.filter(procedure=procedure, user__email__endswith=f"@{domain_of(procedure)}")
    ordered = roles.select_related("user", "school").order_by("school__name", "pk")
    return [Character(role.get_kind_display(), role.user, role.user.name) for role in _office_first(ordered)]


@transaction.atomic
def newcomer(procedure: Procedure) -> User:
    """An account that has not done anything yet."""
    domain = domain_of(procedure)
    number = User.objects.filter(email__startswith="visiteur", email__endswith=f"@{domain}").count() + 1
    return User.objects.create_user(f"visiteur{number}@{domain}")


def character(procedure: Procedure, user_id: UUID) -> User:
    """The made-up person of that key.

    Raises:
        User.DoesNotExist: nobody made up for this procedure.
    """
    return User.objects.get(pk=user_id, email__endswith=f"@{domain_of(procedure)}", is_superuser=False)


# --- States, the most telling first -----------------------------------------------------------------------------------

Dossiers = QuerySet[Dossier]


def _offered(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    period = current_period(procedure)
    offers = Offer.objects.visible(procedure).filter(period=period, dossier__enrolment=None)
    return dossiers.filter(pk__in=offers.values("dossier")).exclude(replies__period=period)


def _waiting(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    period = current_period(procedure)
    listed = ListEntry.objects.visible(procedure).live().filter(dossier__enrolment=None).values("dossier")
    return dossiers.filter(pk__in=listed).exclude(offers__period=period) if period else dossiers.none()


def _decided(*outcomes: str) -> Callable[[Dossiers, Procedure], Dossiers]:
    def choose(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
        published = Decision.objects.published(procedure).filter(outcome__in=outcomes)
        return dossiers.filter(status=Status.VALIDATED, pk__in=published.values("dossier"))

    return choose


def _enrolled(state: str) -> Callable[[Dossiers, Procedure], Dossiers]:
    return lambda dossiers, _procedure: dossiers.filter(enrolment__state=state)


def _summoned(dossiers: Dossiers, _procedure: Procedure) -> Dossiers:
    slots = TestSlot.objects.exclude(summoned_at=None).exclude(dossier=None)
    return dossiers.filter(pk__in=slots.values("dossier"), marks=None)


def _asked(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    waiting = Q(corrections__answered_at=None, corrections__withdrawn_at=None, corrections__until__gt=procedure.now())
    return dossiers.filter(waiting, corrections__isnull=False).distinct()


def _at(status: str) -> Callable[[Dossiers, Procedure], Dossiers]:
    return lambda dossiers, _procedure: dossiers.filter(status=status)


STATES: tuple[tuple[Promise, Callable[[Dossiers, Procedure], Dossiers]], ...] = (
    (_("A une proposition à laquelle répondre"), _offered),
    (_("Attend une proposition"), _waiting),
    (_("A une place, attend son titre"), _enrolled(Enrolment.State.AWAITING_TITLE)),
    (_("Admission définitive"), _enrolled(Enrolment.State.DEFINITIVE)),
    (_("Place perdue faute de titre"), _enrolled(Enrolment.State.LAPSED)),
    (_("Convocation reçue"), _summoned),
    (_("Doit répondre à une demande"), _asked),
    (_("Non admis"), _decided(Outcome.REFUSED)),
    (_("Non admissible"), _decided(Outcome.NOT_ADMISSIBLE)),
    (_("Admissible"), _decided(Outcome.ADMISSIBLE)),
    (_("Dossier validé"), _at(Status.VALIDATED)),
    (_("Dossier transmis"), _at(Status.SUBMITTED)),
    (_("Brouillon"), _at(Status.DRAFT)),
    (_("Dossier retiré"), _at(Status.WITHDRAWN)),
)


def _office_first(roles: QuerySet[Role]) -> Iterator[Role]:
    """Those of no school, then each school's."""
    everyone = list(roles)
    yield from (role for role in everyone if role.school_id is None)
    yield from (role for role in everyone if role.school_id is not None)
