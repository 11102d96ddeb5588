from __future__ import annotations

from itertools import product
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.evidence.releasing import SMALLEST_SHOWN, is_small
from referral.evidence.suppression import every_total, suppress
from tests.evidence.attack import solve

COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 9))


@st.composite
def tables(draw, sizes=((2, 2), (2, 3), (3, 3), (4,), (2, 2, 2))):
    size = draw(st.sampled_from(sizes))
    return {
        tuple("abcd"[place] for place in key): draw(COUNTS)
        for key in product(*(range(each) for each in size))
    }


def sums(cell, key):
    return all(code is None or code == other for code, other in zip(cell, key, strict=True))


def bounds(counts, released):
    """Attack: how small and how large can each hidden cell be, for who knows which counts are small?

    Whole-number search over all tables that agree with what is shown, written without the code it attacks.
    """
    shown, small, hidden = {}, set(), set()
    for cell, value in released.items():
        if value is None:
            hidden.add(cell)
            if None not in cell and is_small(sum(count for key, count in counts.items() if sums(cell, key))):
                small.add(cell)
        else:
            shown[cell] = value
    keys = list(counts)
    limits = [
        (frozenset(at for at, key in enumerate(keys) if sums(cell, key)), low, high)
        for cell, (low, high) in [
            *((cell, (value, value)) for cell, value in shown.items()),
            *((cell, (1, SMALLEST_SHOWN - 1)) for cell in small),
        ]
    ]
    return {cell: [can(keys, limits, cell, counts, way) for way in (1, -1)] for cell in hidden}


def can(keys, limits, cell, counts, way):
    """Say whether some table has more (or less) in a cell than the true one."""
    goal = frozenset(at for at, key in enumerate(keys) if sums(cell, key))
    true = sum(counts[keys[at]] for at in goal)
    most = 12
    wanted = (true + 1, most * len(keys)) if way > 0 else (0, true - 1)
    return solve([(0, most)] * len(keys), [*limits, (goal, *wanted)])


@settings(max_examples=50, deadline=None)
@given(tables())
def test_no_hidden_cell_can_be_computed(counts):
    released = suppress(counts)
    pinned = [cell for cell, (more, less) in bounds(counts, released).items() if not more and not less]
    assert pinned == []


@settings(max_examples=50, deadline=None)
@given(tables())
def test_no_small_cell_is_shown_and_what_is_shown_is_true(counts):
    for cell, value in suppress(counts).items():
        assert value is None or not is_small(value)
        if value is not None:
            assert value == sum(count for key, count in counts.items() if sums(cell, key))


@settings(max_examples=12, deadline=None)
@given(tables(sizes=((2, 2, 2),)))
def test_tables_that_share_totals_are_safe_together(counts):
    patterns = [(0, 1), (0, 2), (0,), (1,), (2,), ()]
    released = suppress(counts, patterns)
    assert [cell for cell, found in bounds(counts, released).items() if not any(found)] == []


def test_a_lone_small_cell_takes_others_with_it():
    counts = {("a", "x"): 3, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 7}
    released = suppress(counts)
    assert [released[key] for key in counts] == [None] * 4
    assert released[None, None] == 27


def test_where_nothing_is_small_all_is_shown():
    counts = {("a", "x"): 5, ("a", "y"): 0, ("b", "x"): 8, ("b", "y"): 7}
    assert suppress(counts) == {
        **counts, ("a", None): 5, ("b", None): 15, (None, "x"): 13, (None, "y"): 7, (None, None): 20,
    }  # fmt: skip


def test_two_small_cells_that_a_total_would_tell_together_hide_a_third():
    """Two ones make two, and each is at least one."""
    released = suppress({("a",): 1, ("b",): 1, ("c",): 6})
    assert released["a",] is None and released["b",] is None  # noqa: PT018
    assert released[None,] is None or released["c",] is None


def test_nothing_gives_nothing():
    assert suppress({}) == {}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_total_is_each_choice_of_dimensions(size):
    assert len(every_total(size)) == 2**size


def test_the_table_of_all_needs_and_regions_is_quick():
    counts = {(f"n{n:02}", f"{r:02}"): (n * 7 + r * 3) % 11 for n in range(23) for r in range(17)}
    began = perf_counter()
    suppress(counts)
    assert perf_counter() - began < 3
