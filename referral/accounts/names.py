"""Login names, and tokens that let in: pure rules."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection

LONGEST = 64
LOGIN_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
TOKEN_BYTES = 32
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})


def normalize_login(text: str) -> str:
    """Return a login name as it is stored, from what somebody typed."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_login_name(text: str) -> bool:
    """Say whether a text can be a login name."""
    return LOGIN_NAME.fullmatch(text) is not None


def propose_login(name: str, taken: Collection[str] = ()) -> str:
    """Return a login name from somebody's name, with a number where another has it: *marie.tremblay2*.

    What is a login name already stays as it is.
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(LIGATURES))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    made = name if is_login_name(name) else re.sub(r"[^a-z0-9]+", ".", letters).strip(".")
    base = made[: LONGEST - 6].strip("._-") or "compte"
    number, login = 1, base
    while login in taken:
        number += 1
        login = f"{base}{number}"
    return login


def make_hex(length: int) -> str:
    """Return random signs of 0-9 and a-f, four random bits each."""
    return secrets.token_hex(length // 2)


def make_token() -> str:
    """Return a token that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Return what is stored of a token; it is random, so that a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
