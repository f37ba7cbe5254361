"""What a programme reads of a dossier: today's until its date of study, then the dossier as it stood on it. APP-13.

Who judges for programmes reads what these keep (`applicants.studying`), and today's dossier as long as one of them has
still to study it. The office, who examines, and the service of a school chosen, which keeps its places and receives the
titles, read today's dossier, and may look at what a programme has studied.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from applicants.models import JUDGES_OF_A_CHOICE, Choice, Dossier, StudyCopy
from documents.models import SupportingDocument
from programmes.roles import OFFICE, VERIFIER, HeldRoles


@dataclass(frozen=True)
class Studied:
    """What a person reads of a dossier: the choices that they judge or serve, and what was kept for those.

    Where one jury judges for all there is nothing of it. `serves`: they read today's dossier all the same.
    """

    choices: tuple[Choice, ...] = ()
    copies: tuple[StudyCopy, ...] = ()  # each with its choice and its version
    serves: bool = True

    @property
    def is_all(self) -> bool:
        """Whether what was kept is all that they read: no programme of theirs has still to study the dossier."""
        return not self.serves and len(self.copies) == len(self.choices)

    def copy_of(self, choice: Choice | None) -> StudyCopy | None:
        """What was kept for that choice, if it was."""
        return next((copy for copy in self.copies if choice and copy.choice_id == choice.pk), None)

    def choice_read(self, asked: str) -> Choice | None:
        """The choice for which the dossier is read: that of the key `asked`; else the first of who judges."""
        found = next((choice for choice in self.choices if str(choice.pk) == asked), None)
        return found or (None if self.serves else next(iter(self.choices), None))

    def papers_of(self, dossier: Dossier) -> QuerySet[SupportingDocument]:
        """The files of the dossier that they may open. What another programme asked for beside is not theirs."""
        papers = SupportingDocument.objects.filter(folder=dossier.folder_id)
        if self.serves:
            return papers
        own_supplement = Q(supplement__choice__in=self.choices)
        if not self.is_all:
            return papers.filter(own_supplement | Q(supplement=None))
        kept = {paper["id"] for copy in self.copies for paper in copy.content["papers"]}
        return papers.filter(own_supplement | Q(pk__in=kept))

    def may_open_appraisal(self, referee_id: object) -> bool:
        """Whether the opinion of that referee was there when their programmes studied the dossier."""
        states = {copy.content["referees"].get(str(referee_id)) for copy in self.copies}
        return not self.is_all or "deposited" in states


def studied_of(dossier: Dossier, held: HeldRoles) -> Studied:
    """What who holds these roles reads of a dossier that they may see. In two queries, or none."""
    procedure = dossier.procedure
    if not procedure.judges_by_programme or dossier.validated_at is None:
        return Studied()
    chosen = dossier.ranked_choices
    served = [one for one in chosen if held.has(procedure, OFFICE, VERIFIER, programme=one.programme)]
    judged = [one for one in chosen if held.has(procedure, *JUDGES_OF_A_CHOICE, programme=one.programme)]
    own = [one for one in chosen if one in served or one in judged]
    copies = StudyCopy.objects.filter(choice__in=own).select_related("choice").order_by("choice__rank")
    return Studied(tuple(own), tuple(copies), serves=bool(served) or not judged)
