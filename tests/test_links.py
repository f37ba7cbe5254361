"""No link leads nowhere: whoever is shown one finds the page, at each moment of the procedure, in each role."""

from __future__ import annotations

import re
from collections import deque
from html import unescape

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from accounts.models import User
from campaign.demonstration import characters
from campaign.demonstration.moments import moments_of
from campaign.rehearsal import opening
from campaign.rehearsal.company import gather
from campaign.rehearsal.script import play

pytestmark = [pytest.mark.long, pytest.mark.postgresql]

LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')


@pytest.mark.parametrize("code", opening.codes())
def test_whoever_is_shown_a_link_finds_the_page(transactional_db: None, code: str) -> None:
    """Catches a link that is shown by another rule than the one by which its page opens."""
    procedure = opening.open_rehearsal(code)
    company = gather(procedure, candidates=12, seed=8, samples=1, where_seats_are_few=True)
    before = None
    wrong, found = set[str](), 0
    for moment in moments_of(procedure):
        play(company, after=before, until=moment.at)
        before = moment.at
        with company.at(moment.at):
            for one in [*characters.candidates(procedure), *characters.staff(procedure)]:
                answers = follow_all(one.user)
                found += len(answers)
                wrong |= {f"{moment.code}, {one.state}: {page}" for page, status in answers.items() if status != 200}
    assert not wrong
    assert found > 1000


def follow_all(user: User) -> dict[str, int]:
    """The status of the first page of each kind to which a link leads."""
    client = Client()
    client.force_login(user)
    statuses, kinds = dict[str, int](), set[str]()
    to_visit = deque(["/", reverse("admin:index")] if user.is_staff else ["/"])
    while to_visit:
        address = to_visit.popleft()
        kind = kind_of(address)
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = client.get(address, follow=True)
        statuses[address] = answer.status_code
        if answer.get("Content-Type", "").startswith("text/html"):
            to_visit.extend(unescape(link) for link in LINK.findall(answer.text))
        answer.close()
    return statuses


def kind_of(address: str) -> str:
    """What the address shows, not of whom; an address that is none of the portal's is a kind of its own."""
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return address
