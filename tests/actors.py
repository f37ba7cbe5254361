"""The people of a journey, each in a browser of their own: what they see, press and fill in."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from django.conf import settings
from django.test import Client
from playwright.sync_api import FilePayload, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.models import Dossier
from applicants.tests.scenario import receipt_of
from campaign.rehearsal import files
from programmes.rules import PaperRule
from tests.conftest import PATIENCE
from tests.looking import look_at
from tests.stage import code_sent_to, exactly, loosely, says

expect.set_options(timeout=PATIENCE)


class Person:
    """Somebody before a screen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._looked_at: set[tuple[str, str]] = set()

    def go(self, address: str) -> None:
        """Open an address of the portal."""
        response = self.page.goto(address)
        assert response is not None
        assert response.ok, f"{address}: {response.status}"

    def press(self, button: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=exactly(button)).click()
        self.page.wait_for_load_state()

    def sends(self, button: str) -> None:
        """Press the button of a form that saves itself first, and wait for the page that comes of it."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=exactly(button)).click()

    def confirms(self, button: str) -> None:
        """Press that button in the question whether one means it, and wait for the page that comes of it."""
        with self.page.expect_navigation():
            self.page.get_by_role("dialog").get_by_role("button", name=exactly(button)).click()

    def press_first(self, button: str) -> None:
        """Press the first button whose name begins so, in a list that tells its buttons apart by what follows."""
        self.main.get_by_role("button", name=loosely(button)).first.click()
        self.page.wait_for_load_state()

    def follow(self, link: str) -> None:
        """Follow the link of that name in the page itself, not in its frame."""
        self.main.get_by_role("link", name=loosely(link)).first.click()
        self.page.wait_for_load_state()

    def arrives_at(self, heading: str) -> None:
        """Wait until the page with that heading is there, and still; the first time, look at it closely."""
        expect(self.page.get_by_role("heading", level=1, name=loosely(heading))).to_be_visible()
        self.page.wait_for_load_state()
        if (seen := (self.page.url, heading)) not in self._looked_at:
            self._looked_at.add(seen)
            self.looks_again()

    def looks_again(self) -> None:
        """Look closely at a page that has changed."""
        look_at(self.page)

    def reads(self, words: str) -> None:
        """Find `words` on the page."""
        expect(self.page.locator("body")).to_contain_text(loosely(words))

    def does_not_read(self, *words: str) -> None:
        """Find none of these words on the page."""
        said = self.page.locator("body").inner_text().casefold()
        assert not [each for each in words if says(said, each.casefold())], said

    def unfold(self, summary: str) -> None:
        """Open a folded part of the page."""
        self.main.locator("summary", has_text=loosely(summary)).click()

    def fill(self, answers: Mapping[str, str]) -> None:
        """Answer the questions of the page, each by its label; "oui" ticks a box."""
        for label, answer in answers.items():
            self._answer(label, answer)

    def accepts_the_paper(self) -> None:
        """At a desk: accept the file that is shown beside a dossier, and wait until it asks for no verdict any more."""
        shown = self.main.locator("input[name=document]").first.input_value()
        self.press("Accepter")
        expect(self.main.locator(f"input[name=document][value='{shown}']")).to_have_count(0)

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.get_by_role("main")

    def _answer(self, label: str, answer: str) -> None:
        begins = re.compile(r"^\s*" + loosely(label).pattern)
        group = self.main.get_by_role("group", name=begins).filter(visible=True)
        if group.count():
            group.get_by_label(exactly(answer)).check()
            return
        control = self.main.get_by_label(begins).filter(visible=True)
        if control.get_attribute("type") == "checkbox":
            control.check()
        elif control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(label=answer)
        else:
            control.fill(answer)


class Candidate(Person):
    """Who applies, from the first page to the last."""

    def __init__(self, page: Page, email: str, slug: str) -> None:
        super().__init__(page)
        self.email = email
        self.slug = slug

    @property
    def dossier(self) -> Dossier:
        """The dossier as it now stands."""
        related = ("procedure", "candidate__user", "folder", "account")
        return Dossier.objects.select_related(*related).get(candidate__user__email=self.email)

    def begins(self, procedure: str, identity: Mapping[str, str] | None = None) -> None:
        """From the page of that procedure over the account and the consent to an empty dossier."""
        self.go(f"/procedures/{self.slug}/")
        self.arrives_at(procedure)
        self.follow("Commencer mon dossier")
        self.opens_an_account()
        self.arrives_at("Commencer mon dossier")
        self.fill({**(identity or {}), "J’ai lu cette notice": "oui"})
        self.press("Accepter et commencer")
        self.arrives_at("Mon dossier")

    def opens_an_account(self) -> None:
        """Ask for an account on the way to a page, and prove the address by the code that comes by mail."""
        self.arrives_at("Se connecter")
        self.follow("Ouvrir un compte")
        self.arrives_at("Ouvrir un compte")
        self.fill({"Adresse électronique": self.email})
        self.press("Ouvrir mon compte")
        self.arrives_at("Entrer le code reçu")
        self.fill({"Code": code_sent_to(self.email)})
        self.press("Valider le code")

    def fills_page(self, title: str, answers: Mapping[str, str]) -> None:
        """Fill in a page of the form, and go on to the next."""
        self.arrives_at(title)
        self.fill(answers)
        self.sends("Enregistrer et continuer")

    def ticks(self, *programmes: str) -> None:
        """Tick programmes by their titles, on the page that lists them, and go on."""
        for programme in programmes:
            self.main.get_by_label(loosely(programme)).check()
        self.sends("Enregistrer et continuer")

    def turns_to(self, title: str) -> None:
        """Open another page of the dossier from the menu beside it."""
        menu = self.page.get_by_role("navigation", name="Pages du dossier")
        menu.get_by_role("link", name=loosely(title)).click()
        self.arrives_at(title)

    def deposits(self, rule: PaperRule) -> None:
        """Deposit a small file as that paper, from the list of papers, and come back to it."""
        self.follow(str(rule.label))
        expect(self.page.get_by_role("heading", level=1, name=loosely(str(rule.label)))).to_be_visible()
        self.attaches(rule)
        self.press("Déposer le fichier")
        expect(self.main).to_contain_text("Le fichier est déposé.")
        self.follow("Revenir à la liste des pièces")

    def attaches(self, rule: PaperRule, label: str = "") -> None:
        """Join a small file, such as that paper may be, where the form asks for one."""
        made = files.paper(rule)
        upload: FilePayload = {"name": str(made.name), "mimeType": str(made.content_type), "buffer": made.read()}
        self.chooses(upload, label=label)

    def chooses(self, *uploads: FilePayload, label: str = "") -> None:
        """Choose files where the form asks for them."""
        asked = loosely(label) if label else re.compile("Fichiers? à joindre")
        self.main.get_by_label(asked).set_input_files(list(uploads))

    def joins(self, *codes: str) -> None:
        """Deposit papers of these codes, one after the other, from the list of papers."""
        for code in codes:
            rule = self.dossier.rules.paper(code)
            assert rule is not None
            self.deposits(rule)

    def pays_by_card(self, amount: str, to: str) -> None:
        """Pay that amount to that school on the page of the test bank, and come back."""
        self.press(f"Payer {amount} par carte")
        self.arrives_at("Banque d’essai")
        self.reads(amount)
        self.reads(to)
        self.press("Accepter le paiement")

    def submits(self) -> str:
        """Send what is complete, and read the number of the receipt."""
        self.press("Transmettre mon dossier")
        self.confirms("Transmettre mon dossier")
        self.arrives_at("Votre dossier est transmis")
        number = receipt_of(self.dossier).number
        self.reads(number)
        return number

    def home(self) -> None:
        """Open the home of one's own dossier."""
        self.go(f"/mon-dossier/{self.slug}/")

    def words_of_home(self) -> str:
        """What the home says."""
        return self.fetched(f"/mon-dossier/{self.slug}/")

    def fetched(self, address: str) -> str:
        """What a page says, fetched at once: no style, no script, no time to wait."""
        response = self.page.request.get(address)
        assert response.ok, response.status
        return html.unescape(response.text())

    def posts(self, address: str) -> None:
        """Send what an empty form would, at once."""
        token = next(cookie for cookie in self.page.context.cookies() if cookie.get("name") == "csrftoken")
        self.page.request.post(address, headers={"X-CSRFToken": token.get("value", "")})


def enter(page: Page, user: User, live_server: LiveServer) -> None:
    """Sign in without the pages of sign-in: the browser gets a session of `user`."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
