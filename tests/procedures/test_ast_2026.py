"""The admission on titles 2026 as its file says it, fact by fact against the notice."""

import datetime as dt
from decimal import Decimal

import pytest

from programmes.procedure_file.schema import Live, ProcedureFile, StepKind
from programmes.rules import FieldKind, Means, Needed, PaperRule, Rules
from tests.procedures import owed, paris, procedure_file, windows_of


def file() -> ProcedureFile:
    return procedure_file("ast-2026")


@pytest.fixture
def live() -> Live:
    return file().live


@pytest.fixture
def rules() -> Rules:
    return file().rules


def test_the_calendar(live: Live) -> None:
    """AST-02, AST-12, AST-13, AST-16: each hour of the notice; "17 July" is the end of that day."""
    assert windows_of(file()) == {
        "applications": (paris("2026-01-26 14:00"), paris("2026-03-20 23:00")),
        "late_papers": (None, paris("2026-07-18 00:00")),
    }
    steps = {step.kind: step for step in live.steps}
    assert [step.kind for step in live.steps] == [StepKind.ADMISSIBILITY, StepKind.TESTS, StepKind.ADMISSION]
    meeting = steps[StepKind.ADMISSIBILITY].meets_at
    assert meeting is not None
    assert meeting.date() == dt.date(2026, 4, 8)
    assert steps[StepKind.ADMISSIBILITY].results_at == paris("2026-04-09 16:00")
    assert steps[StepKind.ADMISSION].meets_at == paris("2026-05-27 10:00")
    assert steps[StepKind.ADMISSION].results_at == paris("2026-05-28 14:00")


def test_the_days_of_the_tests(live: Live) -> None:
    """AST-14, table 2."""
    days = [(day.school, day.day.month, day.day.day) for day in live.steps[1].test_days]
    assert days == [
        *(("albi", 5, day) for day in (18, 19)),
        *(("ales", 5, day) for day in (19, 20, 21)),
        *(("nord-europe", 5, day) for day in (19, 20, 21)),
    ]


def test_the_periods(live: Live) -> None:
    """AST-17, table 3."""
    assert [(period.starts_at, period.ends_at) for period in live.periods] == [
        (paris(f"2026-{start} 14:00"), paris(f"2026-{end} 23:00"))
        for start, end in [("05-28", "06-03"), ("06-04", "06-10"), ("06-11", "06-17"), ("07-13", "07-17")]
    ]


def test_the_seats(live: Live) -> None:
    """AST-05, table 1: the cells, and the totals that its own line does not give."""
    seats = {(pool.programme, pool.track): pool.seats for pool in live.pools}
    assert seats == {
        ("albi", "L3"): 10,
        ("albi", "BUT3"): 10,
        ("albi", "M1"): 5,
        ("ales", "L3"): 7,
        ("ales", "BUT3"): 8,
        ("ales", "M1"): 5,
        ("nord-europe", "L3"): 10,
        ("nord-europe", "BUT3"): 0,
        ("nord-europe", "M1"): 5,
    }
    assert sum(seats.values()) == 60
    assert sorted(remark.reason for remark in file().warnings) == [
        "le total donné pour « BUT3 » est 13, ses cases font 18 : les cases l’emportent.",
        "le total donné pour « L3 » est 22, ses cases font 27 : les cases l’emportent.",
    ]


def test_the_entry_year_follows_the_title(live: Live, rules: Rules) -> None:
    """AST-05."""
    years = {track.code: track.entry_year for track in live.tracks}
    assert {title.code: years[title.track] for title in rules.titles} == {"L3": 1, "BUT3": 1, "M1": 2}


def test_the_schools_and_their_accounts(live: Live) -> None:
    """AST-10, annex 5: money sent to another account would be lost to the candidate."""
    accounts = {school.code: (school.iban, school.bic, school.account_holder) for school in live.schools}
    assert accounts == {
        "albi": ("FR7610071420000000100289731", "TRPUFRP1", "MINES ST ETIENNE ALBI ALES"),
        "ales": ("FR7610071300000000100828534", "TRPUFRP1", "REGIE REC DROITS SCOLARITE ENS MINES D'ALES"),
        "nord-europe": ("FR7610071590000000102433444", "TRPUFRP1", "IMT NORD EUROPE AGENCE COMPTABLE"),
    }
    assert {school.code: school.email for school in live.schools} == {
        "albi": "admissions@mines-albi.fr",
        "ales": "admissions@mines-ales.fr",
        "nord-europe": "admission-ast@imt-nord-europe.fr",
    }
    assert all(school.phone and school.address and school.presentation.en for school in live.schools)
    assert {school.code: "2\u202f950" in school.presentation.fr for school in live.schools} == {
        "albi": False,
        "ales": True,
        "nord-europe": False,
    }


