"""What was done with case files is not rewritten: each rule of the database, tried against it."""

from __future__ import annotations

import importlib.util
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from referral.intake import agreement_models as _agreements  # noqa: F401  # known to the metadata
from referral.intake.vocabulary import Item
from referral.referrals import models as _referrals  # noqa: F401  # known to the metadata
from referral.shared.database import CASES, CasesBase, UtcDateTime, db
from referral.shared.paths import MIGRATIONS

TABLES = CasesBase.metadata.tables
AT, DAY = datetime(2026, 11, 24, tzinfo=UTC), date(2026, 11, 24)
CASE, CONSENT, PACKET, INCIDENT, DISCLOSURE, AGREEMENT, REFERRAL = map(
    uuid.UUID, (f"{n:032}" for n in range(1, 8))
)
ITEM, OTHER_ITEM = (each.value for each in list(Item)[:2])
OURS, THEIRS, USER = (uuid.UUID(int=number) for number in range(11, 14))
OF_CASE = {"case_id": CASE}
ROWS = (
    ("case_file", {"id": CASE, "code": "AAAA-AAAA", "organization_id": OURS, "status": "draft"}),
    ("case_event", OF_CASE | {"kind": "created"}),
    (
        "consent",
        OF_CASE
        | {"id": CONSENT, "receiver_id": THEIRS, "days": 30, "expires_at": AT + timedelta(days=30)}
        | {"notice_version": "1"},
    ),
    ("consent_item", {"consent_id": CONSENT, "item": ITEM}),
    ("packet", OF_CASE | {"id": PACKET, "consent_id": CONSENT, "receiver_id": THEIRS}),
    ("packet_item", {"packet_id": PACKET, "consent_id": CONSENT, "item": ITEM}),
    ("packet_reading", {"packet_id": PACKET, "item": ITEM}),
    ("disclosure", OF_CASE | {"id": DISCLOSURE, "author_name": "Alex Exemple"}),
    ("incident", {"id": INCIDENT}),
    ("certificate", {"subject_id": uuid.UUID(int=99), "reason": "asked"}),
    ("audit_event", {"number": 1, "segment": "2026-11", "action": "view", "target_type": "case"}),
    ("audit_segment", {"segment": "2026-11", "first_number": 1, "last_number": 1}),
    ("audit_head", {"id": 1, "number": 1, "segment": "2026-11", "first_number": 1}),
    ("agreement", {"id": AGREEMENT, "first_id": OURS, "second_id": THEIRS, "proposed_for": OURS}),
    ("agreement_aggregate", {"agreement_id": AGREEMENT}),
    ("agreement_signature", {"agreement_id": AGREEMENT}),
    ("referral", OF_CASE | {"id": REFERRAL, "sender_id": OURS, "receiver_id": THEIRS, "status": "draft"}),
    ("referral_event", {"referral_id": REFERRAL}),
    ("referral_message", {"referral_id": REFERRAL}),
    ("referral_call", {"referral_id": REFERRAL}),
)
OF_TYPE = {
    uuid.UUID: USER,
    date: DAY,
    bytes: b"sealed",
    int: 1,
    bool: False,
    str: "x",
}
"""What a column holds that no test speaks of."""


