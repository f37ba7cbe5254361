"""Choices as a page sends them, ranked or ticked: saved by its button or by its script, or shown beside those that were
saved elsewhere meanwhile. Rules: AST-06, APP-02, APP-03.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict

from applicants.choices import as_kept, chosen_so_far, rank_choices, wanted_choices
from applicants.contents import read_contents
from applicants.editing import CHOICES, ChangedElsewhere
from applicants.forms.questions import SEEN
from applicants.models import Dossier
from applicants.places import choices_name
from applicants.task_list import task_groups, tasks
from applicants.views.own_dossier import own_dossier, person
from applicants.views.saving import TwoAnswers, choose_answers, saved_by_script
from journal.errors import Refused
from programmes.rules import Order

ONE = "programme"  # the control of the only choice there may be; else each programme has its own
SEEN_CHOICES = SEEN + CHOICES  # tells which choices the page showed


def codes_typed(dossier: Dossier, typed: QueryDict) -> list[str]:
    """The codes of the programmes that a page asks for."""
    if dossier.rules.choices.order == Order.RANKED:
        return new_order(list(chosen_so_far(dossier)), typed)
    ticked = [name.removeprefix(f"{ONE}-") for name in typed if name.startswith(f"{ONE}-")]
    return [*ticked, *filter(None, typed.getlist(ONE))]


def new_order(before: list[str], typed: QueryDict) -> list[str]:
    """The order of codes that a page asks for.

    `order` is the whole order as the page shows it; `move` ("up:albi"), `add` and `remove` change it by one.
    """
    order = typed.getlist("order") or list(before)
    direction, _, code = typed.get("move", "").partition(":")
    if code in order and direction in ("up", "down"):
        place = order.index(code)
        other = place + (1 if direction == "down" else -1)
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
    if added := typed.get("add"):
        order.append(added)
    if removed := typed.get("remove"):
        order = [code for code in order if code != removed]
    return order


def statuses_typed(typed: QueryDict) -> dict[str, str]:
    """The status that a page asks for, by programme."""
    before = "status-"
    return {name.removeprefix(before): str(typed[name]) for name in typed if name.startswith(before)}


def save_choices(request: HttpRequest, dossier: Dossier) -> None:
    """Save the choices that were posted; those that are as the page showed them stay as they are now.

    Raises:
        ChangedElsewhere, Refused: as `rank_choices`.
    """
    if not is_as_shown(dossier, request.POST):
        codes, statuses = codes_typed(dossier, request.POST), statuses_typed(request.POST)
        seen = request.POST.get(SEEN_CHOICES)
        rank_choices(dossier.pk, codes, by=person(request), statuses=statuses, seen=seen)


def is_as_shown(dossier: Dossier, typed: QueryDict) -> bool:
    """Whether a page asks for nothing else than what it showed."""
    return typed.get(SEEN_CHOICES) == _wanted(dossier, typed)


def answer_to_script(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Save, and tell the page's script what came of it; what is refused for good makes it load the page again."""
    stale: list[str] = []
    try:
        save_choices(request, dossier)
    except ChangedElsewhere:
        stale = [CHOICES]
    except Refused as refused:
        messages.error(request, str(refused))
        return JsonResponse({"refused": str(refused), "reload": True}, status=409)
    saved = own_dossier(person(request), dossier.procedure.slug)
    pages = tasks(task_groups(read_contents(saved)))
    seen = {} if stale else {SEEN_CHOICES: as_kept(chosen_so_far(saved))}
    return saved_by_script(request, saved, pages, CHOICES, seen=seen, errors={}, stale=stale)


def choose_choices(request: HttpRequest, dossier: Dossier, typed: QueryDict) -> HttpResponse:
    """The page on which the candidate chooses between the choices just made and those that are saved."""
    mine, stored = _wanted(dossier, typed), as_kept(chosen_so_far(dossier))
    question = TwoAnswers(
        name=CHOICES,
        label=choices_name(dossier.rules.choices.order),
        mine=mine,
        mine_in_words=_in_words(dossier, mine.split()),
        stored=stored,
        stored_in_words=_in_words(dossier, stored.split()),
    )
    if dossier.rules.choices.order == Order.RANKED:
        carried = [("order", code) for code in codes_typed(dossier, typed)]
    else:
        carried = [(name, value) for name, values in typed.lists() for value in values if name.startswith(ONE)]
    carried += [(f"status-{code}", status) for code, status in statuses_typed(typed).items()]
    return choose_answers(request, read_contents(dossier), CHOICES, [question], carried)


def _wanted(dossier: Dossier, typed: QueryDict) -> str:
    try:
        return as_kept(wanted_choices(dossier, codes_typed(dossier, typed), statuses_typed(typed)))
    except Refused:
        return ""  # the act says why


def _in_words(dossier: Dossier, kept: Iterable[str]) -> str:
    """One choice a line; with its rank where they have one."""
    rules = dossier.rules
    lines = []
    for rank, choice in enumerate(kept, start=1):
        code, _, status = choice.partition(":")
        programme, under = rules.programme(code), rules.choices.status(status)
        name = ", ".join(str(part.label) for part in (programme, under) if part is not None) or code
        lines.append(f"{rank}. {name}" if rules.choices.order == Order.RANKED else name)
    return "\n".join(lines)
