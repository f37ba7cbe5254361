"""Who else is on the stage: the school’s teams, two evaluators, and Hugo, who comes along by the acts."""

from __future__ import annotations

from pytest_django.live_server_helper import LiveServer

from tests.actors import Candidate
from tests.conftest import OpenBrowser
from tests.journeys.troupe import Troupe, submitted, team, validate
from tests.stage import Stage

HUGO = "hugo@example.org"
FRENCH = {"nationality": "FR", "studies_state": "earlier", "french_speaking": "yes", "foreign_papers": "no"}


class Cast(Troupe):
    """The protagonist and the others."""

    def __init__(self, stage: Stage, livia: Candidate, open_browser: OpenBrowser, live_server: LiveServer) -> None:
        super().__init__(stage, open_browser, live_server)
        self.livia = livia
        self.verifier = team(stage, "verifier", school="imt-bs")
        self.first = team(stage, "evaluator", school="imt-bs")
        self.second = team(stage, "evaluator", programme="dpm")
        self.service = self.enter(self.verifier)
        self.office = self.enter(team(stage, "office"))
        self.one = self.enter(self.first)
        self.other = self.enter(self.second)
        self.presiding = team(stage, "president", school="imt-bs")
        self.president = self.enter(self.presiding)
        self.accountant = self.enter(team(stage, "accountant", school="imt-bs"))
        hugo = submitted(stage, HUGO, ("Hugo", "Lefèvre"), FRENCH, "dpm")
        self.hugo = self.candidate(hugo)
        validate(self.hugo.dossier, self.verifier)
