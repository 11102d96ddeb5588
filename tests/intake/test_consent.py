from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.intake.consent import (
    CapacityError,
    ConsentMissingError,
    check_capacity,
    check_covered,
    is_in_force,
    uncovered_items,
)
from referral.intake.vocabulary import AgeBand, Capacity, Item

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ONE, OTHER = uuid4(), uuid4()


@dataclass(frozen=True)
class Given:
    receiver_id: UUID = ONE
    scope: frozenset[Item] = frozenset({Item.NEEDS})
    given_at: datetime = AT - timedelta(days=1)
    expires_at: datetime = AT + timedelta(days=29)
    withdrawn_at: datetime | None = None


GIVEN = Given()


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (GIVEN.given_at - SECOND, False),
        (GIVEN.given_at, True),
        (GIVEN.expires_at - SECOND, True),
        (GIVEN.expires_at, False),
    ],
    ids=["before", "from-the-start", "to-the-last-second", "at-its-end"],
)
def test_a_consent_holds_from_its_start_until_its_end(at, holds):
    assert is_in_force(GIVEN, at) is holds


def test_a_withdrawn_consent_holds_no_more_from_that_very_second():
    withdrawn = replace(GIVEN, withdrawn_at=AT)

    assert (is_in_force(withdrawn, AT - SECOND), is_in_force(withdrawn, AT)) == (True, False)


def test_a_consent_to_one_organization_says_nothing_of_another():
    assert uncovered_items(OTHER, {Item.NEEDS}, [GIVEN], AT) == {Item.NEEDS}


grants = st.lists(
    st.builds(
        Given,
        receiver_id=st.sampled_from([ONE, OTHER]),
        scope=st.frozensets(st.sampled_from(list(Item))),
        given_at=st.sampled_from([AT - timedelta(days=2), AT, AT + SECOND]),
        expires_at=st.sampled_from([AT - SECOND, AT, AT + SECOND]),
        withdrawn_at=st.sampled_from([None, AT - SECOND, AT, AT + SECOND]),
    )
)


@given(grants, st.frozensets(st.sampled_from(list(Item))))
def test_what_is_shared_is_within_what_some_consent_in_force_names(known, items):
    named = {
        item
        for each in known
        if each.receiver_id == ONE
        and each.given_at <= AT < each.expires_at
        and not (each.withdrawn_at and each.withdrawn_at <= AT)
        for item in each.scope
    }

    assert uncovered_items(ONE, items, known, AT) == items - named


def test_sharing_beyond_a_consent_says_what_is_beyond():
    with pytest.raises(ConsentMissingError) as raised:
        check_covered(ONE, {Item.NEEDS, Item.LIMITS}, [GIVEN], AT)

    assert raised.value.items == {Item.LIMITS}


@pytest.mark.parametrize("age", [None, AgeBand.MINOR, AgeBand.YOUNG, AgeBand.ADULT, AgeBand.SENIOR])
def test_from_fourteen_years_on_she_alone_consents(age):
    check_capacity(age, None, Capacity.SELF)
    for other in (Capacity.PARENT, Capacity.CHILDS_BENEFIT):
        with pytest.raises(CapacityError):
            check_capacity(age, {"capacity": other}, other)


@pytest.mark.parametrize(
    ("told", "capacity", "reason"),
    [
        (None, Capacity.SELF, "too-young"),
        (None, Capacity.PARENT, "no-line"),
        ({"capacity": "parent"}, Capacity.CHILDS_BENEFIT, "no-line"),
    ],
)
def test_under_fourteen_nobody_consents_without_the_rule(told, capacity, reason):
    with pytest.raises(CapacityError) as raised:
        check_capacity(AgeBand.CHILD, told, capacity)

    assert raised.value.reason == reason


@pytest.mark.parametrize("capacity", [Capacity.PARENT, Capacity.CHILDS_BENEFIT])
def test_under_fourteen_the_file_says_who_consents(capacity):
    check_capacity(AgeBand.CHILD, {"capacity": capacity.value, "line": "Pour sa sécurité"}, capacity)
