"""When an organization reads what it is sent: kept, compared where two change it, and said to senders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from itertools import pairwise
from uuid import UUID

import sqlalchemy as sa
from babel.dates import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.i18n.dates import say_time
from referral.i18n.locale import FORMATS, current_language
from referral.i18n.typography import NO_BREAK
from referral.referrals.hours import WEEK, Span, read_at
from referral.referrals.models import OnCallHours
from referral.shared.clock import QUEBEC

TARGET = "on-call-hours"
MOST_SPANS = 4
SPAN = re.compile(r"(\d{1,2})\s?[:h]\s?(\d{2})?\s?[-–—]\s?(\d{1,2})\s?[:h]\s?(\d{2})?", re.ASCII)
MIDNIGHT = 24
Week = dict[str, str]
"""What is typed for each weekday, by the names of the fields: ``day0`` is Monday."""


class HoursRefusedError(ValueError):
    """What was typed for a day is not hours, overlaps, or is too much."""


class HoursChangedError(Exception):
    """Somebody saved meanwhile; ``theirs`` is what is kept now."""

    def __init__(self, theirs: Week) -> None:
        super().__init__("changed")
        self.theirs = theirs


def list_spans(session: Session, organization_id: UUID) -> list[Span]:
    """Return the hours that an organization entered, in the order of the week."""
    rows = session.scalars(
        sa.select(OnCallHours)
        .where(OnCallHours.organization_id == organization_id)
        .order_by(OnCallHours.weekday, OnCallHours.opens_at)
    )
    return [Span(row.weekday, row.opens_at, row.closes_at) for row in rows]


def as_week(spans: Iterable[Span]) -> Week:
    """Return hours as they are typed."""
    week: dict[str, list[str]] = {f"day{day}": [] for day in range(WEEK)}
    for span in spans:
        closes = "24:00" if span.closes_at == time() else f"{span.closes_at:%H:%M}"
        week[f"day{span.weekday}"].append(f"{span.opens_at:%H:%M}-{closes}")
    return {name: ", ".join(lines) for name, lines in week.items()}


def read_day(weekday: int, text: str) -> list[Span]:
    """Return the hours that were typed for a day: ``9:00-17:00, 20:00-8:00``; raises HoursRefusedError."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    spans = sorted((_read_span(weekday, part) for part in parts), key=lambda span: span.opens_at)
    if len(spans) > MOST_SPANS:
        raise HoursRefusedError
    for first, second in pairwise(spans):
        if first.closes_at <= first.opens_at or first.closes_at > second.opens_at:
            raise HoursRefusedError
    return spans


def _read_span(weekday: int, text: str) -> Span:
    found = SPAN.fullmatch(text)
    if found is None:
        raise HoursRefusedError
    opens, closes = (int(found[1]), int(found[2] or 0)), (int(found[3]), int(found[4] or 0))
    try:
        ends = time() if closes == (MIDNIGHT, 0) else time(*closes)
        begins = time(*opens)
    except ValueError as error:
        raise HoursRefusedError from error
    if begins == ends and ends != time():
        raise HoursRefusedError
    return Span(weekday, begins, ends)


def save_week(session: Session, place: UUID, week: Mapping[str, str], shown: Week, actor: Actor) -> None:
    """Keep the hours of a week, unless somebody else changed them since they were shown.

    Raises HoursChangedError, HoursRefusedError.
    """
    theirs = as_week(list_spans(session, place))
    if theirs != shown:
        raise HoursChangedError(theirs)
    spans = [span for day in range(WEEK) for span in read_day(day, week[f"day{day}"])]
    session.execute(sa.delete(OnCallHours).where(OnCallHours.organization_id == place))
    for span in spans:
        session.add(
            OnCallHours(
                organization_id=place,
                weekday=span.weekday,
                opens_at=span.opens_at,
                closes_at=span.closes_at,
            )
        )
    session.flush()
    record(session, Event(Action.CHANGE, TARGET, place, actor, place), CASES_CHAIN)


def say_reading(session: Session, organization_id: UUID, at: datetime) -> str:
    """Say when what is sent now is read: now, « lundi 30 novembre à 9 h », or that nobody knows."""
    return say_read_at(list_spans(session, organization_id), at)


def say_read_at(spans: Sequence[Span], at: datetime) -> str:
    """Say the same of hours that are known already."""
    when = read_at(spans, at)
    if when is None:
        return _("This organization has not said when it reads: call it.")
    if when == at:
        return _("Somebody there reads now.")
    language, there = current_language(), when.astimezone(QUEBEC)
    pattern = "EEEE d MMMM" if language == "fr" else "EEEE, MMMM d"
    day = format_date(there.date(), pattern, locale=FORMATS[language])
    if language == "fr":
        day = re.sub(r" 1 ", " 1er ", day).replace(" ", NO_BREAK)
    return _("Will be read on %(day)s at %(time)s.", day=day, time=say_time(there.time(), language))
