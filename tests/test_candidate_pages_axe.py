"""Every page of a candidate in each of its states, looked at by axe-core, wide and on a telephone of 320 pixels.

A state plays its story by the acts and goes round its pages; it says which it shows (`shows`), and is held to that. A
page that gets an address and is in no state fails `test_every_page_of_a_candidate_is_in_some_state`. The pages of the
form are those of the procedure's rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.urls import get_resolver, resolve, reverse
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.appraisals import decline_appraisal
from applicants.choices import rank_choices
from applicants.conversation import write_as_candidate, write_to_candidate
from applicants.corrections import ask_correction
from applicants.dossiers import start_dossier
from applicants.endings import withdraw_dossier
from applicants.explanations import explain_missing
from applicants.models import Dossier
from applicants.papers import deposit_paper
from applicants.referees import name_referee, secret_of
from applicants.submission import submit_dossier
from applicants.tests import scenario
from documents.models import SupportingDocument
from juries.verification import review_paper
from payments.exemptions import ask_exemption
from tests.actors import enter
from tests.conftest import OpenBrowser
from tests.journeys.troupe import ready_to_submit
from tests.looking import look_at
from tests.stage import Stage, code_sent_to

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]
AST, APP = "ast-2026", "apprenticeship-2021"
OPEN = {AST: scenario.OPEN, APP: "2021-02-10 10:00"}
EMAIL = "zoe@example.org"
IDENTITY = {"family_name": "Nguyễn-Lefèvre", "given_names": "Zoé", "birth_date": "2001-05-01"}
NO_PAGE = {  # what is behind them: a button, a file, a part of a page
    *("decline_appraisal", "remove_paper", "remind_referee", "ask_exemption", "withdraw_exemption", "submit"),
    *("withdraw_payment", "pay_by_card", "sign_mandate", "paper_file", "attachment", "eligible_schools"),
}
ELSEWHERE = {"payment", "refunds", "ask_refund"}  # tests/test_money_pages.py looks at them
OWN = {"applicants", "accounts"}  # the apps whose addresses are all a candidate's
# Fill in everything so that nothing of it can be right, and send it.
ALL_WRONG = """() => {
    const typed = "input:not([type=hidden]):not([type=submit]), textarea, select";
    const form = [...document.querySelectorAll("main form[method=post]")].find((each) => each.querySelector(typed));
    const circles = new Set();
    for (const control of form.querySelectorAll(typed)) {
        if (control.type === "file" || control.type === "checkbox") continue;
        if (control.type === "radio") {
            if (circles.has(control.name)) continue;
            circles.add(control.name);
            control.value = "?";
            control.disabled = false;
            control.checked = true;
        } else if (control.tagName === "SELECT") {
            control.add(new Option("?", "?", true, true));
        } else {
            if (control.tagName === "INPUT") control.type = "text";
            control.value = "faux ".repeat(3000);
        }
    }
    form.noValidate = true;
    form.requestSubmit(form.querySelector("button[type=submit]:not([name])"));
}"""


class Tour:
    """Somebody who goes round the pages of one procedure, and looks closely at each."""

    def __init__(self, page: Page, stage: Stage, live_server: LiveServer) -> None:
        self.page = page
        self.stage = stage
        self.seen: set[str] = set()
        self._live_server = live_server

    def enter(self) -> User:
        """Sign in as a candidate, whose address is proven."""
        user = scenario.person(EMAIL)
        self.enter_as(user)
        return user

    def enter_as(self, user: User) -> None:
        """Sign in."""
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        enter(self.page, user, self._live_server)

    def go(self, address: str) -> None:
        """Open an address, which must answer with the page that is meant."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        self.seen.add(name_of(address))

    def see(self, *addresses: str) -> None:
        """Open and look."""
        for address in addresses:
            self.go(address)
            look_at(self.page)

    def see_of(self, name: str, *args: object) -> None:
        """Open and look at a page of the dossier."""
        self.see(self.at(name, *args))

    def at(self, name: str, *args: object) -> str:
        """The address of a page of the dossier."""
        return reverse(f"applicants:{name}", args=[self.stage.slug, *args])

    def home(self) -> str:
        """The dossier's own home."""
        return reverse("campaign:dossier", args=[self.stage.slug])

    def errs_at(self, address: str) -> None:
        """Send what cannot be right; look at the page that says so."""
        self.go(address)
        with self.page.expect_navigation():
            self.page.evaluate(ALL_WRONG)
        self.page.wait_for_load_state()
        expect(self.page.locator("[data-error-summary]")).to_be_visible()
        look_at(self.page)

    def form_pages(self, dossier: Dossier) -> list[str]:
        """The addresses of the pages that the rules have."""
        return [self.at("page", page.code) for page in dossier.rules.pages]


