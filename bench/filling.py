"""What it costs to fill in a dossier and to submit it: each page, and each form that is sent from it.

    python -m bench.filling PROCEDURE    (status 1 if something costs more than it may)

Some made-up candidates do all of it in the browser's stead, from the first page to the receipt, in a database that is
thrown away; of each page and of each form sent, the quickest of them counts, and the most queries.

What is limited: a page that is shown (GET) asks the database 12 times and takes 25 ms of processor time; a form that is
sent (POST) takes 25 ms, and one of the form's own pages asks 12 times too. Other acts lock, write, enter in the journal
and queue a mail besides reading: of them the queries are told and not limited, nor are statements that begin and end a
transaction counted. What a page's script saves by itself, answer by answer, is limited as a page of the form is. Time
is a share of what a page may take, as in `bench.pages`.
"""

import argparse
import html
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402 - the apps are there now
from django.test import Client, override_settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from applicants.contents import read_contents  # noqa: E402
from applicants.fees import APPLICATION_FEE  # noqa: E402
from applicants.forms.questions import SEEN  # noqa: E402
from applicants.models import Dossier, Status  # noqa: E402
from applicants.readiness import asked_papers, is_required_now  # noqa: E402
from applicants.rows import read_rows  # noqa: E402
from bench.measuring import processor_time, queries_of, unit  # noqa: E402
from campaign.rehearsal import files  # noqa: E402
from campaign.rehearsal.opening import cards_taken, open_rehearsal  # noqa: E402
from campaign.rehearsal.people import Habit, Person, answers_of, make_people  # noqa: E402
from documents.models import SupportingDocument  # noqa: E402
from journal.clock import instant  # noqa: E402
from payments.charges import live_charge  # noqa: E402
from programmes.models import Procedure  # noqa: E402
from programmes.rules import FieldKind, FieldRule, Means, Order, PageRule, Rules  # noqa: E402

BY_SCRIPT = {"X-Requested-With": "fetch"}
CANDIDATES = 6  # the first of whom finds nothing read yet, and does not count
MOST_QUERIES = 12
LIMITED = ("GET", "POST page")  # what begins so asks no more than that
SHOWN = re.compile(r'name="(seen-[^"]+)"\s+value="([^"]*)"')


@dataclass
class Cost:
    """What something cost those who did it: the most queries, the least share of a page's time."""

    queries: int = 0
    share: float = float("inf")

    def add(self, queries: int, share: float) -> None:
        """Count one who did it."""
        self.queries, self.share = max(self.queries, queries), min(self.share, share)


