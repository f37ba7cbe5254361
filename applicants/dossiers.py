"""Dossiers: beginning one, and taking hold of one in an act. Rule: AST-01."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext

from accounts.consent import has_consented
from accounts.models import User
from applicants.editing import APPLICATIONS
from applicants.given import identity_of
from applicants.identity import checked_identity, is_fixed, save_identity
from applicants.models import Candidate, Dossier, DossierQuerySet
from applicants.studying import keep_for_study
from documents.models import Folder
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from payments.models import Account
from programmes.models import Procedure, Programme, Role, School, Track, rules_of
from programmes.roles import HeldRoles, roles_now
from programmes.rules import Identity, Rules
from programmes.spelling import new_reference


class ConsentNeeded(Refused):
    """The person has not agreed yet to the current data-protection notice."""


class WorksHere(Refused):
    """The person has a role in the procedure, and would decide on their own dossier."""


@transaction.atomic
def start_dossier(procedure_id: int, *, by: User, identity: Mapping[str, str] | None = None) -> Dossier:
    """Begin the one dossier that a person has in a procedure; a second call returns the first.

    Where the identity will not change any more, it is stated now: `identity`, by field id; what the person stated
    for good before stands.

    Raises:
        WrongAnswer: an identity to state is missing, or is not of the kind asked for.
        ConsentNeeded: the data-protection notice comes first.
        WorksHere: one is of the procedure's staff or jury.
        Closed: outside of the window of applications.
    Rules: AST-01, AST-02, APP-04.
    """
    if not has_consented(by):
        raise ConsentNeeded(
            gettext("Lisez d’abord la notice sur vos données personnelles, et dites que vous l’acceptez.")
        )
    # Two clicks wait for each other here; so does the office, if it gives this person a role at this moment.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
    procedure = Procedure.objects.get(pk=procedure_id)
    if (begun := Dossier.objects.owned_by(by).filter(procedure=procedure).first()) is not None:
        return begun
    if Role.objects.filter(user=by, procedure=procedure).exists():
        raise WorksHere(gettext("Vous travaillez à cette procédure : vous ne pouvez pas y être candidat."))
    procedure.require_open()
    number, version = procedure.versions.values_list("number", "pk").latest("number")
    rules = rules_of(version)
    candidate = Candidate.objects.filter(user=by).first() or Candidate(user=by)
    is_known = candidate.pk is not None
    if rules.identity == Identity.FIXED and not (is_known and is_fixed(candidate)):
        save_identity(candidate, checked_identity(rules, identity or identity_of(candidate)))
    elif not is_known:
        candidate.save()
    dossier = Dossier.objects.create(
        reference=new_reference(procedure.year),
        procedure=procedure,
        candidate=candidate,
        version_id=version,
        track=only_track(procedure, rules),
        folder=Folder.objects.create(procedure=procedure),
        account=Account.objects.create(procedure=procedure, payer=by),
        created_at=procedure.now(),
    )
    record("dossier.started", dossier, by=by, version=number)
    queue_mail(
        "dossier_started",
        to=by,
        key=f"dossier-started:{dossier.pk}",
        procedure=procedure,
        reference=dossier.reference,
        referees=bool(rules.referees),
        closes_at=procedure.calendar[APPLICATIONS].ends_at,
        path=home_of(dossier),
    )
    return dossier


def only_track(procedure: Procedure, rules: Rules) -> Track | None:
    """The track of everybody, where no title tells candidates apart."""
    return None if rules.titles else procedure.tracks.first()


def lock_own(dossier_id: UUID, *, by: User) -> Dossier:
    """The candidate's own dossier, locked until the act ends.

    Raises:
        Dossier.DoesNotExist: not this person's.
    """
    return lock(dossier_id, among=Dossier.objects.owned_by(by))


def lock(dossier_id: UUID, *, among: models.QuerySet[Dossier] | None = None) -> Dossier:
    """A dossier, locked until the act ends; first kept for the programmes that study it.

    As wherever a dossier is locked, its key is not: an act that holds a step or a period may write rows that point to
    the dossier, and would wait here for one that in its turn waits for the step.

    Raises:
        Dossier.DoesNotExist: it is not `among` those.
    """
    dossier = lock_where((Dossier.objects.all() if among is None else among).filter(pk=dossier_id))
    if dossier is None:
        raise Dossier.DoesNotExist
    return dossier


def lock_where(dossiers: models.QuerySet[Dossier]) -> Dossier | None:
    """The one dossier that `dossiers` finds, by a row that points to it for one, locked as by `lock`; None where it
    finds none.
    """
    return next(iter(_held(dossiers.order_by()[:1])), None)


def lock_each(dossiers: models.QuerySet[Dossier]) -> list[Dossier]:
    """All dossiers that `dossiers` finds, each locked as by `lock`, in the order in which whoever locks many does."""
    return _held(dossiers.order_by("pk"))


def lock_for_staff(dossiers: DossierQuerySet, *, by: User) -> tuple[Dossier, HeldRoles]:
    """The one dossier that `dossiers` finds for an act of staff, locked as by `lock`, and the roles that `by` has then.

    The act asks for its right next (`require_role_on`), and only so whether these roles show the dossier at all.

    Raises:
        Dossier.DoesNotExist: there is none, or it is a draft, which no staff may see.
    """
    dossier = lock_where(dossiers.in_view())
    if dossier is None:
        raise Dossier.DoesNotExist
    return dossier, roles_now(by)


def require_role_on(
    dossier: Dossier,
    held: HeldRoles,
    *kinds: str,
    school: School | None = None,
    programme: Programme | None = None,
    shows: bool = False,
) -> None:
    """As `HeldRoles.require`, in an act on a dossier that is locked for staff.

    `shows`: whether a role that gives this right is known to show the dossier too, which need not be asked then.

    Raises:
        Dossier.DoesNotExist: the roles do not show the dossier; whether it exists is not for `by` to know.
        NotAllowed: they show it, and none is such a one.
    """
    if shows and held.has(dossier.procedure, *kinds, school=school, programme=programme):
        return
    if not Dossier.objects.visible_with(held).filter(pk=dossier.pk).exists():
        raise Dossier.DoesNotExist
    held.require(dossier.procedure, *kinds, school=school, programme=programme)


def home_of(dossier: Dossier) -> str:
    """The address of the dossier's home page, for mails."""
    return f"/mon-dossier/{dossier.procedure.slug}/"


def _held(dossiers: models.QuerySet[Dossier]) -> list[Dossier]:
    # What is joined to a row while waiting for its lock is as it was before the wait. For the procedure that will do:
    # who comes while its dates are changed may find them as they were. All else is read when the wait is over.
    found = list(dossiers.select_for_update(of=("self",), no_key=True).select_related("procedure"))
    keep_for_study(*found)  # before the act changes anything of them. Rule: APP-13
    return found
