"""Files on their way: seen before they leave, stopped, tried again without being chosen again, several at once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Dialog, FilePayload, Locator, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.models import Dossier
from applicants.tests import scenario
from campaign.rehearsal import files
from documents.models import SupportingDocument
from tests.actors import Candidate, enter
from tests.conftest import PATIENCE, OpenBrowser
from tests.stage import Stage, loosely

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]
EMAIL = "zoe@example.org"
HEAVY = 3_000_000  # bytes
SLOW = 150_000  # bytes a second


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its window of applications."""
    return Stage("2026-02-10 10:00")


@pytest.fixture
def user(stage: Stage) -> User:
    """A candidate."""
    return scenario.person(EMAIL)


@pytest.fixture
def dossier(stage: Stage, user: User) -> Dossier:
    """A dossier without any paper."""
    return scenario.begun(stage.procedure, user)


@pytest.fixture
def zoe(stage: Stage, user: User, dossier: Dossier, open_browser: OpenBrowser, live_server: LiveServer) -> Candidate:
    """The candidate, signed in."""
    page = open_browser()
    enter(page, user, live_server)
    return Candidate(page, EMAIL, stage.slug)


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """A browser that may complain, as one does without a connection; a telephone's, which has a finger to point."""
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", has_touch=True, is_mobile=True, viewport={"width": 320, "height": 900}
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def max_(stage: Stage, user: User, dossier: Dossier, context: BrowserContext, live_server: LiveServer) -> Candidate:
    """The same candidate, on the telephone."""
    page = context.new_page()
    enter(page, user, live_server)
    return Candidate(page, EMAIL, stage.slug)


def opens(person: Candidate, paper: str) -> None:
    person.go(f"/dossier/{person.slug}/pieces/{paper}/")


def lines(person: Candidate) -> Locator:
    """What was chosen and is not in the dossier yet."""
    return person.main.get_by_role("list", name="Fichiers choisis").get_by_role("listitem")


def deposited(paper: str) -> list[str]:
    """The names of the files that the dossier has of a paper."""
    found = SupportingDocument.objects.current().filter(kind=paper).order_by("uploaded_at", "original_name")
    return list(found.values_list("original_name", flat=True))


def test_several_files_go_out_one_after_the_other(zoe: Candidate) -> None:
    sent: list[str] = []
    zoe.page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    opens(zoe, "transcripts")
    zoe.reads("PDF, JPEG ou PNG, 10 Mo au plus par fichier. Il reste de la place pour 12 fichiers")
    zoe.chooses(_pdf("L1.pdf"), _pdf("L2.pdf"))
    zoe.chooses(_photo("L3.jpg"))
    expect(lines(zoe)).to_have_count(3)
    expect(lines(zoe).first).to_contain_text("Pas encore envoyé")
    zoe.looks_again()
    assert deposited("transcripts") == []
    zoe.press("Déposer les 3 fichiers")
    zoe.reads("Les 3 fichiers sont déposés.")
    expect(lines(zoe)).to_have_count(0)
    assert sorted(deposited("transcripts")) == ["L1.pdf", "L2.pdf", "L3.jpg"]
    assert sent == ["POST"] * 3
    zoe.reads("Il reste de la place pour 9 fichiers")
    zoe.looks_again()


def test_what_cannot_be_taken_is_told_before_it_is_sent_and_keeps_nothing_back(zoe: Candidate) -> None:
    opens(zoe, "transcripts")
    zoe.chooses(
        _pdf("bon.pdf"),
        {"name": "notes.docx", "mimeType": "application/msword", "buffer": b"PK\x03\x04 un texte"},
        {"name": "photo.heic", "mimeType": "image/heic", "buffer": b"\x00\x00\x00\x18ftypheic\x00"},
        {"name": "lourd.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7" + bytes(10_400_000)},
        {"name": "vide.pdf", "mimeType": "application/pdf", "buffer": b""},
    )
    told = ["Pas encore envoyé", "« Enregistrer sous »", "format HEIC", "Ce PDF pèse 10,4 Mo", "Ce fichier est vide"]
    for line, words in zip(range(5), told, strict=True):
        expect(lines(zoe).nth(line)).to_contain_text(re.compile(words.replace(" ", r"\s")))
    zoe.looks_again()
    zoe.press("Déposer le fichier")
    zoe.reads("Le fichier est déposé.")
    expect(lines(zoe)).to_have_count(4)
    expect(lines(zoe).first).to_be_focused()
    assert deposited("transcripts") == ["bon.pdf"]
    zoe.looks_again()
    for _line in range(4):
        lines(zoe).first.get_by_role("button", name="Ne pas l’envoyer").click()
    expect(lines(zoe)).to_have_count(0)


