"""What no page makes is refused before any page looks at it."""

from __future__ import annotations

import pytest
from django.test import Client

from admissions_portal.gate import LARGEST_REQUEST


@pytest.mark.parametrize("address", ["/?x=%00", "/gestion/applicants/dossier/?filiere=a%00", "/procedures/%00/"])
def test_a_nul_in_the_address_is_a_bad_request(address: str) -> None:
    assert Client().get(address).status_code == 400


def test_a_file_that_fills_the_disk_is_not_received() -> None:
    """Its length is said before its bytes: none of them is read."""
    answer = Client().generic("POST", "/dossier/ast-2026/pieces/cv/", CONTENT_LENGTH=str(LARGEST_REQUEST + 1))
    assert answer.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "-1", "many"])
def test_a_length_that_is_none_is_not_believed(said: str) -> None:
    assert Client().generic("POST", "/documents/verifier/", CONTENT_LENGTH=said).status_code < 500
