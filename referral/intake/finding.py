"""Finds a file for whoever may see it, and writes down that she looked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from uuid import UUID

from flask import abort
from sqlalchemy.orm import Session

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record_apart
from referral.intake.held import TARGET, Held
from referral.intake.models import Case
from referral.intake.safe import Safe, open_safe
from referral.intake.vocabulary import CaseStatus
from referral.shared.clock import now
from referral.shared.database import CASES, HELD, cases_session, writing


def find_case(case_id: UUID, permission: Permission) -> tuple[Case, Actor]:
    """Return a file and who asks; answers 404 where there is none, it is erased, or it is not hers to see."""
    case = cases_session().get(Case, case_id)
    if case is None:
        require(permission)
        abort(HTTPStatus.NOT_FOUND)
    actor = require(permission, Target(case.organization_id, case.owner_id))
    if case.status is CaseStatus.ERASED:
        abort(HTTPStatus.NOT_FOUND)
    return case, actor


def open_file(case_id: UUID, permission: Permission = Permission.CASE_READ) -> tuple[Case, Safe, Actor]:
    """Return a file with its key, once it is written down that somebody looks at it."""
    case, actor = find_case(case_id, permission)
    note_act(Action.VIEW, case, actor)
    return case, open_safe(case.id, case.organization_id), actor


def note_act(action: Action, case: Case, actor: Actor) -> None:
    """Write down an act on a file that changes nothing in it: a view, a print, an export."""
    record_apart(Event(action, TARGET, case.id, actor, case.organization_id), CASES_CHAIN)


@contextmanager
def changing(case_id: UUID, permission: Permission = Permission.CASE_CHANGE) -> Iterator[Held]:
    """Hold a file for whoever may write in it, locked as it is now; commits unless something is raised."""
    case, actor = find_case(case_id, permission)
    safe = open_safe(case.id, case.organization_id)
    with writing(cases_session(), CASES) as session:
        locked = session.get(Case, case_id, with_for_update=HELD, populate_existing=True)
        if locked is None or locked.status is CaseStatus.ERASED:
            abort(HTTPStatus.NOT_FOUND)
        yield Held(session, locked, safe, actor, now())


@contextmanager
def counting() -> Iterator[Session]:
    """Give the session of case files for a count beside a page, and end the read if the count began it.

    A page that reads files already keeps its rows: ended under its hands, each would be read again.
    """
    session = cases_session()
    was_reading = session.in_transaction()
    yield session
    if not was_reading:
        session.rollback()
