from __future__ import annotations

import random
from itertools import product
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.evidence.releasing import OTHERS, SMALLEST_SHOWN, Release, add_up, is_small, keep_rows, release
from tests.evidence.attack import can_be_other

COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 9))
NEEDS, X, Y, Z = "abcd", "uvw", "xyz", "pq"
PLACE = {"x": 1, "y": 2, "z": 3}
SIZES = (
    (3, 2, 2, 1),
    (2, 3, 2, 1),
    (3, 3, 1, 1),
    (4, 2, 1, 1),
    (2, 2, 1, 2),
    (3, 2, 1, 2),
    (1, 3, 2, 1),
    (2, 2, 2, 2),
)


@st.composite
def people(draw, sizes=SIZES):
    """Counts by need and three other things, as nobody outside sees them; one follows from another."""
    size = draw(st.sampled_from(sizes))
    codes = (NEEDS[: size[0]], X[: size[1]], Y[: size[2]], Z[: size[3]])
    return {key: draw(COUNTS) for key in product(*codes)}


def release_people(counts):
    return release(
        {name: table_of(counts, name) for name in "xy"},
        {("x", code, "z"): table_of(within(counts, code), "z") for code in columns_of(counts, "x")},
    )


def table_of(counts, name):
    found = {}
    for key, count in counts.items():
        cell = (key[0], key[PLACE[name]])
        found[cell] = found.get(cell, 0) + count
    return found


def within(counts, code):
    return {key: count for key, count in counts.items() if key[PLACE["x"]] == code}


def columns_of(counts, name):
    return sorted({key[PLACE[name]] for key in counts})


def views_of(counts, released):
    """Return each table of a release: counts, totals of rows, cells, and what its columns tell apart."""
    for name, table in released.tables.items():
        yield counts, released.rows, table, name
    for place, table in released.parts.items():
        yield within(counts, place[1]), released.rows_of(place), table, "z"


def told_by(counts, *releases, summed=()):
    """Attack all that is released of some counts: return each count of 1 to 4 that has one value only.

    The attacker knows, besides, which hidden numbers are small. What is ``summed`` is seen too.
    """
    shown, known, goals = [], [], []
    for part, released in [*releases, *summed]:
        hidden = [keys_of(part, {need}) for need in rows_of(released.rows, part)[OTHERS]]
        for some, totals, table, name in views_of(part, released):
            rows = rows_of(totals, some)
            shown += [(keys_of(some, rows[row]), number) for row, number in totals.items()]
            for row, column in product((*totals, None), columns_of(some, name)):
                group = keys_of(some, rows[row], name, column)
                if (row, column) in table:
                    shown.append((group, table[row, column]))
                elif totals:
                    (hidden if table else goals).append(group)
        if (part, released) not in summed:
            known += hidden
    return [
        group
        for group in [*known, *goals]
        if is_small(sum(counts[key] for key in group)) and not can_be_other(counts, shown, known, group)
    ]


def keys_of(counts, needs, name=None, column=None):
    return tuple(key for key in counts if key[0] in needs and (name is None or key[PLACE[name]] == column))


def rows_of(totals, counts):
    """Return the needs that each row is made of."""
    rows = {need: {need} for need in totals if need != OTHERS}
    needs = {key[0] for key in counts}
    return {**rows, OTHERS: needs - rows.keys(), None: needs}


@settings(max_examples=40, deadline=None)
@given(people())
def test_no_small_count_can_be_worked_out_from_all_tables_together(counts):
    released = release_people(counts)
    if released.rows:
        assert told_by(counts, (counts, released)) == []


SMALL = ((2, 2, 1, 1), (2, 2, 2, 1), (3, 2, 1, 1), (2, 1, 1, 2))


@settings(max_examples=20, deadline=None)
@given(people(sizes=SMALL), people(sizes=SMALL))
def test_a_year_tells_nothing_of_the_quarters_released_before(first, second):
    parts = [
        {(*key, quarter): count for key, count in part.items()}
        for quarter, part in enumerate((first, second))
    ]
    both = {**parts[0], **parts[1]}
    quarters = [release_people(part) for part in parts]
    seen = [each for each in zip(parts, quarters, strict=True) if each[1].rows]
    assert told_by(both, *seen, summed=[(both, add_up(quarters))]) == []


