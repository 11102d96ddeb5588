"""Reads a spreadsheet that somebody sent, from memory and with distrust: nothing runs, nothing is fetched.

Refused whole: what is not what its name says, what unpacks to much more than it is, macros, links to
other files, entities, merged cells. A formula is refused where it stands.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

from referral.catalogue.problems import N_, Remarks
from referral.catalogue.sheet import BOM, FORMULA, IS_FORMULA, Columns, Row, read_text

MOST_BYTES = 2_000_000
MOST_UNPACKED = 20_000_000
MOST_PARTS = 200
MOST_ROWS = 1000
MOST_COLUMNS = 60
GUARD = "'"
"""Before what a spreadsheet would take for a formula, as spreadsheets themselves write it."""
MACROS = re.compile(r"vba|macrosheets|activex|customui|embeddings|ctrlprops", re.IGNORECASE)
LINKS = re.compile(r"externallinks|connections\.xml|querytables", re.IGNORECASE)
CONTENT_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
VALUED = re.compile(rb'<c\b[^>]*?\br="[A-Z]{1,3}(\d{1,7})"[^>]*>\s*<(?:f|v|is)\b')
UNPLACED = re.compile(rb"<c\b(?![^>]*\br=)[^>]*>\s*<(?:f|v|is)\b")

TOO_LARGE = N_("The file holds more than 2 MB.")
NOT_A_SHEET = N_("Send a spreadsheet: a file whose name ends in .xlsx or .csv.")
NOT_WHAT_IT_SAYS = N_("The file is not what its name says: save it again as .xlsx or .csv.")
BOMB = N_("The file unpacks to far more than a list of services: it was not opened.")
HAS_MACROS = N_("The file holds macros or other programs: save it as an ordinary workbook (.xlsx).")
HAS_LINKS = N_("The file takes values from other files: copy them as plain values, then save it.")
HAS_ENTITIES = N_("The file holds definitions that a workbook has no need of: it was not opened.")
HAS_MERGED = N_("Some cells are merged: take that back, so that each cell has its own value.")
TOO_MANY_ROWS = N_("The sheet has more than %(most)s rows.")
UNREADABLE = N_("The file cannot be read: save it again as .xlsx or .csv.")
NO_SHEET = N_("The workbook has no sheet.")


class SheetRefusedError(ValueError):
    """A file is not opened, or not read any further; ``reason`` is a msgid that ``values`` fill."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values


