"""Staffing: who works on a procedure, in which role. The office gives roles, lends them and takes them back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Dossier
from journal.clock import instant
from journal.errors import NotAllowed, Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Procedure, Role, School
from programmes.roles import OFFICE, STEP_OF, has_role
from programmes.words import PARIS

PLACE = ("procedure", "school", "programme", "kind")  # what a deputy's role has in common with the one that is lent


class NotStaffable(Refused):
    """The person cannot have this role, or cannot lose it so."""


@transaction.atomic
def give_role(
    procedure_id: int,
    *,
    email: str,
    name: str,
    kind: str,
    school_id: int | None,
    programme_id: int | None = None,
    by: User,
) -> Role:
    """Give a role in a procedure to the person with that address: in one programme, one school or, with None, in all.

    The person gets an account if they have none, and a mail that says how to sign in. Giving a role twice
    changes nothing.

    Raises:
        NotAllowed: `by` is neither of the procedure's office nor an administrator.
        NotStaffable: the school does not take part, or does not offer the programme; the procedure has no step for
            the role; or the person is a candidate in the procedure.
    """
    procedure = Procedure.objects.get(pk=procedure_id)
    _require_office(by, procedure)
    programme = procedure.programmes.select_related("school").get(pk=programme_id) if programme_id else None
    school = School.objects.get(pk=school_id) if school_id is not None else programme.school if programme else None
    if programme is not None and programme.school != school:
        raise NotStaffable(gettext("Cette formation n’est pas de cette école."))
    if school is not None and not procedure.participations.filter(school=school).exists():
        raise NotStaffable(gettext("%(school)s ne participe pas à cette procédure.") % {"school": school})
    if kind in STEP_OF and not procedure.steps.filter(kind=STEP_OF[kind]).exists():
        raise NotStaffable(gettext("Aucune étape de cette procédure ne demande ce rôle."))
    person = _staff_member(procedure, email=email, name=name)
    role, is_new = Role.also_over.get_or_create(
        user=person, procedure=procedure, school=school, programme=programme, kind=kind
    )
    if is_new or role.deputy_of_id is not None:  # what was lent is now the person's own
        role.until = role.deputy_of = None
        role.save(update_fields=["until", "deputy_of"])
        record("role.given", procedure, by=by, user=str(person.pk), kind=kind, school=school.code if school else "")
        with translation.override(person.language):
            label = role.get_kind_display()
        queue_mail(
            "role_given",
            to=person,
            key=f"role-given:{role.pk}",
            procedure=procedure,
            role=label,
            school=school.name if school else "",
            programme=programme.title if programme else "",
        )
    return role


@transaction.atomic
def lend_role(role_id: int, *, email: str, name: str, until: dt.date, by: User) -> Role:
    """Lend a role to a deputy, who has all its rights until the end of that day (Europe/Paris); it ends by itself.

    Whose role it is keeps it. Lending it again to the same person moves the day.

    Raises:
        NotAllowed: `by` is neither of the procedure's office nor an administrator.
        NotStaffable: the role is lent itself, the day is over, or the person has the role already or is a candidate.
    Rule: ALL-07.
    """
    related = ("user", "procedure", "school", "programme")
    lent = Role.objects.select_for_update(of=("self",)).select_related(*related).get(pk=role_id)
    _require_office(by, lent.procedure)
    if lent.deputy_of_id is not None:
        raise NotStaffable(gettext("Un rôle reçu en suppléance ne se prête pas : prêtez celui de la personne absente."))
    if until < timezone.localdate(instant(), PARIS):
        raise NotStaffable(gettext("Choisissez un jour qui n’est pas passé."))
    person = _staff_member(lent.procedure, email=email, name=name)
    same: dict[str, Any] = {"user": person} | {name: getattr(lent, name) for name in PLACE}
    if Role.also_over.filter(deputy_of=None, **same).exists():
        raise NotStaffable(gettext("%(person)s a déjà ce rôle.") % {"person": person})
    role, _is_new = Role.also_over.update_or_create(**same, defaults={"until": until, "deputy_of": lent})
    entry = record(
        "role.lent",
        lent.procedure,
        by=by,
        user=str(person.pk),
        deputy_of=str(lent.user_id),
        kind=lent.kind,
        until=until.isoformat(),
    )
    with translation.override(person.language):
        label = role.get_kind_display()
    queue_mail(
        "role_lent",
        to=person,
        key=f"role-lent:{role.pk}:{entry.pk}",
        procedure=lent.procedure,
        role=label,
        school=lent.school.name if lent.school else "",
        programme=lent.programme.title if lent.programme else "",
        absent=str(lent.user),
        until=until,
    )
    return role


@transaction.atomic
def end_lent_roles(procedure: Procedure) -> int:
    """Take away the lent roles whose last day is over; returns how many. For the periodic task. Rule: ALL-07."""
    over = Role.also_over.filter(procedure=procedure, until__lt=timezone.localdate(instant(), PARIS))
    ended = list(over.select_for_update(of=("self",)).select_related("user"))
    for role in ended:
        record("role.ended", procedure, user=str(role.user.pk), kind=role.kind)
        _forget(role)
    return len(ended)


@transaction.atomic
def take_role_back(role_id: int, *, by: User) -> None:
    """Take a role back; who has none left is no longer let into the staff's side.

    Raises:
        NotAllowed: `by` is neither of the procedure's office nor an administrator.
        NotStaffable: it is one's own place in the office, which only another may take back.
    """
    role = Role.objects.select_for_update(of=("self",)).select_related("user", "procedure", "school").get(pk=role_id)
    _require_office(by, role.procedure)
    if role.user == by and role.kind == OFFICE and not by.is_superuser:
        raise NotStaffable(gettext("Demandez à un autre membre du bureau de retirer votre propre rôle."))
    school = role.school.code if role.school else ""
    record("role.taken_back", role.procedure, by=by, user=str(role.user.pk), kind=role.kind, school=school)
    for lent in Role.also_over.filter(deputy_of=role).select_related("user"):
        _forget(lent)
    _forget(role)


def staffed_by_office(user: User) -> QuerySet[Procedure]:
    """The procedures in which `user` may give roles and look after the accounts of candidates."""
    if user.is_superuser:
        return Procedure.objects.all()
    return Procedure.objects.filter(pk__in=Role.objects.filter(user=user, kind=OFFICE).values("procedure"))


def _staff_member(procedure: Procedure, *, email: str, name: str) -> User:
    """The person with that address, who is of the staff from now on; with an account, if they had none.

    Raises:
        NotStaffable: the person is a candidate in the procedure.
    """
    person = User.objects.filter(email=email.strip().lower()).first() or User.objects.create_user(email, name=name)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)  # who begins a dossier waits, or has begun
    if Dossier.objects.filter(procedure=procedure, candidate__user=person).exists():
        raise NotStaffable(gettext("Cette personne est candidate dans la procédure : elle ne peut pas y travailler."))
    if not person.is_staff:
        person.is_staff = True
        person.save(update_fields=["is_staff"])
    return person


def _forget(role: Role) -> None:
    """Delete a role; who has none left is no longer let into the staff's side."""
    person = role.user
    role.delete()
    if not person.is_superuser and not Role.objects.filter(user=person).exists():
        person.is_staff = False
        person.save(update_fields=["is_staff"])


def _require_office(by: User, procedure: Procedure) -> None:
    if not (by.is_superuser and by.is_active) and not has_role(by, procedure, OFFICE):
        raise NotAllowed(gettext("Seul le bureau de la procédure donne et retire les rôles."))
