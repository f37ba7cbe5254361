"""The staff's and the jury's pages: what they show comes from querysets, what they do is done by acts."""

from juries.admin import (
    admissibility,
    choice_boards,
    choice_waiting,
    conversations,
    dossiers,
    interviews,
    marks,
    planning,
    publications,
    waiting,
)

__all__ = [
    "admissibility",
    "choice_boards",
    "choice_waiting",
    "conversations",
    "dossiers",
    "interviews",
    "marks",
    "planning",
    "publications",
    "waiting",
]
