"""Staff fill in a part of a dossier for a candidate: who may, what stays marked, and who is told. APP-09, ALL-07."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.conversation import write_as_candidate
from applicants.editing import NotEditable
from applicants.endings import withdraw_dossier
from applicants.given import answers_of
from applicants.models import Dossier, TypedIn
from applicants.papers import NotAsked
from applicants.tests import scenario
from applicants.typing_in import NoReason, deposit_for_candidate, type_in_answers
from applicants.values import WrongAnswer
from documents.models import SupportingDocument
from journal.errors import NotAllowed
from journal.models import Entry
from notifications.rendering import render
from programmes.models import Procedure

WHY = "Dicté par téléphone"
PHONE = {"phone": "06 98 76 54 32"}


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    return scenario.submitted(procedure, zoe)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def phone_of(dossier: Dossier) -> str:
    return answers_of(scenario.reloaded(dossier.pk))["phone"]


def test_it_is_kept_marked_and_told(dossier: Dossier, verifier: User) -> None:
    """The journal names the member of staff and not the candidate; the mail says what and why."""
    type_in_answers(dossier.pk, "contact", PHONE, reason=WHY, by=verifier)
    assert phone_of(dossier) == "06 98 76 54 32"
    mark = TypedIn.objects.get()
    assert (mark.place, mark.reason, mark.typed_by) == ("page:contact", WHY, verifier)
    entry = Entry.objects.get(event="answers.typed_in")
    assert (entry.actor, entry.details["fields"]) == (str(verifier.pk), ["phone"])
    (mail,) = scenario.mails("typed_in")
    assert WHY in render(mail).text
    assert "06 98" not in render(mail).text


def test_what_changes_nothing_is_neither_marked_nor_told(dossier: Dossier, verifier: User) -> None:
    same = {"phone": phone_of(dossier)}
    type_in_answers(dossier.pk, "contact", same, reason=WHY, by=verifier)
    assert not TypedIn.objects.exists()
    assert not scenario.mails("typed_in")


def test_of_a_draft_only_the_office_may_and_of_a_submitted_one_who_examines_it(
    procedure: Procedure, dossier: Dossier, other: User, office: User, verifier: User, stranger: User
) -> None:
    draft = scenario.begun(procedure, other)
    type_in_answers(draft.pk, "contact", PHONE, reason=WHY, by=office)
    for user, target in [(verifier, draft), (stranger, draft), (stranger, dossier), (other, dossier)]:
        with pytest.raises(Dossier.DoesNotExist):
            type_in_answers(target.pk, "contact", PHONE, reason=WHY, by=user)
    with pytest.raises(NotAllowed):
        type_in_answers(dossier.pk, "contact", PHONE, reason=WHY, by=scenario.staff(procedure, "jury"))


def test_not_without_a_reason_nor_a_wrong_answer_nor_once_it_has_ended(
    dossier: Dossier, zoe: User, verifier: User
) -> None:
    with pytest.raises(NoReason):
        type_in_answers(dossier.pk, "contact", PHONE, reason=" ", by=verifier)
    with pytest.raises(WrongAnswer):
        type_in_answers(dossier.pk, "contact", {"phone": "?"}, reason=WHY, by=verifier)
    withdraw_dossier(dossier.pk, by=zoe)
    with pytest.raises(NotEditable):
        type_in_answers(dossier.pk, "contact", PHONE, reason=WHY, by=verifier)
    assert not TypedIn.objects.exists()


def test_a_paper_that_came_otherwise_is_added_and_then_checked_and_examined(dossier: Dossier, verifier: User) -> None:
    """Rule: APP-09: a transcript that was not out yet comes by mail, and staff add it."""
    document = deposit_for_candidate(dossier.pk, "required-title", scenario.pdf(), reason=WHY, by=verifier)
    assert (document.check_state, document.review, document.uploaded_by) == ("pending", "unreviewed", verifier)
    assert document.folder_id == dossier.folder_id
    assert TypedIn.objects.get().place == "paper:required-title"
    assert "paper.typed_in" in scenario.events(dossier.pk)


def test_a_paper_that_is_not_asked_or_not_allowed_leaves_no_bytes(
    dossier: Dossier, verifier: User, stranger: User
) -> None:
    before = set(default_storage.listdir("papers")[1])
    with pytest.raises(NotAsked):
        deposit_for_candidate(dossier.pk, "no-such-paper", scenario.pdf(), reason=WHY, by=verifier)
    with pytest.raises(Dossier.DoesNotExist):
        deposit_for_candidate(dossier.pk, "cv", scenario.pdf(), reason=WHY, by=stranger)
    assert set(default_storage.listdir("papers")[1]) == before


def test_from_the_dossiers_page_to_the_mark_that_the_candidate_sees(
    dossier: Dossier, zoe: User, verifier: User
) -> None:
    desk, candidate = signed_in(verifier), signed_in(zoe)
    page = reverse("admin:applicants_dossier_change", args=[dossier.pk])
    parts = reverse("admin:juries_typing", args=[dossier.pk])
    contact = reverse("admin:juries_type_page", args=[dossier.pk, "contact"])
    assert parts in desk.get(page).content.decode()
    assert contact in desk.get(parts).content.decode()
    typed = said_on_contact(dossier) | PHONE
    refused = desk.post(contact, typed)
    assert "06 98 76 54 32" in refused.content.decode()  # the reason lacks: what was typed is still there
    assert phone_of(dossier) != "06 98 76 54 32"
    desk.post(contact, typed | {"typed_because": WHY})
    assert phone_of(dossier) == "06 98 76 54 32"
    assert WHY in desk.get(page).content.decode()
    own = candidate.get(reverse("applicants:page", args=[dossier.procedure.slug, "contact"])).content.decode()
    assert "a rempli cette partie pour vous" in own
    assert WHY in own


def test_a_file_is_added_from_its_page(dossier: Dossier, zoe: User, verifier: User) -> None:
    desk = signed_in(verifier)
    paper = reverse("admin:juries_type_paper", args=[dossier.pk, "required-title"])
    desk.post(paper, {"file": scenario.pdf(), "typed_because": WHY})
    assert SupportingDocument.objects.filter(folder=dossier.folder, kind="required-title").count() == 1
    own = reverse("applicants:paper", args=[dossier.procedure.slug, "required-title"])
    assert WHY in signed_in(zoe).get(own).content.decode()


def test_who_may_not_finds_no_such_page(dossier: Dossier, procedure: Procedure, zoe: User, stranger: User) -> None:
    write_as_candidate(dossier.pk, "Bonjour", by=zoe)
    for user in (scenario.staff(procedure, "jury"), stranger):
        assert signed_in(user).get(reverse("admin:juries_typing", args=[dossier.pk])).status_code == 404


def said_on_contact(dossier: Dossier) -> dict[str, str]:
    """What the page of the contact holds already."""
    page = next(page for page in dossier.rules.pages if page.code == "contact")
    answers = answers_of(dossier)
    return {field.code: answers.get(field.code, "") for field in page.fields}
