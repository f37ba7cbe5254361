"""Serving: only what passed its check, as what it is, and unable to act on the portal."""

from __future__ import annotations

import pytest
from django.http import Http404

from documents.checks import check_paper
from documents.models import SupportingDocument
from documents.serving import paper_response
from documents.tests.conftest import body, pdf, photograph


def checked(document: SupportingDocument) -> SupportingDocument:
    check_paper(document.pk)
    document.refresh_from_db()
    return document


def test_a_paper_is_shown_as_what_it_is(deposit) -> None:
    response = paper_response(checked(deposit(photograph(), "évil.html")))
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%C3%A9vil.jpg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert body(response).startswith(b"\xff\xd8\xff")


def test_a_paper_is_saved_under_its_owners_name_and_not_ours(deposit) -> None:
    document = checked(deposit(pdf(), "mon cv.PDF"))
    response = paper_response(document, download=True)
    assert response["Content-Disposition"] == 'attachment; filename="mon cv.pdf"'
    assert str(document.pk) not in str(response.headers)
    assert body(response).startswith(b"%PDF-")


@pytest.mark.parametrize("data", [pdf(), b"%PDF- broken"])
def test_nobody_is_shown_what_has_not_passed(deposit, data: bytes) -> None:
    document = deposit(data)
    with pytest.raises(Http404):
        paper_response(document)
    if not data.startswith(b"%PDF- broken"):
        return
    with pytest.raises(Http404):
        paper_response(checked(document))
