"""Loading a procedure: from its file to the database, whole or not at all.

The live part is written over what the database has; the rules become a new version when they differ from
the one in force. After the first load the database is the truth: where somebody changed it since, a load
that would undo that is refused with the differences, unless `replace` says to go ahead. Whether a change
would harm a dossier is for `campaign.loading`, which knows dossiers.
"""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import Refused
from journal.record import record
from programmes.live_data import Difference, differences, flat, read_live, write_live
from programmes.models import LoadedFile, Procedure, ProcedureVersion
from programmes.procedure_file.schema import ProcedureFile
from programmes.rules import Rules, as_json


class ChangedSince(Refused):
    """The database was changed since the last load, and this one would undo it; `differences` says what."""

    def __init__(self, found: list[Difference]) -> None:
        super().__init__(gettext("La procédure a été modifiée dans la gestion depuis le dernier chargement."))
        self.differences = found


class InUse(Refused):
    """The file no longer names something that is in use."""


def slug_of(code: str, *, rehearsal: bool) -> str:
    """The address of the procedure of that code; a rehearsal has one of its own, so that it never meets
    real data.

    A demonstration has nothing but rehearsals, at the plain address.
    """
    return f"essai-{code}" if rehearsal and not settings.DEMO else code


def find(code: str, *, rehearsal: bool) -> Procedure | None:
    """The procedure of that code in the database, if it was loaded."""
    return Procedure.objects.filter(slug=slug_of(code, rehearsal=rehearsal)).first()


def what_would_change(file: ProcedureFile, *, rehearsal: bool) -> list[Difference]:
    """How the live part in the database would change if `file` were loaded now; nothing is stored."""
    procedure = find(file.code, rehearsal=rehearsal)
    before = flat(read_live(procedure)) if procedure else {}
    return differences(before, flat(file.live))


@transaction.atomic
def store(
    file: ProcedureFile,
    *,
    rehearsal: bool,
    by: User | None = None,
    replace: bool = False,
    slug: str | None = None,
) -> Procedure:
    """Load `file`: create its procedure, or bring it up to date. Loading the same file again changes nothing.

    `slug` is for a rehearsal that needs an address other than `slug_of`.

    Raises:
        ChangedSince: see there; `replace` overrides it.
        InUse: a row that the file does not name is in use.
        Refused: the address belongs to a real procedure and a rehearsal was asked for, or the reverse.
    Rule: ALL-02.
    """
    procedure = _locked(slug or slug_of(file.code, rehearsal=rehearsal), file, rehearsal=rehearsal)
    digest = digest_of(file.rules)
    facts = flat(file.live)
    found = flat(read_live(procedure))
    is_same_version = has_rules(procedure, file.rules)
    last = LoadedFile.objects.filter(procedure=procedure).first()
    if is_same_version and last is not None and facts == found == last.live:
        return procedure
    was_edited = last is not None and found != last.live
    if was_edited and facts != found and not replace:
        raise ChangedSince(differences(found, facts))
    if facts != found:
        _write(procedure, file)
    if not is_same_version:
        procedure.current_version = _new_version(procedure, file.rules, digest)
        procedure.save(update_fields=["current_version"])
    LoadedFile.objects.update_or_create(procedure=procedure, defaults={"live": facts})
    record(
        "procedure.loaded",
        procedure,
        by=by,
        version=procedure.current_version.number if procedure.current_version else None,
        digest=_sha256({"live": facts, "rules": digest}),
    )
    return procedure


def has_rules(procedure: Procedure, rules: Rules) -> bool:
    """Whether the version in force says just these rules."""
    return procedure.current_version is not None and procedure.current_version.digest == digest_of(rules)


def digest_of(rules: Rules) -> str:
    """What tells two sets of rules apart."""
    return _sha256(as_json(rules))


def _locked(slug: str, file: ProcedureFile, *, rehearsal: bool) -> Procedure:
    """The procedure at that address, locked, made if there is none.

    The lock lets rows that only point to the procedure be inserted meanwhile (mails, notices).
    """
    procedure = Procedure.objects.select_for_update(no_key=True).filter(slug=slug).first()
    if procedure is None:
        return Procedure.objects.create(slug=slug, code=file.code, year=file.live.year, is_rehearsal=rehearsal)
    if procedure.is_rehearsal and not rehearsal:
        raise Refused(gettext("« %(slug)s » est une répétition dans cette base.") % {"slug": slug})
    if rehearsal and not procedure.is_rehearsal:
        raise Refused(gettext("« %(slug)s » est une vraie procédure.") % {"slug": slug})
    return procedure


def _write(procedure: Procedure, file: ProcedureFile) -> None:
    try:
        write_live(procedure, file.live)
    except ProtectedError as error:
        used = ", ".join(sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects}))
        raise InUse(gettext("Le fichier retire ce dont se servent encore : %(used)s.") % {"used": used}) from error


def _new_version(procedure: Procedure, rules: Rules, digest: str) -> ProcedureVersion:
    last = procedure.versions.order_by("-number").first()
    return ProcedureVersion.objects.create(
        procedure=procedure,
        number=last.number + 1 if last else 1,
        digest=digest,
        rules=rules,
    )


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
