"""Keep the rounds: links of letters, what is to be verified, tries, reminders, and who was told of what."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    op.create_table(
        "listing_link",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.Column("sent_since", MOMENT, nullable=True),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("code_by", sa.String(), nullable=True),
        sa.Column("code_expires_at", MOMENT, nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=True),
        sa.Column("key_expires_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        organization("listing_link"),
        sa.PrimaryKeyConstraint("id", name="pk_listing_link"),
        sa.UniqueConstraint("token_hash", name="uq_listing_link_token_hash"),
    )
    for column in ("organization_id", "expires_at"):
        op.create_index(f"ix_listing_link_{column}", "listing_link", [column])
    create_rounds()
    op.create_table(
        "reminder_choice",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("means", sa.String(32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        organization("reminder_choice"),
        sa.PrimaryKeyConstraint("organization_id", name="pk_reminder_choice"),
    )
    op.create_table(
        "overdue_notice",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("assured_date", sa.Date(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("overdue_notice"),
        sa.PrimaryKeyConstraint("id", name="pk_overdue_notice"),
        sa.UniqueConstraint(
            "service_id", "kind", "assured_date", name="uq_overdue_notice_service_id_kind_assured_date"
        ),
    )
    for column in ("service_id", "from_day"):
        op.create_index(f"ix_overdue_notice_{column}", "overdue_notice", [column])


def create_rounds() -> None:
    op.create_table(
        "verification_round",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("letter_key", sa.String(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=True),
        sa.Column("followed_up_at", MOMENT, nullable=True),
        sa.Column("to_call_at", MOMENT, nullable=True),
        sa.Column("call_week", sa.Date(), nullable=True),
        sa.Column("wants", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("verification_round"),
        organization("verification_round"),
        sa.PrimaryKeyConstraint("id", name="pk_verification_round"),
    )
    for column in ("service_id", "organization_id", "stage", "call_week"):
        op.create_index(f"ix_verification_round_{column}", "verification_round", [column])
    op.create_index(
        "uq_verification_round_open",
        "verification_round",
        ["service_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "call_attempt",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("answered", sa.String(32), nullable=False),
        sa.Column("tried_by", sa.String(), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["verification_round.id"],
            name="fk_call_attempt_round_id_verification_round",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_call_attempt"),
    )
    op.create_index("ix_call_attempt_round_id", "call_attempt", ["round_id"])


def organization(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id"], ["organization.id"], name=f"fk_{table}_organization_id_organization"
    )


def service(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["service_id"], ["service.id"], name=f"fk_{table}_service_id_service", ondelete="CASCADE"
    )


def downgrade_directory() -> None:
    for table in ("overdue_notice", "reminder_choice", "call_attempt", "verification_round", "listing_link"):
        op.drop_table(table)
