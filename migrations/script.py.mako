"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    ${context.get("directory_upgrades", "pass")}


def downgrade_directory() -> None:
    ${context.get("directory_downgrades", "pass")}