Story = Callable[[Tour], None]


@dataclass(frozen=True)
class State:
    """A story, the names of the pages that it shows, and the procedure that it plays in."""

    code: str
    shows: frozenset[str]
    story: Story


STATES: list[State] = []


def shows(names: str, *, code: str = AST) -> Callable[[Story], Story]:
    """Note a story as a state that shows pages of these names, parted by blanks."""

    def note(story: Story) -> Story:
        STATES.append(State(code, frozenset(names.split()), story))
        return story

    return note


def name_of(address: str) -> str:
    """The name of the page at an address."""
    return resolve(address.partition("?")[0]).view_name


def names_in(app: str) -> set[str]:
    """All names of an app's addresses."""
    found = get_resolver().namespace_dict[app][1].reverse_dict
    return {f"{app}:{name}" for name in found if isinstance(name, str)}


def begun(tour: Tour, user: User) -> Dossier:
    return start_dossier(tour.stage.procedure.pk, by=user, identity=IDENTITY)


def papers(dossier: Dossier, *kinds: str) -> QuerySet[SupportingDocument]:
    return SupportingDocument.objects.filter(folder=dossier.folder, kind__in=kinds)


# --- Before there is a dossier ----------------------------------------------------------------------------------


@shows("campaign:home campaign:procedure accounts:data_protection account_login account_signup documents:verify")
def a_stranger(tour: Tour) -> None:
    tour.see("/", reverse("campaign:procedure", args=[tour.stage.slug]), "/compte/donnees-personnelles/")
    tour.see("/compte/login/", "/compte/signup/", "/documents/verifier/")
    tour.errs_at("/compte/signup/")
    tour.errs_at("/compte/login/")
    scenario.person(EMAIL)
    tour.go("/compte/login/")
    tour.page.get_by_label("Adresse électronique").fill(EMAIL)
    tour.page.get_by_role("button", name="Continuer").click()
    tour.page.wait_for_url("**/confirm/**")
    look_at(tour.page)
    assert code_sent_to(EMAIL)
    with tour.page.expect_navigation():
        tour.page.evaluate(ALL_WRONG)
    look_at(tour.page)


@shows("applicants:start", code=APP)
def who_has_not_agreed(tour: Tour) -> None:
    """The notice, and an identity that is stated for good: blank, then wrong."""
    user = User.objects.create_user(EMAIL)
    tour.enter_as(user)
    tour.see_of("start")
    tour.errs_at(tour.at("start"))


@shows(
    "account_email account_logout mfa_index mfa_list_webauthn mfa_add_webauthn campaign:own_data"
    " campaign:home campaign:procedure"
)
def an_account(tour: Tour) -> None:
    tour.enter()
    tour.see("/", reverse("campaign:procedure", args=[tour.stage.slug]), "/mes-donnees/")
    tour.see("/compte/email/", "/compte/2fa/", "/compte/2fa/webauthn/", "/compte/2fa/webauthn/add/")
    tour.see("/compte/logout/")


# --- A draft ----------------------------------------------------------------------------------------------------

BLANK = (
    "campaign:dossier applicants:page applicants:title applicants:choices applicants:papers applicants:paper"
    " applicants:referees applicants:name_referee applicants:fee applicants:review applicants:messages"
    " applicants:withdraw"
)


@shows(BLANK)
def a_blank_draft(tour: Tour) -> None:
    dossier = begun(tour, tour.enter())
    tour.see(tour.home(), *tour.form_pages(dossier))
    for name in ("title", "choices", "papers", "referees", "fee", "review", "messages", "withdraw"):
        tour.see_of(name)
    tour.see_of("paper", "cv")
    tour.see_of("name_referee", "appraiser")


@shows(BLANK.replace("applicants:title ", ""), code=APP)
def a_blank_draft_side_by_side(tour: Tour) -> None:
    dossier = begun(tour, tour.enter())
    tour.see(tour.home(), *tour.form_pages(dossier))
    for name in ("choices", "papers", "referees", "fee", "review", "messages", "withdraw"):
        tour.see_of(name)
    tour.see_of("paper", "cv")
    tour.see_of("name_referee", dossier.rules.referees[0].code)


def goes_wrong(tour: Tour) -> Dossier:
    """Each page of the form with answers that are none."""
    user = tour.enter()
    dossier = begun(tour, user)
    scenario.save_answers(dossier.pk, dossier.rules.pages[0].code, IDENTITY, by=user)
    for address in tour.form_pages(dossier):
        tour.errs_at(address)
    tour.errs_at(tour.at("name_referee", dossier.rules.referees[0].code))
    return dossier


