"""Who can be tried: a fictional person of each role, and one with roles in two organizations."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.access.policy import Role

HOUSE = "maison-exemple-de-l-aube"
CENTRE = "centre-exemple-d-aide"
MAILBOX = "boite@exemple.example"


class Person(NamedTuple):
    """Somebody to be, where she has which role, and what can be tried in her place."""

    username: str
    name: str
    roles: tuple[tuple[str | None, Role], ...]
    says: LazyString


PEOPLE = (
    Person(
        "camille.exemple",
        "Camille Exemple",
        ((HOUSE, Role.ORGANIZATION_LEAD),),
        _l("Invites people, resets their second factor, ends their access, reads who looked at what."),
    ),
    Person(
        "sacha.exemple",
        "Sacha Exemple",
        ((HOUSE, Role.INTAKE_WORKER),),
        _l("Receives people and looks for what they need."),
    ),
    Person(
        "alex.exemple",
        "Alex Exemple",
        ((HOUSE, Role.PARTNER_EDITOR),),
        _l("Keeps what the directory says of the organization."),
    ),
    Person(
        "dominique.exemple",
        "Dominique Exemple",
        ((HOUSE, Role.PRIVACY_OFFICER),),
        _l("Watches over personal information: who looked at what."),
    ),
    Person(
        "robin.exemple",
        "Robin Exemple",
        ((None, Role.VETTER),),
        _l("Checks what is published, for the whole of Relais."),
    ),
    Person(
        "maxime.exemple",
        "Maxime Exemple",
        ((None, Role.OPERATOR),),
        _l("Runs Relais: organizations, and who coordinates each."),
    ),
    Person(
        "andrea.exemple",
        "Andréa Exemple",
        ((HOUSE, Role.INTAKE_WORKER), (CENTRE, Role.ORGANIZATION_LEAD)),
        _l("Has a role in two organizations, and says for which one she acts."),
    ),
)


def find_known(username: str) -> Person | None:
    """Return somebody to be, by her login name."""
    return next((person for person in PEOPLE if person.username == username), None)
