"""Files that go back to whoever was away, and those whose owner keeps files no more; offboarding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from flask import Flask, has_request_context
from flask_babel import ngettext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from referral.access.guard import find_actor
from referral.accounts import ownership
from referral.accounts.people import HeirNeededError
from referral.intake import handing
from referral.intake.areas import show_unreachable
from referral.intake.life import IN_HAND, KeeperRefusedError
from referral.intake.models import Case
from referral.intake.people import list_colleagues, list_leads
from referral.intake.reminding import tell_waiting
from referral.keyring.folder import MasterKeyError
from referral.keyring.services import NoMasterKeyError
from referral.shared import tick
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, directory_session, writing
from referral.shared.encryption import SealBrokenError
from referral.shared.turns import TooLongAWaitError

CANNOT = (MasterKeyError, NoMasterKeyError, SealBrokenError, OperationalError, TooLongAWaitError)
"""Why files cannot change hands now."""
log = structlog.get_logger(__name__)


class FilesOutOfReachError(Exception):
    """Files cannot be handed on now: whoever would leave keeps her access, and nothing was changed."""


@contextmanager
def reaching() -> Iterator[None]:
    """Raise FilesOutOfReachError where files, or their keys, do not answer."""
    try:
        yield
    except CANNOT as error:
        cases_session().rollback()
        raise FilesOutOfReachError from error


def list_owned(_session: Session, user_id: UUID, organization_id: UUID | None) -> Sequence[str]:
    """Say how many files somebody keeps there, and nothing of any."""
    if organization_id is None:
        return []
    with reaching():
        owned, deputied = handing.list_kept(cases_session(), user_id, organization_id)
        cases_session().rollback()
    lines = []
    if owned:
        lines.append(ngettext("%(num)d case file, as its owner", "%(num)d case files, as their owner", owned))
    if deputied:
        lines.append(
            ngettext("%(num)d case file, as its deputy", "%(num)d case files, as their deputy", deputied)
        )
    return lines


def transfer(session: Session, owner: UUID, heir: UUID, organization_id: UUID | None) -> None:
    """Give the files of somebody who leaves to an heir, before her access ends; done again, it does nothing.

    It commits in the database of files. If what follows is undone, she still has her access, and the
    heir the files: it is then ended again.
    """
    if organization_id is None:
        return
    deputies = order_deputies(session, organization_id)
    actor, at = find_actor() if has_request_context() else None, now()
    wanted = sa.and_(handing.keeps(owner), Case.organization_id == organization_id)
    try:
        while True:
            with reaching(), writing(cases_session(), CASES) as cases:
                files = handing.hold_files(cases, wanted, actor, at)
                if not handing.replace(files, owner, heir, deputies):
                    return
    except (KeeperRefusedError, handing.NobodyLeftError) as error:
        raise HeirNeededError from error


def order_deputies(session: Session, organization_id: UUID) -> list[UUID]:
    """Return who can keep files there, whoever leads first."""
    colleagues = list_colleagues(session, organization_id)
    leads = [each for each in list_leads(session, organization_id) if each in colleagues]
    return leads + [each for each in colleagues if each not in leads]


def give_back_due(at: datetime) -> None:
    """Give files back to whoever was away; where she left meanwhile, whoever leads is told."""
    for place in _list_places(handing.to_give_back(at)):
        colleagues = list_colleagues(directory_session(), place)
        leads = list_leads(directory_session(), place)
        directory_session().rollback()
        while True:
            wanted = sa.and_(Case.organization_id == place, handing.to_give_back(at))
            with writing(cases_session(), CASES) as cases:
                files = handing.hold_files(cases, wanted, None, at)
                stays = [held for held in files if not handing.give_back(held, colleagues)]
            if stays:
                tell_waiting(leads, at)
            if not files:
                break


def mend(at: datetime) -> None:
    """Give the files of those who keep files no more to their deputy, else to whoever leads."""
    for place in _list_places(sa.true()):
        deputies = order_deputies(directory_session(), place)
        leads = list_leads(directory_session(), place)
        directory_session().rollback()
        for gone in _list_gone(place, set(deputies)):
            if not deputies:
                log.warning("files_without_keepers")
                break
            _mend_one(place, gone, deputies, at)
            tell_waiting(leads, at)


def _mend_one(place: UUID, gone: UUID, deputies: list[UUID], at: datetime) -> None:
    """Replace one person wherever she is owner or deputy, by the deputy of each file where there is one."""
    while True:
        with writing(cases_session(), CASES) as cases:
            wanted = sa.and_(handing.keeps(gone), Case.organization_id == place)
            files = handing.hold_files(cases, wanted, None, at)
            changed = 0
            for held in files:
                deputy = held.case.deputy_id
                heir = deputy if deputy in deputies else deputies[0]
                try:
                    changed += handing.replace([held], gone, heir, deputies)
                except handing.NobodyLeftError:
                    log.warning("file_has_one_keeper")
        if not changed:
            return


def _list_places(wanted: sa.ColumnElement[bool]) -> list[UUID]:
    statement = sa.select(Case.organization_id).where(wanted, Case.status.in_(IN_HAND)).distinct()
    found = list(cases_session().scalars(statement))
    cases_session().rollback()
    return found


def _list_gone(place: UUID, there: set[UUID]) -> list[UUID]:
    """Return who keeps files in hand of a place and is not among those who may."""
    in_hand = (Case.organization_id == place, Case.status.in_(IN_HAND))
    statement: sa.CompoundSelect[Any] = sa.union(
        sa.select(Case.owner_id).where(*in_hand),
        sa.select(Case.deputy_id).where(*in_hand, Case.deputy_id.is_not(None)),
    )
    found = [each for each in cases_session().scalars(statement) if each not in there]
    cases_session().rollback()
    return found


def init_app(app: Flask) -> None:
    """Have files handed on when somebody leaves, and back when she returns."""
    ownership.register(app, list_owned, transfer)
    app.register_error_handler(FilesOutOfReachError, show_unreachable)
    tick.register(app, tick.Job("files_given_back", timedelta(hours=1), give_back_due))
    tick.register(app, tick.Job("files_without_owner", timedelta(hours=1), mend))
