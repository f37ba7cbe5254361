"""Looking at a page as those do who cannot see it well: axe-core, and a telephone of 320 pixels."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WIDE, NARROW, HEIGHT = 1280, 320, 900  # CSS pixels


def look_at(page: Page) -> None:
    """Fail if the page breaks a rule of axe-core, wide or narrow, or is wider than a telephone."""
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert not (found := violations(page)), f"{page.url} at {width}: {found}"
        assert (needed := page.evaluate("document.documentElement.scrollWidth")) <= width, f"{page.url}: {needed}"


def violations(page: Page) -> list[str]:
    """What axe-core finds, each with the element that it is about."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@cache
def axe() -> str:
    """The script, which the policy would not let a page load: it is evaluated from outside."""
    return AXE.read_text()
