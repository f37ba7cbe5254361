"""Reading what is joined to a dossier: papers, referees, and what may stand in for what."""

from __future__ import annotations

from programmes.procedure_file.form_part import NO_TEXT, read_condition, read_field
from programmes.procedure_file.nodes import Place, by_key, each
from programmes.procedure_file.values import (
    code,
    key_of,
    megabytes,
    one_of,
    whole_number,
    words,
    yes_or_no,
)
from programmes.rules import (
    ALWAYS,
    Alternative,
    FileKind,
    Opinion,
    PaperRule,
    RefereeRule,
    Replacing,
    Stage,
)

FILES_OF_OPEN = 20  # by default: as many as anyone has to join
ALL_KINDS = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)


def read_paper(place: Place) -> PaperRule:
    with place.table() as paper:
        is_open = paper.may("open", yes_or_no, False)
        is_required = paper.may("required", yes_or_no, not is_open)
        if is_open and is_required:
            place.fault("une pièce ouverte à tous documents (open) ne peut pas être obligatoire.")
        return PaperRule(
            code=key_of(place),
            label=paper.need("label", words, NO_TEXT),
            help=paper.may("help", words, NO_TEXT),
            required=is_required,
            when=paper.may("when", read_condition, ALWAYS),
            kinds=paper.may("kinds", each(one_of(FileKind)), ALL_KINDS),
            max_bytes=paper.may("max_size", megabytes, 5_000_000),
            max_files=paper.may("max_files", whole_number(1, 50), FILES_OF_OPEN if is_open else 1),
            late=paper.may("late", yes_or_no, False),
            proves_title=paper.may("proves_title", yes_or_no, False),
            stage=paper.may("stage", one_of(Stage), Stage.DOSSIER),
            per_choice=paper.may("per_choice", yes_or_no, False),
            open=is_open,
            forcible=paper.may("forcible", yes_or_no, True),
        )


def read_referee(place: Place) -> RefereeRule:
    with place.table() as referee:
        return RefereeRule(
            code=key_of(place),
            label=referee.need("label", words, NO_TEXT),
            help=referee.may("help", words, NO_TEXT),
            max_count=referee.may("max_count", whole_number(1, 10), 1),
            replace=referee.may("replace", one_of(Replacing), Replacing.FREELY),
            questions=referee.need("questions", by_key(read_field), ()),
        )


def read_alternative(place: Place) -> Alternative:
    with place.table() as alternative:
        return Alternative(
            code=key_of(place),
            label=alternative.need("label", words, NO_TEXT),
            referees=alternative.may("referees", each(code), ()),
            papers=alternative.may("papers", each(code), ()),
            needs=alternative.may("needs", one_of(Opinion), Opinion.DEPOSITED),
        )
