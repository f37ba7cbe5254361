"""Nobody sees early: what a jury holds shows nowhere outside of it before its instant, not even by a change of a page.

Every page of a candidate and of a school's staff is read one microsecond before the instant, and again after each act
of the jury: nothing on it may have moved. At the instant the candidate's does. Rules: AST-07, AST-13, AST-16, AST-20.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.tests.scenario import OPEN, person, procedure_at, staff, submitted
from campaign.due import run_due_acts_of
from documents.models import Notice
from documents.notices import issue_notice
from journal.clock import at_one_instant, instant
from juries.decisions import decide_admissibility
from juries.marks import record_mark
from juries.models import Mark
from juries.publication import cancel_publication, prepare_publication
from juries.tests.rows import decided, published
from notifications.models import Mail
from offers.lists import prepare_admission, set_list
from offers.seats import move_seats
from offers.tests.market import pool_of
from programmes.models import Procedure, Step

TICK = dt.timedelta(microseconds=1)
FLEETING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
OWN_PAGES = (
    "/",
    "/procedures/{slug}/",
    "/mon-dossier/{slug}/",
    "/mon-dossier/{slug}/convocation.ics",
    "/dossier/{slug}/page/identity/",
    "/dossier/{slug}/titre/",
    "/dossier/{slug}/voeux/",
    "/dossier/{slug}/pieces/",
    "/dossier/{slug}/pieces/required-title/",
    "/dossier/{slug}/referents/",
    "/dossier/{slug}/frais/",
    "/dossier/{slug}/relecture/",
    "/dossier/{slug}/accuse/",
    "/dossier/{slug}/retrait/",
    "/places/{slug}/",
    "/places/{slug}/repondre/?reponse=ACCEPT",
    "/documents/verifier/",
)
# Of the staff's pages: the menu, the boards and lists, each dossier; not the same list in another order.
FOLLOWED = re.compile(r'href="(/gestion/[^"?#]*)"')

pytestmark = pytest.mark.django_db
Pages = dict[str, tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """To the microsecond, in requests and in the periodic task too."""
    with at_one_instant():
        for module in ("journal.clock", "campaign.due"):
            monkeypatch.setattr(f"{module}.at_one_instant", nullcontext)
        yield


@pytest.fixture
def procedure() -> Procedure:
    return procedure_at(OPEN)


@pytest.fixture
def zoe() -> User:
    return person()


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    """A dossier that Albi has validated."""
    made = submitted(procedure, zoe)
    Dossier.objects.filter(pk=made.pk).update(status=Status.VALIDATED, validated_at=procedure.now())
    return made


@pytest.fixture
def outsiders(procedure: Procedure) -> list[User]:
    """Those who work for a school, and are not on the jury."""
    return [staff(procedure, *role) for role in (("verifier", "albi"), ("accountant", "albi"), ("verifier", "ales"))]


def stand_at(procedure: Procedure, moment: dt.datetime | None) -> None:
    assert moment is not None
    procedure.clock_offset = moment - instant()
    procedure.save(update_fields=["clock_offset"])


def read(client: Client, address: str) -> tuple[int, str, str]:
    response = client.get(address)
    body = "" if response.streaming else FLEETING.sub("", response.content.decode())
    if response.streaming:
        b"".join(response)  # a paper that is served stays open until its end; the client closes it then
    return response.status_code, response.get("Location", ""), body


def pages_of(user: User, procedure: Procedure) -> Pages:
    """All that a candidate can look at."""
    client = Client()
    client.force_login(user)
    return {address: read(client, address.format(slug=procedure.slug)) for address in OWN_PAGES}


def desk_of(user: User) -> Pages:
    """All that a member of staff can look at by following links."""
    client = Client()
    client.force_login(user)
    found: Pages = {}
    waiting = ["/gestion/"]
    while waiting:
        address = waiting.pop()
        if address not in found and "logout" not in address:
            found[address] = read(client, address)
            waiting += [*FOLLOWED.findall(found[address][2]), *re.findall(r"^/gestion/.*", found[address][1])]
    return found


@pytest.fixture
def nothing_moved(
    procedure: Procedure, dossier: Dossier, zoe: User, outsiders: list[User]
) -> Callable[[], Callable[[str], None]]:
    """Looks at every page; what it returns looks again, after something was done, and says what has moved."""

    def look() -> dict[str, Pages]:
        run_due_acts_of(procedure)
        told = {"mails": (Mail.objects.filter(procedure=procedure).count(), "", "")}
        told |= {"notices": (Notice.objects.filter(procedure=procedure).count(), "", "")}
        return {zoe.email: pages_of(zoe, procedure), "told": told} | {user.email: desk_of(user) for user in outsiders}

    def begin() -> Callable[[str], None]:
        before = look()
        assert len(before["verifier-albi@example.org"]) > 10

        def compare(after: str) -> None:
            now = look()
            moved = [(who, page) for who in now for page in now[who] if now[who][page] != before[who].get(page)]
            assert not moved, f"{after}: {moved}"

        return compare

    return begin


@pytest.mark.parametrize("admissible", [True, False])
def test_admissibility_shows_nowhere_before_its_instant(
    procedure: Procedure,
    dossier: Dossier,
    zoe: User,
    nothing_moved: Callable[[], Callable[[str], None]],
    admissible: bool,
) -> None:
    office, jury = staff(procedure, "office"), staff(procedure, "jury")
    step = procedure.steps.get(kind=Step.Kind.ADMISSIBILITY)
    assert step.results_at is not None
    stand_at(procedure, step.results_at - TICK)
    same = nothing_moved()
    decide_admissibility(dossier.pk, admissible=admissible, reason="Dossier trop faible", by=jury)
    same("decided")
    prepare_publication(step.pk, by=office)
    same("prepared")
    cancel_publication(step.pk, by=office)
    same("cancelled")
    prepare_publication(step.pk, by=office)
    before = pages_of(zoe, procedure)
    stand_at(procedure, step.results_at)
    assert pages_of(zoe, procedure)["/mon-dossier/{slug}/"] != before["/mon-dossier/{slug}/"]


@pytest.mark.parametrize("ranked", [True, False])
def test_admission_shows_nowhere_before_its_instant(
    procedure: Procedure,
    dossier: Dossier,
    zoe: User,
    nothing_moved: Callable[[], Callable[[str], None]],
    ranked: bool,
) -> None:
    jury, president = staff(procedure, "jury"), staff(procedure, "president")
    admissibility = procedure.steps.get(kind=Step.Kind.ADMISSIBILITY)
    decided(dossier, admissibility, "admissible")
    stand_at(procedure, admissibility.results_at)
    published(admissibility)
    run_due_acts_of(procedure)
    step = procedure.steps.get(kind=Step.Kind.ADMISSION)
    assert step.results_at is not None
    stand_at(procedure, step.results_at - TICK)
    same = nothing_moved()
    for test in ("interview", "english"):
        record_mark(dossier.pk, test, value=Mark._meta.get_field("value").to_python("12"), by=jury)
    same("marked")
    for school in ("albi", "ales") if ranked else ():
        set_list(pool_of(procedure, school).pk, [dossier.pk], by=jury)
    same("listed")
    from_here, to_there = (pool_of(procedure, "albi", track) for track in ("BUT3", "L3"))
    move_seats(from_here.pk, to_there.pk, 3, reason="Peu de candidats", by=president)
    same("moved seats")
    prepare_admission(step.pk, by=president, empty_lists_are_meant=True)
    same("prepared")
    cancel_publication(step.pk, by=president)
    same("cancelled")
    prepare_admission(step.pk, by=president, empty_lists_are_meant=True)
    before = pages_of(zoe, procedure)
    stand_at(procedure, step.results_at)
    after = pages_of(zoe, procedure)
    assert all(after[page] != before[page] for page in ("/mon-dossier/{slug}/", "/places/{slug}/"))
    assert "13" in after["/procedures/{slug}/"][2]  # seats of Albi for the Licence, ten before


def test_a_letter_does_not_exist_before_its_instant(procedure: Procedure, zoe: User) -> None:
    soon = procedure.now() + TICK
    with transaction.atomic():
        notice = issue_notice(
            "refusal", key="k", procedure=procedure, recipient=zoe, school=None, visible_at=soon, outcome="refused"
        )
    client = Client()
    client.force_login(zoe)
    asked = {"number": notice.number, "code": notice.code}
    assert client.get(f"/documents/avis/{notice.pk}/").status_code == 404
    unknown = client.post("/documents/verifier/", {**asked, "code": "2222222222"}).content.decode()
    assert FLEETING.sub("", client.post("/documents/verifier/", asked).content.decode()) == FLEETING.sub(
        "", unknown
    ).replace("2222222222", notice.code)
    stand_at(procedure, soon)
    assert client.post("/documents/verifier/", asked).context["notice"] == notice


FILTERS = {  # by list: who may open it, what an address may not ask, and what its own filters ask
    "applicants/dossier": (
        "verifier",
        ("decisions__isnull=0", "list_entries__isnull=0", "marks__isnull=0", "offers__isnull=0", "candidate__isnull=0"),
        ("attend=examine", "etat=submitted", "filiere=L3", "q=x"),
    ),
    "accounts/user": ("office", ("password__startswith=a", "last_login__isnull=0"), ("is_staff__exact=1",)),
    "notifications/mail": (
        "office",
        ("context__path__startswith=a", "context__contains=a"),
        ("state__exact=kept", "sujet=x", "procedure__id__exact=1"),
    ),
    "payments/charge": ("accountant", ("exemption__isnull=0",), ("state__exact=due", "ecole=1")),
    "programmes/role": ("office", ("user__isnull=1",), ("kind__exact=jury", "school__isnull=True")),
}


@pytest.mark.parametrize("name", FILTERS)
def test_the_address_of_a_list_asks_nothing_but_its_filters(name: str, procedure: Procedure) -> None:
    kind, refused, allowed = FILTERS[name]
    client = Client()
    client.force_login(staff(procedure, kind))
    assert {query: client.get(f"/gestion/{name}/?{query}").status_code for query in refused} == dict.fromkeys(
        refused, 400
    )
    assert {query: client.get(f"/gestion/{name}/?{query}").status_code for query in allowed} == dict.fromkeys(
        allowed, 200
    )
