"""What is in a dossier: all its rows, read once, for the acts and pages that ask how far it has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy as shallow
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db.models import OuterRef, Subquery

from applicants.fees import FEE_REASONS, claims_reduction
from applicants.given import answers_of, answers_of_each
from applicants.models import Choice, Dossier, DossierContent, Explanation, Referee, StudyCopy
from applicants.papers import is_turned_down
from applicants.readiness import FilledIn, MissingItem, asked_papers, explained_items, is_of_dossier, missing_items
from applicants.studying import content_of
from documents.models import SupportingDocument
from payments.models import Charge, Payment, Reduction
from payments.standing import Standing, standing_from, worst
from programmes.rules import PaperRule

T = TypeVar("T")


@dataclass(frozen=True)
class Contents:
    """The rows of a dossier. Documents are those not replaced or removed since; referees, those not replaced."""

    dossier: Dossier
    answers: Mapping[str, str]
    choices: list[Choice]
    documents: list[SupportingDocument]
    referees: list[Referee]
    charges: list[Charge]  # the fee, then its complements; none as long as it was not opened
    explanations: Mapping[str, Explanation]  # by the code of what is missing

    @cached_property
    def missing(self) -> list[MissingItem]:
        """What must still be done before submission."""
        return missing_items(self.dossier.rules, self.filled)

    @property
    def explained(self) -> list[tuple[MissingItem, Explanation]]:
        """What is missing, and why the candidate says so."""
        items = explained_items(self.dossier.rules, self.filled)
        return [(item, self.explanations[item.code]) for item in items]

    @property
    def filled(self) -> FilledIn:
        """What counts of it."""
        return FilledIn(
            answers=self.answers,
            choices=tuple(choice.programme.code for choice in self.choices),
            statuses={choice.programme.code: choice.status for choice in self.choices},
            papers=frozenset(file.kind for file in self.documents if not is_turned_down(file)),
            appraisals=frozenset(r.kind for r in self.referees if r.state == Referee.State.DEPOSITED),
            named=frozenset(referee.kind for referee in self.referees),
            fee=self.fee,
            explained=frozenset(self.explanations),
        )

    @property
    def fee(self) -> Standing:
        """How far the application fee is settled, its complements with it."""
        return worst(self.standing(charge) for charge in self.charges)

    @property
    def charge(self) -> Charge | None:
        """What is to be paid next of the fee; the last of what was asked where nothing is."""
        due = (charge for charge in self.charges if self.standing(charge) == Standing.DUE)
        return next(due, self.charges[-1] if self.charges else None)

    @cached_property
    def reduction(self) -> Reduction | None:
        """What staff decided of the claim to the reduced fee."""
        if self.charges:
            return getattr(self.charges[0].account, "reduction", None)
        return Reduction.objects.filter(account=self.dossier.account_id).first()

    @property
    def claims_reduction(self) -> bool:
        """Whether the candidate's answers are those of someone who owes the reduced fee."""
        return claims_reduction(self.dossier.rules.fee, self.answers)

    @property
    def reduction_waits(self) -> bool:
        """Whether the reduced fee is claimed, and nobody has decided on it."""
        return self.claims_reduction and self.reduction is None

    def standing(self, charge: Charge) -> Standing:
        """How far one of the charges is settled."""
        is_announced = getattr(charge, "announced_means", None) is not None
        return standing_from(charge, is_announced=is_announced, request=getattr(charge, "exemption", None))

    @property
    def papers(self) -> list[PaperRule]:
        """The papers of the dossier that concern this candidate, in the procedure's order."""
        return [rule for rule in self._that_apply if is_of_dossier(rule)]

    @property
    def place_papers(self) -> list[PaperRule]:
        """Those that confirm a place, and concern this candidate if there is one."""
        return [rule for rule in self._that_apply if not is_of_dossier(rule)]

    @property
    def _that_apply(self) -> list[PaperRule]:
        return asked_papers(self.dossier.rules, self.answers)

    @cached_property
    def content(self) -> DossierContent:
        """What a programme studies of it."""
        explanations = self.explanations.values()
        return content_of(self.dossier.rules, self.answers, self.documents, self.referees, explanations)

    def files(self, kind: str) -> list[SupportingDocument]:
        """The files deposited as the paper of that code."""
        return [document for document in self.documents if document.kind == kind]


