"""Pictures of a running demonstration: `make run` in one terminal, `make screenshots` in another.

Each one-click sign-in of the start page (a button in a form with `data-sign-in`) is one person. From where it
leads, links are followed, and each kind of page is taken once for each person, wide and narrow, into
screenshots/PERSON/PAGE-WIDTH.png of var/ (or VAR_DIR). A page that is wider than a telephone is named.
"""

import os
import shutil
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.urls import Resolver404, resolve
from django.utils.text import slugify
from playwright.sync_api import Browser, Error, Page, Response, sync_playwright

from tests.conftest import CHROMIUM, SWITCHES

START = f"http://localhost:{os.environ.get('PORT', '8000')}/"
FOLDER = Path(os.environ.get("VAR_DIR", "var")) / "screenshots"
WIDE, NARROW = 1280, 320  # CSS pixels
STRANGER = "visiteur"
# The mailbox shows everybody's mails, whose links open for their readers only.
OWN_LINKS = "[...document.links].filter(link => !link.closest('[data-mail]')).map(link => link.href)"


def main() -> int:
    """Take the pictures; status 1 if a page does not fit a telephone or fails, or if nothing answers."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "admissions_portal.settings", "DEMO": "1"}
    django.setup()  # names of addresses tell one kind of page from another
    shutil.rmtree(FOLDER, ignore_errors=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            complaints = [line for person in people(browser) for line in walk(browser, person)]
        except Error as error:
            complaints = [f"{START}: {error.message}"]
        browser.close()
    pictures = len(list(FOLDER.rglob("*.png")))
    print(f"{pictures} pictures in {FOLDER}", *complaints, sep="\n")
    return 1 if complaints or not pictures else 0


def people(browser: Browser) -> list[str]:
    """Who can be looked at: a stranger, and everyone who signs in by one click."""
    page = browser.new_page(locale="fr-FR")
    page.goto(START)
    labels = page.locator("form[data-sign-in] button").all_inner_texts()
    page.close()
    return [STRANGER, *labels]


def walk(browser: Browser, person: str) -> Iterator[str]:
    """Follow the links of one person from page to page; yield what is wrong with a page."""
    context = browser.new_context(locale="fr-FR", viewport={"width": WIDE, "height": 900})
    page = context.new_page()
    page.goto(START)
    if person != STRANGER:
        page.locator("form[data-sign-in] button", has_text=person).first.click()
    to_visit, seen = deque([page.url]), set[str]()
    while to_visit:
        address = to_visit.popleft()
        kind = kind_of_page(address)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        answer = visit(page, address)
        if answer is None:
            continue
        if not answer.ok:
            yield f"{person}: {address} answers {answer.status}"
        to_visit.extend(page.evaluate(OWN_LINKS))
        yield from take(page, FOLDER / slugify(person), kind)
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


def kind_of_page(address: str) -> str | None:
    """What the address shows, not of whom: all dossiers of a list are one kind. None: nothing of ours."""
    if not address.startswith(START):
        return None
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    chosen = [str(value) for name, value in found.kwargs.items() if name in {"code", "kind"}]
    return slugify("-".join([found.view_name.replace(":", "-"), *chosen]))


def take(page: Page, folder: Path, kind: str) -> Iterator[str]:
    """Take the page in both widths; yield a line if it has to be scrolled sideways on a telephone."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=folder / f"{kind}-{width}.png", full_page=True)
    wide_as = page.evaluate("document.scrollingElement.scrollWidth")
    if wide_as > NARROW:
        yield f"{folder.name}: {kind} needs {wide_as} pixels on a telephone of {NARROW}"
    page.set_viewport_size({"width": WIDE, "height": 900})


if __name__ == "__main__":
    sys.exit(main())
