from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from referral.intake.inventory import KEYS
from referral.shared.database import CasesBase, KeysBase
from tools.data_table import CASES, PAGE, as_markdown, list_gaps, write_base

BASES = ((CasesBase, CASES), (KeysBase, KEYS))


def test_the_page_of_data_is_what_the_models_say():
    assert PAGE.read_text(encoding="utf-8") == as_markdown()


@pytest.mark.parametrize(("base", "abouts"), BASES, ids=["cases", "keys"])
def test_every_table_and_column_is_described_and_nothing_that_is_gone(base, abouts):
    assert list_gaps(base, abouts) == []


def test_a_new_column_or_table_without_a_description_is_told():
    class Base(sa.orm.DeclarativeBase):
        pass

    sa.Table("answer", Base.metadata, sa.Column("sealed", sa.LargeBinary), sa.Column("new", sa.Text))
    sa.Table("other", Base.metadata, sa.Column("id", sa.Integer))

    assert list_gaps(Base, {"answer": replace(CASES["answer"], columns={})}) == ["answer.new", "other.id"]


def test_a_description_of_what_is_gone_is_told():
    class Base(sa.orm.DeclarativeBase):
        pass

    sa.Table("answer", Base.metadata, sa.Column("sealed", sa.LargeBinary))

    assert list_gaps(Base, {"answer": CASES["answer"], "old": CASES["answer"]}) == [
        "answer.name",
        "old.*",
        "old.name",
    ]


def test_what_is_sealed_is_told_from_what_is_clear():
    lines = "".join(write_base(CasesBase, {"case_file": CASES["case_file"]}))

    assert "| `next_step_sealed` | **sealed** |" in lines
    assert "| `next_step_on` | clear |" in lines


@pytest.mark.parametrize(("base", "_abouts"), BASES, ids=["cases", "keys"])
def test_bytes_are_sealed_wrapped_or_a_salt(base, _abouts):
    names = {
        column.name
        for table in base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }

    assert names <= {"sealed", "next_step_sealed", "closure_sealed", "wrapped", "salt"}
