"""Tells a button that was pressed twice from one that was pressed again after something changed."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

import msgspec

from referral.intake.new_files import read_entry


def name_press(mark: str, organization_id: UUID, *sent: Any) -> UUID:
    """Return an identifier of what a form sent: the same for the same, another as soon as it differs.

    A mark that is none of ours (``new_files.make_entry``) gives another one each time.
    """
    text = msgspec.json.encode(sent, order="deterministic").decode()
    return uuid.uuid5(read_entry(mark, organization_id), text)
