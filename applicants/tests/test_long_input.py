"""What is longer than its column is refused in words or cut, not left to PostgreSQL, which gives an error."""

from __future__ import annotations

import pytest

from accounts.models import User
from applicants.answers import save_answers
from applicants.models import LONGEST_FOLDED_NAME, Candidate, Referee
from applicants.referees import WrongReferee, name_referee
from applicants.tests.scenario import begun
from programmes.models import Procedure

GROWS = "\ufb1d"  # a letter that is two when composed
UNFOLDS = "\ufdfa"  # a letter that is eighteen when folded
LONG_ADDRESS = f"{'a' * 30}@{'.'.join(['b' * 60] * 4)}.example"


@pytest.mark.parametrize(
    "wrong",
    [{"email": LONG_ADDRESS}, {"name": GROWS * 160}, {"position": GROWS * 160}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_referee_fits_the_columns(procedure: Procedure, zoe: User, wrong: dict[str, str]) -> None:
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "identity", {"family_name": "Épône", "given_names": "Zoé"}, by=zoe)
    said = {"name": "Ada", "position": "Directrice", "email": "ada@example.org"} | wrong
    with pytest.raises(WrongReferee):
        name_referee(dossier.pk, kind="appraiser", by=zoe, **said)
    assert not Referee.objects.exists()


def test_a_name_that_unfolds_is_kept_whole_and_searched_by_its_beginning(procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "identity", {"family_name": UNFOLDS * 120, "given_names": "Zoé"}, by=zoe)
    candidate = Candidate.objects.get(user=zoe)
    assert candidate.family_name == UNFOLDS * 120
    assert len(candidate.folded_name) == LONGEST_FOLDED_NAME
