"""How the parts are wired: settings, headers, static files, worker, and the door of the staff's side."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from admissions_portal.celery import app
from admissions_portal.settings import broker_at
from journal.clock import instant


def test_without_a_secret_each_installation_makes_its_own(tmp_path: Path) -> None:
    """A key that everyone can read in the source, or that changes at each start, would be no key."""
    keys = []
    for name in ("one", "one", "other"):
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "admissions_portal.settings",
            "VAR_DIR": str(tmp_path / name),
        }
        subprocess.run([sys.executable, "manage.py", "check"], env=environment, capture_output=True, check=True)
        keys.append((tmp_path / name / "secret-key").read_text())
    assert keys[0] == keys[1] != keys[2]
    assert (tmp_path / "one" / "secret-key").stat().st_mode & 0o077 == 0


def test_production_asks_for_https_and_keeps_cookies_to_it() -> None:
    """`check --deploy` knows what is commonly forgotten."""
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "vXq3hT8nB0zKc5mYw2LrJ7pFd9sGa4eUi6oQx1tRyNbVkHjMlC",
        "PORTAL_URL": "https://admissions.example",
    }
    ended = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=ERROR"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "security.W" not in ended.stderr


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("redis://cache.example:6380/3", "redis://cache.example:6380/3"),
        ("unix:///run/redis/socket", "redis+socket:///run/redis/socket?virtual_host=0"),
        ("unix:///run/redis/socket?db=2", "redis+socket:///run/redis/socket?virtual_host=2"),
    ],
)
def test_the_broker_is_the_redis_that_is_named(redis_url: str, broker: str) -> None:
    """Celery spells a socket otherwise than Django: one address must not need two settings."""
    assert broker_at(redis_url) == broker


def test_a_task_has_one_instant() -> None:
    """A closing act that asks for the time twice must not see the deadline pass in between."""

    @app.task
    def ask_twice() -> bool:
        return instant() is instant()

    try:
        assert ask_twice.apply().get()
    finally:
        app.tasks.unregister(ask_twice.name)


def test_every_static_file_that_another_names_is_there(tmp_path: Path, settings: Settings) -> None:
    """A style sheet that names a font which is not there breaks the start in production, not at a desk."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_request_login_code"])
def test_pages_forbid_what_a_stranger_might_inject(client: Client, page: str) -> None:
    """One unsafe-inline would open every page to an injected script."""
    policy = client.get(reverse(page)).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


class TestDoorOfTheStaff:
    """The admin opens to a member of a team who showed a second factor in this session."""

    @pytest.fixture(autouse=True)
    def _second_factor_required(self, db: None, settings: Settings) -> None:
        settings.STAFF_SECOND_FACTOR = True

    @pytest.fixture
    def member(self) -> User:
        return User.objects.create_user("membre@ecole.example", is_staff=True)

    def test_a_stranger_is_led_to_the_sign_in_and_back(self, client: Client) -> None:
        """Django's own form would ask for a password only."""
        response = client.get(reverse("admin:index"), follow=True)
        assert response.redirect_chain[-1] == ("/compte/login/?next=%2Fgestion%2F", 302)

    def test_a_candidate_is_refused(self, client: Client) -> None:
        client.force_login(User.objects.create_user("camille@exemple.example"))
        assert client.get(reverse("admin:login")).status_code == 403

    def test_a_member_without_a_second_factor_is_led_to_setting_one_up(self, client: Client, member: User) -> None:
        client.force_login(member)
        response = client.get(reverse("admin:index"), follow=True)
        assert response.redirect_chain[-1] == (reverse("mfa_index"), 302)

    def test_a_member_who_has_not_shown_it_yet_is_asked_for_it(self, client: Client, member: User) -> None:
        """A session that began before the factor was set up is not good enough."""
        TOTP.activate(member, generate_totp_secret())
        client.force_login(member)
        response = client.get(reverse("admin:index"), follow=True)
        assert response.redirect_chain[-1] == ("/compte/2fa/reauthenticate/?next=%2Fgestion%2F", 302)

    def test_a_member_with_a_passkey_only_is_asked_for_that(self, client: Client, member: User) -> None:
        """The page that asks for a code would be a dead end."""
        Authenticator.objects.create(user=member, type=Authenticator.Type.WEBAUTHN, data={})
        client.force_login(member)
        response = client.get(reverse("admin:login"))
        assert response["Location"] == "/compte/2fa/webauthn/reauthenticate/?next=%2Fgestion%2F"

    def test_one_who_has_shown_it_comes_in(self, client: Client, member: User) -> None:
        client.force_login(member)
        remember_second_factor(client, of=member)
        assert client.get(reverse("admin:index")).status_code == 200

    def test_the_factor_of_another_person_does_not_count(self, client: Client, member: User) -> None:
        """Two people who share a browser share no factor."""
        other = User.objects.create_user("autre@ecole.example", is_staff=True)
        client.force_login(member)
        remember_second_factor(client, of=other)
        assert client.get(reverse("admin:index")).status_code == 302

    def test_nobody_is_led_out_of_the_portal(self, client: Client, member: User) -> None:
        """A link to the sign-in that ends on a look-alike page is how passwords are stolen."""
        client.force_login(member)
        remember_second_factor(client, of=member)
        response = client.get(reverse("admin:login"), {"next": "https://pirate.example/gestion/"})
        assert response["Location"] == reverse("admin:index")


def remember_second_factor(client: Client, *, of: User) -> None:
    """Write into the session what allauth writes when a code was accepted."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": 0}]
    session["account_authentication_methods_user"] = str(of.pk)
    session.save()