@shows("applicants:page applicants:title applicants:paper applicants:name_referee applicants:fee")
def a_draft_with_errors(tour: Tour) -> None:
    dossier = goes_wrong(tour)
    tour.errs_at(tour.at("title"))
    tour.go(tour.at("paper", "cv"))
    wrong: FilePayload = {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"Ceci est un texte."}
    tour.page.get_by_label("Fichier à joindre").set_input_files(wrong)
    tour.page.get_by_role("button", name="Déposer le fichier").click()
    expect(tour.page.get_by_role("list", name="Fichiers choisis")).to_contain_text("PDF")  # refused before it is sent
    look_at(tour.page)
    scenario.choose_title(dossier.pk, title="L3", speciality="chimie", equivalence="", by=dossier.candidate.user)
    rank_choices(dossier.pk, ["albi"], by=dossier.candidate.user)
    tour.errs_at(tour.at("fee"))


@shows("applicants:page applicants:name_referee applicants:messages", code=APP)
def a_draft_side_by_side_with_errors(tour: Tour) -> None:
    goes_wrong(tour)
    tour.errs_at(tour.at("messages"))


@shows(
    "campaign:dossier applicants:page applicants:title applicants:choices applicants:papers applicants:paper"
    " applicants:referees applicants:replace_referee applicants:fee applicants:review applicants:messages"
)
def a_draft_that_is_ready(tour: Tour) -> None:
    """Papers in each state: on their way, passed, illegible, refused, replaced; a sum due, then announced."""
    user = tour.enter()
    dossier = scenario.filled(tour.stage.procedure, user)
    tour.see_of("fee")
    referee = name_referee(dossier.pk, kind="appraiser", name="H. Bréchet", position="", email="h@u.example", by=user)
    tour.see_of("referees")
    tour.see_of("replace_referee", referee.pk)
    charge = scenario.fee_of(dossier, user)
    scenario.declare_transfer(charge.pk, on=tour.stage.procedure.today(), by=user)
    write_as_candidate(dossier.pk, "Bonjour.\nUne question.", [scenario.pdf()], by=user)
    deposit_paper(dossier.pk, "cv", scenario.pdf("autre.pdf"), by=user)
    papers(dossier, "transcripts").update(check_state="rejected", check_reason=SupportingDocument.Flaw.BROKEN)
    tour.see_of("papers")
    for kind in ("cv", "transcripts", "diplomas"):  # on its way beside a replaced one; illegible; passed
        tour.see_of("paper", kind)
    scenario.pass_checks(dossier)
    papers(dossier, "transcripts").update(check_state="passed", check_reason="")
    tour.see(tour.home(), *tour.form_pages(dossier))
    for name in ("title", "choices", "papers", "fee", "review", "messages"):
        tour.see_of(name)


@shows("campaign:dossier applicants:referees applicants:paper applicants:fee applicants:review")
def a_draft_of_a_scholar_whose_referee_declined(tour: Tour) -> None:
    user = tour.enter()
    dossier = scenario.filled(tour.stage.procedure, user)
    scenario.save_answers(dossier.pk, "scholarship", {"scholarship": "yes"}, by=user)
    tour.see_of("fee")
    tour.see_of("paper", "crous-certificate")
    deposit_paper(dossier.pk, "crous-certificate", scenario.pdf(), by=user)
    tour.see_of("fee")
    ask_exemption(scenario.fee_of(dossier, user).pk, by=user)
    papers(dossier, "further-study-sheet").delete()
    referee = name_referee(dossier.pk, kind="appraiser", name="H. Bréchet", position="", email="h@u.example", by=user)
    decline_appraisal(secret_of(referee.pk))
    tour.see(tour.home())
    for name in ("referees", "fee", "review"):
        tour.see_of(name)


@shows(
    "campaign:dossier applicants:page applicants:choices applicants:papers applicants:explain applicants:referees"
    " applicants:fee applicants:review applicants:paper",
    code=APP,
)
def a_filled_draft_side_by_side(tour: Tour) -> None:
    """With something that is explained, and something still to explain."""
    choices = ("sudparis-reseaux", "albi-generaliste")
    ready_to_submit(tour.stage, EMAIL, ("Zoé", "Nguyễn-Lefèvre"), {}, *choices)
    dossier = Dossier.objects.get()
    user = dossier.candidate.user
    tour.enter_as(user)
    papers(dossier, "cv", "school-certificate").delete()
    explain_missing(dossier.pk, "paper:cv", "Mon ordinateur est en panne.\nJe l’envoie lundi.", by=user)
    tour.see(tour.home(), *tour.form_pages(dossier))
    for name in ("choices", "papers", "referees", "fee", "review"):
        tour.see_of(name)
    tour.see_of("explain", "paper:cv")
    tour.see_of("explain", "paper:school-certificate")
    tour.see_of("paper", "cv")
    tour.errs_at(tour.at("explain", "paper:school-certificate"))


