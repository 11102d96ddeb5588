"""Keep the vetters' work: who looks at what, calls, duplicates, what moved, who is not to be listed, receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HASH = sa.String(64)
FLAG = (
    ("receipt_hash", HASH, True),
    ("answer", sa.String(32), True),
    ("answer_words", sa.String(), False),
    ("answered_on", sa.Date(), True),
    ("answered_by", sa.String(), True),
)
TABLES = (
    "do_not_list_mark",
    "do_not_list",
    "moved",
    "not_duplicate",
    "verification_detail",
    "proposal_call",
    "queue_claim",
)


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    op.create_table(
        "queue_claim",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queue_claim"),
        sa.UniqueConstraint("kind", "item_id", name="uq_queue_claim_kind_item_id"),
    )
    op.create_table(
        "proposal_call",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("spoken_to", sa.String(32), nullable=True),
        sa.Column("called_by", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_proposal_call_proposal_id_proposal", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_call"),
    )
    op.create_index("ix_proposal_call_proposal_id", "proposal_call", ["proposal_id"])
    op.create_table(
        "verification_detail",
        sa.Column("verification_id", sa.Uuid(), nullable=False),
        sa.Column("spoken_to", sa.String(32), nullable=True),
        sa.Column("criteria", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["verification.id"],
            name="fk_verification_detail_verification_id_verification",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("verification_id", name="pk_verification_detail"),
    )
    op.create_table(
        "not_duplicate",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_not_duplicate"),
        sa.UniqueConstraint("first_id", "second_id", name="uq_not_duplicate_first_id_second_id"),
    )
    op.create_table(
        "moved",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("new_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("old_id", name="pk_moved"),
    )
    op.create_index("ix_moved_new_id", "moved", ["new_id"])
    op.create_table(
        "do_not_list",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("key_check", HASH, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_do_not_list"),
    )
    op.create_table(
        "do_not_list_mark",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("mark", HASH, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["do_not_list.id"],
            name="fk_do_not_list_mark_entry_id_do_not_list",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_do_not_list_mark"),
    )
    op.create_index("ix_do_not_list_mark_entry_id", "do_not_list_mark", ["entry_id"])
    op.create_index("ix_do_not_list_mark_mark", "do_not_list_mark", ["mark"])
    with op.batch_alter_table("listing_flag") as batch:
        for name, kind, nullable in FLAG:
            given = None if nullable else ""
            batch.add_column(sa.Column(name, kind, nullable=nullable, server_default=given))
        batch.create_unique_constraint("uq_listing_flag_receipt_hash", ["receipt_hash"])
    with op.batch_alter_table("listing_flag") as batch:
        batch.alter_column(
            "answer_words", existing_type=sa.String(), existing_nullable=False, server_default=None
        )


def downgrade_directory() -> None:
    with op.batch_alter_table("listing_flag") as batch:
        batch.drop_constraint("uq_listing_flag_receipt_hash", type_="unique")
        for name, _kind, _nullable in FLAG:
            batch.drop_column(name)
    for table in TABLES:
        op.drop_table(table)
