"""What is joined to a dossier: papers, and the opinions of referees."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from programmes.rules.conditions import ALWAYS, Condition, Option
from programmes.rules.form import FieldRule
from programmes.text import Text

OF = "--"  # between a paper and the programme that it is for; no code of a file has it


class FileKind(enum.StrEnum):
    """The kinds of file that may be uploaded, told by their content."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class Stage(enum.StrEnum):
    """When a paper is asked for: with the dossier, or only from who confirms a place."""

    DOSSIER = "dossier"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A supporting document: who must give it, in what form, and whether it may come late."""

    code: str
    label: Text
    help: Text = Text("", "")
    required: bool = True
    when: Condition = ALWAYS
    kinds: tuple[FileKind, ...] = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
    max_bytes: int = 5_000_000
    max_files: int = 1
    late: bool = False  # may still be deposited until the calendar's "late_papers" closes
    proves_title: bool = False  # definitive admission waits for each such paper owed, accepted
    stage: Stage = Stage.DOSSIER
    per_choice: bool = False  # one for each programme chosen
    open: bool = False  # for whatever else the candidate wants to join
    forcible: bool = True  # may be explained in writing instead, where the dossier can be submitted so

    @property
    def takes_photos(self) -> bool:
        """Whether what a camera makes may be joined."""
        return not {FileKind.JPEG, FileKind.PNG}.isdisjoint(self.kinds)

    def for_programme(self, programme: Option) -> PaperRule:
        """The paper of one of the programmes chosen, under a code of its own."""
        label = self.label.joined(" – ", programme.label)
        return replace(self, code=f"{self.code}{OF}{programme.code}", label=label)


class Replacing(enum.StrEnum):
    """How a candidate may name another person in the place of one who has not answered, or declined."""

    FREELY = "freely"
    REOPENED = "reopened"  # in a free place only, and once submitted if the school opens the page again


class Opinion(enum.StrEnum):
    """How far a referee's opinion must have come by submission."""

    DEPOSITED = "deposited"
    NAMED = "named"  # somebody was asked: submission waits for no answer


@dataclass(frozen=True, slots=True)
class RefereeRule:
    """A third person's confidential opinion: how many, and what is asked of them."""

    code: str
    label: Text
    help: Text = Text("", "")
    max_count: int = 1  # whoever declined counts
    replace: Replacing = Replacing.FREELY
    questions: tuple[FieldRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several things must be there by submission: a referee's opinion, or a paper. Rules: AST-09, APP-10."""

    code: str
    label: Text
    referees: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    needs: Opinion = Opinion.DEPOSITED  # of a referee
