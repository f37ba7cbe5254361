"""Referees: the candidate names a person for a confidential opinion and has them written to. Rule: AST-09.

What the person does with the link of the mail is in `applicants.appraisals`. The link's secret is not stored: it is
derived anew from the referee's id and the portal's key when a mail needs it, and found again by its digest. So a
reminder holds the same link as the first mail, and a copy of the database opens nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext

from accounts.models import User
from applicants.dossiers import lock, lock_own
from applicants.editing import (
    APPLICATIONS,
    APPRAISALS,
    appraisals_until,
    require_editable,
    takes_appraisal,
)
from applicants.models import Appraisal, Dossier, Referee, Status
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Procedure
from programmes.rules import RefereeRule, Replacing
from programmes.typed import cleaned

REMINDER_PERIOD = dt.timedelta(days=1)  # between two reminders that the candidate asks for
MOST_ASKED = 5  # persons whom one dossier may write to in a day: the portal's mails are for nobody's advertising
DAYS_BEFORE_CLOSING = (7, 2)  # when the portal reminds by itself


class WrongReferee(Refused):
    """This person cannot be named: too many, an address that is none, or the candidate's own."""


class NotAwaited(Refused):
    """This referee's opinion is not, or no longer, waited for."""


@transaction.atomic
def name_referee(
    dossier_id: UUID, *, kind: str, name: str, position: str, email: str, by: User, language: str = "fr"
) -> Referee:
    """Name a referee, who is written to at once.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        Closed, NotEditable: referees cannot be named now.
        WrongReferee: no such kind, none left to name, too many in a day, or an address that cannot be theirs.
    Rule: AST-09.
    """
    dossier = lock_own(dossier_id, by=by)
    require_editable(dossier, f"referee:{kind}")
    rule = rule_of(dossier, kind)
    named = list(dossier.referees.all())
    if sum(one.kind == kind and one.state != Referee.State.REPLACED for one in named) >= rule.max_count:
        raise WrongReferee(_why_full(rule))
    _require_few_asked(dossier, named)
    return _ask(dossier, kind, name, position, email, language, by=by)


@transaction.atomic
def replace_referee(
    referee_id: UUID, *, name: str, position: str, email: str, by: User, language: str = "fr"
) -> Referee:
    """Name another person in the place of one who has not deposited; the first link opens nothing any more.

    Raises:
        Referee.DoesNotExist: not this person's referee.
        Closed, NotEditable: referees cannot be named now.
        NotAwaited: the opinion is there, or this one was replaced already.
        WrongReferee: nobody is replaced here, too many in a day, or an address that cannot be theirs.
    Rules: AST-09, APP-10.
    """
    dossier, referee = _lock_for_candidate(referee_id, by=by)
    if rule_of(dossier, referee.kind).replace == Replacing.REOPENED:
        raise WrongReferee(
            gettext("Une personne désignée ne se remplace pas. Vous pouvez en désigner une autre s’il reste une place.")
        )
    if referee.state == Referee.State.DEPOSITED:
        raise NotAwaited(gettext("Cette fiche est déposée : la personne ne se remplace plus."))
    if referee.state == Referee.State.REPLACED:
        raise NotAwaited(gettext("Cette personne est déjà remplacée."))
    Appraisal.objects.filter(referee=referee).delete()  # a draft that nobody will read
    referee.state = Referee.State.REPLACED
    referee.save(update_fields=["state"])
    record("referee.replaced", dossier, by=by, referee=str(referee.pk))
    _require_few_asked(dossier, dossier.referees.all())
    return _ask(dossier, referee.kind, name, position, email, language, by=by)


