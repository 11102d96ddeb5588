"""Showing what was just written: an edition is built as soon as a change that readers see is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask import Flask, current_app
from sqlalchemy.orm import Session

from referral.catalogue.models import Revision
from referral.edition.builder import Built, build_edition
from referral.edition.folder import EditionFolder
from referral.edition.manifest import DamagedEditionError, read_manifest
from referral.shared import tick
from referral.shared.database import directory_session

log = structlog.get_logger(__name__)


def publish(session: Session, *, forget_others: bool = False) -> Built:
    """Build the edition of the directory as it is committed now, and show it; takes a fraction of a second.

    ``forget_others`` deletes every older edition, as a withdrawal must. Must not be called inside
    ``writing``. Raises what the builder raises.
    """
    session.rollback()
    config = current_app.config
    kept = 1 if forget_others else config["EDITIONS_KEPT"]
    return build_edition(session, config["EDITION_DIR"], config["PUBLISHED_FROM"], kept)


def publish_soon(session: Session) -> bool:
    """Publish, or leave it to the scheduled command where that fails; says whether it is shown."""
    try:
        publish(session)
    except Exception:  # the change is kept: whoever made it must not be told that it was lost
        log.exception("edition_not_built")
        return False
    return True


def number_shown() -> int | None:
    """Return the number of the edition shown, None where there is none that is whole."""
    folder = EditionFolder(current_app.config["EDITION_DIR"]).current()
    try:
        return read_manifest(folder).number if folder else None
    except DamagedEditionError:
        return None


def publish_if_behind(_at: datetime) -> None:
    """Build an edition where the directory is ahead of what is shown, and there was one before."""
    session = directory_session()
    number = session.scalar(sa.select(sa.func.max(Revision.number))) or 0
    shown = number_shown()
    if shown is not None and shown < number:
        publish(session)


def init_app(app: Flask) -> None:
    """Have the scheduled command mend what a change could not publish."""
    tick.register(app, tick.Job("edition", timedelta(0), publish_if_behind))
