"""When something may be shared: the one rule on consents, by items, recipient and time; pure.

Sources: P-39.1 ss. 12 and 14 (manifest, free, informed, for specific purposes, for as long as needed);
C.C.Q. art. 14 (from 14 years of age one consents alone); docs/privacy.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from referral.intake.vocabulary import SENSITIVE, AgeBand, Capacity, Item

PROPOSED_DAYS, MOST_DAYS = 30, 90


class Grant(Protocol):
    """What the rule needs to know of a consent, stored or not."""

    @property
    def receiver_id(self) -> UUID: ...
    @property
    def scope(self) -> frozenset[Item]: ...
    @property
    def given_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


class ConsentMissingError(Exception):
    """No consent in force covers what would be shared; ``items`` says which."""

    def __init__(self, items: frozenset[Item]) -> None:
        super().__init__(", ".join(sorted(items)))
        self.items = items


class AvoidedError(Exception):
    """She asked to avoid an organization: ``reason`` is ``to-avoid`` or ``region-to-avoid``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CapacityError(ValueError):
    """Whoever would consent cannot at that age; ``reason``: ``too-young``, ``old-enough``, ``no-line``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_in_force(grant: Grant, at: datetime) -> bool:
    """Say whether a consent holds at a moment; from the very second of its end or withdrawal it does not."""
    if grant.withdrawn_at is not None and grant.withdrawn_at <= at:
        return False
    return grant.given_at <= at < grant.expires_at


def uncovered_items(
    receiver_id: UUID, items: Iterable[Item], grants: Iterable[Grant], at: datetime
) -> frozenset[Item]:
    """Return the items that no consent in force lets go to that organization."""
    covered: set[Item] = set()
    for grant in grants:
        if grant.receiver_id == receiver_id and is_in_force(grant, at):
            covered |= grant.scope
    return frozenset(items) - covered


def check_covered(receiver_id: UUID, items: Iterable[Item], grants: Iterable[Grant], at: datetime) -> None:
    """Refuse to share beyond what was granted; raises ConsentMissingError."""
    if missing := uncovered_items(receiver_id, items, grants, at):
        raise ConsentMissingError(missing)


def check_avoided(receiver_id: UUID, values: Mapping[str, Any], regions: frozenset[str]) -> None:
    """Refuse whom she asked to avoid, and whoever is only in regions that she asked to avoid.

    ``values`` are the answers of the file by name; ``regions`` those in which the organization is, as
    far as known. Raises AvoidedError; a consent that was given before changes nothing.
    """
    if str(receiver_id) in (values.get("organizations_to_avoid") or ()):
        raise AvoidedError("to-avoid")
    if regions and regions <= frozenset((values.get("regions") or {}).get("avoid", ())):
        raise AvoidedError("region-to-avoid")


def needs_express(items: Iterable[Item]) -> frozenset[Item]:
    """Return the items for which she is asked apart, and says yes apart."""
    return frozenset(items) & SENSITIVE


def check_capacity(age: AgeBand | None, under_14: Any, capacity: Capacity) -> None:
    """Refuse who cannot consent at that age; raises CapacityError.

    ``age`` is None where it is not known: she is taken at her word. Under 14 the file must say who
    consents (``under_14``), and in what the child's clear benefit lies where no parent does.
    """
    if age is not AgeBand.CHILD:
        if capacity is not Capacity.SELF:
            raise CapacityError("old-enough")
        return
    if capacity is Capacity.SELF:
        raise CapacityError("too-young")
    told = under_14 if isinstance(under_14, dict) else {}
    if told.get("capacity") != capacity:
        raise CapacityError("no-line")
