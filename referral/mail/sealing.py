"""Seals letters that wait: who has the database or its backup, and no key, reads no recipient and no link."""

from __future__ import annotations

import msgspec
from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app

from referral.mail.letters import Letter

KEY, USE = "relais.mail.key", "mail"


class UnreadableLetterError(Exception):
    """A letter was altered, or sealed with a key that is not set."""


def seal(letter: Letter) -> bytes:
    """Return a letter as bytes that only this installation reads."""
    key: MultiFernet = current_app.extensions[KEY]
    return key.encrypt(msgspec.json.encode(letter))


def open_sealed(sealed: bytes) -> Letter:
    """Return what was sealed; raises UnreadableLetterError."""
    key: MultiFernet = current_app.extensions[KEY]
    try:
        return msgspec.json.decode(key.decrypt(sealed), type=Letter)
    except (InvalidToken, msgspec.MsgspecError) as error:
        raise UnreadableLetterError from error
