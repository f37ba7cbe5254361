"""The Mastère Spécialisé programmes 2024 of IMT-BS as their file says it, fact by fact against the notice."""

from decimal import Decimal

import pytest

from programmes.procedure_file.schema import Booking, DecidedBy, Judgement, Live, ProcedureFile, StepKind
from programmes.rules import FileKind, Means, Order, Rules
from tests.procedures import owed, paper_of, procedure_file, step_of, windows_of


def file() -> ProcedureFile:
    return procedure_file("ms-imtbs-2024")


@pytest.fixture
def live() -> Live:
    return file().live


@pytest.fixture
def rules() -> Rules:
    return file().rules


def test_one_school_and_one_programme_chosen(live: Live, rules: Rules) -> None:
    """BS-01."""
    assert len(live.schools) == 1
    assert live.contact_email == "execed@imt-bs.eu"
    assert rules.choices.order == Order.SINGLE
    assert live.judgement == Judgement.BY_PROGRAMME


def test_the_fee(live: Live, rules: Rules) -> None:
    """BS-01: 80 €, by card."""
    assert rules.fee is not None
    assert (rules.fee.amount, rules.fee.means) == (8000, (Means.CARD,))
    assert rules.fee.exemption is None
    assert live.schools[0].takes_cards


EVERYONE = {"cv", "motivation-letter", "photograph", "identity", "diploma"}
FRENCH = {"nationality.eu": "yes", "french_speaking": "yes", "studies_state": "earlier", "foreign_papers": "no"}


@pytest.mark.parametrize(
    ("answers", "more"),
    [
        (FRENCH, set()),
        ({**FRENCH, "nationality.eu": "no"}, {"residence-permit"}),
        ({**FRENCH, "french_speaking": "no"}, {"delf"}),
        ({**FRENCH, "studies_state": "recent"}, {"transcripts"}),
        ({**FRENCH, "studies_state": "studying"}, {"transcripts", "final-diploma"}),
        ({**FRENCH, "foreign_papers": "yes"}, {"certified-translations"}),
    ],
)
def test_the_papers(rules: Rules, answers: dict[str, str], more: set[str]) -> None:
    """BS-02."""
    assert owed(rules, **answers) == EVERYONE | more


def test_papers_are_pdf_and_the_photograph_is_jpeg(rules: Rules) -> None:
    """BS-02."""
    assert paper_of(rules, "photograph").kinds == (FileKind.JPEG,)
    assert {paper.kinds for paper in rules.papers if paper.code != "photograph"} == {(FileKind.PDF,)}


def test_both_sides_of_the_identity_paper(rules: Rules) -> None:
    """BS-02."""
    assert paper_of(rules, "identity").max_files == 2


def test_the_residence_permit_may_come_later(rules: Rules) -> None:
    """BS-02; it is no title: the admission does not wait for it."""
    permit = paper_of(rules, "residence-permit")
    assert permit.late
    assert not permit.proves_title


def test_what_may_be_added(rules: Rules) -> None:
    """BS-02."""
    optional = {paper.code for paper in rules.papers if not paper.required}
    assert optional == {"other-diploma", "recommendation", "work-certificate"}


def test_first_time_entrants_read_their_conditions_first(rules: Rules) -> None:
    """BS-02: on the first page, and nobody else is asked."""
    conditions = rules.pages[0].fields[-1]
    assert conditions.must_be == "yes"
    assert conditions.when.holds({"nationality.eu": "no", "first_entry": "yes"})
    assert not conditions.when.holds({"nationality.eu": "no", "first_entry": "no"})
    assert not conditions.when.holds({"nationality.eu": "yes"})


def test_the_steps_and_their_delays(live: Live) -> None:
    """BS-03, BS-04, BS-06: 5 working days after the study, 2 after the jury."""
    assert [step.kind for step in live.steps] == [
        StepKind.ADMISSIBILITY,
        StepKind.TESTS,
        StepKind.EVALUATION,
        StepKind.ADMISSION,
    ]
    study, admission = step_of(file(), "admissibility"), step_of(file(), "admission")
    assert (study.decided_by, study.notify_within) == (DecidedBy.SERVICE, 5)
    assert (admission.decided_by, admission.notify_within) == (DecidedBy.JURY, 2)


def test_the_interview_is_booked_by_the_candidate(live: Live, rules: Rules) -> None:
    """BS-03: about 30 minutes, without a mark of its own."""
    interview = step_of(file(), "interview")
    assert (interview.booking, interview.booking_closes_hours) == (Booking.CANDIDATE, 24)
    assert [(test.minutes, test.marked) for test in rules.tests] == [(30, False)]


def test_two_persons_mark_each_dossier(rules: Rules) -> None:
    """BS-04, BS-05."""
    assert rules.evaluation is not None
    assert rules.evaluation.evaluators == 2
    assert rules.evaluation.criteria
    assert rules.evaluation.enough == Decimal(10)


def test_the_deposit_confirms_the_place(rules: Rules) -> None:
    """BS-07: 450 €."""
    assert rules.deposit is not None
    assert rules.deposit.amount == 45000
    assert rules.confirmation is not None
    assert rules.confirmation.deposit
    assert not rules.confirmation.papers


def test_only_the_deposit_is_paid_back_and_only_when_someone_else_funds(rules: Rules) -> None:
    """BS-01, BS-07: in the first quarter after the start, on proof."""
    (refund,) = rules.refunds
    assert [str(kind) for kind in refund.of] == ["deposit"]
    assert refund.when.holds({"funding": "opco"})
    assert not refund.when.holds({"funding": "self"})
    starts, ends = windows_of(file())[refund.until]
    assert starts is not None
    assert ends is not None
    assert 80 < (ends - starts).days < 100
