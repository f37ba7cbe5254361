"""From the seat to the definitive admission, or to its lapse. Rules: AST-07, AST-12, AST-22."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from accounts.models import User
from applicants.endings import void_dossier
from applicants.models import Dossier
from applicants.tests.scenario import events, mails, set_clock, staff
from documents.letters import context_of
from documents.models import Notice
from journal.errors import NotAllowed, Refused
from journal.followups import run_pending_facts
from juries.publication import confirm_correction, propose_correction
from juries.verification import review_paper
from notifications.rendering import render
from offers.allocation import Reply
from offers.enrolment import NotAwaited, lapse_overdue, note_integration_file, pronounce_all_ready, review_title
from offers.models import Enrolment
from offers.tests.market import LAPSE, TITLE_DEADLINE, market, paper, play, seat_of, struck
from programmes.models import Procedure

PROOFS = ("required-title", "second-semester-transcript")


@pytest.fixture
def zoe(procedure: Procedure) -> Dossier:
    """Someone who took a seat in the first period, the title still to come."""
    dossiers = market(procedure, {"albi": "z", "ales": "z"}, {"z": "albi ales"}, {"albi": 1, "ales": 1})
    play(procedure, 1, {"z": Reply.ACCEPT}, dossiers)
    return dossiers["z"]


def test_taking_a_seat_says_what_is_still_to_send(zoe: Dossier) -> None:
    (mail,) = mails("seat_taken")
    assert "17 juillet 2026" in render(mail).text
    assert "dossier d’intégration" in render(mail).text
    assert seat_of(zoe) == ("albi", "awaiting")


def test_admission_is_pronounced_when_every_proof_is_accepted(zoe: Dossier, verifier: User) -> None:
    title, transcript = (paper(zoe, kind) for kind in PROOFS)
    review_title(title.pk, accepted=True, by=verifier)
    assert seat_of(zoe) == ("albi", "awaiting")
    review_title(transcript.pk, accepted=True, by=verifier)
    assert seat_of(zoe) == ("albi", "definitive")
    assert "admission.pronounced" in events(zoe.pk)
    notice = Notice.objects.get(kind="enrolment")
    assert notice.recipient == zoe.candidate.user
    letter = render_to_string("documents/notices/enrolment.html", context_of(notice))
    assert zoe.candidate.full_name in letter
    assert str(Enrolment.objects.get().pool.track.label) in letter
    assert len(mails("admission_pronounced")) == 1


def test_a_title_accepted_before_the_seat_needs_nothing_more(procedure: Procedure) -> None:
    dossiers = market(procedure, {"albi": "z"}, {"z": "albi"}, {"albi": 1})
    for kind in PROOFS:
        paper(dossiers["z"], kind, review="accepted")
    play(procedure, 1, {"z": Reply.ACCEPT}, dossiers)
    assert seat_of(dossiers["z"]) == ("albi", "definitive")
    assert not mails("seat_taken")
    assert "dossier d’intégration" in render(mails("admission_pronounced")[0]).text


def test_a_title_accepted_by_the_first_school_is_found(zoe: Dossier, procedure: Procedure) -> None:
    for kind in PROOFS:
        paper(zoe, kind, review="accepted")
    assert pronounce_all_ready(procedure) == 1
    assert pronounce_all_ready(procedure) == 0


def test_another_school_has_no_say(zoe: Dossier, stranger: User) -> None:
    title = paper(zoe, PROOFS[0])
    with pytest.raises(NotAllowed):
        review_title(title.pk, accepted=True, by=stranger)
    with pytest.raises(NotAllowed):
        note_integration_file(zoe.pk, by=stranger)


def test_a_title_refused_is_asked_for_again(zoe: Dossier, verifier: User) -> None:
    title = paper(zoe, PROOFS[0])
    with pytest.raises(Refused):
        review_title(title.pk, accepted=False, reason=" ", by=verifier)
    review_title(title.pk, accepted=False, reason="Illisible", by=verifier)
    run_pending_facts()
    assert zoe.corrections.get().opens == [f"paper:{PROOFS[0]}"]


def test_a_definitive_admission_holds_its_title_and_nothing_else(zoe: Dossier, verifier: User) -> None:
    """Catches a verification that asks again for what an admission already rests on."""
    title, transcript = (paper(zoe, kind) for kind in PROOFS)
    review_title(title.pk, accepted=True, by=verifier)
    review_paper(title.pk, accepted=False, reason="Illisible", by=verifier)  # nothing rests on it yet
    for proof in (title, transcript):
        review_title(proof.pk, accepted=True, by=verifier)
    with pytest.raises(Refused, match="définitive"):
        review_paper(title.pk, accepted=False, reason="Illisible", by=verifier)
    title.refresh_from_db()
    assert title.review == "accepted"
    review_paper(title.pk, accepted=True, by=verifier)
    assert review_paper(paper(zoe, "cv").pk, accepted=False, reason="Trop long", by=verifier).review == "refused"
    assert seat_of(zoe) == ("albi", "definitive")


def test_only_titles_are_reviewed_here(zoe: Dossier, verifier: User) -> None:
    with pytest.raises(NotAwaited):
        review_title(paper(zoe, "cv").pk, accepted=True, by=verifier)


def test_without_its_title_a_seat_lapses(zoe: Dossier, procedure: Procedure) -> None:
    set_clock(procedure, "2026-07-17 23:59:59")
    assert lapse_overdue(procedure) == 0
    set_clock(procedure, LAPSE)
    assert lapse_overdue(procedure) == 1
    assert seat_of(zoe) == ("albi", "lapsed")
    assert struck(zoe) == {"albi": "lapsed", "ales": "accepted"}
    assert len(mails("seat_lapsed")) == 1
    assert Enrolment.objects.get().ended_at == procedure.now()
    assert lapse_overdue(procedure) == 0


def test_a_seat_that_lapsed_is_not_given_up_as_well(zoe: Dossier, procedure: Procedure, office: User) -> None:
    set_clock(procedure, LAPSE)
    lapse_overdue(procedure)
    void_dossier(zoe.pk, reason="Faux diplôme", by=office)
    run_pending_facts()
    assert seat_of(zoe) == ("albi", "lapsed")
    assert "seat.given_up" not in events(zoe.pk)


def test_a_paper_of_the_last_second_may_be_filed_a_moment_after(zoe: Dossier, procedure: Procedure) -> None:
    """The workers come by at the hour itself; the request that brings the paper began before, and is judged by that."""
    set_clock(procedure, TITLE_DEADLINE)
    assert lapse_overdue(procedure) == 0
    for kind in PROOFS:
        paper(zoe, kind)
    set_clock(procedure, LAPSE)
    assert lapse_overdue(procedure) == 0
    assert seat_of(zoe) == ("albi", "awaiting")


def test_a_title_sent_in_time_is_accepted_later(zoe: Dossier, procedure: Procedure, verifier: User) -> None:
    papers = [paper(zoe, kind) for kind in PROOFS]
    set_clock(procedure, "2026-07-20 09:00")
    assert lapse_overdue(procedure) == 0
    for document in papers:
        review_title(document.pk, accepted=True, by=verifier)
    assert seat_of(zoe) == ("albi", "definitive")


def test_one_proof_of_two_is_not_enough(zoe: Dossier, procedure: Procedure) -> None:
    paper(zoe, PROOFS[0], review="accepted")
    set_clock(procedure, LAPSE)
    assert lapse_overdue(procedure) == 1


def test_a_title_refused_after_the_deadline_leaves_a_week(zoe: Dossier, procedure: Procedure, verifier: User) -> None:
    title, transcript = (paper(zoe, kind) for kind in PROOFS)
    set_clock(procedure, "2026-07-20 09:00")
    review_title(transcript.pk, accepted=True, by=verifier)
    review_title(title.pk, accepted=False, reason="Illisible", by=verifier)
    run_pending_facts()
    set_clock(procedure, "2026-07-27 08:59:59")
    assert lapse_overdue(procedure) == 0
    set_clock(procedure, "2026-07-27 09:00:00")
    assert lapse_overdue(procedure) == 1


@pytest.mark.parametrize("kind", ["verifier", "office"])
def test_the_integration_file_is_noted_once(zoe: Dossier, kind: str) -> None:
    by = staff(zoe.procedure, kind, "albi" if kind == "verifier" else "")
    note_integration_file(zoe.pk, by=by)
    assert Enrolment.objects.get().integration_file_at is not None
    with pytest.raises(NotAwaited):
        note_integration_file(zoe.pk, by=by)


def test_a_voided_dossier_frees_its_seat(zoe: Dossier, office: User) -> None:
    void_dossier(zoe.pk, reason="Faux diplôme", by=office)
    run_pending_facts()
    assert seat_of(zoe) == ("albi", "given_up")
    assert struck(zoe)["albi"] == "withdrawn"


def test_an_admission_corrected_to_a_refusal_frees_its_seat(zoe: Dossier, office: User, president: User) -> None:
    decision = zoe.decisions.get(step__kind="admission")
    correction = propose_correction(decision.pk, outcome="refused", reason="Erreur de saisie", by=office)
    confirm_correction(correction.pk, by=president)
    run_pending_facts()
    assert seat_of(zoe) == ("albi", "given_up")
    assert struck(zoe)["albi"] == "refused"
