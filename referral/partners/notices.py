"""Who is told, 30 days before, that a listing will be ranked last or hidden. Callers write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.models import Service
from referral.partners import letters
from referral.partners.letters import SYSTEM
from referral.partners.round_models import OverdueNotice, Purpose, Reason, Stage
from referral.partners.round_rules import list_coming
from referral.partners.rounds import day_of, list_facts, lock_rounds, months_here, open_round


def tell_what_comes(session: Session, at: datetime, most: int) -> int:
    """Tell organizations, 30 days before, that listings will be ranked last, or hidden; returns to how many.

    The vetters read the same in their queue.
    """
    lock_rounds(session)
    months, today = months_here(), day_of(at)
    facts = list_facts(session, Service.assured_date.is_not(None))
    known = {
        (row.service_id, row.kind, row.assured_date) for row in session.scalars(sa.select(OverdueNotice))
    }
    coming: dict[UUID, list[OverdueNotice]] = defaultdict(list)
    for each in facts:
        assured = each.assured
        if assured is None or (each.organization_id not in coming and len(coming) >= most):
            continue
        for what in list_coming(assured, months, today):
            if (each.service_id, what.kind, assured) not in known:
                open_round(session, each, Reason.REMINDED, Stage.WRITTEN, at)  # so that it can be answered
                coming[each.organization_id].append(
                    OverdueNotice(
                        service_id=each.service_id,
                        kind=what.kind,
                        assured_date=assured,
                        from_day=what.from_day,
                        told_at=at,
                    )
                )
    for place, notices in coming.items():
        _tell(session, place, notices, at)
    return len(coming)


def _tell(session: Session, place: UUID, notices: Sequence[OverdueNotice], at: datetime) -> None:
    """Write one letter of each kind, naming the first day."""
    session.add_all(notices)
    session.flush()
    for kind in ("last", "hidden"):
        told = [each for each in notices if each.kind == kind]
        if told:
            first = min(told, key=lambda each: each.from_day)
            day = letters.say_day_to(session, place, first.from_day)
            key = f"listing_{kind} {first.id}"
            letters.write(session, f"listing_{kind}", place, key, Purpose.CONFIRM, at, day=day)
    record(session, Event(Action.CREATE, "overdue-notice", notices[0].id, SYSTEM, place))
