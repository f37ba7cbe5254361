"""Rights of staff: the questions that acts and querysets ask about a person's roles.

An act asks for its right once it has locked its rows: of the roles that it reads then, where it asks more of them
(`roles_now`), or at once (`require_role`). A page reads the roles with what it shows of their procedures (`roles_of`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import NotAllowed
from programmes.models import Procedure, Programme, Role, School, Step
from programmes.rules import Rules

OFFICE = Role.Kind.OFFICE
VERIFIER = Role.Kind.VERIFIER
ACCOUNTANT = Role.Kind.ACCOUNTANT
JURY = Role.Kind.JURY
PRESIDENT = Role.Kind.PRESIDENT
HEAD = Role.Kind.HEAD
EVALUATOR = Role.Kind.EVALUATOR
STEP_OF: dict[str, str] = {HEAD: Step.Kind.OPINION, EVALUATOR: Step.Kind.EVALUATION}  # roles that are for one step only


@dataclass(frozen=True)
class HeldRoles:
    """The roles of a person as a page or an act has read them: once for all that it asks of them."""

    user: User
    roles: tuple[Role, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of role held, in whichever procedure."""
        return frozenset(role.kind for role in self.roles)

    @property
    def procedures(self) -> list[Procedure]:
        """Those in which there is a role, the youngest first."""
        return list({role.procedure_id: role.procedure for role in self.roles}.values())

    @cached_property
    def schools(self) -> list[School]:
        """Those whose dossiers the roles are about: the own ones; all of the procedures, with a role in all of them."""
        if all(role.school for role in self.roles):
            return sorted({role.school for role in self.roles if role.school}, key=lambda school: school.name)
        return list(School.objects.filter(participations__procedure__in=self.procedures).distinct())

    @cached_property
    def rules(self) -> list[Rules]:
        """The rules of the procedures as they are now."""
        return [rules for one in self.procedures if (rules := one.rules) is not None]

    @cached_property
    def deciding_programmes(self) -> dict[str, str]:
        """Where each programme decides for itself, those that the roles may be about: their titles by their codes.

        Read from the rules, not from the database.
        """
        found: dict[str, str] = {}
        for role in self.roles:
            rules = role.procedure.rules
            if role.kind == ACCOUNTANT or not role.procedure.judges_by_programme or rules is None:
                continue
            own = role.programme.code if role.programme else ""
            found |= {one.code: str(one.label) for one in rules.programmes if own in ("", one.code)}
        return found

    def has_step(self, procedure: Procedure, *kinds: str) -> bool:
        """Whether `procedure`, one of theirs, has a step of one of `kinds`; `roles_of` has read it."""
        return any(self._says(procedure, f"has_{kind}") for kind in kinds)

    def service_decides(self, procedure: Procedure) -> bool:
        """Whether the service that verifies decides at a step of `procedure`, one of theirs; `roles_of` has read it."""
        return self._says(procedure, "service_decides")

    def _says(self, procedure: Procedure, name: str) -> bool:
        return any(getattr(role, name) for role in self.roles if role.procedure_id == procedure.pk)

    def has(
        self, procedure: Procedure, *kinds: str, school: School | None = None, programme: Programme | None = None
    ) -> bool:
        """As `has_role`."""
        school_id = programme.school_id if programme else school.pk if school else None
        return any(
            role.procedure_id == procedure.pk
            and role.kind in kinds
            and (school_id is None or role.school_id in (school_id, None))
            and (programme is None or role.programme_id in (programme.pk, None))
            for role in self.roles
        )

    def has_for_all_schools(self, procedure: Procedure, *kinds: str) -> bool:
        """Whether one of `kinds` is held in `procedure` for no school in particular."""
        return any(
            role.procedure_id == procedure.pk and role.kind in kinds and role.school_id is None for role in self.roles
        )

    def require(
        self, procedure: Procedure, *kinds: str, school: School | None = None, programme: Programme | None = None
    ) -> None:
        """Raise `NotAllowed` unless `has`."""
        if not self.has(procedure, *kinds, school=school, programme=programme):
            raise _not_allowed()


def roles_now(user: User) -> HeldRoles:
    """The roles of `user` as an act needs them, with who examines and judges; none of a closed account."""
    columns = ("user", "procedure__examination", "procedure__judgement", "kind", "school", "programme")
    roles = Role.objects.filter(user=user, user__is_active=True).select_related("procedure").only(*columns)
    return HeldRoles(user, tuple(roles.order_by()))


def roles_of(user: User) -> HeldRoles:
    """All roles of `user` with their procedures and schools, the youngest first; none of a closed account."""
    steps = Step.objects.filter(procedure=OuterRef("procedure"))
    found = {f"has_{kind}": Exists(steps.filter(kind=kind)) for kind in Step.Kind.values}
    found["service_decides"] = Exists(steps.filter(decided_by=Step.DecidedBy.SERVICE))
    roles = Role.objects.filter(user=user, user__is_active=True).annotate(**found)
    related = roles.select_related("procedure", "school", "programme")
    return HeldRoles(user, tuple(related.order_by("-procedure__year", "procedure__slug", "kind", "pk")))


def has_role(
    user: User, procedure: Procedure, *kinds: str, school: School | None = None, programme: Programme | None = None
) -> bool:
    """Whether `user` holds one of `kinds` in `procedure`.

    With `school`, for that school or for all of them; with `programme`, for it, for its school, or everywhere.
    """
    if not user.is_active:
        return False
    held = Role.objects.filter(user=user, procedure=procedure, kind__in=kinds)
    if programme is not None:
        school = programme.school
        held = held.filter(Q(programme=programme) | Q(programme=None))
    if school is not None:
        held = held.filter(Q(school=school) | Q(school=None))
    return held.exists()


def require_role(
    user: User, procedure: Procedure, *kinds: str, school: School | None = None, programme: Programme | None = None
) -> None:
    """Raise `NotAllowed` unless `has_role`."""
    if not has_role(user, procedure, *kinds, school=school, programme=programme):
        raise _not_allowed()


def _not_allowed() -> NotAllowed:
    return NotAllowed(gettext("Votre rôle ne permet pas cet acte dans cette procédure."))
