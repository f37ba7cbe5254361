"""Readiness: what a dossier still lacks before it can be submitted. Pure; `applicants.contents` reads the dossier.

Rule: AST-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext, ngettext

from applicants.rows import read_rows
from applicants.values import error_in, is_ine
from payments.standing import Standing
from programmes.eligibility import titles_for, verdicts
from programmes.facts import PROGRAMME
from programmes.rules import (
    Alternative,
    FeeRule,
    FieldKind,
    FieldRule,
    Needed,
    Opinion,
    Order,
    PageRule,
    PaperRule,
    RowField,
    Rules,
    Stage,
)


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What the candidate has done so far. Papers and appraisals are named by kind: those that count."""

    answers: Mapping[str, str]  # by field id; with title, speciality and equivalence
    choices: tuple[str, ...] = ()  # codes of programmes, best first
    statuses: Mapping[str, str] = field(default_factory=dict)  # by programme; blank where none was said
    papers: frozenset[str] = frozenset()  # not turned down; a check that is still to come does not matter
    appraisals: frozenset[str] = frozenset()  # deposited
    named: frozenset[str] = frozenset()  # kinds of referees asked, whatever they answered
    explained: frozenset[str] = frozenset()  # codes of missing items about which the candidate wrote why
    fee: Standing = Standing.DUE


@dataclass(frozen=True, slots=True)
class MissingItem:
    """One thing to do: what, and where. `place` is as in `applicants.editing`.

    One that is explainable can be explained in writing instead.
    """

    code: str
    label: str
    place: str
    is_explainable: bool = False


def missing_items(rules: Rules, filled: FilledIn) -> list[MissingItem]:
    """All that must still be done before submission, in the order of the form; labels in the reader's language.

    What is explained in writing stands in the way no more, where it can be.

    Rules: AST-08, AST-09, AST-10, AST-11, AST-23, APP-02, APP-05, APP-09, APP-17.
    """
    return [item for item in _lacking(rules, filled) if not _is_explained(item, filled)]


def before_the_rest(rules: Rules, answers: Mapping[str, str]) -> list[MissingItem]:
    """What must be answered before the rest of the dossier opens. Rule: BS-02."""
    first = {f"page:{page.code}" for page in rules.pages if page.first}
    return [item for item in missing_answers(rules, answers) if item.place in first] if first else []


def missing_answers(rules: Rules, answers: Mapping[str, str]) -> list[MissingItem]:
    """What the pages of the form still lack. Rules: AST-11, APP-03, APP-05."""
    return list(_missing_answers(rules, answers))


def explained_items(rules: Rules, filled: FilledIn) -> list[MissingItem]:
    """What is missing, and explained in writing. Rule: APP-09."""
    return [item for item in _lacking(rules, filled) if _is_explained(item, filled)]


def _is_explained(item: MissingItem, filled: FilledIn) -> bool:
    return item.is_explainable and item.code in filled.explained


def _lacking(rules: Rules, filled: FilledIn) -> list[MissingItem]:
    return [
        *_missing_answers(rules, filled.answers),
        *_missing_title(rules, filled),
        *_missing_choices(rules, filled),
        *_missing_papers(rules, filled),
        *_missing_alternatives(rules, filled),
        *_missing_fee(rules.fee, filled),
    ]


def applies(rule: FieldRule | PaperRule, answers: Mapping[str, str]) -> bool:
    """Whether a question or a paper concerns a candidate who answered so."""
    return rule.when.holds(answers)


def asked_pages(rules: Rules, answers: Mapping[str, str]) -> list[PageRule]:
    """The pages that ask this candidate something."""
    return [page for page in rules.pages if any(applies(rule, answers) for rule in page.fields)]


def asked_papers(rules: Rules, answers: Mapping[str, str]) -> list[PaperRule]:
    """The papers that concern who answered so, of the dossier and of a place; for each programme chosen, its own.

    Rules: AST-08, APP-17.
    """
    chosen = answers.get(PROGRAMME, "").split()
    asked: list[PaperRule] = []
    for paper in rules.papers:
        if not paper.per_choice:
            asked += [paper] if applies(paper, answers) else []
            continue
        of_chosen = [programme for programme in rules.programmes if programme.code in chosen]
        asked += [
            paper.for_programme(programme)
            for programme in of_chosen
            if paper.when.holds({**answers, PROGRAMME: programme.code})
        ]
    return asked


def is_required_now(paper: PaperRule) -> bool:
    """Whether a paper that is asked must be there at submission: not late ones, nor a place's. Rule: AST-12."""
    return is_of_dossier(paper) and paper.required and not paper.late


def is_of_dossier(paper: PaperRule) -> bool:
    """Whether a paper is asked for with the dossier; the others only once there is a place to confirm."""
    return paper.stage == Stage.DOSSIER


def fee_is_enough(fee: FeeRule, state: Standing) -> bool:
    """Whether the fee stands in the way of submission no more.

    What is needed for validation only may be under way: a transfer announced, an exemption asked for. Rule:
    AST-10.
    """
    done = {Standing.SETTLED, Standing.WAIVED}
    if fee.needed_for == Needed.VALIDATION:
        done |= {Standing.ANNOUNCED, Standing.EXEMPTION_ASKED}
    return state in done


def _missing_answers(rules: Rules, answers: Mapping[str, str]) -> Iterator[MissingItem]:
    explained = _explained_in_rows(rules, answers)
    for page in rules.pages:
        for rule in page.fields:
            if label := _wanting(rule, answers):
                yield MissingItem(f"field:{rule.code}", label, f"page:{page.code}")
            elif rule.kind == FieldKind.ROWS and applies(rule, answers):
                yield from _missing_in_rows(rule, answers.get(rule.code, ""), explained, f"page:{page.code}")


