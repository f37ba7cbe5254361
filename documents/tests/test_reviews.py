"""Reviews: with a reason where refused, of the current and checked paper only."""

from __future__ import annotations

import pytest

from accounts.models import User
from documents.checks import check_paper
from documents.intake import supersede
from documents.reviews import NotReviewable, review_paper
from documents.tests.conftest import pdf
from journal.models import Entry, Fact


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("staff@example.org", is_staff=True)


def test_a_paper_is_accepted_then_refused(deposit, staff: User) -> None:
    document = deposit(pdf())
    check_paper(document.pk)
    assert review_paper(document.pk, accepted=True, by=staff).review == "accepted"
    assert not Fact.objects.exists()
    refused = review_paper(document.pk, accepted=False, reason=" illisible ", by=staff)
    refused.refresh_from_db()
    assert (refused.review, refused.review_reason) == ("refused", "illisible")
    assert refused.reviewed_at is not None
    assert Entry.objects.filter(event="paper.reviewed", actor=str(staff.pk)).count() == 2
    assert [fact.kind for fact in Fact.objects.all()] == ["paper_refused"]
    assert review_paper(document.pk, accepted=True, by=staff).review_reason == ""


def test_a_refusal_says_why(deposit, staff: User) -> None:
    document = deposit(pdf())
    check_paper(document.pk)
    with pytest.raises(NotReviewable, match="pourquoi"):
        review_paper(document.pk, accepted=False, reason="  ", by=staff)


def test_a_paper_that_has_not_passed_its_check_waits(deposit, staff: User) -> None:
    with pytest.raises(NotReviewable, match="contrôle"):
        review_paper(deposit(pdf()).pk, accepted=True, by=staff)


def test_a_paper_that_was_replaced_is_not_reviewed(deposit, staff: User) -> None:
    document = deposit(pdf())
    check_paper(document.pk)
    supersede(document)
    with pytest.raises(NotReviewable, match="remplacée"):
        review_paper(document.pk, accepted=True, by=staff)