def test_what_the_server_refuses_is_told_beside_its_name(zoe: Candidate) -> None:
    """Another tab has filled the place meanwhile."""
    opens(zoe, "identity")
    other = Candidate(zoe.page.context.new_page(), EMAIL, zoe.slug)
    opens(other, "identity")
    other.chooses(_pdf("recto.pdf"))
    other.press("Déposer le fichier")
    other.reads("Le fichier est déposé.")
    zoe.chooses(_pdf("verso.pdf"), _pdf("encore.pdf"))
    zoe.press("Déposer les 2 fichiers")
    expect(lines(zoe).nth(1)).to_contain_text("Cette pièce compte déjà 2 fichiers")
    assert sorted(deposited("identity")) == ["recto.pdf", "verso.pdf"]


def test_more_than_there_is_room_for_stays_behind(zoe: Candidate) -> None:
    opens(zoe, "identity")
    zoe.chooses(_pdf("recto.pdf"), _pdf("verso.pdf"), _pdf("trop.pdf"))
    expect(lines(zoe).nth(2)).to_contain_text("Il n’y a plus de place pour ce fichier.")
    lines(zoe).nth(0).get_by_role("button", name="Ne pas l’envoyer").click()
    expect(lines(zoe)).to_have_count(2)
    expect(lines(zoe).nth(1)).to_contain_text("Pas encore envoyé")


def test_one_paper_of_one_file_takes_the_last_chosen(zoe: Candidate) -> None:
    opens(zoe, "cv")
    zoe.chooses(_pdf("brouillon.pdf"))
    zoe.chooses(_pdf("cv.pdf"))
    expect(lines(zoe)).to_have_count(1)
    zoe.press("Déposer le fichier")
    zoe.reads("Le fichier est déposé.")
    assert deposited("cv") == ["cv.pdf"]


def test_nothing_chosen_is_said_and_the_link_leads_to_the_button(zoe: Candidate) -> None:
    opens(zoe, "cv")
    zoe.press("Déposer le fichier")
    expect(zoe.page.get_by_role("alert")).to_be_focused()
    zoe.page.get_by_role("alert").get_by_role("link").click()
    expect(zoe.main.get_by_role("button", name="Choisir un fichier")).to_be_focused()


def test_a_cut_connection_keeps_what_was_chosen(max_: Candidate, context: BrowserContext) -> None:
    """Before the first of two: it is tried again, the other follows, and nothing is chosen twice."""
    opens(max_, "transcripts")
    max_.chooses(_pdf("L1.pdf"), _pdf("L2.pdf"))
    context.set_offline(True)
    max_.press("Déposer les 2 fichiers")
    expect(lines(max_).first).to_contain_text("L’envoi n’a pas abouti. Vérifiez votre connexion")
    expect(lines(max_).nth(1)).to_contain_text("En attente")
    again = lines(max_).first.get_by_role("button", name="Essayer de nouveau")
    expect(again).to_be_focused()
    max_.looks_again()
    assert deposited("transcripts") == []
    context.set_offline(False)
    again.click()
    max_.reads("Les 2 fichiers sont déposés.")
    assert sorted(deposited("transcripts")) == ["L1.pdf", "L2.pdf"]


def test_one_that_came_although_the_connection_was_cut_is_not_there_twice(max_: Candidate) -> None:
    """In the middle of the first of two, as the browser sees it; the server may have it whole by then."""
    opens(max_, "transcripts")
    max_.chooses(_pdf("L1.pdf", HEAVY), _pdf("L2.pdf"))
    network = _network(max_)
    network(speed=SLOW)
    max_.press("Déposer les 2 fichiers")
    expect(lines(max_).first).to_contain_text(re.compile(r"Envoi\s: [1-9]"))
    max_.looks_again()
    network(offline=True)
    expect(lines(max_).first).to_contain_text("L’envoi n’a pas abouti. Vérifiez votre connexion")
    network()
    lines(max_).first.get_by_role("button", name="Essayer de nouveau").click()
    max_.reads("Les 2 fichiers sont déposés.")
    assert sorted(deposited("transcripts")) == ["L1.pdf", "L2.pdf"]


def test_one_that_is_stopped_lets_the_next_go_and_can_be_sent_after_all(max_: Candidate) -> None:
    opens(max_, "transcripts")
    max_.chooses(_pdf("L1.pdf", HEAVY), _pdf("L2.pdf"))
    network = _network(max_)
    network(speed=SLOW)
    max_.press("Déposer les 2 fichiers")
    expect(lines(max_).first).to_contain_text(re.compile(r"Envoi\s: [1-9]"))
    lines(max_).first.get_by_role("button", name="Arrêter l’envoi").click()
    max_.reads("Le fichier est déposé.")
    assert deposited("transcripts") == ["L2.pdf"]
    expect(lines(max_)).to_have_count(1)
    expect(lines(max_)).to_contain_text("Envoi arrêté. Rien n’a été enregistré.")
    network()
    lines(max_).get_by_role("button", name="Essayer de nouveau").click()
    max_.reads("Le fichier est déposé.")
    expect(lines(max_)).to_have_count(0)
    assert sorted(deposited("transcripts")) == ["L1.pdf", "L2.pdf"]


