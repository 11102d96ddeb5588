from __future__ import annotations

import contextlib
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from referral.access.guard import Refusal
from referral.access.policy import Actor, Permission, Target
from referral.audit.events import Action, Event
from referral.audit.models import AuditEvent
from referral.audit.services import (
    KEY,
    NoAuditKeyError,
    NotWritingError,
    record,
    record_apart,
)
from referral.audit.verification import verify
from referral.audit.wiring import record_refusal
from referral.catalogue.models import Organization
from referral.shared.bilingual import Bilingual
from referral.shared.database import AlreadyWritingError, writing
from tests.conftest import AUDIT_KEY

WORKER = Actor("Exemple", user_id=uuid4(), acting_for=uuid4())
VIEW = Event(Action.VIEW, "account", uuid4(), WORKER, WORKER.acting_for)


def rows(session):
    session.rollback()
    return session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number)).all()


def test_an_event_says_who_did_what_to_what_for_whom(session):
    record_apart(VIEW)
    (row,) = rows(session)

    assert (row.number, row.action, row.target_type, row.target_id, row.actor, row.user_id) == (
        1,
        "view",
        "account",
        str(VIEW.target_id),
        "Exemple",
        WORKER.user_id,
    )
    assert (row.acting_for, row.organization_id) == (WORKER.acting_for, WORKER.acting_for)


def test_a_change_and_its_event_are_both_kept(session):
    with writing(session):
        session.add(Organization(slug="exemple", name=Bilingual("Exemple", None), revision=1))
        record(session, Event(Action.CREATE, "organization"))

    assert len(rows(session)) == session.scalar(sa.select(sa.func.count()).select_from(Organization)) == 1


def test_a_change_that_is_undone_leaves_no_event(session):
    with contextlib.suppress(ZeroDivisionError), writing(session):
        record(session, VIEW)
        raise ZeroDivisionError
    with writing(session):
        pass

    assert rows(session) == []


def test_of_a_savepoint_that_is_undone_no_event_is_kept(session):
    with writing(session):
        record(session, Event(Action.VIEW, "before"))
        savepoint = session.begin_nested()
        record(session, Event(Action.VIEW, "inside"))
        savepoint.rollback()
        with session.begin_nested():
            record(session, Event(Action.VIEW, "after"))

    assert [row.target_type for row in rows(session)] == ["before", "after"]


def test_what_is_recorded_apart_outlives_the_request_that_fails(session):
    session.add(Organization(slug="exemple", name=Bilingual("Exemple", None), revision=1))
    record_apart(VIEW)
    session.rollback()

    assert len(rows(session)) == 1


def test_whoever_writes_must_not_record_apart(session):
    with pytest.raises(AlreadyWritingError), writing(session):
        record_apart(VIEW)


def test_an_act_recorded_outside_writing_is_refused_rather_than_locked_out_one_day(session):
    record(session, VIEW)

    with pytest.raises(NotWritingError):
        session.commit()
    session.rollback()


def test_nothing_is_done_that_cannot_be_recorded(session, app, monkeypatch):
    monkeypatch.delitem(app.extensions, KEY)

    with pytest.raises(NoAuditKeyError):
        record_apart(VIEW)


def test_a_refusal_is_recorded_with_what_was_refused(session):
    record_refusal(Refusal(Permission.USER_OFFBOARD, Target(VIEW.organization_id, WORKER.user_id), WORKER))
    (row,) = rows(session)

    assert (row.action, row.target_type, row.organization_id) == (
        "refusal",
        "user:offboard",
        VIEW.organization_id,
    )


def test_a_visitor_who_is_refused_leaves_no_trace(session):
    record_refusal(Refusal(Permission.USER_OFFBOARD, Target(), None))

    assert rows(session) == []


def test_the_application_records_its_refusals(session, app: Flask):
    with app.test_request_context():
        app.extensions["relais.refusal_listeners"][-1](Refusal(Permission.EDITION_BUILD, Target(), WORKER))

    assert [row.action for row in rows(session)] == ["refusal"]


def test_events_of_one_transaction_follow_each_other(session):
    with writing(session):
        for number in range(5):
            record(session, Event(Action.VIEW, f"thing {number}"))

    assert [row.target_type for row in rows(session)] == [f"thing {number}" for number in range(5)]
    assert verify(session, AUDIT_KEY.encode()).is_whole


@pytest.mark.parametrize(
    "order",
    [
        "UPDATE audit_event SET actor = 'Autre'",
        "DELETE FROM audit_event",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_to_rewrite_the_audit(session, order):
    record_apart(VIEW)

    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.text(order), bind_arguments={"mapper": AuditEvent})
    session.rollback()
