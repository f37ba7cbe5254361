"""Whatever is typed comes back unharmed: on pages, in letters, in files for spreadsheets, in mails.

Unharmed means equal to `programmes.typed.cleaned` of it: accents composed, no control characters, no blanks around.
A page is read as a browser does, from its parsed HTML. Rules: ALL-01, ALL-07.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import get_connection
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import escape
from pypdf import PdfReader

from accounts.models import User
from applicants.appraisals import by_secret, save_appraisal
from applicants.conversation import LONGEST_MESSAGE, conversation_in
from applicants.corrections import ask_correction
from applicants.dossiers import start_dossier
from applicants.explanations import explain_missing
from applicants.forms.questions import QuestionsForm
from applicants.forms.referees import RefereeForm
from applicants.given import own_answers
from applicants.identity import checked_identity, folded
from applicants.models import Appraisal, Candidate, Dossier, Referee
from applicants.referees import name_referee, secret_of
from applicants.rows import read_rows
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.values import LONGEST_LONG_TEXT
from documents.intake import clean_name
from documents.letters import ensure_rendered
from documents.models import SupportingDocument
from documents.notices import issue_notice
from documents.pdf import pdf_of
from juries.tests import rows
from notifications.context import encode
from notifications.delivery import message
from notifications.models import Mail
from programmes.loading import store
from programmes.models import Procedure
from programmes.rules import FieldKind, FieldRule, PageRule
from programmes.spreadsheet import FORMULA
from programmes.text import Text
from programmes.typed import LONGEST_EXPLANATION, cleaned
from tests.naughty import KEPT, NAMES, STRINGS, lines_of, lines_on, packed, said_on

pytestmark = pytest.mark.django_db
ROWS = 30  # of a question that repeats
LABEL = Text("Une question", "A question")
SHORT = [typed for typed in STRINGS if len(cleaned(typed)) <= 120]  # as long as a name may be


def question(code: str, kind: FieldKind, *fields: FieldRule) -> FieldRule:
    """A question that may stay blank."""
    return FieldRule(code, kind, LABEL, required=False, max_length=300, fields=fields, at_most=ROWS if fields else None)


def questions() -> tuple[PageRule, ...]:
    """A page of one-line texts, one of long ones, one of rows: as many of each as there are strings."""
    texts = tuple(question(f"text_{number}", FieldKind.TEXT) for number in range(len(STRINGS)))
    longs = tuple(question(f"long_{number}", FieldKind.LONG_TEXT) for number in range(len(STRINGS)))
    cells = (question("word", FieldKind.TEXT), question("story", FieldKind.LONG_TEXT))
    needed = -(-len(STRINGS) // (ROWS * 2))
    repeated = tuple(question(f"rows_{number}", FieldKind.ROWS, *cells) for number in range(needed))
    titles = {"texts": texts, "longs": longs, "rows": repeated}
    return tuple(PageRule(code, Text(code, code), fields=fields) for code, fields in titles.items())


@pytest.fixture
def procedure() -> Procedure:
    """The procedure, with pages that ask for a text as often as there are strings."""
    file = scenario.ast_2026()
    rules = dataclasses.replace(file.rules, pages=(*file.rules.pages, *questions()))
    made = store(dataclasses.replace(file, rules=rules), rehearsal=True)
    return scenario.set_clock(made, scenario.OPEN)


@pytest.fixture
def plain_procedure() -> Procedure:
    """The procedure as its file has it."""
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def zoe() -> User:
    return scenario.person()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent() -> dict[str, dict[str, str]]:
    """What a browser sends of each page, every control filled in with another string."""
    pairs = [STRINGS[start : start + 2] for start in range(0, len(STRINGS), 2)]
    repeated: dict[str, list[str] | str] = {}
    for number, pair in enumerate(pairs):
        code, row = f"rows_{number // ROWS}", number % ROWS
        repeated.setdefault(f"{code}-row", []).append(str(row))  # type: ignore[union-attr]
        repeated[f"{code}-{row}-word"], repeated[f"{code}-{row}-story"] = pair[0], pair[-1]
    return {
        "texts": {f"text_{number}": typed for number, typed in enumerate(STRINGS)},
        "longs": {f"long_{number}": typed for number, typed in enumerate(STRINGS)},
        "rows": repeated,  # type: ignore[dict-item]
    }


def test_answers_come_back_on_the_page_the_review_and_to_the_staff(procedure: Procedure, zoe: User) -> None:
    """In every kind of control that takes a text."""
    dossier = scenario.begun(procedure, zoe)
    client = signed_in(zoe)
    for page, typed in sent().items():
        address = reverse("applicants:page", args=[procedure.slug, page])
        saved = client.post(address, typed)
        assert saved.status_code == 302, [text for text in said_on(saved.content) if "caractères" in text]
        assert not lines_of(KEPT) - lines_on(client.get(address).content), page
    kept = own_answers(scenario.reloaded(dossier.pk))
    assert {code: kept.get(code, "") for code in sent()["texts"]} == {c: cleaned(t) for c, t in sent()["texts"].items()}
    told = [
        cell
        for code, rows in kept.items()
        if code.startswith("rows_")
        for row in read_rows(rows)
        for cell in row.values()
    ]
    assert set(told) - {""} == set(KEPT)

    reviewed = client.get(reverse("applicants:review", args=[procedure.slug])).content
    assert not lines_of(KEPT) - lines_on(reviewed)
    Dossier.objects.filter(pk=dossier.pk).update(
        status="submitted", submitted_at=procedure.now(), track=procedure.tracks.first()
    )
    office = signed_in(scenario.staff(procedure, "office"))
    studied = office.get(reverse("admin:applicants_dossier_change", args=[dossier.pk]))
    assert not lines_of(KEPT) - lines_on(studied.content)


@pytest.mark.parametrize("kind", [FieldKind.TEXT, FieldKind.LONG_TEXT])
def test_a_refused_page_gives_back_what_was_typed(kind: FieldKind) -> None:
    """Each string, in a form that another answer keeps from being saved."""
    asked = [question("said", kind), FieldRule("year", FieldKind.YEAR, LABEL, required=False)]
    for typed in STRINGS:
        form = QuestionsForm(asked, {}, {"said": typed, "year": "jadis"})
        assert not form.is_valid()
        assert "said" not in form.errors
        assert cleaned(typed) in {cleaned(said) for said in said_on(str(form["said"]))}


def test_ten_thousand_characters_are_an_answer_and_one_more_is_refused_in_words(
    plain_procedure: Procedure, zoe: User
) -> None:
    """Lines count as one character each, as the control counts them; what was typed is still there."""
    file = scenario.ast_2026()
    story = FieldRule("story", FieldKind.LONG_TEXT, LABEL, required=False)
    rules = dataclasses.replace(file.rules, pages=(*file.rules.pages, PageRule("story", LABEL, fields=(story,))))
    procedure = store(dataclasses.replace(file, rules=rules), rehearsal=True)
    scenario.set_clock(procedure, scenario.OPEN)
    dossier, client = scenario.begun(procedure, zoe), signed_in(zoe)
    address = reverse("applicants:page", args=[procedure.slug, "story"])
    whole = ("é😀\n" * LONGEST_LONG_TEXT)[: LONGEST_LONG_TEXT - 1] + "."
    assert LONGEST_LONG_TEXT == 10_000
    client.post(address, {"story": whole.replace("\n", "\r\n")})
    assert own_answers(dossier)["story"] == whole
    assert whole in said_on(client.get(address).content)
    refused = client.post(address, {"story": whole + "!"})
    assert refused.status_code == 200
    assert "Cette réponse compte 10 001 caractères ; elle ne peut pas en avoir plus de 10 000." in read(refused)
    assert whole + "!" in said_on(refused.content)
    assert own_answers(dossier)["story"] == whole


def test_a_text_as_long_as_its_box_is_taken_however_its_lines_end(plain_procedure: Procedure) -> None:
    """A browser counts the end of a line as one character, and sends two."""
    typed = ("a\r\n" * LONGEST_EXPLANATION)[: LONGEST_EXPLANATION // 2 * 3 - 3] + "!"
    assert len(cleaned(typed)) < LONGEST_EXPLANATION < len(typed)
    zoe = scenario.person()
    dossier = scenario.submitted(plain_procedure, zoe)
    verifier = signed_in(scenario.staff(plain_procedure, "verifier", "albi"))
    posted = {"act": "ask", "opens": ["page:contact"], "reason": typed, "until": "2026-03-01T12:00"}
    verifier.post(reverse("admin:applicants_dossier_change", args=[dossier.pk]), posted)
    assert [asked.reason for asked in dossier.corrections.all()] == [cleaned(typed)]


# --- Names ----------------------------------------------------------------------------------------------------


def named(procedure: Procedure, typed: list[str]) -> None:
    """Candidates of those names, one for each."""
    for number, name in enumerate(typed, start=1):
        made = rows.dossier(procedure, number).candidate
        made.family_name, made.folded_name = cleaned(name), folded(cleaned(name))[:420]
        made.save()


def exported(user: User) -> list[list[str]]:
    made = signed_in(user).post(reverse("admin:juries_export_dossiers"), {"filters": ""})
    return list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def as_typed(cell: str) -> str:
    """What stood in a cell before it was kept from being calculated, as `programmes.spreadsheet` tells its readers."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def test_names_come_back_in_the_list_its_file_and_its_search(plain_procedure: Procedure) -> None:
    """No cell of the file is a formula, and every name can be read from it."""
    typed = [name for name in SHORT if cleaned(name)]
    page = 50
    named(plain_procedure, typed[:page])
    candidates = list(Candidate.objects.order_by("pk"))
    office = scenario.staff(plain_procedure, "office")
    client = signed_in(office)
    address = reverse("admin:applicants_dossier_changelist")
    for start in range(0, len(typed), page):
        some = [cleaned(name) for name in typed[start : start + page]]
        for candidate, name in zip(candidates, some, strict=False):
            candidate.family_name = name
        Candidate.objects.bulk_update(candidates, ["family_name"])
        shown = "\n".join(said_on(client.get(address).content))
        assert not [name for name in some if name not in shown]
        header, *lines = exported(office)
        cells = [line[header.index("family_name")] for line in lines]
        assert {as_typed(cell) for cell in cells} >= set(some)
        assert not [
            cell for cell in cells if re.match(r"\s*[=+\-@\t]", cell) and not re.fullmatch(r"\+\d[\d ().]*", cell)
        ]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_found_however_it_is_typed(plain_procedure: Procedure, name: str) -> None:
    named(plain_procedure, [name, "Personne"])
    desk = admin.site.get_model_admin(Dossier)
    for typed in (name, cleaned(name).upper(), cleaned(name).casefold()):
        found, _ = desk.get_search_results(RequestFactory().get("/"), Dossier.objects.all(), cleaned(typed))
        assert [dossier.candidate.family_name for dossier in found] == [cleaned(name)], typed


