"""Passwords: what is refused and why, and a check that takes as long for nobody as for somebody.

A hash costs much work on purpose. Few are made at once, and few may wait for it: a crowd at the door, of
people or of machines, leaves threads and processors to whoever looks for help.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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

AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
"""Hashes that a process makes at once: the other processors are for everything else."""
ROOM = AT_ONCE + 7
"""How many of its threads may be at it or wait for it; at most half of those that docs/operators.md names."""
LONGEST_WAIT = 2.0
"""Seconds that one waits for a place."""


class CrowdError(Exception):
    """Too many want something hashed at once: nothing was done."""


_room, _at_it = threading.BoundedSemaphore(ROOM), threading.BoundedSemaphore(AT_ONCE)
_has_place: ContextVar[bool] = ContextVar("has_place", default=False)


@contextmanager
def place() -> Iterator[None]:
    """Hold a place at hashing, the same one within itself; raises CrowdError. Never while ``writing``."""
    if _has_place.get():
        yield
        return
    if not _room.acquire(blocking=False):
        raise CrowdError
    try:
        if not _at_it.acquire(timeout=LONGEST_WAIT):
            raise CrowdError
        token = _has_place.set(True)
        try:
            yield
        finally:
            _has_place.reset(token)
            _at_it.release()
    finally:
        _room.release()


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
    """Return an argon2id hash; raises CrowdError."""
    with place():
        return str(hash_password(normalize(password)))


def matches(password: str, hashed: str | None) -> bool:
    """Say whether a password is the one of a hash; None for nobody takes as long and is never right.

    Raises CrowdError.
    """
    with place():
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
