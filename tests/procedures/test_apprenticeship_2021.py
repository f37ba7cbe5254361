"""The joint application to apprenticeships 2021 as its file says it, fact by fact against the notice."""

import datetime as dt

import pytest

from programmes.procedure_file.schema import Examination, Judgement, Live, ProcedureFile, StepKind
from programmes.rules import FieldKind, FileKind, Identity, Means, Needed, Order, Rules
from tests.procedures import owed, paper_of, paris, procedure_file, windows_of

NINTH_OF_MARCH = paris("2021-03-10 00:00")  # the end of that day


def file() -> ProcedureFile:
    return procedure_file("apprenticeship-2021")


@pytest.fixture
def live() -> Live:
    return file().live


@pytest.fixture
def rules() -> Rules:
    return file().rules


def test_who_examines_and_who_judges(live: Live) -> None:
    """APP-15: one office checks the paperwork, each programme decides by itself."""
    assert (live.examination, live.judgement) == (Examination.CENTRAL, Judgement.BY_PROGRAMME)
    assert live.contact_email == "support.dossier@imt.fr"


def test_what_was_stated_at_first_is_not_changed_by_the_candidate(rules: Rules) -> None:
    """APP-04."""
    assert rules.identity == Identity.FIXED


def test_the_ninth_of_march_is_the_last_day_to_add_a_programme(live: Live) -> None:
    """APP-14: up to and including that day; and time is left to finish what was added."""
    windows = windows_of(file())
    opens, closes = windows["applications"]
    assert windows["additions"] == (None, NINTH_OF_MARCH)
    assert opens is not None
    assert closes is not None
    assert opens < NINTH_OF_MARCH < closes


def test_referees_may_answer_some_days_after_the_closing(live: Live) -> None:
    """APP-10; and before any programme studies the dossiers."""
    windows = windows_of(file())
    closes, answers = windows["applications"][1], windows["appraisals"][1]
    assert closes is not None
    assert answers is not None
    assert dt.timedelta(days=1) < answers - closes < dt.timedelta(days=10)
    assert all(answers < session.meets_at for session in live.steps[0].sessions)


def test_each_programme_has_a_calendar_of_its_own(live: Live) -> None:
    """APP-13, APP-15: at its first meeting it studies the dossiers as they stand."""
    assert [step.kind for step in live.steps] == [StepKind.ADMISSIBILITY, StepKind.ADMISSION]
    programmes = [programme.code for programme in live.programmes]
    for step in live.steps:
        assert [session.programme for session in step.sessions] == programmes
        assert all(session.results_at for session in step.sessions)
    assert len({session.meets_at.date() for session in live.steps[0].sessions}) > 1


def test_any_number_of_programmes_of_several_schools(live: Live, rules: Rules) -> None:
    """APP-02: ticked and not ranked; under student status only where the programme says so."""
    assert rules.choices.order == Order.UNRANKED
    assert rules.choices.max_count is None
    assert len({programme.school for programme in live.programmes}) >= 4
    statuses = [[status.code for status in rules.statuses_of(programme.code)] for programme in live.programmes]
    assert all("apprenticeship" in offered for offered in statuses)
    assert ["apprenticeship", "student"] in statuses
    assert ["apprenticeship"] in statuses


def test_the_fee(rules: Rules) -> None:
    """APP-11, APP-12: 77 € and 22 €; 22 € and 11 € for scholarship holders; by card online only."""
    fee = rules.fee
    assert fee is not None
    assert (fee.amount, fee.further) == (7700, 2200)
    assert fee.means == (Means.CARD,)
    assert fee.needed_for == Needed.SUBMISSION
    assert fee.exemption is None
    reduction = fee.reduction
    assert reduction is not None
    assert (reduction.amount, reduction.further) == (2200, 1100)
    assert reduction.when.holds({"scholarship": "yes"})
    assert not reduction.when.holds({"scholarship": "no"})
    assert reduction.complement_days >= 1


def test_one_payee_that_takes_cards(live: Live, rules: Rules) -> None:
    """APP-11: whatever the programmes, the platform of the institute is paid."""
    assert rules.fee is not None
    payee = next(school for school in live.schools if school.code == rules.fee.payee)
    assert payee.takes_cards
    assert not any(school.iban for school in live.schools)


def test_nothing_is_paid_back(rules: Rules) -> None:
    """APP-11."""
    assert not rules.refunds


def test_the_award_notice_cannot_be_forced(rules: Rules) -> None:
    """APP-12: without it submission is impossible; every other paper can be explained."""
    assert rules.fee is not None
    assert rules.fee.reduction is not None
    award = paper_of(rules, rules.fee.reduction.paper)
    assert rules.submission.forced
    assert [paper.code for paper in rules.papers if not paper.forcible] == [award.code]
    assert award.when == rules.fee.reduction.when


def test_each_file_weighs_2_mb_at_most(rules: Rules) -> None:
    """APP-08: jpg, png, pdf."""
    assert {paper.max_bytes for paper in rules.papers} == {2_000_000}
    assert {paper.kinds for paper in rules.papers} == {(FileKind.PDF, FileKind.JPEG, FileKind.PNG)}


