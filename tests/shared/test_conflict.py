from __future__ import annotations

import pytest

from referral.shared.conflict import Side, compare


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "side"),
    [
        ("a", "a", "a", Side.NOBODY),
        ("a", "a", "b", Side.MINE),
        ("a", "b", "a", Side.THEIRS),
        ("a", "b", "b", Side.SAME),
        ("a", "b", "c", Side.BOTH),
        (None, None, "b", Side.MINE),
    ],
)
def test_who_changed_a_field(base, theirs, mine, side):
    (field,) = compare({"name": mine}, {"name": theirs}, {"name": base}).fields

    assert (field.side, field.base, field.theirs, field.mine) == (side, base, theirs, mine)


def test_without_what_was_shown_every_difference_is_for_a_person():
    conflict = compare({"name": "b", "phone": "1"}, {"name": "a", "phone": "1"})

    assert [field.side for field in conflict.fields] == [Side.BOTH, Side.NOBODY]
    assert conflict.needs_choice


def test_changes_of_different_fields_can_be_put_together():
    conflict = compare({"name": "b", "phone": "1"}, {"name": "a", "phone": "2"}, {"name": "a", "phone": "1"})

    assert not conflict.needs_choice
    assert conflict.merged() == {"name": "b", "phone": "2"}
    assert [field.name for field in conflict.differing] == ["phone"]


def test_of_a_field_that_both_changed_neither_value_is_lost():
    conflict = compare({"name": "b"}, {"name": "c"}, {"name": "a"})

    assert conflict.needs_choice
    assert [(field.mine, field.theirs) for field in conflict.differing] == [("b", "c")]


def test_what_was_written_of_something_that_is_gone_is_kept():
    conflict = compare({"name": "b"}, None, {"name": "a"})

    assert conflict.is_gone
    assert conflict.needs_choice
    assert conflict.merged() == {"name": "b"}
