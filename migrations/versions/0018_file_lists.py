"""Sort lists of files and queues from an index alone: a row, with what is sealed, is read only if shown."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = "case_file"
LISTED = {
    "of_organization": ["organization_id", "status", "next_step_on", "urgency", "id"],
    "of_owner": ["owner_id", "status", "next_step_on", "urgency", "organization_id", "id"],
    "of_deputy": ["deputy_id", "status", "next_step_on", "urgency", "organization_id", "id"],
    "newest": ["organization_id", "status", "closed_at", "created_at", "id"],
    "parties": ["id", "organization_id", "status", "owner_id", "deputy_id", "urgency"],
}
BEFORE = (
    ["deputy_id", "status"],
    ["organization_id", "status", "next_step_on"],
    ["owner_id", "status", "next_step_on"],
)
QUEUES = {
    "owned_queue": ["owner_id", "sender_id", "turn", "status", "urgency", "due_at", "case_id", "id"],
    "handled_queue": ["receiver_id", "handler_id", "turn", "status", "urgency", "due_at", "by_call", "id"],
    "sent_due": ["sender_id", "due_at", "status", "urgency", "owner_id", "turn", "id"],
    "received_due": ["receiver_id", "due_at", "status", "urgency", "handler_id", "turn", "by_call", "id"],
}
WAITING = ["receiver_id", "is_elsewhere", "ended_at", "expires_at", "id"]
DUE, DUE_BEFORE = ["status", "due_on", "case_id"], ["status", "due_on"]


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_cases() -> None:
    for columns in BEFORE:
        op.drop_index(f"ix_case_file_{'_'.join(columns)}", TABLE)
    for name, columns in LISTED.items():
        op.create_index(f"ix_case_file_{name}", TABLE, columns)
    exchange("follow_up", DUE_BEFORE, DUE)
    op.add_column(
        "packet", sa.Column("is_elsewhere", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.drop_index("ix_packet_receiver_id", "packet")
    op.create_index("ix_packet_received", "packet", WAITING)
    for name, columns in QUEUES.items():
        op.create_index(f"ix_referral_{name}", "referral", columns)


def downgrade_cases() -> None:
    for name in LISTED:
        op.drop_index(f"ix_case_file_{name}", TABLE)
    for columns in BEFORE:
        op.create_index(f"ix_case_file_{'_'.join(columns)}", TABLE, columns)
    exchange("follow_up", DUE, DUE_BEFORE)
    op.drop_index("ix_packet_received", "packet")
    op.create_index("ix_packet_receiver_id", "packet", ["receiver_id"])
    op.drop_column("packet", "is_elsewhere")
    for name in QUEUES:
        op.drop_index(f"ix_referral_{name}", "referral")


def exchange(table: str, before: list[str], after: list[str]) -> None:
    op.drop_index(f"ix_{table}_{'_'.join(before)}", table)
    op.create_index(f"ix_{table}_{'_'.join(after)}", table, after)
