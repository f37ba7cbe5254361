"""A role is lent until a day to somebody else, who then has its rights, and has them no longer. Rule: ALL-07."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Dossier
from applicants.tests import scenario
from campaign.due import run_due_acts_of
from campaign.staffing import NotStaffable, give_role, lend_role, take_role_back
from journal.clock import at_one_instant
from journal.errors import NotAllowed
from journal.models import Entry
from notifications.models import Mail
from notifications.rendering import render
from programmes.models import Procedure, Role
from programmes.roles import has_role, roles_of

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2026, 3, 2, 10, tzinfo=scenario.PARIS)
FRIDAY = dt.date(2026, 3, 6)
LAST_HOUR = dt.datetime(2026, 3, 6, 23, 59, tzinfo=scenario.PARIS)
SATURDAY = dt.datetime(2026, 3, 7, 0, 0, tzinfo=scenario.PARIS)


@pytest.fixture
def procedure() -> Procedure:
    with at_one_instant(TODAY):
        return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def office(procedure: Procedure) -> User:
    return scenario.staff(procedure, "office")


@pytest.fixture
def absent(procedure: Procedure) -> Role:
    """The service of Albi, which is away this week."""
    return Role.objects.get(user=scenario.staff(procedure, "verifier", "albi"))


def lend(role: Role, by: User, until: dt.date = FRIDAY, email: str = "max@example.org") -> Role:
    with at_one_instant(TODAY):
        return lend_role(role.pk, email=email, name="Max", until=until, by=by)


def test_the_deputy_sees_what_the_absent_one_sees_until_the_end_of_the_day(
    procedure: Procedure, absent: Role, office: User
) -> None:
    """To the minute, and before any task has run."""
    with at_one_instant(TODAY):
        scenario.submitted(procedure, scenario.person(), choices=("albi", "ales"))
    lend(absent, office)
    deputy = User.objects.get(email="max@example.org")
    with at_one_instant(LAST_HOUR):
        assert Dossier.objects.visible_to(deputy).count() == 1
        assert roles_of(deputy).kinds == {"verifier"}
    with at_one_instant(SATURDAY):
        assert not Dossier.objects.visible_to(deputy).exists()
        assert not has_role(deputy, procedure, "verifier")
        assert Dossier.objects.visible_to(absent.user).count() == 1


def test_the_role_ends_by_itself_and_the_door_closes(procedure: Procedure, absent: Role, office: User) -> None:
    lend(absent, office)
    with at_one_instant(LAST_HOUR):
        run_due_acts_of(procedure)  # each act at an instant of its own: the day of this test's run
    deputy = User.objects.get(email="max@example.org")
    assert not Role.also_over.filter(user=deputy).exists()
    assert not deputy.is_staff
    assert Entry.objects.filter(event="role.ended").count() == 1
    assert Role.objects.filter(pk=absent.pk).exists()


def test_the_deputy_is_told_whom_they_stand_in_for(absent: Role, office: User) -> None:
    lend(absent, office)
    words = render(Mail.objects.get(kind="role_lent")).text
    assert str(absent.user) in words
    assert "vendredi 6 mars 2026" in words


def test_lending_again_moves_the_day_and_giving_keeps_it_for_good(
    procedure: Procedure, absent: Role, office: User
) -> None:
    role = lend(absent, office)
    assert lend(absent, office, until=FRIDAY + dt.timedelta(days=7)).pk == role.pk
    with at_one_instant(TODAY):
        give_role(
            procedure.pk, email="max@example.org", name="", kind="verifier", school_id=absent.school_id, by=office
        )
    role.refresh_from_db()
    assert (role.until, role.deputy_of) == (None, None)


def test_taking_the_role_back_takes_the_deputys(absent: Role, office: User) -> None:
    lend(absent, office)
    with at_one_instant(TODAY):
        take_role_back(absent.pk, by=office)
    assert not Role.also_over.filter(kind="verifier").exists()
    assert not User.objects.get(email="max@example.org").is_staff


def test_a_lent_role_is_not_lent_on(absent: Role, office: User) -> None:
    role = lend(absent, office)
    with pytest.raises(NotStaffable):
        lend(role, office, email="eve@example.org")


def test_not_to_a_candidate_nor_to_oneself_nor_for_a_past_day(procedure: Procedure, absent: Role, office: User) -> None:
    with at_one_instant(TODAY):
        scenario.begun(procedure, scenario.person("candidat@example.org"))
    for email in ("candidat@example.org", absent.user.email):
        with pytest.raises(NotStaffable):
            lend(absent, office, email=email)
    with pytest.raises(NotStaffable):
        lend(absent, office, until=dt.date(2026, 3, 1))
    with pytest.raises(NotAllowed):
        lend(absent, absent.user)


def test_the_office_lends_from_the_page_of_the_role(absent: Role, office: User) -> None:
    client = Client()
    client.force_login(office)
    page = reverse("admin:campaign_role_lend", args=[absent.pk])
    assert page in client.get(reverse("admin:programmes_role_change", args=[absent.pk])).content.decode()
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).date().isoformat()
    client.post(page, {"email": "max@example.org", "name": "Max", "until": until})
    assert Role.objects.filter(user__email="max@example.org", deputy_of=absent).exists()
    assert "jusqu’au" in client.get(reverse("admin:programmes_role_changelist")).content.decode()


def test_a_role_in_one_programme_is_given_and_lent_as_such(procedure: Procedure, office: User) -> None:
    """Whoever stands in for the head of one programme must not see the other ones."""
    procedure.steps.create(code="opinion", kind="opinion", label={"fr": "Avis", "en": "Opinion"}, position=9)
    programme = procedure.programmes.select_related("school").first()
    assert programme is not None
    with at_one_instant(TODAY):
        head = give_role(
            procedure.pk,
            email="head@example.org",
            name="",
            kind="head",
            school_id=None,
            programme_id=programme.pk,
            by=office,
        )
    assert (head.school, head.programme) == (programme.school, programme)
    lent = lend(head, office)
    assert (lent.kind, lent.school, lent.programme) == ("head", programme.school, programme)
    assert str(programme.title) in render(Mail.objects.get(kind="role_lent")).text
    other = procedure.participations.exclude(school=programme.school).first()
    assert other is not None
    with pytest.raises(NotStaffable):
        give_role(
            procedure.pk,
            email="head@example.org",
            name="",
            kind="head",
            school_id=other.school_id,
            programme_id=programme.pk,
            by=office,
        )
