"""Who applies: the candidate, the dossier with its answers and ranked choices, and the people around it."""

from applicants.models.dossiers import (
    JUDGES_OF_A_CHOICE,
    LONGEST_FOLDED_NAME,
    Answer,
    Candidate,
    Choice,
    Dossier,
    DossierQuerySet,
    Explanation,
    Receipt,
    Status,
)
from applicants.models.exchanges import Appraisal, Correction, Message, Referee, TypedIn
from applicants.models.studies import DossierContent, StudyCopy

__all__ = [
    "JUDGES_OF_A_CHOICE",
    "LONGEST_FOLDED_NAME",
    "Answer",
    "Appraisal",
    "Candidate",
    "Choice",
    "Correction",
    "Dossier",
    "DossierContent",
    "DossierQuerySet",
    "Explanation",
    "Message",
    "Receipt",
    "Referee",
    "Status",
    "StudyCopy",
    "TypedIn",
]
