"""A person gets a copy of all that is kept of them, and it is erased when its time has come. Rule: APP-19."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db.models import PROTECT, RESTRICT, Model
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, User
from applicants.conversation import write_as_candidate
from applicants.models import Answer, Appraisal, Candidate, Choice, Dossier, Message, Referee
from applicants.tests import scenario
from campaign.data_requests import ask_erasure, procedures_shown_to, withdraw_erasure
from campaign.due import run_due_acts_of
from campaign.erasure import StillKept, WorksWithUs, erase_overdue, erase_person
from campaign.export import KEPT_BACK, SOURCES, write_copy
from campaign.forgetting import HOLD_CHOICES
from campaign.models import DataRequest
from campaign.retention import end_of, kept_until, months_later
from documents.models import Notice, SupportingDocument
from journal.errors import NotAllowed
from journal.models import Entry
from journal.sealing import seal_entries, verify
from juries.models import Decision, Opinion
from juries.tests import rows
from notifications.models import Mail
from offers.models import Place
from payments.models import Charge, Payment
from programmes.loading import store
from programmes.models import Procedure, Step

pytestmark = pytest.mark.django_db
OF_THE_ACCOUNT = {
    "accounts.consent", "account.emailaddress", "campaign.addresschange", "campaign.datarequest",
    "applicants.candidate", "applicants.dossier", "documents.notice", "notifications.mail", "payments.account",
}  # fmt: skip


@pytest.fixture
def procedure() -> Procedure:
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def zoe(procedure: Procedure) -> User:
    return scenario.person()


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    """Submitted, with a message and its file, and an appraisal that the candidate may not read."""
    made = scenario.submitted(procedure, zoe)
    message = write_as_candidate(made.pk, "Une question d’été", [scenario.pdf("preuve.pdf")], by=zoe)
    SupportingDocument.objects.filter(folder__message=message).update(check_state="passed")
    referee = Referee.objects.create(
        dossier=made,
        kind="appraiser",
        name="Henri",
        email="h@univ.example",
        asked_at=procedure.now(),
        state="deposited",
    )
    Appraisal.objects.create(
        referee=referee,
        answers={"opinion": "Candidat médiocre"},
        saved_at=procedure.now(),
        deposited_at=procedure.now(),
    )
    return made


@pytest.fixture
def office(procedure: Procedure) -> User:
    return scenario.staff(procedure, "office")


def copy_of(user: User, by: User | None = None) -> tuple[dict, zipfile.ZipFile]:
    target = io.BytesIO()
    write_copy(user, procedures_shown_to(by or user, user), target)
    archive = zipfile.ZipFile(target)
    return json.loads(archive.read("donnees.json")), archive


def set_after_retention(procedure: Procedure, by: dt.timedelta = dt.timedelta(days=1)) -> None:
    procedure.clock_offset += kept_until(procedure) - procedure.now() + by
    procedure.save(update_fields=["clock_offset"])


class TestCopy:
    def test_it_holds_what_was_said_and_deposited(self, dossier: Dossier, zoe: User) -> None:
        told, archive = copy_of(zoe)
        (only,) = told["dossiers"]
        assert told["account"]["email"] == zoe.email
        assert told["identity"]["family_name"] == "Nguyễn-Lefèvre"
        assert told["consents"][0]["notice_version"]
        answers = {answer["field"]: answer["value"] for answer in only["answers"]}
        assert answers["scholarship"] == "no"
        assert [choice["programme__code"] for choice in only["choices"]] == ["albi", "ales", "nord-europe"]
        assert only["messages"][0]["text"] == "Une question d’été"
        assert only["payments"][0]["amount"] == 7600
        assert "dossier.submitted" in [act["event"] for act in only["acts"]]
        names = archive.namelist()
        assert sum("/pieces/" in name for name in names) == dossier.folder.documents.count()
        (joined,) = [name for name in names if "/messages/" in name]
        assert archive.read(joined).startswith(b"%PDF")

    def test_a_confidential_opinion_is_not_in_it(self, dossier: Dossier, zoe: User) -> None:
        told, _archive = copy_of(zoe)
        assert "médiocre" not in json.dumps(told, ensure_ascii=False)

    def test_it_says_nothing_of_a_decision_before_its_instant(
        self, procedure: Procedure, dossier: Dossier, zoe: User
    ) -> None:
        """Rule: AST-13. The copy is a page like all others."""
        step = procedure.steps.get(kind=Step.Kind.ADMISSIBILITY)
        rows.decided(dossier, step, Decision.Outcome.ADMISSIBLE)
        assert copy_of(zoe)[0]["dossiers"][0]["decisions"] == []
        rows.published(step)
        assert copy_of(zoe)[0]["dossiers"][0]["decisions"][0]["outcome"] == "admissible"

    def test_every_model_that_holds_something_of_a_person_is_told_or_kept_back_for_a_reason(self) -> None:
        """A model added later is in the copy, or somebody has said why not."""
        told = {source.model._meta.label_lower for source in SOURCES} | OF_THE_ACCOUNT
        assert told.isdisjoint(KEPT_BACK)
        assert set(models_of_a_person()) <= told | set(KEPT_BACK)

    def test_the_office_hands_over_its_own_procedure_and_no_other(
        self, procedure: Procedure, dossier: Dossier, zoe: User, office: User
    ) -> None:
        elsewhere = store(scenario.ast_2026(), rehearsal=True, slug="une-autre")
        scenario.begun(scenario.set_clock(elsewhere, scenario.OPEN), zoe)
        assert len(copy_of(zoe)[0]["dossiers"]) == 2
        told, _archive = copy_of(zoe, by=office)
        assert [one["reference"] for one in told["dossiers"]] == [dossier.reference]

    def test_one_takes_it_from_ones_page_and_it_is_recorded(self, dossier: Dossier, zoe: User) -> None:
        client = Client()
        client.force_login(zoe)
        assert reverse("campaign:own_data") in client.get(reverse("accounts:data_protection")).content.decode()
        answer = client.post(reverse("campaign:own_copy"))
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
        assert "donnees.json" in archive.namelist()
        request = DataRequest.objects.get()
        assert (request.kind, request.done_by) == ("access", zoe)
        assert Entry.objects.filter(event="data.copied").count() == 1
        assert client.get(reverse("campaign:own_copy")).status_code == 405

    def test_the_office_takes_it_from_the_account_and_nobody_else(
        self, procedure: Procedure, dossier: Dossier, zoe: User, office: User
    ) -> None:
        client = Client()
        client.force_login(office)
        copy = reverse("admin:campaign_copy", args=[zoe.pk])
        assert copy in client.get(reverse("admin:accounts_user_change", args=[zoe.pk])).content.decode()
        answer = client.post(copy)
        assert answer["Content-Type"] == "application/zip"
        b"".join(answer)
        client.force_login(scenario.staff(procedure, "verifier", "albi"))
        assert client.post(copy).status_code == 404
        assert DataRequest.objects.count() == 1


class TestErasure:
    def test_after_the_retention_all_goes_by_itself(
        self, procedure: Procedure, dossier: Dossier, zoe: User, django_capture_on_commit_callbacks
    ) -> None:
        """Rows and files; what stays, the journal and the books, names nobody."""
        EmailAddress.objects.create(user=zoe, email=zoe.email, verified=True, primary=True)
        scenario.mails("dossier_submitted")
        set_after_retention(procedure)
        with django_capture_on_commit_callbacks(execute=True):
            assert erase_overdue(procedure) == 1
        for model in (Dossier, Answer, Message, Referee, Appraisal, SupportingDocument, Notice, Candidate, Consent):
            assert not model._default_manager.exists(), model
        assert not EmailAddress.objects.exists()
        assert not Mail.objects.exists()
        assert default_storage.listdir("papers")[1] == []
        zoe.refresh_from_db()
        assert not zoe.is_active
        assert "zoe" not in zoe.email
        assert Payment.objects.get().amount == 7600
        assert "Nguy" not in Charge.objects.get().reference
        assert {"dossier.erased", "account.erased"} <= set(Entry.objects.values_list("event", flat=True))
        seal_entries()
        assert verify().is_whole

    def test_nothing_holds_a_choice_that_is_not_known_to(self) -> None:
        """What a programme's judges wrote keeps a choice from being deleted: it has to go first."""
        holding = {
            relation.related_model
            for relation in [*Choice._meta.related_objects, *Dossier._meta.related_objects]
            if relation.on_delete in (RESTRICT, PROTECT)
        }
        through_the_dossier = {Decision, Place}
        assert holding - through_the_dossier == set(HOLD_CHOICES)

    def test_what_the_judges_wrote_of_a_choice_goes_too(
        self, procedure: Procedure, dossier: Dossier, office: User
    ) -> None:
        step = procedure.steps.get(kind=Step.Kind.ADMISSION)
        choice = dossier.choices.get(rank=1)
        now = procedure.now()
        Opinion.objects.create(choice=choice, step=step, favourable=True, comment="Bon", given_at=now, given_by=office)
        set_after_retention(procedure)
        assert erase_overdue(procedure) == 1
        assert not Opinion.objects.exists()

    def test_not_one_second_before(self, procedure: Procedure, dossier: Dossier) -> None:
        set_after_retention(procedure, by=dt.timedelta(seconds=-5))
        run_due_acts_of(procedure)
        assert Dossier.objects.exists()
        set_after_retention(procedure, by=dt.timedelta(seconds=1))
        run_due_acts_of(procedure)
        assert not Dossier.objects.exists()

    def test_an_account_that_is_needed_elsewhere_stays(self, procedure: Procedure, dossier: Dossier, zoe: User) -> None:
        elsewhere = store(scenario.ast_2026(), rehearsal=True, slug="une-autre")
        other = scenario.begun(scenario.set_clock(elsewhere, scenario.OPEN), zoe)
        set_after_retention(procedure)
        erase_overdue(procedure)
        assert list(Dossier.objects.all()) == [other]
        zoe.refresh_from_db()
        assert (zoe.is_active, zoe.email) == (True, "zoe@example.org")

    def test_on_request_a_draft_goes_at_once(self, procedure: Procedure, zoe: User, office: User) -> None:
        scenario.begun(procedure, zoe)
        ask_erasure(by=zoe)
        erase_person(zoe.pk, by=office)
        assert not Dossier.objects.exists()
        request = DataRequest.objects.get()
        assert (request.done_by, request.done_at is not None) == (office, True)

    def test_on_request_a_submitted_dossier_is_kept_and_the_refusal_says_until_when(
        self, procedure: Procedure, dossier: Dossier, zoe: User, office: User
    ) -> None:
        with pytest.raises(StillKept, match="2028"):
            erase_person(zoe.pk, by=office)
        assert Dossier.objects.exists()

    def test_only_the_office_and_no_colleague(self, procedure: Procedure, zoe: User, office: User) -> None:
        scenario.begun(procedure, zoe)
        with pytest.raises(NotAllowed):
            erase_person(zoe.pk, by=scenario.staff(procedure, "verifier", "albi"))
        User.objects.filter(pk=zoe.pk).update(is_staff=True)
        with pytest.raises(WorksWithUs):
            erase_person(zoe.pk, by=office)

    def test_asking_twice_is_one_request_which_can_be_taken_back(self, zoe: User, procedure: Procedure) -> None:
        Procedure.objects.update(contact_email="bureau@example.org")
        scenario.begun(procedure, zoe)
        assert ask_erasure(by=zoe) == ask_erasure(by=zoe)
        assert len(scenario.mails("erasure_asked")) == 1
        withdraw_erasure(by=zoe)
        assert not DataRequest.objects.exists()

    def test_from_the_request_to_the_erasure_on_the_pages(self, procedure: Procedure, zoe: User, office: User) -> None:
        scenario.begun(procedure, zoe)
        candidate, desk = Client(), Client()
        candidate.force_login(zoe)
        desk.force_login(office)
        candidate.post(reverse("campaign:erasure"))
        assert "Vous avez demandé l’effacement" in candidate.get(reverse("campaign:own_data")).content.decode()
        assert "demande d’effacement à traiter" in desk.get(reverse("admin:index")).content.decode()
        found = desk.get(reverse("admin:accounts_user_changelist"), {"demande": "effacement"}).content.decode()
        assert zoe.email in found
        page = reverse("admin:campaign_erase", args=[zoe.pk])
        assert page in desk.get(reverse("admin:accounts_user_change", args=[zoe.pk])).content.decode()
        desk.post(page)
        assert not Dossier.objects.exists()
        assert candidate.get(reverse("campaign:own_data")).status_code == 302  # signed out

    def test_ones_page_says_until_when_a_submitted_dossier_is_kept(
        self, procedure: Procedure, dossier: Dossier, zoe: User
    ) -> None:
        client = Client()
        client.force_login(zoe)
        year = str(kept_until(procedure).year)
        assert year in client.get(reverse("campaign:own_data")).content.decode()


