"""The made-up staff: an office, a jury with its presidency, and in each school those who verify and those who count.

They share the domain of their addresses with the made-up candidates: by it one knows who belongs to which rehearsal.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from accounts.models import User
from programmes.models import Procedure, Role, School


@dataclass(frozen=True)
class Staff:
    """Who acts for the procedure."""

    office: User
    president: User
    juror: User
    verifiers: dict[int, User]  # by school
    accountants: dict[int, User]

    def verifier(self, school: School | None) -> User:
        """Who verifies for a school; for none, the office."""
        return self.verifiers[school.pk] if school else self.office


def domain_of(procedure: Procedure) -> str:
    """The domain of all addresses in a rehearsal; nothing is ever delivered there (RFC 2606)."""
    return f"{procedure.slug}.example"


def hire(procedure: Procedure, *, domain: str) -> Staff:
    """Make the accounts and roles, unless they are there."""
    schools = [part.school for part in procedure.participations.select_related("school")]
    return Staff(
        office=_member(procedure, Role.Kind.OFFICE, None, domain),
        president=_member(procedure, Role.Kind.PRESIDENT, None, domain),
        juror=_member(procedure, Role.Kind.JURY, None, domain),
        verifiers={school.pk: _member(procedure, Role.Kind.VERIFIER, school, domain) for school in schools},
        accountants={school.pk: _member(procedure, Role.Kind.ACCOUNTANT, school, domain) for school in schools},
    )


def _member(procedure: Procedure, kind: Role.Kind, school: School | None, domain: str) -> User:
    address = f"{kind}{'-' + school.code if school else ''}@{domain}"
    user = User.objects.filter(email=address).first()
    if user is None:
        label = str(Role.Kind(kind).label).capitalize()
        name = gettext("%(role)s, %(school)s") % {"role": label, "school": school} if school else label
        user = User.objects.create_user(address, name=name, is_staff=True)
    Role.objects.get_or_create(user=user, procedure=procedure, kind=kind, school=school)
    return user
