"""The places of a dossier ("page:identity", "title", "paper:cv"…): their names and their addresses.

What may be changed at which place, `applicants.editing` knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext

from applicants.editing import CHOICES, PAYMENT, TITLE
from applicants.readiness import MissingItem, asked_pages
from programmes.rules import Order, Rules

PAPERS, REFEREES, REVIEW, EXPLAINED = (
    "papers",
    "referees",
    "review",
    "explained",
)  # pages of their own, which no correction opens


def name_of(rules: Rules, place: str) -> str:
    """What a place is called, in the reader's language; the place itself where the rules do not know it."""
    area, _, code = place.partition(":")
    fixed = {
        TITLE: gettext("Titre et spécialité"),
        CHOICES: choices_name(rules.choices.order),
        PAYMENT: gettext("Frais de dossier"),
        PAPERS: gettext("Pièces justificatives"),
        REFEREES: gettext("Appréciation") if len(rules.referees) < 2 else gettext("Référents"),
        REVIEW: gettext("Relire et transmettre"),
        EXPLAINED: gettext("Ce qui manque, et pourquoi"),
    }
    pages = {page.code: page.title for page in rules.pages}
    paper = rules.paper(code) if area == "paper" else None
    referees = {referee.code: referee.label for referee in rules.referees}
    papers = {code: paper.label} if paper else {}
    named = {"page": pages, "paper": papers, "referee": referees}.get(area, {})
    return fixed.get(place) or str(named.get(code, place))


def choices_name(order: Order) -> str:
    """What the page of the choices is called."""
    return {
        Order.RANKED: gettext("Ordre des vœux"),
        Order.UNRANKED: gettext("Formations demandées"),
        Order.SINGLE: gettext("Formation demandée"),
    }[order]


def address_of(slug: str, place: str) -> str:
    """The path of the page where the candidate fills in a place; `slug` is the procedure's."""
    area, _, code = place.partition(":")
    if area in ("page", "paper"):
        return reverse(f"applicants:{area}", args=[slug, code])
    return reverse(f"applicants:{PAGES[area]}", args=[slug])


def address_of_missing(slug: str, item: MissingItem) -> str:
    """As `address_of` its place, down to the control where it is answered, if it is a question of the form.

    What is missing names a question « field:city », one in a row « field:studies.2.year », counted from 1.
    """
    kind, _, code = item.code.partition(":")
    if kind != "field":
        return address_of(slug, item.place)
    question, *in_row = code.split(".")
    control = f"{question}-{int(in_row[0]) - 1}-{in_row[1]}" if in_row else question
    return f"{address_of(slug, item.place)}#id_{control}"


def in_order(rules: Rules, answers: Mapping[str, str]) -> list[str]:
    """The places that have a page of their own for who answered so, in the order in which they are best filled in."""
    order = [f"page:{page.code}" for page in asked_pages(rules, answers)]
    order += [TITLE] if rules.titles else []
    order.append(CHOICES)
    order += [PAPERS] if rules.papers else []
    order += [REFEREES] if rules.referees else []
    order += [PAYMENT] if rules.fee else []
    return [*order, REVIEW]


PAGES = {
    TITLE: "title",
    CHOICES: "choices",
    PAYMENT: "fee",
    PAPERS: "papers",
    REFEREES: "referees",
    REVIEW: "review",
    EXPLAINED: "papers",
    "referee": "referees",
}
