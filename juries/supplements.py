"""Supplements: a further interview, or a written piece with a subject and a deadline, before a choice is decided.

Where choices are evaluated, one is asked for when the mean does not let a choice be presented as it stands; elsewhere,
whenever the jury needs it. A further interview may also be asked of somebody on the waiting list. Whoever asked says at
last whether the choice is presentable.
"""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.models import Choice, Dossier
from documents import intake
from documents.intake import Received
from documents.models import SupportingDocument
from journal.errors import Refused
from journal.record import record
from juries.choice_decisions import deciders_of
from juries.choices_before import lock_choice, require_before, require_role_for
from juries.hearing import heard_of
from juries.models import Decision, Supplement
from juries.steps import raise_frozen
from notifications.outbox import queue_mail
from programmes.models import Procedure, Step
from programmes.roles import JURY, OFFICE, PRESIDENT, HeldRoles
from programmes.rules import FileKind, PaperRule
from programmes.text import Text
from programmes.typed import LONGEST_EXPLANATION, reason_typed

ASKERS = (OFFICE, JURY, PRESIDENT)
PAPER = "supplement-"  # what the codes of written pieces begin with, in the dossier's folder
MAX_BYTES = 10_000_000
Kind = Supplement.Kind


class NotAskable(Refused):
    """No supplement can be asked for now; the sentence says why."""


class NotAnswerable(Refused):
    """The supplement takes no answer, or none any more."""


class NotJudgeable(Refused):
    """It is not time to say what the supplement came to."""


@transaction.atomic
def ask_supplement(choice_id: int, *, kind: str, subject: str, due_at: dt.datetime, by: User) -> Supplement:
    """Ask a candidate for a further interview, or a written piece, until `due_at` (UTC, the procedure's time).

    Raises:
        Choice.DoesNotExist: no choice of a dossier that `by` may see.
        NotAllowed: `by` neither judges nor administers this programme.
        NotBefore: the choice has not come as far as the admission.
        NotAskable: the mean suffices, or is not known yet; one is asked for already; the decision is public, and not
            the waiting list; no subject, or no time left.
        Frozen: the decision is about to be published.
    Rules: BS-05, NE-04, IIM-05.
    """
    admission = admission_of(Choice.objects.select_related("dossier__procedure").get(pk=choice_id).dossier.procedure)
    choice, admission, held = lock_choice(choice_id, admission.pk, by=by)
    procedure = admission.procedure
    require_role_for(choice, held, *ASKERS)
    require_before(choice, admission)
    subject = reason_typed(subject, at_most=LONGEST_EXPLANATION)
    _require_of_use(choice, admission, kind)
    if not subject:
        raise NotAskable(gettext("Indiquez ce qui est demandé : le candidat le lira."))
    if due_at <= procedure.now():
        raise NotAskable(gettext("Choisissez une échéance à venir."))
    supplement = Supplement.objects.create(
        choice=choice, kind=kind, subject=subject, due_at=due_at, asked_at=procedure.now(), asked_by=by
    )
    ids = {"supplement": supplement.pk, "kind": kind, "programme": choice.programme.code}
    record("supplement.asked", choice.dossier, by=by, **ids, until=due_at.isoformat())
    queue_mail(
        "supplement_asked",
        to=choice.dossier.candidate.user,
        key=f"supplement:{supplement.pk}",
        procedure=procedure,
        addressee=choice.dossier.candidate.full_name,
        reference=choice.dossier.reference,
        programme=choice.programme.title,
        is_written=kind == Kind.WRITTEN,
        subject=subject,
        due_at=due_at,
        path=reverse("juries:supplement", args=[procedure.slug, supplement.pk]),
    )
    return supplement


def deposit_written(supplement_id: int, upload: UploadedFile, *, by: User) -> SupportingDocument:
    """Hand in the written piece, as a PDF; takes the place of the one before, until the deadline.

    The file is judged and stored before the dossier is locked, and thrown away if the act is refused.

    Raises:
        Supplement.DoesNotExist: not asked of this person.
        NotAnswerable: an interview, judged already, or past its deadline.
        WrongFile: its kind or size.
    Rule: BS-05.
    """
    supplement = own_supplement(supplement_id, by=by)
    _require_open(supplement)  # first, so that nothing is stored in vain; it is asked again under the lock
    received = intake.receive(upload, paper_rule(supplement))
    try:
        return _file(supplement_id, received, by=by)
    except Exception:
        intake.discard(received)
        raise


@transaction.atomic
def judge_supplement(supplement_id: int, *, presentable: bool, comment: str = "", by: User) -> Supplement:
    """Say whether what the candidate answered makes the choice presentable to the jury.

    Raises:
        Supplement.DoesNotExist: no choice of a dossier that `by` may see.
        NotAllowed: `by` neither judges nor administers this programme.
        NotJudgeable: judged already; the interview is still to come; no piece that can be read, and favourable or
            before the deadline.
    Rule: BS-05.
    """
    found = Supplement.objects.select_related("choice__dossier__procedure").get(pk=supplement_id)
    choice, admission, held = lock_choice(found.choice_id, admission_of(found.procedure).pk, by=by)
    require_role_for(choice, held, *ASKERS)
    supplement = Supplement.objects.select_related("document").get(pk=supplement_id)
    now = admission.procedure.now()
    _require_answered(supplement, presentable, now)
    supplement.presentable, supplement.comment = presentable, reason_typed(comment, at_most=LONGEST_EXPLANATION)
    supplement.judged_at, supplement.judged_by = now, by
    supplement.save(update_fields=["presentable", "comment", "judged_at", "judged_by"])
    record("supplement.judged", choice.dossier, by=by, supplement=supplement.pk, presentable=presentable)
    return supplement


