"""What tests begin with: the real procedure as a rehearsal, its staff, and candidates who have got so far.

Everything is done by the acts themselves; only the machine's check of papers is taken for passed.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.consent import give_consent
from accounts.models import User
from applicants.answers import save_answers
from applicants.choices import rank_choices
from applicants.dossiers import start_dossier
from applicants.fees import fee_charge
from applicants.given import answers_of
from applicants.models import Dossier, Receipt
from applicants.papers import deposit_paper
from applicants.readiness import asked_papers, is_required_now
from applicants.referees import name_referee
from applicants.rows import write_rows
from applicants.submission import submit_dossier
from applicants.titles import choose_title
from documents.models import SupportingDocument
from journal.clock import instant
from journal.models import Entry
from notifications.models import Mail
from notifications.rendering import render
from payments.models import Charge
from payments.transfers import declare_transfer
from programmes.loading import store
from programmes.models import Procedure, Role, School
from programmes.procedure_file import read, read_text
from programmes.procedure_file.schema import ProcedureFile
from programmes.rules import FieldKind, FieldRule, FileKind, Opinion

PARIS = ZoneInfo("Europe/Paris")
OPEN = "2026-02-10 10:00"
LAST_SECOND = "2026-03-20 22:59:59"
CLOSED = "2026-03-20 23:00:00"
VERIFYING = "2026-03-25 10:00"
ANSWERS = {
    "family_name": "Nguyễn-Lefèvre",
    "name_in_use": "",
    "given_names": "Zoé",
    "birth_date": "2004-03-27",
    "title_held": "no",
    "scholarship": "no",
}
PLAUSIBLE = {
    FieldKind.TEXT: "Épône",
    FieldKind.LONG_TEXT: "1, rue de l'Église",
    FieldKind.DATE: "2004-03-27",
    FieldKind.COUNTRY: "FR",
    FieldKind.PHONE: "06 12 34 56 78",
    FieldKind.EMAIL: "z@example.org",
    FieldKind.YEAR: "2022",
    FieldKind.YES_NO: "yes",
    FieldKind.NUMBER: "3",
    FieldKind.INE: "123456789AB",
}


@cache
def file_of(code: str) -> ProcedureFile:
    """A procedure's file, read once."""
    return read(Path(settings.BASE_DIR) / f"programmes/procedures/{code}.yaml")


def ast_2026() -> ProcedureFile:
    """The procedure that most tests play in."""
    return file_of("ast-2026")


def procedure_at(moment: str) -> Procedure:
    """The procedure, loaded as a rehearsal whose clock stands at `moment` (Europe/Paris)."""
    return set_clock(store(ast_2026(), rehearsal=True), moment)


def procedure_from(text: str, moment: str = OPEN) -> Procedure:
    """A made-up procedure, from the text of its file, loaded as a rehearsal whose clock stands at `moment`."""
    return set_clock(store(read_text(text, name="made-up.yaml"), rehearsal=True), moment)


def set_clock(procedure: Procedure, moment: str) -> Procedure:
    """Move the rehearsal's clock to `moment`, written as in Europe/Paris."""
    wanted = dt.datetime.fromisoformat(moment).replace(tzinfo=PARIS)
    procedure.clock_offset = wanted - instant()
    procedure.save(update_fields=["clock_offset"])
    return procedure


def person(email: str = "zoe@example.org", language: str = "fr") -> User:
    """Somebody who has signed up, and read the notice on personal data."""
    user = User.objects.create_user(email, language=language)
    give_consent(user, language)
    return user


def staff(procedure: Procedure, kind: str, school: str = "", email: str = "") -> User:
    """A member of a team; of every school when none is named."""
    user = User.objects.create_user(email or f"{kind}-{school or 'all'}@example.org", is_staff=True)
    Role.objects.create(
        user=user,
        procedure=procedure,
        kind=kind,
        school=School.objects.get(code=school) if school else None,
    )
    return user


def pdf(name: str = "piece.pdf") -> SimpleUploadedFile:
    """A file that begins as a PDF does."""
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + name.encode(), content_type="application/pdf")


def photograph(name: str = "photo.jpg") -> SimpleUploadedFile:
    """A file that begins as a JPEG does."""
    return SimpleUploadedFile(name, b"\xff\xd8\xff" + name.encode(), content_type="image/jpeg")


