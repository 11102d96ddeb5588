"""Count how referrals ended, without a key to any of them."""

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


def downgrade_cases() -> None:
    op.drop_table("referral_count")
