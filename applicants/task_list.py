"""The task list of a draft: each page of the dossier with its state, and what is left to do there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext, ngettext

from applicants.contents import Contents
from applicants.editing import CHOICES, PAYMENT, TITLE
from applicants.models import Dossier, Referee, Status
from applicants.papers import is_turned_down
from applicants.places import PAPERS, REFEREES, REVIEW, address_of, name_of
from applicants.readiness import MissingItem, asked_pages, is_required_now
from payments.models import Payment
from payments.standing import Standing
from programmes.rules import Opinion, Order, PageRule
from programmes.words import money

NAMED_IN_HINT = 3  # things left to do that a line names; further ones are counted

TODO, DOING, WAITING, DONE, PROBLEM = "todo", "doing", "waiting", "done", "problem"


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the list; `kind` is a state of components/state_tag.html, `label` its words where they differ.

    One that is optional is never asked for, nor counted.
    """

    place: str
    title: str
    url: str
    kind: str
    label: str = ""
    hint: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """The tasks under one heading."""

    title: str
    tasks: list[Task]


def task_groups(contents: Contents) -> list[TaskGroup]:
    """All the tasks of a dossier, in the order in which they are best done."""
    rules = contents.dossier.rules
    application = [_title(contents)] if rules.titles else []
    application.append(_choices(contents))
    proofs = [_papers(contents)] if rules.papers else []
    proofs += [_referees(contents)] if rules.referees else []
    fee = [_fee(contents)] if rules.fee else []
    groups = [
        TaskGroup(gettext("Vous"), page_tasks(contents.dossier, contents.answers, contents.missing)),
        TaskGroup(gettext("Votre candidature"), application),
        TaskGroup(gettext("Ce que vous joignez"), proofs + fee),
        TaskGroup(gettext("Pour finir"), [_review(contents)]),
    ]
    return [group for group in groups if group.tasks]


def to_correct(groups: Iterable[TaskGroup], opened: Collection[str]) -> list[TaskGroup]:
    """The tasks of a submitted dossier, marked where a correction that waits for its answer opens one of the places."""
    pages = {_page_of(place) for place in opened}
    asked = gettext("Correction demandée")
    return [
        replace(group, tasks=[replace(t, kind=PROBLEM, label=asked) if t.place in pages else t for t in group.tasks])
        for group in groups
    ]


def _page_of(place: str) -> str:
    """The task under which a place is filled in: papers and referees have pages of their own beneath one."""
    return {"paper": PAPERS, "referee": REFEREES}.get(place.partition(":")[0], place)


def tasks(groups: Iterable[TaskGroup]) -> list[Task]:
    """The tasks of all groups, one after the other."""
    return [task for group in groups for task in group.tasks]


def page_tasks(dossier: Dossier, answers: Mapping[str, str], missing: Iterable[MissingItem]) -> list[Task]:
    """The pages of the form that ask something of who answered so, each with what it lacks of them. Rule: APP-03."""
    left: dict[str, list[str]] = {}
    for item in missing:
        left.setdefault(item.place, []).append(item.label)
    return [_page(dossier, page, answers, left) for page in asked_pages(dossier.rules, answers)]


def _page(dossier: Dossier, page: PageRule, answers: Mapping[str, str], left: Mapping[str, list[str]]) -> Task:
    place = f"page:{page.code}"
    begun = any(answers.get(field.code) for field in page.fields)
    kind = DONE if place not in left else DOING if begun else TODO
    url = address_of(dossier.procedure.slug, place)
    return Task(place, str(page.title), url, kind, hint=_still_to_do(left[place]) if kind == DOING else "")


def _title(contents: Contents) -> Task:
    title = contents.dossier.rules.title(contents.dossier.title)
    speciality = title.speciality(contents.dossier.speciality) if title else None
    if title is None or speciality is None:
        return _task(contents, TITLE, TODO)
    return _task(contents, TITLE, TODO if _left(contents, TITLE) else DONE, hint=f"{title.label}, {speciality.label}")


def _choices(contents: Contents) -> Task:
    is_ranked = contents.dossier.rules.choices.order == Order.RANKED
    names = [
        f"{choice.rank}.\N{NO-BREAK SPACE}{choice.label}" if is_ranked else str(choice.label)
        for choice in contents.choices
    ]
    left = _left(contents, CHOICES)
    kind = DONE if not left else PROBLEM if contents.choices else TODO
    return _task(contents, CHOICES, kind, hint=_still_to_do(left) if kind == PROBLEM else gettext(" ; ").join(names))


def _papers(contents: Contents) -> Task:
    needed = [rule.code for rule in contents.papers if is_required_now(rule)]
    there = {file.kind for file in contents.documents if not is_turned_down(file)}
    explained = {item.code.removeprefix("paper:") for item, _ in contents.explained}
    done = len([code for code in needed if code in there or code in explained])
    counted = {"done": done, "needed": len(needed)}
    hint = ngettext("%(done)d pièce déposée sur %(needed)d", "%(done)d pièces déposées sur %(needed)d", done)
    if any(is_turned_down(file) and file.kind not in there for file in contents.documents):
        return _task(contents, PAPERS, PROBLEM, hint=gettext("Un fichier est à remplacer.") + " " + hint % counted)
    kind = DONE if done == len(needed) else DOING if there else TODO
    return _task(contents, PAPERS, kind, hint=hint % counted)


