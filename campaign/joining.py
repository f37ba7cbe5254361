"""Joining: a person who has opened two accounts is found by name and day of birth, and the office makes one of them.

The dossiers, payments, letters and mails of the one go to the other, which stays as it is; the one is closed.
Rule: ALL-07.
"""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import Count
from django.utils.translation import gettext

from accounts.models import Consent, User
from applicants.identity import folded
from applicants.models import Candidate, Dossier, Message
from campaign.addresses import require_office_of
from campaign.models import AddressChange, DataRequest
from campaign.staffing import staffed_by_office
from documents.models import Notice, SupportingDocument
from journal.clock import instant
from journal.errors import Refused
from journal.record import record
from notifications.models import Mail
from notifications.outbox import queue_mail
from offers.models import ReplyRecord
from payments.models import Account
from programmes.models import Procedure
from programmes.typed import reason_typed

# What goes over to the account that stays: rows, and by which column they point to the account.
MOVED: tuple[tuple[type[models.Model], str], ...] = (
    (Account, "payer"),
    (Notice, "recipient"),
    (Mail, "recipient"),
    (Message, "author"),
    (ReplyRecord, "given_by"),
    (SupportingDocument, "uploaded_by"),
    (AddressChange, "user"),
    (DataRequest, "user"),
)


class NotJoined(Refused):
    """The two accounts cannot be made one."""


@transaction.atomic
def join_accounts(stays_id: UUID, goes_id: UUID, *, checked_how: str, by: User) -> User:
    """Give all that the account `goes_id` has to `stays_id`, and close it; both addresses are told.

    Raises:
        NotAllowed: `by` does not work for the office of a procedure of each account.
        NotJoined: not two candidates; not said how the identity was checked; or both have a dossier in one procedure.
    Rules: AST-01, ALL-07.
    """
    users = User.objects.select_for_update(no_key=True).order_by("pk").in_bulk([stays_id, goes_id])
    if len(users) < 2:
        raise NotJoined(gettext("Choisissez deux comptes différents."))
    stays, goes = users[stays_id], users[goes_id]
    for person in (stays, goes):
        require_office_of(person, by)
        if person.is_staff:
            raise NotJoined(gettext("Le compte d’un membre d’une équipe ne se joint pas à un autre."))
    checked_how = reason_typed(checked_how)
    if not checked_how:
        raise NotJoined(gettext("Indiquez comment vous avez vérifié que c’est la même personne."))
    procedure = _require_no_common_procedure(stays, goes)
    before = goes.email
    _move(stays, goes)
    _close(goes)
    AddressChange.objects.create(
        user=stays, before=before, after=stays.email, checked_how=checked_how, changed_at=instant(), changed_by=by
    )
    entry = record("account.joined", stays, by=by, closed=str(goes.pk))
    for address in (before, stays.email):
        queue_mail(
            "accounts_joined",
            to=address,
            key=f"accounts-joined:{entry.pk}:{address}",
            procedure=procedure,
            language=stays.language,
            contact=procedure.contact_email,
            stays=address == stays.email,
        )
    return stays


def same_persons(by: User) -> list[list[Candidate]]:
    """Candidates with accounts of their own who have one family name, first given name and day of birth.

    Among those with a dossier in a procedure of which `by` is the office, the oldest account first.
    """
    own = Candidate.objects.filter(dossiers__procedure__in=staffed_by_office(by)).exclude(birth_date=None).distinct()
    days = own.order_by().values("birth_date").annotate(count=Count("pk", distinct=True)).filter(count__gt=1)
    born_together = own.filter(birth_date__in=days.values("birth_date"))
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    related = born_together.select_related("user").prefetch_related("dossiers__procedure")
    for candidate in related.order_by("user__date_joined", "pk"):
        groups[_person(candidate)].append(candidate)
    return [found for found in groups.values() if len(found) > 1]


def _person(candidate: Candidate) -> tuple[object, ...]:
    first = folded(candidate.given_names).replace("-", " ").split()[:1]
    return candidate.birth_date, folded(candidate.family_name).replace("-", " "), *first


def _require_no_common_procedure(stays: User, goes: User) -> Procedure:
    """Refuse two dossiers in one procedure; the youngest procedure of the account that goes."""
    theirs = Procedure.objects.filter(dossiers__candidate__user=goes)
    both = theirs.filter(pk__in=Procedure.objects.filter(dossiers__candidate__user=stays).values("pk")).first()
    if both is not None:
        raise NotJoined(
            gettext(
                "Les deux comptes ont un dossier dans %(procedure)s, où chacun n’en a qu’un : ils ne peuvent pas être "
                "joints. Gardez le dossier que la personne choisit, et faites retirer ou annuler l’autre."
            )
            % {"procedure": both}
        )
    youngest = theirs.order_by("-year", "pk").first()
    assert youngest is not None  # `require_office_of` found one
    return youngest


def _move(stays: User, goes: User) -> None:
    kept = Candidate.objects.get(user=stays)
    Dossier.objects.filter(candidate__user=goes).update(candidate=kept)
    DataRequest.objects.filter(user=goes, kind=DataRequest.Kind.ERASURE, done_at=None).delete()
    for model, column in MOVED:
        model._default_manager.filter(**{column: goes}).update(**{column: stays})
    known = Consent.objects.filter(user=stays).values("notice_version")
    Consent.objects.filter(user=goes).exclude(notice_version__in=known).update(user=stays)


def _close(goes: User) -> None:
    """Nobody signs in to it any more, and its address is free; its key stays, for the journal."""
    for model in (EmailAddress, Authenticator, Consent, Candidate):
        model._default_manager.filter(user=goes).delete()
    goes.email, goes.name, goes.is_active = f"{goes.pk}@joined.invalid", "", False
    goes.set_unusable_password()
    goes.save()