def test_any_number_of_further_documents(rules: Rules) -> None:
    """APP-08: one page takes them, and none is required."""
    (further,) = [paper for paper in rules.papers if paper.open]
    assert further.max_files >= 50


def test_a_letter_for_each_programme(rules: Rules) -> None:
    """APP-17."""
    (letter,) = [paper for paper in rules.papers if paper.per_choice]
    assert letter.required


EVERYONE = {"identity", "school-certificate", "cv", "motivation", "transcripts", "diplomas"}
EUROPEAN = {"nationality.eu": "yes", "birth_date.adult": "yes", "status": "apprenticeship", "title_held": "no"}
OTHER = {**EUROPEAN, "nationality.eu": "no"}
ABROAD = {"internship-agreement", "travel-tickets"}
OF_OTHERS = {"year-in-france", "work-authorisation"}


@pytest.mark.parametrize(
    ("answers", "more"),
    [
        (EUROPEAN, {"required-title"}),
        ({**EUROPEAN, "title_held": "yes"}, {"held-title"}),
        ({**EUROPEAN, "goes_abroad": "yes"}, {"required-title"} | ABROAD),
        ({**EUROPEAN, "scholarship": "yes"}, {"required-title", "scholarship-award"}),
        (OTHER, {"required-title", "residence-permit"} | OF_OTHERS),
        ({**OTHER, "birth_date.adult": "no"}, {"required-title"} | OF_OTHERS),
        ({**OTHER, "status": "student"}, {"required-title"}),
    ],
)
def test_the_papers(rules: Rules, answers: dict[str, str], more: set[str]) -> None:
    """APP-07, APP-12, APP-15, APP-18: a residence permit from adults only, and only for apprenticeship."""
    asked = owed(rules, **answers) - {paper.code for paper in rules.papers if paper.open}
    assert asked == EVERYONE | more


def test_the_title_may_come_later_and_is_needed_in_the_end(rules: Rules) -> None:
    """APP-15."""
    title = paper_of(rules, "required-title")
    assert title.late
    assert title.proves_title
    assert paper_of(rules, "held-title").proves_title


def test_two_referees_of_each_kind(rules: Rules) -> None:
    """APP-10: replaced only once the page was reopened; a name is enough to submit."""
    assert {referee.code: referee.max_count for referee in rules.referees} == {"academic": 2, "professional": 2}
    assert {str(referee.replace) for referee in rules.referees} == {"reopened"}
    (alternative,) = rules.alternatives
    assert alternative.referees == ("academic", "professional")
    assert str(alternative.needs) == "named"


def test_some_programmes_study_early_those_who_go_abroad(rules: Rules) -> None:
    """APP-20: who goes abroad asks for it, on the page of the stay."""
    assert 0 < sum(programme.takes_early for programme in rules.programmes) < len(rules.programmes)
    asked = rules.field(rules.choices.early_field)
    assert asked is not None
    assert asked.when.holds({"goes_abroad": "yes"})
    assert not asked.when.holds({"goes_abroad": "no"})


def test_the_years_of_study(rules: Rules) -> None:
    """APP-05, APP-06: « other » first among diplomas, last among institutions; either asks for a comment."""
    rows = rules.field("studies")
    assert rows is not None
    assert rows.kind == FieldKind.ROWS
    fields = {field.code: field for field in rows.fields}
    assert fields["diploma"].options[0].code == "other"
    assert fields["institution"].options[-1].code == "other"
    assert fields["comment"].requires({"diploma": "other", "institution": "iut-lille"})
    assert fields["comment"].requires({"diploma": "dut-info", "institution": "other"})
    assert not fields["comment"].requires({"diploma": "dut-info", "institution": "iut-lille"})


def test_no_number_never_blocks(rules: Rules) -> None:
    """APP-05: a comment in the most recent year is asked for instead."""
    ine = rules.field("ine")
    assert ine is not None
    assert (ine.kind, ine.required) == (FieldKind.INE, False)
    assert ine.otherwise is not None
    assert (ine.otherwise.rows, ine.otherwise.field) == ("studies", "comment")


def test_the_scholarship_is_on_the_last_page(rules: Rules) -> None:
    """APP-12."""
    assert "scholarship" in [field.code for field in rules.pages[-1].fields]


def test_minors_name_a_guardian(rules: Rules) -> None:
    """ALL-07."""
    guardian = rules.field("guardian_address")
    assert guardian is not None
    assert guardian.when.holds({"birth_date.adult": "no"})
    assert not guardian.when.holds({"birth_date.adult": "yes"})


def test_the_conditions_for_apprenticeship_are_read_by_those_they_concern(rules: Rules) -> None:
    """APP-18."""
    read = rules.field("conditions_read")
    assert read is not None
    assert read.must_be == "yes"
    assert read.when.holds({"nationality.eu": "no", "status": "apprenticeship"})
    assert not read.when.holds({"nationality.eu": "yes", "status": "apprenticeship"})
