"""Keep referrals: their moves, messages, calls and links; what was done is not rewritten."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


OF_ERASED = (
    "EXISTS (SELECT 1 FROM referral JOIN case_file ON case_file.id = referral.case_id "
    "WHERE referral.id = OLD.referral_id AND case_file.erased_at IS NOT NULL)"
)
# Table, order, and the rows that may pass: those of a file that was erased.
RULES = (
    ("referral_event", "UPDATE", "FALSE"),
    ("referral_event", "DELETE", OF_ERASED),
    ("referral_message", "UPDATE", "FALSE"),
    ("referral_message", "DELETE", OF_ERASED),
    ("referral_call", "UPDATE", "FALSE"),
    ("referral_call", "DELETE", OF_ERASED),
)
# Those of what was read of a packet, as migration 0014 made them: SQLite makes the table again.
READING = "packet_reading"
READING_RULES = (
    (READING, "UPDATE", "FALSE"),
    (
        READING,
        "DELETE",
        "EXISTS (SELECT 1 FROM packet JOIN case_file ON case_file.id = packet.case_id "
        "WHERE packet.id = OLD.packet_id AND case_file.erased_at IS NOT NULL)",
    ),
)


def upgrade_cases() -> None:
    op.create_table(
        "listing_decline",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("declines", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.CheckConstraint("declines >= 0 AND reviews >= 0", name="ck_listing_decline_is_counted"),
        sa.PrimaryKeyConstraint("service_id", name="pk_listing_decline"),
    )
    op.create_table(
        "on_call_hours",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="ck_on_call_hours_is_weekday"),
        sa.PrimaryKeyConstraint("id", name="pk_on_call_hours"),
        sa.UniqueConstraint(
            "organization_id", "weekday", "opens_at", name="uq_on_call_hours_organization_id_weekday_opens_at"
        ),
    )
    op.create_index("ix_on_call_hours_organization_id", "on_call_hours", ["organization_id"])
    op.create_table(
        "referral",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("by_call", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("turn", sa.String(32), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_accepted", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("public_packet_id", sa.Uuid(), nullable=True),
        sa.Column("private_packet_id", sa.Uuid(), nullable=True),
        sa.Column("receiver_case_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "by_call OR status IN ('draft', 'cancelled', 'entered-in-error') OR public_packet_id IS NOT NULL",
            name="ck_referral_sent_has_packet",
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'cancelled', 'entered-in-error') OR (consent_id IS NOT NULL AND requested_at IS NOT NULL)",
            name="ck_referral_sent_has_consent",
        ),
        sa.CheckConstraint("sender_id <> receiver_id", name="ck_referral_between_two"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_referral_case_id_case_file"),
        sa.ForeignKeyConstraint(
            ["consent_id", "case_id"],
            ["consent.id", "consent.case_id"],
            name="fk_referral_consent_id_case_id_consent",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id", "receiver_id"],
            ["consent.id", "consent.receiver_id"],
            name="fk_referral_consent_id_receiver_id_consent",
        ),
        sa.ForeignKeyConstraint(["previous_id"], ["referral.id"], name="fk_referral_previous_id_referral"),
        sa.ForeignKeyConstraint(
            ["private_packet_id"], ["packet.id"], name="fk_referral_private_packet_id_packet"
        ),
        sa.ForeignKeyConstraint(
            ["public_packet_id"], ["packet.id"], name="fk_referral_public_packet_id_packet"
        ),
        sa.ForeignKeyConstraint(
            ["receiver_case_id"], ["case_file.id"], name="fk_referral_receiver_case_id_case_file"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
    )
    op.create_index("ix_referral_case_id", "referral", ["case_id"])
    op.create_index("ix_referral_due_at", "referral", ["due_at"])
    op.create_index("ix_referral_group_id", "referral", ["group_id"])
    op.create_index("ix_referral_previous_id", "referral", ["previous_id"])
    op.create_index("ix_referral_private_packet_id", "referral", ["private_packet_id"])
    op.create_index("ix_referral_public_packet_id", "referral", ["public_packet_id"])
    op.create_index(
        "ix_referral_received_queue",
        "referral",
        ["receiver_id", "turn", "status", "urgency", "due_at", "handler_id", "by_call", "id"],
    )
    op.create_index(
        "ix_referral_sent_queue",
        "referral",
        ["sender_id", "turn", "status", "urgency", "due_at", "owner_id", "case_id", "id"],
    )
    op.create_table(
        "referral_call",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_by", sa.Uuid(), nullable=False),
        sa.Column("answered", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_referral_call_referral_id_referral"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral_call"),
    )
    op.create_index("ix_referral_call_referral_id", "referral_call", ["referral_id"])
    op.create_table(
        "referral_event",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("from_status", sa.String(32), nullable=False),
        sa.Column("to_status", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_referral_event_referral_id_referral"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral_event"),
    )
    op.create_index("ix_referral_event_referral_id", "referral_event", ["referral_id"])
    op.create_table(
        "referral_link",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_referral_link_referral_id_referral"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral_link"),
        sa.UniqueConstraint("token_hash", name="uq_referral_link_token_hash"),
    )
    op.create_index("ix_referral_link_referral_id", "referral_link", ["referral_id"])
    op.create_table(
        "referral_message",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_referral_message_referral_id_referral"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral_message"),
    )
    op.create_index("ix_referral_message_referral_id", "referral_message", ["referral_id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, order, allowed in RULES:
        (guard_in_sqlite if is_sqlite else guard_in_postgresql)(table, order, allowed)
    let_readings_be_by_link(is_so=True)


def let_readings_be_by_link(*, is_so: bool) -> None:
    """Whoever answers by a link has no account to name."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, order, _allowed in READING_RULES:
        name = f"{table}_refuses_{order.lower()}"
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    if not is_so:
        op.execute("DELETE FROM packet_reading WHERE read_by IS NULL")
    with op.batch_alter_table(READING) as batch:
        batch.alter_column("read_by", existing_type=sa.Uuid(), nullable=is_so)
    for table, order, allowed in READING_RULES:
        if is_sqlite:
            guard_in_sqlite(table, order, allowed)
        else:
            op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_refuses_{order.lower()}")


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
    for table in (
        "referral_message",
        "referral_link",
        "referral_event",
        "referral_call",
        "referral",
        "on_call_hours",
        "listing_decline",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table, order, _ in RULES:
            op.execute(f"DROP FUNCTION {table}_refuses_{order.lower()}()")
    let_readings_be_by_link(is_so=False)
