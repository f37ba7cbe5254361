"""Follow-ups: what a lower app knows and upper ones must act on.

A charge is settled, a paper is turned down: the app where it happens states the fact in its act's
transaction, and knows nothing of dossiers. The app above has registered an act for such facts. It runs
right after the commit, in a transaction of its own; if that failed, or the process was killed between the
two, the periodic task runs it again. So it is found done, late at worst, and an act that follows up must be
able to run twice without harm.

    state_fact("charge_settled", charge.pk)  # payments, in the act that settles it

    @acts_on("charge_settled")  # applicants, in a module that its AppConfig.ready() imports
    def complete_submission(charge_id: str) -> None: ...
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from django.db import transaction

from journal.clock import instant
from journal.models import Fact

log = logging.getLogger(__name__)

FollowUp = Callable[[str], object]

_registered: defaultdict[str, list[FollowUp]] = defaultdict(list)


def acts_on(kind: str) -> Callable[[FollowUp], FollowUp]:
    """Register the decorated act to follow each fact of that kind; it gets the subject's key as text."""

    def register(act: FollowUp) -> FollowUp:
        _registered[kind].append(act)
        return act

    return register


def state_fact(kind: str, subject_pk: object) -> None:
    """State in the current transaction that something happened to a subject, to be acted on after the
    commit.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("state_fact() belongs inside the act’s transaction")
    fact = Fact.objects.create(kind=kind, subject_id=str(subject_pk), stated_at=instant())
    transaction.on_commit(partial(_follow_up, fact))


def run_pending_facts() -> int:
    """Act on the facts that were left behind; returns how many of them are done now."""
    return sum(_follow_up(fact) for fact in list(Fact.objects.pending()))


def _follow_up(fact: Fact) -> bool:
    """Run the acts registered for a fact and note that it is done; a failure is left for later."""
    acts = _registered.get(fact.kind, [])
    if not acts:
        return False
    try:
        with transaction.atomic():
            # Noted first, which locks it: whoever comes at the same time waits, and finds it done or as it was.
            if not Fact.objects.pending().filter(pk=fact.pk).update(acted_at=instant()):
                return False
            for act in acts:
                act(fact.subject_id)
            return True
    except Exception:
        log.exception("Fact %s is not acted on yet", fact.pk)
        return False
