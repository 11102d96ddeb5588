"""Let no one rewrite who took which step, nor when the directory changed."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


TABLES = ("verification", "revision")
ORDERS = ("UPDATE", "DELETE")


def upgrade_directory() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for order in ORDERS:
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{order.lower()} BEFORE {order} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade_directory() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for order in ORDERS:
                op.execute(f"DROP TRIGGER {table}_refuses_{order.lower()}")
        return
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_is_append_only ON {table}")
    op.execute("DROP FUNCTION refuse_rewriting()")