def test_whatever_is_searched_for_the_list_answers(plain_procedure: Procedure) -> None:
    named(plain_procedure, ["Personne"])
    desk = admin.site.get_model_admin(Dossier)
    for typed in STRINGS:
        found, _ = desk.get_search_results(RequestFactory().get("/"), Dossier.objects.all(), typed)
        assert found.count() in (0, 1)
    client = signed_in(scenario.staff(plain_procedure, "office"))
    for typed in ("\0", "%00", "'\"--", "a" * 5000):
        assert client.get(reverse("admin:applicants_dossier_changelist"), {"q": typed}).status_code in (200, 400)


def test_an_identity_stated_for_good_is_kept_as_typed(plain_procedure: Procedure) -> None:
    rules = plain_procedure.rules
    assert rules is not None
    for typed in SHORT:
        if cleaned(typed):
            said = {"family_name": typed, "given_names": typed, "birth_date": "2004-03-27"}
            assert checked_identity(rules, said)["family_name"] == cleaned(typed)


# --- Letters --------------------------------------------------------------------------------------------------

# No font of letters has emoji: one is an empty box there, and confuses the program that reads the words of a PDF here.
BEYOND_LETTERS = re.compile("[\U0001f000-\U0001faff\ue000-\uf8ff\u20e3\ufe0f\u270b]")
# These are told from a PDF in the order and the shapes in which they are drawn.
DRAWN_OTHERWISE = re.compile("[\u0590-\u06ff\u0900-\u0eff]")


