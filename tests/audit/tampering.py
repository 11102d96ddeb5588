"""What somebody can do who holds the database and not the key: any statement, with the triggers removed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.shared.database import DIRECTORY, WRITES, db


def tamper(session: Session, *orders: str, database: str = DIRECTORY) -> None:
    """Run statements that the triggers would refuse."""
    session.rollback()
    engine = db.engines[database].execution_options(**{WRITES: True})
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for order in orders:
                connection.execute(sa.text(order))
            return
        triggers = connection.execute(
            sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        for order in orders:
            connection.execute(sa.text(order))
        for _, statement in triggers:
            connection.exec_driver_sql(statement)
