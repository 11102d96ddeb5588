"""Keep who looked at what in a chain of rows that can be added to and, month by month, let go."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Table, order, and the rows that may pass: an event of a month that was let go; letting a month go, once.
RULES = (
    ("audit_event", "UPDATE", "FALSE"),
    (
        "audit_event",
        "DELETE",
        "EXISTS (SELECT 1 FROM audit_segment WHERE audit_segment.segment = OLD.segment "
        "AND audit_segment.expired_at IS NOT NULL)",
    ),
    ("audit_segment", "UPDATE", "OLD.expired_at IS NULL AND NEW.expired_at IS NOT NULL"),
    ("audit_segment", "DELETE", "FALSE"),
    ("audit_head", "DELETE", "FALSE"),
)


def upgrade_directory() -> None:
    op.create_table(
        "audit_event",
        sa.Column("number", COUNT, autoincrement=False, nullable=False),
        sa.Column("segment", sa.String(7), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("target_type", sa.String(64), nullable=False),
        sa.Column("target_id", sa.String(64), nullable=True),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("acting_for", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_segment", "audit_event", ["segment"])
    op.create_index("ix_audit_event_organization_id_number", "audit_event", ["organization_id", "number"])
    op.create_index("ix_audit_event_acting_for_number", "audit_event", ["acting_for", "number"])
    op.create_index("ix_audit_event_user_id_number", "audit_event", ["user_id", "number"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", COUNT, nullable=False),
        sa.Column("segment", sa.String(7), nullable=False),
        sa.Column("first_number", COUNT, nullable=False),
        sa.Column("first_previous", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "audit_segment",
        sa.Column("segment", sa.String(7), nullable=False),
        sa.Column("first_number", COUNT, nullable=False),
        sa.Column("last_number", COUNT, nullable=False),
        sa.Column("first_previous", sa.String(64), nullable=False),
        sa.Column("last_mac", sa.String(64), nullable=False),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("segment", name="pk_audit_segment"),
    )
    for table, order, allowed in RULES:
        if op.get_bind().dialect.name == "sqlite":
            guard_in_sqlite(table, order, allowed)
        else:
            guard_in_postgresql(table, order, allowed)


def guard_in_sqlite(table: str, order: str, allowed: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{order.lower()} BEFORE {order} ON {table} WHEN NOT ({allowed}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def guard_in_postgresql(table: str, order: str, allowed: str) -> None:
    name = f"{table}_refuses_{order.lower()}"
    passing = "OLD" if order == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {allowed} THEN RETURN {passing}; END IF; "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {order} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if order == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade_directory() -> None:
    for table in ("audit_segment", "audit_head", "audit_event"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table, order, _ in RULES:
            op.execute(f"DROP FUNCTION {table}_refuses_{order.lower()}()")
