"""Keep case files and their keys, each in a database of its own; what was done is not rewritten."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ERASED = "EXISTS (SELECT 1 FROM case_file WHERE case_file.id = {} AND case_file.erased_at IS NOT NULL)"
OF_ERASED = "EXISTS (SELECT 1 FROM {0} JOIN case_file ON case_file.id = {0}.case_id WHERE {0}.id = OLD.{0}_id AND case_file.erased_at IS NOT NULL)"
CERTIFIED = "EXISTS (SELECT 1 FROM certificate WHERE certificate.subject_id = OLD.id)"
SAME = " AND ".join(
    f"NEW.{name} = OLD.{name}"
    for name in (
        "id",
        "case_id",
        "reading_id",
        "receiver_id",
        "days",
        "given_at",
        "expires_at",
        "notice_version",
        "taken_by",
        "sealed",
    )
)
# Never NULL, which SQLite takes for leave.
WITHDRAWN_ONCE = (
    "(OLD.withdrawn_at IS NULL OR (NEW.withdrawn_at IS NOT NULL AND NEW.withdrawn_at = OLD.withdrawn_at))"
)

# Table, order, and the rows that may pass.
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
    ("case_file", "DELETE", "FALSE"),
    ("case_event", "UPDATE", "FALSE"),
    ("case_event", "DELETE", ERASED.format("OLD.case_id")),
    ("consent", "UPDATE", f"{SAME} AND {WITHDRAWN_ONCE}"),
    ("consent", "DELETE", ERASED.format("OLD.case_id")),
    ("consent_item", "UPDATE", "FALSE"),
    ("consent_item", "DELETE", OF_ERASED.format("consent")),
    ("packet_item", "UPDATE", "FALSE"),
    (
        "packet_item",
        "DELETE",
        "EXISTS (SELECT 1 FROM packet WHERE packet.id = OLD.packet_id AND packet.ended_at IS NOT NULL)",
    ),
    ("packet_reading", "UPDATE", "FALSE"),
    ("packet_reading", "DELETE", OF_ERASED.format("packet")),
    ("disclosure", "UPDATE", "FALSE"),
    ("disclosure", "DELETE", CERTIFIED),
    ("incident", "DELETE", CERTIFIED),
    (
        "certificate",
        "UPDATE",
        "OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL AND NEW.subject_id = OLD.subject_id "
        "AND NEW.id = OLD.id AND NEW.organization_id = OLD.organization_id AND NEW.kind = OLD.kind "
        "AND NEW.reason = OLD.reason AND NEW.requested_at = OLD.requested_at",
    ),
    ("certificate", "DELETE", "FALSE"),
)


def upgrade_cases() -> None:
    op.create_table(
        "audit_event",
        sa.Column("number", COUNT, autoincrement=False, nullable=False),
        sa.Column("segment", sa.String(length=7), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("target_type", sa.String(length=64), nullable=False),
        sa.Column("target_id", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("acting_for", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_acting_for_number", "audit_event", ["acting_for", "number"])
    op.create_index("ix_audit_event_organization_id_number", "audit_event", ["organization_id", "number"])
    op.create_index("ix_audit_event_segment", "audit_event", ["segment"])
    op.create_index("ix_audit_event_target_id_number", "audit_event", ["target_id", "number"])
    op.create_index("ix_audit_event_user_id_number", "audit_event", ["user_id", "number"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", COUNT, nullable=False),
        sa.Column("segment", sa.String(length=7), nullable=False),
        sa.Column("first_number", COUNT, nullable=False),
        sa.Column("first_previous", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "audit_segment",
        sa.Column("segment", sa.String(length=7), nullable=False),
        sa.Column("first_number", COUNT, nullable=False),
        sa.Column("last_number", COUNT, nullable=False),
        sa.Column("first_previous", sa.String(length=64), nullable=False),
        sa.Column("last_mac", sa.String(length=64), nullable=False),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("segment", name="pk_audit_segment"),
    )
    op.create_table(
        "case_file",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("urgency", sa.String(32), nullable=True),
        sa.Column("next_step_on", sa.Date(), nullable=True),
        sa.Column("next_step_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("returns_to_id", sa.Uuid(), nullable=True),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closure_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status <> 'open' OR (deputy_id IS NOT NULL AND next_step_on IS NOT NULL AND opened_at IS NOT NULL)",
            name="ck_case_file_open_has_deputy_and_next_step",
        ),
        sa.CheckConstraint(
            "(returns_to_id IS NULL) = (returns_on IS NULL)", name="ck_case_file_return_is_whole"
        ),
        sa.CheckConstraint(
            "deputy_id IS NULL OR deputy_id <> owner_id", name="ck_case_file_deputy_is_another"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
        sa.UniqueConstraint("code", name="uq_case_file_code"),
    )
    op.create_index("ix_case_file_deputy_id_status", "case_file", ["deputy_id", "status"])
    op.create_index("ix_case_file_keep_until", "case_file", ["keep_until"])
    op.create_index(
        "ix_case_file_organization_id_status_next_step_on",
        "case_file",
        ["organization_id", "status", "next_step_on"],
    )
    op.create_index(
        "ix_case_file_owner_id_status_next_step_on", "case_file", ["owner_id", "status", "next_step_on"]
    )
    op.create_index("ix_case_file_returns_on", "case_file", ["returns_on"])
    op.create_table(
        "certificate",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_certificate"),
    )
    op.create_index("ix_certificate_organization_id", "certificate", ["organization_id"])
    op.create_index("ix_certificate_subject_id", "certificate", ["subject_id"])
    op.create_table(
        "incident",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("is_serious", sa.Boolean(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_keep_until", "incident", ["keep_until"])
    op.create_index("ix_incident_organization_id", "incident", ["organization_id"])
    op.create_table(
        "organization_rules",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("case_months", sa.Integer(), nullable=False),
        sa.Column("keeps_legal_names", sa.Boolean(), nullable=False),
        sa.Column("privacy_contact", sa.String(length=200), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("case_months BETWEEN 1 AND 120", name="ck_organization_rules_months_are_few"),
        sa.PrimaryKeyConstraint("organization_id", name="pk_organization_rules"),
    )
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])
    op.create_table(
        "answer",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_answer_case_id_case_file"),
        sa.PrimaryKeyConstraint("case_id", "name", name="pk_answer"),
    )
    op.create_table(
        "case_event",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_event_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_case_event"),
    )
    op.create_index("ix_case_event_case_id", "case_event", ["case_id"])
    op.create_table(
        "consent",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_version", sa.String(length=16), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 90", name="ck_consent_is_short"),
        sa.CheckConstraint("expires_at > given_at", name="ck_consent_ends_after_it_began"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_consent_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.UniqueConstraint("id", "case_id", name="uq_consent_id_case_id"),
        sa.UniqueConstraint("id", "receiver_id", name="uq_consent_id_receiver_id"),
    )
    op.create_index("ix_consent_case_id", "consent", ["case_id"])
    op.create_index("ix_consent_expires_at", "consent", ["expires_at"])
    op.create_index("ix_consent_reading_id", "consent", ["reading_id"])
    op.create_table(
        "disclosure",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_disclosure_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_disclosure"),
    )
    op.create_index("ix_disclosure_case_id", "disclosure", ["case_id"])
    op.create_index("ix_disclosure_organization_id", "disclosure", ["organization_id"])
    op.create_table(
        "follow_up",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_follow_up_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up"),
        sa.UniqueConstraint("case_id", "kind", name="uq_follow_up_case_id_kind"),
    )
    op.create_index("ix_follow_up_case_id_status_due_on", "follow_up", ["case_id", "status", "due_on"])
    op.create_index("ix_follow_up_status_due_on", "follow_up", ["status", "due_on"])
    op.create_table(
        "rights_request",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_rights_request_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_rights_request"),
    )
    op.create_index("ix_rights_request_case_id", "rights_request", ["case_id"])
    op.create_index("ix_rights_request_organization_id", "rights_request", ["organization_id"])
    op.create_table(
        "vault_entry",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_vault_entry_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_vault_entry"),
        sa.UniqueConstraint("case_id", name="uq_vault_entry_case_id"),
    )
    op.create_table(
        "consent_item",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name="fk_consent_item_consent_id_consent"),
        sa.PrimaryKeyConstraint("consent_id", "item", name="pk_consent_item"),
    )
    op.create_table(
        "packet",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.String(32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="ck_packet_end_is_whole"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_packet_case_id_case_file"),
        sa.ForeignKeyConstraint(
            ["consent_id", "case_id"],
            ["consent.id", "consent.case_id"],
            name="fk_packet_consent_id_case_id_consent",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id", "receiver_id"],
            ["consent.id", "consent.receiver_id"],
            name="fk_packet_consent_id_receiver_id_consent",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_packet"),
        sa.UniqueConstraint("id", "consent_id", name="uq_packet_id_consent_id"),
    )
    op.create_index("ix_packet_case_id", "packet", ["case_id"])
    op.create_index("ix_packet_expires_at", "packet", ["expires_at"])
    op.create_index("ix_packet_receiver_id", "packet", ["receiver_id"])
    op.create_table(
        "packet_item",
        sa.Column("packet_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id", "item"],
            ["consent_item.consent_id", "consent_item.item"],
            name="fk_packet_item_consent_id_item_consent_item",
        ),
        sa.ForeignKeyConstraint(
            ["packet_id", "consent_id"],
            ["packet.id", "packet.consent_id"],
            name="fk_packet_item_packet_id_consent_id_packet",
        ),
        sa.PrimaryKeyConstraint("packet_id", "item", name="pk_packet_item"),
    )
    op.create_table(
        "packet_reading",
        sa.Column("packet_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name="fk_packet_reading_packet_id_packet"),
        sa.PrimaryKeyConstraint("id", name="pk_packet_reading"),
    )
    op.create_index("ix_packet_reading_packet_id", "packet_reading", ["packet_id"])
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
    for table in (
        "packet_reading",
        "packet_item",
        "packet",
        "consent_item",
        "vault_entry",
        "rights_request",
        "follow_up",
        "disclosure",
        "consent",
        "case_event",
        "answer",
        "outbox",
        "organization_rules",
        "incident",
        "certificate",
        "case_file",
        "audit_segment",
        "audit_head",
        "audit_event",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table, order, _ in RULES:
            op.execute(f"DROP FUNCTION {table}_refuses_{order.lower()}()")


def upgrade_keys() -> None:
    op.create_table(
        "master_key",
        sa.Column("fingerprint", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_master_key"),
    )
    op.create_table(
        "organization_key",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("master", sa.String(length=8), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["master"], ["master_key.fingerprint"], name="fk_organization_key_master_master_key"
        ),
        sa.PrimaryKeyConstraint("organization_id", name="pk_organization_key"),
    )
    op.create_index("ix_organization_key_master", "organization_key", ["master"])
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization_key.organization_id"],
            name="fk_data_key_organization_id_organization_key",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_data_key"),
    )
    op.create_index("ix_data_key_organization_id", "data_key", ["organization_id"])


def downgrade_keys() -> None:
    for table in ("data_key", "organization_key", "master_key"):
        op.drop_table(table)
