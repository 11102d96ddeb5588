"""Make the tables of the directory."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


def upgrade_directory() -> None:
    op.create_table(
        "large_municipality",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(length=2), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.CheckConstraint("population >= 50000", name=op.f("ck_large_municipality_large")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_large_municipality")),
    )
    op.create_table(
        "organization",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("website_scope", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("slug", name=op.f("uq_organization_slug")),
    )
    op.create_index(op.f("ix_organization_revision"), "organization", ["revision"], unique=False)
    op.create_table(
        "revision",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revision")),
    )
    op.create_table(
        "taxonomy_term",
        sa.Column("taxonomy", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_term")),
        sa.UniqueConstraint("taxonomy", "code", name=op.f("uq_taxonomy_term_taxonomy_code")),
    )
    op.create_table(
        "location",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "location_type",
            sa.Enum("physical", "virtual", name="locationtype", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("confidential", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("disclosure_agreed_on", sa.Date(), nullable=True),
        sa.Column("public_municipality", sa.String(), nullable=True),
        sa.Column("region_code", sa.String(length=2), nullable=True),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.Column("address_1", sa.String(), nullable=True),
        sa.Column("postal_code", sa.String(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_location_point_is_whole")
        ),
        sa.CheckConstraint(
            "NOT confidential OR (address_1 IS NULL AND postal_code IS NULL AND municipality IS NULL AND latitude IS NULL AND longitude IS NULL)",
            name=op.f("ck_location_confidential_is_nowhere"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_location_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["public_municipality"],
            ["large_municipality.name"],
            name=op.f("fk_location_public_municipality_large_municipality"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
    )
    op.create_index(op.f("ix_location_organization_id"), "location", ["organization_id"], unique=False)
    op.create_table(
        "service",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "inactive",
                "defunct",
                "temporarily closed",
                name="servicestatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "trust",
            sa.Enum(
                "candidate",
                "sourced",
                "contacted",
                "verified",
                "vetted",
                "suspended",
                "retired",
                name="trust",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name_fr", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("description_fr", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("always_open", sa.Boolean(), nullable=True),
        sa.Column("hours_fr", sa.Text(), nullable=True),
        sa.Column("hours_en", sa.Text(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("website_scope", sa.String(), nullable=True),
        sa.Column("last_seen", sa.String(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("fallback_organization_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minimum_age <= maximum_age", name=op.f("ck_service_ages_in_order")),
        sa.CheckConstraint("name_fr IS NOT NULL OR name_en IS NOT NULL", name=op.f("ck_service_named")),
        sa.ForeignKeyConstraint(
            ["fallback_organization_id"],
            ["organization.id"],
            name=op.f("fk_service_fallback_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_service_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_slug")),
    )
    op.create_index(op.f("ix_service_organization_id"), "service", ["organization_id"], unique=False)
    op.create_index(op.f("ix_service_revision"), "service", ["revision"], unique=False)
    op.create_index(op.f("ix_service_trust"), "service", ["trust"], unique=False)
    op.create_table(
        "accessibility",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("yes", "no", "unknown", name="answer", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_accessibility_location_id_location"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessibility")),
    )
    op.create_index(op.f("ix_accessibility_location_id"), "accessibility", ["location_id"], unique=False)
    op.create_table(
        "attribute",
        sa.Column("taxonomy_term_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_attribute_service_id_service"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["taxonomy_term_id"],
            ["taxonomy_term.id"],
            name=op.f("fk_attribute_taxonomy_term_id_taxonomy_term"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute")),
        sa.UniqueConstraint(
            "service_id", "taxonomy_term_id", name=op.f("uq_attribute_service_id_taxonomy_term_id")
        ),
    )
    op.create_index(op.f("ix_attribute_service_id"), "attribute", ["service_id"], unique=False)
    op.create_table(
        "cost_option",
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("amount_description_fr", sa.Text(), nullable=True),
        sa.Column("amount_description_en", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_cost_option_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_option")),
    )
    op.create_index(op.f("ix_cost_option_service_id"), "cost_option", ["service_id"], unique=False)
    op.create_table(
        "eligibility",
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("yes", "no", "unknown", name="answer", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_eligibility_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility")),
        sa.UniqueConstraint("service_id", "criterion", name=op.f("uq_eligibility_service_id_criterion")),
    )
    op.create_index(op.f("ix_eligibility_service_id"), "eligibility", ["service_id"], unique=False)
    op.create_table(
        "fact_source",
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column(
            "confidence",
            sa.Enum("high", "medium", "low", "unverified", name="confidence", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_fact_source_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_source")),
    )
    op.create_index(op.f("ix_fact_source_service_id"), "fact_source", ["service_id"], unique=False)
    op.create_table(
        "language",
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("spoken", "interpreter", "written", name="languagemode", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_language_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language")),
        sa.UniqueConstraint("service_id", "code", "mode", name=op.f("uq_language_service_id_code_mode")),
    )
    op.create_index(op.f("ix_language_service_id"), "language", ["service_id"], unique=False)
    op.create_table(
        "phone",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column(
            "type",
            sa.Enum("voice", "text", "textphone", name="phonetype", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("toll_free", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description_fr", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_phone_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
    )
    op.create_index(op.f("ix_phone_service_id"), "phone", ["service_id"], unique=False)
    op.create_table(
        "proposed_change",
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value_before", sa.String(), nullable=True),
        sa.Column("value_after", sa.String(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_proposed_change_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_change")),
    )
    op.create_index(op.f("ix_proposed_change_service_id"), "proposed_change", ["service_id"], unique=False)
    op.create_table(
        "required_document",
        sa.Column("document_fr", sa.Text(), nullable=True),
        sa.Column("document_en", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_required_document_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_document")),
    )
    op.create_index(
        op.f("ix_required_document_service_id"), "required_document", ["service_id"], unique=False
    )
    op.create_table(
        "schedule",
        sa.Column("byday", sa.String(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_schedule_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_service_id"), "schedule", ["service_id"], unique=False)
    op.create_table(
        "service_area",
        sa.Column("region_code", sa.String(length=2), nullable=True),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.Column("name_fr", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_area_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_area")),
    )
    op.create_index(op.f("ix_service_area_service_id"), "service_area", ["service_id"], unique=False)
    op.create_table(
        "service_at_location",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_service_at_location_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_at_location_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_at_location")),
        sa.UniqueConstraint(
            "service_id", "location_id", name=op.f("uq_service_at_location_service_id_location_id")
        ),
    )
    op.create_index(
        op.f("ix_service_at_location_location_id"), "service_at_location", ["location_id"], unique=False
    )
    op.create_table(
        "service_capacity",
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_capacity_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_capacity")),
    )
    op.create_index(op.f("ix_service_capacity_service_id"), "service_capacity", ["service_id"], unique=False)
    op.create_table(
        "verification",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "import", "phone", "email", "visit", "document", name="method", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "from_trust",
            sa.Enum(
                "candidate",
                "sourced",
                "contacted",
                "verified",
                "vetted",
                "suspended",
                "retired",
                name="trust",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_trust",
            sa.Enum(
                "candidate",
                "sourced",
                "contacted",
                "verified",
                "vetted",
                "suspended",
                "retired",
                name="trust",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_verification_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(op.f("ix_verification_service_id"), "verification", ["service_id"], unique=False)


def downgrade_directory() -> None:
    op.drop_index(op.f("ix_verification_service_id"), table_name="verification")
    op.drop_table("verification")
    op.drop_index(op.f("ix_service_capacity_service_id"), table_name="service_capacity")
    op.drop_table("service_capacity")
    op.drop_index(op.f("ix_service_at_location_location_id"), table_name="service_at_location")
    op.drop_table("service_at_location")
    op.drop_index(op.f("ix_service_area_service_id"), table_name="service_area")
    op.drop_table("service_area")
    op.drop_index(op.f("ix_schedule_service_id"), table_name="schedule")
    op.drop_table("schedule")
    op.drop_index(op.f("ix_required_document_service_id"), table_name="required_document")
    op.drop_table("required_document")
    op.drop_index(op.f("ix_proposed_change_service_id"), table_name="proposed_change")
    op.drop_table("proposed_change")
    op.drop_index(op.f("ix_phone_service_id"), table_name="phone")
    op.drop_table("phone")
    op.drop_index(op.f("ix_language_service_id"), table_name="language")
    op.drop_table("language")
    op.drop_index(op.f("ix_fact_source_service_id"), table_name="fact_source")
    op.drop_table("fact_source")
    op.drop_index(op.f("ix_eligibility_service_id"), table_name="eligibility")
    op.drop_table("eligibility")
    op.drop_index(op.f("ix_cost_option_service_id"), table_name="cost_option")
    op.drop_table("cost_option")
    op.drop_index(op.f("ix_attribute_service_id"), table_name="attribute")
    op.drop_table("attribute")
    op.drop_index(op.f("ix_accessibility_location_id"), table_name="accessibility")
    op.drop_table("accessibility")
    op.drop_index(op.f("ix_service_trust"), table_name="service")
    op.drop_index(op.f("ix_service_revision"), table_name="service")
    op.drop_index(op.f("ix_service_organization_id"), table_name="service")
    op.drop_table("service")
    op.drop_index(op.f("ix_location_organization_id"), table_name="location")
    op.drop_table("location")
    op.drop_table("taxonomy_term")
    op.drop_table("revision")
    op.drop_index(op.f("ix_organization_revision"), table_name="organization")
    op.drop_table("organization")
    op.drop_table("large_municipality")
