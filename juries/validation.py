"""Validation: what still stands between a submitted dossier and the jury.

Pure: the rules and what has been seen of the dossier in, the obstacles out. A paper that may come late is no
obstacle; the paper of an exemption, or of a reduced fee, is judged with that, not here.
Rule: AST-07.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from applicants.readiness import asked_papers, is_met, is_of_dossier
from programmes.rules import PaperRule, Rules

ACCEPTED, REFUSED, UNREVIEWED = "accepted", "refused", "unreviewed"


@dataclass(frozen=True, slots=True)
class Examined:
    """What staff have seen of a dossier so far."""

    answers: Mapping[str, str] = field(default_factory=dict)
    reviews: tuple[tuple[str, str], ...] = ()  # (paper, its review) of each current file
    appraisals: frozenset[str] = frozenset()  # kinds of referee who deposited
    named: frozenset[str] = frozenset()  # kinds of referee who were asked
    explained: frozenset[str] = frozenset()  # what is missing, and the candidate wrote why
    fee_is_settled: bool = False
    fee_is_late: bool = False  # a complement was not paid by its date: the dossier is not studied
    reduction_waits: bool = False  # the reduced fee is claimed, and nobody has decided on it
    correction_is_open: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason not to validate yet: a sentence, and the paper that it is about, if any."""

    sentence: str
    paper: str = ""


def obstacles(rules: Rules, examined: Examined) -> list[Obstacle]:
    """Why a dossier cannot be validated yet, in the order of its papers; empty when nothing stands in the
    way.
    """
    of_dossier = [rule for rule in asked_papers(rules, examined.answers) if is_of_dossier(rule)]
    papers = [rule for rule in of_dossier if not rule.late and rule.code not in rules.fee_papers]
    found = [obstacle for rule in papers if (obstacle := _paper_obstacle(rule, examined))]
    found += _missing_alternatives(rules, examined)
    if examined.reduction_waits:
        found.append(Obstacle(gettext("Le tarif réduit est demandé : acceptez-le ou refusez-le.")))
    if examined.fee_is_late:
        found.append(
            Obstacle(gettext("Le complément de frais n’a pas été réglé à temps : le dossier n’est pas étudié."))
        )
    elif rules.fee and not examined.fee_is_settled:
        found.append(Obstacle(gettext("Les frais de dossier ne sont ni réglés ni exonérés.")))
    if examined.correction_is_open:
        found.append(Obstacle(gettext("Une correction est demandée et attend la réponse du candidat.")))
    return found


def _paper_obstacle(rule: PaperRule, examined: Examined) -> Obstacle | None:
    reviews = [review for code, review in examined.reviews if code == rule.code]
    if UNREVIEWED in reviews:
        return Obstacle(gettext("%(paper)s : à examiner.") % {"paper": rule.label}, rule.code)
    if not rule.required or ACCEPTED in reviews or f"paper:{rule.code}" in examined.explained:
        return None
    if REFUSED in reviews:
        return Obstacle(gettext("%(paper)s : refusée, à remplacer.") % {"paper": rule.label}, rule.code)
    return Obstacle(gettext("%(paper)s : manquante.") % {"paper": rule.label}, rule.code)


def _missing_alternatives(rules: Rules, examined: Examined) -> list[Obstacle]:
    accepted = frozenset(code for code, review in examined.reviews if review == ACCEPTED)
    return [
        Obstacle(gettext("%(alternative)s : ni l’une ni l’autre n’est acceptée.") % {"alternative": rule.label})
        for rule in rules.alternatives
        if not is_met(rule, accepted, examined.appraisals, examined.named)
        and f"alternative:{rule.code}" not in examined.explained
    ]
