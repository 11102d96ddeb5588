"""The policy as a table for readers: what each role may do where; found by asking, not by reading POLICY."""

from __future__ import annotations

from uuid import UUID

from referral.access.policy import (
    INSTALLATION_ROLES,
    KEY_ROLES,
    ORGANIZATION_ROLES,
    POLICY,
    Actor,
    Permission,
    Role,
    Target,
    permits,
)

OWN, OTHER, ONESELF, SOMEBODY = (UUID(int=number) for number in range(1, 5))
ORGANIZATIONS = (None, OWN, OTHER)
PERSONS = (None, ONESELF, SOMEBODY)
COLUMNS: tuple[tuple[Role, UUID | None], ...] = (
    *((role, OWN) for role in Role if role in ORGANIZATION_ROLES | KEY_ROLES),
    *((role, None) for role in Role if role in INSTALLATION_ROLES),
)
INTRODUCTION = """# Who may do what

Made from the policy by `flask --app wsgi relais permissions`; a test fails when it is out of date.

Someone acts for one organization at a time, or for the installation as a whole, and only the roles that
she holds *there* count. *Own organization*: the thing is that organization's. *Everywhere*: whosever it is.
*Others only*: never one's own account. *Oneself*: one's own account and nobody else's. *Hers only*: what she
owns there, such as a file. A refusal answers 404.

*Listing link*, *house phone* and *referral link* are no people: the first is whoever follows a link from a
letter to an organization, the second a telephone that a house keeps for telling whether there is room, the
third whoever holds the link and the spoken code of one referral.
"""


def say(permission: Permission, role: Role, place: UUID | None) -> str:
    """Return in a few words what a role may do; an empty text for nothing."""
    actor = Actor("", frozenset({(place, role)}), user_id=ONESELF, acting_for=place)
    allowed = {
        (organization, person)
        for organization in ORGANIZATIONS
        for person in PERSONS
        if permits(actor, permission, Target(organization, person))
    }
    persons = {person for _, person in allowed}
    if not allowed:
        return ""
    where = "own organization" if {each for each, _ in allowed} == {OWN} else "everywhere"
    if SOMEBODY not in persons:
        return "oneself" if where == "everywhere" else f"{where}, hers only"
    return where if ONESELF in persons else f"{where}, others only"


def heading(role: Role, place: UUID | None) -> str:
    """Return the name of a role and, where it can be held in two places, which."""
    name = role.value.replace("-", " ")
    both = role in ORGANIZATION_ROLES & INSTALLATION_ROLES
    return f"{name} of {'the installation' if place is None else 'an organization'}" if both else name


def as_markdown() -> str:
    """Return the whole page."""
    rows = [
        ["Permission", *(heading(role, place) for role, place in COLUMNS)],
        ["---"] * (len(COLUMNS) + 1),
        *(
            [f"`{permission}`", *(say(permission, role, place) or "–" for role, place in COLUMNS)]
            for permission in POLICY
        ),
    ]
    return INTRODUCTION + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)
