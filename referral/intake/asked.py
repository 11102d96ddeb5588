"""What an address asks for besides a file: which organization's things, and which page of them."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, request

from referral.access.guard import find_actor, require
from referral.access.policy import Actor, Permission, Target

LAST_PAGE = 100_000
LAST_NUMBER = 2**63 - 1


def acting(permission: Permission) -> tuple[Actor, UUID]:
    """Return who asks and the organization that she acts for; answers 404 to anyone else."""
    who = find_actor()
    place = who.acting_for if who else None
    actor = require(permission, Target(place))
    return actor, place or abort(HTTPStatus.NOT_FOUND)


def read_page() -> int:
    """Return the page that is asked for; what makes no sense is the first."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def read_before() -> int | None:
    """Return below which number of the audit a page begins; raises nothing for what is none."""
    number = request.args.get("before", type=int)
    return number if number is not None and 0 <= number <= LAST_NUMBER else None
