"""The demonstration: where all is made up and nowhere else; one click to be anybody; time goes on, never back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.tests.scenario import CLOSED, OPEN, ast_2026, begun, person, procedure_at, set_clock
from campaign.demonstration import playing
from campaign.demonstration.characters import candidates, newcomer, staff
from campaign.demonstration.guard import require_made_up
from campaign.demonstration.moments import moments_of
from campaign.demonstration.playing import fill, play_what_is_wished
from campaign.demonstration.wishes import NotNow, is_ready, start_over, wish_for
from campaign.models import Play
from campaign.rehearsal import opening
from campaign.rehearsal.staff import domain_of
from journal.clock import at_one_instant, instant
from notifications.models import Mail
from offers.tests.market import JURY_DAY, market, start
from programmes.loading import store
from programmes.models import Procedure

SLUG = "ast-2026"
PAGES = {
    "campaign:progress": [],
    "campaign:mailbox": [],
    "campaign:sign_in": [SLUG],
    "campaign:move": [SLUG],
}


@pytest.fixture
def demo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration with few people, who check no papers."""
    settings.DEMO = True
    monkeypatch.setattr(playing, "CANDIDATES", 4)
    monkeypatch.setattr(playing, "SAMPLES", 0)


@pytest.fixture
def filled(demo: None, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Procedure:
    """The demonstration of a single procedure, at its first moment."""
    (tmp_path / f"{SLUG}.yaml").symlink_to(opening.FILES / f"{SLUG}.yaml")
    monkeypatch.setattr(opening, "FILES", tmp_path)
    fill()
    return Procedure.objects.get(slug=SLUG)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_outside_of_a_demonstration_its_pages_do_not_exist(client: Client, name: str) -> None:
    """One of them lets anybody sign in as anybody."""
    store(ast_2026(), rehearsal=True, slug=SLUG)
    address = reverse(name, args=PAGES[name])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


@pytest.mark.django_db
def test_a_demonstration_refuses_to_start_beside_a_real_procedure(settings: Settings) -> None:
    """DEMO=1 in the wrong environment would open every dossier to everybody."""
    store(ast_2026(), rehearsal=False)
    require_made_up()  # not a demonstration: nothing to refuse
    settings.DEMO = True
    with pytest.raises(ImproperlyConfigured, match=SLUG):
        require_made_up()
    with pytest.raises(CommandError, match=SLUG):
        call_command("fill_demo")


@pytest.mark.django_db
def test_people_are_made_up_in_a_demonstration_only() -> None:
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("fill_demo")


@pytest.mark.django_db(transaction=True)
def test_every_procedure_that_has_a_file_is_shown_with_its_people(demo: None) -> None:
    """One that nobody can enter as a candidate and as staff shows nothing."""
    fill()
    assert is_ready()
    shown = Procedure.objects.all()
    assert sorted(procedure.code for procedure in shown) == opening.codes()
    for procedure in shown:
        assert candidates(procedure), procedure
        assert staff(procedure), procedure


def test_filling_goes_on_where_it_was_stopped_and_then_does_nothing(filled: Procedure, client: Client) -> None:
    """`make run` starts it each time, and may be stopped in the middle."""
    dossiers = set(Dossier.objects.values_list("reference", "status"))
    told = Mail.objects.filter(kind__in=["dossier_started", "dossier_submitted"])
    mails = told.count()
    assert dossiers
    fill()
    assert set(Dossier.objects.values_list("reference", "status")) == dossiers
    play = Play.objects.get(procedure=filled)
    Play.objects.filter(pk=play.pk).update(played=moments_of(filled)[0].at.replace(day=1))  # stopped before
    fill()
    assert is_ready()
    assert Play.objects.get(pk=play.pk).played == play.played
    assert {reference for reference, _status in dossiers} == set(Dossier.objects.values_list("reference", flat=True))
    assert told.count() == mails  # nobody began or submitted twice
    assert client.get("/").status_code == 200


def test_one_click_makes_one_anybody_but_nobody_real(filled: Procedure, client: Client) -> None:
    """A form with another person's key must not open that person's account."""
    real = User.objects.create_superuser("admin@example.org", "a long password")
    address = reverse("campaign:sign_in", args=[SLUG])
    assert client.get(address).status_code == 405
    assert client.post(address, {"person": str(real.pk)}).status_code == 404
    assert client.post(address, {"person": "nobody"}).status_code == 404
    everyone = [*candidates(filled), *staff(filled)]
    assert len({character.user for character in everyone}) == len(everyone)
    for character in everyone:
        answer = client.post(address, {"person": str(character.user.pk)}, follow=True)
        assert answer.status_code == 200
        assert answer.context["user"] == character.user
    connect = client.get(reverse("mfa_activate_totp"))
    assert connect.status_code == 200  # as after a mailed code: allauth gives no second factor to an unknown address
    answer = client.post(address, follow=True)
    assert answer.context["user"].email.startswith("visiteur")
    assert newcomer(filled) != answer.context["user"]


def test_the_mailbox_shows_every_mail_with_its_links(filled: Procedure, client: Client) -> None:
    """Without it nobody could follow what the portal writes."""
    mail = Mail.objects.filter(kind="dossier_submitted", procedure=filled).first()
    assert mail is not None
    listed = client.get(reverse("campaign:mailbox"), {"adresse": mail.address})
    assert reverse("campaign:mail", args=[mail.pk]) in listed.text
    read = client.get(reverse("campaign:mail", args=[mail.pk]))
    assert f"/mon-dossier/{SLUG}/" in read.text
    assert mail.recipient is not None
    assert str(mail.recipient.pk) in read.text  # one becomes its reader from there: its links are of no use to others
    Mail.objects.filter(pk=mail.pk).update(recipient=None)
    assert reverse("campaign:sign_in", args=[SLUG]) not in client.get(read.request["PATH_INFO"]).text


def test_time_goes_on_to_a_moment_and_not_back(filled: Procedure, client: Client) -> None:
    """Made-up people do what is theirs meanwhile; the page waits for them."""
    first, second = moments_of(filled)[:2]
    progress = reverse("campaign:progress")
    assert client.post(reverse("campaign:move", args=[SLUG]), {"moment": second.code})["Location"] == progress
    assert client.get("/")["Location"] == progress
    assert client.get(progress)["Refresh"]
    with pytest.raises(NotNow):
        start_over(filled.pk)
    play_what_is_wished()
    filled.refresh_from_db()
    assert is_ready()
    assert 0 <= (filled.now() - second.at).total_seconds() < 60
    assert Dossier.objects.filter(procedure=filled).exclude(status=Status.DRAFT).exists()
    for code in (first.code, second.code, "no-such-moment"):
        with pytest.raises(NotNow):
            wish_for(filled.pk, code)


def test_starting_over_empties_it_first(filled: Procedure) -> None:
    """What visitors did goes too."""
    visitor = newcomer(filled)
    wish_for(filled.pk, moments_of(filled)[1].code)
    play_what_is_wished()
    start_over(filled.pk)
    play_what_is_wished()
    filled.refresh_from_db()
    assert is_ready()
    assert 0 <= (filled.now() - moments_of(filled)[0].at).total_seconds() < 60
    assert not User.objects.filter(pk=visitor.pk).exists()
    assert Dossier.objects.filter(procedure=filled).count() <= 4


def test_two_workers_do_not_play_at_once_and_a_killed_one_is_followed(filled: Procedure) -> None:
    """The wake-up and the schedule may call two of them; a worker that dies must not stop time for good."""
    wish_for(filled.pk, moments_of(filled)[1].code)
    wish = Play.objects.filter(procedure=filled)
    wish.update(lease=uuid4(), leased_until=instant() + dt.timedelta(minutes=1))
    play_what_is_wished()
    assert not is_ready()
    wish.update(leased_until=instant() - dt.timedelta(seconds=1))
    play_what_is_wished()
    assert is_ready()


@pytest.mark.django_db
def test_whoever_has_an_offer_to_answer_may_hope_for_better() -> None:
    """Else the demonstration would show two of the five answers only."""
    lists, choices, seats = {"albi": "ab", "ales": "ba"}, {"a": "albi ales", "b": "albi ales"}, {"albi": 1, "ales": 1}
    with at_one_instant():
        procedure = procedure_at(JURY_DAY)
        dossiers = market(procedure, lists, choices, seats)
        for name, dossier in dossiers.items():
            User.objects.filter(pk=dossier.candidate.user_id).update(email=f"{name}@{domain_of(procedure)}")
        start(procedure, 1)
        procedure.refresh_from_db()
        asked = candidates(procedure)[0]
    assert asked.state == "A une proposition à laquelle répondre"
    assert asked.user == dossiers["b"].candidate.user  # though a, who is offered the first choice, began first


@pytest.mark.django_db
def test_after_the_closing_hour_a_draft_is_not_being_filled_in() -> None:
    procedure = procedure_at(OPEN)
    draft = begun(procedure, person(f"zoe@{domain_of(procedure)}"))
    assert [character.state for character in candidates(procedure)] == ["Remplit son dossier"]
    set_clock(procedure, CLOSED)
    (late,) = candidates(procedure)
    assert (late.state, late.user) == ("N’a pas transmis son dossier à temps", draft.candidate.user)