def rules():
    """Return each table and order that the migrations guard."""
    found = []
    for path in sorted((MIGRATIONS / "versions").glob("001[457]*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        found += [(table, order) for table, order, _ in migration.RULES]
    return found


def complete(name, given):
    """Return a row with all that a table asks for."""
    table = TABLES[name]
    needed = [each for each in table.columns if each.name not in given and not each.nullable]
    row = given | {each.name: value_of(each) for each in needed}
    return {key: as_stored(table.c[key].type, value) for key, value in row.items()}


def value_of(column):
    if column.name == "id":
        return uuid.uuid4()
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return AT
    return next(iter(kind.enums)) if isinstance(kind, sa.Enum) else OF_TYPE[kind.python_type]


def as_stored(kind, value):
    """Return the member of an enumeration that a word names."""
    return kind.enum_class(value) if isinstance(kind, sa.Enum) else value


def insert(connection, name, given):
    connection.execute(TABLES[name].insert().values(complete(name, given)))


@pytest.fixture
def connection(app):
    """A connection to the case files, with a row in each table; nothing of it stays."""
    with app.app_context(), db.engines[CASES].connect() as connection:
        for name, given in ROWS:
            insert(connection, name, given)
        yield connection
        connection.rollback()


def order_of(table, order):
    column = next(each.name for each in TABLES[table].columns if each.name not in {"id"})
    return f"DELETE FROM {table}" if order == "DELETE" else f"UPDATE {table} SET {column} = {column}"  # noqa: S608


NEVER = [
    rule
    for rule in rules()
    if rule
    not in {
        ("audit_segment", "UPDATE"),
        ("consent", "UPDATE"),
        ("certificate", "UPDATE"),
        ("agreement", "UPDATE"),
    }
]
"""Orders that nothing lets pass in the state that the rows above are in."""


@pytest.mark.parametrize(("table", "order"), NEVER, ids=lambda each: each)
def test_the_database_refuses(connection, table, order):
    with pytest.raises(sa.exc.IntegrityError, match=f"{table} is append-only"):
        connection.execute(sa.text(order_of(table, order)))


CHANGES = [
    ("audit_segment", "seal = 'y'"),
    ("certificate", "reason = 'recalled'"),
    ("certificate", f"completed_at = requested_at, subject_id = '{uuid.uuid4().hex}'"),
    ("certificate", "completed_at = requested_at, reason = 'recalled'"),
    ("certificate", f"completed_at = requested_at, organization_id = '{uuid.uuid4().hex}'"),
    ("consent", "days = 90"),
    ("consent", "expires_at = given_at"),
    ("consent", f"receiver_id = '{uuid.uuid4().hex}'"),
    ("consent", "notice_version = '2'"),
    ("agreement", f"second_id = '{uuid.uuid4().hex}'"),
]


@pytest.mark.parametrize(("table", "change"), CHANGES, ids=lambda each: each.split(" =")[0])
def test_the_database_refuses_to_have_it_say_something_else(connection, table, change):
    with pytest.raises(sa.exc.IntegrityError, match=f"{table} is append-only"):
        connection.execute(sa.text(f"UPDATE {table} SET {change}"))  # noqa: S608


ABOUT = ("event", "message", "call")
ERASE = "UPDATE case_file SET status = 'erased', erased_at = created_at"
WITHDRAW = "UPDATE consent SET withdrawn_at = given_at"
END = "UPDATE packet SET ended_at = sent_at, ended = 'erased'"
PASSING = [
    ("an event of a month that was let go", "audit_event", "UPDATE audit_segment SET expired_at = :at"),
    ("a line of an erased file", "case_event", ERASE),
    ("an item of a consent of an erased file", "consent_item", (END, "DELETE FROM packet_item", ERASE)),
    ("an item of what has ended", "packet_item", END),
    ("who read what of an erased file", "packet_reading", ERASE),
    *((f"what became of a {each} of an erased file", f"referral_{each}", ERASE) for each in ABOUT),
    (
        "a consent of an erased file",
        "consent",
        (
            END,
            ERASE,
            "DELETE FROM packet_item",
            "DELETE FROM packet_reading",
            "DELETE FROM packet",
            "DELETE FROM consent_item",
        ),
    ),
    ("a register whose end is certified", "disclosure", f"certify {DISCLOSURE}"),
    ("an incident whose end is certified", "incident", f"certify {INCIDENT}"),
]


def run(connection, statement):
    if statement.startswith("certify "):
        insert(connection, "certificate", {"subject_id": uuid.UUID(statement.split()[1])})
    else:
        connection.execute(
            sa.text(statement), {"at": "2026-11-24 00:00:00+00:00"} if ":at" in statement else {}
        )


@pytest.mark.parametrize(
    ("what", "table", "before"), PASSING, ids=lambda each: each if isinstance(each, str) else ""
)
def test_the_database_lets_go_of(connection, what, table, before):
    for statement in (before,) if isinstance(before, str) else before:
        run(connection, statement)

    assert connection.execute(sa.text(f"DELETE FROM {table}")).rowcount == 1  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        WITHDRAW,
        "UPDATE certificate SET completed_at = requested_at",
        "UPDATE audit_segment SET expired_at = '2026-11-24 00:00:00+00:00'",
        "UPDATE agreement SET ended_at = proposed_at, ended_by = first_id, ended_for = first_id, "
        "ended_name = 'x'",
    ],
    ids=["withdrawing", "completing", "letting go", "ending"],
)
def test_the_database_lets_be_done_once(connection, statement):
    assert connection.execute(sa.text(statement)).rowcount == 1


AGAIN = [
    ("consent", WITHDRAW, "withdrawn_at = expires_at"),
    ("consent", WITHDRAW, "withdrawn_at = NULL"),
    ("certificate", "UPDATE certificate SET completed_at = requested_at", "completed_at = NULL"),
    ("audit_segment", "UPDATE audit_segment SET expired_at = '2026-11-24'", "expired_at = NULL"),
]


@pytest.mark.parametrize(("table", "once", "again"), AGAIN, ids=lambda each: each)
def test_the_database_refuses_that_it_be_undone_or_done_again(connection, table, once, again):
    connection.execute(sa.text(once))
    with pytest.raises(sa.exc.IntegrityError, match=f"{table} is append-only"):
        connection.execute(sa.text(f"UPDATE {table} SET {again}"))  # noqa: S608


@pytest.mark.parametrize("table", sorted({table for table, order in rules() if order == "DELETE"}))
def test_the_database_refuses_that_a_table_be_emptied(connection, table):
    is_sqlite = connection.dialect.name == "sqlite"
    order = f"DELETE FROM {table}" if is_sqlite else f"TRUNCATE {table} CASCADE"  # noqa: S608
    with pytest.raises(sa.exc.IntegrityError, match="is append-only"):
        connection.execute(sa.text(order))


def test_an_item_that_the_consent_does_not_hold_cannot_be_sent(connection):
    with pytest.raises(sa.exc.IntegrityError):
        insert(connection, "packet_item", {"packet_id": PACKET, "consent_id": CONSENT, "item": OTHER_ITEM})


def test_nothing_can_be_sent_to_another_than_the_consent_names(connection):
    given = OF_CASE | {"consent_id": CONSENT, "receiver_id": USER}
    with pytest.raises(sa.exc.IntegrityError):
        insert(connection, "packet", given)
