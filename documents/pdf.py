"""From a page to a PDF that screen readers can read (PDF/UA-1), with the project's own fonts and nothing
from elsewhere.

WeasyPrint takes a while to load: only who makes a PDF imports this module.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(settings.BASE_DIR) / "static"
# The layout breaks a line after its first word where the text fits and the white space that templates leave after it
# does not.
TRAILING = re.compile(r"\s+(</(?:p|li|dd|td)>)")


class OwnFiles(URLFetcher):
    """Lets a page read the project's static files, and nothing else anywhere."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(f"{STATIC.as_uri()}/") or ".." in url:
            raise ValueError(f"A PDF does not read {url}")
        return super().fetch(url, headers)


def pdf_of(html: str, sheet: str) -> bytes:
    """The PDF of a page, laid out by a style sheet named by its path in static/."""
    own, fonts = OwnFiles(), FontConfiguration()
    css = CSS(filename=STATIC / sheet, url_fetcher=own, font_config=fonts)
    page = HTML(string=TRAILING.sub(r"\1", html), base_url=f"{STATIC.as_uri()}/", url_fetcher=own)
    made: bytes = page.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1")
    return made
