"""Sort lists of files and queues from an index alone: a row, with what is sealed, is read only if shown."""

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
WAITING, WAITING_BEFORE = ["receiver_id", "ended_at", "expires_at", "id"], ["receiver_id"]
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
    exchange("packet", WAITING_BEFORE, WAITING)
    for name, columns in QUEUES.items():
        op.create_index(f"ix_referral_{name}", "referral", columns)


def downgrade_cases() -> None:
    for name in LISTED:
        op.drop_index(f"ix_case_file_{name}", TABLE)
    for columns in BEFORE:
        op.create_index(f"ix_case_file_{'_'.join(columns)}", TABLE, columns)
    exchange("follow_up", DUE, DUE_BEFORE)
    exchange("packet", WAITING, WAITING_BEFORE)
    for name in QUEUES:
        op.drop_index(f"ix_referral_{name}", "referral")


def exchange(table: str, before: list[str], after: list[str]) -> None:
    op.drop_index(f"ix_{table}_{'_'.join(before)}", table)
    op.create_index(f"ix_{table}_{'_'.join(after)}", table, after)
