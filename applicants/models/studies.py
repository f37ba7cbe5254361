"""What a programme keeps of a dossier: how it stood on the date on which it was studied. Rule: APP-13."""

from __future__ import annotations

from typing import Any, TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _

from applicants.models.dossiers import Choice
from programmes.models import ProcedureVersion


class DossierContent(TypedDict):
    """What is studied of a dossier, as JSON keeps it."""

    answers: dict[str, str]  # by field id, with the facts that follow; those that are blank are left out
    papers: list[dict[str, Any]]  # `id`, `sha256` and `review` of each file, in the order of their arrival
    referees: dict[str, str]  # the state of each, by key
    explanations: dict[str, str]  # by the code of what is missing


class StudyCopy(models.Model):
    """A dossier as it stood on the date on which the programme of one of its choices studies it."""

    choice = models.OneToOneField(Choice, models.CASCADE, related_name="study_copy", verbose_name=_("candidature"))
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    content: models.JSONField[DossierContent, DossierContent] = models.JSONField(_("contenu"))
    studied_at = models.DateTimeField(_("date d’étude"))  # on the clock of the procedure
    kept_at = models.DateTimeField(_("conservé le"))

    class Meta:
        verbose_name = _("dossier tel qu’étudié")
        verbose_name_plural = _("dossiers tels qu’étudiés")

    def __str__(self) -> str:
        return f"{self.choice_id}"