def read_upload(name: str, data: bytes, columns: Columns, remarks: Remarks) -> list[Row]:
    """Return the rows of a file; what is wrong in one place goes to ``remarks``.

    Raises SheetRefusedError where the file as a whole is refused.
    """
    if len(data) > MOST_BYTES:
        raise SheetRefusedError(TOO_LARGE)
    kind = name.rpartition(".")[2].lower()
    if kind not in {"xlsx", "csv"}:
        raise SheetRefusedError(NOT_A_SHEET)
    if (kind == "xlsx") != data.startswith(b"PK\x03\x04"):
        raise SheetRefusedError(NOT_WHAT_IT_SAYS)
    rows = _read_workbook(data, columns, remarks) if kind == "xlsx" else _read_csv(data, columns, remarks)
    if len(rows) > MOST_ROWS:
        raise SheetRefusedError(TOO_MANY_ROWS, most=MOST_ROWS)
    return rows


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; ``unguard`` gives the text back."""
    return GUARD + text if text[:1] in FORMULA or text.lstrip()[:1] in FORMULA else text


def unguard(text: str) -> str:
    """Return what was guarded."""
    rest = text[1:]
    return rest if text.startswith(GUARD) and (rest[:1] in FORMULA or rest.lstrip()[:1] in FORMULA) else text


def _read_csv(data: bytes, columns: Columns, remarks: Remarks) -> list[Row]:
    """Read as the importer does; a mark that spreadsheets put at the beginning is let go."""
    rows = read_text("csv", data.removeprefix(BOM), columns, remarks)
    return [Row(row.line, {name: unguard(cell) for name, cell in row.cells.items()}) for row in rows]


def _read_workbook(data: bytes, columns: Columns, remarks: Remarks) -> list[Row]:
    _check_parts(data)
    try:
        rows = list(_records(data))
    except SheetRefusedError:
        raise
    except Exception as error:  # openpyxl raises anything on what it does not understand
        raise SheetRefusedError(UNREADABLE) from error
    text = io.StringIO(newline="")
    return _as_rows(rows, columns, remarks, text)


def _check_parts(data: bytes) -> None:
    """Look into the archive before anything is understood of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_list(archive)
            for part in archive.infolist():
                _check_part(part.filename, _unpack(archive, part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, SheetRefusedError):
            raise
        raise SheetRefusedError(UNREADABLE) from error


def _check_list(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetRefusedError(BOMB)
    if len(set(names)) != len(names):
        raise SheetRefusedError(UNREADABLE)
    if any(MACROS.search(name) for name in names):
        raise SheetRefusedError(HAS_MACROS)
    if any(LINKS.search(name) for name in names):
        raise SheetRefusedError(HAS_LINKS)
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if b"macroEnabled" in types:
        raise SheetRefusedError(HAS_MACROS)
    if CONTENT_TYPE not in types:
        raise SheetRefusedError(NOT_WHAT_IT_SAYS)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Return a part, having unpacked no more than it says it holds."""
    with archive.open(part) as file:
        content = file.read(part.file_size + 1)
    if len(content) > part.file_size:
        raise SheetRefusedError(BOMB)
    return content


def _check_part(name: str, content: bytes) -> None:
    if not name.endswith((".xml", ".rels")):
        return
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:64]:
        raise SheetRefusedError(HAS_ENTITIES)  # what cannot be looked through is not trusted
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise SheetRefusedError(HAS_ENTITIES)
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        _check_sheet(content)


def _check_sheet(content: bytes) -> None:
    if b"<mergeCell " in content or b"<mergeCell>" in content:
        raise SheetRefusedError(HAS_MERGED)
    if UNPLACED.search(content):
        raise SheetRefusedError(UNREADABLE)
    if any(int(found[1]) > MOST_ROWS + 1 for found in VALUED.finditer(content)):
        raise SheetRefusedError(TOO_MANY_ROWS, most=MOST_ROWS)


def _records(data: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first sheet that hold something, each with its line."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise SheetRefusedError(NO_SHEET)
        cells = book.worksheets[0].iter_rows(
            min_row=1, max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True
        )
        for line, row in enumerate(cells, start=1):
            if any(value is not None and value != "" for value in row):
                yield line, list(row)
    finally:
        book.close()


def _as_rows(
    records: list[tuple[int, list[Any]]], columns: Columns, remarks: Remarks, text: io.StringIO
) -> list[Row]:
    """Give the importer the same sheet as text, so that both kinds of file follow one set of rules."""
    if not records:
        return read_text("xlsx", b"", columns, remarks)
    header = [_plain(value) for value in records[0][1]]
    while header and not header[-1]:
        header.pop()
    lines, rows = [records[0][0]], [header]
    for line, values in records[1:]:
        lines.append(line)
        rows.append([_plain(value) for value in values[: len(header)]])
    text.write("\r\n".join(",".join(_quoted(cell) for cell in row) for row in rows) + "\r\n")
    found = _renumbered(text.getvalue(), columns, remarks, lines, rows)
    return [Row(row.line, {name: unguard(cell) for name, cell in row.cells.items()}) for row in found]


def _renumbered(
    text: str, columns: Columns, remarks: Remarks, lines: list[int], rows: list[list[str]]
) -> list[Row]:
    """Read as text, then say of each row the line that it has in the spreadsheet."""
    inner = Remarks()
    found = read_text("xlsx", text.encode(), columns, inner)
    real = _lines_of(lines, rows)
    for problem in inner.problems:
        line = real.get(problem.line or 0, problem.line)
        remarks.refuse("xlsx", line, problem.column, problem.reason, **problem.values)
    remarks.total += inner.total - len(inner.problems)
    return [Row(real.get(row.line, row.line), row.cells) for row in found]


def _lines_of(lines: list[int], rows: list[list[str]]) -> dict[int, int]:
    """Return the spreadsheet's line of each line of the text, where cells may hold several lines."""
    found, position = {}, 1
    for line, row in zip(lines, rows, strict=True):
        found[position] = line
        position += 1 + sum(len(re.findall(r"\r\n|\r|\n", cell)) for cell in row)
    return found


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _plain(value: Any) -> str:
    """Return a cell as one would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


__all__ = ["IS_FORMULA", "SheetRefusedError", "guard", "read_upload", "unguard"]
