"""Seals letters that wait: who has the database or its backup, and no key, reads no recipient and no link."""

from __future__ import annotations

import base64

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from referral.mail.letters import Letter

KEY = "relais.mail.key"


class UnreadableLetterError(Exception):
    """A letter was altered, or sealed before the secret key was changed."""


def derive_key(secret: str) -> Fernet:
    """Return the key of letters that belongs to a secret key."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"relais.mail").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(letter: Letter) -> bytes:
    """Return a letter as bytes that only this installation reads."""
    key: Fernet = current_app.extensions[KEY]
    return key.encrypt(msgspec.json.encode(letter))


def open_sealed(sealed: bytes) -> Letter:
    """Return what was sealed; raises UnreadableLetterError."""
    key: Fernet = current_app.extensions[KEY]
    try:
        return msgspec.json.decode(key.decrypt(sealed), type=Letter)
    except (InvalidToken, msgspec.MsgspecError) as error:
        raise UnreadableLetterError from error
