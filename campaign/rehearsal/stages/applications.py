"""The window of applications: candidates begin, fill in, ask for an appraisal, deposit papers, pay and submit.

Rules: AST-01 to AST-11.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from functools import partial

from accounts.consent import give_consent
from accounts.models import User
from applicants.answers import save_answers
from applicants.appraisals import decline_appraisal, deposit_appraisal
from applicants.choices import rank_choices
from applicants.contents import Contents, read_contents
from applicants.dossiers import start_dossier
from applicants.editing import APPLICATIONS
from applicants.explanations import explain_missing
from applicants.fees import fee_charge, fee_charges
from applicants.models import Dossier, Referee, Status
from applicants.papers import deposit_paper
from applicants.readiness import asked_papers, is_required_now
from applicants.referees import name_referee, secret_of
from applicants.submission import submit_dossier
from applicants.titles import choose_title
from campaign.rehearsal import files
from campaign.rehearsal.company import Company, Event, between
from campaign.rehearsal.people import Habit, Person, answers_of
from documents.checks import check_paper
from documents.models import SupportingDocument
from payments.cards import begin_card_payment, settle, takes_cards
from payments.exemptions import ask_exemption
from payments.models import Charge, Payment
from payments.providers import Outcome
from payments.standing import Standing, standing_as_read
from payments.transfers import declare_transfer
from programmes.eligibility import open_programmes
from programmes.rules import OF, FieldKind, FieldRule, Means, PaperRule

LATE_BY = dt.timedelta(minutes=3)


def events(company: Company) -> Iterator[Event]:
    """What each candidate does between the opening and the closing hour, and some a moment after it."""
    window = company.window(APPLICATIONS)
    if window is None:
        return
    for person in company.people:
        begins, ends = _moments(person, window)
        yield Event(begins, partial(begin, company, person))
        yield Event(between(begins, ends, 0.5), partial(opinion, company, person))
        yield Event(between(begins, ends, 0.7), partial(papers, company, person))
        if person.has(Habit.COMES_TOO_LATE):
            yield Event(window[1] + LATE_BY, partial(submit, company, person))
        elif not person.has(Habit.GIVES_UP):
            yield Event(ends, partial(submit, company, person))


def submission_moment(company: Company, person: Person) -> dt.datetime | None:
    """When a candidate submits in time; None for those who do not."""
    window = company.window(APPLICATIONS)
    if window is None or person.has(Habit.GIVES_UP) or person.has(Habit.COMES_TOO_LATE):
        return None
    return _moments(person, window)[1]


def begin(company: Company, person: Person) -> None:
    """Open an account, begin the dossier, say the title, fill in the pages, rank the schools, name an appraiser."""
    user = User.objects.filter(email=person.email).first()
    user = user or User.objects.create_user(person.email, language=person.language)
    if person.has(Habit.SKIPS_CONSENT):
        company.attempt(start_dossier, company.procedure.pk, by=user, identity=person.identity)
    give_consent(user, person.language)
    dossier = company.attempt(start_dossier, company.procedure.pk, by=user, identity=person.identity)
    if dossier is None:
        return
    _fill_in(company, person, dossier, user, first=True)
    if company.rules.titles:
        choose_title(
            dossier.pk, title=person.title, speciality=person.speciality, equivalence=person.equivalence, by=user
        )
    _fill_in(company, person, dossier, user, first=False)
    _rank(company, person, dossier, user)
    if person.has(Habit.ASKS_A_REFEREE):
        for rule in company.rules.referees:
            name = person.draw("referee").choice(REFEREES)
            company.attempt(
                name_referee,
                dossier.pk,
                kind=rule.code,
                name=name,
                position="Responsable de formation",
                email=f"referent.{person.number}@{person.email.partition('@')[2]}",
                by=user,
                language="fr",
            )


def opinion(company: Company, person: Person) -> None:
    """The appraiser, through the link of the mail, gives the opinion asked for, or declines."""
    asked = Referee.objects.filter(dossier__candidate__user__email=person.email, state=Referee.State.ASKED)
    for referee in asked:
        rule = company.rules.referee(referee.kind)
        if person.has(Habit.REFEREE_DECLINES):
            company.attempt(decline_appraisal, secret_of(referee.pk))
        elif rule is not None:
            answers = {question.code: _judgement(person, question) for question in rule.questions}
            company.attempt(deposit_appraisal, secret_of(referee.pk), answers)


def papers(company: Company, person: Person) -> None:
    """Deposit the papers asked for; first one with a password, by those who have that habit."""
    if (dossier := company.dossier(person)) is None or dossier.status != Status.DRAFT:
        return
    if person.has(Habit.LOCKED_FILE):
        first = next(rule for rule in dossier.rules.papers if rule.required and not rule.per_choice)
        locked = company.attempt(
            deposit_paper, dossier.pk, first.code, files.locked_pdf(first), by=dossier.candidate.user
        )
        if locked is not None:
            check_paper(locked.pk)
    _deposit_what_is_missing(company, person, dossier, read_contents(dossier))


def submit(company: Company, person: Person) -> None:
    """Make up for what is missing, see to the fee, and submit."""
    if (dossier := company.dossier(person)) is None or dossier.status != Status.DRAFT:
        return
    user, contents = dossier.candidate.user, read_contents(dossier)
    if _deposit_what_is_missing(company, person, dossier, contents):
        contents = read_contents(dossier)
    if person.has(Habit.SUBMITS_UNPAID):
        company.attempt(submit_dossier, dossier.pk, by=user)
    see_to_fee(company, person, dossier, user)
    _explain_what_is_missing(company, contents, user)
    company.attempt(submit_dossier, dossier.pk, by=user)


def see_to_fee(company: Company, person: Person, dossier: Dossier, user: User) -> None:
    """Ask for the exemption, or pay: by card where the school takes it, else by announcing a transfer."""
    charge = company.attempt(fee_charge, dossier.pk, by=user)
    due = [owed for owed in fee_charges(dossier) if standing_as_read(owed) == Standing.DUE]
    if charge is None or not due:
        return
    exempts = company.rules.fee is not None and company.rules.fee.exemption is not None
    if exempts and person.has(Habit.SCHOLARSHIP) and company.did(ask_exemption, charge.pk, by=user):
        return
    if dossier.rules.fee is not None:
        for owed in due:
            pay(company, person, owed, dossier.rules.fee.means, user)


def pay(company: Company, person: Person, charge: Charge, means: Collection[Means], user: User) -> None:
    """Pay a charge in one of the ways that there are: by card, or by announcing a transfer."""
    if takes_cards(charge) and (person.has(Habit.PAYS_BY_CARD) or Means.TRANSFER not in means):
        _pay_by_card(company, person, charge, user)
    else:
        company.attempt(declare_transfer, charge.pk, on=company.procedure.today(), by=user)


def deposit(company: Company, person: Person, dossier: Dossier, *rules: PaperRule) -> None:
    """Deposit some papers. The first few of each kind are really checked, the others counted as checked."""
    counted = []
    for rule in rules:
        upload = files.paper(rule, as_image=person.draw(rule.code).random() < 0.3)
        document = company.attempt(deposit_paper, dossier.pk, rule.code, upload, by=dossier.candidate.user)
        kind = rule.code.partition(OF)[0]  # a letter for each programme is of one kind
        if document is not None and company.checked[kind] < company.samples:
            company.checked[kind] += 1
            check_paper(document.pk)
        elif document is not None:
            counted.append(document.pk)
    waiting = SupportingDocument.objects.filter(pk__in=counted, check_state=SupportingDocument.Check.PENDING)
    waiting.update(check_state=SupportingDocument.Check.PASSED)


# --- Below ----------------------------------------------------------------------------------------------------------

REFEREES = (
    "Mme Hélène Bréchet",
    "M. Karim Benali",
    "Mme Nguyễn Thị Mai",
    "M. Jean-François L’Heureux",
    "Mme Sophie Œuvrard",
)


def _moments(person: Person, window: tuple[dt.datetime, dt.datetime]) -> tuple[dt.datetime, dt.datetime]:
    """When a candidate begins and submits: many near the end of the window, no two at one instant."""
    dice = person.draw("days")
    submits = 1 - dice.random() ** 2 * 0.8 - 0.0001
    fractions = submits * dice.uniform(0.05, 0.8), submits
    begins, ends = (between(*window, fraction).replace(microsecond=person.number) for fraction in fractions)
    return begins, ends


def _fill_in(company: Company, person: Person, dossier: Dossier, user: User, *, first: bool) -> None:
    """Answer the pages before which nothing else opens, or all others."""
    answers = answers_of(person, company.rules)
    for page in (page for page in company.rules.pages if page.first == first):
        given = {field.code: answers[field.code] for field in page.fields}
        save_answers(dossier.pk, page.code, given, by=user)


def _rank(company: Company, person: Person, dossier: Dossier, user: User) -> None:
    is_open = open_programmes(company.rules, person.title, person.speciality)
    closed = [programme.code for programme in company.rules.programmes if programme.code not in is_open]
    if closed and person.has(Habit.TRIES_A_CLOSED_SCHOOL):
        company.attempt(rank_choices, dossier.pk, [*person.choices, closed[0]], by=user)
    if person.has(Habit.CHANGES_ORDER):
        rank_choices(dossier.pk, person.choices[::-1], by=user)
    offered = {code: company.rules.statuses_of(code) for code in person.choices}
    statuses = {code: person.draw(f"status {code}").choice(known).code for code, known in offered.items() if known}
    rank_choices(dossier.pk, person.choices, statuses=statuses, by=user)


def _deposit_what_is_missing(company: Company, person: Person, dossier: Dossier, contents: Contents) -> bool:
    """Deposit the papers that are required and not there; one that may stand for an opinion, unless that is to come.

    Returns whether there were any.
    """
    filled = contents.filled
    asked = [rule for rule in asked_papers(dossier.rules, filled.answers) if is_required_now(rule)]
    missing = [rule for rule in asked if rule.code not in filled.papers]
    for alternative in dossier.rules.alternatives:
        is_met = not (
            filled.appraisals.isdisjoint(alternative.referees) and filled.papers.isdisjoint(alternative.papers)
        )
        waits = dossier.referees.filter(kind__in=alternative.referees, state=Referee.State.ASKED).exists()
        instead = next((paper for paper in dossier.rules.papers if paper.code in alternative.papers), None)
        if not is_met and not waits and instead is not None:
            missing.append(instead)
    deposit(company, person, dossier, *missing)
    return bool(missing)


def _explain_what_is_missing(company: Company, contents: Contents, user: User) -> None:
    """Say why something is not there, where that can be said instead: nobody to ask for an opinion, for one."""
    for item in contents.missing:
        if item.is_explainable:
            company.attempt(
                explain_missing, contents.dossier.pk, item.code, "Je n’ai pas pu l’obtenir à temps.", by=user
            )


def _pay_by_card(company: Company, person: Person, charge: Charge, user: User) -> None:
    """Pay at the test bank, which turns some cards down the first time and says some things twice."""
    if not company.attempt(begin_card_payment, charge.pk, by=user, return_url="/"):
        return
    payment = Payment.objects.get(charge=charge, means=Payment.Means.CARD, state=Payment.State.DECLARED)
    assert payment.provider_reference is not None
    outcomes = person.draw("card").choices(
        [[Outcome.PAID], [Outcome.FAILED, Outcome.PAID], [Outcome.PAID] * 2], [80, 10, 10]
    )[0]
    for outcome in outcomes:
        settle(payment.provider_reference, outcome)


def _judgement(person: Person, question: FieldRule) -> str:
    if question.kind == FieldKind.CHOICE:
        return person.draw(f"appraisal {question.code}").choice(question.options).code
    return "Un travail régulier, un projet réfléchi."[: question.max_length]
