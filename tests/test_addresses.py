"""An address that cannot be one is refused before any page asks the database."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize("address", ["/?x=%00", "/gestion/applicants/dossier/?filiere=a%00", "/procedures/%00/"])
def test_a_nul_in_the_address_is_a_bad_request(address: str) -> None:
    assert Client().get(address).status_code == 400
