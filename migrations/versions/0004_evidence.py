"""Hold what people say of listings, and count the needs that nothing met."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    op.create_table(
        "listing_flag",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("flagged_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], "fk_listing_flag_service_id_service", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_listing_flag"),
    )
    op.create_index("ix_listing_flag_service_id", "listing_flag", ["service_id"])
    op.create_index("ix_listing_flag_status", "listing_flag", ["status"])
    op.create_table(
        "unmet_need",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(2), nullable=True),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("clientele", sa.String(), nullable=True),
        sa.Column("exploitation", sa.String(), nullable=True),
        sa.Column("age_band", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unmet_need"),
    )


def downgrade_directory() -> None:
    op.drop_table("unmet_need")
    op.drop_table("listing_flag")
