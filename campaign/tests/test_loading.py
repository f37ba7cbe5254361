"""Loading a file over a procedure with candidates in it: what is refused, and how drafts follow; the command."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import User
from applicants.fees import fee_charge
from applicants.given import answers_of
from applicants.models import Dossier, Status
from applicants.tests.scenario import (
    ast_2026,
    begun,
    complete,
    filled,
    mails,
    person,
    procedure_at,
    reloaded,
    submitted,
)
from applicants.versions import asked_anew
from campaign.loading import WouldHarm, harms, load
from journal.clock import at_one_instant
from notifications.rendering import render
from offers.models import ListEntry, Offer
from payments.charges import live_charge
from payments.models import Account, Charge
from programmes.loading import InUse, store
from programmes.models import Pool, Procedure
from programmes.procedure_file.schema import Live, ProcedureFile, StepKind
from programmes.rules import ALWAYS, PaperRule, Rules
from programmes.text import Text

AST = Path(settings.BASE_DIR) / "programmes" / "procedures" / "ast-2026.yaml"


@pytest.fixture(autouse=True)
def _clock_stands_still() -> Iterator[None]:
    with at_one_instant():
        yield


@pytest.fixture
def procedure(db: None) -> Procedure:
    return procedure_at("2026-02-10 10:00")


@pytest.fixture
def zoe(db: None) -> User:
    return person()


def without_programme(file: ProcedureFile, code: str) -> ProcedureFile:
    """The file without that programme; its school stays, without any."""
    live, rules = file.live, file.rules
    titles = tuple(
        replace(
            title,
            specialities=tuple(
                replace(row, programmes=tuple(name for name in row.programmes if name != code))
                for row in title.specialities
            ),
        )
        for title in rules.titles
    )
    return replace(
        file,
        live=replace(
            live,
            steps=tuple(
                replace(step, test_days=tuple(day for day in step.test_days if day.school != code))
                for step in live.steps
            ),
            programmes=tuple(programme for programme in live.programmes if programme.code != code),
            pools=tuple(pool for pool in live.pools if pool.programme != code),
        ),
        rules=replace(
            rules,
            titles=titles,
            programmes=tuple(programme for programme in rules.programmes if programme.code != code),
        ),
    )


def with_paper(file: ProcedureFile, paper: PaperRule) -> ProcedureFile:
    return replace(file, rules=replace(file.rules, papers=(*file.rules.papers, paper)))


def with_live(file: ProcedureFile, **changes: object) -> Live:
    return replace(file.live, **changes)  # type: ignore[arg-type]


PASSPORT = PaperRule(code="photograph", label=Text("Photographie d’identité", "Photograph"))


def test_a_submitted_dossier_keeps_its_rules_and_a_draft_follows(procedure: Procedure, zoe: User) -> None:
    """New rules for a submitted dossier would make it incomplete after the fact."""
    sent = submitted(procedure, zoe)
    other = person("max@example.org")
    draft = filled(procedure, other)
    answers = answers_of(draft)
    loaded = load(with_paper(ast_2026(), PASSPORT), rehearsal=True)
    assert loaded.current_version is not None
    assert reloaded(sent.pk).version.number == 1
    moved = reloaded(draft.pk)
    assert moved.version.number == 2
    assert answers_of(moved) == answers
    assert moved.rules.paper("photograph") == PASSPORT


def test_the_draft_s_candidate_is_told_what_is_new(procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    load(with_paper(ast_2026(), PASSPORT), rehearsal=True)
    (mail,) = mails("rules_changed")
    assert "- Photographie d’identité" in render(mail).text
    load(with_paper(ast_2026(), PASSPORT), rehearsal=True)
    assert len(mails("rules_changed")) == 1


def test_a_change_that_asks_for_nothing_more_is_not_announced(procedure: Procedure, zoe: User) -> None:
    """A misprint put right in a label would write to a thousand people."""
    draft = begun(procedure, zoe)
    rules = ast_2026().rules
    papers = (replace(rules.papers[0], label=Text("Pièce d’identité", "Identity")), *rules.papers[1:])
    load(replace(ast_2026(), rules=replace(rules, papers=papers)), rehearsal=True)
    assert reloaded(draft.pk).version.number == 2
    assert mails("rules_changed") == []


def test_a_draft_lets_go_of_a_programme_that_disappears(procedure: Procedure, zoe: User) -> None:
    draft = filled(procedure, zoe)
    load(without_programme(ast_2026(), "albi"), rehearsal=True)
    moved = reloaded(draft.pk)
    assert [(choice.rank, choice.programme.code) for choice in moved.ranked_choices] == [
        (1, "ales"),
        (2, "nord-europe"),
    ]
    charge = fee_charge(draft.pk, by=zoe)
    assert charge is not None
    assert charge.payee.school.code == "ales"
    assert "n’y est plus recevable" in render(mails("rules_changed")[0]).text


def test_a_draft_that_has_paid_the_school_holds_it_there(procedure: Procedure, zoe: User) -> None:
    """The money would be with a school that is no longer in the procedure."""
    draft = complete(procedure, zoe)
    with pytest.raises(WouldHarm, match=draft.reference):
        load(without_programme(ast_2026(), "albi"), rehearsal=True)
    first = reloaded(draft.pk).first_choice
    assert first is not None
    assert first.code == "albi"


def test_a_draft_whose_title_disappears_chooses_again(procedure: Procedure, zoe: User) -> None:
    draft = filled(procedure, zoe)
    rules = ast_2026().rules
    titles = tuple(title for title in rules.titles if title.code != "L3")
    load(replace(ast_2026(), rules=replace(rules, titles=titles)), rehearsal=True)
    moved = reloaded(draft.pk)
    assert (moved.title, moved.speciality, moved.track, moved.ranked_choices) == ("", "", None, [])


def test_a_draft_owes_the_new_fee(procedure: Procedure, zoe: User) -> None:
    draft = filled(procedure, zoe)
    fee_charge(draft.pk, by=zoe)
    rules = ast_2026().rules
    assert rules.fee is not None
    load(replace(ast_2026(), rules=replace(rules, fee=replace(rules.fee, amount=9000))), rehearsal=True)
    charge = fee_charge(draft.pk, by=zoe)
    assert charge is not None
    assert charge.amount == 9000


def test_a_fee_on_its_way_stays_what_it_was(procedure: Procedure, zoe: User) -> None:
    draft = complete(procedure, zoe)
    rules = ast_2026().rules
    assert rules.fee is not None
    load(replace(ast_2026(), rules=replace(rules, fee=replace(rules.fee, amount=9000))), rehearsal=True)
    charge = live_charge(draft.account_id, "application_fee")
    assert charge is not None
    assert charge.amount == 7600


def test_a_programme_that_a_submitted_dossier_ranked_stays(procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe)
    with pytest.raises(WouldHarm) as refusal:
        load(without_programme(ast_2026(), "ales"), rehearsal=True)
    assert refusal.value.reasons == [
        "La formation « ales » disparaît ou change d’école : 1 dossier transmis l’a classée."
    ]
    assert [choice.programme.code for choice in reloaded(dossier.pk).ranked_choices] == [
        "albi",
        "ales",
        "nord-europe",
    ]


def test_a_programme_does_not_change_school_under_a_submitted_dossier(procedure: Procedure, zoe: User) -> None:
    """The dossier would pass to the queue of a school that the candidate did not place first."""
    submitted(procedure, zoe)
    first, *others = ast_2026().live.programmes
    live = with_live(ast_2026(), programmes=(replace(first, school="ales"), *others))
    assert len(list(harms(procedure, live))) == 1


def test_the_track_of_a_submitted_dossier_stays(procedure: Procedure, zoe: User) -> None:
    submitted(procedure, zoe)
    live = with_live(ast_2026(), tracks=tuple(track for track in ast_2026().live.tracks if track.code != "L3"))
    assert list(harms(procedure, live)) == ["La filière « L3 » disparaît : 1 dossier transmis en dépend."]


def test_seats_do_not_fall_below_the_offers_of_the_period(procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe)
    pool = Pool.objects.get(programme__code="albi", track__code="L3")
    ListEntry.objects.create(pool=pool, dossier=dossier, rank=1)
    period = procedure.periods.get(number=1)
    period.opened_at = procedure.now()
    period.save()
    Offer.objects.create(period=period, dossier=dossier, pool=pool, made_at=procedure.now())
    none, *others = ast_2026().live.pools
    assert (none.programme, none.track) == ("albi", "L3")
    assert list(harms(procedure, with_live(ast_2026(), pools=(replace(none, seats=0), *others)))) == [
        "albi en L3 : 1 propositions sont tenues, il faut autant de places."
    ]
    assert list(harms(procedure, with_live(ast_2026(), pools=tuple(others)))) == [
        "Les places de albi en L3 ont déjà leur tableau d’admission."
    ]
    assert list(harms(procedure, with_live(ast_2026(), pools=(replace(none, seats=1), *others)))) == []


def test_a_period_that_was_opened_keeps_its_dates(procedure: Procedure) -> None:
    first = procedure.periods.get(number=1)
    first.opened_at = procedure.now()
    first.save()
    given, *others = ast_2026().live.periods
    hour = dt.timedelta(hours=1)
    earlier = with_live(ast_2026(), periods=(replace(given, starts_at=given.starts_at - hour), *others))
    longer = with_live(ast_2026(), periods=(replace(given, ends_at=given.ends_at + hour), *others))
    assert len(list(harms(procedure, earlier))) == 1
    assert list(harms(procedure, longer)) == []
    first.closed_at = procedure.now()
    first.save()
    assert len(list(harms(procedure, longer))) == 1
    assert len(list(harms(procedure, with_live(ast_2026(), periods=())))) == 1


def test_a_step_with_decisions_stays(procedure: Procedure, zoe: User) -> None:
    """Deleting the step would delete the jury's decisions with it."""
    dossier = submitted(procedure, zoe)
    step = procedure.steps.get(kind=StepKind.ADMISSIBILITY)
    step.decisions.create(dossier=dossier, outcome="admissible", decided_at=procedure.now())
    live = with_live(ast_2026(), steps=ast_2026().live.steps[1:])
    assert len(list(harms(procedure, live))) == 1
    with pytest.raises(WouldHarm):
        load(replace(ast_2026(), live=live), rehearsal=True)
    assert step.decisions.count() == 1


