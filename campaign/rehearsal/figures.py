"""Figures: what came of a rehearsal at the end of each stage. Counts and codes only: no times, no random ids."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet

from applicants.deposits import DEPOSIT
from applicants.models import Correction, Dossier, Referee
from campaign.rehearsal.company import Company
from documents.models import Notice, SupportingDocument
from juries.models import Decision, Mark, Panel, Publication, TestSlot
from notifications.models import Mail
from offers.models import Enrolment, ListEntry, Offer, Place, ReplyRecord, SeatMove
from payments.ledger import OWED
from payments.models import Charge, Exemption, LedgerLine, Payment
from programmes.models import Pool, Procedure, Step

Figures = dict[str, Any]


def mails_and_refusals(company: Company) -> Figures:
    """Of mails and refused acts, what has come since this was last asked."""
    mails = Counter(count_by(Mail.objects.filter(procedure=company.procedure), "kind"))
    news = {
        "mails": dict(sorted((mails - company.mails_told).items())),
        "refused acts": dict(sorted((company.refusals - company.refusals_told).items())),
    }
    company.mails_told, company.refusals_told = mails, company.refusals.copy()
    return news


def of_applications(procedure: Procedure) -> Figures:
    """Dossiers by state and title, papers, opinions, fees."""
    dossiers = Dossier.objects.filter(procedure=procedure)
    papers = SupportingDocument.objects.filter(folder__procedure=procedure)
    charges = Charge.objects.filter(account__procedure=procedure)
    return {
        "dossiers": count_by(dossiers, "status"),
        "titles": count_by(dossiers, "title"),
        "equivalences": count_by(dossiers.exclude(equivalence=""), "equivalence"),
        "first choices": count_by(dossiers.filter(choices__rank=1), "choices__programme__code"),
        "papers": count_by(papers, "kind"),
        "checks": count_by(papers, "check_state"),
        "referees": count_by(Referee.objects.filter(dossier__procedure=procedure), "state"),
        "fees": count_by(charges, "state"),
        "payments": count_by(Payment.objects.filter(charge__in=charges), "means", "state"),
        "exemptions": count_by(Exemption.objects.filter(charge__in=charges), "state"),
    }


def of_verification(procedure: Procedure) -> Figures:
    """Dossiers, reviews, corrections, money."""
    charges = Charge.objects.filter(account__procedure=procedure)
    corrections = Correction.objects.filter(dossier__procedure=procedure)
    return {
        "dossiers": count_by(Dossier.objects.filter(procedure=procedure), "status"),
        "reviews": count_by(SupportingDocument.objects.filter(folder__procedure=procedure), "review"),
        "corrections": {
            "asked": corrections.count(),
            "answered": corrections.exclude(answered_at=None).count(),
        },
        "fees": count_by(charges, "state"),
        "payments": count_by(Payment.objects.filter(charge__in=charges), "means", "state"),
        "exemptions": count_by(Exemption.objects.filter(charge__in=charges), "state"),
    }


def of_admissibility(procedure: Procedure) -> Figures:
    """What the jury decided."""
    return {"decisions": _decisions(procedure, Step.Kind.ADMISSIBILITY)}


def of_decisions(procedure: Procedure) -> Figures:
    """What each programme decided at each step, and how often results came out."""
    steps = procedure.steps.filter(decisions__isnull=False).distinct().order_by("position")
    return {
        "choices": {
            step.code: count_by(Decision.objects.filter(step=step), "choice__programme__code", "outcome")
            for step in steps
        },
        "publications": count_by(Publication.objects.filter(step__procedure=procedure), "step__code"),
        "out of turn": Decision.objects.filter(step__procedure=procedure).exclude(out_of_turn_because="").count(),
    }


def of_places(procedure: Procedure) -> Figures:
    """What became of the places that were offered, and the money that came with them."""
    places = Place.objects.filter(dossier__procedure=procedure)
    deposits = Charge.objects.filter(account__procedure=procedure, reason=DEPOSIT)
    return {
        "places": count_by(places, "choice__programme__code", "state"),
        "deposits": count_by(deposits, "state"),
        "seats": seats(procedure),
    }


def of_tests(procedure: Procedure) -> Figures:
    """Panels, slots, marks."""
    marks = Mark.objects.filter(dossier__procedure=procedure)
    slots = TestSlot.objects.filter(panel__step__procedure=procedure)
    return {
        "panels": count_by(Panel.objects.filter(step__procedure=procedure), "school__code", "test"),
        "slots": {"made": slots.count(), "given": slots.exclude(dossier=None).count()},
        "marks": count_by(marks.filter(is_absent=False), "test"),
        "absences": marks.filter(is_absent=True).count(),
    }


def of_admission(procedure: Procedure) -> Figures:
    """What the jury decided, and the length of each list."""
    return {
        "decisions": _decisions(procedure, Step.Kind.ADMISSION),
        "lists": _by_pool(procedure, ListEntry.objects.all()),
    }


def of_integration(procedure: Procedure) -> Figures:
    """Offers and replies by period, seats moved, seats by school and track."""
    return {
        "periods": {
            str(period.number): {
                "offers": Offer.objects.filter(period=period).count(),
                "replies": count_by(ReplyRecord.objects.filter(period=period), "reply"),
                "removed": Mail.objects.filter(key__startswith=f"removed_for_silence:{period.pk}:").count(),
            }
            for period in procedure.periods.order_by("number")
        },
        "seats moved": sum(
            SeatMove.objects.filter(source__programme__procedure=procedure).values_list("count", flat=True)
        ),
        "seats": seats(procedure),
    }


def of_titles(procedure: Procedure) -> Figures:
    """What became of the seats, and the letters of the whole procedure."""
    notices = Notice.objects.filter(procedure=procedure)
    return {
        "enrolments": count_by(Enrolment.objects.filter(dossier__procedure=procedure), "state"),
        "seats": seats(procedure),
        "notices": count_by(notices, "kind"),
        "papers": count_by(SupportingDocument.objects.filter(folder__procedure=procedure), "kind"),
    }


def totals(procedure: Procedure) -> Figures:
    """What it all comes to, to hold against the notice: money by what it was for, and the seats taken of each pool."""
    return {"money": money(procedure), "seats": seats(procedure)}


def money(procedure: Procedure) -> Figures:
    """What the ledger holds, in cents, by the reason of the charges: asked for, come, still owed, to be paid back.

    What was cancelled or waived is no longer asked for.
    """
    found: dict[str, Counter[str]] = {}
    lines = LedgerLine.objects.filter(charge__account__procedure=procedure).order_by("charge__reason")
    for reason, ledger, amount in lines.values_list("charge__reason", "ledger", "amount"):
        found.setdefault(reason, Counter())[ledger.partition(":")[0]] += amount
    return {
        reason: {
            "charged": -sums["fees"],
            "received": sum(sums[means] for means in Payment.Means.values),
            "owed": sums[OWED],
            "to repay": -sums["to-repay"],
        }
        for reason, sums in found.items()
    }


def seats(procedure: Procedure) -> Figures:
    """By school and track: seats, those taken and still held, those definitive."""
    standing = Enrolment.objects.standing()
    taken, definitive = (
        _by_pool(procedure, rows) for rows in (standing, standing.filter(state=Enrolment.State.DEFINITIVE))
    )
    return {
        code: {"seats": pool.seats, "taken": taken.get(code, 0), "definitive": definitive.get(code, 0)}
        for code, pool in _pools(procedure).items()
    }


def count_by(rows: QuerySet[Any], *fields: str) -> dict[str, int]:
    """How many of `rows` there are of each value of `fields`, sorted."""
    counted = rows.order_by().values_list(*fields).annotate(count=Count("pk"))
    return dict(sorted((" ".join(str(value) for value in values), count) for *values, count in counted))


def _decisions(procedure: Procedure, kind: str) -> dict[str, int]:
    return count_by(Decision.objects.filter(step__procedure=procedure, step__kind=kind), "outcome")


def _pools(procedure: Procedure) -> dict[str, Pool]:
    pools = Pool.objects.filter(programme__procedure=procedure).select_related("programme", "track")
    ordered = pools.order_by("programme__position", "track__position")
    return {f"{pool.programme.code} {pool.track.code}": pool for pool in ordered}


def _by_pool(procedure: Procedure, rows: QuerySet[Any]) -> dict[str, int]:
    """How many of `rows` belong to each pool."""
    counts = Counter(rows.filter(pool__programme__procedure=procedure).values_list("pool_id", flat=True))
    return {code: counts[pool.pk] for code, pool in _pools(procedure).items()}
