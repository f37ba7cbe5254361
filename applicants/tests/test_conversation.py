"""The conversation inside the dossier: who writes and reads what, who is told, and what stays unread. Rule: APP-16."""

from __future__ import annotations

import pytest
from django.core import mail as post
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.conversation import (
    MOST_FILES,
    WrongMessage,
    conversations_of,
    leave_unread,
    read_as_candidate,
    read_as_staff,
    write_as_candidate,
    write_to_candidate,
)
from applicants.models import Dossier, Message
from applicants.tests import scenario
from documents.intake import WrongFile
from documents.models import SupportingDocument
from journal.errors import NotAllowed
from journal.followups import state_fact
from notifications.rendering import render
from programmes.models import Procedure


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    """With the service of Albi."""
    return scenario.submitted(procedure, zoe)


def unread_lines(client: Client) -> str:
    """The staff's start page, on one line."""
    return " ".join(client.get(reverse("admin:index")).content.decode().split())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_school_is_mailed_once_until_somebody_reads(dossier: Dossier, zoe: User, verifier: User) -> None:
    """A candidate who writes five times fills no mailbox; the next question after the answer is told again."""
    write_as_candidate(dossier.pk, "Une question", by=zoe)
    write_as_candidate(dossier.pk, "Et encore une", by=zoe)
    assert len(scenario.mails("message_to_school")) == 1
    read_as_staff(dossier, by=verifier)
    write_as_candidate(dossier.pk, "Merci", by=zoe)
    told = scenario.mails("message_to_school")
    assert len(told) == 2
    assert told[0].address == dossier.procedure.participations.get(school__code="albi").email
    assert dossier.reference in render(told[0]).text
    assert "Une question" not in render(told[0]).text  # what is said stays in the dossier


def test_where_one_office_examines_all_it_is_the_one_that_is_told(dossier: Dossier, zoe: User) -> None:
    """Rule: APP-15. The school ranked first cannot read the message."""
    central = {"examination": Procedure.Examination.CENTRAL, "contact_email": "bureau@example.org"}
    Procedure.objects.filter(pk=dossier.procedure_id).update(**central)
    write_as_candidate(dossier.pk, "Une question", by=zoe)
    assert [mail.address for mail in scenario.mails("message_to_school")] == ["bureau@example.org"]


def test_the_candidate_is_mailed_each_time_in_their_language(procedure: Procedure, verifier: User) -> None:
    ann = scenario.person("ann@example.org", language="en")
    dossier = scenario.submitted(procedure, ann)
    write_to_candidate(dossier.pk, "Il manque une page.", by=verifier)
    write_to_candidate(dossier.pk, "La deuxième.", by=verifier)
    told = scenario.mails("message_to_candidate")
    assert len(told) == 2
    assert "a message is waiting for you" in render(told[0]).subject
    assert f"/dossier/{procedure.slug}/messages/" in render(told[0]).text


def test_only_who_examines_the_dossier_writes(dossier: Dossier, procedure: Procedure, stranger: User) -> None:
    juror = scenario.staff(procedure, "jury")
    accountant = scenario.staff(procedure, "accountant", "albi")
    with pytest.raises(NotAllowed):
        write_to_candidate(dossier.pk, "Bonjour", by=juror)
    for outsider in (stranger, accountant):
        with pytest.raises(Dossier.DoesNotExist):
            write_to_candidate(dossier.pk, "Bonjour", by=outsider)
    assert list(conversations_of(juror)) == [dossier]
    assert not conversations_of(accountant).exists()
    assert not Message.objects.exists()


def test_nobody_writes_in_anothers_dossier(dossier: Dossier, other: User) -> None:
    with pytest.raises(Dossier.DoesNotExist):
        write_as_candidate(dossier.pk, "Bonjour", by=other)


def test_of_a_draft_only_the_office_reads_and_writes(
    procedure: Procedure, zoe: User, office: User, verifier: User
) -> None:
    """A school sees a dossier from its submission on; the office helps with a draft without seeing its answers."""
    Procedure.objects.filter(pk=procedure.pk).update(contact_email="bureau@example.org")
    draft = scenario.begun(procedure, zoe)
    write_as_candidate(draft.pk, "Je ne trouve pas mon titre.", by=zoe)
    assert scenario.mails("message_to_school")[0].address == "bureau@example.org"
    assert list(conversations_of(office)) == [draft]
    assert not conversations_of(verifier).exists()
    write_to_candidate(draft.pk, "Cherchez « Licence ».", by=office)
    assert signed_in(office).get(reverse("admin:applicants_dossier_change", args=[draft.pk])).status_code == 404


def test_a_jurors_look_leaves_it_unread_for_who_answers(dossier: Dossier, zoe: User, procedure: Procedure) -> None:
    write_as_candidate(dossier.pk, "Une question", by=zoe)
    read_as_staff(dossier, by=scenario.staff(procedure, "jury"))
    read_as_candidate(dossier, by=zoe)
    assert dossier.messages.unread_by_staff().count() == 1


def test_a_message_can_be_left_for_a_colleague(dossier: Dossier, zoe: User, verifier: User, stranger: User) -> None:
    write_as_candidate(dossier.pk, "Une question", by=zoe)
    read_as_staff(dossier, by=verifier)
    leave_unread(dossier.pk, by=verifier)
    assert dossier.messages.unread_by_staff().count() == 1
    with pytest.raises(Dossier.DoesNotExist):
        leave_unread(dossier.pk, by=stranger)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5001])
def test_nothing_or_a_novel_is_refused(dossier: Dossier, zoe: User, text: str) -> None:
    with pytest.raises(WrongMessage):
        write_as_candidate(dossier.pk, text, by=zoe)


