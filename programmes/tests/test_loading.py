"""Loading a procedure: from the file to the database and back, versions, changes made in between."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from journal.errors import Refused
from journal.models import Entry
from programmes.live_data import differences, flat, read_live
from programmes.loading import ChangedSince, digest_of, slug_of, store, what_would_change
from programmes.models import Pool, Procedure, ProcedureVersion, School
from programmes.procedure_file import read
from programmes.procedure_file.schema import ProcedureFile
from programmes.rules import FeeRule, Rules

AST = Path(__file__).parents[1] / "procedures" / "ast-2026.yaml"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def file() -> ProcedureFile:
    return read(AST)


def with_fee(file: ProcedureFile, amount: int) -> ProcedureFile:
    assert isinstance(file.rules.fee, FeeRule)
    return replace(file, rules=replace(file.rules, fee=replace(file.rules.fee, amount=amount)))


def with_contact(file: ProcedureFile, address: str) -> ProcedureFile:
    return replace(file, live=replace(file.live, contact_email=address))


def test_the_database_says_what_the_file_says(file: ProcedureFile) -> None:
    """A column that is written but not read back, or the reverse, would show as a difference."""
    procedure = store(file, rehearsal=False)
    assert differences(flat(read_live(procedure)), flat(file.live)) == []
    assert read_live(procedure).pools == file.live.pools
    assert procedure.current_version is not None
    assert ProcedureVersion.objects.get(pk=procedure.current_version.pk).rules == file.rules


def test_deadlines_are_instants(file: ProcedureFile) -> None:
    """An hour of Paris read as one of UTC would close an hour late in winter, two in summer."""
    calendar = store(file, rehearsal=False).calendar
    assert calendar["applications"].ends_at == dt.datetime(2026, 3, 20, 22, tzinfo=dt.UTC)
    assert calendar["late_papers"].ends_at == dt.datetime(2026, 7, 17, 22, tzinfo=dt.UTC)


def test_loading_again_changes_nothing(file: ProcedureFile) -> None:
    """A second load that made a version, a journal entry or new rows would disturb drafts for nothing."""
    first = store(file, rehearsal=False)
    before = (Entry.objects.count(), set(Pool.objects.values_list("pk", flat=True)))
    second = store(file, rehearsal=False)
    assert second.pk == first.pk
    assert (Entry.objects.count(), set(Pool.objects.values_list("pk", flat=True))) == before
    assert second.versions.count() == 1


def test_other_rules_make_a_version_and_leave_the_old_one(file: ProcedureFile) -> None:
    first = store(file, rehearsal=False).current_version
    second = store(with_fee(file, 9900), rehearsal=False).current_version
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (1, 2)
    assert ProcedureVersion.objects.get(pk=first.pk).rules == file.rules


def test_live_changes_make_no_version(file: ProcedureFile) -> None:
    procedure = store(file, rehearsal=False)
    changed = store(with_contact(file, "ast@example.org"), rehearsal=False)
    assert changed.contact_email == "ast@example.org"
    assert changed.current_version == procedure.current_version


def test_what_the_file_drops_is_deleted(file: ProcedureFile) -> None:
    store(file, rehearsal=False)
    three = replace(file, live=replace(file.live, periods=file.live.periods[:3]))
    assert [period.number for period in store(three, rehearsal=False).periods.all()] == [1, 2, 3]


def test_a_change_made_since_is_not_undone_in_silence(file: ProcedureFile) -> None:
    """The office's correction of a seat count would be lost by a reload of last month's file."""
    procedure = store(file, rehearsal=False)
    Pool.objects.filter(programme__code="albi", track__code="L3").update(seats=12)
    with pytest.raises(ChangedSince) as refusal:
        store(file, rehearsal=False)
    assert [str(found) for found in refusal.value.differences] == ["pools.albi-L3.seats : « 12 » → « 10 »"]
    assert what_would_change(file, rehearsal=False) == refusal.value.differences
    store(file, rehearsal=False, replace=True)
    assert Pool.objects.get(programme__procedure=procedure, programme__code="albi", track__code="L3").seats == 10


def test_a_change_that_the_file_says_too_needs_no_force(file: ProcedureFile) -> None:
    """The office changes an address here and in its file: nothing would be undone."""
    procedure = store(file, rehearsal=False)
    Procedure.objects.filter(pk=procedure.pk).update(contact_email="ast@example.org")
    store(with_contact(file, "ast@example.org"), rehearsal=False)
    again = store(with_contact(file, "other@example.org"), rehearsal=False)
    assert again.contact_email == "other@example.org"


def test_a_rehearsal_is_another_procedure(file: ProcedureFile) -> None:
    """A rehearsal at the real address would put made-up candidates among the real ones."""
    real = store(file, rehearsal=False)
    rehearsal = store(file, rehearsal=True)
    assert (real.slug, rehearsal.slug) == ("ast-2026", "essai-ast-2026")
    assert rehearsal.is_rehearsal
    assert School.objects.count() == 3
    with pytest.raises(Refused):
        store(file, rehearsal=True, slug="ast-2026")


def test_a_demonstration_rehearses_at_the_plain_address(file: ProcedureFile, settings: Settings) -> None:
    settings.DEMO = True
    assert slug_of("ast-2026", rehearsal=True) == "ast-2026"
    assert store(file, rehearsal=True).slug == "ast-2026"
    with pytest.raises(Refused):
        store(file, rehearsal=False)


def test_the_load_is_in_the_journal(file: ProcedureFile) -> None:
    procedure = store(file, rehearsal=False)
    entry = Entry.objects.get(event="procedure.loaded")
    assert entry.subject_id == str(procedure.pk)
    assert entry.details["version"] == 1


def test_the_digest_of_rules_follows_their_content(file: ProcedureFile) -> None:
    assert digest_of(file.rules) == digest_of(read(AST).rules)
    assert digest_of(file.rules) != digest_of(Rules())


FACTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["x", "y", "z"]))


@given(FACTS, FACTS)
def test_the_differences_lead_from_one_to_the_other(before: dict[str, str], after: dict[str, str]) -> None:
    """One that is left out is a change that nobody is shown; one too many bars a load that changes nothing."""
    found = differences(before, after)
    assert bool(found) == (before != after)
    changed = before | {difference.path: difference.after for difference in found}
    assert {path: text for path, text in changed.items() if text} == after
    assert [difference.before for difference in found] == [before.get(difference.path, "") for difference in found]
