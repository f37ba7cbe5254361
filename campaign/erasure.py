"""Erasure: a dossier goes whole, with its files, letters and mails, once its procedure has kept it long enough. APP-19.

What stays names nobody: the sealed journal, which has keys only, and the books of the schools, which must be kept
longer. An account whose last dossier is gone keeps its key, for both, and loses all else.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import Consent, User
from applicants.dossiers import lock
from applicants.models import Candidate, Dossier, Status
from campaign.addresses import require_office_of
from campaign.forgetting import delete_dossiers
from campaign.models import AddressChange, DataRequest
from campaign.retention import is_over, kept_until
from documents.models import Folder, Notice, SupportingDocument
from journal.clock import instant
from journal.errors import Refused
from journal.record import record
from notifications.models import Mail
from payments.models import Charge, Mandate, Refund
from programmes.models import Procedure
from programmes.words import date_in_full

AT_ONCE = 50  # dossiers in one turn of the periodic task


class StillKept(Refused):
    """The procedure has to keep the dossier for some time yet."""


class WorksWithUs(Refused):
    """The account is that of a member of a team."""


@transaction.atomic
def erase_person(user_id: UUID, *, by: User) -> None:
    """Erase all that is kept of a candidate, who asked for it. Erasing twice is no error.

    Raises:
        NotAllowed: `by` works for the office of no procedure in which the person has a dossier.
        WorksWithUs: a member of a team; their roles come first.
        StillKept: a dossier that was submitted has to be kept for some time yet; the sentence says until when.
    Rule: APP-19.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not person.is_active and not Candidate.objects.filter(user=person).exists():
        return
    require_office_of(person, by)
    if person.is_staff:
        raise WorksWithUs(gettext("Cette personne fait partie d’une équipe : retirez-lui d’abord ses rôles."))
    dossiers = list(Dossier.objects.filter(candidate__user=person).select_related("procedure"))
    for dossier in dossiers:
        if dossier.status != Status.DRAFT and not is_over(dossier.procedure):
            raise StillKept(
                gettext("%(procedure)s conserve ce dossier jusqu’au %(day)s, et l’effacera alors de lui-même.")
                % {"procedure": dossier.procedure, "day": date_in_full(kept_until(dossier.procedure))}
            )
    for dossier in dossiers:
        _erase_dossier(lock(dossier.pk), by=by)
    _erase_account(person, by=by)


def erase_overdue(procedure: Procedure) -> int:
    """Erase dossiers that the procedure has kept long enough; returns how many. For the periodic task. Rule: APP-19."""
    if not procedure.dossiers.exists() or not is_over(procedure):
        return 0
    overdue = list(procedure.dossiers.values_list("pk", flat=True)[:AT_ONCE])
    for dossier_id in overdue:
        _erase_one(dossier_id)
    return len(overdue)


@transaction.atomic
def _erase_one(dossier_id: UUID) -> None:
    """One dossier; and the account, when it was the last and nobody works with it."""
    dossier = lock(dossier_id)
    person = dossier.candidate.user
    _erase_dossier(dossier, by=None)
    if not person.is_staff and not Dossier.objects.filter(candidate__user=person).exists():
        _erase_account(person, by=None)


def _erase_dossier(dossier: Dossier, *, by: User | None) -> None:
    """The dossier with all that hangs on it, in an act that locked it; its files once the rows are gone."""
    person, procedure = dossier.candidate.user, dossier.procedure
    folders = [dossier.folder_id, *dossier.messages.exclude(folder=None).values_list("folder", flat=True)]
    letters = Notice.objects.filter(recipient=person, procedure=procedure)
    papers = SupportingDocument.objects.filter(folder__in=folders)
    files = [*papers.values_list("file", flat=True), *letters.exclude(file="").values_list("file", flat=True)]
    told = Q(recipient=person) | Q(context__reference=dossier.reference)
    if dossier.candidate.full_name:  # what was written to others about this person
        told |= Q(context__candidate=dossier.candidate.full_name)
    record("dossier.erased", dossier, by=by)
    Mail.objects.filter(told, procedure=procedure).delete()
    letters.delete()
    _take_names_out_of_the_books(dossier)
    delete_dossiers(Dossier.objects.filter(pk=dossier.pk))
    Folder.objects.filter(pk__in=folders).delete()
    for name in files:
        transaction.on_commit(partial(default_storage.delete, name))


def _take_names_out_of_the_books(dossier: Dossier) -> None:
    """Sums stay as long as books are kept; who paid them, and to which account they went back, does not."""
    Charge.objects.filter(account=dossier.account_id).update(reference="")
    Refund.objects.filter(charge__account=dossier.account_id).update(iban="", account_holder="")
    Mandate.objects.filter(account=dossier.account_id).update(iban="", account_holder="")


def _erase_account(person: User, *, by: User | None) -> None:
    """Close an account without dossiers, and take from it all that tells whose it was."""
    for model in (EmailAddress, Authenticator, Consent, AddressChange, Candidate):
        model._default_manager.filter(user=person).delete()
    Notice.objects.filter(recipient=person).delete()
    Mail.objects.filter(Q(recipient=person) | Q(address=person.email)).delete()
    person.email, person.name, person.is_active = f"{person.pk}@erased.invalid", "", False
    person.last_login = None
    person.set_unusable_password()
    person.save()
    DataRequest.objects.filter(user=person, done_at=None).update(done_at=instant(), done_by=by)
    record("account.erased", person, by=by)
