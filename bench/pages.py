"""What a page costs: how often it asks the database, and how much processor time it takes.

    python -m bench.pages PROCEDURE    (30 candidates; status 1 if a page costs more than it may)
    python -m bench.pages PROCEDURE --candidates 300

A procedure is played with made-up people in a database that is thrown away. At each of its moments one candidate in
each state, and the staff, follow the links of their pages; of each kind of page the dearest is printed. Processor time
is given as a share of what a candidate's page may take, which is that of a fixed piece of work, done in the same run:
so the figures of two machines can be compared.
"""

import argparse
import os
import re
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402 - the apps are there now
from django.test import Client, override_settings  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402

from accounts.models import User  # noqa: E402
from bench.measuring import TRIES, processor_time, queries_of, unit  # noqa: E402
from campaign.demonstration import characters  # noqa: E402
from campaign.demonstration.moments import moments_of  # noqa: E402
from campaign.rehearsal.company import Company, gather  # noqa: E402
from campaign.rehearsal.opening import cards_taken, open_rehearsal  # noqa: E402
from campaign.rehearsal.script import play  # noqa: E402

MOST_QUERIES = {"candidate": 12, "staff": 15}
MOST_ON_PAGE = {"admin:index": 20}  # gathers what waits from every app, for whoever holds every role
LINK = re.compile(r'href="(/[^"#?]*)')


@dataclass(frozen=True)
class Cost:
    """What one page cost, and who looked at it when."""

    queries: int
    share: float
    seen: str


Costs = dict[tuple[str, str], Cost]  # by kind of person and kind of page


def main() -> int:
    """Play, look, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("procedure", help="its code")
    parser.add_argument("--candidates", type=int, default=30)
    wanted = parser.parse_args()

    connection.creation.create_test_db(verbosity=0)
    with tempfile.TemporaryDirectory() as media, override_settings(MEDIA_ROOT=media):
        procedure = open_rehearsal(wanted.procedure)
        company = gather(procedure, candidates=wanted.candidates, seed=8, samples=1, where_seats_are_few=True)
        with cards_taken(procedure):
            costs = look_at_everything(company)
    too_dear = [key for key, cost in costs.items() if is_too_dear(*key, cost)]
    for (who, page), cost in sorted(costs.items(), key=lambda item: (item[0][0], -item[1].share)):
        mark = "  TOO DEAR" if (who, page) in too_dear else ""
        print(f"{who:9}  {page:34}  {cost.queries:3} queries  {cost.share:5.2f}  {cost.seen}{mark}")
    return 1 if too_dear else 0


def is_too_dear(who: str, page: str, cost: Cost) -> bool:
    """Staff may wait a little: only what a list asks of the database is limited for them."""
    return cost.queries > MOST_ON_PAGE.get(page, MOST_QUERIES[who]) or (who == "candidate" and cost.share > 1)


def look_at_everything(company: Company) -> Costs:
    """The dearest page of each kind, for candidates and for staff, over the whole procedure."""
    measure = unit()
    costs: Costs = {}
    before = None
    for moment in moments_of(company.procedure):
        play(company, after=before, until=moment.at)
        before = moment.at
        people = [("candidate", one) for one in characters.candidates(company.procedure)]
        people += [("staff", one) for one in characters.staff(company.procedure)]
        for who, one in people:
            for page, look in walk(one.user, starts_at="/gestion/" if who == "staff" else "/"):
                known = costs.get((who, page), Cost(0, 0, ""))
                cost = cost_of(look, measure, than=known.share, seen=f"{moment.code}: {one.state}")
                dearer = cost if cost.share > known.share else known
                costs[who, page] = Cost(max(known.queries, cost.queries), dearer.share, dearer.seen)
    return costs


def cost_of(look: Callable[[], object], measure: float, *, than: float, seen: str) -> Cost:
    """What a page costs; one that seems dearer `than` another is looked at again, lest the machine was busy."""
    seconds = 0.0

    def look_once() -> None:
        nonlocal seconds
        seconds = processor_time(look)

    queries = queries_of(look_once)
    if seconds / measure > than:
        seconds = min(seconds, *(processor_time(look) for _ in range(TRIES)))
    return Cost(queries, seconds / measure, seen)


def walk(user: User, *, starts_at: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Follow the links of a person: each kind of page once, and how to look at it again."""
    client = Client()
    client.force_login(user)
    to_visit, seen = deque([starts_at]), set[str | None]()
    while to_visit:
        address = to_visit.popleft()
        if kind_of(address) in {None, *seen}:
            continue
        seen.add(kind_of(address))
        answer = client.get(address, follow=True)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            to_visit.extend(LINK.findall(answer.content.decode()))
            shown = answer.redirect_chain[-1][0] if answer.redirect_chain else address
            yield kind_of(shown) or shown, partial(client.get, shown)


def kind_of(address: str) -> str | None:
    """The name of the page at that address; None for what is none of ours."""
    try:
        return resolve(address.partition("?")[0]).view_name or None
    except Resolver404:
        return None


if __name__ == "__main__":
    sys.exit(main())
