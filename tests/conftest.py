"""A real browser for the journeys: Debian's Chromium, which sees only the test server and complains aloud."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# Chromium cannot build its sandbox as root, and is not to call its maker.
SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PATIENCE = 20_000  # milliseconds for one step, on a machine that does much at once

# What the journeys are made of says what it found, as a test does.
pytest.register_assert_rewrite("tests.actors", "tests.looking", "tests.stage", "tests.journeys")

REFUSED = "Failed to load resource"  # so begins what Chromium says of it

OpenBrowser = Callable[[], Page]


class UnderWay:
    """How many requests the test server is answering: a browser that is closed does not take back what it sent, and a
    database is not emptied while an act is at work in it.
    """

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()
        request_started.connect(self._begins, weak=False)
        request_finished.connect(self._ends, weak=False)

    def wait(self) -> None:
        """Return once all are answered."""
        with self._changed:
            self._changed.wait_for(lambda: self._count <= 0, timeout=PATIENCE / 1000)

    def _begins(self, **sent: object) -> None:
        self._add(1)

    def _ends(self, **sent: object) -> None:
        self._add(-1)

    def _add(self, number: int) -> None:
        if threading.current_thread() is threading.main_thread():
            return  # a test's own client, which waits for its answer
        with self._changed:
            self._count += number
            self._changed.notify_all()


@pytest.fixture(scope="session")
def under_way() -> UnderWay:
    """The requests of this process."""
    return UnderWay()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    # Playwright's synchronous calls run inside an event loop, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_browser(
    browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest, under_way: UnderWay
) -> Iterator[OpenBrowser]:
    """Opens the browser of one more person, in French and in Paris, on the test server; links may be relative.

    None of their scripts may fail, and none of their pages break the policy; where a test is marked `refused_requests`,
    the browser may complain of requests that scripts make, and for which they have an answer.
    """
    hears_refusals = request.node.get_closest_marker("refused_requests") is None
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one() -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": 1280, "height": 900},
        )
        context.set_default_timeout(PATIENCE)
        context.route("**/*", only_here)
        context.on("console", hear)
        context.on("weberror", lambda failed: complaints.append(str(failed.error)))
        opened.append(context)
        return context.new_page()

    def only_here(route: Route) -> None:
        address = route.request.url
        if address.startswith(live_server.url) or not address.startswith("http"):  # its own viewer of PDF is "chrome:"
            route.continue_()
        else:
            route.abort()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and (hears_refusals or not message.text.startswith(REFUSED)):
            complaints.append(f"{message.location.get('url', '')}: {message.text}")

    yield open_one
    for context in opened:
        context.close()
    under_way.wait()
    assert not complaints, complaints


@pytest.fixture
def page(open_browser: OpenBrowser) -> Page:
    """The browser of one person."""
    return open_browser()
