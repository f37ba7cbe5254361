"""A candidate's address is changed by the office, who says how the person was recognised. Rule: ALL-07."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Dossier
from applicants.tests import scenario
from campaign.addresses import AddressNotChanged, change_address
from campaign.models import AddressChange
from journal.errors import NotAllowed
from journal.models import Entry
from notifications.models import Mail
from notifications.rendering import render
from programmes.loading import store
from programmes.models import Procedure

pytestmark = pytest.mark.django_db
HOW = "Carte d’identité montrée en visioconférence"


@pytest.fixture
def procedure() -> Procedure:
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def zoe(procedure: Procedure) -> User:
    user = scenario.person()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    scenario.begun(procedure, user)
    return user


@pytest.fixture
def office(procedure: Procedure) -> User:
    return scenario.staff(procedure, "office")


def test_both_addresses_are_told_and_the_journal_names_neither(zoe: User, office: User) -> None:
    change = change_address(zoe.pk, email="Zoe.Nouvelle@example.org", checked_how=HOW, by=office)
    told = {mail.address: render(mail) for mail in Mail.objects.filter(kind__in=["address_left", "address_taken"])}
    assert set(told) == {"zoe@example.org", "zoe.nouvelle@example.org"}
    assert "zoe.nouvelle" not in told["zoe@example.org"].text  # who reads the old mailbox may be anybody
    assert (change.before, change.after, change.checked_how) == ("zoe@example.org", "zoe.nouvelle@example.org", HOW)
    entry = Entry.objects.get(event="address.changed")
    assert entry.actor == str(office.pk)
    assert "example.org" not in str(entry.details)


def test_who_holds_the_old_mailbox_is_out_and_gets_no_code(zoe: User, office: User, mailoutbox: list) -> None:
    """A session begun before ends; a code asked for goes to the new address, and to none but it."""
    client = Client()
    client.force_login(zoe)
    home = reverse("campaign:dossier", args=[Dossier.objects.get().procedure.slug])
    assert client.get(home).status_code == 200
    change_address(zoe.pk, email="neuve@example.org", checked_how=HOW, by=office)
    assert client.get(home).status_code == 302
    for address in ("zoe@example.org", "neuve@example.org"):
        Client().post(reverse("account_request_login_code"), {"email": address})
    codes = Mail.objects.filter(kind="sign_in_code")
    assert [mail.address for mail in codes] == ["neuve@example.org"]


def test_nobody_but_the_office_of_one_of_ones_procedures(zoe: User, procedure: Procedure) -> None:
    elsewhere = store(scenario.ast_2026(), rehearsal=True, slug="une-autre")
    verifier = scenario.staff(procedure, "verifier", "albi")
    for stranger in (verifier, zoe, scenario.staff(elsewhere, "office", email="ailleurs@example.org")):
        with pytest.raises(NotAllowed):
            change_address(zoe.pk, email="neuve@example.org", checked_how=HOW, by=stranger)


@pytest.mark.parametrize(("email", "how"), [("neuve@example.org", " "), ("zoe@example.org", HOW)])
def test_it_needs_a_new_address_and_a_word_on_the_identity(zoe: User, office: User, email: str, how: str) -> None:
    with pytest.raises(AddressNotChanged):
        change_address(zoe.pk, email=email, checked_how=how, by=office)


def test_another_accounts_address_is_refused(zoe: User, office: User) -> None:
    max_ = scenario.person("max@example.org")
    EmailAddress.objects.create(user=max_, email="second@example.org", verified=True)
    for taken in ("MAX@example.org", "second@example.org"):
        with pytest.raises(AddressNotChanged, match="autre compte"):
            change_address(zoe.pk, email=taken, checked_how=HOW, by=office)


def test_a_colleagues_account_is_not_for_the_taking(zoe: User, office: User) -> None:
    """Whoever may change the address of a president's account could sign in as the president."""
    User.objects.filter(pk=zoe.pk).update(is_staff=True)
    with pytest.raises(AddressNotChanged):
        change_address(zoe.pk, email="neuve@example.org", checked_how=HOW, by=office)


def test_it_is_done_from_the_page_of_the_account(zoe: User, office: User) -> None:
    client = Client()
    client.force_login(office)
    account = reverse("admin:accounts_user_change", args=[zoe.pk])
    page = reverse("admin:campaign_address", args=[zoe.pk])
    assert page in client.get(account).content.decode()
    client.post(page, {"email": "neuve@example.org", "checked_how": HOW})
    assert AddressChange.objects.get().after == "neuve@example.org"
    assert HOW in client.get(account).content.decode()
    other = scenario.staff(Procedure.objects.get(), "verifier", "albi")
    client.force_login(other)
    assert client.get(page).status_code == 404