@dataclass
class Filling:
    """One candidate on the way through the pages; what each request costs is noted in `costs`."""

    procedure: Procedure
    rules: Rules
    person: Person
    costs: dict[str, Cost]
    measure: float
    client: Client = field(default_factory=Client)

    def go_through(self) -> None:
        """From the first page to the receipt."""
        self.client.force_login(User.objects.create_user(self.person.email))
        self.send("start", self.at("start"), {"consent": "on", **self.person.identity})
        for page in self.rules.pages:
            self.fills(page)
        self.says_title()
        self.chooses()
        places = {item.place for item in read_contents(self.dossier).missing}
        for page in (page for page in self.rules.pages if f"page:{page.code}" in places):
            self.fills(page)  # again, for what the programmes chosen ask
        self.names_referees()
        self.deposits()
        self.send("messages", self.at("messages"), {"text": "Bonjour.\nUne question."})
        self.explains()
        self.pays()
        self.send("submit", self.at("submit"), {})
        assert self.dossier.status == Status.SUBMITTED, [item.label for item in read_contents(self.dossier).missing]

    def fills(self, page: PageRule) -> None:
        """A page of the form, as it is asked so far."""
        address, answers = self.at("page", page.code), answers_of(self.person, self.rules)
        shown = self.seen_at(address)
        if page.fields and f"{SEEN}{page.fields[0].code}" in shown:
            self.types_in(address, page.fields[0], answers, shown)
        self.send(f"page {page.code}", address, self.seen_at(address) | controls(page.fields, answers))

    def types_in(self, address: str, question: FieldRule, answers: Mapping[str, str], shown: Mapping[str, str]) -> None:
        """One answer, as the page's script sends it by itself."""
        sent = controls((question,), answers) | {"only": question.code}
        sent[SEEN + question.code] = shown[SEEN + question.code]
        self.note("POST page by its script", lambda: self.client.post(address, sent, headers=BY_SCRIPT))

    def says_title(self) -> None:
        """The title of the tables, where there are any."""
        if self.rules.titles:
            number = next(n for n, title in enumerate(self.rules.titles) if title.code == self.person.title)
            said = {f"speciality_{number}": self.person.speciality, "equivalence": self.person.equivalence}
            self.send("title", self.at("title"), {"title": self.person.title, **said})

    def chooses(self) -> None:
        """The programmes, ranked or ticked."""
        chosen: dict[str, Any] = {f"programme-{code}": "yes" for code in self.person.choices}
        for code in self.person.choices:
            if offered := self.rules.statuses_of(code):
                chosen[f"status-{code}"] = offered[0].code
        ranked = {"order": list(self.person.choices)}
        self.send("choices", self.at("choices"), ranked if self.rules.choices.order == Order.RANKED else chosen)

    def names_referees(self) -> None:
        """One of each kind."""
        for rule in self.rules.referees:
            said = {"name": "Hélène Bréchet", "position": "Professeure", "language": "fr"}
            email = f"{rule.code}.{self.person.number}@univ.example"
            self.send("name_referee", self.at("name_referee", rule.code), {**said, "email": email})

    def deposits(self) -> None:
        """The papers that must be there, but for one that can be explained; and one that stands for an opinion."""
        contents = read_contents(self.dossier)
        wanted = [rule for rule in asked_papers(self.rules, contents.answers) if is_required_now(rule)]
        wanted += [
            rule
            for rule in self.rules.papers
            if rule.code in {a.papers[0] for a in self.rules.alternatives if a.papers}
        ]
        explainable = {item.place for item in contents.missing if item.is_explainable}
        left = next((rule for rule in wanted if f"paper:{rule.code}" in explainable), None)
        for rule in wanted:
            if rule != left:
                self.send("paper", self.at("paper", rule.code), {"file": files.paper(rule)})
        SupportingDocument.objects.filter(folder=self.dossier.folder_id).update(check_state="passed")

    def explains(self) -> None:
        """Why what is still missing cannot be there."""
        for item in read_contents(self.dossier).missing:
            if item.is_explainable:
                self.send("explain", self.at("explain", item.code), {"text": "Je n’ai pas pu l’obtenir à temps."})

    def pays(self) -> None:
        """By announcing a transfer, or by card where there is nothing else."""
        self.look("fee", self.at("fee"))
        charge = live_charge(self.dossier.account_id, APPLICATION_FEE)
        if charge is None:
            return
        announced = {"on": self.procedure.today().isoformat(), "means": "transfer"}
        if self.rules.fee and Means.TRANSFER in self.rules.fee.means:
            self.send("payment", self.at("payment", charge.pk), announced)
        else:
            bank = self.send("pay_by_card", self.at("pay_by_card", charge.pk), {}, shows=False)
            self.send("test_bank", bank, {"answer": "paid"})

    # --- Requests -----------------------------------------------------------------------------------------------

    def send(self, name: str, address: str, data: Mapping[str, Any], *, shows: bool = True) -> str:
        """Show the page of a form, send it, and show the page that it leads to; the address of this."""
        if shows and name not in ("submit",):
            self.look(name, address)
        answered: list[Any] = []
        self.note(f"POST {name}", lambda: answered.append(self.client.post(address, data)))
        (answer,) = answered
        assert answer.status_code == 302, f"{address}: {answer.status_code} {answer.content.decode()}"
        to = str(answer.headers.get("Location", ""))
        if to and shows:
            self.look(f"after {name}", to)
        return to

    def look(self, name: str, address: str) -> None:
        """Show a page."""
        answered: list[Any] = []
        self.note(f"GET {name}", lambda: answered.append(self.client.get(address)))
        assert answered[0].status_code in (200, 302), f"{address}: {answered[0].status_code}"

    def note(self, name: str, act: Any) -> None:
        """Note what a request costs."""
        seconds: list[float] = []
        queries = queries_of(lambda: seconds.append(processor_time(act)))
        self.costs.setdefault(name, Cost()).add(queries, seconds[0] / self.measure)

    def seen_at(self, address: str) -> dict[str, str]:
        """The hidden controls of a page that tell what it showed."""
        page = self.client.get(address).content.decode()
        return {name: html.unescape(value) for name, value in SHOWN.findall(page)}

    def at(self, name: str, *args: object) -> str:
        """The address of a page of the dossier."""
        return reverse(f"applicants:{name}", args=[self.procedure.slug, *args])

    @property
    def dossier(self) -> Dossier:
        """The dossier as it now stands."""
        related = ("procedure", "candidate__user", "folder", "account")
        return Dossier.objects.select_related(*related).get(candidate__user__email=self.person.email)


