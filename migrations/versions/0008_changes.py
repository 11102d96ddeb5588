"""Keep what people change in listings: proposals, history, drafts, room, closures, what workers may know."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ADDED_TO_CHANGES = (
    ("proposal_id", sa.Uuid()),
    ("called_number", sa.String()),
    ("called_by", sa.String()),
    ("called_at", MOMENT),
    ("first_approved_by", sa.Uuid()),
    ("decided_by", sa.String()),
    ("decided_at", MOMENT),
)


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    op.create_table(
        "proposal",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("proposal"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_proposal_organization_id_organization"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    for column in ("service_id", "organization_id", "status"):
        op.create_index(f"ix_proposal_{column}", "proposal", [column])
    with op.batch_alter_table("proposed_change") as batch:
        for name, kind in ADDED_TO_CHANGES:
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.alter_column("status", existing_type=sa.String(), type_=sa.String(32), existing_nullable=False)
        batch.create_foreign_key(
            "fk_proposed_change_proposal_id_proposal", "proposal", ["proposal_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_index("ix_proposed_change_proposal_id", ["proposal_id"])
    with op.batch_alter_table("service_capacity") as batch:
        batch.add_column(sa.Column("audience", sa.String(32), nullable=False, server_default="partners"))
        batch.add_column(sa.Column("told_by", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("via", sa.String(32), nullable=False, server_default="account"))
        batch.alter_column("state", existing_type=sa.String(), type_=sa.String(32), existing_nullable=False)
        batch.create_index("ix_service_capacity_updated_at", ["updated_at"])
    with op.batch_alter_table("service_capacity") as batch:
        for name in ("audience", "told_by", "via"):
            batch.alter_column(name, server_default=None)
    create_history()
    create_what_is_told()


def create_history() -> None:
    op.create_table(
        "field_change",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value_before", sa.String(), nullable=True),
        sa.Column("value_after", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("field_change"),
        sa.PrimaryKeyConstraint("id", name="pk_field_change"),
    )
    op.create_index("ix_field_change_service_id", "field_change", ["service_id"])
    op.create_index("ix_field_change_changed_at", "field_change", ["changed_at"])
    op.create_table(
        "language_to_review",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("language_to_review"),
        sa.PrimaryKeyConstraint("id", name="pk_language_to_review"),
        sa.UniqueConstraint(
            "service_id", "field", "language", name="uq_language_to_review_service_id_field_language"
        ),
    )
    op.create_index("ix_language_to_review_service_id", "language_to_review", ["service_id"])
    op.create_table(
        "listing_draft",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("listing_version", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("listing_draft"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_listing_draft_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_listing_draft"),
        sa.UniqueConstraint("service_id", "user_id", name="uq_listing_draft_service_id_user_id"),
    )
    op.create_index("ix_listing_draft_service_id", "listing_draft", ["service_id"])


def create_what_is_told() -> None:
    op.create_table(
        "temporary_closure",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason_fr", sa.Text(), nullable=True),
        sa.Column("reason_en", sa.Text(), nullable=True),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("temporary_closure"),
        sa.PrimaryKeyConstraint("id", name="pk_temporary_closure"),
    )
    op.create_index("ix_temporary_closure_service_id", "temporary_closure", ["service_id"])
    op.create_table(
        "service_for_workers",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("description_fr", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("lacks", sa.String(), nullable=False),
        sa.Column("lacks_description_fr", sa.Text(), nullable=True),
        sa.Column("lacks_description_en", sa.Text(), nullable=True),
        service("service_for_workers"),
        sa.PrimaryKeyConstraint("service_id", name="pk_service_for_workers"),
    )
    op.create_table(
        "withdrawal",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        service("withdrawal"),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawal"),
    )
    op.create_index("ix_withdrawal_service_id", "withdrawal", ["service_id"])
    op.create_index("ix_withdrawal_done_at", "withdrawal", ["done_at"])


def service(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["service_id"], ["service.id"], name=f"fk_{table}_service_id_service", ondelete="CASCADE"
    )


def downgrade_directory() -> None:
    for table in (
        "withdrawal",
        "service_for_workers",
        "temporary_closure",
        "listing_draft",
        "language_to_review",
        "field_change",
    ):
        op.drop_table(table)
    with op.batch_alter_table("service_capacity") as batch:
        batch.drop_index("ix_service_capacity_updated_at")
        for name in ("audience", "told_by", "via"):
            batch.drop_column(name)
        batch.alter_column("state", existing_type=sa.String(32), type_=sa.String(), existing_nullable=False)
    with op.batch_alter_table("proposed_change") as batch:
        batch.drop_constraint("fk_proposed_change_proposal_id_proposal", type_="foreignkey")
        batch.drop_index("ix_proposed_change_proposal_id")
        for name, _kind in ADDED_TO_CHANGES:
            batch.drop_column(name)
        batch.alter_column("status", existing_type=sa.String(32), type_=sa.String(), existing_nullable=False)
    op.drop_table("proposal")
