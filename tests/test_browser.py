"""The browser that the journeys use hears what goes wrong in a page, and no page moves once it is shown."""

import pytest
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser
WATCH = """
    window.moved = [];
    window.note = (shifts) => shifts.forEach((each) => moved.push(...each.sources.map(({ node }) => node.nodeName)));
    window.watch = new PerformanceObserver((list) => note(list.getEntries()));
    watch.observe({ type: "layout-shift" });
"""
PAINTED = """() => new Promise((resolve) =>
    new PerformanceObserver(() => resolve()).observe({ type: "paint", buffered: true }))
"""


@pytest.mark.django_db(transaction=True)
def test_the_sign_in_page_works_under_its_own_policy(page: Page, live_server: LiveServer) -> None:
    """A style or script that the policy blocks shows nowhere but in a real browser's console."""
    page.goto("/compte/login/")
    assert page.locator("form [name=login]").is_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"


@pytest.mark.django_db(transaction=True)
def test_a_page_does_not_move_for_a_typeface_that_comes_late(page: Page, live_server: LiveServer) -> None:
    """Whoever clicks meanwhile would hit the line above or below: a place given back instead of paid for."""
    page.add_init_script(WATCH)
    late: list[Route] = []
    page.route("**/*.woff2", lambda route: late.append(route))
    page.goto("/compte/login/", wait_until="commit")
    page.evaluate(PAINTED)
    assert late
    for route in late:
        route.continue_()
    page.evaluate("document.fonts.ready.then(() => null)")
    assert moved(page) == []


def moved(page: Page) -> list[str]:
    """The elements that changed their place by themselves since the page was begun, once it has been shown again."""
    found: list[str] = page.evaluate("""() => new Promise((resolve) => {
        const frames = (left) => requestAnimationFrame(left ? () => frames(left - 1) : () => setTimeout(read));
        const read = () => {
            note(watch.takeRecords());
            resolve(moved);
        };
        frames(2);
    })""")
    return found