def _referees(contents: Contents) -> Task:
    """Done once every alternative is met, be it by a paper instead."""
    rules = contents.dossier.rules
    waits_for_opinion = [rule for rule in rules.alternatives if rule.referees and rule.needs == Opinion.DEPOSITED]
    if len(rules.referees) > 1 or not waits_for_opinion:
        return _several_referees(contents)
    label = str(contents.dossier.rules.referees[0].label)
    standing = contents.referees[-1] if contents.referees else None
    if standing is not None and standing.state == Referee.State.DEPOSITED:
        return _task(contents, REFEREES, DONE, gettext("Déposée"), title=label)
    if not any(item.code.startswith("alternative:") for item in contents.missing):
        return _task(
            contents,
            REFEREES,
            DONE,
            title=label,
            hint=gettext("Remplacée par une pièce que vous avez jointe."),
        )
    if standing is None:
        return _task(contents, REFEREES, TODO, title=label)
    if standing.state == Referee.State.DECLINED:
        return _task(
            contents,
            REFEREES,
            PROBLEM,
            title=label,
            hint=gettext("%(name)s a décliné.") % {"name": standing.name},
        )
    waits = gettext("Demandée à %(name)s ; elle doit être déposée avant la clôture.") % {"name": standing.name}
    return _task(contents, REFEREES, WAITING, gettext("Attendue"), title=label, hint=waits)


def _several_referees(contents: Contents) -> Task:
    """Done once somebody is named where that is needed; who declined is told, and hinders nothing."""
    asked, deposited = len(contents.referees), len(contents.filled.appraisals)
    hint = ngettext("%(count)d personne sollicitée", "%(count)d personnes sollicitées", asked) % {"count": asked}
    if deposited:
        deposited = sum(referee.state == Referee.State.DEPOSITED for referee in contents.referees)
        answered = ngettext("%(count)d fiche déposée", "%(count)d fiches déposées", deposited) % {"count": deposited}
        hint = f"{hint}, {answered}"
    is_left = any(item.place.startswith("referee:") for item in contents.missing)
    if is_left:
        return _task(contents, REFEREES, TODO if not asked else WAITING, hint=hint if asked else "")
    if asked:
        return _task(contents, REFEREES, DONE, hint=hint)
    if any(item.place.startswith("referee:") for item, _ in contents.explained):
        return _task(contents, REFEREES, DONE, gettext("Expliqué"))
    return replace(_task(contents, REFEREES, TODO, gettext("Facultatif")), is_optional=True)


def _fee(contents: Contents) -> Task:
    fee = contents.dossier.rules.fee
    assert fee is not None
    kind, label = {
        Standing.DUE: (TODO, ""),
        Standing.ANNOUNCED: (WAITING, _announced(contents)),
        Standing.EXEMPTION_ASKED: (WAITING, gettext("Exonération demandée")),
        Standing.SETTLED: (DONE, gettext("Réglés")),
        Standing.WAIVED: (DONE, gettext("Exonéré")),
    }[contents.fee]
    if contents.charge is None:
        order_first = gettext("Classez d’abord vos vœux : vous payez l’école placée en premier.")
        choose_first = gettext("Choisissez d’abord vos formations : les frais en dépendent.")
        return _task(
            contents, PAYMENT, TODO, hint=order_first if contents.dossier.rules.pays_first_choice else choose_first
        )
    owed = {"amount": money(contents.charge.amount), "school": contents.charge.payee.school.name}
    hint = gettext("%(amount)s à %(school)s") % owed
    return _task(contents, PAYMENT, kind, label, hint="" if contents.fee == Standing.WAIVED else hint)


def _announced(contents: Contents) -> str:
    """What is on its way."""
    means = {getattr(charge, "announced_means", None) for charge in contents.charges}
    return gettext("Paiement annoncé") if Payment.Means.LINK in means else gettext("Virement annoncé")


def _review(contents: Contents) -> Task:
    if contents.dossier.status != Status.DRAFT:
        return _task(contents, REVIEW, DONE, gettext("Transmis"), title=gettext("Ce que vous avez transmis"))
    count = len(contents.missing)
    if not count:
        return _task(contents, REVIEW, TODO, gettext("Prêt"))
    hint = ngettext("Il reste %(count)d chose à faire.", "Il reste %(count)d choses à faire.", count) % {"count": count}
    return _task(contents, REVIEW, TODO, hint=hint)


def _task(contents: Contents, place: str, kind: str, label: str = "", *, title: str = "", hint: str = "") -> Task:
    dossier = contents.dossier
    return Task(
        place=place,
        title=title or name_of(dossier.rules, place),
        url=address_of(dossier.procedure.slug, place),
        kind=kind,
        label=label,
        hint=hint,
    )


def _left(contents: Contents, place: str) -> list[str]:
    return [item.label for item in contents.missing if item.place == place]


def _still_to_do(left: list[str]) -> str:
    """« Il reste : Adresse, Ville », with a count of those that the line does not name."""
    named = ", ".join(left[:NAMED_IN_HINT])
    more = len(left) - NAMED_IN_HINT
    if more > 0:
        named += " " + ngettext("et %(count)d autre", "et %(count)d autres", more) % {"count": more}
    return gettext("Il reste : %(things)s") % {"things": named}