@shows("campaign:dossier applicants:page applicants:review applicants:papers applicants:fee")
def a_draft_that_is_too_late(tour: Tour) -> None:
    dossier = scenario.filled(tour.stage.procedure, tour.enter())
    tour.stage.move_to(scenario.CLOSED)
    tour.see(tour.home(), tour.form_pages(dossier)[0])
    for name in ("review", "papers", "fee"):
        tour.see_of(name)


# --- After the submission ---------------------------------------------------------------------------------------


@shows(
    "campaign:dossier applicants:page applicants:title applicants:choices applicants:papers applicants:paper"
    " applicants:referees applicants:fee applicants:review applicants:receipt applicants:messages"
    " applicants:correction applicants:withdraw campaign:own_data"
)
def a_submitted_dossier(tour: Tour) -> None:
    """A paper refused, a page to correct, messages from both sides."""
    user = tour.enter()
    dossier = scenario.submitted(tour.stage.procedure, user)
    tour.see(tour.home())
    albi = scenario.staff(tour.stage.procedure, "verifier", "albi")
    review_paper(papers(dossier, "cv").get().pk, accepted=False, reason="Une page manque.", by=albi)
    until = tour.stage.procedure.calendar["applications"].ends_at
    assert until is not None
    asked = ask_correction(dossier.pk, opens=["page:contact"], reason="Le téléphone est faux.", until=until, by=albi)
    write_as_candidate(dossier.pk, "Bonjour.", by=user)
    write_to_candidate(dossier.pk, "Bonjour,\n\nVotre CV est coupé.", [scenario.pdf()], by=albi)
    tour.see(tour.home(), *tour.form_pages(dossier)[:2])
    for name in ("title", "choices", "papers", "referees", "fee", "review", "receipt", "messages", "withdraw"):
        tour.see_of(name)
    tour.see_of("paper", "cv")
    tour.see_of("paper", "required-title")
    tour.see_of("correction", asked.pk)
    tour.errs_at(tour.at("page", "contact"))
    tour.see("/mes-donnees/")


@shows("campaign:dossier applicants:receipt applicants:review applicants:choices", code=APP)
def a_submitted_dossier_side_by_side(tour: Tour) -> None:
    user = ready_to_submit(tour.stage, EMAIL, ("Zoé", "Nguyễn-Lefèvre"), {}, "sudparis-reseaux")
    submit_dossier(Dossier.objects.get().pk, by=user)
    tour.enter_as(user)
    tour.see(tour.home())
    for name in ("receipt", "review", "choices"):
        tour.see_of(name)


@shows("campaign:dossier applicants:review applicants:page campaign:home")
def a_dossier_that_was_withdrawn(tour: Tour) -> None:
    user = tour.enter()
    dossier = scenario.submitted(tour.stage.procedure, user)
    withdraw_dossier(dossier.pk, by=user)
    tour.see(tour.home(), "/", tour.form_pages(dossier)[0])
    tour.see_of("review")


@shows("applicants:appraisal")
def a_referee(tour: Tour) -> None:
    """The page of the link: blank, wrong, declined."""
    user = scenario.person()
    dossier = scenario.filled(tour.stage.procedure, user)
    referee = name_referee(dossier.pk, kind="appraiser", name="H. Bréchet", position="", email="h@u.example", by=user)
    link = reverse("applicants:appraisal", args=[secret_of(referee.pk)])
    tour.see(link)
    tour.errs_at(link)
    decline_appraisal(secret_of(referee.pk))
    tour.see(link)


# --- The tests --------------------------------------------------------------------------------------------------

OFTEN = {"a_draft_with_errors", "who_has_not_agreed"}  # the others are long: `make test-long`


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(each, id=each.story.__name__, marks=() if each.story.__name__ in OFTEN else pytest.mark.long)
        for each in STATES
    ],
)
def test_its_pages_can_be_read_by_all_and_on_a_telephone(
    state: State, transactional_db: None, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    """No rule of axe-core is broken, nothing is wider than 320 pixels, and no script complains."""
    tour = Tour(open_browser(), Stage(OPEN[state.code], state.code), live_server)
    state.story(tour)
    assert tour.seen == state.shows


def test_every_page_of_a_candidate_is_in_some_state() -> None:
    """A page that is new must join one."""
    shown = frozenset().union(*(state.shows for state in STATES))
    not_here = {f"applicants:{name}" for name in NO_PAGE | ELSEWHERE}
    names = set().union(*(names_in(app) for app in OWN))
    assert names - shown - not_here == set()
    assert not_here - names == set()
    elsewhere = (Path(__file__).parent / "test_money_pages.py").read_text()
    assert [name for name in ELSEWHERE if f'"applicants:{name}"' not in elsewhere] == []
