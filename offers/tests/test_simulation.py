"""`simulate_offers`: the example to the letter, whole cases against enumeration, each kind of wrong input."""

import io
import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.management.commands.simulate_offers import Command
from offers.simulation import WrongCase, read_case, simulate
from offers.tests.enumeration import Calls, Ranked, best_stable, is_stable, live_of, markets

EXAMPLE: dict[str, Any] = {
    "pools": {"albi-L3": {"calls": 1}, "ales-L3": {"calls": 1}},
    "lists": {"albi-L3": ["c07", "c01", "c09"], "ales-L3": ["c01", "c07"]},
    "choices": {"c01": ["ales-L3", "albi-L3"], "c07": ["ales-L3", "albi-L3"], "c09": ["albi-L3"]},
    "periods": [
        {"replies": {"c01": "WITHDRAW", "c07": "ACCEPT_BUT"}},
        {"calls": {"albi-L3": 2}, "replies": {"c07": "ACCEPT"}},
    ],
}
OUTCOME_OF_EXAMPLE: dict[str, Any] = {
    "periods": [
        {
            "offers": {"c01": "ales-L3", "c07": "albi-L3"},
            "last_called": {"ales-L3": 1, "albi-L3": 1},
            "removed": ["c09"],
        },
        {"offers": {"c07": "ales-L3"}, "last_called": {"ales-L3": 2, "albi-L3": 1}, "removed": []},
    ],
    "final": {"c07": "ales-L3"},
}


def played(case: object) -> Any:
    """Play a case given as what its JSON holds; return what the outcome's JSON holds."""
    return json.loads(simulate(read_case(json.dumps(case).encode())).as_json())


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command as from a terminal; return its exit status, standard output and standard error.

    These tests have no mark that lets them near the database: a query would fail them.
    """
    status = 0
    try:
        Command().run_from_argv(["manage.py", "simulate_offers", *arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


# The command


def test_the_example_of_the_design(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Catches any change to what the example prints, its order included."""
    file = tmp_path / "case.json"
    file.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    status, out, err = run(capsys, str(file))
    assert (status, err) == (0, "")
    assert json.dumps(json.loads(out)) == json.dumps(OUTCOME_OF_EXAMPLE)


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Catches looking for a file named "-"; a byte order mark, as Windows writes it, does no harm."""
    source = json.dumps(EXAMPLE).encode("utf-8-sig")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(source)))
    status, out, _ = run(capsys, "-")
    assert status == 0
    assert json.loads(out) == OUTCOME_OF_EXAMPLE


@pytest.mark.parametrize("content", [None, b"", b'{"pools": \xff}', b'{"a\\nb\\u2028c": 1, "a\\nb\\u2028c": 2}'])
def test_a_case_that_cannot_be_read_is_one_line_of_error(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Catches a traceback, a half-written outcome, a name that breaks the line, another exit status."""
    file = tmp_path / "case.json"
    if content is not None:
        file.write_bytes(content)
    status, out, err = run(capsys, str(file))
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_a_reply_that_is_not_allowed_prints_nothing_of_the_periods_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Catches printing period by period: an outcome must not look whole when the case is wrong."""
    file = tmp_path / "case.json"
    file.write_text(json.dumps(altered(["periods", 1, "replies", "c01"], "WAIT")), encoding="utf-8")
    status, out, err = run(capsys, str(file))
    assert (status, out) == (2, "")
    assert "c01" in err
    assert len(err.splitlines()) == 1


# Whole cases


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a case of several periods, and the outcome that enumeration and the table of replies give it."""
    calls, lists, choices = draw(markets())
    case: dict[str, Any] = {
        "pools": {pool: {"calls": number} for pool, number in calls.items()},
        "lists": lists,
        "choices": choices,
        "periods": [],
    }
    expected: dict[str, Any] = {"periods": [], "final": {}}
    live = live_of(lists, choices)
    final: dict[str, str] = {}
    for_good: set[str] = set()
    called: Counter[str] = Counter()
    for _ in range(draw(st.integers(0, 4))):
        held = Counter(final.values())
        changed = {pool: draw(st.integers(held[pool], 4)) for pool in draw(st.sets(st.sampled_from(list(calls))))}
        calls = calls | changed
        offers = best_stable(calls, lists, live)
        called |= Counter({pool: max_rank(pool, offers, lists) for pool in offers.values()})
        replies: dict[str, str] = {}
        removed = []
        final = {}
        for name, ranked in live.items():
            if not ranked:
                continue
            reply = draw(st.sampled_from(possible(ranked, offers.get(name))))
            if reply is not None:
                replies[name] = reply
            elif name not in for_good:
                removed.append(name)
            else:
                reply = "ACCEPT"
            if reply == "ACCEPT":
                for_good.add(name)
            live[name] = kept(ranked, offers.get(name), reply)
            if reply in ("ACCEPT", "ACCEPT_BUT"):
                final[name] = offers[name]
        case["periods"].append({"calls": changed, "replies": replies})
        expected["periods"].append({"offers": offers, "last_called": dict(called), "removed": sorted(removed)})
    expected["final"] = final
    return case, expected


