"""How a member of a team comes in: a password, then a second factor that the first visit sets up."""

from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import User
from tests.actors import Person
from tests.conftest import OpenBrowser

EMAIL, PASSWORD = "camille@ecole.example", "une phrase assez longue"
PERIOD = 30  # seconds that a code of the application counts


@pytest.fixture(autouse=True)
def _second_factor_required(transactional_db: None, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def _member() -> None:
    """A member of a team, with a password and a proven address."""
    user = User.objects.create_user(EMAIL, is_staff=True, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)


@pytest.mark.browser
@pytest.mark.usefixtures("_member")
def test_a_member_sets_up_a_second_factor_and_is_asked_for_it_the_next_time(open_browser: OpenBrowser) -> None:
    """The pages themselves, from the door to the desk; a password alone opens nothing."""
    camille = Person(open_browser())
    enters_password(camille)
    camille.arrives_at("Votre compte")
    camille.reads("ajoutez d’abord un second facteur")
    camille.follow("Relier")
    camille.arrives_at("Confirmer que c’est bien vous")
    camille.fill({"Mot de passe": PASSWORD})
    camille.press("Confirmer")
    camille.arrives_at("Relier une application d’authentification")
    secret = camille.main.locator("code").inner_text()
    camille.fill({"Code": code_of(secret)})
    camille.press("Relier l’application")
    camille.arrives_at("Codes de secours")
    expect(camille.page.get_by_role("link", name="Gestion")).to_have_attribute("href", "/gestion/")
    later = Person(open_browser())
    enters_password(later)
    later.arrives_at("Deuxième étape de la connexion")
    later.go("/gestion/")
    later.arrives_at("Deuxième étape de la connexion")
    later.fill({"Code": code_of(secret, ahead=1)})
    later.press("Se connecter")
    expect(later.page.get_by_role("heading", level=1)).to_have_text("Ce qui vous attend")


@pytest.mark.browser
@pytest.mark.usefixtures("_member")
def test_a_member_adds_a_passkey_and_comes_in_with_it_alone(open_browser: OpenBrowser, settings: Settings) -> None:
    """It stands for both factors: no password, no code."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the browser counts localhost as safe, without https
    camille = Person(with_a_key(open_browser()))
    enters_password(camille)
    camille.arrives_at("Votre compte")
    camille.follow("Ajouter")
    camille.arrives_at("Confirmer que c’est bien vous")
    camille.fill({"Mot de passe": PASSWORD})
    camille.press("Confirmer")
    camille.arrives_at("Ajouter une clé d’accès")
    camille.press("Ajouter la clé")
    camille.arrives_at("Codes de secours")
    camille.reads("La clé d’accès est ajoutée.")
    camille.press("Se déconnecter")
    camille.arrives_at("Candidater dans nos écoles")
    camille.page.goto("/gestion/")
    camille.arrives_at("Se connecter")
    camille.press("Utiliser une clé d’accès")
    expect(camille.page.get_by_role("heading", level=1)).to_have_text("Ce qui vous attend")


def with_a_key(page: Page) -> Page:
    """Give the page's device a passkey store whose owner touches it at once."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    of_the_device = dict.fromkeys(
        ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
    )
    options = {"protocol": "ctap2", "transport": "internal", **of_the_device}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def enters_password(person: Person) -> None:
    """Knock at the desk's door, and say who one is."""
    person.page.goto("/gestion/")
    person.arrives_at("Se connecter")
    person.fill({"Adresse électronique": EMAIL})
    person.unfold("Équipes des écoles et jurys")
    person.fill({"Mot de passe": PASSWORD})
    person.press("Continuer")


def code_of(secret: str, *, ahead: int = 0) -> str:
    """What the application on the telephone shows, or will show `ahead` periods later: no code counts twice."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + ahead))
    return code
