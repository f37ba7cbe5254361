"""Who else is on the stage: the teams, and two candidates who come as far by the acts as the story needs them."""

from __future__ import annotations

from pytest_django.live_server_helper import LiveServer

from applicants.answers import save_answers
from applicants.submission import submit_dossier
from applicants.tests import scenario
from payments.transfers import confirm_transfer, declare_transfer
from tests.actors import Candidate
from tests.conftest import OpenBrowser
from tests.journeys.troupe import Troupe, validate
from tests.stage import Stage


class Cast(Troupe):
    """The protagonist and the others."""

    def __init__(self, stage: Stage, zoe: Candidate, open_browser: OpenBrowser, live_server: LiveServer) -> None:
        super().__init__(stage, open_browser, live_server)
        self.zoe = zoe
        self.verifier = scenario.staff(stage.procedure, "verifier", "albi")
        self.albi = self.enter(self.verifier)
        self.jury = self.enter(scenario.staff(stage.procedure, "jury"))
        self.president = self.enter(scenario.staff(stage.procedure, "president"))
        self.max = self.rival("max@example.org", "Max", ("albi", "ales", "nord-europe"))
        self.lou = self.rival("lou@example.org", "Lou", ("albi", "ales"))

    def rival(self, email: str, name: str, choices: tuple[str, ...]) -> Candidate:
        """A candidate of the same track who has submitted, and whose papers and transfer the school has accepted."""
        user = scenario.person(email)
        dossier = scenario.filled(self.stage.procedure, user, choices=choices)
        identity = {"family_name": "Durand", "given_names": name, "birth_date": "2003-05-01"}
        save_answers(dossier.pk, "identity", identity, by=user)
        today = self.stage.procedure.now().date()
        fee = scenario.fee_of(dossier, user)
        declare_transfer(fee.pk, on=today, by=user)
        submit_dossier(dossier.pk, by=user)
        confirm_transfer(fee.pk, by=self.verifier, received_on=today)
        validate(dossier, self.verifier)
        return self.candidate(user)
