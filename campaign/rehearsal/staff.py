"""The made-up staff: an office, juries with their presidency, and in each school those who verify and those who count.

Where each programme decides, it has a jury with its presidency of its own; a head and two evaluators, where there is a
step for them.

They share the domain of their addresses with the made-up candidates: by it one knows who belongs to which rehearsal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext

from accounts.models import User
from programmes.models import Procedure, Programme, Role, School
from programmes.roles import STEP_OF


@dataclass(frozen=True)
class Jury:
    """Who presides a jury, and one of its members."""

    president: User
    juror: User


@dataclass(frozen=True)
class Faculty:
    """Who acts for one programme."""

    jury: Jury
    head: User | None
    evaluators: tuple[User, ...]


@dataclass(frozen=True)
class Staff:
    """Who acts for the procedure."""

    office: User
    jury: Jury | None  # the common one
    central: User | None  # who verifies for all, where one office does
    verifiers: dict[int, User]  # by school
    accountants: dict[int, User]
    programmes: dict[int, Faculty]  # by programme, where each decides

    @property
    def president(self) -> User:
        """Who presides the common jury."""
        assert self.jury is not None
        return self.jury.president

    @property
    def juror(self) -> User:
        """A member of the common jury."""
        assert self.jury is not None
        return self.jury.juror

    def verifier(self, school: School | None) -> User:
        """Who verifies for a school; for none, the office."""
        if self.central is not None:
            return self.central
        return self.verifiers[school.pk] if school else self.office


def domain_of(procedure: Procedure) -> str:
    """The domain of all addresses in a rehearsal; nothing is ever delivered there (RFC 2606)."""
    return f"{procedure.slug}.example"


def hire(procedure: Procedure, *, domain: str) -> Staff:
    """Make the accounts and roles, unless they are there."""
    schools = [part.school for part in procedure.participations.select_related("school")]
    is_central = procedure.examination == Procedure.Examination.CENTRAL
    counting = [school for school in schools if not is_central or school.code == _payee(procedure)]
    programmes = procedure.programmes.select_related("school") if procedure.judges_by_programme else ()
    steps = set(procedure.steps.values_list("kind", flat=True))
    of_steps = {role for role, step in STEP_OF.items() if step in steps}
    return Staff(
        office=_member(procedure, Role.Kind.OFFICE, domain),
        jury=None if procedure.judges_by_programme else _jury(procedure, domain),
        central=_member(procedure, Role.Kind.VERIFIER, domain) if is_central else None,
        verifiers={
            school.pk: _member(procedure, Role.Kind.VERIFIER, domain, school) for school in schools if not is_central
        },
        accountants={school.pk: _member(procedure, Role.Kind.ACCOUNTANT, domain, school) for school in counting},
        programmes={programme.pk: _faculty(procedure, programme, domain, of_steps) for programme in programmes},
    )


def _payee(procedure: Procedure) -> str:
    """The code of the school that all pay, where one office works for all."""
    rules = procedure.rules
    return rules.fee.payee if rules and rules.fee else ""


def _jury(procedure: Procedure, domain: str, programme: Programme | None = None) -> Jury:
    school = programme.school if programme else None
    president, juror = (
        _member(procedure, kind, domain, school, programme) for kind in (Role.Kind.PRESIDENT, Role.Kind.JURY)
    )
    return Jury(president, juror)


def _faculty(procedure: Procedure, programme: Programme, domain: str, of_steps: Collection[str]) -> Faculty:
    """The people of a programme; of the roles that are for one step only, those `of_steps` that there are."""
    head, evaluator = Role.Kind.HEAD, Role.Kind.EVALUATOR
    numbers = (1, 2) if evaluator in of_steps else ()
    return Faculty(
        jury=_jury(procedure, domain, programme),
        head=_member(procedure, head, domain, programme.school, programme) if head in of_steps else None,
        evaluators=tuple(
            _member(procedure, evaluator, domain, programme.school, programme, number) for number in numbers
        ),
    )


def _member(
    procedure: Procedure,
    kind: Role.Kind,
    domain: str,
    school: School | None = None,
    programme: Programme | None = None,
    number: int = 0,
) -> User:
    where = programme or school
    address = "-".join([kind, *([where.code] if where else []), *([str(number)] if number else [])]) + f"@{domain}"
    user = User.objects.filter(email=address).first()
    if user is None:
        label = str(Role.Kind(kind).label).capitalize() + (f" {number}" if number else "")
        name = gettext("%(role)s, %(school)s") % {"role": label, "school": where} if where else label
        user = User.objects.create_user(address, name=name, is_staff=True)
    Role.objects.get_or_create(user=user, procedure=procedure, kind=kind, school=school, programme=programme)
    return user
