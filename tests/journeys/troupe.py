"""Who is on a stage besides its protagonist: teams at their desks, and candidates who have come so far by the acts."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.choices import rank_choices
from applicants.dossiers import start_dossier
from applicants.fees import fee_charges
from applicants.models import Dossier
from applicants.papers import deposit_paper
from applicants.submission import submit_dossier
from applicants.tests import scenario
from campaign.rehearsal import files
from documents.models import SupportingDocument
from juries.verification import review_paper, validate_dossier
from payments.cards import begin_card_payment, settle
from payments.models import Charge, Payment
from payments.providers import Outcome
from programmes.models import Programme, Role
from tests.actors import Candidate, Person, enter
from tests.conftest import OpenBrowser
from tests.stage import Stage


class Troupe:
    """Everybody of one story."""

    def __init__(self, stage: Stage, open_browser: OpenBrowser, live_server: LiveServer) -> None:
        self.stage = stage
        self._open_browser = open_browser
        self._live_server = live_server

    def enter(self, user: User) -> Person:
        """A member of a team, at the desk."""
        page = self._open_browser()
        enter(page, user, self._live_server)
        return Person(page)

    def candidate(self, user: User) -> Candidate:
        """A candidate who is signed in."""
        page = self._open_browser()
        enter(page, user, self._live_server)
        return Candidate(page, user.email, self.stage.slug)


def team(stage: Stage, kind: str, *, school: str = "", programme: str = "") -> User:
    """Somebody with that role: for one programme, for a school, or for all."""
    user = scenario.staff(stage.procedure, kind, school, email=f"{kind}-{programme or school or 'tous'}@ecole.example")
    if programme:
        found = Programme.objects.get(procedure=stage.procedure, code=programme)
        Role.objects.filter(user=user).update(school=found.school, programme=found)
    return user


def submitted(stage: Stage, email: str, names: tuple[str, str], answers: Mapping[str, str], *programmes: str) -> User:
    """Somebody who has submitted a dossier for these programmes; see `ready_to_submit`."""
    user = ready_to_submit(stage, email, names, answers, *programmes)
    submit_dossier(Dossier.objects.get(candidate__user=user).pk, by=user)
    return user


def ready_to_submit(
    stage: Stage, email: str, names: tuple[str, str], answers: Mapping[str, str], *programmes: str
) -> User:
    """Somebody who has filled in everything and paid by card what is owed, for these programmes.

    `names` are given and family name; `answers` are those that matter, by the field's id.
    """
    user = scenario.person(email)
    said = {"given_names": names[0], "family_name": names[1], "birth_date": "2001-05-01", **answers}
    dossier = start_dossier(stage.procedure.pk, by=user, identity=said)
    scenario.answer_all(dossier, user, **said)
    rank_choices(dossier.pk, programmes, by=user)
    scenario.deposit_all(dossier, user)
    pay_by_card(dossier, user)
    return user


def pay_by_card(dossier: Dossier, by: User) -> None:
    """Pay what is due of the fee; the bank accepts."""
    for charge in fee_charges(dossier):
        if charge.state == Charge.State.DUE:
            begin_card_payment(charge.pk, by=by, return_url="/")
            reference = Payment.objects.get(charge=charge, state="declared").provider_reference
            assert reference
            settle(reference, Outcome.PAID)


def deposit(dossier: Dossier, *codes: str) -> None:
    """Deposit small files as the papers of these codes, in the candidate's name."""
    for code in codes:
        rule = dossier.rules.paper(code)
        assert rule is not None
        deposit_paper(dossier.pk, code, files.paper(rule), by=dossier.candidate.user)


def accept_papers(dossier: Dossier, by: User) -> None:
    """Staff accept what they have not judged yet."""
    for document in SupportingDocument.objects.current().filter(folder=dossier.folder, review="unreviewed"):
        review_paper(document.pk, accepted=True, by=by)


def validate(dossier: Dossier, by: User) -> None:
    """Staff accept the papers, and validate."""
    accept_papers(dossier, by)
    validate_dossier(dossier.pk, by=by)
