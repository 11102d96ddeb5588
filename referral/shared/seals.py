"""What is sealed with the secret key, and how that key is changed: the old one opens, the new one seals.

Features say which of their columns hold something sealed. Once a day, while an old key is set, what it
sealed is sealed anew.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, current_app
from sqlalchemy.orm import InstrumentedAttribute, Session

from referral.shared import tick
from referral.shared.database import db, writing
from referral.shared.keys import derive

SEALED = "relais.sealed_columns"


class Age(Enum):
    """Which key something was sealed with."""

    PRESENT = auto()
    OLD = auto()
    UNKNOWN = auto()
    """Neither, or it was altered."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds what is sealed, and for what use its key is."""

    attribute: InstrumentedAttribute[Any]
    use: str

    @property
    def database(self) -> str:
        """The name of the database that it is in."""
        return str(self.attribute.class_.metadata.info["bind_key"])


def make_keys(config: Mapping[str, Any], use: str) -> list[Fernet]:
    """Return the key of one use, then that of the old secret key where one is set."""
    secrets = [config["SECRET_KEY"], config["SECRET_KEY_OLD"]]
    return [Fernet(base64.urlsafe_b64encode(derive(secret, use))) for secret in secrets if secret]


def make_seal(config: Mapping[str, Any], use: str) -> MultiFernet:
    """Return what seals with the present key and opens with the old one too."""
    return MultiFernet(make_keys(config, use))


def age_of(keys: list[Fernet], sealed: str | bytes) -> Age:
    """Say which of the keys opens something."""
    for key, age in zip(keys, (Age.PRESENT, Age.OLD), strict=False):
        try:
            key.decrypt(sealed)
        except InvalidToken:
            continue
        return age
    return Age.UNKNOWN


def register(app: Flask, attribute: InstrumentedAttribute[Any], use: str) -> None:
    """Have a column sealed anew once a day, while an old key is set."""
    app.extensions.setdefault(SEALED, []).append(Column(attribute, use))
    if app.config["SECRET_KEY_OLD"]:
        tick.register(app, tick.Job("seal_anew", timedelta(days=1), seal_anew))


def seal_anew(_at: datetime) -> None:
    """Seal with the present key what the old one sealed; leaves what neither opens as it is."""
    for column in current_app.extensions.get(SEALED, ()):
        with Session(db.engines[column.database]) as session, writing(session, column.database):
            seal_column(session, column)


def seal_column(session: Session, column: Column) -> None:
    """Do it for one column, but for what was changed meanwhile."""
    keys, attribute = make_keys(current_app.config, column.use), column.attribute
    for row_id, sealed in read_sealed(session, column):
        if age_of(keys, sealed) is Age.OLD:
            made = MultiFernet(keys).rotate(sealed)
            unchanged = (attribute.class_.id == row_id, attribute == sealed)
            values = {attribute.key: made.decode() if isinstance(sealed, str) else made}
            session.execute(sa.update(attribute.class_).where(*unchanged).values(values))


def read_sealed(session: Session, column: Column) -> Iterator[tuple[Any, str | bytes]]:
    """Yield each row's id with what is sealed in it."""
    attribute = column.attribute
    statement = sa.select(attribute.class_.id, attribute).where(attribute.is_not(None))
    for row in session.execute(statement).all():
        yield row[0], row[1]


def count_ages() -> Counter[Age]:
    """Count what is sealed in every database by the key that opens it."""
    counted: Counter[Age] = Counter()
    for column in current_app.extensions.get(SEALED, ()):
        keys = make_keys(current_app.config, column.use)
        with Session(db.engines[column.database]) as session:
            counted.update(age_of(keys, sealed) for _, sealed in read_sealed(session, column))
    return counted