def test_one_wrong_file_keeps_the_whole_message_back_and_no_bytes(dossier: Dossier, zoe: User) -> None:
    before = set(default_storage.listdir("papers")[1])
    program = SimpleUploadedFile("facture.pdf", b"MZ\x90 a program")
    with pytest.raises(WrongFile):
        write_as_candidate(dossier.pk, "Voici", [scenario.pdf(), program], by=zoe)
    with pytest.raises(WrongMessage):
        write_as_candidate(dossier.pk, "Voici", [scenario.pdf()] * (MOST_FILES + 1), by=zoe)
    assert not Message.objects.exists()
    assert set(default_storage.listdir("papers")[1]) == before


def test_files_joined_are_not_papers_of_the_dossier(dossier: Dossier, zoe: User, verifier: User) -> None:
    """They would be counted as papers to examine, laid aside as papers not asked, or asked again when unreadable."""
    message = write_as_candidate(dossier.pk, "Voici", [scenario.pdf("preuve.pdf")], by=zoe)
    assert message.folder_id != dossier.folder_id
    file = SupportingDocument.objects.get(folder__message=message)
    SupportingDocument.objects.filter(pk=file.pk).update(check_state="rejected", check_reason="broken")
    with transaction.atomic():
        state_fact("paper_rejected", file.pk)
    assert not dossier.corrections.exists()


def test_a_file_is_served_to_both_sides_once_checked_and_to_nobody_else(
    dossier: Dossier, zoe: User, other: User, verifier: User, stranger: User
) -> None:
    message = write_as_candidate(dossier.pk, "Voici", [scenario.pdf("preuve.pdf")], by=zoe)
    file = SupportingDocument.objects.get(folder__message=message)
    own = reverse("applicants:attachment", args=[dossier.procedure.slug, file.pk])
    desk = reverse("admin:juries_attachment", args=[dossier.pk, file.pk])
    assert signed_in(zoe).get(own).status_code == 404  # not checked yet
    SupportingDocument.objects.filter(pk=file.pk).update(check_state="passed")
    for user, address, status in [
        (zoe, own, 200), (verifier, desk, 200), (other, own, 404), (stranger, desk, 404)
    ]:  # fmt: skip
        answer = signed_in(user).get(address)
        b"".join(answer)
        assert answer.status_code == status, user
    assert "paper.read" in scenario.events(dossier.pk)


def test_candidate_and_school_write_to_each_other_on_their_pages(dossier: Dossier, zoe: User, verifier: User) -> None:
    """From the question to the answer, with what each sees as new on the way."""
    candidate, desk = signed_in(zoe), signed_in(verifier)
    page = reverse("applicants:messages", args=[dossier.procedure.slug])
    conversation = reverse("admin:juries_conversation", args=[dossier.pk])
    queue = reverse("admin:applicants_dossier_changelist")
    assert "à lire" not in unread_lines(desk)
    sent = candidate.post(page, {"text": "Mon relevé arrive demain.", "joined": [scenario.pdf()]}, follow=True)
    assert "Votre message est envoyé" in sent.content.decode()
    assert "message d’un candidat à lire" in unread_lines(desk)
    assert dossier.reference in desk.get(queue, {"attend": "message"}).content.decode()
    assert (
        "1 message à lire" in desk.get(reverse("admin:applicants_dossier_change", args=[dossier.pk])).content.decode()
    )
    assert "Mon relevé arrive demain." in desk.get(conversation).content.decode()
    assert "à lire" not in unread_lines(desk)
    assert dossier.reference not in desk.get(queue, {"attend": "message"}).content.decode()
    desk.post(conversation, {"text": "C’est noté."})
    home = reverse("campaign:dossier", args=[dossier.procedure.slug])
    assert "Un message vous attend" in " ".join(candidate.get(home).content.decode().split())
    read = candidate.get(page).content.decode()
    assert "C’est noté." in read
    assert verifier.email not in read  # a service answers, not a person
    assert "Un message vous attend" not in " ".join(candidate.get(home).content.decode().split())
    assert "lu le" in desk.get(conversation).content.decode()
    assert {"message.sent", "message.read"} <= set(scenario.events(dossier.pk))
    assert not post.outbox


def test_what_is_refused_comes_back_as_it_was_typed(dossier: Dossier, verifier: User, zoe: User) -> None:
    program = SimpleUploadedFile("x.pdf", b"MZ a program")
    page = reverse("applicants:messages", args=[dossier.procedure.slug])
    answer = signed_in(zoe).post(page, {"text": "Voici la preuve", "joined": [program]})
    assert "Voici la preuve" in answer.content.decode()
    assert "Le contenu de ce fichier" in answer.content.decode()


def test_a_juror_reads_and_is_offered_nothing_to_write(dossier: Dossier, procedure: Procedure, zoe: User) -> None:
    write_as_candidate(dossier.pk, "Une question", by=zoe)
    juror = signed_in(scenario.staff(procedure, "jury"))
    page = juror.get(reverse("admin:juries_conversation", args=[dossier.pk])).content.decode()
    assert "Une question" in page
    assert "Écrire au candidat" not in page


@pytest.mark.parametrize("count", [1, 8])
def test_the_list_and_the_conversation_cost_the_same_for_many(
    dossier: Dossier, zoe: User, verifier: User, count: int, django_assert_max_num_queries
) -> None:
    for number in range(count):
        write_as_candidate(dossier.pk, f"Question {number}", [scenario.pdf()], by=zoe)
    desk = signed_in(verifier)
    with django_assert_max_num_queries(14):
        desk.get(reverse("admin:applicants_message_changelist"))
    with django_assert_max_num_queries(20):
        desk.get(reverse("admin:juries_conversation", args=[dossier.pk]))