def test_a_school_that_is_owed_money_stays(procedure: Procedure) -> None:
    """Even a charge since cancelled is in the school's accounts."""
    account = Account.objects.create(procedure=procedure, payer=User.objects.create_user("max@example.org"))
    payee = procedure.participations.get(school__code="albi")
    Charge.objects.create(account=account, payee=payee, reason="other", reference="x", amount=100)
    without = without_programme(ast_2026(), "albi")
    without = replace(without, live=replace(without.live, schools=without.live.schools[1:]))
    with pytest.raises(WouldHarm, match="L’école « albi » disparaît, mais des frais lui ont été demandés"):
        load(without, rehearsal=True)
    with pytest.raises(InUse, match="sommes dues"):
        store(without, rehearsal=True)
    assert procedure.programmes.count() == 3
    assert Procedure.objects.get(pk=procedure.pk).current_version.number == 1  # type: ignore[union-attr]


def test_withdrawn_dossiers_count_as_submitted(procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe)
    Dossier.objects.filter(pk=dossier.pk).update(status=Status.WITHDRAWN)
    with pytest.raises(WouldHarm):
        load(without_programme(ast_2026(), "ales"), rehearsal=True)


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("load_procedure", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_the_command_loads_and_warns() -> None:
    """The notice's totals that its columns do not give are warnings: the file loads. Rule: AST-05."""
    out, err = run(str(AST))
    assert out == "« ast-2026 » est chargée, version 1 du règlement.\n"
    assert "le total donné pour « L3 » est 22, ses cases font 27" in err
    assert not Procedure.objects.get(slug="ast-2026").is_rehearsal


@pytest.mark.django_db
def test_the_command_loads_a_rehearsal() -> None:
    run(str(AST), "--rehearsal")
    assert Procedure.objects.get().slug == "essai-ast-2026"


@pytest.mark.django_db
def test_the_command_checks_without_changing() -> None:
    out, _ = run(str(AST), "--check")
    assert Procedure.objects.count() == 0
    assert "schools.albi.email : «  » → « admissions@mines-albi.fr »" in out


@pytest.mark.django_db
def test_the_command_tells_every_fault_and_stores_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = AST.read_text().replace("amount: 76.00", "amount: 76.005").replace("2026-01-26 14:00", "2026-01-26 25:00")
    wrong.write_text(text)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("load_procedure", str(wrong), stdout=StringIO(), stderr=err)
    lines = [line for line in err.getvalue().splitlines() if "avertissement" not in line]
    amount = 1 + text[: text.index("76.005")].count("\n")
    hour = 1 + text[: text.index("2026-01-26 25:00")].count("\n")
    assert [line.split(": ")[0] for line in lines] == [f"{wrong}:{hour}", f"{wrong}:{amount}"]
    assert Procedure.objects.count() == 0


@pytest.mark.django_db
def test_the_command_says_that_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.yaml"):
        run(str(tmp_path / "absent.yaml"))


@pytest.mark.django_db
def test_the_command_needs_replace_after_a_change_in_the_admin() -> None:
    run(str(AST))
    Pool.objects.filter(programme__code="albi", track__code="L3").update(seats=12)
    err = StringIO()
    with pytest.raises(CommandError, match="--replace"):
        call_command("load_procedure", str(AST), stdout=StringIO(), stderr=err)
    assert "pools.albi-L3.seats : « 12 » → « 10 »" in err.getvalue()
    run(str(AST), "--replace")
    assert Pool.objects.get(programme__code="albi", track__code="L3").seats == 10


def test_the_command_lists_what_would_be_harmed(procedure: Procedure, zoe: User, tmp_path: Path) -> None:
    submitted(procedure, zoe)
    text = AST.read_text()
    smaller = tmp_path / "smaller.yaml"
    smaller.write_text(text.replace("school: albi", "school: ales", 1))
    for arguments in (["--check"], []):
        err = StringIO()
        with pytest.raises(CommandError, match="dossiers transmis"):
            call_command("load_procedure", str(smaller), "--rehearsal", *arguments, stdout=StringIO(), stderr=err)
        assert "La formation « albi » disparaît ou change d’école" in err.getvalue()


def test_rules_that_ask_for_nothing_have_no_news() -> None:
    rules = ast_2026().rules
    assert list(asked_anew(rules, Rules())) == []
    assert list(asked_anew(rules, rules)) == []
    optional = replace(rules.papers[0], required=False, when=ALWAYS)
    before = replace(rules, papers=(optional, *rules.papers[1:]))
    assert [label.fr for label in asked_anew(before, rules)] == [rules.papers[0].label.fr]
