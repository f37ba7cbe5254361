"""Checks of how places are given: in periods of offers, or one by one to whoever confirms."""

from __future__ import annotations

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import must_exist
from programmes.procedure_file.nodes import Source
from programmes.rules import ConfirmationRule, Rules, Stage


def check_places(source: Source, live: schema.Live, rules: Rules) -> None:
    """One of the two ways, and not both; what confirms a place is there to be asked for."""
    if rules.confirmation is None:
        if not live.periods:
            source.fault("on ne sait pas comment les places se donnent : il faut « periods » ou « confirmation ».")
    elif live.periods:
        source.fault("les places se donnent par « periods » ou par « confirmation », pas des deux façons.", "periods")
    else:
        _check_confirmation(source, live, rules, rules.confirmation)
    _check_papers_of_a_place(source, rules)


def _check_confirmation(source: Source, live: schema.Live, rules: Rules, confirmation: ConfirmationRule) -> None:
    if live.judgement != schema.Judgement.BY_PROGRAMME:
        reason = "une place se confirme dans une formation : il faut « judgement: by_programme »."
        source.fault(reason, "confirmation")
    if confirmation.deposit and rules.deposit is None:
        reason = "une place se confirme par un acompte : il faut « deposit », qui dit lequel."
        source.fault(reason, "confirmation", "deposit")
    where = ("confirmation", "papers")
    must_exist(source, confirmation.papers, {paper.code for paper in rules.papers}, "la pièce", *where)
    for code in confirmation.papers:
        paper = rules.paper(code)
        if paper is not None and paper.stage != Stage.PLACE:
            source.fault(f"la pièce « {code} » est de la candidature : il lui faut « stage: place ».", *where)


def _check_papers_of_a_place(source: Source, rules: Rules) -> None:
    """Such a paper is asked for by the confirmation alone: it is neither late nor the proof of a title."""
    named = rules.confirmation.papers if rules.confirmation else ()
    for paper in (paper for paper in rules.papers if paper.stage == Stage.PLACE):
        where = ("papers", paper.code)
        if paper.code not in named:
            source.fault(f"« {paper.code} » confirme une place (stage: place), mais rien ne la demande.", *where)
        if paper.late or paper.proves_title:
            reason = "une pièce qui confirme une place ne peut être ni « late », ni « proves_title »."
            source.fault(reason, *where)
