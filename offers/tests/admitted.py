"""A small procedure whose places are confirmed one by one, and people whom its juries admit or keep waiting."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from accounts.models import User
from applicants.deposits import deposit_of
from applicants.models import Answer, Choice, Dossier
from applicants.papers import deposit_paper
from applicants.tests import scenario
from documents.models import SupportingDocument
from journal.clock import at_one_instant, instant
from journal.followups import run_pending_facts
from juries.choice_decisions import decide_choice
from juries.choice_publication import publish_decisions
from juries.models import Decision
from juries.tests import rows
from offers.enrolment import lapse_overdue, pronounce_all_ready
from offers.models import Place
from offers.place_confirmation import confirm_all_complete
from offers.place_desk import review_paper_of_place
from offers.place_endings import release_overdue
from offers.place_reminders import remind_places
from offers.tests.market import paper
from offers.waiting_list import fill_places
from payments.transfers import confirm_transfer, declare_transfer
from programmes.models import Procedure, Programme, Role

FILE = Path(__file__).parent / "places.yaml"
JUNE = "2026-06-01 10:00"
ADMITTED, WAITING, REFUSED = Decision.Outcome.ADMITTED, Decision.Outcome.WAITING, Decision.Outcome.REFUSED


def small(*changes: tuple[str, str]) -> Procedure:
    """The procedure in June, its file changed first."""
    text = FILE.read_text(encoding="utf-8")
    for said, instead in changes:
        assert said in text, f"the file no longer says {said!r}"
        text = text.replace(said, instead, 1)
    made = scenario.procedure_from(text, JUNE)
    return Procedure.objects.get(pk=made.pk)


BY_WORD = (
    ("  papers: [commitment]\n  deposit: oui\n", ""),
    (
        "  commitment:\n    label: {fr: Bulletin d’engagement, en: Commitment form}\n    stage: place\n",
        "",
    ),
)
BY_STAFF = (("release: automatic", "release: by_staff"), ("call_next: automatic", "call_next: by_staff"))
FUNDING = (
    "      title_held:",
    "      funding:\n        kind: choice\n        required: non\n        label: {fr: Financement, en: Funding}\n"
    "        options: {self: {fr: Moi, en: I}, company: {fr: Entreprise, en: Company}}\n      title_held:",
)
TUITION = (
    "form:\n",
    "tuition:\n  by: funding\n  amounts: {self: 7500.00, company: 12500.00}\n"
    "  instalments: [admission, 2026-12-15, 2027-03-15]\n  means: [transfer]\nform:\n",
)


def worker(procedure: Procedure, kind: str, programme: str = "") -> User:
    """Somebody with that role, in the school of a programme or everywhere."""
    user = User.objects.create_user(f"{kind}.{programme or 'tous'}@example.org", is_staff=True)
    named = Programme.objects.filter(procedure=procedure, code=programme).first()
    Role.objects.create(user=user, procedure=procedure, kind=kind, school=named.school if named else None)
    return user


def applicant(
    procedure: Procedure, number: int, *programmes: str, titled: bool = True, language: str = "fr"
) -> Dossier:
    """A validated dossier; the title is held and proved, or still to come."""
    made = rows.dossier(procedure, number, choices=programmes or ("data",), track="entry")
    answer = "yes" if titled else "no"
    Answer.objects.create(dossier=made, field="title_held", value=answer, saved_at=procedure.now())
    if titled:
        paper(made, "degree", review="accepted")
    return made


def choice_of(dossier: Dossier, programme: str = "data") -> Choice:
    """The dossier's choice of that programme."""
    return dossier.choices.get(programme__code=programme)


def decide(dossier: Dossier, outcome: str, programme: str = "data") -> Decision:
    """The programme's jury decides, and it is public and told at once, with all that follows."""
    procedure = dossier.procedure
    president = User.objects.filter(email="president.tous@example.org").first() or worker(procedure, "president")
    step = procedure.steps.get(kind="admission")
    with at_one_instant(instant()):
        decision = decide_choice(choice_of(dossier, programme).pk, step.pk, outcome=outcome, by=president)
        publish_decisions([decision.pk], by=president)
    follow_up()
    return decision


def admit(procedure: Procedure, number: int, *programmes: str, titled: bool = True) -> Place:
    """Somebody admitted, with the place that follows."""
    dossier = applicant(procedure, number, *programmes, titled=titled)
    decide(dossier, ADMITTED, programmes[0] if programmes else "data")
    return Place.objects.select_related("dossier__candidate__user").get(dossier=dossier)


def follow_up() -> None:
    """Act on all facts, and on those that follow from them."""
    while run_pending_facts():
        pass


def due_acts(procedure: Procedure) -> None:
    """What the calendar makes due, in the order of `campaign.due`."""
    for act in (pronounce_all_ready, lapse_overdue, confirm_all_complete, release_overdue, fill_places, remind_places):
        act(procedure)


def owner(place: Place) -> User:
    """Whose place it is."""
    return place.dossier.candidate.user


def deposit_form(place: Place) -> SupportingDocument:
    """The candidate deposits the commitment form, and the check passes."""
    document = deposit_paper(place.dossier_id, "commitment", scenario.pdf(), by=owner(place))
    SupportingDocument.objects.filter(pk=document.pk).update(check_state="passed")
    return document


def accept_form(place: Place, by: User) -> None:
    """The same, and staff accept it."""
    review_paper_of_place(place.pk, deposit_form(place).pk, accepted=True, by=by)


def announce_deposit(place: Place) -> None:
    """The candidate says that the deposit is on its way."""
    charge = deposit_of(place.dossier, place.choice.programme)
    assert charge is not None
    declare_transfer(charge.pk, on=dt.date(2026, 6, 1), by=owner(place))


def pay_deposit(place: Place, by: User) -> None:
    """It has come."""
    announce_deposit(place)
    charge = deposit_of(place.dossier, place.choice.programme)
    assert charge is not None
    confirm_transfer(charge.pk, by=by, received_on=dt.date(2026, 6, 1))
    follow_up()


def state_of(place: Place) -> str:
    """How the place stands now."""
    place.refresh_from_db()
    return str(place.state)
