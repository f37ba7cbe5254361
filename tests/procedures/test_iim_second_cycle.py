"""The second cycle of the IIM as its file says it, fact by fact against the notice."""

from pathlib import Path

import pytest

from programmes.procedure_file.schema import Booking, DecidedBy, Live, Order, ProcedureFile, StepKind
from programmes.rules import Order as Choosing
from programmes.rules import Rules
from tests.procedures import FILES, owed, paper_of, procedure_file, step_of


def file() -> ProcedureFile:
    return procedure_file("iim-second-cycle")


@pytest.fixture
def live() -> Live:
    return file().live


@pytest.fixture
def rules() -> Rules:
    return file().rules


def test_dossiers_are_studied_in_the_order_of_their_arrival() -> None:
    """IIM-01."""
    study = step_of(file(), "study")
    assert (study.kind, study.order, study.decided_by) == (StepKind.ADMISSIBILITY, Order.ARRIVAL, DecidedBy.SERVICE)


def test_the_five_majors(live: Live, rules: Rules) -> None:
    """IIM-02."""
    assert [programme.title.fr for programme in live.programmes] == [
        "Axe Manager de la communication",
        "Axe Réalisateur numérique 3D",
        "Axe Réalisateur numérique jeux vidéo",
        "Axe Manager de la création",
        "Axe Expert web",
    ]
    assert rules.choices.order == Choosing.SINGLE


@pytest.mark.parametrize(
    ("basis", "argued"),
    [
        ("level", {"level_argued"}),
        ("experience", {"experience_argued"}),
        ("level experience", {"level_argued", "experience_argued"}),
    ],
)
def test_what_one_claims_one_argues(rules: Rules, basis: str, argued: set[str]) -> None:
    """IIM-02: a level in multimedia, and/or experience."""
    page = next(page for page in rules.pages if page.code == "level")
    on_condition = [field for field in page.fields if field.when.values]
    assert {field.code for field in on_condition if field.required and field.when.holds({"basis": basis})} == argued


EVERYONE = {"motivation-letter", "identity", "transcripts", "diplomas"}
TO_CONFIRM = {"commitment", "social-security"}


@pytest.mark.parametrize(
    ("answers", "more"),
    [({"repeated": "no"}, set()), ({"repeated": "yes"}, {"transcripts-third-year"})],
)
def test_the_papers(rules: Rules, answers: dict[str, str], more: set[str]) -> None:
    """IIM-03: three years of transcripts from whoever repeated one."""
    assert owed(rules, **answers) - TO_CONFIRM == EVERYONE | more


def test_what_may_be_added(rules: Rules) -> None:
    """IIM-03: letters, a portfolio of files and of links; appraisals are asked for online too."""
    assert {paper.code for paper in rules.papers if not paper.required} == {"appreciation-letters", "portfolio"}
    links = rules.field("portfolio_links")
    assert links is not None
    assert not links.required
    assert [referee.max_count for referee in rules.referees] == [3]
    assert not rules.alternatives


def test_an_interview_before_a_jury_then_all_results_at_its_end(live: Live, rules: Rules) -> None:
    """IIM-04, IIM-05."""
    assert [step.kind for step in live.steps] == [StepKind.ADMISSIBILITY, StepKind.TESTS, StepKind.ADMISSION]
    assert step_of(file(), "interview").booking == Booking.STAFF
    assert len(rules.tests) == 1
    last_day = max(day.day for day in step_of(file(), "interview").test_days)
    results = step_of(file(), "admission").results_at
    assert results is not None
    assert results.date() > last_day


def test_fifteen_days_for_form_deposit_and_social_security(rules: Rules) -> None:
    """IIM-06: then staff release the seat, and the next is called."""
    confirmation = rules.confirmation
    assert confirmation is not None
    assert confirmation.days == 15
    assert set(confirmation.papers) == TO_CONFIRM
    assert all(str(paper_of(rules, code).stage) == "place" for code in TO_CONFIRM)
    assert confirmation.deposit
    assert str(confirmation.release) == "by_staff"
    assert str(confirmation.call_next) == "automatic"


def test_the_amounts_are_marked_as_still_to_be_checked(rules: Rules) -> None:
    """IIM-06: the notice leaves them to a price list; an office that opens the procedure must not take ours."""
    assert rules.fee is not None
    assert rules.deposit is not None
    text = Path(next(path for path in FILES if path.stem == file().code)).read_text(encoding="utf-8")
    assert text.count("# fiche tarif\n") == 2
    assert "MONTANTS À VÉRIFIER" in text


def test_only_a_failed_baccalaureat_pays_back_and_not_the_fee(rules: Rules) -> None:
    """IIM-07."""
    (refund,) = rules.refunds
    assert "application_fee" not in [str(kind) for kind in refund.of]
    assert refund.when.holds({"baccalaureate_state": "this-year"})
    assert not refund.when.holds({"baccalaureate_state": "held"})
