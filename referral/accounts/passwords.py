"""Passwords: what is refused and why, and a check that takes as long for nobody as for somebody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from flask import current_app
from flask_security.password_util import PasswordUtil
from flask_security.utils import hash_password, verify_password
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from referral.accounts.security import LEAST_SCORE, LONGEST_PASSWORD, SHORTEST_PASSWORD

SEPARATORS = re.compile(r"[\s._-]+")
LOOKED_AT = 40
"""Characters that are looked at for what can be guessed: all of a long password would take seconds."""
CONTEXT = (
    "relais",
    "referral",
    "maison",
    "hebergement",
    "hébergement",
    "motdepasse",
    "mot de passe",
    "quebec",
)
"""Words that anyone would try here first."""


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    GUESSABLE = "guessable"
    SAME = "same"


class WeakPasswordError(ValueError):
    """A password is refused; never repeats it."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness.value)
        self.weakness = weakness


@cache
def common_passwords() -> frozenset[str]:
    """Return the thirty thousand passwords that leaks hold most often."""
    return frozenset(FREQUENCY_LISTS["passwords"])


def normalize(password: str) -> str:
    """Return a password as it is hashed, whatever keyboard wrote it."""
    return str(_util().normalize(password))


def check_strength(password: str, about: Iterable[str]) -> None:
    """Refuse a password that is short, common or easily guessed from what is known.

    Raises WeakPasswordError.
    """
    plain = normalize(password)
    if len(plain) < SHORTEST_PASSWORD:
        raise WeakPasswordError(Weakness.SHORT)
    if len(plain) > LONGEST_PASSWORD:
        raise WeakPasswordError(Weakness.LONG)
    if plain.lower() in common_passwords():
        raise WeakPasswordError(Weakness.COMMON)
    known = [*CONTEXT, *(word for text in about for word in (text, *text.replace(".", " ").split()))]
    for text in (plain, SEPARATORS.sub("", plain)):  # a space makes two bad words no good one
        if (
            text
            and zxcvbn(text[:LOOKED_AT], user_inputs=known, max_length=LONGEST_PASSWORD)["score"]
            < LEAST_SCORE
        ):
            raise WeakPasswordError(Weakness.GUESSABLE)


def make_hash(password: str) -> str:
    """Return an argon2id hash."""
    return str(hash_password(normalize(password)))


def matches(password: str, hashed: str | None) -> bool:
    """Say whether a password is the one of a hash; None for nobody takes as long and is never right."""
    decoy = _decoy()  # also where it is not needed: its first making takes a while
    found = verify_password(normalize(password)[: 4 * LONGEST_PASSWORD], hashed or decoy)
    return bool(found) and hashed is not None


@cache
def _decoy() -> str:
    """Return the hash of a password that nobody has."""
    return make_hash("a decoy that no account has: 3f1c0d7e")


def _util() -> PasswordUtil:
    util: PasswordUtil = current_app.extensions["security"]._password_util  # noqa: SLF001  # it has no public name
    return util
