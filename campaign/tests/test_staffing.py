"""Roles are given by the office, reach their person by mail, and open the staff's side; its lists keep to them."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from campaign.staffing import NotStaffable, give_role, take_role_back
from journal.errors import NotAllowed
from journal.models import Entry
from journal.record import record
from notifications.models import Mail
from notifications.rendering import render
from programmes.models import Participation, Procedure, Role, School
from programmes.text import Text

pytestmark = pytest.mark.django_db


def make_procedure(slug: str) -> Procedure:
    return Procedure.objects.create(
        slug=slug, code=slug, title=Text(slug.title(), slug.title()), short_title=Text(slug, slug), year=2026
    )


@pytest.fixture
def procedure() -> Procedure:
    return make_procedure("essai")


@pytest.fixture
def school(procedure: Procedure) -> School:
    school = School.objects.create(code="albi", name="École d'Albi")
    Participation.objects.create(procedure=procedure, school=school)
    return school


@pytest.fixture
def office(procedure: Procedure) -> User:
    user = User.objects.create_user("office@example.org", name="Olive Bureau", is_staff=True)
    Role.objects.create(user=user, procedure=procedure, kind=Role.Kind.OFFICE)
    return user


def give(procedure: Procedure, by: User, **changes: object) -> Role:
    said: dict = {"email": "Vera@Example.org", "name": "Véra", "kind": Role.Kind.VERIFIER, "school_id": None}
    return give_role(procedure.pk, **(said | changes), by=by)


class TestGiving:
    def test_a_new_person_gets_an_account_a_role_and_a_mail(
        self, procedure: Procedure, school: School, office: User
    ) -> None:
        role = give(procedure, office, school_id=school.pk)
        vera = User.objects.get(email="vera@example.org")
        assert (role.user, role.school, vera.name, vera.is_staff) == (vera, school, "Véra", True)
        assert not vera.has_usable_password()
        words = render(Mail.objects.get(recipient=vera))
        assert "École d'Albi" in words.text
        assert "/gestion/" in words.text
        entry = Entry.objects.get(event="role.given")
        assert (entry.actor, entry.procedure) == (str(office.pk), procedure.slug)

    def test_twice_is_once(self, procedure: Procedure, office: User) -> None:
        assert give(procedure, office) == give(procedure, office)
        assert Mail.objects.count() == 1

    def test_only_the_office_of_that_procedure(self, procedure: Procedure, office: User) -> None:
        with pytest.raises(NotAllowed):
            give(make_procedure("other"), office)
        vera = give(procedure, office).user
        with pytest.raises(NotAllowed):
            give(procedure, vera, email="w@example.org")

    def test_an_administrator_gives_the_first_role(self, procedure: Procedure) -> None:
        first = User.objects.create_superuser("root@example.org")
        assert give(procedure, first, kind=Role.Kind.OFFICE).kind == Role.Kind.OFFICE

    @pytest.mark.parametrize(("kind", "step"), [(Role.Kind.HEAD, "opinion"), (Role.Kind.EVALUATOR, "evaluation")])
    def test_a_role_for_one_step_only_where_there_is_such_a_step(
        self, procedure: Procedure, office: User, kind: str, step: str
    ) -> None:
        with pytest.raises(NotStaffable, match="Aucune étape"):
            give(procedure, office, kind=kind)
        procedure.steps.create(code=step, kind=step, label=Text("Étape", "Step"), position=1)
        assert give(procedure, office, kind=kind).kind == kind

    def test_not_for_a_school_that_does_not_take_part(self, procedure: Procedure, office: User) -> None:
        with pytest.raises(NotStaffable, match="ne participe pas"):
            give(procedure, office, school_id=School.objects.create(code="x", name="X").pk)
        assert not User.objects.filter(email="vera@example.org").exists()


class TestTakingBack:
    def test_who_has_no_role_left_is_let_in_no_more(self, procedure: Procedure, office: User) -> None:
        first, second = give(procedure, office), give(procedure, office, kind=Role.Kind.JURY)
        take_role_back(first.pk, by=office)
        assert User.objects.get(email="vera@example.org").is_staff
        take_role_back(second.pk, by=office)
        assert not User.objects.get(email="vera@example.org").is_staff
        assert Entry.objects.filter(event="role.taken_back").count() == 2

    def test_not_ones_own_place_in_the_office(self, procedure: Procedure, office: User) -> None:
        with pytest.raises(NotStaffable):
            take_role_back(Role.objects.get(user=office).pk, by=office)
        assert Role.objects.filter(user=office).exists()


class TestPages:
    def test_the_office_gives_and_takes_back(self, client: Client, procedure: Procedure, office: User) -> None:
        client.force_login(office)
        assert "Donner un rôle" in client.get("/gestion/programmes/role/").content.decode()
        form = {"procedure": procedure.pk, "kind": "jury", "email": "vera@example.org", "name": "Véra"}
        assert client.post("/gestion/programmes/role/donner/", form).status_code == 302
        role = Role.objects.get(user__email="vera@example.org")
        page = client.get(f"/gestion/programmes/role/{role.pk}/change/").content.decode()
        assert "Retirer ce rôle" in page
        assert client.post(f"/gestion/programmes/role/{role.pk}/retirer/").status_code == 302
        assert not Role.objects.filter(pk=role.pk).exists()

    def test_a_refusal_is_shown_in_words(
        self, client: Client, procedure: Procedure, office: User, school: School
    ) -> None:
        client.force_login(office)
        elsewhere = School.objects.create(code="x", name="École X")
        form = {"procedure": procedure.pk, "kind": "jury", "school": elsewhere.pk, "email": "v@example.org"}
        assert "École X ne participe pas" in client.post("/gestion/programmes/role/donner/", form).content.decode()

    def test_another_procedures_roles_do_not_exist(self, client: Client, procedure: Procedure, office: User) -> None:
        other = make_procedure("other")
        role = Role.objects.create(user=User.objects.create_user("o@example.org"), procedure=other, kind="jury")
        client.force_login(office)
        assert "o@example.org" not in client.get("/gestion/programmes/role/").content.decode()
        assert client.post(f"/gestion/programmes/role/{role.pk}/retirer/").status_code == 404
        form = {"procedure": other.pk, "kind": "jury", "email": "v@example.org"}
        assert client.post("/gestion/programmes/role/donner/", form).status_code == 200
        assert Role.objects.filter(procedure=other).count() == 1

    def test_who_is_not_of_the_office_has_none_of_it(self, client: Client, procedure: Procedure, office: User) -> None:
        client.force_login(give(procedure, office).user)
        for page in ("programmes/role/donner/", "programmes/role/", "journal/entry/", "accounts/user/"):
            assert client.get(f"/gestion/{page}").status_code in (403, 404), page

    @pytest.mark.parametrize("count", [1, 50])
    def test_the_journal_is_read_by_procedure_in_few_queries(
        self, count: int, client: Client, procedure: Procedure, office: User, django_assert_max_num_queries
    ) -> None:
        for number in range(count):
            author = User.objects.create_user(f"{number}@example.org", name=f"Author{number}")
            record("test.done", procedure, by=author)
        record("test.elsewhere", make_procedure("other"), by=office)
        client.force_login(office)
        with django_assert_max_num_queries(14):
            page = client.get("/gestion/journal/entry/").content.decode()
        assert f"Author{count - 1}" in page
        assert "test.elsewhere" not in page

    def test_accounts_are_those_of_ones_procedures(self, client: Client, procedure: Procedure, office: User) -> None:
        User.objects.create_user("stranger@example.org")
        client.force_login(office)
        page = client.get("/gestion/accounts/user/").content.decode()
        assert "office@example.org" in page
        assert "stranger@example.org" not in page
