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
    integration,
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


STAGES = (
    Stage("applications", _("Candidatures"), applications.events, figures.of_applications),
    Stage("verification", _("Vérification des dossiers"), verification.events, figures.of_verification),
    Stage("admissibility", _("Admissibilité"), admissibility.events, figures.of_admissibility),
    Stage("tests", _("Épreuves"), sittings.events, figures.of_tests),
    Stage("admission", _("Admission"), admission.events, figures.of_admission),
    Stage("integration", _("Périodes d’intégration"), integration.events, figures.of_integration),
    Stage("titles", _("Titres et admissions définitives"), titles.events, figures.of_titles),
)
