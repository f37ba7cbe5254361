"""Verification: papers examined by the school ranked first, and what validation waits for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from accounts.models import User
from applicants.contents import read_contents
from applicants.corrections import answer_correction, ask_correction, waiting_corrections, withdraw_correction
from applicants.models import Correction, Dossier, Status
from applicants.tests import scenario
from documents.models import SupportingDocument
from journal.errors import NotAllowed
from juries.steps import Frozen
from juries.tests import rows
from juries.validation import Examined, obstacles
from juries.verification import NotExaminable, NotValid, review_paper, validate_dossier, what_remains
from notifications.rendering import render
from payments.models import Charge
from payments.transfers import confirm_transfer
from programmes.models import Procedure, Step

RULES = scenario.ast_2026().rules
REQUIRED = ("identity", "school-certificate", "transcripts", "diplomas", "syllabus-l3", "cv", "motivation-letter")
ANSWERS = {"title": "L3", "title_held": "no", "scholarship": "no"}
FINE = Examined(
    answers=ANSWERS,
    reviews=tuple((paper, "accepted") for paper in REQUIRED),
    appraisals=frozenset({"appraiser"}),
    fee_is_settled=True,
)


@pytest.fixture
def with_school(db: None) -> Dossier:
    """A dossier submitted on an announced transfer, now with the school."""
    procedure = scenario.procedure_at(scenario.OPEN)
    dossier = scenario.submitted(procedure, scenario.person())
    scenario.set_clock(procedure, scenario.VERIFYING)
    return scenario.reloaded(dossier.pk)


@pytest.fixture
def procedure(with_school: Dossier) -> Procedure:
    return with_school.procedure


def papers(dossier: Dossier) -> list[SupportingDocument]:
    return list(SupportingDocument.objects.filter(folder=dossier.folder_id))


def accept_all(dossier: Dossier, by: User) -> None:
    for paper in papers(dossier):
        review_paper(paper.pk, accepted=True, by=by)


def pay(dossier: Dossier, by: User) -> None:
    charge = Charge.objects.get(account=dossier.account_id)
    confirm_transfer(charge.pk, by=by, received_on=dossier.procedure.now().date())


class TestObstacles:
    """The pure core."""

    def test_nothing_stands_in_the_way_of_a_dossier_that_is_all_right(self) -> None:
        assert obstacles(RULES, FINE) == []

    @pytest.mark.parametrize("paper", REQUIRED)
    @pytest.mark.parametrize(
        ("review", "said"), [("unreviewed", "à examiner"), ("refused", "refusée"), (None, "manquante")]
    )
    def test_every_required_paper_is_accepted_first(self, paper: str, review: str | None, said: str) -> None:
        others = tuple(item for item in FINE.reviews if item[0] != paper)
        reviews = (*others, (paper, review)) if review else others
        found = obstacles(RULES, Examined(ANSWERS, reviews, FINE.appraisals, fee_is_settled=True))
        assert [obstacle.paper for obstacle in found] == [paper]
        assert said in found[0].sentence

    def test_late_papers_and_those_that_do_not_concern_the_candidate_are_no_obstacle(self) -> None:
        """AST-12: the required title may come until July; L3 gives no M1 syllabus."""
        reviews = (*FINE.reviews, ("required-title", "unreviewed"))
        assert obstacles(RULES, Examined(ANSWERS, reviews, FINE.appraisals, fee_is_settled=True)) == []

    def test_a_paper_given_of_ones_own_accord_is_examined_too(self) -> None:
        reviews = (*FINE.reviews, ("further-study-sheet", "unreviewed"))
        found = obstacles(RULES, Examined(ANSWERS, reviews, FINE.appraisals, fee_is_settled=True))
        assert [obstacle.paper for obstacle in found] == ["further-study-sheet"]

    def test_one_accepted_file_is_enough_beside_a_refused_one(self) -> None:
        reviews = (*FINE.reviews, ("transcripts", "refused"))
        assert obstacles(RULES, Examined(ANSWERS, reviews, FINE.appraisals, fee_is_settled=True)) == []

    def test_an_appraisal_or_an_accepted_sheet(self) -> None:
        """AST-09: a refused sheet does not stand for the appraisal."""
        for sheet, count in [("accepted", 0), ("refused", 1)]:
            reviews = (*FINE.reviews, ("further-study-sheet", sheet))
            assert len(obstacles(RULES, Examined(ANSWERS, reviews, fee_is_settled=True))) == count

    def test_fee_and_open_correction(self) -> None:
        examined = Examined(ANSWERS, FINE.reviews, FINE.appraisals, correction_is_open=True)
        assert len(obstacles(RULES, examined)) == 2

    def test_no_fee_is_waited_for_where_none_is_asked(self) -> None:
        unpaid = replace(FINE, fee_is_settled=False)
        assert len(obstacles(RULES, unpaid)) == 1
        assert obstacles(replace(RULES, fee=None), unpaid) == []

    def test_the_certificate_of_an_exemption_is_judged_with_the_exemption(self) -> None:
        answers = ANSWERS | {"scholarship": "yes"}
        assert obstacles(RULES, Examined(answers, FINE.reviews, FINE.appraisals, fee_is_settled=True)) == []


def test_a_dossier_is_validated_once_all_is_examined_and_paid(with_school: Dossier, verifier: User) -> None:
    with pytest.raises(NotValid) as refusal:
        validate_dossier(with_school.pk, by=verifier)
    assert "à examiner" in str(refusal.value)
    accept_all(with_school, verifier)
    with pytest.raises(NotValid, match="frais"):
        validate_dossier(with_school.pk, by=verifier)
    pay(with_school, verifier)
    validate_dossier(with_school.pk, by=verifier)
    validate_dossier(with_school.pk, by=verifier)
    with_school.refresh_from_db()
    assert with_school.status == Status.VALIDATED
    assert with_school.validated_at == with_school.procedure.now()
    assert scenario.events(with_school.pk).count("dossier.validated") == 1
    (mail,) = scenario.mails("dossier_validated")
    assert "votre dossier est validé" in render(mail).subject
    assert "L’école que vous avez placée en premier a vérifié" in render(mail).text


def test_a_refused_paper_asks_the_candidate_for_another(
    with_school: Dossier, verifier: User, django_capture_on_commit_callbacks: object
) -> None:
    accept_all(with_school, verifier)
    pay(with_school, verifier)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        review_paper(papers(with_school)[0].pk, accepted=False, reason="Le verso manque", by=verifier)
    correction = Correction.objects.get(dossier=with_school)
    assert "Le verso manque" in correction.reason
    with pytest.raises(NotValid):
        validate_dossier(with_school.pk, by=verifier)


def test_an_open_correction_holds_validation_until_its_date(with_school: Dossier, verifier: User) -> None:
    accept_all(with_school, verifier)
    pay(with_school, verifier)
    until = with_school.procedure.now() + dt.timedelta(days=2)
    ask_correction(with_school.pk, opens=["page:contact"], reason="Adresse incomplète", until=until, by=verifier)
    assert len(what_remains(read_contents(with_school), waiting_corrections(with_school))) == 1
    scenario.set_clock(with_school.procedure, "2026-03-27 10:00")
    validate_dossier(with_school.pk, by=verifier)


@pytest.mark.parametrize("how", ["answered", "withdrawn"])
def test_a_correction_that_is_over_holds_nothing(with_school: Dossier, verifier: User, how: str) -> None:
    until = with_school.procedure.now() + dt.timedelta(days=2)
    asked = ask_correction(
        with_school.pk, opens=["page:contact"], reason="Adresse incomplète", until=until, by=verifier
    )
    assert waiting_corrections(with_school) == [asked]
    if how == "answered":
        answer_correction(asked.pk, by=with_school.candidate.user)
    else:
        withdraw_correction(asked.pk, by=verifier)
    assert waiting_corrections(with_school) == []


def test_a_dossier_that_has_ended_waits_for_no_answer(with_school: Dossier, verifier: User) -> None:
    until = with_school.procedure.now() + dt.timedelta(days=2)
    ask_correction(with_school.pk, opens=["page:contact"], reason="Adresse incomplète", until=until, by=verifier)
    with_school.status = Status.WITHDRAWN
    assert waiting_corrections(with_school) == []


def test_only_the_first_schools_service_and_the_office_examine(
    with_school: Dossier, stranger: User, jury: User, office: User
) -> None:
    paper = papers(with_school)[0]
    with pytest.raises(Dossier.DoesNotExist):
        review_paper(paper.pk, accepted=True, by=stranger)
    with pytest.raises(Dossier.DoesNotExist):
        validate_dossier(with_school.pk, by=stranger)
    with pytest.raises(NotAllowed):
        review_paper(paper.pk, accepted=True, by=jury)
    with pytest.raises(NotAllowed):
        validate_dossier(with_school.pk, by=jury)
    assert review_paper(paper.pk, accepted=True, by=office).review == "accepted"


def test_a_draft_is_not_there_even_for_the_office(with_school: Dossier, office: User) -> None:
    Dossier.objects.filter(pk=with_school.pk).update(status=Status.DRAFT)
    with pytest.raises(Dossier.DoesNotExist):
        review_paper(papers(with_school)[0].pk, accepted=True, by=office)
    with pytest.raises(Dossier.DoesNotExist):
        validate_dossier(with_school.pk, by=office)


def test_a_school_ranked_first_examines_nothing_where_an_office_examines_all(with_school: Dossier) -> None:
    """Its role is the same, and shows it nothing."""
    procedure, first = with_school.procedure, with_school.first_choice
    assert first is not None
    service = User.objects.create_user("service@example.org", is_staff=True)
    procedure.roles.create(user=service, kind="verifier", school=first.school)
    assert review_paper(papers(with_school)[0].pk, accepted=True, by=service).review == "accepted"
    Procedure.objects.filter(pk=procedure.pk).update(examination=Procedure.Examination.CENTRAL)
    with pytest.raises(Dossier.DoesNotExist):
        review_paper(papers(with_school)[0].pk, accepted=False, reason="Illisible", by=service)


def test_who_sees_the_dossier_by_another_role_does_not_examine_it(with_school: Dossier, stranger: User) -> None:
    """A member of the jury who verifies for another school: the jury sees all, each school examines its own."""
    with_school.procedure.roles.create(user=stranger, kind="jury")
    with pytest.raises(NotAllowed):
        review_paper(papers(with_school)[0].pk, accepted=True, by=stranger)
    with pytest.raises(NotAllowed):
        validate_dossier(with_school.pk, by=stranger)


def test_a_withdrawn_dossier_is_left_alone(with_school: Dossier, verifier: User) -> None:
    Dossier.objects.filter(pk=with_school.pk).update(status=Status.WITHDRAWN)
    with pytest.raises(NotExaminable):
        review_paper(papers(with_school)[0].pk, accepted=True, by=verifier)
    with pytest.raises(NotExaminable):
        validate_dossier(with_school.pk, by=verifier)


def test_nothing_joins_the_jury_once_its_results_are_prepared(
    with_school: Dossier, verifier: User, admissibility: Step
) -> None:
    """Otherwise a dossier would be validated that nobody can judge any more."""
    accept_all(with_school, verifier)
    pay(with_school, verifier)
    rows.published(admissibility)
    with pytest.raises(Frozen):
        validate_dossier(with_school.pk, by=verifier)
