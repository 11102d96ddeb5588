"""Makes what was deleted from the store of keys leave the disk, as far as a database can."""

from __future__ import annotations

import sqlalchemy as sa

AUTOCOMMIT = "AUTOCOMMIT"


def clear_traces(engine: sa.Engine) -> bool:
    """Empty SQLite's journal, or have PostgreSQL write the table anew; False where readers kept us from it.

    Inside no transaction. Copies that the file system, a replica or an archive holds are beyond it.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level=AUTOCOMMIT) as connection:
            connection.exec_driver_sql("VACUUM FULL data_key")
        return True
    raw = engine.raw_connection()
    try:
        is_busy, *_ = raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # type: ignore[union-attr]
    finally:
        raw.close()
    return not is_busy