def max_rank(pool: str, offers: dict[str, str], lists: Ranked) -> int:
    """Return the greatest list rank offered a seat in the pool."""
    return max(lists[pool].index(name) + 1 for name in offers if offers[name] == pool)


def possible(ranked: list[str], offer: str | None) -> list[str | None]:
    """Return every reply of the notice's table, and silence."""
    if offer is None:
        return [None, "WAIT", "WITHDRAW"]
    hoping = ["ACCEPT_BUT", "DECLINE_BUT"] if ranked.index(offer) > 0 else []
    return [None, "ACCEPT", "WITHDRAW", *hoping]


def kept(ranked: list[str], offer: str | None, reply: str | None) -> list[str]:
    """Return the choices that a reply leaves."""
    if reply is None or reply == "WITHDRAW":
        return []
    if offer is None:
        return ranked
    return {
        "ACCEPT": [offer],
        "ACCEPT_BUT": ranked[: ranked.index(offer) + 1],
        "DECLINE_BUT": ranked[: ranked.index(offer)],
    }[reply]


@given(cases())
@settings(max_examples=300, deadline=None)
def test_periods_against_enumeration(drawn: tuple[dict[str, Any], dict[str, Any]]):
    """Catches state carried wrongly into the next period: choices, seats, calls, ranks, removals."""
    case, expected = drawn
    assert played(case) == expected


@given(cases())
@settings(max_examples=300, deadline=None)
def test_offers_never_get_worse_and_pools_are_never_over_filled(drawn: tuple[dict[str, Any], dict[str, Any]]):
    """Catches a held seat given to another when calls change or replies move others. AST-20."""
    case, _ = drawn
    calls = {pool: described["calls"] for pool, described in case["pools"].items()}
    best_so_far: dict[str, int] = {}
    for plan, period in zip(case["periods"], played(case)["periods"], strict=True):
        calls |= plan["calls"]
        seated = Counter(period["offers"].values())
        assert all(seated[pool] <= calls[pool] for pool in calls)
        for name, pool in period["offers"].items():
            liking = case["choices"][name].index(pool)
            assert liking <= best_so_far.get(name, liking)
            best_so_far[name] = liking


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_outcome_does_not_depend_on_the_order_of_the_file(
    drawn: tuple[dict[str, Any], dict[str, Any]], shuffling: random.Random
):
    """Catches an outcome, or its printed order, that follows the order in which the file names people."""
    case, _ = drawn
    turned = {
        key: dict(shuffling.sample(list(case[key].items()), len(case[key]))) for key in ("pools", "lists", "choices")
    }
    assert json.dumps(played(case | turned)) == json.dumps(played(case))


def test_thousands_over_three_periods():
    """Catches what shows in long lists only: after each period's calls and replies nobody is skipped."""
    drawing = random.Random(7)
    names, pools = [f"c{n}" for n in range(3_000)], [f"p{n}" for n in range(12)]
    calls: Calls = {pool: drawing.randint(0, 150) for pool in pools}
    lists = {pool: drawing.sample(names, 2_000) for pool in pools}
    choices = {name: drawing.sample(pools, drawing.randint(0, 6)) for name in names}
    listed = {pool: set(ranking) for pool, ranking in lists.items()}
    live = {name: [pool for pool in ranked if name in listed[pool]] for name, ranked in choices.items()}
    case: dict[str, Any] = {
        "pools": {pool: {"calls": number} for pool, number in calls.items()},
        "lists": lists,
        "choices": choices,
        "periods": [],
    }
    for _ in range(3):
        plan: dict[str, Any] = {"calls": {pool: calls[pool] + drawing.randint(0, 20) for pool in pools}, "replies": {}}
        calls |= plan["calls"]
        case["periods"].append(plan)
        offers = played(case)["periods"][-1]["offers"]
        assert is_stable(offers, calls, lists, live)
        for name, ranked in live.items():
            if ranked:
                reply = drawing.choice(possible(ranked, offers.get(name))[1:])
                plan["replies"][name] = reply
                live[name] = kept(ranked, offers.get(name), reply)