def words_of(made: bytes) -> str:
    """What a PDF says, without its blanks: how lines are broken is the letter's own."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def test_a_letter_bears_the_name_in_every_script(plain_procedure: Procedure, caplog: pytest.LogCaptureFixture) -> None:
    zoe = scenario.person()
    for number, typed in enumerate(NAMES):
        name = BEYOND_LETTERS.sub("", cleaned(typed))
        with transaction.atomic():
            notice = issue_notice(
                "receipt",
                key=str(number),
                procedure=plain_procedure,
                recipient=zoe,
                school=None,
                addressee=name,
                reference="T-1",
                submitted_at=plain_procedure.now(),
                choices=[],
                order="ranked",
            )
        ensure_rendered(notice)
        with notice.file.open("rb") as file:
            said = words_of(file.read())
        assert notice.number in said
        assert DRAWN_OTHERWISE.search(name) or "".join(name.split()) in said, name
    assert ".notdef" not in caplog.text


def test_every_string_can_stand_in_a_letter() -> None:
    """None of them is markup there, none ends the letter before its end."""
    told = [kept for kept in KEPT if not BEYOND_LETTERS.search(kept)]
    paragraphs = "".join(f"<p>{escape(kept)}</p>" for kept in told)
    page = f'<html lang="fr"><head><title>t</title></head><body>{paragraphs}<p>Fin.</p></body></html>'
    said = words_of(pdf_of(page, "css/notice.css"))
    assert "Fin." in said
    assert len(told) > 400
    for kept in told:
        if kept.isascii() and len(kept) < 40:
            assert "".join(kept.split()) in said, kept
    all_of_them = "".join(f"<p>{escape(kept)}</p>" for kept in KEPT)
    assert pdf_of(page.replace(paragraphs, all_of_them), "css/notice.css").startswith(b"%PDF")


# --- Mails ----------------------------------------------------------------------------------------------------


def sent_as(mail: Mail) -> EmailMessage:
    """The mail as its reader's program reads it, from the bytes that leave."""
    wire = message(mail, get_connection()).message().as_bytes()
    read = message_from_bytes(wire, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def bodies(mail: EmailMessage) -> Iterator[set[str]]:
    """The lines of the words, then those of the page that says the same."""
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    yield {line.strip() for line in plain.get_content().split("\n")}
    yield lines_on(page.get_content())


def test_a_subject_bears_the_name_and_breaks_no_header(plain_procedure: Procedure) -> None:
    words = {"path": "/", "label": LABEL, "closes_at": dt.datetime.now(dt.UTC), "contact": "a@b.fr"}
    expected = {"subject", "from", "to", "date", "message-id", "auto-submitted", "mime-version", "content-type"}
    for typed in (name for name in STRINGS if cleaned(name)):
        name = cleaned(typed)
        mail = Mail(
            kind="referee_asked",
            address="ada@example.org",
            language="fr",
            procedure=plain_procedure,
            context=encode(words | {"candidate": name, "referee": name}),
        )
        read_back = sent_as(mail)
        assert {header.lower() for header in read_back} <= expected
        assert (read_back["to"], read_back.defects) == ("ada@example.org", [])
        first_line = " ".join(name.split("\n")[0].split())
        assert first_line in " ".join(str(read_back["subject"]).split()), read_back["subject"]


def test_what_staff_ask_is_mailed_as_written(plain_procedure: Procedure, zoe: User) -> None:
    """And stands on the candidate's page; and what is written back, on both sides."""
    dossier = scenario.submitted(plain_procedure, zoe)
    verifier = scenario.staff(plain_procedure, "verifier", "albi")
    until = plain_procedure.now() + dt.timedelta(days=3)
    expected = lines_of(KEPT)
    client = signed_in(zoe)
    mailed: list[set[str]] = [set(), set()]
    for reason in packed(STRINGS, LONGEST_EXPLANATION):
        asked = ask_correction(dossier.pk, opens=["page:contact"], reason=reason, until=until, by=verifier)
        mail = Mail.objects.get(kind="correction_asked", context__reason=asked.reason)
        for known, found in zip(mailed, bodies(sent_as(mail)), strict=True):
            known |= found
    assert not expected - mailed[0]
    assert not expected - mailed[1]
    home = client.get(reverse("campaign:dossier", args=[plain_procedure.slug]))
    assert not expected - lines_on(home.content)


def test_messages_come_back_to_both_sides(plain_procedure: Procedure, zoe: User) -> None:
    dossier = scenario.begun(plain_procedure, zoe)
    client = signed_in(zoe)
    address = reverse("applicants:messages", args=[plain_procedure.slug])
    written = packed(STRINGS, LONGEST_MESSAGE)
    for text in written:
        assert client.post(address, {"text": text}).status_code == 302
    assert [message.text for message in conversation_in(dossier)] == [cleaned(text) for text in written]
    assert not lines_of(KEPT) - lines_on(client.get(address).content)
    office = signed_in(scenario.staff(plain_procedure, "office"))
    desk = reverse("admin:applicants_message_changelist")
    answered = office.get(reverse("admin:juries_conversation", args=[dossier.pk]))
    assert not lines_of(KEPT) - lines_on(answered.content)
    assert office.get(desk).status_code == 200


# --- Referees, explanations, files ----------------------------------------------------------------------------


def test_referees_and_what_they_write(plain_procedure: Procedure, zoe: User) -> None:
    """Their names and positions are of the same making as all names; their appraisal is read by staff alone."""
    dossier = scenario.submitted(plain_procedure, zoe)
    kept = [cleaned(typed) for typed in STRINGS if 0 < len(cleaned(typed)) <= 160]
    for typed in (typed for typed in STRINGS if 0 < len(cleaned(typed)) <= 160):
        form = RefereeForm({"name": typed, "position": typed, "email": "ada@example.org", "language": "fr"})
        assert form.is_valid(), form.errors
        assert (form.cleaned_data["name"], form.cleaned_data["position"]) == (cleaned(typed),) * 2
    Referee.objects.bulk_create(
        Referee(
            dossier=dossier,
            kind="appraiser",
            name=name,
            position=name,
            email="ada@example.org",
            secret_digest=str(number),
            asked_at=plain_procedure.now(),
        )
        for number, name in enumerate(kept)
    )
    shown = "\n".join(said_on(signed_in(zoe).get(reverse("applicants:referees", args=[plain_procedure.slug])).content))
    assert not [name for name in kept if name not in shown]


def test_an_appraisal_is_given_back_to_its_author_and_read_by_staff(plain_procedure: Procedure, zoe: User) -> None:
    dossier = scenario.filled(plain_procedure, zoe)
    named = name_referee(dossier.pk, kind="appraiser", name="Ada", position="", email="ada@example.org", by=zoe)
    secret = secret_of(named.pk)
    rule = dossier.rules.referee("appraiser")
    assert rule is not None
    asked = next(question for question in rule.questions if question.kind == FieldKind.LONG_TEXT)
    for text in packed(STRINGS, asked.max_length or LONGEST_LONG_TEXT):
        address = reverse("applicants:appraisal", args=[secret])
        assert Client().post(address, {asked.code: text}).status_code == 302
        assert Appraisal.objects.get(referee=by_secret(secret)).answers[asked.code] == cleaned(text)
        assert not lines_of([cleaned(text)]) - lines_on(Client().get(address).content)
    assert save_appraisal(secret, {asked.code: "Bien."}).answers[asked.code] == "Bien."


def test_file_names_are_shown_as_far_as_they_can_be_seen(plain_procedure: Procedure, zoe: User) -> None:
    """Django takes the path and what is invisible away before the portal does; nothing else changes."""
    dossier = scenario.begun(plain_procedure, zoe)
    client = signed_in(zoe)
    address = reverse("applicants:paper", args=[plain_procedure.slug, "transcripts"])
    for typed in [*NAMES, *STRINGS[::40]]:
        name = re.sub(r'["\r\n\\/;]', "", cleaned(typed)) + ".pdf"
        client.post(address, {"file": SimpleUploadedFile(name, b"%PDF-1.7\n", content_type="application/pdf")})
    SupportingDocument.objects.update(check_state="passed", superseded_at=None)
    shown = said_on(client.get(address).content)
    for document in SupportingDocument.objects.filter(folder=dossier.folder):
        assert any(document.original_name in said for said in shown), document.original_name
        answer = client.get(reverse("applicants:paper_file", args=[document.pk]))
        assert answer.status_code == 200
        assert "\n" not in answer.headers["Content-Disposition"]
        b"".join(answer)  # to its end, where it is closed
    for typed in STRINGS:
        assert clean_name(clean_name(typed)) == clean_name(typed)


def test_an_explanation_is_read_by_both_sides(zoe: User) -> None:
    procedure = scenario.set_clock(store(scenario.file_of("apprenticeship-2021"), rehearsal=True), "2021-02-10 10:00")
    identity = {"family_name": "Diéye", "given_names": "Zoé", "birth_date": "1999-08-14"}
    dossier = start_dossier(procedure.pk, by=zoe, identity=identity)
    for text in packed(STRINGS, LONGEST_EXPLANATION):
        explain_missing(dossier.pk, "paper:cv", text, by=zoe)
        page = signed_in(zoe).get(reverse("applicants:paper", args=[procedure.slug, "cv"]))
        assert not lines_of([cleaned(text)]) - lines_on(page.content)
