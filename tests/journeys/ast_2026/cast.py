"""Who else is on the stage: the teams, and two candidates who come as far by the acts as the story needs them."""

from __future__ import annotations

from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.answers import save_answers
from applicants.models import Dossier
from applicants.submission import submit_dossier
from applicants.tests import scenario
from documents.models import SupportingDocument
from juries.verification import review_paper, validate_dossier
from payments.transfers import confirm_transfer, declare_transfer
from tests.actors import Candidate, Person, enter
from tests.conftest import OpenBrowser
from tests.stage import Stage


class Cast:
    """The protagonist and the others."""

    def __init__(self, stage: Stage, zoe: Candidate, open_browser: OpenBrowser, live_server: LiveServer) -> None:
        self.stage = stage
        self.zoe = zoe
        self._open_browser = open_browser
        self._live_server = live_server
        self.verifier = scenario.staff(stage.procedure, "verifier", "albi")
        self.albi = self.enter(self.verifier)
        self.jury = self.enter(scenario.staff(stage.procedure, "jury"))
        self.president = self.enter(scenario.staff(stage.procedure, "president"))
        self.max = self.rival("max@example.org", "Max", ("albi", "ales", "nord-europe"))
        self.lou = self.rival("lou@example.org", "Lou", ("albi", "ales"))

    def enter(self, user: User) -> Person:
        """A member of a team, at the desk."""
        page = self._open_browser()
        enter(page, user, self._live_server)
        return Person(page)

    def rival(self, email: str, name: str, choices: tuple[str, ...]) -> Candidate:
        """A candidate of the same track who has submitted, and whose papers and transfer the school has accepted."""
        user = scenario.person(email)
        dossier = scenario.filled(self.stage.procedure, user, choices=choices)
        identity = {"family_name": "Durand", "given_names": name, "birth_date": "2003-05-01"}
        save_answers(dossier.pk, "identity", identity, by=user)
        declare_transfer(scenario.fee_of(dossier, user).pk, on=self.stage.procedure.now().date(), by=user)
        submit_dossier(dossier.pk, by=user)
        self._validate(dossier, user)
        page = self._open_browser()
        enter(page, user, self._live_server)
        return Candidate(page, email, self.stage.slug)

    def accept_papers(self, dossier: Dossier) -> None:
        """The school accepts what it has not judged yet."""
        waiting = SupportingDocument.objects.current().filter(folder=dossier.folder, review="unreviewed")
        for document in waiting:
            review_paper(document.pk, accepted=True, by=self.verifier)

    def _validate(self, dossier: Dossier, user: User) -> None:
        self.accept_papers(dossier)
        today = self.stage.procedure.now().date()
        confirm_transfer(scenario.fee_of(dossier, user).pk, by=self.verifier, received_on=today)
        validate_dossier(dossier.pk, by=self.verifier)
