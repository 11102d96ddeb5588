"""What somebody needs to know first after signing in: what waits, and whether her account is well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from referral.access.policy import Permission, Target, permits
from referral.accounts import door, factors, invitations, people, queries
from referral.accounts.sessions import SignIn
from referral.audit.events import Action

FEW_CODES = 3
"""From here on, new recovery codes are advised."""


@dataclass(frozen=True, slots=True)
class Team:
    """The people of the place where somebody acts, in numbers."""

    people: int
    waiting: int
    """Invitations that nobody answered yet."""
    without_factor: int


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the first page says."""

    came_before: datetime | None
    """When she signed in the time before this one."""
    failures: int
    """Since then, in her name."""
    codes_left: int
    has_few_codes: bool
    team: Team | None
    """None for whoever leads nobody."""


def find_welcome(session: Session, found: SignIn, at: datetime) -> Welcome:
    """Return what the first page says to somebody."""
    came_before, failures = look_back(session, found)
    codes = factors.count_recovery_codes(queries.find_own(session, found.user_id))
    return Welcome(
        came_before=came_before,
        failures=failures,
        codes_left=codes,
        has_few_codes=codes <= FEW_CODES,
        team=find_team(session, found, at),
    )


def look_back(session: Session, found: SignIn) -> tuple[datetime | None, int]:
    """Return when somebody last came before now, and how many tries in her name failed since."""
    failures, comings = 0, 0
    for line in queries.list_sign_ins(session, found.user_id):
        failures += line.action is Action.SIGN_IN_FAILED
        comings += line.action is Action.SIGN_IN
        if comings > 1:
            return line.occurred_at, failures
    return None, failures


def find_team(session: Session, found: SignIn, at: datetime) -> Team | None:
    """Count the people of a place, for whoever may see them."""
    place = door.place_of(found)
    if not permits(found.as_actor(), Permission.MEMBERSHIP_LIST, Target(place)):
        return None
    here = people.list_people(session, place)
    return Team(
        people=len(here),
        waiting=len(invitations.list_open(session, place, at)),
        without_factor=sum(not each.has_factor for each in here),
    )
