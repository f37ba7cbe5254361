"""The Mastère Spécialisé programmes 2025-2026 of IMT Nord Europe as their file says it, against the notice."""

import datetime as dt

import pytest

from programmes.procedure_file.schema import Judgement, Live, ProcedureFile, StepKind
from programmes.rules import Means, Order, Rules
from tests.procedures import owed, paper_of, paris, procedure_file, step_of, windows_of

CLOSING = paris("2025-06-05 00:00")  # the end of 4 June
PROGRAMMES = ("be-plus", "ppib", "inecam", "cse", "mrpt")
INTERNATIONAL = paris("2025-03-13 00:00")  # the end of 12 March


def file() -> ProcedureFile:
    return procedure_file("ms-imtne-2025")


@pytest.fixture
def live() -> Live:
    return file().live


@pytest.fixture
def rules() -> Rules:
    return file().rules


def test_the_calendar() -> None:
    """NE-01: « midnight » is the end of that day."""
    windows = windows_of(file())
    assert windows["applications"] == (paris("2024-09-25 00:00"), CLOSING)
    assert windows["international"] == (None, INTERNATIONAL)


def test_international_candidates_are_advised_and_not_shut_out(rules: Rules) -> None:
    """NE-01: « invited » and « must »: later ones are taken until 4 June, with a warning."""
    (closing,) = rules.closings
    assert (closing.code, closing.strict) == ("international", False)
    assert closing.when.holds({"nationality.eu": "no"})
    assert not closing.when.holds({"nationality.eu": "yes"})


def test_four_sessions_between_march_and_june() -> None:
    """NE-01: the first takes what international candidates send by 12 March, the last what comes on the last day."""
    sessions = step_of(file(), "admission").sessions
    assert len(sessions) == 4
    assert sessions[0].closes_at == INTERNATIONAL
    assert sessions[-1].closes_at == CLOSING
    assert (sessions[0].meets_at.month, sessions[-1].meets_at.month) == (3, 6)


def test_the_head_of_programme_gives_an_opinion_then_the_jury_decides(live: Live) -> None:
    """NE-04."""
    assert [step.kind for step in live.steps] == [StepKind.OPINION, StepKind.ADMISSION]
    assert live.judgement == Judgement.BY_PROGRAMME


def test_five_programmes_on_three_campuses(live: Live, rules: Rules) -> None:
    """NE-08; one is chosen."""
    assert [str(programme.title).partition(" (")[0] for programme in live.programmes] == [
        "MS BE+",
        "MS PPIB",
        "MS InECAM",
        "MS CSE",
        "MS MRPT",
    ]
    campuses = {programme.code: programme.description.fr for programme in live.programmes}
    assert [code for code, campus in campuses.items() if "Lahure" in campus] == ["be-plus", "ppib", "inecam"]
    assert "Villeneuve-d’Ascq" in campuses["cse"]
    assert "Bourseul" in campuses["mrpt"]
    assert rules.choices.order == Order.SINGLE


def test_how_to_reach_the_school(live: Live) -> None:
    (school,) = live.schools
    assert live.contact_email == school.email == "masteres.specialises@imt-nord-europe.fr"
    assert school.phone == "+33 3 27 71 22 22"


def test_the_fee(live: Live, rules: Rules) -> None:
    """NE-06: 60 €, by transfer with family name and programme; card on request; Flywire for internationals."""
    fee = rules.fee
    assert fee is not None
    assert fee.amount == 6000
    assert fee.means == (Means.TRANSFER, Means.CARD, Means.LINK)
    assert fee.reference == "{family_name} {programme}"
    (school,) = live.schools
    assert not school.takes_cards
    assert (school.iban, school.bic) == ("FR7610071590000000102433444", "TRPUFRP1")
    assert fee.link is not None
    assert fee.link.url == "https://imt-nord-europe-exed.flywire.com"
    assert fee.link.when.holds({"nationality.eu": "no"})
    assert not fee.link.when.holds({"nationality.eu": "yes"})


EVERYONE = {"identity", "cv", "motivation-letter", "transcripts"}


