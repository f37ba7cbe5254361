"""The steps of a selection: finding the one that an act is about, and keeping it still.

Whoever decides, marks or validates locks the step that it concerns; so does who prepares its publication.
What is prepared is therefore frozen: an act that comes a moment later finds the publication, and is refused.
"""

from __future__ import annotations

from typing import NoReturn

from django.utils.translation import gettext

from journal.errors import Refused
from juries.models import Publication
from programmes.models import Procedure, Step


class Frozen(Refused):
    """The results of the step are prepared or published: nothing below them changes any more."""


def lock_step(step_id: int) -> Step:
    """The step, locked for this transaction: ranks, turns and publications stay what they are meanwhile."""
    steps = Step.objects.select_for_update(of=("self",), no_key=True).select_related("procedure")
    return steps.get(pk=step_id)


def hold_unfrozen(procedure: Procedure, kind: str) -> Step | None:
    """Lock the step of that kind for this transaction (None where the procedure has none).

    Raises:
        Frozen: its publication is prepared.
    """
    step = procedure.steps.select_for_update(no_key=True).filter(kind=kind).first()
    if step is not None:
        require_unfrozen(step)
    return step


def publication_of(step: Step) -> Publication | None:
    """The publication of the whole step, once it is prepared; steps in number are read with them."""
    return next((one for one in step.publications.all() if one.session_id is None and one.programme_id is None), None)


def require_unfrozen(step: Step) -> None:
    """Raise `Frozen` if the publication of `step`, which the caller has locked, is prepared. Rule: AST-24."""
    publication = Publication.objects.whole().filter(step=step).first()
    if publication is not None:
        raise_frozen(publication, step)


def raise_frozen(publication: Publication, step: Step) -> NoReturn:
    """Raise `Frozen`, saying whether what `publication` holds is public, or about to be."""
    if step.procedure.now() >= publication.visible_at:
        raise Frozen(
            gettext("Les résultats de l’étape « %(step)s » sont publiés : seule une rectification les change.")
            % {"step": step.label}
        )
    raise Frozen(
        gettext("Les résultats de l’étape « %(step)s » sont prêts à paraître : annulez d’abord leur publication.")
        % {"step": step.label}
    )
