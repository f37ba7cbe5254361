"""How long the offers of one period take to compute, and in how much memory.

    python -m bench.allocation    (100,000 candidates with 6 choices each)
    python -m bench.allocation --candidates 1000000 --pools 5000 --seats 0.5

The market is made up: popular pools are chosen more often, each list ranks everybody who chose the pool. The
time it takes is not counted; its memory is, and printed apart.
"""

import argparse
import random
import resource
import time
from collections import defaultdict

from offers.allocation import allocate


def main() -> None:
    """Make a market, allocate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--choices", type=int, default=6, help="by candidate")
    parser.add_argument("--pools", type=int, default=60)
    parser.add_argument("--seats", type=float, default=0.7, help="by candidate")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()

    calls, lists, choices = made_up_market(
        random.Random(wanted.seed), wanted.candidates, wanted.choices, wanted.pools, wanted.seats
    )
    before = peak_gigabytes()
    started = time.perf_counter()
    offers = allocate(calls, lists, choices)
    seconds = time.perf_counter() - started
    print(f"{wanted.candidates:,} candidates × {wanted.choices} choices, {wanted.pools:,} pools")
    print(f"{len(offers):,} offers in {seconds:.2f} s")
    print(f"peak memory {peak_gigabytes():.2f} GB, of which the market {before:.2f} GB")


def made_up_market(
    drawing: random.Random, candidates: int, choices: int, pools: int, seats: float
) -> tuple[dict[str, int], dict[str, list[str]], dict[str, tuple[str, ...]]]:
    """Return calls, lists and choices; the first pools are the most popular."""
    names = [f"p{number:05}" for number in range(pools)]
    ranked: dict[str, tuple[str, ...]] = {}
    lists: dict[str, list[str]] = defaultdict(list)
    for number in range(candidates):
        candidate = f"c{number:08}"
        chosen: dict[str, None] = {}
        while len(chosen) < min(choices, pools):
            chosen[names[int(pools * drawing.random() ** 1.5)]] = None
        ranked[candidate] = tuple(chosen)
        for pool in chosen:
            lists[pool].append(candidate)
    for ranking in lists.values():
        drawing.shuffle(ranking)
    return dict.fromkeys(names, round(candidates * seats / pools)), dict(lists), ranked


def peak_gigabytes() -> float:
    """Return the most memory that this process has held so far (Linux counts it in kibibytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    main()
