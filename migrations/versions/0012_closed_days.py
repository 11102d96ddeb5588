"""Keep the days on which a service is closed though it is open by the week, such as holidays."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    op.create_table(
        "closed_day",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name="fk_closed_day_service_id_service", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_closed_day"),
        sa.UniqueConstraint("service_id", "day", name="uq_closed_day_service_id_day"),
    )
    op.create_index("ix_closed_day_service_id", "closed_day", ["service_id"])


def downgrade_directory() -> None:
    op.drop_index("ix_closed_day_service_id", "closed_day")
    op.drop_table("closed_day")