@transaction.atomic
def remind_referee(referee_id: UUID, *, by: User) -> None:
    """Write to a referee again, at the candidate's wish: once a day at most.

    Raises:
        Referee.DoesNotExist: not this person's referee.
        Closed, NotEditable: the opinion can no longer come in time.
        NotAwaited: it is there, or declined; or a mail went out less than a day ago.
    Rule: AST-09.
    """
    dossier, referee = _lock_for_candidate(referee_id, by=by, reminds=True)
    if referee.state != Referee.State.ASKED:
        raise NotAwaited(gettext("Cette personne n’est plus à relancer."))
    now = dossier.procedure.now()
    if now - (referee.reminded_at or referee.asked_at) < REMINDER_PERIOD:
        raise NotAwaited(
            gettext("Un message est parti il y a moins d’un jour. Laissez à cette personne le temps de répondre.")
        )
    _remind(dossier, referee, key=f"referee-reminder:{referee.pk}:{now.isoformat()}")
    record("referee.reminded", dossier, by=by, referee=str(referee.pk))


def remind_referees_due(procedure: Procedure) -> int:
    """Remind the referees of drafts 7 and 2 days before the closing hour; returns how many were. For the periodic task.

    Where opinions have a window of their own, those of submitted dossiers too, before its end. Repeating it writes
    nothing twice, and a task that is late sends only the last reminder due. Rules: AST-09, APP-10 (ours).
    """
    calendar = procedure.calendar
    entry = calendar.get(APPRAISALS) or calendar.get(APPLICATIONS)
    statuses = [Status.DRAFT] if procedure.is_open(APPLICATIONS) else []
    statuses += [Status.SUBMITTED, Status.VALIDATED] if APPRAISALS in calendar else []
    now = procedure.now()
    if entry is None or entry.ends_at is None or now >= entry.ends_at:
        return 0
    instants = [entry.ends_at - dt.timedelta(days=days) for days in DAYS_BEFORE_CLOSING]
    due = max((moment for moment in instants if moment <= now), default=None)
    if due is None:
        return 0
    waiting = Referee.objects.filter(
        Q(reminded_at=None) | Q(reminded_at__lt=due),
        state=Referee.State.ASKED,
        asked_at__lt=due,
        dossier__procedure=procedure,
        dossier__status__in=statuses,
    )
    return sum(_remind_if_still_due(pk, due, statuses) for pk in waiting.values_list("pk", flat=True))


