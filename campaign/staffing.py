"""Staffing: who works on a procedure, in which role. The office gives roles and takes them back."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Dossier
from journal.errors import NotAllowed, Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Procedure, Role, School
from programmes.roles import OFFICE, has_role


class NotStaffable(Refused):
    """The person cannot have this role, or cannot lose it so."""


@transaction.atomic
def give_role(procedure_id: int, *, email: str, name: str, kind: str, school_id: int | None, by: User) -> Role:
    """Give a role in a procedure to the person with that address, for one school or, with None, for all.

    The person gets an account if they have none, and a mail that says how to sign in. Giving a role twice
    changes nothing.

    Raises:
        NotAllowed: `by` is neither of the procedure's office nor an administrator.
        NotStaffable: the school does not take part, or the person is a candidate in the procedure.
    """
    procedure = Procedure.objects.get(pk=procedure_id)
    _require_office(by, procedure)
    school = School.objects.get(pk=school_id) if school_id is not None else None
    if school is not None and not procedure.participations.filter(school=school).exists():
        raise NotStaffable(gettext("%(school)s ne participe pas à cette procédure.") % {"school": school})
    person = User.objects.filter(email=email.strip().lower()).first() or User.objects.create_user(email, name=name)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)  # who begins a dossier waits, or has begun
    if Dossier.objects.filter(procedure=procedure, candidate__user=person).exists():
        raise NotStaffable(gettext("Cette personne est candidate dans la procédure : elle ne peut pas y travailler."))
    if not person.is_staff:
        person.is_staff = True
        person.save(update_fields=["is_staff"])
    role, is_new = Role.objects.get_or_create(user=person, procedure=procedure, school=school, kind=kind)
    if is_new:
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
        )
    return role


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
    person = role.user
    role.delete()
    if not person.is_superuser and not Role.objects.filter(user=person).exists():
        person.is_staff = False
        person.save(update_fields=["is_staff"])


def _require_office(by: User, procedure: Procedure) -> None:
    if not (by.is_superuser and by.is_active) and not has_role(by, procedure, OFFICE):
        raise NotAllowed(gettext("Seul le bureau de la procédure donne et retire les rôles."))