def begun(procedure: Procedure, by: User) -> Dossier:
    """A dossier just begun."""
    return start_dossier(procedure.pk, by=by)


def answer_to(rule: FieldRule) -> str:
    """What a candidate could answer."""
    if rule.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return rule.options[0].code
    if rule.kind == FieldKind.ROWS:
        row = {asked.code: answer_to(asked) for asked in rule.fields}
        return write_rows(rule, [row] * (rule.at_least or 1))
    return ANSWERS.get(rule.code, rule.must_be or PLAUSIBLE[rule.kind])


def filled(
    procedure: Procedure,
    by: User,
    *,
    title: tuple[str, str] = ("L3", "chimie"),
    choices: tuple[str, ...] = ("albi", "ales", "nord-europe"),
) -> Dossier:
    """A dossier that lacks nothing but its fee; the further-study sheet stands for the appraisal."""
    dossier = begun(procedure, by)
    choose_title(dossier.pk, title=title[0], speciality=title[1], equivalence="", by=by)
    answer_all(dossier, by)
    rank_choices(dossier.pk, choices, by=by)
    dossier = reloaded(dossier.pk)
    answers = answers_of(dossier)
    kinds = [rule.code for rule in asked_papers(dossier.rules, answers) if is_required_now(rule)]
    for kind in [*kinds, "further-study-sheet"]:
        deposit_paper(dossier.pk, kind, pdf(), by=by)
    pass_checks(dossier)
    return reloaded(dossier.pk)


def answer_all(dossier: Dossier, by: User, **said: str) -> None:
    """Answer every question of the form: by what is `said`, or as a candidate could."""
    for page in dossier.rules.pages:
        answers = {rule.code: said.get(rule.code) or answer_to(rule) for rule in page.fields}
        save_answers(dossier.pk, page.code, answers, by=by)


def deposit_all(dossier: Dossier, by: User) -> None:
    """Deposit every paper that must be there to submit, and name a referee where one must be named."""
    for alternative in dossier.rules.alternatives:
        if alternative.needs == Opinion.NAMED:
            kind = alternative.referees[0]
            name_referee(dossier.pk, kind=kind, name="Mme Roy", position="", email="roy@example.org", by=by)
    dossier = reloaded(dossier.pk)
    answers = answers_of(dossier)
    for rule in asked_papers(dossier.rules, answers):
        if is_required_now(rule):
            file = pdf() if FileKind.PDF in rule.kinds else photograph()
            deposit_paper(dossier.pk, rule.code, file, by=by)
    pass_checks(dossier)


def complete(procedure: Procedure, by: User, **how: tuple[str, ...]) -> Dossier:
    """A dossier that can be submitted, on an announced transfer."""
    dossier = filled(procedure, by, **how)  # type: ignore[arg-type]
    declare_transfer(fee_of(dossier, by).pk, on=procedure.now().date(), by=by)
    return dossier


def submitted(procedure: Procedure, by: User, **how: tuple[str, ...]) -> Dossier:
    """A dossier with the school."""
    dossier = complete(procedure, by, **how)
    submit_dossier(dossier.pk, by=by)
    return reloaded(dossier.pk)


def fee_of(dossier: Dossier, by: User) -> Charge:
    """What the dossier owes."""
    charge = fee_charge(dossier.pk, by=by)
    assert charge is not None
    return charge


def reloaded(dossier_id: UUID) -> Dossier:
    """The dossier as it now stands in the database."""
    related = ("procedure", "candidate__user", "folder", "account")
    return Dossier.objects.select_related(*related).get(pk=dossier_id)


def receipt_of(dossier: Dossier) -> Receipt:
    """The proof of submission."""
    return Receipt.objects.get(dossier=dossier)


def pass_checks(dossier: Dossier) -> None:
    """Take the machine's check of all papers for passed."""
    papers = SupportingDocument.objects.filter(folder=dossier.folder, check_state="pending")
    papers.update(check_state="passed")


def events(subject_id: object) -> list[str]:
    """The names of what the journal holds on a subject."""
    return list(Entry.objects.filter(subject_id=str(subject_id)).values_list("event", flat=True))


def words_of(mail: Mail) -> str:
    """What a mail says, as it is sent."""
    return render(mail).text


def mails(kind: str) -> list[Mail]:
    """The mails of that kind, whoever they are for."""
    return list(Mail.objects.filter(kind=kind))
