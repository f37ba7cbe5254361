"""Letters: each kind, in both languages, says what it must and can be read by a screen reader."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from pypdf import PdfReader

from accounts.models import User
from documents.letters import ensure_rendered, letter, render_waiting_notices
from documents.models import Notice
from documents.notices import issue_notice
from journal.clock import at_one_instant, instant
from programmes.models import Procedure, School
from programmes.text import Text

ISSUED = dt.datetime(2026, 5, 28, 12, 0, tzinfo=dt.UTC)
DOSSIER = {"addressee": "Zoë Ńguyễn-O'Brien", "reference": "ESSAI-0042"}
PERIOD = {"replies_from": ISSUED, "replies_until": ISSUED + dt.timedelta(days=6, hours=9)}
CHOICE: dict[str, Any] = {"programme": Text("Données", "Data"), "school_name": "École A"}
TRACK = {"track": Text("Licence 3", "Bachelor 3")}
LETTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "receipt": (
        "receipt",
        {"submitted_at": ISSUED, "choices": [{"rank": 1, "programme": "p1", "school": "École A"}]},
    ),
    "summons": (
        "summons",
        {
            "day": ISSUED,
            "sittings": [
                {
                    "test": "interview",
                    "label": Text("Entretien", "Interview"),
                    "starts_at": ISSUED,
                    "ends_at": ISSUED + dt.timedelta(minutes=25),
                    "panel": "Jury 1",
                    "room": "B12",
                    "remote_url": "",
                },
            ],
            "is_remote": False,
            "address": "1 rue de l'Église\n81000 ALBI",
            "contact": "admissions@example.org",
            "replaces": True,
        },
    ),
    "admissibility": ("admissibility", {"outcome": "admissible", "choices": ["École A"], **TRACK}),
    "not admissible": ("refusal", {"outcome": "not_admissible"}),
    "admission": ("admission", {"outcome": "admitted", "choices": ["École A"], **TRACK, **PERIOD}),
    "conditional": (
        "admission",
        {"outcome": "conditional", "title_until": ISSUED, "corrects": True, **TRACK, **PERIOD},
    ),
    "refusal": ("refusal", {"outcome": "refused"}),
    "withdrawn": ("ending", {"outcome": "withdrawn", "ended_at": ISSUED, "reason": ""}),
    "voided": ("ending", {"outcome": "voided", "ended_at": ISSUED, "reason": "Diplôme falsifié"}),
    "enrolment": ("enrolment", {"programme": Text("Ingénieur", "Engineer"), "entry_year": 1, **TRACK}),
    "study by the service": ("decision", CHOICE | {"outcome": "admissible", "by_service": True}),
    "choice admitted": ("decision", CHOICE | {"outcome": "admitted"}),
    "place": ("place", CHOICE | {"until": ISSUED, "papers": [], "deposit": 45_000, "called": False}),
    "place_ended": ("place_ended", CHOICE | {"outcome": "released"}),
    "start": ("start", CHOICE | {"starts_on": dt.date(2026, 9, 1)}),
}

SIGNATURES = {
    "fr": ("Pour le service des admissions", "Pour le jury d’admission"),
    "en": ("For the admissions service", "For the admissions jury"),
}
# of which no jury decides
OF_THE_SERVICE = {"receipt", "summons", "withdrawn", "study by the service", "place", "place_ended", "start"}


def issue(
    kind: str, candidate: User, procedure: Procedure, school: School | None, key: str = "k", **context: Any
) -> Notice:
    return issue_notice(
        kind,
        key=key,
        procedure=procedure,
        recipient=candidate,
        school=school,
        **(DOSSIER | context),
    )


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("case", LETTERS)
def test_each_letter_says_who_what_and_how_to_verify_it(
    case: str, language: str, candidate: User, procedure: Procedure, school: School
) -> None:
    kind, context = LETTERS[case]
    candidate.language = language
    candidate.save()
    with at_one_instant(ISSUED):
        notice = issue(kind, candidate, procedure, school, **context)
        made = letter(notice)
    said = text_of(made)
    for needed in (notice.number, notice.code, DOSSIER["addressee"], DOSSIER["reference"], school.name):
        assert needed in said
    assert ("jeudi 28 mai 2026" if language == "fr" else "28 May 2026") in said
    assert "{" not in said
    service, jury = SIGNATURES[language]
    assert (service in said, jury in said) == ((True, False) if case in OF_THE_SERVICE else (False, True))
    catalog: Any = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == language
    assert b"pdfuaid:part" in catalog["/Metadata"].get_data()


def test_a_sentence_that_fills_its_line_is_not_broken_after_its_first_word(
    candidate: User, procedure: Procedure, school: School
) -> None:
    """The white space that a template leaves after a sentence is not to be laid out."""
    filled = dt.datetime(2026, 6, 5, 21, 30, tzinfo=dt.UTC)
    with at_one_instant(filled):
        made = letter(issue("receipt", candidate, procedure, school, submitted_at=filled, choices=[]))
    lines = PdfReader(io.BytesIO(made)).pages[0].extract_text().split("\n")
    assert "Votre" not in [line.strip() for line in lines]


def test_a_letter_uses_the_projects_own_type(candidate: User, procedure: Procedure, school: School) -> None:
    made = letter(issue("refusal", candidate, procedure, school, outcome="refused"))
    page: Any = PdfReader(io.BytesIO(made)).pages[0]
    fonts = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Source" in font for font in fonts), fonts


@pytest.mark.parametrize("name", ["邱小红", "محمد العربي", "Ελένη", "Иван", "김민수", "さくら", "שרה", "देवी"])
def test_a_name_in_any_script_is_written_with_its_letters(
    name: str, candidate: User, procedure: Procedure, school: School, caplog: pytest.LogCaptureFixture
) -> None:
    letter(issue("refusal", candidate, procedure, school, outcome="refused", addressee=name))
    assert ".notdef" not in caplog.text  # what WeasyPrint logs for a character that no font has


def test_a_letter_reads_nothing_from_elsewhere(
    candidate: User, procedure: Procedure, school: School, caplog: pytest.LogCaptureFixture
) -> None:
    from documents.pdf import pdf_of

    pdf_of('<html lang="fr"><title>t</title><img alt="" src="file:///etc/hostname"></html>', "css/notice.css")
    assert "does not read file:///etc/hostname" in caplog.text


def test_workers_render_what_waits_and_one_failure_stops_no_other(
    candidate: User, procedure: Procedure, school: School
) -> None:
    broken = issue("refusal", candidate, procedure, school, key="1")
    Notice.objects.filter(pk=broken.pk).update(kind="no-such-letter")
    good = issue("refusal", candidate, procedure, school, key="2", outcome="refused")
    assert not render_waiting_notices()
    good.refresh_from_db()
    broken.refresh_from_db()
    assert good.rendered_at is not None
    assert good.lease is None
    with good.file.open("rb") as file:
        assert good.number in text_of(file.read())
    assert broken.rendered_at is None
    assert broken.leased_until is not None
    assert broken.leased_until > instant()


def test_a_letter_is_made_once_even_if_two_make_it(candidate: User, procedure: Procedure, school: School) -> None:
    notice = issue("refusal", candidate, procedure, school, outcome="refused")
    same = Notice.objects.get(pk=notice.pk)
    ensure_rendered(notice)
    first = notice.file.name
    ensure_rendered(same)  # it does not know yet
    assert same.file.name == first
    storage = notice.file.storage
    assert len(storage.listdir("notices")[1]) == 1