def controls(questions: tuple[FieldRule, ...], answers: Mapping[str, str], before: str = "") -> dict[str, Any]:
    """What a browser sends of these questions, answered so."""
    sent: dict[str, Any] = {}
    for question in questions:
        answer = answers.get(question.code, "")
        if question.kind == FieldKind.ROWS:
            rows = read_rows(answer)
            sent[f"{question.code}-row"] = [str(number) for number in range(len(rows))]
            for number, row in enumerate(rows):
                sent |= controls(question.fields, row, f"{question.code}-{number}-")
        elif answer or question.kind != FieldKind.YES_NO:
            sent[before + question.code] = answer
    return sent


def main() -> int:
    """Fill in, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("procedure", help="its code")
    wanted = parser.parse_args()
    connection.creation.create_test_db(verbosity=0)
    with tempfile.TemporaryDirectory() as media, override_settings(MEDIA_ROOT=media):
        procedure = open_rehearsal(wanted.procedure)
        with cards_taken(procedure):
            costs = costs_of(procedure)
    too_dear = [name for name, cost in costs.items() if is_too_dear(name, cost)]
    for name, cost in costs.items():
        mark = "  TOO DEAR" if name in too_dear else ""
        print(f"{name:34}  {cost.queries:3} queries  {cost.share:5.2f}{mark}")
    return 1 if too_dear else 0


def is_too_dear(name: str, cost: Cost) -> bool:
    """Whether something takes more time than a page may, or asks more often than it may."""
    return cost.share > 1 or (name.startswith(LIMITED) and cost.queries > MOST_QUERIES)


def costs_of(procedure: Procedure) -> dict[str, Cost]:
    """What each request costs, in the order in which they come first."""
    opens = procedure.calendar["applications"].starts_at
    rules = procedure.rules
    assert opens is not None
    assert rules is not None
    procedure.clock_offset = opens - instant()
    procedure.save(update_fields=["clock_offset"])
    measure, costs = unit(), dict[str, Cost]()
    for person in people(rules):
        noted = costs if person.number > 1 else dict[str, Cost]()
        Filling(procedure, rules, person, noted, measure).go_through()
    return costs


def people(rules: Rules) -> Iterator[Person]:
    """Who fills in: none with a scholarship, whose fee is another matter."""
    made = (
        one for one in make_people(3, CANDIDATES * 4, rules, domain="example.org") if not one.has(Habit.SCHOLARSHIP)
    )
    yield from (one for one, _ in zip(made, range(CANDIDATES), strict=False))


if __name__ == "__main__":
    sys.exit(main())
