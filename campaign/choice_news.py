"""What a candidate is told of each choice, where each programme decides: how far it is, and what there is to do.

Decisions given here come in through their gate: they are those that the candidate may see. What else the candidate may
be asked about a choice (an interview to book, a place to confirm) comes as a `Prompt`, which goes first.
Rules: APP-15, BS-03, BS-06, NE-04, IIM-04, IIM-05.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext, ngettext

from applicants.models import Choice, Dossier, Status
from campaign.news import News, ended_news
from juries.models import Decision

Outcome = Decision.Outcome


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something about a choice that the candidate is asked, or told beyond its last decision.

    `kind` and `label` are of components/state_tag.html; without `url` there is nothing to do. What is to be done, or
    takes place, has its hours (UTC): until `ends_at`, or from `starts_at` to it; `step` names it on the timeline.
    """

    kind: str
    label: str
    text: str
    url: str = ""
    action: str = ""
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """One choice on the home: its programme, its state in a word, what that means, and what there is to do."""

    choice: Choice
    kind: str
    label: str
    text: str
    url: str = ""
    action: str = ""
    is_over: bool = False
    is_on_list: bool = False
    is_prompted: bool = False  # there is more to say of it than its last decision

    @property
    def is_to_do(self) -> bool:
        """Whether it waits for the candidate."""
        return self.kind == "doing" and bool(self.url)

    @property
    def is_answered(self) -> bool:
        """Whether the programme has said yes, or perhaps."""
        return self.kind == "done" or self.is_on_list


def choice_lines(dossier: Dossier, decisions: Iterable[Decision], prompts: Mapping[int, Prompt]) -> list[ChoiceLine]:
    """A line for each choice of a submitted dossier, in its order.

    `decisions` are those that are public, in the order of their steps; `prompts` go by the choice's key.
    """
    last = {decision.choice_id: decision for decision in decisions}
    return [_line(dossier, choice, last.get(choice.pk), prompts.get(choice.pk)) for choice in dossier.ranked_choices]


def news_of_choices(dossier: Dossier, lines: Sequence[ChoiceLine]) -> News:
    """The headline: what is to be done, else the best that is known."""
    if dossier.status == Status.WITHDRAWN:
        return ended_news(dossier)
    to_do, coming = ([line for line in lines if line.url and line.kind == kind] for kind in ("doing", "waiting"))
    if len(to_do) > 1:
        return _several(to_do)
    if to_do or coming:
        return _of_line((to_do or coming)[0])
    if dossier.status == Status.SUBMITTED:
        text = gettext("Nous vérifions vos pièces. Si quelque chose est à corriger, nous vous écrivons.")
        return News("waiting", gettext("Votre dossier est transmis"), text)
    if len(lines) == 1 and lines[0].is_over:
        return replace(_of_line(lines[0]), kind="plain")
    if lines and all(line.is_over for line in lines):
        text = ngettext(
            "La formation que vous avez choisie a répondu. Sa réponse est ci-dessous.",
            "Chaque formation que vous avez choisie a répondu. Les réponses sont ci-dessous.",
            len(lines),
        )
        return News("plain", gettext("Votre candidature est close"), text)
    standing = [line for line in lines if not line.is_over]
    if len(standing) == 1 and (standing[0].is_answered or standing[0].is_prompted):
        return _of_line(standing[0])
    if any(line.is_answered for line in standing):
        text = gettext("Où en est chacune de vos candidatures est écrit ci-dessous.")
        return News("done", gettext("Des formations vous ont répondu"), text)
    text = ngettext(
        "Votre dossier est complet : la formation que vous avez choisie l’étudie.",
        "Votre dossier est complet : chaque formation que vous avez choisie l’étudie de son côté.",
        len(lines),
    )
    return News("waiting", gettext("Votre dossier est à l’étude"), text)


def _of_line(line: ChoiceLine) -> News:
    words = {"programme": line.choice.programme.title, "state": line.label.lower()}
    title = gettext("%(programme)s : %(state)s") % words
    return News(line.kind, title, line.text, line.url, line.action)


def _several(lines: Sequence[ChoiceLine]) -> News:
    """Several choices wait for the candidate; one button where it does for all."""
    title = gettext("%(count)d de vos candidatures attendent quelque chose de vous") % {"count": len(lines)}
    text = gettext("Ce que chacune vous demande, et jusqu’à quand, est écrit ci-dessous.")
    ways = {(line.url, line.action) for line in lines}
    url, action = ways.pop() if len(ways) == 1 else ("", "")
    return News("doing", title, text, url, action)


def _line(dossier: Dossier, choice: Choice, decision: Decision | None, prompt: Prompt | None) -> ChoiceLine:
    if dossier.status == Status.WITHDRAWN:
        return ChoiceLine(choice, "closed", gettext("Retirée"), "", is_over=True)
    line = _decided(choice, decision) if decision is not None else _undecided(dossier, choice)
    if prompt is None:
        return line
    return replace(
        line,
        kind=prompt.kind,
        label=prompt.label,
        text=prompt.text,
        url=prompt.url,
        action=prompt.action,
        is_over=prompt.kind == "closed",
        is_prompted=True,
    )


def _undecided(dossier: Dossier, choice: Choice) -> ChoiceLine:
    if dossier.status == Status.SUBMITTED:
        text = gettext("La formation recevra votre dossier une fois vos pièces vérifiées.")
        return ChoiceLine(choice, "waiting", gettext("En vérification"), text)
    return ChoiceLine(choice, "waiting", gettext("À l’étude"), gettext("La formation étudie votre dossier."))


def _decided(choice: Choice, decision: Decision) -> ChoiceLine:
    match decision.outcome:
        case Outcome.ADMISSIBLE:
            text = gettext("Votre candidature est retenue pour la suite de la sélection.")
            return ChoiceLine(choice, "done", gettext("Retenue pour la suite"), text)
        case Outcome.ADMITTED:
            text = gettext("Le jury vous admet dans cette formation.")
            return ChoiceLine(choice, "done", gettext("Admis"), text)
        case Outcome.CONDITIONAL:
            text = gettext("Le jury vous admet dans cette formation, sous réserve de votre titre.")
            return ChoiceLine(choice, "done", gettext("Admis sous réserve"), text)
        case Outcome.WAITING:
            text = gettext("Vous y êtes au rang %(rank)d. Nous vous écrivons si une place se libère pour vous.")
            told = text % {"rank": decision.rank}
            return ChoiceLine(choice, "waiting", gettext("Liste d’attente"), told, is_on_list=True)
        case Outcome.NOT_ADMISSIBLE:
            text = gettext("Votre candidature n’est pas retenue pour la suite de la sélection.")
            return ChoiceLine(choice, "closed", gettext("Non retenue"), text, is_over=True)
    text = gettext("Le jury n’a pas retenu votre candidature. Cette décision est sans appel.")
    return ChoiceLine(choice, "closed", gettext("Non admis"), text, is_over=True)
