"""Words for the replies: what each answer does, said with the names of the schools that are kept and lost. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from offers.allocation import Reply, Standing, standing_after
from offers.models import ListEntry
from programmes.words import date_and_hour

Struck = ListEntry.Struck


@dataclass(frozen=True)
class Situation:
    """What a candidate answers to: the live choices, the offer if there is one, and the period."""

    standing: Standing[int]
    offered: int | None
    names: Mapping[int, str]  # of the school of each live choice, by pool
    ends_at: dt.datetime  # UTC
    is_last: bool  # no period comes after this one


def effect_of(reply: Reply, situation: Situation) -> str:
    """What an answer does, in sentences. The reply is one of those allowed in this situation. Rule: AST-18."""
    sentences = EFFECTS[reply](situation)
    return " ".join(sentence for sentence in sentences if sentence)


def listed(names: Iterable[str]) -> str:
    """« A », « A et B », « A, B et C »."""
    *first, last = list(names) or [""]
    return gettext("%(first)s et %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def _accept(situation: Situation) -> list[str]:
    return [
        gettext("Vous intégrez %(school)s. Vous n’aurez plus à répondre aux périodes suivantes.")
        % {"school": _offered(situation)}
        if not situation.is_last
        else gettext("Vous intégrez %(school)s.") % {"school": _offered(situation)},
        _given_up(Reply.ACCEPT, situation),
    ]


def _accept_but(situation: Situation) -> list[str]:
    kept = gettext("Vous gardez votre place à %(school)s.") % {"school": _offered(situation)}
    if situation.is_last:
        final = gettext("C’est la dernière période : à sa fin, cette place devient définitive.")
        return [kept, final, _given_up(Reply.ACCEPT_BUT, situation)]
    hope = gettext("Vous restez en attente de mieux : %(hoped)s.") % {"hoped": _hoped(Reply.ACCEPT_BUT, situation)}
    return [kept, hope, _given_up(Reply.ACCEPT_BUT, situation), _again()]


def _decline_but(situation: Situation) -> list[str]:
    refused = gettext("Vous refusez la place à %(school)s.") % {"school": _offered(situation)}
    if situation.is_last:
        return [refused, _nothing_follows()]
    hope = gettext("Vous n’avez plus de place et restez en attente de mieux : %(hoped)s.") % {
        "hoped": _hoped(Reply.DECLINE_BUT, situation)
    }
    return [refused, _given_up(Reply.DECLINE_BUT, situation), hope, _again()]


def _wait(situation: Situation) -> list[str]:
    if situation.is_last:
        return [_nothing_follows()]
    return [
        gettext("Vous restez en attente d’une proposition : %(hoped)s.") % {"hoped": _hoped(Reply.WAIT, situation)},
        _again(),
    ]


def _withdraw(situation: Situation) -> list[str]:
    lost = _names(situation, situation.standing.live)
    left = gettext("Vous renoncez à toutes les écoles : %(lost)s.") if len(lost) > 1 else _renounced()
    return [
        left % {"lost": listed(lost)},
        gettext("Sans autre réponse de votre part, ce sera irrévocable le %(when)s.")
        % {"when": date_and_hour(situation.ends_at)},
    ]


STRUCK_WORDS = {
    Struck.ACCEPTED_ELSEWHERE: gettext_lazy("Vous avez accepté définitivement une autre école."),
    Struck.BETTER_OFFER: gettext_lazy("Moins bien classée qu’une place que vous avez reçue."),
    Struck.DECLINED: gettext_lazy("Vous avez refusé cette place."),
    Struck.WITHDRAWN: gettext_lazy("Vous y avez renoncé."),
    Struck.SILENT: gettext_lazy("Vous n’avez pas répondu à temps."),
    Struck.LAPSED: gettext_lazy("Le titre exigé n’est pas arrivé à temps."),
    Struck.REFUSED: gettext_lazy("Le jury a rectifié sa décision."),
    Struck.ENDED: gettext_lazy("La dernière période est terminée."),
}  # why a choice no longer counts, as its candidate reads it

EFFECTS = {
    Reply.ACCEPT: _accept,
    Reply.ACCEPT_BUT: _accept_but,
    Reply.DECLINE_BUT: _decline_but,
    Reply.WAIT: _wait,
    Reply.WITHDRAW: _withdraw,
}


def _offered(situation: Situation) -> str:
    return situation.names[situation.offered] if situation.offered is not None else ""


def _hoped(reply: Reply, situation: Situation) -> str:
    """The live choices that the reply keeps, but for the offer itself."""
    after = standing_after(situation.standing, situation.offered, reply)
    return listed(_names(situation, [pool for pool in after.live if pool != situation.offered]))


def _given_up(reply: Reply, situation: Situation) -> str:
    """The sentence on the live choices that the reply loses, but for the offer itself; empty if it loses none."""
    after = standing_after(situation.standing, situation.offered, reply)
    lost = [pool for pool in situation.standing.live if pool not in after.live and pool != situation.offered]
    return _renounced() % {"lost": listed(_names(situation, lost))} if lost else ""


def _renounced() -> str:
    return gettext("Vous renoncez à : %(lost)s.")


def _names(situation: Situation, pools: Iterable[int]) -> list[str]:
    return [situation.names[pool] for pool in pools]


def _again() -> str:
    return gettext("Vous devrez répondre de nouveau à la période suivante.")


def _nothing_follows() -> str:
    return gettext("C’est la dernière période : aucune proposition ne suivra, et votre candidature s’arrêtera là.")
