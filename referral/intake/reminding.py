"""Letters that say only that something waits: one a person a day, and nothing of any file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from referral.accounts.letters import language_of, link_to
from referral.accounts.models import User
from referral.intake.follow_up_days import DAYS_TO_DEPUTY, DAYS_TO_LEAD, working_days_late
from referral.intake.follow_ups import day_of
from referral.intake.people import list_leads
from referral.intake.queries import Due, list_due
from referral.mail.letters import Message
from referral.mail.models import CasesOutbox
from referral.mail.services import enqueue
from referral.shared import tick
from referral.shared.clock import QUEBEC
from referral.shared.database import CASES, cases_session, directory_session, writing

KIND = "something_waits"
MORNING = time(7)
"""No letter leaves before, by the clock in Québec."""


def remind(at: datetime) -> None:
    """Write to whoever has something to do by today; when late to the deputy, then to whoever leads."""
    if at.astimezone(QUEBEC).time() < MORNING:
        return
    due = list_due(cases_session(), day_of(at))
    cases_session().rollback()
    tell_waiting(choose_people(due, day_of(at)), at)


def choose_people(due: Iterable[Due], today: date) -> set[UUID]:
    """Return who is written to: owners, and those above them where it is late by working days."""
    people: set[UUID] = set()
    late_places: set[UUID] = set()
    for each in due:
        late = working_days_late(each.on, today)
        people.add(each.owner_id)
        if late >= DAYS_TO_DEPUTY and each.deputy_id is not None:
            people.add(each.deputy_id)
        if late >= DAYS_TO_LEAD:
            late_places.add(each.organization_id)
    for place in late_places:
        people.update(list_leads(directory_session(), place))
    directory_session().rollback()
    return people


def tell_waiting(people: Iterable[UUID], at: datetime, mark: str = "") -> bool:
    """Put a neutral letter to each into the outbox, unless she had one today; not while ``writing``.

    With a ``mark`` it goes whatever she had today, but once for that mark, which no letter shows.
    Says whether anybody can be written to.
    """
    wanted = set(people)
    if not wanted:
        return False
    with writing(cases_session(), CASES) as session:
        return enqueue_waiting(session, wanted, at, mark)


def enqueue_waiting(session: Session, people: Iterable[UUID], at: datetime, mark: str = "") -> bool:
    """Do the same in the transaction of what they are told of: both are kept, or neither."""
    letters = [_write(user, day_of(at), mark) for user in _list_reachable(people)]
    for letter in letters:
        enqueue(session, letter, CasesOutbox)
    return bool(letters)


def _list_reachable(people: Iterable[UUID]) -> list[User]:
    statement = sa.select(User).where(User.id.in_(set(people)), User.active, User.email.is_not(None))
    found = list(directory_session().scalars(statement))
    directory_session().expunge_all()
    directory_session().rollback()
    return found


def _write(user: User, day: date, mark: str) -> Message:
    language = language_of(user)
    values = {"link": link_to("", language)}
    act = f"{KIND} {user.id} {mark or day.isoformat()}"
    return Message(KIND, user.email or "", language, act, values)


def init_app(app: Flask) -> None:
    """Have letters written; ``mail.jobs`` sends them."""
    tick.register(app, tick.Job("files_remind", timedelta(hours=1), remind))
