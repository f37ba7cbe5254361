"""Referees: named, written to, reminded; they answer through a link, in confidence. Rule: AST-09."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import Settings

from accounts.models import User
from applicants.answers import save_answers
from applicants.appraisals import by_secret, decline_appraisal, deposit_appraisal, save_appraisal
from applicants.contents import read_contents
from applicants.corrections import ask_correction
from applicants.models import Appraisal, Dossier, Referee
from applicants.referees import (
    MOST_ASKED,
    NotAwaited,
    WrongReferee,
    name_referee,
    remind_referee,
    remind_referees_due,
    replace_referee,
    secret_of,
)
from applicants.submission import NotReady, submit_dossier
from applicants.tests.scenario import (
    CLOSED,
    LAST_SECOND,
    VERIFYING,
    answer_to,
    begun,
    complete,
    events,
    mails,
    reloaded,
    set_clock,
    submitted,
)
from applicants.values import WrongAnswer
from journal.errors import Closed
from journal.models import Entry
from notifications.rendering import render
from programmes.models import Procedure


def named(dossier: Dossier, by: User, email: str = "prof@univ.example") -> Referee:
    identity = {"family_name": "Lefèvre", "given_names": "Zoé"}
    if not dossier.submitted_at and not reloaded(dossier.pk).candidate.family_name:
        save_answers(dossier.pk, "identity", identity, by=by)
    return name_referee(dossier.pk, kind="appraiser", name="Ada Prof", position="Responsable de L3", email=email, by=by)


def opinion(dossier: Dossier) -> dict[str, str]:
    rule = dossier.rules.referee("appraiser")
    assert rule is not None
    return {question.code: answer_to(question) for question in rule.questions}


def only_mail(kind: str) -> str:
    (mail,) = mails(kind)
    return render(mail).text


class TestTheCandidate:
    def test_naming_writes_to_the_referee_with_a_link(
        self, procedure: Procedure, zoe: User, settings: Settings
    ) -> None:
        settings.DEMO = True  # where the contents of secret mails are kept
        referee = named(begun(procedure, zoe), zoe)
        (mail,) = mails("referee_asked")
        assert (mail.address, mail.is_secret) == ("prof@univ.example", True)
        assert f"/dossier/appreciation/{secret_of(referee.pk)}/" in render(mail).text
        assert "vendredi 20 mars 2026" in render(mail).text

    def test_the_database_does_not_hold_the_link(self, procedure: Procedure, zoe: User) -> None:
        referee = named(begun(procedure, zoe), zoe)
        secret = secret_of(referee.pk)
        assert len(secret) == 43  # 32 bytes
        kept = [referee.secret_digest, *map(str, Entry.objects.values_list("details", flat=True))]
        assert not any(secret in text for text in kept)
        assert by_secret(secret) == referee

    def test_a_name_comes_first(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        with pytest.raises(WrongReferee, match="identité"):
            name_referee(dossier.pk, kind="appraiser", name="Ada", position="", email="a@univ.example", by=zoe)

    def test_no_more_than_the_procedure_asks_for(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        named(dossier, zoe)
        with pytest.raises(WrongReferee):
            named(dossier, zoe, "other@univ.example")
        assert Referee.objects.count() == 1

    def test_nobody_has_the_portal_write_to_the_whole_world(self, procedure: Procedure, zoe: User) -> None:
        referee = named(begun(procedure, zoe), zoe)
        for number in range(MOST_ASKED - 1):
            referee = replace_referee(referee.pk, name="Prof", position="", email=f"p{number}@univ.example", by=zoe)
        with pytest.raises(WrongReferee, match="demain"):
            replace_referee(referee.pk, name="Prof", position="", email="encore@univ.example", by=zoe)
        assert len(mails("referee_asked")) == MOST_ASKED
        set_clock(procedure, "2026-02-11 10:01")
        replace_referee(referee.pk, name="Prof", position="", email="encore@univ.example", by=zoe)

    @pytest.mark.parametrize("email", ["zoe@example.org", " ZOE@example.org ", "no address"])
    def test_an_address_that_cannot_be_theirs(self, procedure: Procedure, zoe: User, email: str) -> None:
        with pytest.raises(WrongReferee):
            named(begun(procedure, zoe), zoe, email)

    def test_another_candidate_finds_nothing(self, procedure: Procedure, zoe: User, other: User) -> None:
        referee = named(begun(procedure, zoe), zoe)
        with pytest.raises(Referee.DoesNotExist):
            remind_referee(referee.pk, by=other)
        with pytest.raises(Referee.DoesNotExist):
            replace_referee(referee.pk, name="B", position="", email="b@univ.example", by=other)

    def test_the_window(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        save_answers(dossier.pk, "identity", {"family_name": "Lefèvre"}, by=zoe)
        set_clock(procedure, CLOSED)
        with pytest.raises(Closed):
            named(dossier, zoe)

    def test_a_replaced_referees_link_takes_nothing(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        first = named(dossier, zoe)
        save_appraisal(secret_of(first.pk), {"acquaintance": "Professeure"})
        second = replace_referee(first.pk, name="B", position="", email="b@univ.example", by=zoe)
        with pytest.raises(NotAwaited, match="une autre personne"):
            deposit_appraisal(secret_of(first.pk), opinion(dossier))
        assert not Appraisal.objects.exists()  # the draft too is gone
        assert deposit_appraisal(secret_of(second.pk), opinion(dossier)).deposited_at
        assert len(mails("referee_asked")) == 2
        assert events(dossier.pk).count("referee.replaced") == 1

    def test_who_is_replaced_already_is_not_replaced_again(self, procedure: Procedure, zoe: User) -> None:
        """Two windows: the second would name one person more than the procedure asks for."""
        dossier = begun(procedure, zoe)
        first = named(dossier, zoe)
        replace_referee(first.pk, name="B", position="", email="b@univ.example", by=zoe)
        with pytest.raises(NotAwaited, match="déjà remplacée"):
            replace_referee(first.pk, name="C", position="", email="c@univ.example", by=zoe)
        with pytest.raises(NotAwaited):
            remind_referee(first.pk, by=zoe)

    def test_an_opinion_that_the_procedure_does_not_ask_for(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        save_answers(dossier.pk, "identity", {"family_name": "Lefèvre"}, by=zoe)
        with pytest.raises(WrongReferee, match="de cette sorte"):
            name_referee(dossier.pk, kind="neighbour", name="Ada", position="", email="a@univ.example", by=zoe)

    def test_who_has_deposited_is_not_replaced(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        referee = named(dossier, zoe)
        deposit_appraisal(secret_of(referee.pk), opinion(dossier))
        with pytest.raises(NotAwaited):
            replace_referee(referee.pk, name="B", position="", email="b@univ.example", by=zoe)
        set_clock(procedure, "2026-02-12 10:00")
        with pytest.raises(NotAwaited, match="n’est plus à relancer"):
            remind_referee(referee.pk, by=zoe)

    def test_a_reminder_a_day_with_the_same_link(self, procedure: Procedure, zoe: User, settings: Settings) -> None:
        settings.DEMO = True
        referee = named(begun(procedure, zoe), zoe)
        with pytest.raises(NotAwaited, match="moins d’un jour"):
            remind_referee(referee.pk, by=zoe)
        set_clock(procedure, "2026-02-11 10:00")
        remind_referee(referee.pk, by=zoe)
        assert events(referee.dossier_id).count("referee.reminded") == 1
        assert f"/dossier/appreciation/{secret_of(referee.pk)}/" in only_mail("referee_reminder")
        with pytest.raises(NotAwaited):
            remind_referee(referee.pk, by=zoe)


class TestThePortalReminds:
    def reminders(self, procedure: Procedure, *moments: str) -> list[int]:
        return [remind_referees_due(set_clock(procedure, moment)) for moment in moments]

    def test_seven_and_two_days_before_once_each(self, procedure: Procedure, zoe: User) -> None:
        named(begun(procedure, zoe), zoe)
        sent = self.reminders(
            procedure,
            "2026-03-13 22:59:59",
            "2026-03-13 23:00:00",
            "2026-03-14 09:00:00",
            "2026-03-18 23:00:00",
            "2026-03-19 09:00:00",
            "2026-03-20 23:00:00",
        )
        assert sent == [0, 1, 0, 1, 0, 0]
        assert len(mails("referee_reminder")) == 2

    def test_a_late_task_sends_only_the_last(self, procedure: Procedure, zoe: User) -> None:
        named(begun(procedure, zoe), zoe)
        assert self.reminders(procedure, "2026-03-19 09:00:00", "2026-03-19 09:00:20") == [1, 0]

    def test_a_task_that_comes_after_the_hour_writes_to_nobody(self, procedure: Procedure, zoe: User) -> None:
        named(begun(procedure, zoe), zoe)
        assert self.reminders(procedure, CLOSED) == [0]

    def test_who_was_asked_since_is_left_in_peace(self, procedure: Procedure, zoe: User) -> None:
        set_clock(procedure, "2026-03-14 10:00:00")
        named(begun(procedure, zoe), zoe)
        assert self.reminders(procedure, "2026-03-15 10:00:00", "2026-03-18 23:00:00") == [0, 1]

    def test_who_has_answered_or_whose_candidate_has_submitted(
        self, procedure: Procedure, zoe: User, other: User
    ) -> None:
        dossier = begun(procedure, other)
        decline_appraisal(secret_of(named(dossier, other).pk))
        complete_one = complete(procedure, zoe)
        named(complete_one, zoe)
        submit_dossier(complete_one.pk, by=zoe)
        assert self.reminders(procedure, "2026-03-19 10:00:00") == [0]


class TestTheReferee:
    def test_a_draft_is_kept_and_does_not_count(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        referee = named(dossier, zoe)
        draft = save_appraisal(secret_of(referee.pk), {"acquaintance": " Sa professeure "})
        assert (draft.answers["acquaintance"], draft.deposited_at) == ("Sa professeure", None)
        assert not read_contents(reloaded(dossier.pk)).filled.appraisals

    def test_depositing_needs_every_answer(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        secret = secret_of(named(dossier, zoe).pk)
        answers = opinion(dossier)
        answers.pop("opinion")
        with pytest.raises(WrongAnswer) as refusal:
            deposit_appraisal(secret, answers)
        assert set(refusal.value.errors) == {"opinion"}
        with pytest.raises(WrongAnswer):
            deposit_appraisal(secret, opinion(dossier) | {"opinion": "the best"})

    def test_a_deposit_counts_and_the_candidate_is_told_only_that(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        referee = named(dossier, zoe)
        answers = opinion(dossier) | {"suitability": "Une opinion confidentielle."}
        for _ in range(2):
            deposit_appraisal(secret_of(referee.pk), answers)
        assert read_contents(reloaded(dossier.pk)).filled.appraisals == {"appraiser"}
        assert "Ada Prof a déposé" in only_mail("referee_deposited")
        assert "Une opinion" not in only_mail("referee_deposited")
        assert events(dossier.pk).count("referee.deposited") == 1
        assert "Une opinion" not in str(list(Entry.objects.values_list("details", flat=True)))
        with pytest.raises(NotAwaited):
            save_appraisal(secret_of(referee.pk), {"acquaintance": "changed"})

    def test_declining_frees_the_place(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        referee = named(dossier, zoe)
        for _ in range(2):
            decline_appraisal(secret_of(referee.pk))
        assert "a décliné" in only_mail("referee_declined")
        with pytest.raises(NotAwaited):
            deposit_appraisal(secret_of(referee.pk), opinion(dossier))
        assert replace_referee(referee.pk, name="B", position="", email="b@univ.example", by=zoe)

    def test_the_window(self, procedure: Procedure, zoe: User) -> None:
        dossier = begun(procedure, zoe)
        secret = secret_of(named(dossier, zoe).pk)
        set_clock(procedure, LAST_SECOND)
        save_appraisal(secret, {})
        set_clock(procedure, CLOSED)
        for act in (lambda: save_appraisal(secret, {}), lambda: deposit_appraisal(secret, opinion(dossier))):
            with pytest.raises(Closed, match="délai"):
                act()

    def test_after_submission_it_still_joins_the_dossier_until_the_closing_hour(
        self, procedure: Procedure, zoe: User
    ) -> None:
        dossier = complete(procedure, zoe)  # on a further-study sheet
        secret = secret_of(named(dossier, zoe).pk)
        submit_dossier(dossier.pk, by=zoe)
        assert deposit_appraisal(secret, opinion(dossier)).deposited_at == procedure.now()

    def test_nobodys_link(self, procedure: Procedure) -> None:
        with pytest.raises(Referee.DoesNotExist):
            by_secret("x" * 43)


def test_one_of_the_two_must_be_there(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    dossier.folder.documents.filter(kind="further-study-sheet").update(superseded_at=dt.datetime.now(dt.UTC))
    referee = named(dossier, zoe)
    with pytest.raises(NotReady) as refusal:
        submit_dossier(dossier.pk, by=zoe)
    assert [item.place for item in refusal.value.items] == ["referee:appraiser"]
    deposit_appraisal(secret_of(referee.pk), opinion(dossier))
    assert submit_dossier(dossier.pk, by=zoe)


def test_a_submitted_dossier_names_nobody(procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe)
    with pytest.raises(Exception, match="ne se modifie plus"):
        named(dossier, zoe)


def test_a_correction_reopens_the_referees_with_its_own_deadline(
    procedure: Procedure, zoe: User, verifier: User, settings: Settings
) -> None:
    settings.DEMO = True
    dossier = submitted(procedure, zoe)
    set_clock(procedure, VERIFYING)
    until = procedure.now() + dt.timedelta(days=5)
    ask_correction(dossier.pk, opens=["referee:appraiser"], reason="Une fiche.", until=until, by=verifier)
    secret = secret_of(named(reloaded(dossier.pk), zoe).pk)
    assert "lundi 30 mars 2026" in only_mail("referee_asked")
    assert deposit_appraisal(secret, opinion(dossier)).deposited_at
