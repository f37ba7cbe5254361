"""Publication: results are prepared, appear at one instant, are announced, and then change only by two
persons.

*Preparing* freezes the decisions of a step and sets the instant. *Appearing* is no act: everyone outside
reads through `Decision.objects.published`, which compares the clock with that instant. *Announcing* runs once
it has come, and sends the mails and the numbered notices. A *correction* of what is published is proposed by
one person and confirmed by another.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice, Dossier, Status
from journal.errors import Refused
from journal.followups import state_fact
from journal.record import record
from juries.announcements import announce_correction, announce_decisions
from juries.decisions import admissible_dossiers
from juries.models import Decision, DecisionCorrection, Publication
from juries.steps import hold_unfrozen, lock_step, require_unfrozen
from programmes.models import Procedure, Step
from programmes.roles import OFFICE, PRESIDENT, require_role
from programmes.typed import reason_typed

PUBLISHERS = (OFFICE, PRESIDENT)
CORRECTED_FACT = "decision_corrected"
BATCH = 50  # decisions announced in one transaction

OUTCOMES = {
    Step.Kind.ADMISSIBILITY: (Decision.Outcome.ADMISSIBLE, Decision.Outcome.NOT_ADMISSIBLE),
    Step.Kind.ADMISSION: (Decision.Outcome.ADMITTED, Decision.Outcome.CONDITIONAL, Decision.Outcome.REFUSED),
}


class NotPublishable(Refused):
    """A decision is missing, or the instant is past."""


class NotCorrectable(Refused):
    """The correction cannot be proposed or confirmed; the sentence says why."""


@transaction.atomic
def prepare_publication(step_id: int, *, by: User, visible_at: dt.datetime | None = None) -> Publication:
    """Freeze the decisions of a step and set the instant (UTC) at which they appear, by default the
    calendar's.

    Raises:
        NotAllowed: `by` neither presides the jury nor is of the office.
        Frozen: it is prepared already.
        NotPublishable: a dossier is undecided, no instant is set, or it is past.
    Rules: AST-13, AST-16.
    """
    step = _lock_step(step_id, by)
    require_unfrozen(step)
    undecided = undecided_dossiers(step).count()
    if undecided:
        raise NotPublishable(
            gettext("Le jury n’a pas encore décidé de tous les dossiers : il en reste %(count)d.")
            % {"count": undecided}
        )
    if not announceable(step).exists():
        raise NotPublishable(gettext("Il n’y a aucune décision à publier."))
    instant = visible_at or step.results_at
    if instant is None:
        raise NotPublishable(gettext("Indiquez le jour et l’heure de la publication."))
    if instant < step.procedure.now():
        raise NotPublishable(gettext("L’instant de publication est passé : choisissez-en un à venir."))
    publication = Publication.objects.create(
        step=step, visible_at=instant, prepared_at=step.procedure.now(), prepared_by=by
    )
    Decision.objects.filter(step=step).update(publication=publication)
    record(
        "publication.prepared",
        publication,
        by=by,
        step=step.code,
        visible_at=instant.isoformat(),
        decisions=announceable(step).count(),
    )
    return publication


@transaction.atomic
def cancel_publication(step_id: int, *, by: User) -> None:
    """Take a prepared publication back before its instant: the jury may change its decisions again.

    Raises:
        NotAllowed: `by` neither presides the jury nor is of the office.
        NotPublishable: nothing is prepared, or the results are public.
    """
    step = _lock_step(step_id, by)
    publication = Publication.objects.whole().select_for_update(of=("self",)).filter(step=step).first()
    if publication is None:
        raise NotPublishable(gettext("Aucune publication n’est préparée pour cette étape."))
    is_told = step.decisions.exclude(announced_at=None).exists()  # while this request waited, or the clock went back
    if is_told or step.procedure.now() >= publication.visible_at:
        raise NotPublishable(gettext("Ces résultats sont déjà publics : ils ne peuvent plus être retirés."))
    record("publication.cancelled", publication, by=by, step=step.code)
    publication.delete()
    if step.kind == Step.Kind.ADMISSION:  # decided by lists that may change now: it is decided anew with them
        Decision.objects.filter(step=step).delete()


def withdraw(publication: Publication, step: Step, *, by: User) -> None:
    """Delete a publication that nobody has seen, under the lock of its step: its decisions are unfrozen.

    Raises:
        NotPublishable: its results are public.
    """
    # Told while this request waited, or before the clock went back.
    is_told = publication.decisions.exclude(announced_at=None).exists()
    if is_told or step.procedure.now() >= publication.visible_at:
        raise NotPublishable(gettext("Ces résultats sont déjà publics : ils ne peuvent plus être retirés."))
    record("publication.cancelled", publication, by=by, step=step.code)
    publication.delete()


def due_publications(procedure: Procedure) -> QuerySet[Publication]:
    """The publications of `procedure` whose instant has come and which are not announced to everyone yet."""
    return Publication.objects.filter(
        step__procedure=procedure, announced_at=None, visible_at__lte=procedure.now()
    ).order_by("visible_at")


def announce(publication_id: int) -> int:
    """Tell each candidate of a publication whose instant has come, by mail and by a notice; returns how many.

    Works in batches, each in its own transaction: an interrupted announcement goes on where it stopped, and
    nobody is told twice. Does nothing before the instant. Rules: AST-13, AST-25.
    """
    told = count = _announce_batch(publication_id)
    while count == BATCH:  # fewer are the last
        count = _announce_batch(publication_id)
        told += count
    return told


@transaction.atomic
def propose_correction(decision_id: int, *, outcome: str, reason: str, by: User) -> DecisionCorrection:
    """Propose to change a published decision; it waits for a second person. A new proposal replaces the one
    that waits.

    Raises:
        NotAllowed: `by` neither presides the jury nor is of the office.
        NotCorrectable: not public yet, no reason, or no change; the dossier has ended; or somebody refused is to be
            admitted, to whom no place could be offered any more.
        Frozen: an admissibility, when the admission that follows from it is prepared.
    Rule: AST-24.
    """
    decision = _lock_decision(decision_id)
    procedure = decision.procedure
    require_role(by, procedure, *PUBLISHERS, programme=decision.choice.programme if decision.choice else None)
    if not Decision.objects.published(procedure).filter(pk=decision.pk).exists():
        raise NotCorrectable(gettext("Cette décision n’est pas encore publique : le jury peut la changer lui-même."))
    if outcome not in OUTCOMES.get(Step.Kind(decision.step.kind), ()) or outcome == decision.outcome:
        raise NotCorrectable(gettext("Choisissez une décision différente de celle qui est publiée."))
    _require_nothing_built_on(decision)
    _require_still_of_use(decision)
    reason = reason_typed(reason)
    if not reason:
        raise NotCorrectable(gettext("Indiquez le motif de la rectification : il est conservé."))
    decision.corrections.filter(confirmed_at=None).delete()
    correction = DecisionCorrection.objects.create(
        decision=decision, outcome=outcome, reason=reason, proposed_at=procedure.now(), proposed_by=by
    )
    record("decision.correction_proposed", decision, by=by, correction=correction.pk, outcome=outcome)
    return correction


@transaction.atomic
def confirm_correction(correction_id: int, *, by: User) -> Decision:
    """Carry out a proposed correction, as a second person, and tell the candidate.

    Raises:
        NotAllowed: `by` neither presides the jury nor is of the office.
        NotCorrectable: `by` proposed it, it is confirmed already, or it has become of no use (see
            `propose_correction`).
        Frozen: an admissibility, when the admission that follows from it is prepared.
    Rule: AST-24.
    """
    decision = _lock_decision(DecisionCorrection.objects.values_list("decision", flat=True).get(pk=correction_id))
    correction = DecisionCorrection.objects.get(pk=correction_id)
    programme = decision.choice.programme if decision.choice else None
    require_role(by, decision.procedure, *PUBLISHERS, programme=programme)
    if correction.confirmed_at is not None:
        raise NotCorrectable(gettext("Cette rectification est déjà confirmée."))
    if correction.proposed_by_id == by.pk:
        raise NotCorrectable(gettext("Une autre personne que celle qui propose la rectification doit la confirmer."))
    _require_nothing_built_on(decision)
    _require_still_of_use(decision)
    before = decision.outcome
    correction.confirmed_at, correction.confirmed_by = decision.procedure.now(), by
    correction.save(update_fields=["confirmed_at", "confirmed_by"])
    decision.outcome, decision.reason, decision.rank = correction.outcome, correction.reason, None
    decision.announced_at = decision.announced_at or correction.confirmed_at  # told below, were it not told yet
    decision.save(update_fields=["outcome", "reason", "rank", "announced_at"])
    record(
        "decision.corrected",
        decision,
        by=by,
        correction=correction.pk,
        before=before,
        outcome=decision.outcome,
    )
    announce_correction(decision, correction)
    state_fact(CORRECTED_FACT, decision.pk)
    return decision


def announceable(*steps: Step) -> QuerySet[Decision]:
    """The decisions of `steps` that concern someone still a candidate."""
    return Decision.objects.filter(step__in=steps, dossier__status=Status.VALIDATED)


def undecided_dossiers(step: Step) -> QuerySet[Dossier]:
    """Those on which the jury of `step` still has to decide: validated, and for the admission declared
    admissible.
    """
    if step.kind == Step.Kind.ADMISSION:
        dossiers = admissible_dossiers(step.procedure)
    else:
        dossiers = Dossier.objects.filter(procedure=step.procedure, status=Status.VALIDATED)
    return dossiers.exclude(pk__in=Decision.objects.filter(step=step).values("dossier"))


@transaction.atomic(savepoint=False)  # what is public at once is announced in the transaction of a follow-up
def _announce_batch(publication_id: int) -> int:
    publication = (
        Publication.objects.select_for_update(of=("self",)).select_related("step__procedure").get(pk=publication_id)
    )
    if publication.announced_at is not None or not publication.is_public:
        return 0
    concerned = publication.decisions.filter(dossier__status=Status.VALIDATED)
    waiting = concerned.filter(announced_at=None).order_by("pk")
    waiting = waiting.select_for_update(of=("self",), no_key=True)  # none is corrected meanwhile
    related = ("dossier__candidate__user", "dossier__track", "choice__programme__school")
    batch = list(waiting.select_related(*related)[:BATCH])
    if publication.programme_id is None:  # the common jury’s: all choices are named, and the period of offers to come
        ranked = Choice.objects.select_related("programme__school")
        prefetch_related_objects(batch, Prefetch("dossier__choices", ranked, to_attr="ranked_choices"))
        prefetch_related_objects([publication.procedure], "periods")
    for decision in batch:
        decision.step, decision.dossier.procedure = publication.step, publication.procedure  # the same: read once
    announce_decisions(batch, publication)
    Decision.objects.filter(pk__in=[decision.pk for decision in batch]).update(announced_at=publication.procedure.now())
    if len(batch) < BATCH:
        publication.announced_at = publication.procedure.now()
        publication.save(update_fields=["announced_at"])
        record("publication.announced", publication, step=publication.step.code, decisions=concerned.count())
    return len(batch)


def _lock_step(step_id: int, by: User) -> Step:
    step = lock_step(step_id)
    require_role(by, step.procedure, *PUBLISHERS)
    return step


def _require_nothing_built_on(decision: Decision) -> None:
    """Raise `Frozen` if `decision` is of the admissibility, and the admission is prepared on it."""
    if decision.step.kind == Step.Kind.ADMISSIBILITY:
        hold_unfrozen(decision.procedure, Step.Kind.ADMISSION)


def _require_still_of_use(decision: Decision) -> None:
    """Raise `NotCorrectable` if the candidate is gone, or is refused and could be offered nothing any more."""
    if decision.dossier.status != Status.VALIDATED:
        raise NotCorrectable(gettext("Ce dossier est retiré : la décision ne se rectifie plus."))
    if decision.outcome != Decision.Outcome.REFUSED:
        return
    if decision.corrections.exclude(confirmed_at=None).exists():
        raise NotCorrectable(
            gettext(
                "Cette admission a été retirée par une rectification, et la place rendue : elle ne se rétablit pas."
            )
        )
    if decision.choice_id is None and not _is_a_period_to_come(decision.procedure):
        raise NotCorrectable(
            gettext(
                "Aucune période ne s’ouvrira plus : cette admission ne donnerait accès à aucune place. Ajoutez d’abord "
                "une période au calendrier de la procédure."
            )
        )


def _is_a_period_to_come(procedure: Procedure) -> bool:
    return procedure.periods.filter(opened_at=None, ends_at__gt=procedure.now()).exists()


def _lock_decision(decision_id: int) -> Decision:
    decisions = Decision.objects.select_for_update(of=("self",))
    related = ("dossier__procedure", "dossier__candidate__user", "step", "publication", "choice__programme__school")
    return decisions.select_related(*related).get(pk=decision_id)
