"""Runs migrations on each database that has tables, with the application's own engines and metadata.

The databases share one folder of versions: each version has ``upgrade_<database>()`` and
``downgrade_<database>()`` for those that it changes, and each database keeps its own place in it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

import referral.accounts.models
import referral.audit.models
import referral.catalogue.change_models
import referral.catalogue.models
import referral.catalogue.vetting_models
import referral.evidence.models
import referral.intake.agreement_models
import referral.intake.models
import referral.keyring.models
import referral.mail.models
import referral.partners.application_models
import referral.partners.house_phone_models
import referral.partners.round_models
import referral.referrals.models
from referral.shared.database import BASES

MODELS = (
    referral.accounts.models,
    referral.audit.models,
    referral.catalogue.change_models,
    referral.catalogue.models,
    referral.catalogue.vetting_models,
    referral.evidence.models,
    referral.intake.agreement_models,
    referral.intake.models,
    referral.keyring.models,
    referral.mail.models,
    referral.partners.application_models,
    referral.partners.house_phone_models,
    referral.partners.round_models,
    referral.referrals.models,
)


def render_plainly(type_: str, object_: Any, autogen_context: Any) -> str | bool:
    """Write our own column types as plain ones, so that no migration imports the application."""
    if type_ == "type" and isinstance(object_, sa.types.TypeDecorator):
        return f"sa.{object_.impl!r}"
    return False


def leave_foreign_keys(connection: sa.Connection) -> None:
    """Let SQLite rebuild a table without emptying those that refer to it.

    The setting counts only outside a transaction, so it is given to the driver before one begins.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")


def check_foreign_keys(connection: sa.Connection) -> None:
    """Refuse a migration that left a row pointing nowhere, then watch again."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows point nowhere: {broken[:5]}")


def watch_foreign_keys(connection: sa.Connection) -> None:
    """Give the connection back as the application expects it."""
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = ON")


def run_migrations(name: str, engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Upgrade or downgrade one database, in one transaction."""
    with engine.connect() as connection:
        leave_foreign_keys(connection)
        try:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_item=render_plainly,
                render_as_batch=True,
                compare_server_default=True,
                transactional_ddl=True,
                upgrade_token=f"{name}_upgrades",
                downgrade_token=f"{name}_downgrades",
            )
            with context.begin_transaction():
                context.run_migrations(database=name)
                check_foreign_keys(connection)
        finally:
            connection.rollback()
            watch_foreign_keys(connection)


engines = current_app.extensions["migrate"].db.engines
for base in BASES:
    database = base.metadata.info["bind_key"]
    if database in engines:
        run_migrations(database, engines[database], base.metadata)
