"""What the page of a dossier says of the dates of study: which dossier is shown, and which others there are. APP-13."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext

from applicants.contents import Contents, as_studied
from applicants.models import Choice, StudyCopy
from juries.studied import Studied
from programmes.words import date_and_hour

TODAY = "today"  # what the address says where no choice is meant


@dataclass(frozen=True)
class StudyPart:
    """The part of the page that `asked`, a choice's key or nothing, makes of the dossier of `today`."""

    studied: Studied
    today: Contents
    asked: str

    @cached_property
    def shown(self) -> StudyCopy | None:
        """The copy that is shown in the place of today's dossier; none where that has not changed since."""
        copy = self.studied.copy_of(self.studied.choice_read(self.asked))
        return copy if copy is not None and self._has_changed(copy) else None

    @cached_property
    def contents(self) -> Contents:
        """What is shown."""
        return as_studied(self.today, self.shown) if self.shown else self.today

    @property
    def key(self) -> str:
        """What addresses say of the copy that is shown."""
        return str(self.shown.choice_id) if self.shown else ""

    @property
    def sentence(self) -> str:
        """Which dossier is shown, where it is not today's."""
        if self.shown is None:
            return ""
        choice = next(one for one in self.studied.choices if one.pk == self.shown.choice_id)
        return gettext(
            "Vous voyez le dossier tel qu’il était le %(when)s, date à laquelle la formation « %(programme)s » "
            "l’étudie. Il a changé depuis."
        ) % {"when": date_and_hour(self.shown.studied_at), "programme": choice.programme.title}

    @property
    def others(self) -> list[dict[str, str]]:
        """The other dossiers that the person may look at: a sentence, and what the address says of each."""
        read = self.shown.choice_id if self.shown else None
        changed = [choice for choice in self.studied.choices if choice.pk != read and self._is_kept_apart(choice)]
        lines = [{"study": str(choice.pk), "label": self._line(choice)} for choice in changed]
        if self.shown is None or self.studied.is_all:
            return lines
        left = next((choice for choice in self.studied.choices if self.studied.copy_of(choice) is None), None)
        study = TODAY if self.studied.serves or left is None else str(left.pk)
        return [{"study": study, "label": gettext("Le dossier d’aujourd’hui")}, *lines]

    def is_in(self, moment: dt.datetime) -> bool:
        """Whether what happened then is in the dossier that is shown."""
        return self.shown is None or moment < self.shown.studied_at

    def _line(self, choice: Choice) -> str:
        copy = self.studied.copy_of(choice)
        assert copy is not None
        words = {"programme": choice.programme.title, "when": date_and_hour(copy.studied_at)}
        return gettext("%(programme)s : le dossier tel qu’il était le %(when)s") % words

    def _is_kept_apart(self, choice: Choice) -> bool:
        copy = self.studied.copy_of(choice)
        return copy is not None and self._has_changed(copy)

    def _has_changed(self, copy: StudyCopy) -> bool:
        """Whether today's dossier is not as it was kept."""
        return self.today.content != copy.content