def admission_of(procedure: Procedure) -> Step:
    """The step that admits.

    Raises:
        NotAskable: the procedure has none.
    """
    step = procedure.steps.filter(kind=Step.Kind.ADMISSION).first()
    if step is None:
        raise NotAskable(gettext("Cette procédure ne comporte pas d’admission."))
    return step


def own_supplement(supplement_id: int, *, by: User) -> Supplement:
    """What was asked of a candidate whose dossier is still one.

    Raises:
        Supplement.DoesNotExist: nothing of this person.
    """
    related = ("choice__dossier__procedure", "choice__programme__school", "document")
    own = Supplement.objects.filter(choice__dossier__in=Dossier.objects.owned_by(by))
    return own.select_related(*related).get(pk=supplement_id)


def may_read_piece(document: SupportingDocument, procedure: Procedure, held: HeldRoles) -> bool:
    """Whether one works by these roles where the choice is decided for which the piece was asked. Rule: APP-15."""
    supplement = Supplement.objects.select_related("choice__programme").filter(pk=document.kind.removeprefix(PAPER))
    readers = (*ASKERS, *deciders_of(admission_of(procedure)))
    return any(held.has(procedure, *readers, programme=one.choice.programme) for one in supplement)


def paper_rule(supplement: Supplement) -> PaperRule:
    """The written piece as a paper: a PDF, filed under a code of its own."""
    label = Text(fr="Écrit complémentaire", en="Further written piece")
    return PaperRule(code=f"{PAPER}{supplement.pk}", label=label, kinds=(FileKind.PDF,), max_bytes=MAX_BYTES)


@transaction.atomic
def _file(supplement_id: int, received: Received, *, by: User) -> SupportingDocument:
    dossier = lock_own(own_supplement(supplement_id, by=by).choice.dossier_id, by=by)
    supplement = own_supplement(supplement_id, by=by)
    _require_open(supplement)
    if supplement.document is not None:
        intake.supersede(supplement.document)
    kind = paper_rule(supplement).code
    document = intake.file_paper(dossier.folder_id, kind, received, at=dossier.procedure.now(), by=by)
    supplement.document = document
    supplement.save(update_fields=["document"])
    record("supplement.handed_in", dossier, by=by, supplement=supplement.pk, sha256=document.sha256)
    return document


def _require_of_use(choice: Choice, admission: Step, kind: str) -> None:
    """Raise `NotAskable` if the decision does not wait for a supplement of that kind."""
    decision = Decision.objects.filter(choice=choice, step=admission).select_related("publication").first()
    is_listed = decision is not None and decision.publication is not None
    if decision is not None and decision.publication is not None:
        if decision.outcome != Decision.Outcome.WAITING:
            raise_frozen(decision.publication, admission)
        if kind != Kind.INTERVIEW:
            raise NotAskable(gettext("En liste d’attente, seul un entretien complémentaire peut être demandé."))
    if choice.supplements.filter(judged_at=None).exists():
        raise NotAskable(gettext("Un complément est déjà demandé pour cette candidature."))
    heard = heard_of(admission, [choice])[choice.pk]
    if heard.evaluation is None or is_listed:
        return
    if not heard.is_evaluated:
        raise NotAskable(gettext("Toutes les évaluations ne sont pas déposées : la moyenne n’est pas connue."))
    if not heard.is_short:
        raise NotAskable(gettext("La moyenne des évaluations suffit : la candidature est présentable au jury."))


def _require_open(supplement: Supplement) -> None:
    if supplement.kind != Kind.WRITTEN:
        raise NotAnswerable(gettext("Un entretien est demandé, et non un écrit."))
    if not supplement.is_open(supplement.procedure.now()):
        raise NotAnswerable(gettext("Le délai est passé : cet écrit ne peut plus être remis."))


def _require_answered(supplement: Supplement, presentable: bool, now: dt.datetime) -> None:
    if supplement.judged_at is not None:
        raise NotJudgeable(gettext("Ce complément est déjà jugé."))
    if supplement.kind == Kind.INTERVIEW:
        if supplement.slots.filter(starts_at__gt=now).exists():
            raise NotJudgeable(gettext("L’entretien n’a pas encore eu lieu."))
        return
    passed = SupportingDocument.Check.PASSED
    is_there = supplement.document is not None and supplement.document.check_state == passed
    if not is_there and (presentable or now < supplement.due_at):
        raise NotJudgeable(gettext("Le candidat n’a pas encore remis d’écrit que l’on puisse lire."))