def secret_of(referee_id: UUID) -> str:
    """The secret of a referee's link, for the mails that hold it: 32 bytes that only the portal's key makes."""
    made = salted_hmac("applicants.referees.link", str(referee_id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def digest_of(secret: str) -> str:
    """What the database keeps of a secret, to find the referee by it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def rule_of(dossier: Dossier, kind: str) -> RefereeRule:
    """What the procedure says of referees of that kind.

    Raises:
        WrongReferee: it asks for none.
    """
    rule = dossier.rules.referee(kind)
    if rule is None:
        raise WrongReferee(gettext("La procédure ne demande pas d’avis de cette sorte."))
    return rule


def _ask(dossier: Dossier, kind: str, name: str, position: str, email: str, language: str, *, by: User) -> Referee:
    referee_id = uuid4()
    referee = Referee(
        id=referee_id,
        dossier=dossier,
        kind=kind,
        name=cleaned(name),
        position=cleaned(position),
        email=email.strip().lower(),
        language=language,
        secret_digest=digest_of(secret_of(referee_id)),
        asked_at=dossier.procedure.now(),
    )
    _check_person(dossier, referee, by)
    referee.save(force_insert=True)
    _mail(dossier, referee, "referee_asked", key=f"referee-asked:{referee.pk}")
    record("referee.named", dossier, by=by, referee=str(referee.pk), kind=kind)
    return referee


def _require_few_asked(dossier: Dossier, named: Iterable[Referee]) -> None:
    """Raise `WrongReferee` if the candidate has had `MOST_ASKED` of those `named` written to within a day."""
    since = dossier.procedure.now() - dt.timedelta(days=1)
    if sum(one.asked_at > since for one in named) >= MOST_ASKED:
        raise WrongReferee(
            gettext("Vous avez désigné %(count)d personnes en un jour. Attendez demain pour en désigner une autre.")
            % {"count": MOST_ASKED}
        )


def _check_person(dossier: Dossier, referee: Referee, candidate: User) -> None:
    if not dossier.candidate.full_name:
        raise WrongReferee(gettext("Remplissez d’abord votre identité : le message à cette personne porte votre nom."))
    if not referee.name:
        raise WrongReferee(gettext("Indiquez le nom de la personne."))
    try:
        validate_email(referee.email)
    except ValidationError:
        raise WrongReferee(gettext("Écrivez une adresse électronique, par exemple nom@exemple.fr.")) from None
    for column in ("name", "position", "email"):
        longest = getattr(Referee._meta.get_field(column), "max_length", 0)
        if len(getattr(referee, column)) > longest:
            raise WrongReferee(
                gettext("Cette réponse ne peut pas avoir plus de %(limit)s caractères.") % {"limit": longest}
            )
    if referee.email == candidate.email:
        raise WrongReferee(
            gettext("Cette adresse est la vôtre : la fiche est confidentielle, elle s’écrit à une autre personne.")
        )


def _remind_if_still_due(referee_id: UUID, due: dt.datetime, statuses: Sequence[str]) -> bool:
    with transaction.atomic():
        dossier = lock(Referee.objects.values_list("dossier", flat=True).get(pk=referee_id))
        referee = dossier.referees.select_for_update().get(pk=referee_id)
        reminded = referee.reminded_at is not None and referee.reminded_at >= due
        if reminded or referee.state != Referee.State.ASKED or dossier.status not in statuses:
            return False
        _remind(dossier, referee, key=f"referee-reminder:{referee.pk}:{due.isoformat()}")
        record("referee.reminded", dossier, referee=str(referee.pk))
        return True


def _remind(dossier: Dossier, referee: Referee, *, key: str) -> None:
    referee.reminded_at = dossier.procedure.now()
    referee.secret_digest = digest_of(secret_of(referee.pk))  # another one if the portal's key has changed meanwhile
    referee.save(update_fields=["reminded_at", "secret_digest"])
    _mail(dossier, referee, "referee_reminder", key=key)


def _mail(dossier: Dossier, referee: Referee, kind: str, *, key: str) -> None:
    procedure = dossier.procedure
    queue_mail(
        kind,
        to=referee.email,
        key=key,
        procedure=procedure,
        language=referee.language,
        secret=True,
        referee=referee.name,
        candidate=dossier.candidate.full_name,
        label=rule_of(dossier, referee.kind).label,
        closes_at=appraisals_until(dossier, referee.kind),
        contact=procedure.contact_email,
        path=reverse("applicants:appraisal", args=[secret_of(referee.pk)]),
    )


def may_remind(dossier: Dossier, kind: str) -> bool:
    """Whether the candidate of a dossier that no longer changes may have referees of that kind written to again: as
    long as a window of their own is open.
    """
    return APPRAISALS in dossier.procedure.calendar and takes_appraisal(dossier, kind)


def _why_full(rule: RefereeRule) -> str:
    if rule.max_count == 1 and rule.replace == Replacing.FREELY:
        return gettext("Vous avez déjà désigné cette personne. Vous pouvez la remplacer tant qu’elle n’a rien déposé.")
    return ngettext(
        "Vous ne pouvez désigner qu’une personne, quelle que soit sa réponse.",
        "Vous ne pouvez désigner que %(count)d personnes, quelles que soient leurs réponses.",
        rule.max_count,
    ) % {"count": rule.max_count}


def _lock_for_candidate(referee_id: UUID, *, by: User, reminds: bool = False) -> tuple[Dossier, Referee]:
    found = Referee.objects.get(pk=referee_id, dossier__candidate__user=by)
    dossier = lock_own(found.dossier_id, by=by)
    if not (reminds and may_remind(dossier, found.kind)):
        require_editable(dossier, f"referee:{found.kind}")
    return dossier, dossier.referees.select_for_update().get(pk=referee_id)
