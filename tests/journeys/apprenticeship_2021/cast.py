"""Aminata, Tom, who waited too long, the central office, and the programmes."""

from __future__ import annotations

from pytest_django.live_server_helper import LiveServer

from tests.actors import Candidate, Person
from tests.conftest import OpenBrowser
from tests.journeys.troupe import Troupe, ready_to_submit, team
from tests.stage import Stage

SUDPARIS, ALES, SAINT_ETIENNE = "Réseaux", "Mécatronique", "Génie industriel"


class Cast(Troupe):
    """Everybody of the story."""

    def __init__(self, stage: Stage, open_browser: OpenBrowser, live_server: LiveServer) -> None:
        super().__init__(stage, open_browser, live_server)
        self.aminata = Candidate(open_browser(), "aminata@example.org", stage.slug)
        self.tom = self.candidate(ready_to_submit(stage, "tom@example.org", ("Tom", "Roux"), {}, "albi-generaliste"))
        self.manager, self.teacher = Person(open_browser()), Person(open_browser())
        self.verifier = team(stage, "verifier")
        self.office = self.enter(self.verifier)
        self.networks = self.enter(team(stage, "president", programme="sudparis-reseaux"))
        self.mechatronics = self.enter(team(stage, "president", programme="ales-mecatronique"))
        self.sudparis = self.enter(team(stage, "verifier", school="sudparis"))
