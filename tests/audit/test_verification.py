"""Every way to change the audit without its key is found and named; what the product does itself is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine

from referral.audit.events import Action, Event
from referral.audit.models import AuditEvent, AuditHead, AuditSegment
from referral.audit.services import expire_segments, months_before, record, record_apart
from referral.audit.verification import Fault, Finding, Witness, verify
from referral.shared.database import writing
from tests.audit.tampering import tamper
from tests.conftest import AUDIT_KEY

KEY = AUDIT_KEY.encode()
HEAD = (
    "UPDATE audit_head SET number = {number}, mac = '{mac}', seal = '{seal}', segment = '{segment}', "
    "first_number = {first_number}, first_previous = '{first_previous}'"
)


@pytest.fixture
def chain(session):
    """Ten events."""
    for number in range(1, 11):
        record_apart(Event(Action.VIEW, f"thing {number}"))
    return session


@pytest.fixture
def months(session):
    """Three events in each of four months, the last of which runs."""
    for month in (1, 2, 4, 5):
        with time_machine.travel(datetime(2027, month, 20, tzinfo=UTC), tick=False):
            for number in range(3):
                record_apart(Event(Action.VIEW, f"thing {number}"))
    return session


def found(session, witness=None):
    return verify(session, KEY, witness).findings


def head_of(session):
    session.rollback()
    row = session.scalars(sa.select(AuditHead)).one()
    names = ("number", "mac", "seal", "segment", "first_number", "first_previous")
    return {name: getattr(row, name) for name in names}


def end_of(session):
    return Witness(**{name: head_of(session)[name] for name in ("number", "mac")})


def test_an_empty_chain_is_whole(session):
    assert verify(session, KEY).is_whole


def test_an_untouched_chain_is_whole(chain):
    verdict = verify(chain, KEY)

    assert (verdict.is_whole, verdict.rows, verdict.end) == (True, 10, end_of(chain))


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'Autre'",
        "action = 'print'",
        "target_type = 'other'",
        "target_id = 'other'",
        "occurred_at = '2020-01-01 00:00:00.000000'",
        "segment = '2020-01'",
        "user_id = '00000000000000000000000000000001'",
        "acting_for = '00000000000000000000000000000001'",
        "organization_id = '00000000000000000000000000000001'",
        "previous = mac",
        "mac = previous",
    ],
)
def test_an_altered_column_is_found(chain, change):
    tamper(chain, f"UPDATE audit_event SET {change} WHERE number = 4")  # noqa: S608

    assert found(chain) == [Finding(4, Fault.ALTERED, 4)]


def test_the_last_row_altered_is_found(chain):
    tamper(chain, "UPDATE audit_event SET actor = 'Autre' WHERE number = 10")

    assert found(chain) == [Finding(10, Fault.ALTERED, 10)]


@pytest.mark.parametrize("numbers", [(1, 1), (5, 5), (3, 6)])
def test_removed_rows_are_found(chain, numbers):
    tamper(chain, f"DELETE FROM audit_event WHERE number BETWEEN {numbers[0]} AND {numbers[1]}")  # noqa: S608

    assert found(chain) == [Finding(numbers[0], Fault.REMOVED, numbers[1])]


def test_exchanged_rows_are_found_where_they_are(chain):
    tamper(
        chain,
        "UPDATE audit_event SET number = 99 WHERE number = 4",
        "UPDATE audit_event SET number = 4 WHERE number = 7",
        "UPDATE audit_event SET number = 7 WHERE number = 99",
    )

    assert found(chain) == [Finding(4, Fault.MOVED, 7), Finding(7, Fault.MOVED, 4)]


def test_a_gap_that_is_closed_up_is_found(chain):
    tamper(
        chain,
        "DELETE FROM audit_event WHERE number = 9",
        "UPDATE audit_event SET number = 9 WHERE number = 10",
    )

    assert found(chain) == [Finding(9, Fault.MOVED, 10), Finding(10, Fault.CUT_OFF, 10)]


def test_a_tail_cut_off_is_found(chain):
    tamper(chain, "DELETE FROM audit_event WHERE number > 7")

    assert found(chain) == [Finding(8, Fault.CUT_OFF, 10)]


def test_everything_cut_off_is_found(chain):
    tamper(chain, "DELETE FROM audit_event")

    assert found(chain) == [Finding(1, Fault.CUT_OFF, 10)]


def test_a_head_moved_back_without_the_key_is_found(chain):
    tamper(
        chain,
        "DELETE FROM audit_event WHERE number > 7",
        "UPDATE audit_head SET number = 7, mac = (SELECT mac FROM audit_event WHERE number = 7)",
    )

    assert found(chain) == [Finding(7, Fault.HEAD, 7)]


def test_a_head_of_before_is_found_by_the_rows_after_it(chain):
    before = head_of(chain)
    record_apart(Event(Action.VIEW, "thing 11"))
    tamper(chain, HEAD.format(**before))

    assert found(chain) == [Finding(11, Fault.BEYOND_HEAD, 11)]


def test_a_whole_state_of_before_is_found_by_the_witness(chain):
    before = head_of(chain)
    record_apart(Event(Action.VIEW, "thing 11"))
    witness = end_of(chain)
    tamper(chain, "DELETE FROM audit_event WHERE number = 11", HEAD.format(**before))

    assert found(chain) == []
    assert found(chain, witness) == [Finding(11, Fault.REPLACED, 11)]


def test_another_history_since_a_whole_state_of_before_is_found_by_the_witness(chain):
    before = head_of(chain)
    record_apart(Event(Action.VIEW, "thing 11"))
    witness = end_of(chain)
    tamper(chain, "DELETE FROM audit_event WHERE number = 11", HEAD.format(**before))
    for _ in range(2):
        record_apart(Event(Action.VIEW, "another thing"))

    assert found(chain, witness) == [Finding(11, Fault.REPLACED, 11)]


def test_everything_removed_with_its_head_is_found_by_the_witness(chain):
    witness = end_of(chain)
    tamper(chain, "DELETE FROM audit_event", "DELETE FROM audit_head")

    assert found(chain, witness) == [Finding(10, Fault.REPLACED, 10)]


def test_a_missing_head_is_found(chain):
    tamper(chain, "DELETE FROM audit_head")

    assert found(chain) == [Finding(10, Fault.HEAD, 10)]


def test_a_row_of_somebody_else_is_found(chain):
    tamper(
        chain,
        "INSERT INTO audit_event (number, segment, occurred_at, action, target_type, previous, mac) "
        "SELECT 11, segment, occurred_at, action, target_type, mac, mac FROM audit_event WHERE number = 10",
    )

    assert {finding.fault for finding in found(chain)} == {Fault.ALTERED, Fault.BEYOND_HEAD}


def test_another_key_authenticates_nothing(chain):
    assert len(verify(chain, b"another key").findings) == 10 + 1


def test_the_chain_goes_on_from_a_witness(chain):
    witness = end_of(chain)
    record_apart(Event(Action.VIEW, "thing 11"))

    assert found(chain, witness) == []


def test_months_are_closed_and_the_chain_holds_across_them(months):
    rows = months.scalars(sa.select(AuditSegment).order_by(AuditSegment.segment)).all()

    assert [(row.segment, row.first_number, row.last_number) for row in rows] == [
        ("2027-01", 1, 3),
        ("2027-02", 4, 6),
        ("2027-04", 7, 9),
    ]
    assert found(months) == []


def expire(session, at, kept):
    with time_machine.travel(at, tick=False), writing(session):
        return expire_segments(session, kept)


def test_months_that_are_let_go_are_not_missing(months):
    witness = end_of(months)

    assert expire(months, datetime(2027, 5, 21, tzinfo=UTC), 3) == ["2027-01"]
    assert found(months, witness) == []
    assert expire(months, datetime(2028, 5, 21, tzinfo=UTC), 3) == ["2027-02", "2027-04"]
    assert found(months, witness) == []
    assert verify(months, KEY).rows == 3


def test_a_witness_of_a_month_that_was_let_go_is_enough(months):
    expire(months, datetime(2028, 5, 21, tzinfo=UTC), 3)
    segment = months.scalars(sa.select(AuditSegment).where(AuditSegment.segment == "2027-02")).one()

    assert found(months, Witness(6, segment.last_mac)) == []
    assert found(months, Witness(6, "f" * 64)) == [Finding(6, Fault.REPLACED, 6)]


def test_the_month_that_runs_is_never_let_go(months):
    expire(months, datetime(2040, 1, 1, tzinfo=UTC), 3)

    assert [row.segment for row in months.scalars(sa.select(AuditEvent))] == ["2027-05"] * 3


def test_letting_a_month_go_by_hand_is_found(months):
    tamper(
        months,
        "UPDATE audit_segment SET expired_at = '2028-01-01 00:00:00.000000' WHERE segment = '2027-02'",
        "DELETE FROM audit_event WHERE segment = '2027-02'",
    )

    assert found(months) == [Finding(4, Fault.REMOVED, 6), Finding(4, Fault.SEGMENT, 6)]


def test_a_month_removed_with_what_closed_it_is_found(months):
    tamper(
        months,
        "DELETE FROM audit_segment WHERE segment = '2027-01'",
        "DELETE FROM audit_event WHERE segment = '2027-01'",
    )

    assert found(months) == [Finding(1, Fault.REMOVED, 3), Finding(1, Fault.SEGMENT, 3)]


def test_a_row_removed_beside_a_month_that_was_let_go_is_found(months):
    expire(months, datetime(2027, 5, 21, tzinfo=UTC), 3)
    tamper(months, "DELETE FROM audit_event WHERE number = 4")

    assert found(months) == [Finding(4, Fault.REMOVED, 4)]


def test_the_database_lets_no_month_go_that_is_not_said_to_be(months):
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        months.execute(sa.delete(AuditEvent).where(AuditEvent.segment == "2027-01"))
    months.rollback()


def test_a_clock_that_goes_back_opens_no_month_that_is_over(months):
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        record_apart(Event(Action.VIEW, "late"))

    assert months.scalars(sa.select(AuditEvent).where(AuditEvent.target_type == "late")).one().segment == (
        "2027-05"
    )
    assert found(months) == []


@pytest.mark.parametrize(
    ("months", "expected"), [(0, "2027-01"), (1, "2026-12"), (12, "2026-01"), (13, "2025-12")]
)
def test_months_are_counted_across_years(months, expected):
    assert months_before(datetime(2027, 1, 31, tzinfo=UTC), months) == expected


def test_a_verification_sees_a_moment_of_a_chain_that_grows(session):
    with writing(session):
        for number in range(3000):
            record(session, Event(Action.VIEW, f"thing {number}"))

    assert verify(session, KEY).rows == 3000
