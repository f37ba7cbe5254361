"""The characters: whom a visitor of the demonstration can sign in as, by one click.

Candidates change as time passes, so they are looked for by the state in which somebody now is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applicants.editing import takes_appraisal
from applicants.fees import COMPLEMENT
from applicants.models import Choice, Correction, Dossier, Referee, Status
from applicants.referees import secret_of
from campaign.rehearsal.staff import domain_of
from juries.models import Decision, Supplement, TestSlot
from notifications.models import Mail
from offers.models import Enrolment, ListEntry, Offer, Place, ReplyRecord
from offers.periods import current_period
from payments.models import Charge
from programmes.models import Procedure, Role, Step

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
    """The office, the jury, those of each school, and those of one programme where each decides."""
    roles = Role.objects.filter(procedure=procedure, user__email__endswith=f"@{domain_of(procedure)}")
    shown = procedure.programmes.first()  # those of the others do the same
    ordered = roles.filter(Q(programme=None) | Q(programme=shown)).select_related("user", "school")
    ordered = ordered.order_by("programme__position", "school__name", "pk")
    return [Character(role.get_kind_display(), role.user, role.user.name) for role in _office_first(ordered)]


def referee_link(procedure: Procedure) -> str:
    """The address that somebody asked for an opinion, who has not answered, has by mail; empty where nobody is."""
    waiting = Referee.objects.filter(dossier__procedure=procedure, state=Referee.State.ASKED)
    made_up = waiting.filter(dossier__candidate__user__email__endswith=f"@{domain_of(procedure)}")
    referee = next((one for one in made_up.select_related("dossier") if takes_appraisal(one.dossier, one.kind)), None)
    return reverse("applicants:appraisal", args=[secret_of(referee.pk)]) if referee else ""


@transaction.atomic
def newcomer(procedure: Procedure) -> User:
    """An account that has not done anything yet."""
    domain = domain_of(procedure)
    number = User.objects.filter(email__startswith="visiteur", email__endswith=f"@{domain}").count() + 1
    return User.objects.create_user(f"visiteur{number}@{domain}")


def prove_address(user: User) -> None:
    """Take the click by which a visitor becomes `user` for the mailed code, which shows that the address is theirs."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def character(procedure: Procedure, user_id: UUID) -> User:
    """The made-up person of that key.

    Raises:
        User.DoesNotExist: nobody made up for this procedure.
    """
    return User.objects.get(pk=user_id, email__endswith=f"@{domain_of(procedure)}", is_superuser=False)


def reader(mail: Mail) -> User | None:
    """Whoever a mail of a procedure is for, if it is somebody made up; referees, for one, have no account."""
    if mail.procedure is None or mail.recipient_id is None:
        return None
    try:
        return character(mail.procedure, mail.recipient_id)
    except User.DoesNotExist:
        return None


# --- States, the most telling first -----------------------------------------------------------------------------------

Dossiers = QuerySet[Dossier]
Choose = Callable[[Dossiers, Procedure], Dossiers]


def _offered(dossiers: Dossiers, procedure: Procedure, *, answered: bool) -> Dossiers:
    period = current_period(procedure)
    offers = Offer.objects.visible(procedure).filter(period=period, dossier__enrolment=None)
    given = ReplyRecord.objects.filter(period=period).values("dossier")
    offered = dossiers.filter(pk__in=offers.values("dossier"))
    return offered.filter(pk__in=given) if answered else offered.exclude(pk__in=given)


