"""« Puis-je candidater ? »: answered without an account, and without keeping anything of what is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from applicants.editing import APPLICATIONS
from applicants.forms.questions import QuestionsForm
from applicants.forms.title import TitleForm
from applicants.prospect import prospect_of, situation_questions
from campaign.views.procedure import own_dossier_in
from offers.seats import pools_as_announced
from programmes.eligibility import Opening, openings, verdicts
from programmes.models import Pool, Procedure
from programmes.rules import Rules, Title

NOTHING_CHOSEN = {"title": "", "speciality": "", "equivalence": ""}


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme, and whether somebody's title is accepted there: if so, for how many seats; if not, why, and what
    would open it.
    """

    name: str
    is_open: bool
    reason: str
    openings: list[Opening]
    seats: int | None


def eligibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Questions about somebody's title and situation; once they are answered, where they may apply and with what."""
    shown = get_object_or_404(Procedure, slug=slug)
    if (rules := shown.rules) is None:
        raise Http404
    data = request.GET or None
    title_form = TitleForm(rules, dict(NOTHING_CHOSEN), data) if rules.titles else None
    situation = QuestionsForm(situation_questions(rules), {}, data)
    held = _held(title_form)
    is_told = data is not None and situation.is_valid() and (held is not None or title_form is None)
    context = {
        "procedure": shown,
        "rules": rules,
        "title_form": title_form,
        "situation": situation,
        "rows": [*(title_form.rows if title_form else []), *situation.rows],
        "is_told": is_told,
        "dossier": own_dossier_in(request, shown),
        "window": shown.calendar.get(APPLICATIONS),
        "is_open": shown.is_open(),
        "now": shown.now(),
    }
    if is_told:
        said = situation.cleaned_data | (held or {})
        found = prospect_of(rules, said)
        title = rules.title(said.get("title", ""))
        context |= {
            "title": title,
            "equivalence": rules.equivalence(said.get("equivalence", "")),
            "lines": _lines(shown, rules, title, said["speciality"]) if title else [],
            "found": found,
            "closing": shown.calendar.get(found.closing.code) if found.closing else None,
        }
    return render(request, "campaign/eligibility.html", context)


def _held(form: TitleForm | None) -> dict[str, str] | None:
    """The title that was chosen; None where none was, or where none is asked for."""
    return form.cleaned_data if form is not None and form.is_valid() else None


def _lines(shown: Procedure, rules: Rules, title: Title, speciality: str) -> Iterable[ProgrammeLine]:
    found = verdicts(rules, title.code, speciality)
    seats = {pool.programme.code: pool.seats for pool in pools_as_announced(shown) if _is_of(pool, title)}
    return [
        ProgrammeLine(
            name=str(programme.label),
            is_open=found[programme.code].open,
            reason=found[programme.code].reason,
            openings=[] if found[programme.code].open else openings(rules, programme.code),
            seats=seats.get(programme.code),
        )
        for programme in rules.programmes
    ]


def _is_of(pool: Pool, title: Title) -> bool:
    return pool.track.code == title.track
