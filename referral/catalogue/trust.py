"""The ladder of trust: how much is known to be true of a listing, and who may have said so."""

from __future__ import annotations

from enum import StrEnum


class Trust(StrEnum):
    """Steps in order; the last two take a listing out of what is published."""

    CANDIDATE = "candidate"
    SOURCED = "sourced"
    CONTACTED = "contacted"
    VERIFIED = "verified"
    VETTED = "vetted"
    SUSPENDED = "suspended"
    RETIRED = "retired"


class Method(StrEnum):
    """How a step was taken."""

    IMPORT = "import"
    PHONE = "phone"
    EMAIL = "email"
    VISIT = "visit"
    DOCUMENT = "document"
    ACCOUNT = "account"
    """The organization itself, signed in."""
    LINK = "link"
    """Whoever at the organization followed a link from a letter to it."""


LADDER = (Trust.CANDIDATE, Trust.SOURCED, Trust.CONTACTED, Trust.VERIFIED, Trust.VETTED)
BY_A_PERSON = frozenset({Method.PHONE, Method.EMAIL, Method.VISIT, Method.DOCUMENT})
"""One of ours spoke with the organization, or saw for herself."""
BY_ITSELF = frozenset({Method.ACCOUNT, Method.LINK})
T = Trust
MOVES: dict[Trust, frozenset[Trust]] = {
    T.CANDIDATE: frozenset({T.SOURCED, T.CONTACTED, T.VERIFIED, T.RETIRED}),
    T.SOURCED: frozenset({T.CANDIDATE, T.CONTACTED, T.VERIFIED, T.SUSPENDED, T.RETIRED}),
    T.CONTACTED: frozenset({T.CONTACTED, T.VERIFIED, T.SUSPENDED, T.RETIRED}),
    T.VERIFIED: frozenset({T.CONTACTED, T.VERIFIED, T.VETTED, T.SUSPENDED, T.RETIRED}),
    T.VETTED: frozenset({T.VERIFIED, T.VETTED, T.SUSPENDED, T.RETIRED}),
    T.SUSPENDED: frozenset({T.CONTACTED, T.VERIFIED, T.RETIRED}),
    T.RETIRED: frozenset({T.CANDIDATE}),
}
NEEDS_A_PERSON = frozenset({T.CONTACTED, T.VERIFIED, T.VETTED})
OWN_STEPS: dict[Trust, Trust] = {
    T.CANDIDATE: T.CONTACTED,
    T.SOURCED: T.CONTACTED,
    T.CONTACTED: T.CONTACTED,
    T.VERIFIED: T.VERIFIED,
    T.VETTED: T.VETTED,
}
"""What an organization that says « nothing has changed » makes of its own listing.

What one of ours verified once is renewed: the organization knows best whether it still holds. It makes
nothing *verified* that was not: an account or a link can be stolen, and says nothing of who holds it
to somebody who never spoke with the organization. It then proves that somebody there was reached,
and one of ours is asked to verify. What was suspended or retired stays so: that was decided by one of ours.
"""


class IllegalStepError(Exception):
    """A listing cannot take this step, or not in this way."""


def check_step(current: Trust, wanted: Trust, method: Method) -> None:
    """Refuse a step that the table does not hold, or a confirmation that no person made."""
    if wanted not in MOVES[current]:
        raise IllegalStepError(f"{current} does not lead to {wanted}")
    if method in BY_ITSELF:
        if OWN_STEPS.get(current) is not wanted:
            raise IllegalStepError(f"{current} to {wanted} is not for the organization itself")
        return
    if wanted in NEEDS_A_PERSON and method not in BY_A_PERSON:
        raise IllegalStepError(f"{wanted} needs a person, not {method}")


def is_published(trust: Trust, least: Trust) -> bool:
    """Say whether a listing at this step is shown, given the least step that is."""
    return trust in LADDER and LADDER.index(trust) >= LADDER.index(least)
