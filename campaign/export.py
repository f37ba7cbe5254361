"""The export: all that the portal keeps of a person, as that person may see it. Rule: APP-19.

One ZIP: `donnees.json`, and the files beside it. Each model that holds something of a person is a line of `SOURCES` or,
with the reason why not, of `KEPT_BACK`; a test follows the relations of the database and knows if one is missing. What
a jury holds comes through its gates: a copy says nothing that the dossier's pages do not say yet.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from allauth.account.models import EmailAddress
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile

from accounts.models import Consent, User
from applicants.models import (
    Answer,
    Candidate,
    Choice,
    Correction,
    Dossier,
    Explanation,
    Message,
    Receipt,
    Referee,
    StudyCopy,
    TypedIn,
)
from campaign.models import AddressChange, DataRequest
from documents.models import Notice, SupportingDocument
from documents.serving import ENDINGS
from journal.models import Entry
from juries.models import Adjustment, Decision, Mark, Supplement, TestSlot
from notifications.models import Mail
from offers.models import Enrolment, ListEntry, Offer, Place, ReplyRecord
from payments.models import Charge, ChargeLine, Exemption, Mandate, Payment, Reduction, Refund
from programmes.models import Procedure, Step
from programmes.text import Text

Gate = Callable[[QuerySet[Any], Procedure], QuerySet[Any]]


def _open(rows: QuerySet[Any], _procedure: Procedure) -> QuerySet[Any]:
    return rows


@dataclass(frozen=True)
class Source:
    """Rows that belong to a dossier: of which model, by which path, what is told of each, and who keeps the gate."""

    name: str
    model: type[Model]
    path: str
    fields: tuple[str, ...]
    gate: Gate = _open


def _published(decisions: QuerySet[Any], procedure: Procedure) -> QuerySet[Any]:
    return decisions.filter(pk__in=Decision.objects.published(procedure).values("pk"))


def _after_admission(rows: QuerySet[Any], procedure: Procedure) -> QuerySet[Any]:
    public = Decision.objects.published(procedure).filter(step__kind=Step.Kind.ADMISSION)
    return rows.filter(dossier__in=public.values("dossier"))


def _visible_entries(rows: QuerySet[Any], procedure: Procedure) -> QuerySet[Any]:
    return rows.filter(pk__in=ListEntry.objects.visible(procedure).values("pk"))


def _visible_offers(rows: QuerySet[Any], procedure: Procedure) -> QuerySet[Any]:
    return rows.filter(pk__in=Offer.objects.visible(procedure).values("pk"))


def _visible_places(rows: QuerySet[Any], procedure: Procedure) -> QuerySet[Any]:
    return rows.filter(pk__in=Place.objects.visible(procedure).values("pk"))


def _summoned(rows: QuerySet[Any], _procedure: Procedure) -> QuerySet[Any]:
    return rows.exclude(summoned_at=None)


PAPER = (
    "kind", "original_name", "size", "sha256", "uploaded_at", "check_state", "check_reason", "review", "review_reason",
    "reviewed_at", "superseded_at",
)  # fmt: skip
SOURCES = (
    Source("answers", Answer, "dossier", ("field", "value", "saved_at")),
    Source("studied", StudyCopy, "choice__dossier", ("choice__programme__code", "studied_at", "content")),
    Source("choices", Choice, "dossier", ("rank", "programme__code", "programme__title", "status")),
    Source("receipt", Receipt, "dossier", ("number", "issued_at", "choices")),
    Source("referees", Referee, "dossier", ("kind", "name", "position", "email", "state", "asked_at", "answered_at")),
    Source(
        "corrections", Correction, "dossier", ("opens", "reason", "until", "asked_at", "answered_at", "withdrawn_at")
    ),
    Source("explanations", Explanation, "dossier", ("place", "text", "written_at")),
    Source("messages", Message, "dossier", ("by_candidate", "text", "sent_at", "read_at")),
    Source("typed_in", TypedIn, "dossier", ("place", "reason", "typed_at")),
    Source("papers", SupportingDocument, "folder__dossier", PAPER),
    Source("attachments", SupportingDocument, "folder__message__dossier", PAPER),
    Source("charges", Charge, "account__dossier", ("reason", "amount", "state", "created_at")),
    Source("charge_lines", ChargeLine, "charge__account__dossier", ("label", "amount")),
    Source(
        "payments",
        Payment,
        "charge__account__dossier",
        ("means", "amount", "state", "declared_on", "received_on", "created_at"),
    ),
    Source("exemptions", Exemption, "charge__account__dossier", ("state", "reason", "asked_at", "decided_at")),
    Source(
        "refunds",
        Refund,
        "charge__account__dossier",
        ("rule", "amount", "iban", "account_holder", "state", "reason", "asked_at", "decided_at", "paid_on"),
    ),
    Source("mandates", Mandate, "account__dossier", ("reference", "iban", "account_holder", "signed_at")),
    Source("reduction", Reduction, "account__dossier", ("state", "reason", "decided_at")),
    Source("decisions", Decision, "dossier", ("step__code", "outcome", "reason", "decided_at"), _published),
    Source("supplements", Supplement, "choice__dossier", ("kind", "subject", "due_at", "asked_at")),
    Source("marks", Mark, "dossier", ("test", "value", "is_absent", "excuse"), _after_admission),
    Source("test_slots", TestSlot, "dossier", ("test", "starts_at", "ends_at", "panel__room"), _summoned),
    Source("adjustments", Adjustment, "dossier", ("arrangements", "extra_minutes", "noted_at")),
    Source("ranks", ListEntry, "dossier", ("pool__programme__code", "pool__track__code", "rank"), _visible_entries),
    Source("offers", Offer, "dossier", ("period__number", "pool__programme__code"), _visible_offers),
    Source("replies", ReplyRecord, "dossier", ("period__number", "reply", "given_at", "by_relative")),
    Source(
        "places",
        Place,
        "dossier",
        ("choice__programme__code", "state", "offered_at", "until", "confirmed_at", "ended_at"),
        _visible_places,
    ),
    Source("enrolment", Enrolment, "dossier", ("pool__programme__code", "state", "taken_at", "pronounced_at")),
)
KEPT_BACK = {
    "applicants.appraisal": "a confidential opinion, which its author was promised that the candidate does not read",
    "juries.opinion": "the deliberation of a jury; its decision is told",
    "juries.evaluation": "the deliberation of a jury; its decision is told",
    "juries.decisioncorrection": "how a decision was corrected; the decision itself is told",
    "offers.replycode": "the digest of a secret",
    "payments.ledgerline": "the books of the school; the payments themselves are told",
    "programmes.role": "the work of a member of staff, not of a candidate",
    "account.emailconfirmation": "a secret",
    "mfa.authenticator": "a secret",
    "admin.logentry": "never written: the staff’s side changes nothing by itself",
}
OF_DOSSIER = (
    "reference", "status", "title", "speciality", "equivalence", "created_at", "submitted_at", "validated_at",
    "ended_at", "ended_because", "extended_until", "extended_because",
)  # fmt: skip
OF_NOTICE = ("number", "kind", "issued_at", "visible_at")
OF_MAIL = ("kind", "address", "queued_at", "sent_at", "context")


def write_copy(person: User, procedures: Iterable[Procedure], target: IO[bytes]) -> None:
    """Write the ZIP of what is kept of `person`, as far as their dossiers are in `procedures`, into `target`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        told = _of_account(person) | {"dossiers": []}
        for procedure in procedures:
            dossier = Dossier.objects.filter(procedure=procedure, candidate__user=person).first()
            if dossier is None:
                continue
            told["dossiers"].append(_of_dossier(person, dossier, procedure))
            for name, file in _files(person, dossier, procedure):
                with file.open("rb") as opened:
                    archive.writestr(f"{dossier.reference}/{name}", opened.read())
        archive.writestr("donnees.json", json.dumps(told, cls=Encoder, ensure_ascii=False, indent=2))


