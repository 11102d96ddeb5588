"""Attaches what holds tonight: room, closures, telephones of houses, and the pages of workers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from referral.access.policy import Permission
from referral.accounts.entries import Entry, register
from referral.audit.words import name_targets
from referral.partners import (  # noqa: F401 (views are on the blueprint, tables in the metadata)
    capacity_views,
    closures,
    for_workers,
    house_phone_models,
    house_phone_views,
    house_phones,
    live,
    queue,
)
from referral.partners.queue import Line, QueueKind, Viewer
from referral.shared import tick
from referral.shared.database import DIRECTORY, db, writing

TARGETS: dict[str, LazyString] = {
    "room": _l("whether there is room"),
    "room by house phone": _l("whether there is room, from a house telephone"),
    "room audience": _l("who may know whether there is room"),
    "closure": _l("a closure for a time"),
    "closure by house phone": _l("a closure for a time, from a house telephone"),
    "house phone": _l("a house telephone"),
    "listing for workers": _l("a listing, with what only workers may read"),
}


def list_long_closures(session: Session, viewer: Viewer) -> Iterator[Line]:
    """Say which closures without end nobody confirmed for long: the organization is asked too."""
    after = capacity_views.ask_after()
    for closure, service in closures.list_to_ask(session, viewer.at, after):
        yield Line(
            item_id=closure.id,
            name=service.name,
            todo=_l("Call the organization and ask whether it is still closed"),
            why=_l("Closed until further notice, and nobody said so again for long"),
            since=closure.confirmed_at or closure.told_at,
            endpoint="directory.show_service",
            values={"service_id": service.id},
        )


def forget_old_phones(at: datetime) -> None:
    """Delete telephones that serve no more, and codes that nobody typed."""
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        house_phones.forget_old(session, at)


def init_app(app: Flask) -> None:
    """Register the pages, what they are called in the audit, and the ways to them."""
    live.init_app(app)
    capacity_views.init_app(app)
    name_targets(TARGETS)
    queue.register(QueueKind.CLOSURE, list_long_closures)
    app.register_blueprint(house_phone_views.house)
    tick.register(app, tick.Job("forget old house phones", timedelta(days=1), forget_old_phones))
    register(
        app,
        Entry(
            "listings.list_rooms",
            _l("Room"),
            _l("Whether there is room tonight, and closures for a time: one tap, shown at once."),
            Permission.CAPACITY_TELL,
            capacity_views.count_questions,
        ),
    )
    register(
        app,
        Entry(
            "listings.search_for_workers",
            _l("Resources, for workers"),
            _l("Whom to call between workers, and room that is told to workers only."),
            Permission.LISTING_READ_FOR_WORKERS,
        ),
    )
    register(
        app,
        Entry(
            "listings.list_phones",
            _l("House telephones"),
            _l("Telephones that stay in the house and tell whether there is room; revoked at once."),
            Permission.HOUSE_PHONE_PAIR,
        ),
    )
