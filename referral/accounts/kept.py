"""What somebody typed when her session had ended: it comes back after she signed in again.

It travels in the page, sealed with our key for that one person, and is nowhere on the server.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app
from werkzeug.datastructures import MultiDict

from referral.accounts.rules import KEPT
from referral.accounts.sessions import SignIn
from referral.shared.seals import make_seal

FIELD = "kept"
RESTORED = "restored"
"""Field of a form that is shown again to be looked at, not to be done."""
SECRET = frozenset(
    {"password", "current_password", "new_password", "code", "credential", "csrf_token", FIELD}
)
MOST_BYTES = 48 * 1024


class Kept(msgspec.Struct, frozen=True):
    """A form that was sent, whose it is, where it went and for whom she acted then."""

    user_id: UUID
    path: str
    fields: list[tuple[str, str]]
    has_chosen: bool = False
    acting_for: UUID | None = None


def keep(found: SignIn, path: str, form: MultiDict[str, str]) -> str | None:
    """Return a form sealed, without its secrets; None where there is nothing, or too much, to keep."""
    fields = without_secrets(form)
    if not fields:
        return None
    typed = Kept(found.user_id, path, fields, found.has_chosen, found.acting_for)
    sealed = _key().encrypt(zlib.compress(msgspec.json.encode(typed))).decode()
    return sealed if len(sealed) <= MOST_BYTES else None


def without_secrets(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return what was typed, without what nobody may see again."""
    return [(name, text) for name, text in form.items(multi=True) if name not in SECRET | {RESTORED}]


def open_kept(sealed: str, user_id: UUID, at: datetime) -> Kept | None:
    """Return what was kept for that very person; None where it is not hers, not ours or too old."""
    try:
        plain = _key().decrypt_at_time(sealed.encode(), int(KEPT.total_seconds()), int(at.timestamp()))
        unpacked = zlib.decompressobj().decompress(plain, 64 * MOST_BYTES)
        kept = msgspec.json.decode(unpacked, type=Kept)
    except (InvalidToken, zlib.error, msgspec.MsgspecError):
        return None
    return kept if kept.user_id == user_id else None


def _key() -> MultiFernet:
    return make_seal(current_app.config, "accounts.kept")