def read_contents(dossier: Dossier, answers: dict[str, str] | None = None) -> Contents:
    """Read the rows of a dossier, in five or six queries whatever their number; without `answers` that were read
    already.
    """
    return Contents(
        dossier=dossier,
        answers=answers_of(dossier) if answers is None else answers,
        choices=dossier.ranked_choices,
        documents=list(SupportingDocument.objects.current().filter(folder=dossier.folder_id)),
        referees=list(dossier.referees.exclude(state=Referee.State.REPLACED)),
        charges=_charges([dossier])[dossier.account_id] if dossier.rules.fee else [],
        explanations=_explanations(dossier) if dossier.rules.submission.forced else {},
    )


def read_each(dossiers: Sequence[Dossier]) -> list[Contents]:
    """As `read_contents` for each of `dossiers`, in order, in as many queries however many they are."""
    answers = answers_of_each(dossiers)
    files = SupportingDocument.objects.current().filter(folder__in=[dossier.folder_id for dossier in dossiers])
    documents = _grouped(files, lambda file: file.folder_id)
    referees = _grouped(
        Referee.objects.filter(dossier__in=dossiers).exclude(state=Referee.State.REPLACED),
        lambda referee: referee.dossier_id,
    )
    explanations = _grouped(
        Explanation.objects.filter(dossier__in=[dossier for dossier in dossiers if dossier.rules.submission.forced]),
        lambda explanation: explanation.dossier_id,
    )
    charges = _charges([dossier for dossier in dossiers if dossier.rules.fee])
    return [
        Contents(
            dossier=dossier,
            answers=answers[dossier.pk],
            choices=dossier.ranked_choices,
            documents=documents[dossier.folder_id],
            referees=referees[dossier.pk],
            charges=charges[dossier.account_id],
            explanations={explanation.place: explanation for explanation in explanations[dossier.pk]},
        )
        for dossier in dossiers
    ]


def as_studied(contents: Contents, copy: StudyCopy) -> Contents:
    """A dossier as a copy kept it; who the candidate is, what they chose and what they owe stay today's. Rule: APP-13.

    A file that was replaced since is there, with what was said of it then.
    """
    kept, answers = copy.content, copy.content["answers"]
    dossier = shallow(contents.dossier)
    dossier.version_id = copy.version_id
    dossier.title, dossier.speciality = answers.get("title", ""), answers.get("speciality", "")
    dossier.equivalence = answers.get("equivalence", "")
    documents = SupportingDocument.objects.in_bulk([UUID(paper["id"]) for paper in kept["papers"]])
    for paper in kept["papers"]:
        documents[UUID(paper["id"])].review = paper["review"]
    referees = list(dossier.referees.filter(pk__in=kept["referees"]))
    for referee in referees:
        referee.state = kept["referees"][str(referee.pk)]
    explanations = {place: Explanation(place=place, text=text) for place, text in kept["explanations"].items()}
    return replace(
        contents,
        dossier=dossier,
        answers=answers,
        documents=[documents[UUID(paper["id"])] for paper in kept["papers"]],
        referees=referees,
        explanations=explanations,
    )


def _explanations(dossier: Dossier) -> dict[str, Explanation]:
    return {explanation.place: explanation for explanation in dossier.explanations.all()}


def _charges(dossiers: Sequence[Dossier]) -> dict[object, list[Charge]]:
    """What dossiers owe as their fee, by account; each charge with `announced_means`: by which means money is on its
    way, if it is.
    """
    procedures = {dossier.account_id: dossier.procedure for dossier in dossiers}
    declared = Payment.objects.announced().filter(charge=OuterRef("pk"))
    charges = Charge.objects.live().filter(account__in=procedures, reason__in=FEE_REASONS)
    announced = charges.annotate(announced_means=Subquery(declared.values("means")[:1]))
    found: list[Charge] = list(announced.select_related("account__reduction", "payee__school", "exemption"))
    for charge in found:
        charge.account.procedure = procedures[charge.account_id]  # the same: it is read once
    return _grouped(found, lambda charge: charge.account_id)


def _grouped(rows: Iterable[T], key: Callable[[T], object]) -> dict[object, list[T]]:
    found: dict[object, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
