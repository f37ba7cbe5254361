"""What is offered: a procedure of one year, its schools, calendar, programmes, tracks and seats, and who staffs it.

The rules (form, papers, eligibility, fee, tests) are in immutable versions; all else here is live: an office may change
it.
"""

from programmes.models.calendar import JurySession, Period, Step, TestDay
from programmes.models.catalogue import Pool, Programme, Track
from programmes.models.procedures import LoadedFile, Procedure, ProcedureVersion, rules_of
from programmes.models.schools import Participation, Role, School

__all__ = [
    "JurySession",
    "LoadedFile",
    "Participation",
    "Period",
    "Pool",
    "Procedure",
    "ProcedureVersion",
    "Programme",
    "Role",
    "School",
    "Step",
    "TestDay",
    "Track",
    "rules_of",
]