def _explained_in_rows(rules: Rules, answers: Mapping[str, str]) -> set[RowField]:
    """The questions of rows that must say, in the first row, why an INE has not its form. Rule: APP-05."""
    return {
        rule.otherwise
        for page in rules.pages
        for rule in page.fields
        if rule.otherwise and applies(rule, answers) and not is_ine(answers.get(rule.code, ""))
    }


def _missing_in_rows(rule: FieldRule, value: str, explained: set[RowField], place: str) -> Iterator[MissingItem]:
    """What the rows lack: how many there must be, and what each must say."""
    rows = read_rows(value)
    if len(rows) < (rule.at_least or 0):
        label = ngettext(
            "%(question)s : au moins %(count)d ligne", "%(question)s : au moins %(count)d lignes", rule.at_least or 0
        )
        words: dict[str, object] = {"question": rule.label, "count": rule.at_least}
        yield MissingItem(f"field:{rule.code}", label % words, place)
    for number, row in enumerate(rows, start=1):
        for asked in rule.fields:
            must_explain = number == 1 and RowField(rule.code, asked.code) in explained
            label = _wanting(asked, row)
            if must_explain and not label and not row.get(asked.code):
                label = gettext("expliquez pourquoi vous n’avez pas de numéro INE de onze caractères")
            if label:
                words = {"question": rule.label, "number": number, "what": label}
                line = gettext("%(question)s, ligne %(number)s : %(what)s") % words
                yield MissingItem(f"field:{rule.code}.{number}.{asked.code}", line, place)


def _wanting(rule: FieldRule, answers: Mapping[str, str]) -> str:
    """What is wrong with the answer to one question, or nothing."""
    value = answers.get(rule.code, "")
    if not applies(rule, answers):
        return ""
    if rule.must_be and value != rule.must_be:
        return _refusing(rule, value)
    if not value and rule.requires(answers) and not (rule.kind == FieldKind.ROWS and rule.at_least):
        return str(rule.label)
    error = error_in(rule, value)
    return f"{rule.label} : {error}" if error else ""


def _refusing(rule: FieldRule, value: str) -> str:
    """What is wrong where one answer alone will do: another was given, a box was not ticked, or nothing was said."""
    if value:
        sentence = gettext("Avec cette réponse, le dossier ne peut pas être transmis : %(question)s")
    elif rule.must_be == "yes":
        sentence = gettext("Sans cette déclaration, le dossier ne peut pas être transmis : %(question)s")
    else:
        return str(rule.label)
    return sentence % {"question": rule.label}


def _missing_title(rules: Rules, filled: FilledIn) -> Iterator[MissingItem]:
    if not rules.titles:
        return
    allowed = {title.code: title for title in titles_for(rules, filled.answers.get("equivalence", ""))}
    title = allowed.get(filled.answers.get("title", ""))
    if title is None or title.speciality(filled.answers.get("speciality", "")) is None:
        yield MissingItem("title", gettext("Votre titre et sa spécialité"), "title")


def _missing_choices(rules: Rules, filled: FilledIn) -> Iterator[MissingItem]:
    if len(filled.choices) < rules.choices.min_count:
        yield MissingItem("choices", _choices_in_words(rules.choices.order), "choices")
    found = verdicts(rules, filled.answers.get("title", ""), filled.answers.get("speciality", ""))
    for code in filled.choices:
        verdict = found.get(code)
        if verdict is not None and not verdict.open:
            yield MissingItem(f"choice:{code}", verdict.reason, "choices")
        if len(rules.statuses_of(code)) > 1 and not filled.statuses.get(code):
            label = gettext("Le statut sous lequel vous demandez : %(programme)s")
            yield MissingItem(f"status:{code}", label % {"programme": _programme_label(rules, code)}, "choices")


def _choices_in_words(order: Order) -> str:
    return {
        Order.RANKED: gettext("L’ordre de vos vœux"),
        Order.UNRANKED: gettext("Les formations que vous demandez"),
        Order.SINGLE: gettext("La formation que vous demandez"),
    }[order]


def _programme_label(rules: Rules, code: str) -> str:
    programme = rules.programme(code)
    return str(programme.label) if programme else code


def _missing_papers(rules: Rules, filled: FilledIn) -> Iterator[MissingItem]:
    for paper in asked_papers(rules, filled.answers):
        if is_required_now(paper) and paper.code not in filled.papers:
            place = f"paper:{paper.code}"
            is_explainable = rules.submission.forced and paper.forcible and paper.code not in rules.fee_papers
            yield MissingItem(place, str(paper.label), place, is_explainable=is_explainable)


def _missing_alternatives(rules: Rules, filled: FilledIn) -> Iterator[MissingItem]:
    for alternative in rules.alternatives:
        if not is_met(alternative, filled.papers, filled.appraisals, filled.named):
            places = [f"referee:{code}" for code in alternative.referees]
            places += [f"paper:{code}" for code in alternative.papers]
            code = f"alternative:{alternative.code}"
            yield MissingItem(code, str(alternative.label), places[0], is_explainable=rules.submission.forced)


def is_met(alternative: Alternative, papers: frozenset[str], appraisals: frozenset[str], named: frozenset[str]) -> bool:
    """Whether one of the papers is there, or a referee's opinion has come far enough. Rules: AST-09, APP-10."""
    enough = named | appraisals if alternative.needs == Opinion.NAMED else appraisals
    return not (papers.isdisjoint(alternative.papers) and enough.isdisjoint(alternative.referees))


def _missing_fee(fee: FeeRule | None, filled: FilledIn) -> Iterator[MissingItem]:
    if fee is not None and not fee_is_enough(fee, filled.fee):
        yield MissingItem("fee", gettext("Les frais de dossier"), "payment")
