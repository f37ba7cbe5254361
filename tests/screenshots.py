"""Pictures of a running demonstration: `make run` in one terminal, `make screenshots` in another.

Each one-click sign-in of the start page (a button in a form with `data-sign-in`) is one person of one procedure; so is
whoever has a link by mail (`data-referee`), and a stranger. From where each begins, links are followed, and each kind
of page is taken once, wide and narrow, in French and in English, into
screenshots/LANGUAGE/PROCEDURE/PERSON/PAGE-WIDTH.png of var/ (or VAR_DIR). What looks as with another candidate (the
same headings, questions, buttons and states) is not taken again. A page that is wider than a telephone is named.

`make screenshots ONLY="fr iim candidate"` takes those of which each of these words begins a part of the folder. The
pictures are those of the moments at which the procedures stand: move their clocks for the others.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.text import slugify
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, sync_playwright

from tests.conftest import CHROMIUM, SWITCHES
from tests.looking import HEIGHT, NARROW, WIDE

START = f"http://localhost:{os.environ.get('PORT', '8000')}/"
FOLDER = Path(os.environ.get("VAR_DIR", "var")) / "screenshots"
LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
# The mailbox shows everybody's mails, whose links open for their readers only.
OWN_LINKS = (
    "[...document.links].filter(link => !link.closest('[data-mail]') && !link.dataset.referee).map(link => link.href)"
)
SIGN_INS = """[...document.forms].filter(form => 'signIn' in form.dataset)
    .map(form => [form.action, form.dataset.signIn, form.textContent.trim()])"""
REFEREES = "[...document.querySelectorAll('a[data-referee]')].map(link => [link.href, link.dataset.referee])"
TELLING_KEYS = {"code", "kind"}  # of an address; the slug too for a stranger, who sees all procedures
TELLING = "main :is(h1, h2, legend, label, button, .btn, .state, .notice-box)"
OUTLINE = f"[...new Set([...document.querySelectorAll('{TELLING}')].map(part => part.textContent.trim()))].join()"
TALL = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => done(document.documentElement.scrollHeight))))"""  # once the menu is folded
SIGN_IN = "number => [...document.forms].filter(form => 'signIn' in form.dataset)[number].submit()"


@dataclass
class Person:
    """Somebody to look through the eyes of: the slug of a procedure (empty for a stranger), and how they come in."""

    slug: str
    name: str
    start: str = START
    sign_in: int | None = None  # the how many-th of the start page
    seen: set[str] = field(default_factory=set)  # the outlines of pages that need not be taken again

    @property
    def folder(self) -> Path:
        """Where the pictures go, below the language's folder."""
        return Path(self.slug) / slugify(self.name)

    def meets(self, found: ResolverMatch) -> bool:
        """Whether a page is of the person's own procedure, or of none; a stranger looks at all."""
        return self.slug in ("", found.kwargs.get("slug", self.slug))


def main(words: list[str]) -> int:
    """Take the pictures; status 1 if a page does not fit a telephone or fails, or if nothing answers."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "admissions_portal.settings", "DEMO": "1"}
    django.setup()  # names of addresses tell one kind of page from another
    complaints = []
    shutil.rmtree(FOLDER, ignore_errors=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for language, locale in LANGUAGES.items():
            try:
                everyone = people(browser)
            except Error as error:
                complaints.append(f"{START}: {error.message}")
                break
            for person in everyone:
                folder = FOLDER / language / person.folder
                parts = folder.relative_to(FOLDER).parts
                if all(any(part.startswith(word) for part in parts) for word in words):
                    complaints += walk(browser.new_context(locale=locale), person, folder)
        browser.close()
    pictures = len(list(FOLDER.rglob("*.png")))
    print(f"{pictures} pictures in {FOLDER}", *complaints, sep="\n")
    return 1 if complaints or not pictures else 0


def people(browser: Browser) -> list[Person]:
    """Who can be looked at: a stranger, everyone who signs in by one click, and those with a link."""
    page = browser.new_page(locale=LANGUAGES["fr"])
    page.goto(START)
    strangers, candidates = set[str](), set[str]()  # what one of them has seen, none needs to
    everyone = [Person("", "visiteur", seen=strangers)]
    for number, (action, kind, label) in enumerate(page.evaluate(SIGN_INS)):
        slug = resolve(urlsplit(action).path).kwargs["slug"]
        seen = candidates if kind == "candidate" else set()
        everyone.append(Person(slug, f"{kind} {label}", sign_in=number, seen=seen))
    for address, slug in page.evaluate(REFEREES):
        everyone.append(Person(slug, "referee", start=address, seen=strangers))
    page.close()
    return everyone


def walk(context: BrowserContext, person: Person, folder: Path) -> Iterator[str]:
    """Follow the links of one person from page to page; yield what is wrong with a page."""
    page = context.new_page()
    page.goto(person.start)
    if person.sign_in is not None:
        with page.expect_navigation():
            page.evaluate(SIGN_IN, person.sign_in)
    to_visit, visited = deque([page.url]), set[str]()
    while to_visit:
        address = to_visit.popleft()
        found = match(address)
        if found is None or not person.meets(found):
            continue
        kind = kind_of_page(found, TELLING_KEYS if person.slug else {*TELLING_KEYS, "slug"})
        if kind in visited:
            continue
        visited.add(kind)
        answer = visit(page, address)
        if answer is None:
            continue
        if not answer.ok:
            yield f"{folder}: {address} answers {answer.status}"
        to_visit.extend(page.evaluate(OWN_LINKS))
        outline = f"{kind_of_page(found, {*TELLING_KEYS, 'slug'})} {page.evaluate(OUTLINE)}"
        if outline not in person.seen:
            person.seen.add(outline)
            yield from take(page, folder, kind)
    context.close()


def visit(page: Page, address: str) -> Response | None:
    """Open a page; None for what is not a page but a file."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
            return None
        raise
    is_page = answer is not None and answer.headers.get("content-type", "").startswith("text/html")
    return answer if is_page else None


def match(address: str) -> ResolverMatch | None:
    """The page that an address is of; None: nothing of ours."""
    if not address.startswith(START):
        return None
    try:
        return resolve(urlsplit(address).path)
    except Resolver404:
        return None


def kind_of_page(found: ResolverMatch, telling: set[str]) -> str:
    """What a page shows, not of whom: all dossiers of a list are one kind, but for what these keys `telling` say."""
    chosen = [str(value) for name, value in found.kwargs.items() if name in telling]
    return slugify("-".join([found.view_name.replace(":", "-"), *chosen]))


def take(page: Page, folder: Path, kind: str) -> Iterator[str]:
    """Take the page in both widths; yield a line if it has to be scrolled sideways on a telephone."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        # As tall as the page: what sticks to the foot of the screen would else stand across its middle.
        page.set_viewport_size({"width": width, "height": max(HEIGHT, page.evaluate(TALL))})
        page.screenshot(path=folder / f"{kind}-{width}.png", full_page=True)
        page.set_viewport_size({"width": width, "height": HEIGHT})
    wide_as = page.evaluate("document.scrollingElement.scrollWidth")
    if wide_as > NARROW:
        yield f"{folder}: {kind} needs {wide_as} pixels on a telephone of {NARROW}"


if __name__ == "__main__":
    sys.exit(main(os.environ.get("ONLY", "").split()))
