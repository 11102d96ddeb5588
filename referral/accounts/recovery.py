"""Recovery codes: four groups, of which the first is a name and the others are kept as a hash of passwords.

By its name a code is checked against one hash and not against eight; whatever is typed costs one check.
Hashing takes a while, so that it is done while nothing is locked.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.accounts import passwords
from referral.accounts.models import User
from referral.accounts.names import make_hex
from referral.shared.database import DIRECTORY, db

RECOVERY_CODES = 8
GROUP = 4
GROUPS = 4
BETWEEN = ":"


class RecoveryCode(NamedTuple):
    """A code as it is shown, once, and as it is kept."""

    shown: str
    kept: str


def draw_codes() -> list[RecoveryCode]:
    """Return new codes, no two of one name; takes about a second, so never while ``writing``.

    Raises passwords.CrowdError.
    """
    drawn: dict[str, str] = {}
    while len(drawn) < RECOVERY_CODES:
        code = make_hex(GROUP * GROUPS)
        drawn[code[:GROUP]] = code[GROUP:]
    with passwords.place():
        return [
            RecoveryCode(
                "-".join(re.findall(".{4}", name + secret)), name + BETWEEN + passwords.make_hash(secret)
            )
            for name, secret in drawn.items()
        ]


def find_code(user_id: UUID, typed: str) -> str | None:
    """Return what is kept of a code of somebody, if it was typed; takes as long whatever was typed."""
    code = re.sub(r"[\s-]", "", typed).lower()
    with Session(db.engines[DIRECTORY]) as session:
        held = session.scalar(sa.select(User.mf_recovery_codes).where(User.id == user_id)) or []
    named = dict(each.split(BETWEEN, 1) for each in held)
    name, secret = code[:GROUP], code[GROUP:]
    return name + BETWEEN + named[name] if passwords.matches(secret, named.get(name)) else None


def take_code(user: User, kept: str) -> bool:
    """Let a code serve no more; says whether it was still there. The account must be locked."""
    held = user.mf_recovery_codes or []
    user.mf_recovery_codes = [each for each in held if each != kept]
    return kept in held
