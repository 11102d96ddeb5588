from __future__ import annotations

import pytest

from referral.catalogue import sheet
from referral.catalogue.problems import Remarks
from referral.catalogue.sheet import Columns, read_sheet

COLUMNS = Columns(("name", "phone", "town"), phones=frozenset({"phone"}))
HEADER = b"name,phone,town\n"


def read(tmp_path, data: bytes):
    path = tmp_path / "sheet.csv"
    path.write_bytes(data)
    remarks = Remarks()
    return read_sheet(path, COLUMNS, remarks), remarks.problems


def test_rows_know_their_line_also_after_a_cell_of_two_lines(tmp_path):
    rows, problems = read(tmp_path, HEADER + 'a,,"b\nc"\nd,,é\n'.encode())

    assert problems == []
    assert [(row.line, row.cells["town"]) for row in rows] == [(2, "b\nc"), (4, "é")]


def test_space_around_a_cell_does_not_count(tmp_path):
    rows, _ = read(tmp_path, HEADER + b" a ,, b\n")

    assert rows[0].cells == {"name": "a", "phone": "", "town": "b"}


@pytest.mark.parametrize(
    ("data", "line", "column", "reason"),
    [
        (b"", None, None, sheet.EMPTY),
        (b"\xef\xbb\xbf" + HEADER, 1, None, sheet.HAS_BOM),
        ("name,phone,town\n".encode("utf-16"), 1, None, sheet.WIDE),
        (HEADER + b"a,,b\nc,,Montr\xe9al\n", 3, "town", sheet.NOT_UTF_8),
        (b"name,phone,t\xe9\n", 1, None, sheet.NOT_UTF_8),
        (HEADER + b"a,,b\nc\0,,d\n", 3, "name", sheet.HAS_NUL),
        (b"name,town\na,b\n", 1, "phone", sheet.MISSING_COLUMN),
        (b"name,phone,town,more\na,,b,c\n", 1, "more", sheet.UNKNOWN_COLUMN),
        (b"name,phone,town,\na,,b,\n", 1, "#4", sheet.UNKNOWN_COLUMN),
        (b"name,phone,town,name\na,,b,c\n", 1, "name", sheet.DUPLICATE_COLUMN),
        (b"name;phone;town\na;;b\n", 1, None, sheet.SEMICOLONS),
        (HEADER + b"a,,b\nc,d\ne,,f\n", 3, None, sheet.WRONG_CELLS),
        (HEADER + b"a,,b,c\n", 2, None, sheet.WRONG_CELLS),
        (HEADER + b"a,,b\n\nc,,d\n", 3, None, sheet.WRONG_CELLS),
        (HEADER + b"a,,b\nc,", 3, None, sheet.TRUNCATED),
        (HEADER + b'a,,b\nc,,"d\ne,,f\n', 3, None, sheet.UNCLOSED),
        (HEADER + b'a,,"b"c\n', 2, None, sheet.UNREADABLE),
        (HEADER + b"=1+1,,b\n", 2, "name", sheet.IS_FORMULA),
        (HEADER + b"a,,+1\n", 2, "town", sheet.IS_FORMULA),
        (HEADER + b"a,,-b\n", 2, "town", sheet.IS_FORMULA),
        (HEADER + b"@a,,b\n", 2, "name", sheet.IS_FORMULA),
        (HEADER + b"\ta,,b\n", 2, "name", sheet.IS_FORMULA),
        (HEADER + b'"\ra",,b\n', 2, "name", sheet.IS_FORMULA),
        (HEADER + b" =a,,b\n", 2, "name", sheet.IS_FORMULA),
        (HEADER + "＝a,,b\n".encode(), 2, "name", sheet.IS_FORMULA),
        (HEADER + b"a,+12,b\n", 2, "phone", sheet.IS_FORMULA),
        (HEADER + b"a,+1-514-555-0123*2,b\n", 2, "phone", sheet.IS_FORMULA),
        (HEADER + "a,,b\u202ec\n".encode(), 2, "town", sheet.HAS_UNSEEN),
        (HEADER + b"a,,b\x07\n", 2, "town", sheet.HAS_UNSEEN),
        (HEADER + b"a,," + b"b" * 10_001 + b"\n", 2, "town", sheet.TOO_LONG),
    ],
)
def test_what_is_wrong_is_named_by_line_column_and_reason(tmp_path, data, line, column, reason):
    _, problems = read(tmp_path, data)

    assert [(problem.file, problem.line, problem.column, problem.reason) for problem in problems] == [
        ("sheet.csv", line, column, reason)
    ]


def test_bad_byte_is_named_by_its_place_in_the_line(tmp_path):
    _, problems = read(tmp_path, HEADER + b"c,,Montr\xe9al\n")

    assert "Byte 9 of the line" in str(problems[0])


def test_valid_number_may_begin_with_a_plus_sign(tmp_path):
    rows, problems = read(tmp_path, HEADER + b"a,+14185550123,b\n")

    assert problems == []
    assert rows[0].cells["phone"] == "+14185550123"


def test_more_than_20_megabytes_are_not_read(tmp_path):
    _, problems = read(tmp_path, HEADER + b"a,,b\n" * 4_000_000)

    assert [problem.reason for problem in problems] == [sheet.TOO_LARGE]


def test_last_row_may_lack_its_line_ending(tmp_path):
    rows, problems = read(tmp_path, HEADER + b"a,,b")

    assert problems == []
    assert len(rows) == 1


@pytest.mark.parametrize(("make", "reason"), [("nothing", sheet.NOT_THERE), ("folder", sheet.NOT_A_FILE)])
def test_path_must_be_a_file(tmp_path, make, reason):
    path = tmp_path / "sheet.csv"
    if make == "folder":
        path.mkdir()
    remarks = Remarks()
    read_sheet(path, COLUMNS, remarks)

    assert [problem.reason for problem in remarks.problems] == [reason]
