"""Appraisals: the confidential opinion of a referee, who drafts, deposits or declines it through a link. Rule: AST-09.

Who is asked for one, and how the link is made, is in `applicants.referees`. The candidate sees how far things are,
never what was written.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext

from applicants.dossiers import home_of, lock
from applicants.editing import takes_appraisal
from applicants.models import Appraisal, Candidate, Dossier, Referee
from applicants.readiness import applies
from applicants.referees import NotAwaited, digest_of, rule_of
from applicants.values import WrongAnswer, error_in
from journal.errors import Closed
from journal.record import record
from notifications.outbox import queue_mail
from programmes.rules import FieldRule, RefereeRule
from programmes.typed import cleaned


def by_secret(secret: str) -> Referee:
    """The referee whose link it is.

    Raises:
        Referee.DoesNotExist: nobody's.
    """
    related = ("dossier__procedure", "dossier__candidate")
    return Referee.objects.select_related(*related).get(secret_digest=digest_of(secret))


@transaction.atomic
def save_appraisal(secret: str, answers: Mapping[str, str]) -> Appraisal:
    """Keep a draft of the opinion; nobody but its author can read it.

    Raises:
        Referee.DoesNotExist: nobody's link.
        NotAwaited, Closed: the opinion is there, declined, or comes too late.
        WrongAnswer: some answers are not of the kind asked for.
    """
    dossier, referee = _lock_for(by_secret(secret))
    return _keep(dossier, referee, _checked(rule_of(dossier, referee.kind), answers), is_final=False)


@transaction.atomic
def deposit_appraisal(secret: str, answers: Mapping[str, str]) -> Appraisal:
    """Deposit the opinion for good; the candidate learns that it is there. Depositing twice is no error.

    Raises:
        Referee.DoesNotExist: nobody's link.
        NotAwaited, Closed: it is declined, replaced, or comes too late.
        WrongAnswer: answers are missing, or not of the kind asked for.
    Rule: AST-09.
    """
    found = by_secret(secret)
    if found.state == Referee.State.DEPOSITED:
        return Appraisal.objects.get(referee=found)
    dossier, referee = _lock_for(found)
    rule = rule_of(dossier, referee.kind)
    given = _checked(rule, answers)
    if missing := {question.code: gettext("Répondez à cette question.") for question in _unanswered(rule, given)}:
        raise WrongAnswer(missing)
    appraisal = _keep(dossier, referee, given, is_final=True)
    _answered(dossier, referee, Referee.State.DEPOSITED)
    return appraisal


@transaction.atomic
def decline_appraisal(secret: str) -> Referee:
    """Decline to give an opinion; the candidate learns it, and can name somebody else. Declining twice is no error.

    Raises:
        Referee.DoesNotExist: nobody's link.
        NotAwaited, Closed: the opinion is there, the referee replaced, or it is too late.
    Rule: AST-09.
    """
    referee = by_secret(secret)
    if referee.state == Referee.State.DECLINED:
        return referee
    dossier, referee = _lock_for(referee)
    Appraisal.objects.filter(referee=referee).delete()
    _answered(dossier, referee, Referee.State.DECLINED)
    return referee


def _answered(dossier: Dossier, referee: Referee, state: Referee.State) -> None:
    referee.state = state
    referee.answered_at = dossier.procedure.now()
    referee.save(update_fields=["state", "answered_at"])
    record(f"referee.{state}", dossier, referee=str(referee.pk))
    candidate = Candidate.objects.select_related("user").get(pk=dossier.candidate_id)
    queue_mail(
        f"referee_{state}",
        to=candidate.user,
        key=f"referee-{state}:{referee.pk}",
        procedure=dossier.procedure,
        name=candidate.full_name,
        referee=referee.name,
        label=rule_of(dossier, referee.kind).label,
        replace=str(rule_of(dossier, referee.kind).replace),
        path=home_of(dossier),
    )


def _lock_for(found: Referee) -> tuple[Dossier, Referee]:
    """The referee and the dossier, locked, if the opinion is waited for."""
    dossier = lock(found.dossier_id)
    referee = dossier.referees.select_for_update().get(pk=found.pk)
    match referee.state:
        case Referee.State.DEPOSITED:
            raise NotAwaited(gettext("Votre fiche est déposée : elle ne change plus. Merci."))
        case Referee.State.DECLINED:
            raise NotAwaited(gettext("Vous avez décliné cette demande. Le candidat peut vous désigner de nouveau."))
        case Referee.State.REPLACED:
            raise NotAwaited(
                gettext("Le candidat a désigné une autre personne : votre avis n’est plus attendu. Merci.")
            )
    if not takes_appraisal(dossier, referee.kind):
        raise Closed(gettext("Le délai est passé : votre avis ne peut plus être joint à ce dossier."))
    return dossier, referee


def _keep(dossier: Dossier, referee: Referee, answers: dict[str, str], *, is_final: bool) -> Appraisal:
    """Write the answers of a referee who is locked."""
    now = dossier.procedure.now()
    appraisal = Appraisal(referee=referee, answers=answers, saved_at=now, deposited_at=now if is_final else None)
    Appraisal.objects.bulk_create(
        [appraisal],
        update_conflicts=True,
        unique_fields=["referee"],
        update_fields=["answers", "saved_at", "deposited_at"],
    )
    return appraisal


def _checked(rule: RefereeRule, answers: Mapping[str, str]) -> dict[str, str]:
    given = {question.code: cleaned(answers.get(question.code, "")) for question in rule.questions}
    errors = {question.code: error_in(question, given[question.code]) for question in rule.questions}
    if wrong := {code: error for code, error in errors.items() if error}:
        raise WrongAnswer(wrong)
    return given


def _unanswered(rule: RefereeRule, given: Mapping[str, str]) -> list[FieldRule]:
    return [
        question
        for question in rule.questions
        if question.requires(given) and applies(question, given) and not given[question.code]
    ]