class TestRetention:
    def test_it_counts_from_the_end_of_the_calendar(self, procedure: Procedure) -> None:
        """The last hour of the notice of 2026 is that of the late papers, 17 July at midnight."""
        last = dt.datetime(2026, 7, 18, 0, 0, tzinfo=scenario.PARIS)
        assert end_of(procedure) == last
        assert kept_until(procedure) == last.replace(year=2028)

    @pytest.mark.parametrize(
        ("moment", "months", "later"),
        [
            ("2026-08-31T12:00", 6, "2027-02-28T12:00"),
            ("2027-08-31T12:00", 6, "2028-02-29T12:00"),
            ("2026-12-15T09:30", 1, "2027-01-15T09:30"),
            ("2026-01-31T00:00", 12, "2027-01-31T00:00"),
        ],
    )
    def test_months_are_counted_as_people_do(self, moment: str, months: int, later: str) -> None:
        start = dt.datetime.fromisoformat(moment).replace(tzinfo=scenario.PARIS)
        assert months_later(start, months) == dt.datetime.fromisoformat(later).replace(tzinfo=scenario.PARIS)


def models_of_a_person() -> set[str]:
    """The labels of all models whose rows belong to an account: by a relation, or by one to something that does."""
    found: set[str] = set()
    waiting: list[type[Model]] = [User]
    while waiting:
        for relation in waiting.pop()._meta.related_objects:
            model, field = relation.related_model, relation.field
            belongs = not field.name.endswith("_by") and field.name not in ("author", "by")
            if belongs and model._meta.label_lower not in found:
                found.add(model._meta.label_lower)
                waiting.append(model)
    return found