@settings(max_examples=40, deadline=None)
@given(people(), people())
def test_what_is_shown_is_true_and_never_small(first, second):
    parts = [
        {(*key, quarter): count for key, count in part.items()}
        for quarter, part in enumerate((first, second))
    ]
    quarters = [release_people(part) for part in parts]
    for counts, released in [
        *zip(parts, quarters, strict=True),
        ({**parts[0], **parts[1]}, add_up(quarters)),
    ]:
        for some, totals, table, name in views_of(counts, released):
            rows = rows_of(totals, some)
            for (row, column), number in table.items():
                assert (
                    number
                    == sum(some[key] for key in keys_of(some, rows[row], name, column))
                    >= SMALLEST_SHOWN
                )


@settings(max_examples=40, deadline=None)
@given(people())
def test_what_a_row_or_a_column_hides_is_five_or_more_together_or_nothing(counts):
    for some, totals, table, name in views_of(counts, release_people(counts)):
        rows, columns = rows_of(totals, some), columns_of(some, name)
        lines = [[(row, column) for column in columns] for row in (*totals, None)]
        lines += [[(row, column) for row in totals] for column in columns if (None, column) in table]
        for line in lines if table else ():
            hidden = [cell for cell in line if cell not in table]
            assert not is_small(
                sum(some[key] for row, column in hidden for key in keys_of(some, rows[row], name, column))
            )


def test_a_lone_small_cell_takes_three_others_with_it():
    counts = {("a", "x"): 3, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 17, ("c", "x"): 20, ("c", "y"): 30}
    shown = release({"by": counts}).tables["by"]
    assert {cell for cell in counts if cell not in shown} == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
    assert (shown[None, "x"], shown[None, "y"]) == (31, 56)


def test_a_zero_is_hidden_like_any_small_number_and_so_it_may_be_what_is_missing():
    shown = release({"by": {("a", "x"): 12, ("a", "y"): 3, ("a", "z"): 3, ("b", "z"): 9}}).tables["by"]
    assert shown == {("a", "x"): 12, (None, "z"): 12}


def test_what_a_row_hides_is_not_small_together():
    """With zeros hidden too, nobody could tell where the three are; but that there are three is told."""
    shown = release(
        {"by": {("a", "x"): 12, ("a", "y"): 9, ("a", "z"): 3, ("b", "z"): 20, ("b", "x"): 9}}
    ).tables["by"]
    assert shown["a", "x"] == 12
    assert ("a", "y") not in shown


def test_where_nothing_is_small_all_is_shown():
    counts = {("a", "x"): 5, ("a", "y"): 6, ("b", "x"): 8, ("b", "y"): 7}
    assert release({"by": counts}) == Release(
        {"a": 11, "b": 15}, {"by": {**counts, (None, "x"): 13, (None, "y"): 13}}
    )


@pytest.mark.parametrize(
    ("totals", "kept"),
    [
        ({}, None),
        ({"a": 4}, None),
        ({"a": 5}, {"a"}),
        ({"a": 9, "b": 2}, set()),
        ({"a": 9, "b": 7, "c": 2}, {"a"}),
        ({"a": 9, "b": 2, "c": 3}, {"a"}),
        ({"a": 9, "b": 8, "c": 4, "d": 4}, {"a"}),
        ({"a": 9, **dict.fromkeys("bcdef", 1)}, {"a"}),
    ],
)
def test_needs_under_five_are_put_together_with_others_where_their_sum_would_tell(totals, kept):
    assert keep_rows(totals) == (None if kept is None else frozenset(kept))


def test_a_year_shows_a_number_only_where_each_of_its_quarters_shows_it():
    good = Release({"a": 9}, {"by": {("a", "x"): 9, (None, "x"): 9}})
    less = Release({"a": 9, OTHERS: 6}, {"by": {("a", "x"): 5}})
    assert add_up([good, less]) == Release({"a": 18, OTHERS: 6}, {"by": {("a", "x"): 14}})
    assert add_up([good, Release()]) == Release()


def test_a_large_network_is_released_in_a_second():
    chance = random.Random(7)  # noqa: S311
    tables = {
        name: {
            (f"n{n}", f"c{c}"): chance.choice((0, 0, 1, 2, 4, 5, 9, 60)) for n in range(23) for c in range(17)
        }
        for name in "defg"
    }
    for n in range(23):  # the same totals of rows in all
        most = max(sum(table[f"n{n}", f"c{c}"] for c in range(17)) for table in tables.values())
        for table in tables.values():
            table[f"n{n}", "c0"] += most - sum(table[f"n{n}", f"c{c}"] for c in range(17))
    began = perf_counter()
    release(tables)
    assert perf_counter() - began < 3
