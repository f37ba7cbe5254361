"""Publication: prepared, invisible until its instant, announced once, corrected by two."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applicants.models import Dossier, Status
from documents.models import Notice
from journal.errors import NotAllowed
from journal.models import Entry
from juries import publication
from juries.decisions import decide_admissibility
from juries.models import Decision, DecisionCorrection, Publication
from juries.publication import (
    NotCorrectable,
    NotPublishable,
    announce,
    cancel_publication,
    confirm_correction,
    due_publications,
    prepare_publication,
    propose_correction,
)
from juries.steps import Frozen
from juries.tests import rows
from notifications.models import Mail
from notifications.rendering import render
from programmes.models import Procedure, Step

MICROSECOND = dt.timedelta(microseconds=1)


@pytest.fixture
def pair(procedure: Procedure, admissibility: Step) -> tuple[Decision, Decision]:
    """Somebody admissible, and somebody not."""
    return (
        rows.decided(rows.dossier(procedure, 1), admissibility, Decision.Outcome.ADMISSIBLE),
        rows.decided(rows.dossier(procedure, 2, language="en"), admissibility, Decision.Outcome.NOT_ADMISSIBLE),
    )


def move_to(procedure: Procedure, moment: dt.datetime) -> Procedure:
    """The procedure, its clock moved to that instant exactly."""
    now = procedure.now() - procedure.clock_offset
    Procedure.objects.filter(pk=procedure.pk).update(clock_offset=moment - now)
    return Procedure.objects.get(pk=procedure.pk)


def events(subject: Publication | Decision) -> list[str]:
    """What the journal holds on a subject, in the order of the alphabet: the clock stands still."""
    entries = Entry.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    return sorted(entries.values_list("event", flat=True))


def test_the_instant_is_the_calendars_unless_another_is_chosen(
    pair: object, admissibility: Step, president: User
) -> None:
    prepared = prepare_publication(admissibility.pk, by=president)
    assert prepared.visible_at == dt.datetime(2026, 4, 9, 14, tzinfo=dt.UTC)  # 16 h in Paris
    assert events(prepared) == ["publication.prepared"]


def test_nothing_is_seen_one_microsecond_before_and_all_at_the_instant(
    pair: tuple[Decision, Decision], procedure: Procedure, admissibility: Step, president: User
) -> None:
    """AST-13: also no mail, no notice, and no announcement, whatever the worker does."""
    prepared = prepare_publication(admissibility.pk, by=president)
    before = move_to(procedure, prepared.visible_at - MICROSECOND)
    assert not Decision.objects.published(before).exists()
    assert not due_publications(before).exists()
    assert announce(prepared.pk) == 0
    assert not Notice.objects.exists()
    assert not Mail.objects.exists()
    at_the_instant = move_to(procedure, prepared.visible_at)
    assert Decision.objects.published(at_the_instant).count() == 2  # before anything is announced
    assert list(due_publications(at_the_instant)) == [prepared]


def test_everyone_is_told_once_however_often_it_runs(
    pair: tuple[Decision, Decision], procedure: Procedure, admissibility: Step, president: User
) -> None:
    prepared = prepare_publication(admissibility.pk, by=president)
    later = move_to(procedure, prepared.visible_at + dt.timedelta(hours=1))
    assert announce(prepared.pk) == 2
    assert announce(prepared.pk) == 0
    assert not due_publications(later).exists()
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["result_admissible", "result_not_admissible"]
    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["admissibility", "refusal"]
    assert set(Notice.objects.values_list("visible_at", flat=True)) == {prepared.visible_at}


@pytest.mark.parametrize("count", [1, 49])
def test_a_batch_costs_as_much_for_all_as_for_one(
    count: int,
    procedure: Procedure,
    admissibility: Step,
    president: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rows.admissible(procedure, count)
    prepared = prepare_publication(admissibility.pk, by=president)
    move_to(procedure, prepared.visible_at)
    with django_assert_num_queries(12):
        assert announce(prepared.pk) == count
    assert Mail.objects.count() == Notice.objects.count() == count
    assert Entry.objects.filter(event="notice.issued").count() == count


def test_an_interrupted_announcement_goes_on_where_it_stopped(
    procedure: Procedure, admissibility: Step, president: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "BATCH", 2)
    rows.admissible(procedure, 5)
    prepared = prepare_publication(admissibility.pk, by=president)
    move_to(procedure, prepared.visible_at)
    assert publication._announce_batch(prepared.pk) == 2  # then the worker is killed
    assert announce(prepared.pk) == 3
    assert Mail.objects.count() == Notice.objects.count() == 5
    assert events(prepared) == ["publication.announced", "publication.prepared"]


def test_what_is_announced_says_nothing_of_another_step(
    pair: tuple[Decision, Decision], procedure: Procedure, admissibility: Step, admission: Step, president: User
) -> None:
    """The jury has already decided on the admission, of which nobody may hear yet."""
    rows.decided(pair[0].dossier, admission, Decision.Outcome.ADMITTED)
    prepared = prepare_publication(admissibility.pk, by=president)
    move_to(procedure, prepared.visible_at)
    assert announce(prepared.pk) == 2
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["result_admissible", "result_not_admissible"]
    assert Decision.objects.get(step=admission).announced_at is None


def test_who_withdrew_before_the_results_is_not_written_to(
    pair: tuple[Decision, Decision], procedure: Procedure, admissibility: Step, president: User
) -> None:
    prepared = prepare_publication(admissibility.pk, by=president)
    Dossier.objects.filter(pk=pair[1].dossier_id).update(status=Status.WITHDRAWN)
    move_to(procedure, prepared.visible_at)
    assert announce(prepared.pk) == 1
    assert Mail.objects.get().recipient_id == pair[0].dossier.candidate.user_id


def test_mails_say_the_result_in_the_readers_language_and_keep_the_reason(
    pair: tuple[Decision, Decision], procedure: Procedure, admissibility: Step, president: User
) -> None:
    prepared = prepare_publication(admissibility.pk, by=president)
    move_to(procedure, prepared.visible_at)
    announce(prepared.pk)
    good = render(Mail.objects.get(kind="result_admissible"))
    assert "vous êtes admissible" in good.subject
    assert "IMT Mines Albi, IMT Mines Alès, IMT Nord Europe" in good.text
    bad = render(Mail.objects.get(kind="result_not_admissible"))
    assert "you have not been shortlisted" in bad.text
    assert "insuffisants" not in bad.text  # the jury's reason is kept, not told


def test_nothing_is_published_while_a_dossier_is_undecided(
    pair: object, procedure: Procedure, admissibility: Step, president: User
) -> None:
    rows.dossier(procedure, 3)
    with pytest.raises(NotPublishable, match="1"):
        prepare_publication(admissibility.pk, by=president)
    assert not Publication.objects.exists()


def test_the_admission_waits_for_the_admissible_only(
    pair: tuple[Decision, Decision], admission: Step, president: User
) -> None:
    with pytest.raises(NotPublishable):
        prepare_publication(admission.pk, by=president)
    rows.decided(pair[0].dossier, admission, Decision.Outcome.CONDITIONAL)
    assert prepare_publication(admission.pk, by=president).step == admission


def test_an_admitted_candidate_reads_until_when_the_title_is_awaited(
    pair: tuple[Decision, Decision], procedure: Procedure, admission: Step, president: User
) -> None:
    rows.decided(pair[0].dossier, admission, Decision.Outcome.CONDITIONAL)
    prepared = prepare_publication(admission.pk, by=president)
    move_to(procedure, prepared.visible_at)
    announce(prepared.pk)
    text = " ".join(render(Mail.objects.get(kind="result_admitted")).text.split())
    assert "admis sous réserve" in text
    assert "au plus tard le vendredi 17 juillet 2026 à minuit" in text
    assert "du jeudi 28 mai 2026 à 14 h au mercredi 3 juin 2026 à 23 h" in text


def test_an_instant_that_is_past_is_refused(
    pair: object, procedure: Procedure, admissibility: Step, president: User
) -> None:
    with pytest.raises(NotPublishable):
        prepare_publication(admissibility.pk, by=president, visible_at=procedure.now() - MICROSECOND)
    assert prepare_publication(admissibility.pk, by=president, visible_at=procedure.now()).is_public


def test_without_an_instant_nothing_is_prepared(pair: object, admissibility: Step, president: User) -> None:
    Step.objects.filter(pk=admissibility.pk).update(results_at=None)
    with pytest.raises(NotPublishable, match="jour et l’heure"):
        prepare_publication(admissibility.pk, by=president)


def test_a_prepared_publication_can_be_taken_back_until_its_instant(
    pair: tuple[Decision, Decision], procedure: Procedure, admissibility: Step, president: User, jury: User
) -> None:
    prepared = prepare_publication(admissibility.pk, by=president)
    with pytest.raises(Frozen):
        decide_admissibility(pair[1].dossier_id, admissible=True, by=jury)
    with pytest.raises(Frozen):
        prepare_publication(admissibility.pk, by=president)
    cancel_publication(admissibility.pk, by=president)
    assert Entry.objects.filter(event="publication.cancelled", actor=str(president.pk)).count() == 1
    with pytest.raises(NotPublishable, match="Aucune publication"):
        cancel_publication(admissibility.pk, by=president)
    decide_admissibility(pair[1].dossier_id, admissible=True, by=jury)
    prepared = prepare_publication(admissibility.pk, by=president)
    move_to(procedure, prepared.visible_at)
    with pytest.raises(NotPublishable):
        cancel_publication(admissibility.pk, by=president)


def test_what_was_told_is_not_taken_back_by_who_asked_a_moment_before(
    pair: object, procedure: Procedure, admissibility: Step, president: User
) -> None:
    """A request that began in time and had to wait; or a rehearsal whose clock is moved back."""
    prepared = prepare_publication(admissibility.pk, by=president)
    move_to(procedure, prepared.visible_at)
    announce(prepared.pk)
    move_to(procedure, prepared.visible_at - MICROSECOND)
    with pytest.raises(NotPublishable, match="déjà publics"):
        cancel_publication(admissibility.pk, by=president)
    assert Publication.objects.exists()


def test_a_plain_member_of_the_jury_does_not_publish(
    pair: object, admissibility: Step, jury: User, verifier: User
) -> None:
    for person in (jury, verifier):
        with pytest.raises(NotAllowed):
            prepare_publication(admissibility.pk, by=person)


class TestCorrection:
    """AST-24: after publication, two persons."""

    @pytest.fixture
    def public(self, pair: tuple[Decision, Decision], admissibility: Step) -> Decision:
        rows.published(admissibility)
        return pair[1]

    def propose(self, decision: Decision, by: User) -> DecisionCorrection:
        return propose_correction(decision.pk, outcome="admissible", reason="Relevé de notes égaré", by=by)

    def test_the_second_person_carries_it_out_and_the_candidate_is_told(
        self, public: Decision, president: User, office: User
    ) -> None:
        correction = self.propose(public, president)
        public.refresh_from_db()
        assert public.outcome == Decision.Outcome.NOT_ADMISSIBLE
        assert not Mail.objects.exists()
        confirm_correction(correction.pk, by=office)
        public.refresh_from_db()
        assert public.outcome == Decision.Outcome.ADMISSIBLE
        assert "you are shortlisted" in render(Mail.objects.get(kind="result_corrected")).text
        assert Notice.objects.get().kind == "admissibility"
        assert events(public) == ["decision.corrected", "decision.correction_proposed"]

    def test_nobody_confirms_their_own(self, public: Decision, president: User) -> None:
        correction = self.propose(public, president)
        with pytest.raises(NotCorrectable):
            confirm_correction(correction.pk, by=president)
        with pytest.raises(IntegrityError), transaction.atomic():
            DecisionCorrection.objects.filter(pk=correction.pk).update(confirmed_by=president)

    def test_it_is_carried_out_once(self, public: Decision, president: User, office: User) -> None:
        correction = self.propose(public, president)
        confirm_correction(correction.pk, by=office)
        with pytest.raises(NotCorrectable):
            confirm_correction(correction.pk, by=office)

    def test_a_new_proposal_replaces_the_one_that_waits(self, public: Decision, president: User, office: User) -> None:
        self.propose(public, president)
        second = self.propose(public, office)
        assert list(public.corrections.all()) == [second]

    @pytest.mark.parametrize(
        ("outcome", "reason"),
        [("admissible", " "), ("not_admissible", "rien"), ("admitted", "autre étape"), ("nonsense", "?")],
    )
    def test_a_correction_changes_something_of_the_step_with_a_reason(
        self, public: Decision, president: User, outcome: str, reason: str
    ) -> None:
        with pytest.raises(NotCorrectable):
            propose_correction(public.pk, outcome=outcome, reason=reason, by=president)

    def test_what_is_not_public_yet_is_for_the_jury(
        self, pair: tuple[Decision, Decision], admissibility: Step, president: User
    ) -> None:
        prepare_publication(admissibility.pk, by=president)
        with pytest.raises(NotCorrectable):
            self.propose(pair[1], president)

    def test_only_the_presidency_and_the_office_correct(self, public: Decision, jury: User, president: User) -> None:
        with pytest.raises(NotAllowed):
            self.propose(public, jury)
        correction = self.propose(public, president)
        with pytest.raises(NotAllowed):
            confirm_correction(correction.pk, by=jury)
