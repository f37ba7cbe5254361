"""The numbers that a jury types are ranks, or said not to be."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.http import QueryDict

from offers.admin.list_page import WrongOrder, order_typed


def typed(ranks: dict[UUID, str]) -> list[UUID]:
    posted = QueryDict(mutable=True)
    posted.update({f"rank:{key}": rank for key, rank in ranks.items()})
    return order_typed(posted, ranks)


def test_numbers_order_and_an_empty_box_leaves_off() -> None:
    first, second, third = (uuid4() for _ in range(3))
    assert typed({first: "010", second: " 2 ", third: ""}) == [second, first]


@pytest.mark.parametrize("rank", ["0", "00", "-1", "1,5", "²", "un", "9" * 5000])
def test_what_is_no_rank_is_refused_in_words(rank: str) -> None:
    with pytest.raises(WrongOrder, match="n’est pas un rang"):
        typed({uuid4(): rank})
