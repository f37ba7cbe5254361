"""Requests that no page of ours sends: fields that were not asked for, closed pages, what is another's, another method.

They are refused in words, or there is nothing (404, 405), or what does not belong is not read; whatever the answer,
nothing in the database changes, not even the journal. Rules: AST-02, AST-07, APP-13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.corrections import ask_correction, withdraw_correction
from applicants.models import Correction, Dossier, Referee
from applicants.referees import name_referee, secret_of
from applicants.tests import scenario
from applicants.urls import urlpatterns
from documents.models import SupportingDocument
from payments.models import Charge
from programmes.loading import store
from programmes.models import Procedure
from programmes.rules import PageRule

pytestmark = pytest.mark.django_db
NAMES = [str(pattern.name) for pattern in urlpatterns]
KEPT = ("accounts", "applicants", "documents", "journal", "juries", "notifications", "offers", "payments", "programmes")
FOR_ALL = {"appraisal", "decline_appraisal"}  # whoever has the link
STILL_OPEN = {"messages", "withdraw"}  # of a submitted dossier
FORGED = {
    "status": "validated",
    "submitted_at": "2026-02-01T00:00",
    "id": "1",
    "dossier_id": "1",
    "candidate": "1",
    "fee": "0",
    "title": "M1",
    "unknown": "x",
    "seen-unknown": "y",
    "csrfmiddlewaretoken": "z",
}
PLAUSIBLE = {
    "family_name": "Autre",
    "given_names": "Nom",
    "birth_date": "2000-01-01",
    "city": "Ailleurs",
    "title": "L3",
    "speciality_0": "chimie",
    "equivalence": "",
    "order": ["ales", "albi"],
    "text": "Bonjour",
    "on": "2026-02-09",
    "name": "Ada",
    "position": "Directrice",
    "email": "ada@example.org",
    "language": "fr",
    "account_holder": "Zoé",
    "iban": "FR7630006000011234567890189",
    "agreed": "on",
    "consent": "on",
}
HOSTILE: list[dict[str, Any]] = [
    dict.fromkeys([*PLAUSIBLE, "move", "add", "remove", "programme", "studies-row"], "\0"),
    dict.fromkeys([*PLAUSIBLE, "move", "add", "remove", "programme"], "9" * 5000),
    {"move": "up:", "order": ["\ufffe", "'; DROP TABLE"], "studies-row": ["9" * 5000, "²", "-1"], "on": "2026-02-30"},
]


@pytest.fixture
def procedure() -> Procedure:
    """The procedure, in the middle of its window of applications."""
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def zoe() -> User:
    return scenario.person()


def signed_in(user: User, **how: bool) -> Client:
    client = Client(**how)  # type: ignore[arg-type]
    client.force_login(user)
    return client


def state() -> dict[str, list[dict[str, Any]]]:
    """All that the database holds of candidates and their dossiers, and the journal."""
    models = [model for label in KEPT for model in apps.get_app_config(label).get_models()]
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name != "last_login"}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in models
    }


def with_everything(procedure: Procedure, user: User) -> Dossier:
    """A submitted dossier with all that an address can name."""
    dossier = scenario.complete(procedure, user)
    name_referee(dossier.pk, kind="appraiser", name="A. Curie", position="", email="a@b.fr", by=user)
    scenario.submit_dossier(dossier.pk, by=user)
    verifier = User.objects.filter(email="verifier-albi@example.org").first()
    verifier = verifier or scenario.staff(procedure, "verifier", "albi")
    until = procedure.calendar["applications"].ends_at
    assert until is not None
    asked = ask_correction(dossier.pk, opens=["page:contact"], reason="?", until=until, by=verifier)
    withdraw_correction(asked.pk, by=verifier)
    return scenario.reloaded(dossier.pk)


def address(name: str, dossier: Dossier, slug: str = "") -> str:
    """Where a page of the dossier is; a name that is new must be told here what its address holds."""
    slug = slug or dossier.procedure.slug
    paper = SupportingDocument.objects.filter(folder=dossier.folder_id).first()
    referee = Referee.objects.filter(dossier=dossier).first()
    charge = Charge.objects.filter(account=dossier.account_id).first()
    correction = Correction.objects.filter(dossier=dossier).first()
    nothing = dossier.pk
    document, person = paper.pk if paper else nothing, referee.pk if referee else nothing
    sum_owed = charge.pk if charge else nothing
    holds: dict[str, list[object]] = {
        "appraisal": [secret_of(person)],
        "decline_appraisal": [secret_of(person)],
        "paper_file": [document],
        "remove_paper": [document],
        "remind_referee": [person],
        "page": [slug, "contact"],
        "paper": [slug, "cv"],
        "explain": [slug, "paper:cv"],
        "name_referee": [slug, "appraiser"],
        "replace_referee": [slug, person],
        "payment": [slug, sum_owed],
        "withdraw_payment": [slug, sum_owed],
        "pay_by_card": [slug, sum_owed],
        "sign_mandate": [slug, sum_owed],
        "ask_refund": [slug, sum_owed, "funded"],
        "attachment": [slug, document],
        "correction": [slug, correction.pk if correction else nothing],
    }
    return reverse(f"applicants:{name}", args=holds.get(name, [slug]))


def answers(client: Client, addresses: Iterable[str], data: dict[str, Any], method: str = "post") -> dict[str, int]:
    """How the portal answers each."""
    return {where: drained(getattr(client, method)(where, data)).status_code for where in addresses}


def drained(response: HttpResponseBase) -> HttpResponseBase:
    """Read to its end, where a file is closed."""
    b"".join(response)
    return response


@pytest.fixture
def unchanged() -> Callable[[], Callable[[], None]]:
    """Looks at the whole database; what it returns looks again."""

    def look() -> Callable[[], None]:
        before = state()

        def again() -> None:
            now = state()
            assert {model: rows for model, rows in now.items() if rows != before[model]} == {}

        return again

    return look


Unchanged = Callable[[], Callable[[], None]]


def fields_elsewhere(dossier: Dossier, page: PageRule) -> dict[str, str]:
    """Good answers to the questions of all other pages."""
    others = [field for other in dossier.rules.pages if other != page for field in other.fields]
    own = {field.code for field in page.fields}
    return {field.code: scenario.answer_to(field) for field in others if field.code not in own}


def test_a_page_of_the_form_reads_its_own_questions_alone(
    procedure: Procedure, zoe: User, unchanged: Unchanged
) -> None:
    """Neither what another page asks, nor columns, nor what the page is said to have shown."""
    dossier = scenario.begun(procedure, zoe)
    client, same = signed_in(zoe), unchanged()
    for page in dossier.rules.pages:
        posted = fields_elsewhere(dossier, page) | FORGED
        posted |= {f"seen-{field.code}": "autre chose" for field in page.fields}
        where = reverse("applicants:page", args=[procedure.slug, page.code])
        assert client.post(where, posted).status_code == 302
    same()


def test_of_what_is_sent_only_the_answers_asked_for_are_kept(procedure: Procedure, zoe: User) -> None:
    dossier = scenario.begun(procedure, zoe)
    before = {name: value for name, value in Dossier.objects.values().get().items() if name != "answers"}
    where = reverse("applicants:page", args=[procedure.slug, "contact"])
    signed_in(zoe).post(where, {"city": "Albi", "family_name": "Autre", "honour": "on", **FORGED})
    assert dict(dossier.answers.exclude(value="").values_list("field", "value")) == {"city": "Albi"}
    assert Dossier.objects.values().get() == before
    assert scenario.reloaded(dossier.pk).candidate.family_name == ""


@pytest.mark.parametrize("name", sorted(set(NAMES) - STILL_OPEN))
def test_a_submitted_dossier_takes_nothing_that_was_not_asked_for(
    name: str, procedure: Procedure, zoe: User, unchanged: Unchanged
) -> None:
    """At no address, with data that a draft would take."""
    dossier = with_everything(procedure, zoe)
    Referee.objects.update(state="deposited")
    client, same = signed_in(zoe), unchanged()
    for data in (PLAUSIBLE | FORGED, {**FORGED, "file": scenario.pdf(), "text": "x"}):
        assert set(answers(client, [address(name, dossier)], data).values()) <= {200, 302, 403, 404, 405}
    same()


@pytest.mark.parametrize("name", sorted(set(NAMES) - STILL_OPEN))
def test_after_the_closing_hour_a_draft_takes_nothing(
    name: str, procedure: Procedure, zoe: User, unchanged: Unchanged
) -> None:
    dossier = scenario.filled(procedure, zoe)
    name_referee(dossier.pk, kind="appraiser", name="A. Curie", position="", email="a@b.fr", by=zoe)
    scenario.set_clock(procedure, scenario.CLOSED)
    client, same = signed_in(zoe), unchanged()
    assert set(answers(client, [address(name, dossier)], PLAUSIBLE).values()) <= {200, 302, 403, 404, 405}
    same()


def test_what_is_anothers_is_not_there(procedure: Procedure, zoe: User, unchanged: Unchanged) -> None:
    """For who has a dossier of their own in the same procedure, by the addresses that name a thing."""
    theirs, max_ = with_everything(procedure, zoe), scenario.person("max@example.org")
    own = scenario.complete(procedure, max_)
    by_id = {name for name in NAMES if str(address(name, theirs)) != str(address(name, own))} - FOR_ALL
    assert len(by_id) > 8
    client, same = signed_in(max_), unchanged()
    found = answers(client, [address(name, theirs) for name in by_id], PLAUSIBLE)
    assert set(found.values()) <= {404, 405}, found
    found = answers(client, [address(name, theirs) for name in by_id], {}, "get")
    assert set(found.values()) <= {404, 405}, found
    same()


def test_a_sum_or_a_referee_is_not_found_under_another_procedure_of_ones_own(
    procedure: Procedure, zoe: User, unchanged: Unchanged
) -> None:
    """One person with two dossiers: an address that mixes them leads nowhere."""
    one = with_everything(procedure, zoe)
    elsewhere = store(scenario.ast_2026(), rehearsal=True, slug="une-autre")
    scenario.begun(scenario.set_clock(elsewhere, scenario.OPEN), zoe)
    with_id = ["payment", "withdraw_payment", "pay_by_card", "sign_mandate", "ask_refund", "replace_referee"]
    mixed = [address(name, one, slug="une-autre") for name in [*with_id, "attachment", "correction"]]
    client, same = signed_in(zoe), unchanged()
    found = answers(client, mixed, PLAUSIBLE)
    assert set(found.values()) <= {404, 405}, found
    same()


@pytest.mark.parametrize("slug", ["une-autre", "nulle-part"])
def test_without_a_dossier_in_that_procedure_there_is_nothing(
    slug: str, procedure: Procedure, zoe: User, unchanged: Unchanged
) -> None:
    store(scenario.ast_2026(), rehearsal=True, slug="une-autre")
    own = scenario.filled(procedure, zoe)
    theirs = [address(name, own, slug=slug) for name in NAMES if f"/{slug}/" in address(name, own, slug=slug)]
    theirs = [where for where in theirs if not where.endswith("/commencer/")]
    client, same = signed_in(zoe), unchanged()
    for method in ("post", "get"):
        found = answers(client, theirs, PLAUSIBLE if method == "post" else {}, method)
        assert set(found.values()) <= {404, 405}, found
    same()


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete"])
def test_only_a_post_changes_anything(method: str, procedure: Procedure, zoe: User, unchanged: Unchanged) -> None:
    dossier = scenario.complete(procedure, zoe)
    name_referee(dossier.pk, kind="appraiser", name="A. Curie", position="", email="a@b.fr", by=zoe)
    client, same = signed_in(zoe), unchanged()
    found = answers(client, [address(name, dossier) for name in NAMES], {}, method)
    assert set(found.values()) <= {200, 302, 404, 405}, found
    same()


def test_nothing_is_taken_without_the_pages_own_token(procedure: Procedure, zoe: User, unchanged: Unchanged) -> None:
    dossier = scenario.complete(procedure, zoe)
    client, same = signed_in(zoe, enforce_csrf_checks=True), unchanged()
    found = answers(client, [address(name, dossier) for name in NAMES], PLAUSIBLE)
    assert set(found.values()) == {403}, found
    same()


@pytest.mark.parametrize("code", ["ast-2026", "apprenticeship-2021"])
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_address_breaks_whatever_it_is_sent(code: str, number: int, zoe: User) -> None:
    """An open draft may take some of it: no more is asked here than an answer in words."""
    moment = {"ast-2026": scenario.OPEN, "apprenticeship-2021": "2021-02-10 10:00"}[code]
    procedure = scenario.set_clock(store(scenario.file_of(code), rehearsal=True), moment)
    identity = {"family_name": "Diéye", "given_names": "Zoé", "birth_date": "1999-08-14"}
    dossier = scenario.start_dossier(procedure.pk, by=zoe, identity=identity)
    pages = [reverse("applicants:page", args=[procedure.slug, page.code]) for page in dossier.rules.pages]
    client = signed_in(zoe)
    found = answers(client, [*pages, *(address(name, dossier) for name in NAMES)], HOSTILE[number])
    assert {where: status for where, status in found.items() if status >= 500} == {}
    asked = {name: str(value)[:300] for name, value in HOSTILE[number].items()}
    found = answers(client, [*pages, *(address(name, dossier) for name in NAMES)], asked, "get")
    assert {where: status for where, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize(
    "path", ["/documents/verifier/", "/compte/login/", "/compte/signup/", "/compte/login/code/confirm/"]
)
def test_no_public_form_breaks_whatever_it_is_sent(path: str) -> None:
    for typed in ("\0", "é" * 5000, "a\r\nBcc: x@y.fr", "\ufffe", "<script>"):
        sent = dict.fromkeys(["number", "code", "login", "email", "password", "next"], typed)
        assert Client().post(path, sent).status_code < 500
        assert Client().get(path, sent).status_code < 500


def test_no_act_of_the_staff_breaks_whatever_it_is_sent(procedure: Procedure, zoe: User, unchanged: Unchanged) -> None:
    from juries.admin.dossier_acts import ACTS

    dossier = with_everything(procedure, zoe)
    client = signed_in(scenario.staff(procedure, "verifier", "albi", "other@example.org"))
    where, same = reverse("admin:applicants_dossier_change", args=[dossier.pk]), unchanged()
    for act in [*ACTS, "nothing", "\0"]:
        for typed in ("\0", "9" * 5000, "x"):
            names = ["paper", "document", "verdict", "opens", "until", "reason", "correction", "charge", "programme"]
            posted = dict.fromkeys([*names, "received_on", "decision", "exemption", "reduction", "minutes"], typed)
            if act == "void" and typed != "\0":
                continue  # it may, for a reason
            assert client.post(where, {**posted, "act": act}).status_code < 500, (act, typed)
    same()
