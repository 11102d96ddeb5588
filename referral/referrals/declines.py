"""Three declines for admission or territory say that a listing may be wrong: vetters look at it.

They are counted with the move, and a job opens the review in the other database. Its identifier follows
from the service and the number of its reviews: a run that was killed between opens none twice.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.evidence.kinds import FlagKind, FlagStatus
from referral.evidence.models import ListingFlag
from referral.evidence.services import UnknownServiceError, flag_listing
from referral.referrals.decline_models import ListingDecline
from referral.referrals.reasons import REVIEWS_LISTING, Reason
from referral.shared import tick
from referral.shared.database import CASES, cases_session, db, directory_session, writing

ENOUGH = 3
OWN = uuid.UUID("5d1f7f0e-0f0b-4c58-9c1e-7b9c62a4e0d3")
"""Names what this job opens, apart from anything else."""
NOTE = "Trois références à ce service ont été refusées pour l’admission ou le territoire."


def note_decline(session: Session, service_id: uuid.UUID | None, reason: Reason | None) -> None:
    """Count a decline that speaks of the listing, in the transaction of the move."""
    if service_id is None or reason not in REVIEWS_LISTING:
        return
    dialect = postgresql if db.engines[CASES].dialect.name == "postgresql" else sqlite
    row = dialect.insert(ListingDecline).values(service_id=service_id, declines=1, reviews=0)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["service_id"], set_={"declines": ListingDecline.declines + 1}
        )
    )


def open_reviews(at: datetime) -> None:
    """Open a review of each listing that was declined often enough, unless one is open."""
    statement = sa.select(ListingDecline.service_id, ListingDecline.reviews)
    due = cases_session().execute(statement.where(ListingDecline.declines >= ENOUGH)).all()
    cases_session().rollback()
    for service_id, reviews in due:
        if _open_review(service_id, uuid.uuid5(OWN, f"{service_id} {reviews}"), at):
            _begin_anew(service_id, reviews)


def _open_review(service_id: uuid.UUID, flag_id: uuid.UUID, at: datetime) -> bool:
    """Say whether the review was opened, now or by a run that was killed; not while another is open."""
    with writing(directory_session()) as session:
        if session.get(ListingFlag, flag_id) is not None:
            return True
        waiting = sa.select(ListingFlag.id).where(
            ListingFlag.service_id == service_id,
            ListingFlag.kind == FlagKind.ADMISSION,
            ListingFlag.status == FlagStatus.WAITING,
        )
        if session.execute(waiting.limit(1)).first() is not None:
            return False
        try:
            flag_listing(session, service_id, FlagKind.ADMISSION, NOTE, "fr", at).id = flag_id
        except UnknownServiceError:
            return True  # it is listed no more: nothing to look at
        return True


def _begin_anew(service_id: uuid.UUID, reviews: int) -> None:
    """Begin to count anew, once for each review."""
    with writing(cases_session(), CASES) as session:
        session.execute(
            sa.update(ListingDecline)
            .where(ListingDecline.service_id == service_id, ListingDecline.reviews == reviews)
            .values(declines=0, reviews=reviews + 1)
            .execution_options(synchronize_session=False)
        )


def init_app(app: Flask) -> None:
    """Have reviews opened by the scheduled command."""
    tick.register(app, tick.Job("listings_declined", timedelta(hours=1), open_reviews))
