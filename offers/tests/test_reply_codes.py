"""A relative answers with the code that the candidate made: who may, how often, until when, and who is told.

Rule: AST-19.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from applicants.models import Dossier
from applicants.tests.reading import Page, read
from applicants.tests.scenario import mails, set_clock
from journal.clock import at_one_instant, instant
from journal.errors import Closed
from journal.models import Entry
from notifications.rendering import render
from offers.allocation import Reply
from offers.models import ReplyCode, ReplyRecord
from offers.periods import close_period
from offers.replies import ReplyNotAllowed, reply_to_offer
from offers.reply_codes import (
    MOST_TRIES,
    REST,
    NothingToAnswer,
    Relative,
    TooManyTries,
    WrongCode,
    cancel_reply_code,
    enter_reply_code,
    make_reply_code,
)
from offers.tests.market import end, market, period, play, seat_of, start
from offers.views.relatives import REMEMBERED, VISIT
from programmes.models import Procedure

LISTS = {"albi": "ab", "ales": "ba"}
CHOICES = {"a": "albi ales", "b": "ales"}
SEATS = {"albi": 1, "ales": 1}
WRONG = "2222-2222"


@pytest.fixture
def dossiers(procedure: Procedure) -> dict[str, Dossier]:
    """Two candidates, each first on the list of the school that they prefer."""
    return market(procedure, LISTS, CHOICES, SEATS)


@pytest.fixture
def a(dossiers: dict[str, Dossier]) -> Dossier:
    return dossiers["a"]


@pytest.fixture
def code(procedure: Procedure, a: Dossier) -> str:
    """The code of `a`, whom Albi offers a seat in the period under way."""
    start(procedure, 1)
    return make_reply_code(a.pk, by=a.candidate.user)


def enter(dossier: Dossier, code: str) -> Relative:
    return enter_reply_code(Procedure.objects.get(pk=dossier.procedure_id), reference=dossier.reference, code=code)


def mistype(dossier: Dossier, times: int) -> None:
    for _time in range(times):
        with pytest.raises(WrongCode):
            enter(dossier, WRONG)


# --- The acts ---------------------------------------------------------------------------------------------------------


def test_a_relatives_answer_counts_as_the_candidates_and_is_recorded_as_a_relatives(
    procedure: Procedure, a: Dossier, code: str
) -> None:
    reply_to_offer(a.pk, Reply.ACCEPT, by=enter(a, code))
    given = ReplyRecord.objects.get()
    assert (given.by_relative, given.given_by) == (True, None)
    entry = Entry.objects.get(event="offer.answered")
    assert (entry.actor, entry.details["by_relative"]) == ("", True)
    end(procedure, 1)
    assert seat_of(a) == ("albi", "awaiting")


def test_an_answer_of_ones_own_is_recorded_as_ones_own(a: Dossier, code: str) -> None:
    reply_to_offer(a.pk, Reply.ACCEPT, by=a.candidate.user)
    assert ReplyRecord.objects.get().by_relative is False
    assert Entry.objects.get(event="offer.answered").details["by_relative"] is False


@pytest.mark.parametrize(("language", "said"), [("fr", "Un proche a répondu à votre place"), ("en", "A relative has")])
def test_the_candidate_is_told_in_the_candidates_language(a: Dossier, code: str, language: str, said: str) -> None:
    User.objects.filter(pk=a.candidate.user_id).update(language=language)
    reply_to_offer(a.pk, Reply.ACCEPT, by=enter(a, code))
    (mail,) = mails("reply_recorded")
    assert mail.recipient == a.candidate.user
    assert said in render(mail).text
    reply_to_offer(a.pk, Reply.ACCEPT, by=a.candidate.user)
    assert said not in render(mails("reply_recorded")[-1]).text


@pytest.mark.parametrize("form", ["{}", " {} ", "lower", "bare"])
def test_reference_and_code_may_be_typed_as_one_hears_them(a: Dossier, code: str, form: str) -> None:
    def typed(text: str) -> str:
        return {"lower": text.lower(), "bare": text.replace("-", "")}.get(form, form.format(text))

    entered = enter_reply_code(a.procedure, reference=typed(a.reference), code=typed(code))
    assert entered.dossier_id == a.pk


def test_the_code_is_kept_nowhere(a: Dossier, code: str) -> None:
    """Neither as it is nor as a plain digest, which could be tried out on a copy of the database."""
    kept = str(ReplyCode.objects.values().get()) + str(list(Entry.objects.values_list("details", flat=True)))
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_who_comes_back_to_the_page_that_showed_the_code_is_led_on_and_keeps_it(a: Dossier, code: str) -> None:
    client = Client()
    client.force_login(a.candidate.user)
    came_back = client.get(f"/places/{a.procedure.slug}/code/")
    assert (came_back.status_code, came_back["Location"]) == (302, f"/places/{a.procedure.slug}/")
    assert enter(a, code).dossier_id == a.pk


def test_a_new_code_takes_the_place_of_the_one_before(a: Dossier, code: str) -> None:
    entered = enter(a, code)
    other = make_reply_code(a.pk, by=a.candidate.user)
    assert other != code
    with pytest.raises(WrongCode):
        enter(a, code)
    with pytest.raises(WrongCode):
        reply_to_offer(a.pk, Reply.ACCEPT, by=entered)
    assert enter(a, other)


def test_a_cancelled_code_opens_nothing_even_to_who_entered_it_before(a: Dossier, code: str) -> None:
    entered = enter(a, code)
    for _click in range(2):
        cancel_reply_code(a.pk, by=a.candidate.user)
    with pytest.raises(WrongCode):
        reply_to_offer(a.pk, Reply.ACCEPT, by=entered)
    with pytest.raises(WrongCode):
        enter(a, code)
    assert Entry.objects.filter(event="reply_code.cancelled").count() == 1


def test_a_code_is_good_for_its_own_dossier_only(dossiers: dict[str, Dossier], a: Dossier, code: str) -> None:
    b = dossiers["b"]
    make_reply_code(b.pk, by=b.candidate.user)
    with pytest.raises(WrongCode):
        enter(b, code)
    with pytest.raises(WrongCode):
        reply_to_offer(b.pk, Reply.ACCEPT, by=enter(a, code))


def test_an_answer_that_the_candidate_could_not_give_is_refused(a: Dossier, code: str) -> None:
    with pytest.raises(ReplyNotAllowed):
        reply_to_offer(a.pk, Reply.WAIT, by=enter(a, code))


def test_a_code_serves_in_a_period_and_not_between_two(procedure: Procedure, dossiers: dict[str, Dossier]) -> None:
    a = dossiers["a"]
    code = make_reply_code(a.pk, by=a.candidate.user)  # before the first one: the candidate leaves on a journey
    with pytest.raises(Closed):
        enter(a, code)
    start(procedure, 1)
    entered = enter(a, code)
    set_clock(procedure, "2026-06-03 23:00")
    with pytest.raises(Closed):
        reply_to_offer(a.pk, Reply.ACCEPT, by=entered)
    with pytest.raises(Closed):
        enter(a, code)
    close_period(period(procedure, 1).pk)


def test_a_code_goes_on_in_the_next_period(procedure: Procedure, a: Dossier, code: str) -> None:
    reply_to_offer(a.pk, Reply.ACCEPT, by=enter(a, code))
    end(procedure, 1)
    start(procedure, 2)
    reply_to_offer(a.pk, Reply.WITHDRAW, by=enter(a, code))
    end(procedure, 2)
    assert seat_of(a) == ("albi", "given_up")


def test_tries_are_limited_and_the_right_code_waits_too(a: Dossier, code: str) -> None:
    mistype(a, MOST_TRIES)
    with pytest.raises(TooManyTries):
        enter(a, code)
    with at_one_instant(instant() + REST - dt.timedelta(seconds=1)), pytest.raises(TooManyTries):
        enter(a, code)
    with at_one_instant(instant() + REST):
        mistype(a, 1)  # it counts anew
        assert enter(a, code)
    assert Entry.objects.filter(event="reply_code.mistyped").count() == MOST_TRIES + 1


def test_the_right_code_forgives_the_wrong_tries_before(a: Dossier, code: str) -> None:
    for _round in range(2):
        mistype(a, MOST_TRIES - 1)
        enter(a, code)


def test_who_tries_a_reference_that_is_none_learns_no_more_than_who_tries_a_code(a: Dossier, code: str) -> None:
    without_code = Dossier.objects.exclude(pk=a.pk).get().reference
    said = set()
    for reference in (a.reference, without_code, "2026-2222-2222", ""):
        with pytest.raises(WrongCode) as refused:
            enter_reply_code(a.procedure, reference=reference, code=WRONG)
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_code_is_made_by_who_is_in_play_once_the_results_are_public(procedure: Procedure, a: Dossier) -> None:
    """Before, the refusal or the code would tell who is on a list."""
    set_clock(procedure, "2026-05-28 13:59:59")
    with pytest.raises(NothingToAnswer):
        make_reply_code(a.pk, by=a.candidate.user)
    set_clock(procedure, "2026-05-28 14:00")
    assert make_reply_code(a.pk, by=a.candidate.user)
    play(procedure, 1, {}, {})  # nobody answers
    with pytest.raises(NothingToAnswer):
        make_reply_code(a.pk, by=a.candidate.user)


def test_nobody_makes_or_cancels_the_code_of_another(dossiers: dict[str, Dossier], a: Dossier, code: str) -> None:
    other = dossiers["b"].candidate.user
    for act in (make_reply_code, cancel_reply_code):
        with pytest.raises(Dossier.DoesNotExist):
            act(a.pk, by=other)
    assert enter(a, code)


def test_the_database_takes_no_answer_of_a_relative_with_an_account(a: Dossier, code: str) -> None:
    with pytest.raises(IntegrityError):
        ReplyRecord.objects.create(
            period=period(a.procedure, 1),
            dossier=a,
            reply=Reply.ACCEPT,
            given_at=instant(),
            given_by=a.candidate.user,
            by_relative=True,
        )


# --- The pages --------------------------------------------------------------------------------------------------------


class Browser:
    """Somebody at the pages of the integration."""

    def __init__(self, dossier: Dossier, user: User | None = None) -> None:
        self.client, self.dossier = Client(), dossier
        if user is not None:
            self.client.force_login(user)

    def reads(self, path: str = "") -> Page:
        response = self.client.get(f"/places/{self.dossier.procedure.slug}/{path}", follow=True)
        return Page(" ".join(read(response).split()))

    def posts(self, path: str, **fields: str) -> Page:
        response = self.client.post(f"/places/{self.dossier.procedure.slug}/{path}", fields, follow=True)
        return Page(" ".join(read(response).split()))

    def enters(self, code: str) -> Page:
        return self.posts("proche/", reference=self.dossier.reference, code=code)


def test_the_candidate_makes_reads_once_and_cancels_the_code(procedure: Procedure, a: Dossier) -> None:
    start(procedure, 1)
    zoe = Browser(a, a.candidate.user)
    shown = zoe.posts("code/")
    found = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b(?<!\d{4}-)", shown.replace(a.reference, ""))
    assert found, shown
    assert a.reference in shown
    assert enter(a, found[0])
    assert found[0] not in zoe.reads()
    assert "Le code de réponse est annulé." in zoe.posts("code/annuler/")
    assert not ReplyCode.objects.exists()


def test_a_relative_reads_answers_and_leaves(a: Dossier, code: str) -> None:
    relative = Browser(a)
    assert "IMT Mines Albi vous propose une place" in relative.enters(code)
    confirmed = relative.reads("proche/repondre/?reponse=ACCEPT")
    assert "Vous intégrez IMT Mines Albi." in confirmed
    assert not ReplyRecord.objects.exists()
    assert "Votre réponse est enregistrée : OUI DÉFINITIF." in relative.posts("proche/repondre/", reponse="ACCEPT")
    assert ReplyRecord.objects.get().by_relative
    relative.posts("proche/terminer/")
    assert "Indiquez d’abord la référence" in relative.reads("proche/reponses/")


def test_a_wrong_code_is_refused_in_words(a: Dossier, code: str) -> None:
    assert "La référence et le code ne vont pas ensemble." in Browser(a).enters(WRONG)


def test_without_a_code_no_page_tells_anything(a: Dossier, code: str) -> None:
    stranger = Browser(a)
    for path in ("proche/", "proche/reponses/", "proche/repondre/?reponse=ACCEPT"):
        said = stranger.reads(path)
        assert not [word for word in ("Martin", a.reference, "vous propose") if word in said]
    stranger.posts("proche/repondre/", reponse="ACCEPT")
    assert not ReplyRecord.objects.exists()


def test_a_code_that_is_cancelled_meanwhile_shows_the_offer_no_more(a: Dossier, code: str) -> None:
    relative = Browser(a)
    relative.enters(code)
    cancel_reply_code(a.pk, by=a.candidate.user)
    assert "vous propose une place" not in relative.reads("proche/reponses/")


def test_a_browser_forgets_the_code_by_itself(a: Dossier, code: str) -> None:
    relative = Browser(a)
    relative.enters(code)
    session = relative.client.session
    left = dt.datetime.fromisoformat(session[REMEMBERED]["until"]) - instant()
    assert abs(left - VISIT) < dt.timedelta(minutes=1)
    session[REMEMBERED] |= {"until": instant().isoformat()}
    session.save()
    assert "Indiquez d’abord la référence" in relative.reads("proche/reponses/")


def test_candidate_and_office_read_who_answered(procedure: Procedure, a: Dossier, code: str, office: User) -> None:
    reply_to_offer(a.pk, Reply.ACCEPT, by=enter(a, code))
    candidate = Browser(a, a.candidate.user)
    assert "Votre réponse est enregistrée : OUI DÉFINITIF (par un proche)" in candidate.reads()
    board = Client()
    board.force_login(office)
    assert "Réponses données par un proche" in read(board.get(f"/gestion/offers/offer/{procedure.slug}/"))
    assert "un proche du candidat" in read(board.get("/gestion/journal/entry/", {"q": "offer.answered"}))
    end(procedure, 1)
    assert "OUI DÉFINITIF (par un proche)" in candidate.reads()
