"""Keep the telephones of houses, whom room is told to, and why a service is closed for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    op.create_table(
        "house_phone",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("code_expires_at", MOMENT, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("paired_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.String(120), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_house_phone_organization_id_organization"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_house_phone"),
        sa.UniqueConstraint("code_hash", name="uq_house_phone_code_hash"),
        sa.UniqueConstraint("token_hash", name="uq_house_phone_token_hash"),
    )
    op.create_index("ix_house_phone_organization_id", "house_phone", ["organization_id"])
    op.create_table(
        "house_phone_service",
        sa.Column("house_phone_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["house_phone_id"],
            ["house_phone.id"],
            name="fk_house_phone_service_house_phone_id_house_phone",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name="fk_house_phone_service_service_id_service",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("house_phone_id", "service_id", name="pk_house_phone_service"),
    )
    op.create_index("ix_house_phone_service_service_id", "house_phone_service", ["service_id"])
    op.create_table(
        "room_audience",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name="fk_room_audience_service_id_service", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", name="pk_room_audience"),
    )
    op.create_index("ix_service_capacity_latest", "service_capacity", ["service_id", "updated_at"])
    with op.batch_alter_table("temporary_closure") as batch:
        batch.add_column(sa.Column("reason_code", sa.String(32), nullable=True))
        batch.add_column(sa.Column("confirmed_at", MOMENT, nullable=True))


def downgrade_directory() -> None:
    with op.batch_alter_table("temporary_closure") as batch:
        batch.drop_column("confirmed_at")
        batch.drop_column("reason_code")
    op.drop_index("ix_service_capacity_latest", "service_capacity")
    for table in ("room_audience", "house_phone_service", "house_phone"):
        op.drop_table(table)
