"""Who else is on the stage: the school’s teams, and two who ask for the same programme and come along by the acts."""

from __future__ import annotations

from pytest_django.live_server_helper import LiveServer

from applicants.choices import rank_choices
from applicants.models import Choice
from applicants.submission import submit_dossier
from applicants.tests import scenario
from juries.opinions import give_opinion
from payments.transfers import confirm_transfer, declare_transfer
from programmes.models import Pool
from tests.actors import Candidate
from tests.conftest import OpenBrowser
from tests.journeys.troupe import Troupe, team, validate
from tests.stage import Stage

SEATS = 2  # left in the programme: one of three candidates has to wait
PAUL, LOU = "paul@example.org", "lou@example.org"


class Cast(Troupe):
    """The protagonist and the others."""

    def __init__(self, stage: Stage, awa: Candidate, open_browser: OpenBrowser, live_server: LiveServer) -> None:
        super().__init__(stage, open_browser, live_server)
        self.awa = awa
        Pool.objects.filter(programme__code="cse").update(seats=SEATS)
        self._verifier = team(stage, "verifier", school="nord-europe")
        self._accountant = team(stage, "accountant", school="nord-europe")
        self._head = team(stage, "head", programme="cse")
        self.presiding = team(stage, "president", school="nord-europe")
        self.service = self.enter(self._verifier)
        self.accountant = self.enter(self._accountant)
        self.head = self.enter(self._head)
        self.president = self.enter(self.presiding)
        self.paul = self._rival(PAUL, "Martin")
        self.lou = self._rival(LOU, "Durand")

    def _rival(self, email: str, name: str) -> Choice:
        """Somebody who holds a title, has applied, paid, and been found worth keeping: the programme asked for."""
        procedure, user = self.stage.procedure, scenario.person(email)
        dossier = scenario.begun(procedure, user)
        scenario.answer_all(dossier, user, family_name=name, given_names="Camille", title_held="yes")
        rank_choices(dossier.pk, ["cse"], by=user)
        scenario.deposit_all(dossier, user)
        fee, today = scenario.fee_of(dossier, user), procedure.now().date()
        declare_transfer(fee.pk, on=today, by=user)
        submit_dossier(dossier.pk, by=user)
        confirm_transfer(fee.pk, by=self._accountant, received_on=today)
        validate(dossier, self._verifier)
        choice = dossier.choices.get()
        give_opinion(choice.pk, procedure.steps.get(code="opinion").pk, favourable=True, by=self._head)
        return choice