def _hopeful_first(choose: Choose) -> Choose:
    """Whoever may still hope for better comes first: they have every answer to choose from."""

    def chosen(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
        own = Choice.objects.filter(dossier=OuterRef("dossier"), programme=OuterRef("pool__programme")).values("rank")
        offers = Offer.objects.filter(dossier=OuterRef("pk"), period=current_period(procedure))
        offered = offers.annotate(rank=Subquery(own)).values("rank")[:1]
        live = ListEntry.objects.live().filter(dossier=OuterRef("pk"))
        better = live.annotate(rank_chosen=Subquery(own)).filter(rank_chosen__lt=OuterRef("rank_offered"))
        found = choose(dossiers, procedure).annotate(rank_offered=Subquery(offered))
        return found.order_by(Exists(better).desc(), "created_at", "pk")

    return chosen


def _waiting(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    period = current_period(procedure)
    listed = ListEntry.objects.visible(procedure).live().filter(dossier__enrolment=None).values("dossier")
    return dossiers.filter(pk__in=listed).exclude(offers__period=period) if period else dossiers.none()


def _out_of_play(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    listed = ListEntry.objects.visible(procedure)
    return dossiers.filter(pk__in=listed.values("dossier"), enrolment=None).exclude(
        pk__in=listed.live().values("dossier")
    )


def _last_decided(*outcomes: str) -> Choose:
    """Those of whom the last step whose results are public says so."""

    def choose(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
        public = Decision.objects.published(procedure).order_by("-step__position")
        last = Subquery(public.filter(dossier=OuterRef("pk")).values("outcome")[:1])
        return dossiers.filter(status=Status.VALIDATED).annotate(last=last).filter(last__in=outcomes)

    return choose


def _undecided(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    decided = Decision.objects.published(procedure).values("dossier")
    return dossiers.filter(status=Status.VALIDATED).exclude(pk__in=decided)


def _enrolled(state: str) -> Choose:
    return lambda dossiers, _procedure: dossiers.filter(enrolment__state=state)


def _on_a_waiting_list(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    called = Place.objects.filter(dossier__procedure=procedure).values("dossier")
    return _last_decided(Outcome.WAITING)(dossiers.exclude(pk__in=called), procedure)


def _placed(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    places = Place.objects.visible(procedure).filter(state=Place.State.OFFERED, until__gt=procedure.now())
    return dossiers.filter(pk__in=places.values("dossier"))


def _asked_for_more(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    asked = Supplement.objects.filter(judged_at=None, document=None, due_at__gt=procedure.now())
    return dossiers.filter(status=Status.VALIDATED, pk__in=asked.values("choice__dossier"))


def _to_book(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    if not procedure.steps.filter(booking=Step.Booking.CANDIDATE).exists():
        return dossiers.none()
    booked = TestSlot.objects.exclude(dossier=None).values("dossier")
    return _last_decided(Outcome.ADMISSIBLE)(dossiers.exclude(pk__in=booked), procedure)


def _summoned(dossiers: Dossiers, procedure: Procedure, *, booked: bool) -> Dossiers:
    """Those who still have it before them; `booked` by themselves, or called."""
    slots = TestSlot.objects.filter(ends_at__gt=procedure.now(), choice__isnull=not booked)
    return dossiers.filter(pk__in=slots.exclude(summoned_at=None).exclude(dossier=None).values("dossier"), marks=None)


def _owing(dossiers: Dossiers, _procedure: Procedure) -> Dossiers:
    due = Charge.objects.live().filter(reason=COMPLEMENT, state=Charge.State.DUE)
    return dossiers.filter(account__in=due.values("account"))


def _asked(dossiers: Dossiers, procedure: Procedure) -> Dossiers:
    waiting = Correction.objects.filter(answered_at=None, withdrawn_at=None, until__gt=procedure.now())
    return dossiers.filter(pk__in=waiting.values("dossier"))


def _draft(*, in_time: bool) -> Choose:
    return lambda dossiers, procedure: (
        dossiers.filter(status=Status.DRAFT) if procedure.is_open() == in_time else dossiers.none()
    )


def _at(status: str) -> Choose:
    return lambda dossiers, _procedure: dossiers.filter(status=status)


STATES: tuple[tuple[Promise, Choose], ...] = (
    (_("A une proposition à laquelle répondre"), _hopeful_first(partial(_offered, answered=False))),
    (_("A une place à confirmer"), _placed),
    (_("A répondu à sa proposition"), partial(_offered, answered=True)),
    (_("Attend une proposition"), _waiting),
    (_("A une place, attend son titre"), _enrolled(Enrolment.State.AWAITING_TITLE)),
    (_("A son admission définitive"), _enrolled(Enrolment.State.DEFINITIVE)),
    (_("A perdu sa place, faute de titre"), _enrolled(Enrolment.State.LAPSED)),
    (_("N’est plus candidat à l’intégration"), _out_of_play),
    (_("N’est pas admis"), _last_decided(Outcome.REFUSED)),
    (_("Doit encore un entretien ou un écrit"), _asked_for_more),
    (_("Doit choisir l’heure de son entretien"), _to_book),
    (_("Sait l’heure de son entretien"), partial(_summoned, booked=True)),
    (_("A reçu sa convocation"), partial(_summoned, booked=False)),
    (_("Doit un complément de frais"), _owing),
    (_("Est sur une liste d’attente"), _on_a_waiting_list),
    (_("Est admissible"), _last_decided(Outcome.ADMISSIBLE)),
    (_("N’est pas admissible"), _last_decided(Outcome.NOT_ADMISSIBLE)),
    (_("Doit répondre à une demande de l’école"), _asked),
    (_("A un dossier validé"), _undecided),
    (_("A transmis son dossier"), _at(Status.SUBMITTED)),
    (_("Remplit son dossier"), _draft(in_time=True)),
    (_("N’a pas transmis son dossier à temps"), _draft(in_time=False)),
    (_("A retiré son dossier"), _at(Status.WITHDRAWN)),
)


def _office_first(roles: QuerySet[Role]) -> Iterator[Role]:
    """Those of no school, then each school's."""
    everyone = list(roles)
    yield from (role for role in everyone if role.school_id is None)
    yield from (role for role in everyone if role.school_id is not None)
