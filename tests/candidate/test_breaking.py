"""What people do to a dossier without meaning harm: click twice, go back, open two tabs, come back after an hour."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import FilePayload, expect

from applicants.given import answers_of
from applicants.models import Dossier, Receipt, Status
from documents.models import SupportingDocument
from tests.actors import Candidate
from tests.candidate import EMAIL
from tests.stage import Stage, mails_to

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]
SUBMIT = "Transmettre mon dossier"


def ready_to_submit(zoe: Candidate) -> None:
    """The last page, and the question whether one means it."""
    zoe.go(f"/dossier/{zoe.slug}/relecture/")
    zoe.press(SUBMIT)


def test_a_double_click_submits_once(zoe: Candidate) -> None:
    ready_to_submit(zoe)
    zoe.page.get_by_role("dialog").get_by_role("button", name=SUBMIT).dblclick()
    zoe.arrives_at("Votre dossier est transmis")
    assert Receipt.objects.count() == 1
    assert mails_to(EMAIL).count("dossier_submitted") == 1


def test_the_back_button_leads_to_no_second_submission(zoe: Candidate) -> None:
    """The page that the browser would show again offers what is no longer there."""
    ready_to_submit(zoe)
    zoe.confirms(SUBMIT)
    zoe.arrives_at("Votre dossier est transmis")
    zoe.page.go_back()
    zoe.arrives_at("Ce que vous avez transmis")
    expect(zoe.page.get_by_role("button", name=SUBMIT)).to_have_count(0)
    zoe.page.go_forward()
    zoe.reads(Receipt.objects.get().number)


@pytest.mark.refused_requests
def test_a_tab_left_open_changes_nothing_after_the_submission(zoe: Candidate, dossier: Dossier) -> None:
    before = answers_of(dossier)["city"]
    other = Candidate(zoe.page.context.new_page(), EMAIL, zoe.slug)
    other.go(f"/dossier/{zoe.slug}/page/contact/")
    ready_to_submit(zoe)
    zoe.confirms(SUBMIT)
    zoe.arrives_at("Votre dossier est transmis")
    other.arrives_at("Coordonnées")
    other.fill({"Ville": "Albi"})
    other.press("Enregistrer et continuer")  # or the script was faster: it is told either way
    other.reads("Votre dossier est transmis : cette")
    assert answers_of(dossier)["city"] == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cv.pdf", b"Ceci est un texte.", "PDF"),
        ("cv.pdf", b"%PDF-1.7\n" + b" " * 5_000_001, "5 Mo"),
        ("cv.jpg", b"\xff\xd8\xff\xe0 une photo", "PDF"),
    ],
    ids=["a text called PDF", "too heavy", "a photograph"],
)
def test_a_wrong_file_is_refused_where_it_was_chosen(zoe: Candidate, name: str, content: bytes, said: str) -> None:
    """Told beside its name before it is sent, and with the focus there; what was there before stays."""
    before = SupportingDocument.objects.count()
    zoe.go(f"/dossier/{zoe.slug}/pieces/cv/")
    wrong: FilePayload = {"name": name, "mimeType": "application/pdf", "buffer": content}
    zoe.chooses(wrong)
    zoe.press("Déposer le fichier")
    line = zoe.main.get_by_role("list", name="Fichiers choisis").get_by_role("listitem")
    expect(line).to_be_focused()
    expect(line).to_contain_text(said)
    zoe.arrives_at("Curriculum vitæ")
    assert SupportingDocument.objects.count() == before


def test_who_was_signed_out_over_an_upload_finds_the_sign_in_alone(zoe: Candidate) -> None:
    """A script sends the file: it must not show the sign-in inside a dossier that is no longer open."""
    menu = zoe.page.locator(".page-menu")
    zoe.go(f"/dossier/{zoe.slug}/pieces/cv/")
    expect(menu).to_be_visible()
    anything: FilePayload = {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    zoe.chooses(anything)
    Session.objects.all().delete()
    zoe.press("Déposer le fichier")
    zoe.arrives_at("Se connecter")
    zoe.reads("ce que vous veniez d’envoyer n’est pas enregistré")
    expect(menu).to_have_count(0)


@pytest.mark.refused_requests
def test_who_was_signed_out_over_the_order_of_choices_is_led_to_the_sign_in(zoe: Candidate) -> None:
    """And finds, once back, the order just made beside the one that is saved."""
    zoe.go(f"/dossier/{zoe.slug}/voeux/")
    Session.objects.all().delete()
    zoe.page.locator('[value^="down:"]:enabled').first.click()
    zoe.press("Me reconnecter")
    zoe.arrives_at("Se connecter")


def test_the_last_second_counts_and_the_hour_itself_does_not(stage: Stage, zoe: Candidate, dossier: Dossier) -> None:
    """Rule: AST-02, with a page that was opened in time."""
    ready_to_submit(zoe)
    stage.move_to("2026-03-20 23:00")
    zoe.confirms(SUBMIT)
    zoe.arrives_at("Relire et transmettre")
    zoe.reads("Cette étape est close depuis le vendredi 20 mars 2026 à 23 h.")
    dossier.refresh_from_db()
    assert dossier.status == Status.DRAFT

    stage.just_before("2026-03-20 23:00", lambda: zoe.posts(f"/dossier/{zoe.slug}/transmettre/"))
    dossier.refresh_from_db()
    assert dossier.status == Status.SUBMITTED
