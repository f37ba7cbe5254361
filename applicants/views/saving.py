"""What comes of saving a part of a dossier: an answer that the page's script can read; and where something was changed
elsewhere meanwhile, a page with both, on which the candidate chooses. Rule: APP-03.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.loader import render_to_string

from applicants.contents import Contents
from applicants.forms.questions import SEEN
from applicants.models import Dossier
from applicants.task_list import Task
from applicants.views.own_dossier import menu_of, render_page
from programmes.words import hour

ONLY = "only"  # names the questions that were sent, where not all of a page were


@dataclass(frozen=True)
class TwoAnswers:
    """One question with two answers: `mine`, just given, and `stored`, given elsewhere after the page was shown."""

    name: str
    label: str
    mine: str
    mine_in_words: str
    stored: str
    stored_in_words: str


def saved_by_script(
    request: HttpRequest,
    dossier: Dossier,
    pages: Sequence[Task],
    place: str,
    *,
    seen: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
    stale: Sequence[str],
) -> JsonResponse:
    """Tell the page's script what was saved, and when; and the pages of the form as they now stand in the menu.

    `seen`: what the controls of that name, which tell what the page shows, are to hold from now on; `errors` by id of a
    control; `stale` are the ids of questions that were changed elsewhere.
    """
    menu = render_to_string("components/page_menu_items.html", {"items": menu_of(pages, place)}, request)
    at = hour(dossier.procedure.now())
    return JsonResponse({"at": at, "seen": seen, "errors": errors, "stale": stale, "menu": menu})


def choose_answers(
    request: HttpRequest,
    contents: Contents,
    place: str,
    questions: Sequence[TwoAnswers],
    carried: Sequence[tuple[str, str]],
) -> HttpResponse:
    """The page on which the candidate chooses between two answers; it is sent to where the form was.

    `carried` are the names and values that make the answers just given. The choice is told as the form tells what it
    showed: who keeps the answer just given has seen the other one; for who keeps the other one, nothing differs from
    what was shown.
    """
    return render_page(
        request,
        contents,
        "applicants/two_answers.html",
        place,
        questions=questions,
        carried=[*carried, *((ONLY, question.name) for question in questions)],
        before_seen=SEEN,
    )


def sent_for(posted: QueryDict, names: Collection[str]) -> list[tuple[str, str]]:
    """What a form sent for the questions of these names, the rows of some of them included."""
    return [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if name in names or name.partition("-")[0] in names
    ]
