"""Make docs/data-of-case-files.md from the tables themselves and from both modules ``inventory``.

``--check`` only says whether it is out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import sqlalchemy as sa

import referral.audit.models
import referral.intake.agreement_models
import referral.intake.models
import referral.keyring.models
import referral.mail.models
import referral.referrals.count_models
import referral.referrals.decline_models
import referral.referrals.models
import referral.referrals.release_models  # noqa: F401
from referral.intake.inventory import CASES as FILES
from referral.intake.inventory import KEYS, About, describe
from referral.referrals.inventory import CASES as REFERRALS
from referral.shared.database import CasesBase, KeysBase

CASES: Mapping[str, About] = {**FILES, **REFERRALS}
PAGE = Path(__file__).resolve().parent.parent / "docs/data-of-case-files.md"
HEAD = "| Column | | What it says |\n|---|---|---|\n"
INTRODUCTION = """# Data of case files

Every table and column of the two databases of case files, made from the code by `python -m tools.data_table`.
A test fails when this page is out of date, or a column is not described. For assessments of privacy:
[privacy-assessment.md](privacy-assessment.md).

What is *sealed* only the key of that very thing opens; what is *wrapped* is a key that another key opens. The
rest is in clear. Whoever had the database of case files alone would see that a file exists, who keeps it, how
urgent it is, on which days something is due, of which organization and which of its services something was
asked, and where that stands. Never who she is, how to reach her, what she said of her needs, how she
consented or what was written; which service was asked can tell of what she needs. The directory's own
database holds nothing of anybody who is helped.
"""


def list_gaps(base: type[CasesBase | KeysBase], abouts: Mapping[str, About]) -> list[str]:
    """Return the columns and tables that nobody described, and the descriptions of what is gone."""
    tables = base.metadata.tables
    there = {f"{name}.{column.name}" for name, table in tables.items() for column in table.columns}
    told = {f"{name}.{column}" for name, about in abouts.items() for column in about.columns}
    untold = {
        each
        for each in there
        if (about := abouts.get(each.partition(".")[0])) is None
        or describe(about, each.partition(".")[2]) is None
    }
    gone = {f"{name}.*" for name in abouts.keys() - tables.keys()} | told_in_vain(told - there)
    return sorted(untold | gone)


def told_in_vain(names: set[str]) -> set[str]:
    """Return descriptions without a column, but for those that the three tables of the audit share."""
    return {name for name in names if not name.startswith("audit_")}


def how(column: sa.Column[object]) -> str:
    """Say whether a column can be read by whoever has the database."""
    if column.name == "sealed" or column.name.endswith("_sealed"):
        return "**sealed**"
    return "wrapped" if column.name == "wrapped" else "clear"


def write_base(base: type[CasesBase | KeysBase], abouts: Mapping[str, About]) -> Iterator[str]:
    """Yield the lines of one database, a table a section."""
    for name, about in abouts.items():
        yield f"\n### {name}\n\nHolds {about.holds}. Why: {about.why}. "
        yield f"Who reads it: {about.readers}. Kept {about.kept}.\n\n{HEAD}"
        for column in sorted(base.metadata.tables[name].columns, key=lambda each: each.name != "id"):
            yield f"| `{column.name}` | {how(column)} | {describe(about, column.name) or ''} |\n"


def as_markdown() -> str:
    """Return the whole page."""
    return "".join(
        (
            INTRODUCTION,
            "\n## Case files\n",
            *write_base(CasesBase, CASES),
            "\n## Keys\n",
            *write_base(KeysBase, KEYS),
        )
    )


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is what the code says."""
    gaps = [*list_gaps(CasesBase, CASES), *list_gaps(KeysBase, KEYS)]
    for gap in gaps:
        print(f"not described, or gone: {gap}")
    if gaps:
        return 1
    page = as_markdown()
    if "--check" in arguments:
        return int(page != PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