def test_who_accepted_for_good_may_keep_silent_repeat_it_or_withdraw():
    """Catches asking a definitive yes again, and holding a seat for someone who gave it up."""
    case = one_pool(calls=3, listed=["a", "b", "c"])
    case["periods"] = [
        {"replies": {"a": "ACCEPT", "b": "ACCEPT", "c": "ACCEPT"}},
        {"replies": {"b": "ACCEPT"}},
        {"replies": {"c": "WITHDRAW"}},
    ]
    outcome = played(case)
    assert [list(period["offers"]) for period in outcome["periods"]] == [["a", "b", "c"]] * 3
    assert [period["removed"] for period in outcome["periods"]] == [[], [], []]
    assert outcome["final"] == {"a": "albi", "b": "albi"}


def test_who_waits_must_say_so_again_each_period():
    """Catches an ATTENTE of one period that counts for the next. AST-19."""
    case = one_pool(calls=1, listed=["a", "b"])
    case["periods"] = [{"replies": {"a": "ACCEPT", "b": "WAIT"}}, {}, {"replies": {"a": "WITHDRAW"}}]
    outcome = played(case)
    assert [period["removed"] for period in outcome["periods"]] == [[], ["b"], []]
    assert outcome["final"] == {}


def test_calls_may_fall_to_what_is_held_and_no_lower():
    """Catches counting offers that were declined as held, and taking back a seat that someone holds."""
    case = one_pool(calls=3, listed=["a", "b", "c"])
    case["periods"] = [{"replies": {"a": "ACCEPT", "b": "WITHDRAW"}}, {"calls": {"albi": 1}}]
    assert played(case)["final"] == {"a": "albi"}
    case["periods"][1]["calls"]["albi"] = 0
    with pytest.raises(WrongCase, match="albi"):
        played(case)


def test_no_period_no_offer():
    """Catches an outcome that is not JSON when there is nothing to list."""
    assert played(one_pool(calls=1, listed=["a"])) == {"periods": [], "final": {}}


def test_names_may_be_anything_that_json_can_hold():
    """Catches names that are taken for something else, or come out otherwise than they went in."""
    odd = [
        "",
        " ",
        "é",
        "e\u0301",
        "a\nb",
        'x"y\\',
        "«",
        "日本",
        "\U0001f393",
        "null",
        "-1",
        "\ud800",
        "%(name)s",
    ]
    case = one_pool(calls=99, listed=odd, pool="\u2028\ud83c")
    case["periods"] = [{"replies": dict.fromkeys(odd, "ACCEPT")}]
    written = simulate(read_case(json.dumps(case).encode())).as_json().encode("utf-8")
    assert json.loads(written)["final"] == dict.fromkeys(odd, "\u2028\ud83c")


def test_being_on_a_list_without_having_chosen_it_means_nothing():
    """Catches an offer to, a removal of, or an error about someone whom only the list knows."""
    case = one_pool(calls=2, listed=["a", "b"])
    del case["choices"]["a"]
    case["periods"] = [{}]
    assert played(case)["periods"] == [{"offers": {"b": "albi"}, "last_called": {"albi": 2}, "removed": ["b"]}]


def test_a_pool_without_a_list_makes_no_offer():
    """Catches a crash when the jury ranked nobody for a pool."""
    case = one_pool(calls=1, listed=["a"])
    case["lists"] = {}
    case["periods"] = [{}]
    assert played(case)["periods"] == [{"offers": {}, "last_called": {}, "removed": []}]


def one_pool(*, calls: int, listed: list[str], pool: str = "albi") -> dict[str, Any]:
    """Return a case of one pool that everybody listed has chosen."""
    return {
        "pools": {pool: {"calls": calls}},
        "lists": {pool: listed},
        "choices": {name: [pool] for name in listed},
        "periods": [],
    }


# What is wrong with a case


GONE = object()


def altered(path: list[Any], value: object) -> Any:
    """Return the example with the value at `path` replaced, or taken away."""
    case = json.loads(json.dumps(EXAMPLE))
    parent = case
    for step in path[:-1]:
        parent = parent[step]
    if value is GONE:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return case


@pytest.mark.parametrize("source", ["", "nul", "{", '{"pools": {}} x', "{'pools': {}}", "[" * 100_000, "\xff"])
def test_what_is_not_json_is_refused(source: str):
    """Catches a traceback instead of a sentence."""
    with pytest.raises(WrongCase, match="JSON"):
        read_case(source.encode("latin-1"))


