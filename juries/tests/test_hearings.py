"""What comes before a programme decides: the head's opinion, two evaluations, and a supplement where they fail."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.models import Choice, Dossier
from applicants.tests.scenario import pdf, set_clock
from documents.models import SupportingDocument
from journal.errors import NotAllowed
from journal.models import Entry
from juries.choice_decisions import NotPresentable, decide_choice
from juries.choice_publication import publish_decisions
from juries.choices_before import NotBefore
from juries.evaluations import NotEvaluable
from juries.grid import mark_of, mean_of
from juries.models import Decision, Evaluation, Opinion, Supplement, TestSlot
from juries.opinions import NotAnOpinion, give_opinion
from juries.presentability import Heard, objection
from juries.steps import Frozen
from juries.supplements import (
    NotAnswerable,
    NotAskable,
    NotJudgeable,
    ask_supplement,
    deposit_written,
    judge_supplement,
)
from juries.tests import hearings
from juries.tests.hearings import applicant, approved, choice_of, interviewed, marked, passed, step_of, worker
from juries.verification import open_paper
from notifications.models import Mail
from programmes.models import Procedure
from programmes.rules import Criterion, EvaluationRule
from programmes.text import Text

DAY = dt.timedelta(days=1)
Outcome = Decision.Outcome


@pytest.fixture
def procedure(db: None) -> Procedure:
    return hearings.heard_procedure()


@pytest.fixture
def head(procedure: Procedure) -> User:
    return worker(procedure, "head", "data")


@pytest.fixture
def juror(procedure: Procedure) -> User:
    return worker(procedure, "jury", "data")


@pytest.fixture
def president(procedure: Procedure) -> User:
    return worker(procedure, "president", "data")


@pytest.fixture
def evaluators(procedure: Procedure) -> tuple[User, User]:
    return worker(procedure, "evaluator", "data"), worker(procedure, "evaluator")


@pytest.fixture
def choice(procedure: Procedure) -> Choice:
    """A candidate whom the study let pass."""
    return passed(procedure)


def decide(choice: Choice, outcome: str, by: User) -> Decision:
    return decide_choice(choice.pk, step_of(choice.dossier.procedure, "admission").pk, outcome=outcome, by=by)


class TestOpinions:
    def give(self, choice: Choice, by: User, favourable: bool = True, comment: str = "") -> Opinion:
        step = step_of(choice.dossier.procedure, "opinion")
        return give_opinion(choice.pk, step.pk, favourable=favourable, comment=comment, by=by)

    def test_the_jury_waits_for_it_and_is_told_so(self, choice, juror):
        with pytest.raises(NotPresentable, match="avis du responsable"):
            decide(choice, Outcome.REFUSED, juror)

    def test_it_may_change_until_the_jurys_decision_is_published(self, choice, head, president):
        self.give(choice, head)
        self.give(choice, head, favourable=False, comment="À la réflexion")
        assert Opinion.objects.get().favourable is False
        missed(interviewed(choice))
        decision = decide(choice, Outcome.REFUSED, president)
        self.give(choice, head)
        publish_decisions([decision.pk], by=president)
        with pytest.raises(Frozen):
            self.give(choice, head, favourable=False, comment="Trop tard")

    def test_an_unfavourable_one_says_why(self, choice, head):
        with pytest.raises(NotAnOpinion, match="pourquoi"):
            self.give(choice, head, favourable=False)

    def test_it_is_the_heads_of_that_programme(self, procedure, choice, juror):
        with pytest.raises(NotAllowed):
            self.give(choice, juror)
        with pytest.raises(Choice.DoesNotExist):
            self.give(choice, worker(procedure, "head", "energy"))

    def test_the_head_of_one_programme_gives_none_on_another_choice_of_the_dossier(self, procedure, head):
        both = passed(procedure, 7, "data", "energy").dossier
        with pytest.raises(NotAllowed):
            self.give(choice_of(both, "energy"), head)

    def test_who_was_not_let_pass_is_not_before_it(self, procedure, head):
        with pytest.raises(NotBefore):
            self.give(choice_of(applicant(procedure, 3)), head)

    def test_no_opinion_at_another_step(self, procedure, choice, head):
        with pytest.raises(NotAnOpinion):
            give_opinion(choice.pk, step_of(procedure, "admission").pk, favourable=True, by=head)


class TestEvaluations:
    def test_neither_is_read_before_both_are_there(self, choice, evaluators):
        interviewed(choice)
        first, second = evaluators
        marked(choice, first, "12", "6")
        assert not Evaluation.objects.opened().exists()
        assert not Evaluation.objects.readable_by(second).exists()
        assert Evaluation.objects.readable_by(first).count() == 1
        marked(choice, second, "8", "4")
        assert Evaluation.objects.readable_by(first).count() == 2

    def test_the_journal_does_not_tell_the_marks(self, choice, evaluators):
        interviewed(choice)
        marked(choice, evaluators[0], "13.75", "6")
        assert "13.75" not in str(list(Entry.objects.values()))

    def test_the_own_one_may_change_until_the_other_is_there(self, choice, evaluators):
        interviewed(choice)
        first, second = evaluators
        marked(choice, first, "12", "6")
        marked(choice, first, "14", "6")
        marked(choice, second, "8", "4")
        with pytest.raises(NotEvaluable, match="ne changent plus"):
            marked(choice, first, "0", "0")
        assert Evaluation.objects.get(evaluator=first).marks == {"path": "14", "project": "6"}

    def test_not_before_the_interview_nor_without_the_candidate(self, choice, evaluators):
        with pytest.raises(NotEvaluable, match="entretien"):
            marked(choice, evaluators[0], "12", "6")
        missed(interviewed(choice))
        with pytest.raises(NotEvaluable, match="entretien"):
            marked(choice, evaluators[0], "12", "6")

    @pytest.mark.parametrize("wrong", ["-1", "10.5", "5.125", "NaN", "Infinity"])
    def test_a_mark_is_on_its_scale(self, choice, evaluators, wrong):
        interviewed(choice)
        with pytest.raises(NotEvaluable, match="Projet"):
            marked(choice, evaluators[0], "12", wrong)

    def test_a_juror_does_not_evaluate_and_a_third_is_too_many(self, procedure, choice, evaluators, juror):
        interviewed(choice)
        with pytest.raises(NotAllowed):
            marked(choice, juror, "12", "6")
        for one in evaluators:
            marked(choice, one, "12", "6")
        with pytest.raises(NotEvaluable):
            marked(choice, third_evaluator(procedure), "12", "6")

    def test_the_jury_waits_for_both(self, choice, evaluators, juror):
        approved(choice)
        interviewed(choice)
        marked(choice, evaluators[0], "20", "10")
        with pytest.raises(NotPresentable, match="Il manque 1 évaluation"):
            decide(choice, Outcome.REFUSED, juror)

    def test_who_did_not_come_can_only_be_refused(self, choice, juror):
        approved(choice)
        missed(interviewed(choice))
        with pytest.raises(NotPresentable):
            decide(choice, Outcome.ADMITTED, juror)
        decide(choice, Outcome.REFUSED, juror)


def missed(slot: TestSlot) -> None:
    """The candidate did not come."""
    TestSlot.objects.filter(pk=slot.pk).update(missed_at=slot.starts_at)


def third_evaluator(procedure: Procedure) -> User:
    """One more, of the school."""
    user = User.objects.create_user("evaluator.trois@example.org", is_staff=True)
    user.roles.create(procedure=procedure, kind="evaluator")
    return user


@pytest.fixture
def short(choice: Choice, evaluators: tuple[User, User]) -> Choice:
    """A choice whose mean, 9, is not enough."""
    return marked_low(choice, evaluators)


def marked_low(choice: Choice, evaluators: tuple[User, User]) -> Choice:
    approved(choice)
    interviewed(choice)
    marked(choice, evaluators[0], "12", "6")  # 12
    marked(choice, evaluators[1], "6", "3")  # 6
    return choice


class TestSupplements:
    def ask(self, choice: Choice, by: User, kind: str = "written", days: int = 7) -> Supplement:
        now = choice.dossier.procedure.now()
        return ask_supplement(
            choice.pk, kind=kind, subject="Votre projet, en deux pages.", due_at=now + days * DAY, by=by
        )

    def hand_in(self, supplement: Supplement, *, check: str = "passed") -> SupportingDocument:
        made = deposit_written(supplement.pk, pdf(), by=supplement.choice.dossier.candidate.user)
        SupportingDocument.objects.filter(pk=made.pk).update(check_state=check)
        return made

    def test_without_enough_one_is_not_admitted_nor_listed_but_can_be_refused(self, short, juror):
        for outcome in (Outcome.ADMITTED, Outcome.WAITING):
            with pytest.raises(NotPresentable, match="La moyenne des évaluations est de 9,00 sur 20, et il faut 10"):
                decide(short, outcome, juror)
        decide(short, Outcome.REFUSED, juror)

    def test_a_favourable_one_makes_presentable(self, short, juror):
        supplement = self.ask(short, juror)
        with pytest.raises(NotPresentable, match="Un complément est demandé"):
            decide(short, Outcome.REFUSED, juror)
        self.hand_in(supplement)
        judge_supplement(supplement.pk, presentable=True, by=juror)
        assert decide(short, Outcome.WAITING, juror).rank == 1

    def test_an_unfavourable_one_does_not(self, short, juror):
        supplement = self.ask(short, juror)
        self.hand_in(supplement)
        judge_supplement(supplement.pk, presentable=False, by=juror)
        with pytest.raises(NotPresentable, match="jugé favorable"):
            decide(short, Outcome.ADMITTED, juror)

    def test_the_candidate_is_written_to(self, short, juror):
        supplement = self.ask(short, juror)
        mail = Mail.objects.get(kind="supplement_asked", recipient=short.dossier.candidate.user)
        assert mail.context["path"].endswith(f"/complement/{supplement.pk}/")

    def test_the_piece_is_replaced_until_the_deadline(self, procedure, short, juror):
        supplement = self.ask(short, juror)
        first, second = self.hand_in(supplement), self.hand_in(supplement)
        first.refresh_from_db()
        assert first.superseded_at is not None
        supplement.refresh_from_db()
        assert supplement.document == second
        set_clock(procedure, "2026-03-23 10:00:00")
        with pytest.raises(NotAnswerable, match="délai"):
            self.hand_in(supplement)

    def test_the_piece_is_for_those_who_decide_on_that_choice(self, procedure, evaluators, juror):
        """Rule: APP-15. The dossier may be opened by another programme, the piece that this one asked for may not."""
        choice = marked_low(passed(procedure, 1, "data", "energy"), evaluators)
        document = self.hand_in(self.ask(choice, juror))
        for reader in (juror, hearings.office(), worker(procedure, "president", "data")):
            assert open_paper(choice.dossier_id, document.pk, by=reader) == document
        for stranger in (worker(procedure, "jury", "energy"), worker(procedure, "verifier", "energy"), evaluators[0]):
            assert Dossier.objects.visible_to(stranger).filter(pk=choice.dossier_id).exists()
            with pytest.raises(SupportingDocument.DoesNotExist):
                open_paper(choice.dossier_id, document.pk, by=stranger)

    def test_another_candidate_hands_nothing_in(self, procedure, short, juror):
        supplement, other = self.ask(short, juror), passed(procedure, 2)
        with pytest.raises(Supplement.DoesNotExist):
            deposit_written(supplement.pk, pdf(), by=other.dossier.candidate.user)

    def test_nothing_is_judged_before_it_can_be_read_unless_the_deadline_is_past(self, procedure, short, juror):
        supplement = self.ask(short, juror)
        self.hand_in(supplement, check="rejected")
        for presentable in (True, False):
            with pytest.raises(NotJudgeable):
                judge_supplement(supplement.pk, presentable=presentable, by=juror)
        set_clock(procedure, "2026-03-24 10:00")
        with pytest.raises(NotJudgeable):
            judge_supplement(supplement.pk, presentable=True, by=juror)
        judge_supplement(supplement.pk, presentable=False, by=juror)

    def test_none_is_asked_while_the_mean_is_unknown_or_enough(self, choice, evaluators, juror):
        approved(choice)
        with pytest.raises(NotAskable, match="ne sont pas déposées"):
            self.ask(choice, juror)
        interviewed(choice)
        for one in evaluators:
            marked(choice, one, "12", "6")
        with pytest.raises(NotAskable, match="suffit"):
            self.ask(choice, juror)

    def test_one_at_a_time(self, short, juror):
        self.ask(short, juror)
        with pytest.raises(NotAskable, match="déjà demandé"):
            self.ask(short, juror, "interview")

    def test_the_service_that_verifies_asks_nothing_of_what_the_jury_decides(self, procedure, short):
        with pytest.raises(NotAllowed):
            self.ask(short, worker(procedure, "verifier"))

    def test_another_programmes_jury_asks_nothing(self, procedure, short):
        with pytest.raises(Choice.DoesNotExist):
            self.ask(short, worker(procedure, "jury", "energy"))

    def test_a_further_interview_can_be_asked_of_the_waiting_list(self, choice, evaluators, juror, president):
        approved(choice)
        interviewed(choice)
        for one in evaluators:
            marked(choice, one, "12", "6")
        publish_decisions([decide(choice, Outcome.WAITING, juror).pk], by=president)
        with pytest.raises(NotAskable, match="liste d’attente"):
            self.ask(choice, juror)
        assert self.ask(choice, juror, "interview").kind == "interview"

    def test_nothing_is_asked_of_who_is_refused_for_all_to_know(self, short, juror, president):
        publish_decisions([decide(short, Outcome.REFUSED, juror).pk], by=president)
        with pytest.raises(Frozen):
            self.ask(short, juror)


MARKS = st.decimals(0, 10, places=2)
RULE = EvaluationRule(
    evaluators=2,
    criteria=(
        Criterion("a", Text("A", "A"), Decimal(10)),
        Criterion("b", Text("B", "B"), Decimal(10)),
        Criterion("c", Text("C", "C"), Decimal(20)),
    ),
    enough=Decimal(10),
)


@given(MARKS, MARKS, MARKS)
def test_a_mark_lies_on_the_scale_and_never_falls_when_a_criterion_rises(a, b, c):
    mark = mark_of(RULE, {"a": a, "b": b, "c": c})
    assert 0 <= mark <= 20
    assert mark_of(RULE, {"a": Decimal(10), "b": b, "c": c}) >= mark


@given(st.lists(st.decimals(0, 20, places=2), min_size=1, max_size=5))
def test_a_mean_lies_between_the_least_and_the_most(marks):
    assert min(marks) <= mean_of(marks) <= max(marks)


@given(st.decimals(0, 20, places=2), st.decimals(0, 20, places=2), st.sampled_from([None, True, False]))
def test_nobody_short_is_kept_without_a_favourable_supplement_and_everybody_can_be_refused(one, other, supplement):
    """Rule: BS-05."""
    heard = Heard(evaluation=RULE, marks=(one, other), supplement=supplement)
    assert bool(objection(heard, keeps=True)) == (mean_of([one, other]) < 10 and supplement is not True)
    assert not objection(heard, keeps=False)