@pytest.mark.parametrize(
    ("answers", "more"),
    [
        ({"access_title": "engineer", "title_held": "yes"}, {"held-title"}),
        ({"access_title": "rncp-7", "title_held": "no"}, {"required-title"}),
        ({"access_title": "m1-experienced", "three_years": "yes"}, {"m1-level", "work-certificates"}),
        ({"access_title": "foreign", "title_held": "yes"}, {"held-title"}),
    ],
)
def test_each_title_has_its_papers(rules: Rules, answers: dict[str, str], more: set[str]) -> None:
    """NE-02."""
    assert owed(rules, **answers) == EVERYONE | more


def test_six_ways_in(rules: Rules) -> None:
    """NE-02: an M1 needs three years of experience; whoever still prepares a BAC+5 says so."""
    access = rules.field("access_title")
    assert access is not None
    codes = [option.code for option in access.options]
    assert codes == ["engineer", "management", "third-cycle", "m1-experienced", "rncp-7", "foreign"]
    experience, held = rules.field("three_years"), rules.field("title_held")
    assert experience is not None
    assert held is not None
    assert experience.must_be == "yes"
    assert [code for code in codes if experience.when.holds({"access_title": code})] == ["m1-experienced"]
    assert [code for code in codes if not held.when.holds({"access_title": code})] == ["m1-experienced"]


def test_the_final_year_of_a_bac_5_is_proved_later(rules: Rules) -> None:
    """NE-02: admitted under condition until then."""
    proof = paper_of(rules, "required-title")
    assert proof.late
    assert proof.proves_title
    assert not paper_of(rules, "equivalence").required  # « may be asked for »


def test_non_eu_candidates_are_pointed_to_etudes_en_france(rules: Rules) -> None:
    """NE-02."""
    pointed = rules.field("studies_in_france")
    assert pointed is not None
    assert "Études en France" in pointed.label.fr
    assert pointed.when.holds({"nationality.eu": "no"})
    assert not pointed.when.holds({"nationality.eu": "yes"})


def test_fifteen_days_then_staff_decide(rules: Rules) -> None:
    """NE-05: the place is no longer guaranteed, but nothing takes it away by itself."""
    assert rules.confirmation is not None
    assert rules.confirmation.days == 15
    assert str(rules.confirmation.release) == "by_staff"
    assert not rules.confirmation.deposit


def test_what_the_studies_cost(rules: Rules) -> None:
    """NE-08: 7,500 € or 12,500 €; the cybersecurity programme 9,000 € or 14,000 €; CVEC for the self-funded."""
    tuition = rules.tuition
    assert tuition is not None
    prices = {code: tuple(tuition.price(code, by) for by in ("self", "company")) for code in PROGRAMMES}
    assert prices == dict.fromkeys(PROGRAMMES, (750_000, 1_250_000)) | {"cse": (900_000, 1_400_000)}
    (cvec,) = tuition.extras
    assert cvec.amount == 10_300
    assert cvec.when.holds({"funding": "self"})
    assert not cvec.when.holds({"funding": "company"})


def test_three_instalments_the_first_at_admission(rules: Rules) -> None:
    """NE-08: the others by direct debit."""
    tuition = rules.tuition
    assert tuition is not None
    assert tuition.mandate
    first, second, third = (instalment.due_on for instalment in tuition.instalments)
    assert first is None
    assert second is not None
    assert third is not None
    assert dt.date(2025, 10, 1) < second < third < dt.date(2026, 9, 1)


def test_only_an_instalment_is_paid_back_and_only_when_the_visa_is_refused(rules: Rules) -> None:
    """NE-06, NE-08."""
    (refund,) = rules.refunds
    assert [str(kind) for kind in refund.of] == ["instalment"]
    assert refund.when.holds({"nationality.eu": "no"})
    assert not refund.when.holds({"nationality.eu": "yes"})


def test_papers_are_in_french_or_english_or_translated(rules: Rules) -> None:
    """NE-07."""
    declared = rules.field("papers_translated")
    assert declared is not None
    assert declared.must_be == "yes"
    assert not paper_of(rules, "translations").required
