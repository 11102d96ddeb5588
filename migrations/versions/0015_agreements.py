"""Keep what two organizations agree on before anything is sent; what was signed is not rewritten."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


STANDS = sa.text("ended_at IS NULL")
SAME = " AND ".join(
    f"NEW.{name} = OLD.{name}"
    for name in ("id", "first_id", "second_id", "text_version", "proposed_at", "proposed_for")
)

# Table, order, and the rows that may pass.
RULES = (
    ("agreement", "UPDATE", f"{SAME} AND OLD.ended_at IS NULL"),
    ("agreement", "DELETE", "FALSE"),
    ("agreement_aggregate", "UPDATE", "FALSE"),
    ("agreement_aggregate", "DELETE", "FALSE"),
    ("agreement_signature", "UPDATE", "FALSE"),
    ("agreement_signature", "DELETE", "FALSE"),
)


def upgrade_cases() -> None:
    op.create_table(
        "agreement",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("text_version", sa.String(length=16), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_for", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_for", sa.Uuid(), nullable=True),
        sa.Column("ended_name", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name="ck_agreement_pair_is_in_order"),
        sa.CheckConstraint("proposed_for IN (first_id, second_id)", name="ck_agreement_a_party_proposed"),
        sa.CheckConstraint(
            "ended_for IS NULL OR ended_for IN (first_id, second_id)", name="ck_agreement_a_party_ended"
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_for IS NULL) "
            "AND (ended_at IS NULL) = (ended_name IS NULL)",
            name="ck_agreement_end_is_whole",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
    )
    op.create_index("ix_agreement_second_id", "agreement", ["second_id"])
    op.create_index(
        "ix_agreement_first_id_second_id",
        "agreement",
        ["first_id", "second_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_table(
        "agreement_aggregate",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="fk_agreement_aggregate_agreement_id_agreement"
        ),
        sa.PrimaryKeyConstraint("agreement_id", "aggregate", name="pk_agreement_aggregate"),
    )
    op.create_table(
        "agreement_signature",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("approver", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="fk_agreement_signature_agreement_id_agreement"
        ),
        sa.PrimaryKeyConstraint("agreement_id", "organization_id", name="pk_agreement_signature"),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, order, allowed in RULES:
        (guard_in_sqlite if is_sqlite else guard_in_postgresql)(table, order, allowed)


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
        f"IF TG_OP <> 'TRUNCATE' THEN IF {allowed} THEN RETURN {passing}; END IF; END IF; "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {order} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if order == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def downgrade_cases() -> None:
    for table in ("agreement_signature", "agreement_aggregate", "agreement"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table, order, _ in RULES:
            op.execute(f"DROP FUNCTION {table}_refuses_{order.lower()}()")