def test_a_telephone_takes_a_photograph(max_: Candidate) -> None:
    opens(max_, "identity")
    button = max_.main.get_by_role("button", name="Prendre une photo")
    with max_.page.expect_file_chooser() as chooser:
        button.click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    assert chooser.value.element.get_attribute("accept") == "image/*"
    chooser.value.set_files(_photo("image.jpg"))
    expect(lines(max_)).to_contain_text("image.jpg")
    max_.looks_again()
    max_.press("Déposer le fichier")
    max_.reads("Le fichier est déposé.")
    assert deposited("identity") == ["image.jpg"]


def test_no_camera_is_offered_before_a_desk_nor_for_what_is_no_photograph(zoe: Candidate, max_: Candidate) -> None:
    opens(zoe, "identity")
    expect(zoe.main.get_by_role("button", name="Choisir des fichiers")).to_be_visible()
    expect(zoe.main.get_by_text("Prendre une photo")).to_be_hidden()
    opens(max_, "cv")
    expect(max_.main.get_by_role("button", name="Choisir un fichier")).to_be_visible()
    expect(max_.main.get_by_text("Prendre une photo")).to_have_count(0)


def test_a_photograph_is_seen_before_it_leaves_and_once_it_was_checked(zoe: Candidate, stage: Stage) -> None:
    rule = zoe.dossier.rules.paper("identity")
    assert rule is not None
    opens(zoe, "identity")
    zoe.chooses(_photo("recto.jpg"), {**_pdf("verso.pdf"), "buffer": files.paper(rule).read()})
    drawn = lines(zoe).first.locator("canvas")
    expect(drawn).to_be_visible()
    assert drawn.evaluate("canvas => canvas.getContext('2d').getImageData(9, 9, 1, 1).data[0]") > 200, "red, as it is"
    expect(lines(zoe).nth(1).locator("canvas")).to_be_hidden()
    zoe.press("Déposer les 2 fichiers")
    zoe.reads("Les 2 fichiers sont déposés.")
    expect(zoe.main.locator("img.file-row__picture")).to_have_count(0)
    stage.let_workers_run()
    opens(zoe, "identity")
    shown = zoe.main.locator("img.file-row__picture")
    expect(shown).to_have_count(1)
    expect(shown).to_have_js_property("naturalWidth", 640)
    expect(shown).to_have_css("width", "64px")
    expect(zoe.main.get_by_role("link", name="Voir verso.pdf (nouvel onglet)")).to_be_visible()
    zoe.looks_again()


def test_without_script_several_are_taken_and_each_is_told_of(
    browser: Browser, live_server: LiveServer, user: User, dossier: Dossier, stage: Stage
) -> None:
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    enter(page, user, live_server)
    plain = Candidate(page, EMAIL, stage.slug)
    opens(plain, "transcripts")
    plain.chooses(_pdf("L1.pdf"), {"name": "L2.doc", "mimeType": "", "buffer": b"{\\rtf1"}, _pdf("L3.pdf"))
    plain.press("Déposer le fichier")
    plain.reads("Les 2 fichiers sont déposés.")
    plain.reads("« L2.doc » : Ce fichier vient d’un traitement de texte.")
    assert sorted(deposited("transcripts")) == ["L1.pdf", "L3.pdf"]
    context.close()


def _network(person: Candidate) -> Callable[..., None]:
    """What the connection is like from now on: how many bytes a second leave (-1: as many as there are), or none."""
    line = person.page.context.new_cdp_session(person.page)

    def set_to(*, speed: int = -1, offline: bool = False) -> None:
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed},
        )

    return set_to


def _pdf(name: str, size: int = 100) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + name.encode() + bytes(size)}


def _photo(name: str) -> FilePayload:
    made = io.BytesIO()
    Image.new("RGB", (640, 400), "#d03020").save(made, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": made.getvalue()}


@pytest.mark.long
def test_leaving_asks_before_a_file_that_was_not_sent_is_lost(zoe: Candidate) -> None:
    """What was chosen is gone with the page; what was dropped, or is deposited, holds nobody back."""
    asked: list[str] = []

    def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    opens(zoe, "cv")
    zoe.page.on("dialog", stays)
    zoe.chooses(_pdf("cv.pdf"))
    way_back = zoe.main.get_by_role("link", name=loosely("Revenir à la liste des pièces"))
    way_back.click(no_wait_after=True)
    expect(lines(zoe)).to_have_count(1)
    assert asked == ["beforeunload"]
    zoe.press("Déposer le fichier")
    zoe.reads("Le fichier est déposé.")
    way_back.click()
    zoe.arrives_at("Pièces justificatives")
    assert asked == ["beforeunload"]
