"""Addresses: the office changes the address of a candidate who lost a mailbox, having made sure of who asks.

Whoever reads the new mailbox signs in to the account from then on: so the act asks how the identity was checked, ends
every session, and tells both addresses. Rule: ALL-07.
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from campaign.models import AddressChange
from campaign.staffing import staffed_by_office
from journal.clock import instant
from journal.errors import NotAllowed, Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Procedure
from programmes.typed import reason_typed


class AddressNotChanged(Refused):
    """The account cannot have this address."""


@transaction.atomic
def change_address(user_id: UUID, *, email: str, checked_how: str, by: User) -> AddressChange:
    """Give the account of a candidate another address, which the person proves by the code of the next sign-in.

    Raises:
        NotAllowed: `by` works for the office of no procedure in which the person has a dossier.
        AddressNotChanged: a member of staff; the same address, or another account's; or not said how it was checked.
    Rule: ALL-07.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=user_id)
    procedure = require_office_of(person, by)
    checked_how, email = reason_typed(checked_how), email.strip().lower()
    if person.is_staff:
        raise AddressNotChanged(
            gettext("Un membre d’une équipe change lui-même son adresse, ou reçoit son rôle à une autre.")
        )
    if not checked_how:
        raise AddressNotChanged(gettext("Indiquez comment vous avez vérifié l’identité de la personne."))
    if email == person.email:
        raise AddressNotChanged(gettext("C’est déjà l’adresse de ce compte."))
    if _is_anothers(email, person):
        raise AddressNotChanged(
            gettext("Cette adresse est celle d’un autre compte. Si les deux sont de la même personne, joignez-les.")
        )
    before = person.email
    person.email = email
    person.set_unusable_password()  # a new one, none the less: it ends the sessions that stand on the one before
    person.save(update_fields=["email", "password"])
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=False)
    change = AddressChange.objects.create(
        user=person, before=before, after=email, checked_how=checked_how, changed_at=instant(), changed_by=by
    )
    record("address.changed", person, by=by, change=change.pk)
    for kind, address in (("address_left", before), ("address_taken", person)):
        queue_mail(
            kind,
            to=address,
            key=f"{kind}:{change.pk}",
            procedure=procedure,
            language=person.language,
            contact=procedure.contact_email,
        )
    return change


def require_office_of(person: User, by: User) -> Procedure:
    """The youngest procedure in which `person` has a dossier and `by` works for the office.

    Raises:
        NotAllowed: there is none.
    """
    shared = staffed_by_office(by).filter(dossiers__candidate__user=person)
    procedure = shared.order_by("-year", "pk").first()
    if procedure is None or not by.is_active:
        raise NotAllowed(gettext("Seul le bureau d’une procédure s’occupe des comptes de ses candidats."))
    return procedure


def _is_anothers(email: str, person: User) -> bool:
    others = User.objects.exclude(pk=person.pk).filter(email=email)
    return others.exists() or EmailAddress.objects.exclude(user=person).filter(email=email, verified=True).exists()
