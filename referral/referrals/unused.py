"""Destroys keys that were made for what was then not stored: many of them would look like a lost database."""

from __future__ import annotations

from collections.abc import Iterable

from referral.intake.safe import Safe, destroy_safe
from referral.shared.database import CasesBase, cases_session


def destroy_unused(model: type[CasesBase], safes: Iterable[Safe]) -> None:
    """Destroy the keys of which the thing is not there; after the commit, or after what was refused."""
    session = cases_session()
    session.rollback()
    for safe in safes:
        if session.get(model, safe.thing) is None:
            destroy_safe(safe.thing)
    session.rollback()
