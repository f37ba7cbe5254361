"""The browser that the journeys use hears what goes wrong in a page."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser


@pytest.mark.django_db(transaction=True)
def test_the_sign_in_page_works_under_its_own_policy(page: Page, live_server: LiveServer) -> None:
    """A style or script that the policy blocks shows nowhere but in a real browser's console."""
    page.goto("/compte/login/")
    assert page.locator("form [name=login]").is_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"
