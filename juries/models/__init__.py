"""Judgement: decisions behind the publication gate, tests, and what is said of a choice before its decision."""

from juries.models.hearings import Evaluation, Opinion, Supplement
from juries.models.judgement import Adjustment, Decision, DecisionCorrection, Mark, Panel, Publication, TestSlot

__all__ = [
    "Adjustment",
    "Decision",
    "DecisionCorrection",
    "Evaluation",
    "Mark",
    "Opinion",
    "Panel",
    "Publication",
    "Supplement",
    "TestSlot",
]
