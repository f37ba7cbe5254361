"""Two accounts of one person are found, and made one by the office. Rule: ALL-07."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Candidate, Dossier
from applicants.tests import scenario
from campaign.joining import MOVED, NotJoined, join_accounts, same_persons
from campaign.models import AddressChange, DataRequest
from documents.models import Notice
from journal.errors import NotAllowed
from journal.models import Entry
from notifications.models import Mail
from notifications.rendering import render
from programmes.loading import store
from programmes.models import Procedure, Role

pytestmark = pytest.mark.django_db
HOW = "Les deux adresses ont répondu"
BORN = dt.date(2004, 3, 27)


@pytest.fixture
def procedure() -> Procedure:
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def elsewhere(procedure: Procedure) -> Procedure:
    return scenario.set_clock(store(scenario.ast_2026(), rehearsal=True, slug="une-autre"), scenario.OPEN)


@pytest.fixture
def office(procedure: Procedure, elsewhere: Procedure) -> User:
    """Of both procedures."""
    user = scenario.staff(procedure, "office")
    Role.objects.create(user=user, procedure=elsewhere, kind="office")
    return user


def named(email: str, family: str = "Nguyễn-Lefèvre", given: str = "Zoé", born: dt.date = BORN) -> User:
    user = scenario.person(email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    Candidate.objects.create(user=user, family_name=family, given_names=given, birth_date=born)
    return user


@pytest.fixture
def two(procedure: Procedure, elsewhere: Procedure) -> tuple[User, User]:
    """A submitted dossier in one procedure, a draft in the other, under two accounts."""
    stays, goes = named("zoe@example.org"), named("zoe.bis@example.org", family="NGUYEN LEFEVRE", given="Zoé Anaïs")
    scenario.begun(procedure, stays)
    Candidate.objects.filter(user=goes).update(family_name="NGUYEN LEFEVRE", given_names="Zoé Anaïs", birth_date=BORN)
    scenario.begun(elsewhere, goes)
    return stays, goes


def test_the_same_name_and_day_of_birth_are_found_however_they_are_typed(
    two: tuple[User, User], procedure: Procedure, office: User
) -> None:
    for number, (family, given, born) in enumerate(
        [("Nguyen-Lefevre", "Max", BORN), ("Nguyen-Lefevre", "Zoé", dt.date(2004, 3, 28)), ("Martin", "Zoé", BORN)]
    ):
        scenario.begun(procedure, named(f"autre{number}@example.org", family, given, born))
    (group,) = same_persons(office)
    assert [candidate.user for candidate in group] == list(two)


def test_an_office_of_one_procedure_learns_nothing_of_another(two: tuple[User, User], procedure: Procedure) -> None:
    one = scenario.staff(procedure, "office", email="un@example.org")
    assert same_persons(one) == []
    with pytest.raises(NotAllowed):
        join_accounts(two[0].pk, two[1].pk, checked_how=HOW, by=one)


def test_all_that_the_one_had_is_the_others_and_it_is_closed(two: tuple[User, User], office: User) -> None:
    stays, goes = two
    join_accounts(stays.pk, goes.pk, checked_how=HOW, by=office)
    assert Dossier.objects.filter(candidate__user=stays).count() == 2
    assert {dossier.account.payer for dossier in Dossier.objects.all()} == {stays}
    for model, column in MOVED:
        assert not model._default_manager.filter(**{column: goes}).exists(), model
    goes.refresh_from_db()
    assert not goes.is_active
    assert not User.objects.filter(email="zoe.bis@example.org").exists()
    assert not EmailAddress.objects.filter(user=goes).exists()
    assert AddressChange.objects.get().checked_how == HOW
    entry = Entry.objects.get(event="account.joined")
    assert (entry.subject_id, entry.details) == (str(stays.pk), {"closed": str(goes.pk)})


def test_both_addresses_are_told_which_one_opens_the_account(two: tuple[User, User], office: User) -> None:
    join_accounts(two[0].pk, two[1].pk, checked_how=HOW, by=office)
    told = {mail.address: render(mail).text for mail in Mail.objects.filter(kind="accounts_joined")}
    assert "n’ouvre plus de compte" in told["zoe.bis@example.org"]
    assert "C’est avec cette adresse" in told["zoe@example.org"]


def test_two_dossiers_in_one_procedure_are_not_joined(procedure: Procedure, office: User) -> None:
    """Rule: AST-01. The refusal names the procedure, and what can be done."""
    one, other = named("a@example.org"), named("b@example.org")
    for user in (one, other):
        scenario.begun(procedure, user)
    with pytest.raises(NotJoined, match="Admission sur titres 2026"):
        join_accounts(one.pk, other.pk, checked_how=HOW, by=office)
    assert Dossier.objects.filter(candidate__user=other).exists()


def test_not_without_saying_how_nor_with_a_colleague_nor_with_itself(two: tuple[User, User], office: User) -> None:
    stays, goes = two
    with pytest.raises(NotJoined):
        join_accounts(stays.pk, goes.pk, checked_how=" ", by=office)
    with pytest.raises(NotJoined):
        join_accounts(stays.pk, stays.pk, checked_how=HOW, by=office)
    User.objects.filter(pk=goes.pk).update(is_staff=True)
    with pytest.raises(NotJoined):
        join_accounts(stays.pk, goes.pk, checked_how=HOW, by=office)


def test_letters_and_an_erasure_asked_by_the_one_follow_or_fall(
    procedure: Procedure, elsewhere: Procedure, office: User
) -> None:
    """A letter of the dossier stays readable to its owner; a wish to be erased is not the other account's."""
    goes, stays = scenario.person("goes@example.org"), named("stays@example.org")
    scenario.submitted(procedure, goes)
    scenario.begun(elsewhere, stays)
    DataRequest.objects.create(user=goes, kind="erasure", asked_at=procedure.now())
    join_accounts(stays.pk, goes.pk, checked_how=HOW, by=office)
    assert Notice.objects.get(kind="receipt").recipient == stays
    assert not DataRequest.objects.exists()


def test_the_office_joins_them_from_the_accounts(two: tuple[User, User], office: User) -> None:
    stays, goes = two
    client = Client()
    client.force_login(office)
    doubles = reverse("admin:campaign_doubles")
    assert doubles in client.get(reverse("admin:accounts_user_changelist")).content.decode()
    join = reverse("admin:campaign_join", args=[stays.pk, goes.pk])
    assert join in client.get(doubles).content.decode()
    assert goes.email in client.get(join).content.decode()
    client.post(join, {"checked_how": HOW})
    assert Dossier.objects.filter(candidate__user=stays).count() == 2
    assert "Aucun compte" in client.get(doubles).content.decode()
