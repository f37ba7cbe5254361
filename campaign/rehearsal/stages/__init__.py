"""The stages of a rehearsal, in the order in which a procedure goes through them: what people do at each, and when.

Each module yields the events of its stage along the procedure's calendar; below them stands what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.rehearsal import figures
from campaign.rehearsal.company import Company, Event
from campaign.rehearsal.figures import Figures
from campaign.rehearsal.stages import (
    admissibility,
    admission,
    applications,
    decisions,
    integration,
    places,
    sittings,
    titles,
    verification,
)
from programmes.models import Procedure


@dataclass(frozen=True)
class Stage:
    """A part of the story: its code, what it is called, its events, and the figures that say what came of it."""

    code: str
    label: Promise
    events: Callable[[Company], Iterator[Event]]
    figures: Callable[[Procedure], Figures]


FIRST = (
    Stage("applications", _("Candidatures"), applications.events, figures.of_applications),
    Stage("verification", _("Vérification des dossiers"), verification.events, figures.of_verification),
)
OF_A_COMMON_JURY = (
    Stage("admissibility", _("Admissibilité"), admissibility.events, figures.of_admissibility),
    Stage("tests", _("Épreuves"), sittings.events, figures.of_tests),
    Stage("admission", _("Admission"), admission.events, figures.of_admission),
    Stage("integration", _("Périodes d’intégration"), integration.events, figures.of_integration),
)
OF_PROGRAMMES = (
    Stage("decisions", _("Décisions des formations"), decisions.events, figures.of_decisions),
    Stage("places", _("Places à confirmer"), places.events, figures.of_places),
)
LAST = (Stage("titles", _("Titres et admissions définitives"), titles.events, figures.of_titles),)


def stages_of(procedure: Procedure) -> tuple[Stage, ...]:
    """Those of a procedure, by who judges in it."""
    return (*FIRST, *(OF_PROGRAMMES if procedure.judges_by_programme else OF_A_COMMON_JURY), *LAST)