@pytest.mark.parametrize("case", [None, [], "pools", 3, {}, {**EXAMPLE, "seed": 1}])
def test_a_file_of_another_shape_is_refused(case: object):
    """Catches reading something else as an empty case."""
    with pytest.raises(WrongCase):
        played(case)


@pytest.mark.parametrize("key", ["albi-L3", "calls", "replies", "c07", "periods"])
def test_a_key_given_twice_is_refused(key: str):
    """Catches JSON's habit of keeping the last of two keys, which loses a list or a reply unseen."""
    doubled = json.dumps(EXAMPLE).replace(f'"{key}":', f'"{key}": 0, "{key}":')
    with pytest.raises(WrongCase, match=key):
        read_case(doubled.encode())


@pytest.mark.parametrize("number", [-1, 1.0, 1.5, 1e3, True, None, "1", [1], {}, float("nan")])
@pytest.mark.parametrize("path", [["pools", "albi-L3", "calls"], ["periods", 1, "calls", "albi-L3"]])
def test_calls_that_are_no_whole_number_from_0_are_refused(path: list[Any], number: object):
    """Catches true counted as 1, 1.0 taken for a whole number, fewer than none."""
    with pytest.raises(WrongCase, match="albi-L3"):
        played(altered(path, number))


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        # Another shape.
        (["pools"], GONE, "pools"),
        (["lists"], GONE, "lists"),
        (["choices"], GONE, "choices"),
        (["periods"], GONE, "periods"),
        (["pools"], ["albi-L3", "ales-L3"], "pools"),
        (["pools", "albi-L3"], 1, "albi-L3"),
        (["pools", "albi-L3"], {}, "calls"),
        (["pools", "albi-L3", "seats"], 1, "seats"),
        (["lists"], [], "lists"),
        (["lists", "albi-L3"], "c07", "albi-L3"),
        (["lists", "albi-L3"], {"c07": 1}, "albi-L3"),
        (["lists", "albi-L3"], [["c07", "c01"]], "albi-L3"),
        (["lists", "albi-L3"], [7, "c01"], "7"),
        (["choices"], None, "choices"),
        (["choices", "c09"], None, "c09"),
        (["choices", "c09"], [None], "c09"),
        (["periods"], {}, "periods"),
        (["periods", 0], [], "periods > 1"),
        (["periods", 0, "offers"], {}, "offers"),
        (["periods", 1, "calls"], None, "calls"),
        (["periods", 1, "calls"], [2], "calls"),
        (["periods", 1, "replies"], None, "replies"),
        (["periods", 1, "replies"], ["c07"], "replies"),
        # Unknown names.
        (["lists", "nord"], [], "nord"),
        (["choices", "c09"], ["nord"], "nord"),
        (["periods", 1, "calls", "nord"], 1, "nord"),
        (["periods", 1, "replies", "c99"], "WAIT", "c99"),
        # Duplicates.
        (["lists", "albi-L3"], ["c07", "c01", "c07"], "c07"),
        (["choices", "c09"], ["albi-L3", "albi-L3"], "albi-L3"),
        # Replies that there are not.
        (["periods", 1, "replies", "c07"], "accept", "accept"),
        (["periods", 1, "replies", "c07"], "MAYBE", "MAYBE"),
        (["periods", 1, "replies", "c07"], "", "c07"),
        (["periods", 1, "replies", "c07"], None, "c07"),
        (["periods", 1, "replies", "c07"], ["ACCEPT"], "c07"),
        # Replies that are not allowed, or from someone not in play.
        (["periods", 0, "replies", "c09"], "ACCEPT", "c09"),
        (["periods", 0, "replies", "c09"], "DECLINE_BUT", "c09"),
        (["periods", 0, "replies", "c07"], "WAIT", "c07"),
        (["periods", 0, "replies", "c01"], "ACCEPT_BUT", "c01"),
        (["periods", 1, "replies", "c01"], "WITHDRAW", "c01"),
        (["periods", 1, "replies", "c09"], "WAIT", "c09"),
        # Calls below what is held.
        (["periods", 1, "calls", "albi-L3"], 0, "albi-L3"),
    ],
)
def test_what_is_wrong_is_named(path: list[Any], value: object, named: str):
    """Catches a wrong case that is played as if it were right, and a refusal that leaves one searching."""
    with pytest.raises(WrongCase) as refusal:
        played(altered(path, value))
    assert named in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1
