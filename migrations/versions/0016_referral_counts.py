"""Count where referrals came, without a key to any of them, and keep what of the counts left."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


KEY = (
    ("month", sa.Date()),
    ("step", sa.String(32)),
    ("sender_id", sa.Uuid()),
    ("receiver_id", sa.Uuid()),
    ("region_code", sa.String(2)),
    ("need", sa.String(64)),
    ("population", sa.String(64)),
    ("age_band", sa.String(64)),
    ("delay_to_answer", sa.String(32)),
    ("delay_to_service", sa.String(32)),
    ("outcome", sa.String(32)),
    ("reason", sa.String(64)),
)


def upgrade_cases() -> None:
    op.create_table(
        "referral_count",
        *(sa.Column(name, kind, nullable=False) for name, kind in KEY),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name="ck_referral_count_is_counted"),
        sa.PrimaryKeyConstraint(*(name for name, _kind in KEY), name="pk_referral_count"),
    )

    op.create_table(
        "report_release",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "subject", "first", "months", name="pk_report_release"),
    )


def downgrade_cases() -> None:
    op.drop_table("report_release")
    op.drop_table("referral_count")
