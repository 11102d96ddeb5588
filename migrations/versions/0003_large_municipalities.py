"""Name the municipalities that can be shown for a confidential place."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade(database: str) -> None:
    globals().get(f"upgrade_{database}", bool)()


def downgrade(database: str) -> None:
    globals().get(f"downgrade_{database}", bool)()


TABLE = sa.table(
    "large_municipality",
    sa.column("name", sa.String),
    sa.column("region_code", sa.String),
    sa.column("population", sa.Integer),
)
ROWS = (
    ("Blainville", "15", 59819),
    ("Brossard", "16", 69575),
    ("Drummondville", "17", 59489),
    ("Gatineau", "07", 300045),
    ("Granby", "05", 66222),
    ("Laval", "13", 438366),
    ("Longueuil", "16", 229330),
    ("Lévis", "12", 143414),
    ("Mirabel", "15", 61108),
    ("Montréal", "06", 1762949),
    ("Québec", "03", 531902),
    ("Repentigny", "14", 84965),
    ("Saguenay", "02", 148886),
    ("Saint-Hyacinthe", "16", 50326),
    ("Saint-Jean-sur-Richelieu", "16", 98036),
    ("Saint-Jérôme", "15", 54948),
    ("Sherbrooke", "05", 129447),
    ("Terrebonne", "14", 111575),
    ("Trois-Rivières", "04", 144472),
)


def upgrade_directory() -> None:
    op.bulk_insert(
        TABLE, [dict(zip(("name", "region_code", "population"), row, strict=True)) for row in ROWS]
    )


def downgrade_directory() -> None:
    op.execute("UPDATE location SET public_municipality = NULL")
    op.execute("DELETE FROM large_municipality")
