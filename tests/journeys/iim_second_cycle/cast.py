"""Naïma, Ulysse who came before her, and the school."""

from __future__ import annotations

from pytest_django.live_server_helper import LiveServer

from tests.actors import Candidate
from tests.conftest import OpenBrowser
from tests.journeys.troupe import Troupe, submitted, team
from tests.stage import Stage

MAJOR = "Axe Réalisateur numérique jeux vidéo"


class Cast(Troupe):
    """Naïma, Ulysse, who came before her, and the school."""

    def __init__(self, stage: Stage, open_browser: OpenBrowser, live_server: LiveServer) -> None:
        super().__init__(stage, open_browser, live_server)
        self.naima = Candidate(open_browser(), "naima@example.org", stage.slug)
        answers = {"baccalaureate_state": "this-year"}
        user = submitted(stage, "ulysse@example.org", ("Ulysse", "Marchand"), answers, "jeux-video")
        self.ulysse = self.candidate(user)
        self.verifier = team(stage, "verifier", school="iim")
        self.school = self.enter(self.verifier)
        self.president = self.enter(team(stage, "president", school="iim"))
        self.accountant = self.enter(team(stage, "accountant", school="iim"))
