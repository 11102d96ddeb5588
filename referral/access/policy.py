"""The whole authorization policy, as data.

A permission is granted where every condition of at least one of its clauses
holds. Nothing here reads a request, a session or a table, so the whole matrix
can be tested without an application.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What someone does in an organization, or for the installation as a whole."""

    OPERATOR = "operator"
    VETTER = "vetter"


class Permission(StrEnum):
    """Named ``resource:action``; sorted."""

    EDITION_BUILD = "edition:build"
    FLAG_REVIEW = "flag:review"
    LISTING_IMPORT = "listing:import"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, reduced to what a decision and an event need."""

    name: str
    memberships: frozenset[tuple[UUID | None, Role]] = field(default_factory=frozenset)

    def holds(self, role: Role, organization_id: UUID | None = None) -> bool:
        """Say whether the actor has a role, in one organization or in any."""
        return any(held is role and organization_id in (None, where) for where, held in self.memberships)


CONSOLE = Actor("console", frozenset({(None, Role.OPERATOR)}))


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: the organization whose thing it is, where it is somebody's."""

    organization_id: UUID | None = None


Condition = Callable[[Actor, Target], bool]


def is_operator(actor: Actor, _target: Target) -> bool:
    """Say whether the actor runs the installation."""
    return actor.holds(Role.OPERATOR)


def is_vetter(actor: Actor, _target: Target) -> bool:
    """Say whether the actor vets listings."""
    return actor.holds(Role.VETTER)


POLICY: dict[Permission, tuple[tuple[Condition, ...], ...]] = {
    Permission.EDITION_BUILD: ((is_operator,),),
    Permission.FLAG_REVIEW: ((is_operator,), (is_vetter,)),
    Permission.LISTING_IMPORT: ((is_operator,),),
}


def permits(actor: Actor | None, permission: Permission, target: Target | None = None) -> bool:
    """Answer the only authorization question; nobody is never permitted."""
    if actor is None:
        return False
    about = target or Target()
    return any(all(condition(actor, about) for condition in clause) for clause in POLICY[permission])
