"""How far the rounds are: sent, answered, to call, unreachable, by region; and what will happen soon."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session, selectinload

from referral.catalogue.freshness import Months, day_after
from referral.catalogue.models import Service
from referral.catalogue.trust import LADDER
from referral.i18n.dates import say_date
from referral.i18n.locale import current_language
from referral.partners import queue
from referral.partners.queue import Line, Viewer
from referral.partners.round_models import Outcome, OverdueNotice, Stage, VerificationRound
from referral.partners.round_rules import is_due
from referral.partners.rounds import SHOWN, day_of, list_facts, months_here
from referral.shared.clock import QUEBEC

SINCE = timedelta(days=365)
PAGE = 25
COLUMNS = ("sent", "followed_up", "to_call", "answered", "unreachable")
NOWHERE = ""


@dataclass(frozen=True, slots=True)
class State:
    """Counts by region; a listing that serves several counts in each. ``total`` counts each once."""

    by_region: Mapping[str, Counter[str]]
    total: Counter[str]


@dataclass(frozen=True, slots=True)
class Soon:
    """A page of what will be ranked last or hidden, the soonest first."""

    notices: Sequence[OverdueNotice]
    page: int
    pages: int
    rounds: Mapping[UUID, UUID] = field(default_factory=dict)


def count_by_region(session: Session, at: datetime) -> State:
    """Return how the rounds of the last year stand."""
    rows = session.execute(
        sa.select(VerificationRound.service_id, VerificationRound.stage, VerificationRound.outcome).where(
            sa.or_(VerificationRound.ended_at.is_(None), VerificationRound.ended_at > at - SINCE)
        )
    ).all()
    regions = queue.regions_of(session, {service_id for service_id, _stage, _outcome in rows})
    found: dict[str, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    for service_id, stage, outcome in rows:
        column = column_of(stage, outcome)
        if column is None:
            continue
        total[column] += 1
        for code in regions.get(service_id) or {NOWHERE}:
            found[code][column] += 1
    return State(dict(sorted(found.items())), total)


def column_of(stage: Stage, outcome: Outcome | None) -> str | None:
    """Return under what a round is counted; one that ended by itself under nothing."""
    if stage is Stage.ENDED:
        if outcome is None:
            return None
        return "unreachable" if outcome is Outcome.UNREACHABLE else "answered"
    return {Stage.WRITTEN: "sent", Stage.FOLLOWED_UP: "followed_up"}.get(stage, "to_call")


def list_coming(session: Session, at: datetime, page: int = 1) -> Soon:
    """Return of what organizations were told that it will happen, and that was not confirmed since."""
    where = (OverdueNotice.from_day > day_of(at), *_still_so())
    count = session.scalar(sa.select(sa.func.count()).select_from(OverdueNotice).join(Service).where(*where))
    pages = max(1, -(-(count or 0) // PAGE))
    page = min(max(1, page), pages)
    notices = session.scalars(
        sa.select(OverdueNotice)
        .join(Service, Service.id == OverdueNotice.service_id)
        .where(*where)
        .options(selectinload(OverdueNotice.service).selectinload(Service.organization))
        .order_by(OverdueNotice.from_day, OverdueNotice.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return Soon(notices, page, pages, _open_rounds(session, [each.service_id for each in notices]))


def _still_so() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Service.assured_date == OverdueNotice.assured_date,
        Service.status.in_(SHOWN),
        Service.trust.in_(LADDER),
    )


def _open_rounds(session: Session, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = session.execute(
        sa.select(VerificationRound.service_id, VerificationRound.id).where(
            VerificationRound.service_id.in_(ids), VerificationRound.ended_at.is_(None)
        )
    )
    return {service_id: round_id for service_id, round_id in rows}  # noqa: C416  # rows are no pairs to mypy


def list_overdue(session: Session, viewer: Viewer) -> Iterable[Line]:
    """Return the lines of what is to be confirmed again, each with the day on which it moves."""
    months, today = months_here(), day_of(viewer.at)
    due = [
        each
        for each in list_facts(session, Service.assured_date.is_not(None))
        if each.assured and is_due(each, months, today)
    ]
    ids = [each.service_id for each in due]
    named = {each.id: each.name for each in session.scalars(sa.select(Service).where(Service.id.in_(ids)))}
    asked, regions = _open_rounds(session, ids), queue.regions_of(session, ids)
    for each in due:
        round_id = asked.get(each.service_id)
        yield Line(
            each.service_id,
            named[each.service_id],
            _l("Call, and confirm"),
            say_why(each.assured or today, months, today),
            datetime.combine(each.assured or today, time(), QUEBEC),
            "vetting.show_call" if round_id else "vetting.take_step",
            {"round_id": round_id} if round_id else {"service_id": each.service_id},
            regions.get(each.service_id, frozenset()),
        )


def say_why(assured: date, months: Months, today: date) -> str:
    """Say what the age of a confirmation does to a listing next, and on which day."""
    for count, sentence in (
        (months.last, _l("Its last confirmation is old: it will be ranked last on %(day)s.")),
        (months.hidden, _l("It is ranked last: it will be hidden on %(day)s.")),
    ):
        day = day_after(assured, count)
        if day > today:
            return str(sentence) % {"day": say_date(day, current_language())}
    return _("Its last confirmation is so old that it is hidden, or the last of its kind in its region.")
