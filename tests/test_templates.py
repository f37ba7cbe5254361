"""What holds for every template: the security policy's rules, and components that lead where they say."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

TEMPLATES = Path(settings.BASE_DIR) / "templates"
OFF_SCREEN = {"documents", "mail"}  # letters in PDF and mails: no browser holds them to the policy
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] not in OFF_SCREEN)

FORBIDDEN = {
    "a style of its own": re.compile(r"<[a-z][^>]*\sstyle=|<style\b"),
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)"),
    "a handler in an attribute": re.compile(r"<[a-z][^>]*\son[a-z]+="),
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_no_page_needs_what_the_security_policy_forbids(page: Path) -> None:
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(page.read_text())]
    assert not found, found


class Wanted(forms.Form):
    """One field of each kind that the pages use."""

    name = forms.CharField(label="Nom", help_text="Comme sur la carte d’identité.")
    title = forms.ChoiceField(label="Titre", choices=[("", "…"), ("L3", "Licence")])
    foreign = forms.ChoiceField(label="Titre étranger", widget=forms.RadioSelect, choices=[("y", "oui"), ("n", "non")])
    agreed = forms.BooleanField(label="J’accepte")
    paper = forms.FileField(label="Relevé")
    free = forms.CharField(label="Remarque", required=False)


def test_every_line_of_an_error_summary_leads_to_something_on_the_page() -> None:
    form = Wanted({}, MultiValueDict())
    form.is_valid()
    page = render_to_string("components/form.html", {"form": form, "submit": "Enregistrer"})
    targets = re.findall(r'href="#([^"]+)"', page)
    assert len(targets) == 5
    missing = [target for target in targets if f'id="{target}"' not in page]
    assert not missing


def test_a_message_and_a_hint_are_told_with_their_control() -> None:
    form = Wanted({}, MultiValueDict())
    form.is_valid()
    page = form["name"].as_field_group()
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', page)
    assert described, page
    assert all(f'id="{part}"' in page for part in described[1].split())
    assert 'aria-invalid="true"' in page


def test_the_star_is_only_on_what_is_required() -> None:
    form = Wanted()
    assert "field__required" in form["name"].as_field_group()
    assert "field__required" not in form["free"].as_field_group()


def test_a_closed_page_of_the_task_list_is_no_link_and_words_never_lack() -> None:
    items = [
        {"title": "Identité", "url": "/identite/", "kind": "done"},
        {"title": "Transmettre", "kind": "closed", "label": "Pas encore ouverte"},
    ]
    page = render_to_string("components/task_list.html", {"items": items})
    assert '<a class="task__title" href="/identite/">Identité</a>' in page
    assert page.count("<a ") == 1
    assert "Fait" in page
    assert "Pas encore ouverte" in page


def test_an_answer_with_markup_in_it_stays_words() -> None:
    items = [{"label": "Adresse", "value": "12 rue <b>\nDouai", "url": "/adresse/"}]
    page = render_to_string("components/summary_list.html", {"items": items})
    assert "12 rue &lt;b&gt;<br>Douai" in page


def test_the_title_of_a_page_names_page_procedure_and_portal() -> None:
    procedure = SimpleNamespace(short_title="Concours 2026", is_rehearsal=False, incident="")
    page = render_to_string("404.html", {"procedure": procedure})
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title
    assert " ".join(title[1].split()) == "Page introuvable – Concours 2026 – Portail des admissions"


def test_the_page_of_a_broken_server_needs_neither_request_nor_database() -> None:
    assert "<h1>" in render_to_string("500.html")