def test_the_fee(rules: Rules) -> None:
    """AST-10."""
    fee = rules.fee
    assert fee is not None
    assert fee.amount == 7600
    assert Means.TRANSFER in fee.means
    assert fee.needed_for == Needed.VALIDATION
    names = {"family_name": "Nom", "given_names": "Prénom"}
    assert fee.reference.format(**names) == "Nom _Prénom _admission sur titre 2026"
    assert fee.exemption is not None
    assert fee.exemption.when.holds({"scholarship": "yes"})
    assert not fee.exemption.when.holds({"scholarship": "no"})
    assert rules.paper(fee.exemption.paper) is not None


EVERYONE = {"identity", "school-certificate", "transcripts", "diplomas", "cv", "motivation-letter"}
LATER = {"required-title", "second-semester-transcript"}


@pytest.mark.parametrize(
    ("title", "title_held", "scholarship", "expected"),
    [
        ("L3", "no", "no", EVERYONE | LATER | {"syllabus-l3"}),
        ("BUT3", "no", "no", EVERYONE | LATER),
        ("M1", "no", "no", EVERYONE | LATER | {"syllabus-m1"}),
        ("M1", "yes", "no", EVERYONE | {"syllabus-m1", "held-title"}),
        ("BUT3", "no", "yes", EVERYONE | LATER | {"crous-certificate"}),
    ],
)
def test_the_papers(rules: Rules, title: str, title_held: str, scholarship: str, expected: set[str]) -> None:
    """AST-08, AST-10, AST-12."""
    assert owed(rules, title=title, title_held=title_held, scholarship=scholarship) == expected


def test_only_the_title_and_the_last_transcript_may_come_late(rules: Rules) -> None:
    """AST-12; and no admission is definitive without them."""
    assert {paper.code for paper in rules.papers if paper.late} == LATER
    assert all(paper.proves_title for paper in rules.papers if paper.late)


def test_whoever_holds_the_title_proves_it_at_once(rules: Rules) -> None:
    """AST-22: each candidate owes a paper that proves the title, on time or late."""
    for held in ("yes", "no"):
        proofs = [paper for paper in rules.papers if paper.proves_title and paper.when.holds({"title_held": held})]
        assert proofs
        assert all(isinstance(paper, PaperRule) and paper.late == (held == "no") for paper in proofs)


def test_an_appraisal_or_a_further_study_sheet(rules: Rules) -> None:
    """AST-09."""
    (alternative,) = rules.alternatives
    assert (alternative.referees, alternative.papers) == (("appraiser",), ("further-study-sheet",))
    sheet = rules.paper("further-study-sheet")
    assert sheet is not None
    assert not sheet.required
    appraiser = rules.referee("appraiser")
    assert appraiser is not None
    assert appraiser.questions


def test_the_tests(rules: Rules) -> None:
    """AST-14, AST-15, annex 3."""
    assert {test.code: (test.minutes, test.out_of, test.eliminatory) for test in rules.tests} == {
        "interview": (25, Decimal(20), Decimal(4)),
        "english": (15, Decimal(20), Decimal(4)),
    }


def test_another_route_is_refused(rules: Rules) -> None:
    """AST-23."""
    question = rules.field("other_route")
    assert question is not None
    assert (question.kind, question.must_be, question.required) == (FieldKind.YES_NO, "no", True)


def test_the_identity_is_asked_as_the_portal_keeps_it(rules: Rules) -> None:
    assert all(rules.field(name) for name in ("family_name", "name_in_use", "given_names", "birth_date"))


def test_no_question_on_sex(rules: Rules) -> None:
    assert rules.field("sex") is None
    assert rules.field("gender") is None
