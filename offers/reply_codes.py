"""Reply codes: with one, a relative answers in the place of a candidate who cannot. Rule: AST-19.

The candidate makes the code and passes it on. It is shown once; only its digest is kept, made with the portal's key, so
that a copy of the database opens nothing. It serves while a period is under way, again and again, until the candidate
cancels it or makes another.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock, lock_own
from applicants.models import Dossier
from journal.clock import instant
from journal.errors import Closed, Refused
from journal.record import record
from offers.models import ReplyCode
from offers.periods import current_period, results_are_public
from offers.standings import standing_of
from programmes.models import Procedure
from programmes.spelling import letters_typed, random_letters, reference_typed

LENGTH = 8  # letters: one code in 6.5 · 10^11
MOST_TRIES = 5  # wrong ones in a row, after which the code rests
REST = dt.timedelta(minutes=15)


class NothingToAnswer(Refused):
    """The candidate is not in play: no answer could change anything."""


class WrongCode(Refused):
    """No such dossier, no code, or another one: the sentence does not say which."""


class TooManyTries(Refused):
    """The code rests: it was mistyped too often."""


@dataclass(frozen=True)
class Relative:
    """Somebody who has typed the right code, and may answer for this dossier as long as that very code stands."""

    dossier_id: UUID
    digest: str


@transaction.atomic
def make_reply_code(dossier_id: UUID, *, by: User) -> str:
    """Make the code of a dossier, in the place of the one before, and return it: it can be read nowhere else.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        NothingToAnswer: the results are not public, or the candidate is not in play.
    Rule: AST-19.
    """
    dossier = lock_own(dossier_id, by=by)
    if not results_are_public(dossier.procedure) or not standing_of(dossier).live:
        raise NothingToAnswer(gettext("Aucune réponse ne vous est demandée : un code ne servirait à rien."))
    letters = random_letters(LENGTH)
    made = {"digest": _digest(dossier.pk, letters), "made_at": dossier.procedure.now()}
    ReplyCode.objects.update_or_create(dossier=dossier, defaults=made | {"wrong_tries": 0, "mistyped_at": None})
    record("reply_code.made", dossier, by=by)
    return f"{letters[:4]}-{letters[4:]}"


@transaction.atomic
def cancel_reply_code(dossier_id: UUID, *, by: User) -> None:
    """Let the code of a dossier open nothing any more. Cancelling twice is no error.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
    Rule: AST-19.
    """
    dossier = lock_own(dossier_id, by=by)
    cancelled, _by_model = ReplyCode.objects.filter(dossier=dossier).delete()
    if cancelled:
        record("reply_code.cancelled", dossier, by=by)


def enter_reply_code(procedure: Procedure, *, reference: str, code: str) -> Relative:
    """Take what a relative typed, however it was set and parted; a wrong try counts although it is refused.

    Raises:
        Closed: no period is under way.
        TooManyTries: the code was mistyped `MOST_TRIES` times in a row, less than `REST` ago.
        WrongCode: reference and code do not go together.
    Rule: AST-19.
    """
    if current_period(procedure) is None:
        raise Closed(gettext("Aucune période n’est en cours : il n’est pas possible de répondre maintenant."))
    relative = _try(procedure, reference_typed(reference), letters_typed(code))
    if relative is None:
        raise WrongCode(gettext("La référence et le code ne vont pas ensemble. Vérifiez l’une et l’autre."))
    return relative


def lock_for_relative(dossier_id: UUID, relative: Relative) -> Dossier:
    """The dossier for which a relative may answer, locked until the act ends.

    Raises:
        WrongCode: the code was cancelled or made anew meanwhile, or is another dossier's.
    """
    dossier = lock(dossier_id)  # making and cancelling a code lock it too
    if not stands(relative) or relative.dossier_id != dossier_id:
        raise WrongCode(gettext("Ce code ne sert plus : la personne qui vous l’a donné l’a annulé ou remplacé."))
    return dossier


def stands(relative: Relative) -> bool:
    """Whether the code that a relative typed is still the one of the dossier."""
    return ReplyCode.objects.filter(dossier=relative.dossier_id, digest=relative.digest).exists()


@transaction.atomic
def _try(procedure: Procedure, reference: str, letters: str) -> Relative | None:
    """Who typed the code that goes with that reference, if it does; the try is counted."""
    codes = ReplyCode.objects.select_for_update(of=("self",)).select_related("dossier__procedure")
    code = codes.filter(dossier__procedure=procedure, dossier__reference=reference).first()
    if code is None:
        return None
    if code.wrong_tries >= MOST_TRIES and code.mistyped_at is not None and instant() < code.mistyped_at + REST:
        raise TooManyTries(
            gettext("Ce code a été mal recopié trop souvent. Attendez %(minutes)d minutes, puis recommencez.")
            % {"minutes": REST // dt.timedelta(minutes=1)}
        )
    is_right = constant_time_compare(_digest(code.dossier_id, letters), code.digest)
    code.wrong_tries = 0 if is_right else code.wrong_tries % MOST_TRIES + 1  # after the rest it counts anew
    code.mistyped_at = code.mistyped_at if is_right else instant()
    code.save(update_fields=["wrong_tries", "mistyped_at"])
    record("reply_code.entered" if is_right else "reply_code.mistyped", code.dossier)
    return Relative(code.dossier_id, code.digest) if is_right else None


def _digest(dossier_id: UUID, letters: str) -> str:
    return salted_hmac("offers.reply_codes", f"{dossier_id}:{letters}", algorithm="sha256").hexdigest()