class Encoder(DjangoJSONEncoder):
    """Writes texts in two languages too."""

    def default(self, value: Any) -> Any:
        return value.as_json() if isinstance(value, Text) else super().default(value)


def _of_account(person: User) -> dict[str, Any]:
    candidate = Candidate.objects.filter(user=person).first()
    return {
        "account": {
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "opened": person.date_joined,
            "last_sign_in": person.last_login,
        },
        "identity": {name: getattr(candidate, name) for name in candidate.IDENTITY_FIELDS} if candidate else {},
        "addresses": _rows(EmailAddress.objects.filter(user=person), ("email", "verified", "primary")),
        "address_changes": _rows(AddressChange.objects.filter(user=person), ("before", "after", "changed_at")),
        "consents": _rows(Consent.objects.filter(user=person), ("notice_version", "language", "given_at")),
        "requests": _rows(DataRequest.objects.filter(user=person), ("kind", "asked_at", "done_at")),
    }


def _of_dossier(person: User, dossier: Dossier, procedure: Procedure) -> dict[str, Any]:
    told: dict[str, Any] = {"procedure": procedure.title}
    told |= {name: getattr(dossier, name) for name in OF_DOSSIER}
    for source in SOURCES:
        rows = source.model._default_manager.filter(**{source.path: dossier})
        told[source.name] = _rows(source.gate(rows, procedure), source.fields)
    told["letters"] = _rows(_letters(person, procedure), OF_NOTICE)
    told["mails"] = _rows(Mail.objects.filter(recipient=person, procedure=procedure, is_secret=False), OF_MAIL)
    done = Entry.objects.filter(subject_id=str(dossier.pk), actor=str(person.pk))  # what others did is theirs
    told["acts"] = _rows(done.order_by("happened_at"), ("event", "happened_at"))
    return told


def _rows(rows: QuerySet[Any], fields: tuple[str, ...]) -> list[dict[str, Any]]:
    return list(rows.values(*fields))


def _letters(person: User, procedure: Procedure) -> QuerySet[Notice]:
    return Notice.objects.visible(procedure).filter(recipient=person)


def _files(person: User, dossier: Dossier, procedure: Procedure) -> Iterator[tuple[str, FieldFile]]:
    """The files that may be read: papers, those joined to messages, letters; each under a name of its own."""
    for folder, path in (("pieces", "folder__dossier"), ("messages", "folder__message__dossier")):
        papers = SupportingDocument.objects.servable().filter(**{path: dossier}).order_by("uploaded_at", "pk")
        for number, paper in enumerate(papers, start=1):
            stem = PurePosixPath(paper.original_name).stem
            yield f"{folder}/{number:02}-{paper.kind}-{stem}{ENDINGS[paper.content]}", paper.file
    for letter in _letters(person, procedure).exclude(file=""):
        yield f"lettres/{letter.number}.pdf", letter.file
