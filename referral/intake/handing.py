"""Files change hands: many at once, for an absence, back again, and when somebody leaves.

Files are in another database than accounts. Each step leaves every file with an owner: files are given
first, and only then does a person's access end; ``mend`` sees to those whose owner keeps files no more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.intake.follow_ups import day_of
from referral.intake.held import Held
from referral.intake.life import IN_HAND, KeeperRefusedError, Keepers, change_keepers, tell_handing
from referral.intake.models import Case
from referral.intake.safe import open_safes
from referral.intake.vocabulary import CaseStatus
from referral.shared.database import HELD

AT_ONCE = 100
"""Files that change hands in one transaction, so that whoever writes in another waits little."""


class NobodyLeftError(Exception):
    """An organization has nobody who could be the deputy: a file has two keepers."""


def hold_files(
    session: Session, wanted: sa.ColumnElement[bool], actor: Actor | None, at: datetime
) -> list[Held]:
    """Lock some files in hand, the oldest first; those whose key is destroyed are left out."""
    rows = session.scalars(
        sa.select(Case)
        .where(wanted, Case.status.in_(IN_HAND))
        .order_by(Case.created_at, Case.id)
        .limit(AT_ONCE)
        .with_for_update(**HELD)
        .execution_options(populate_existing=True)
    ).all()
    safes = open_safes(row.id for row in rows)
    return [Held(session, row, safes[row.id], actor, at) for row in rows if row.id in safes]


def hand_over(files: Sequence[Held], wanted: Keepers, colleagues: Collection[UUID]) -> int:
    """Give files to one heir; returns how many. ``wanted.deputy_id`` serves where the heir is the deputy.

    Raises KeeperRefusedError, then none is given.
    """
    return sum(change_keepers(held, _keepers_of_one(held.case, wanted), colleagues) for held in files)


def _keepers_of_one(case: Case, wanted: Keepers) -> Keepers:
    stays = case.deputy_id is not None and case.deputy_id not in {wanted.owner_id, case.owner_id}
    return Keepers(wanted.owner_id, case.deputy_id if stays else wanted.deputy_id, wanted.returns_on)


def list_kept(session: Session, user_id: UUID, organization_id: UUID) -> tuple[int, int]:
    """Count the files in hand that somebody owns, and those of which she is the deputy."""
    owned = sa.func.count(sa.case((Case.owner_id == user_id, 1)))
    deputied = sa.func.count(sa.case((Case.deputy_id == user_id, 1)))
    statement = sa.select(owned, deputied).where(keeps(user_id), *_in_hand(organization_id))
    mine, others = session.execute(statement).one()
    return mine, others


def keeps(user_id: UUID) -> sa.ColumnElement[bool]:
    """Select what somebody owns, or is the deputy of."""
    return sa.or_(Case.owner_id == user_id, Case.deputy_id == user_id)


def _in_hand(organization_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return Case.organization_id == organization_id, Case.status.in_(IN_HAND)


def replace(files: Sequence[Held], leaver: UUID, heir: UUID, deputies: Sequence[UUID]) -> int:
    """Put an heir in the place of somebody who leaves; where the heir is the deputy, another is.

    Returns how many files changed; raises NobodyLeftError, and KeeperRefusedError where she keeps no files.
    """
    if heir not in deputies:
        raise KeeperRefusedError("owner")
    others = [each for each in deputies if each not in {leaver, heir}]
    return sum(_replace(held, leaver, heir, others) for held in files)


def _replace(held: Held, leaver: UUID, heir: UUID, others: Sequence[UUID]) -> bool:
    case, owner_was, deputy_was = held.case, held.case.owner_id, held.case.deputy_id
    owner = heir if owner_was == leaver else owner_was
    deputy = heir if deputy_was == leaver else deputy_was
    if deputy == owner:
        deputy = _find_other(case, owner, others)
    if case.returns_to_id in {leaver, owner}:
        case.returns_to_id = case.returns_on = None
    if (owner, deputy) == (owner_was, deputy_was):
        return False
    case.owner_id, case.deputy_id = owner, deputy
    tell_handing(held, owner_was, deputy_was, "left")
    return True


def _find_other(case: Case, owner: UUID, others: Sequence[UUID]) -> UUID | None:
    found = next((each for each in others if each != owner), None)
    if found is None and case.status is CaseStatus.OPEN:
        raise NobodyLeftError
    return found


def give_back(held: Held, colleagues: Mapping[UUID, str]) -> bool:
    """Give a file back to whoever was away; says whether it did: not where she left."""
    case = held.case
    back, owner_was, deputy_was = case.returns_to_id, case.owner_id, case.deputy_id
    case.returns_to_id = case.returns_on = None
    if back is None or back not in colleagues:
        tell_handing(held, owner_was, deputy_was, "stays")
        return False
    case.owner_id = back
    if deputy_was == back:
        case.deputy_id = owner_was
    tell_handing(held, owner_was, deputy_was, "back")
    return True


def to_give_back(at: datetime) -> sa.ColumnElement[bool]:
    """Select files whose day of return has come."""
    return Case.returns_on <= day_of(at)
