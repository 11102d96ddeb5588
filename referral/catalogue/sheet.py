"""Reads one CSV file strictly: what cannot be understood in one way only is refused, with its place."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import phonenumbers

from referral.catalogue.problems import N_, Remarks

MOST_BYTES = 20_000_000
BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
# Spreadsheets take the wide forms too.
FORMULA = frozenset("=+-@\t\r＝＋－＠")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LONGEST_CELL = 10_000

NOT_THERE = N_("The file is not there.")
NOT_A_FILE = N_("This is not an ordinary file.")
TOO_LARGE = N_("The file holds more than 20 MB.")
HAS_BOM = N_("The file begins with a byte order mark (BOM): save it as UTF-8 without one.")
NOT_UTF_8 = N_(
    "Byte %(position)s of the line is not UTF-8: the file seems saved as Windows-1252 or the like."
)
WIDE = N_("The file is saved as UTF-16: save it as UTF-8.")
HAS_NUL = N_("The file holds a NUL byte: it is damaged, or is no text.")
EMPTY = N_("The file is empty.")
MISSING_COLUMN = N_("This column is missing.")
UNKNOWN_COLUMN = N_("This column is not known.")
DUPLICATE_COLUMN = N_("This column is there twice.")
SEMICOLONS = N_("The columns are separated by semicolons: separate them by commas.")
WRONG_CELLS = N_("The row has %(found)s cells, the header has %(wanted)s.")
TRUNCATED = N_("The file ends in the middle of a row: it was cut short.")
UNCLOSED = N_("The file ends inside quotation marks: it was cut short, or a quotation mark is missing.")
UNREADABLE = N_("The row cannot be read: %(error)s.")
IS_FORMULA = N_("The cell begins like a formula (%(start)s): a spreadsheet would run it.")
HAS_UNSEEN = N_("The cell holds an invisible character (%(character)s).")
TOO_LONG = N_("The cell holds more than %(most)s characters.")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a kind of sheet; those of ``phones`` may begin with a plus sign."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    phones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by column, without space around them; ``line`` counts from 1, as editors do."""

    line: int
    cells: dict[str, str]


def read_sheet(path: Path, columns: Columns, remarks: Remarks) -> list[Row]:
    """Return the rows of a file; what is wrong goes to ``remarks``, and its row is left out."""
    return _Reader(path, columns, remarks).read()


def read_text(name: str, data: bytes, columns: Columns, remarks: Remarks) -> list[Row]:
    """Return the rows of a file that was sent, which is nowhere on a disk; as ``read_sheet``."""
    return _Reader(Path(name), columns, remarks, data).read()


class _UnreadableError(Exception):
    """A file cannot be read at all."""

    def __init__(
        self, reason: str, line: int | None = None, column: str | None = None, **values: object
    ) -> None:
        super().__init__(reason)
        self.place = line, column
        self.reason = reason
        self.values = values


class _Reader:
    """Reads one file once."""

    def __init__(self, path: Path, columns: Columns, remarks: Remarks, data: bytes | None = None) -> None:
        self.path, self.columns, self.remarks = path, columns, remarks.of(path.name)
        self.data = data

    def read(self) -> list[Row]:
        """Read the whole file, or note why it cannot be."""
        try:
            text = _decode(_read_bytes(self.path) if self.data is None else self.data)
            return self.read_rows(text)
        except _UnreadableError as error:
            line, column = error.place
            self.remarks.refuse(line, column, error.reason, **error.values)
            return []

    def read_rows(self, text: str) -> list[Row]:
        """Return the rows under a header that is as it should be."""
        records = self.records(text)
        _, names = next(records, (1, []))
        header = [name.strip() for name in names]
        if not self.check_header(header):
            return []
        rows = []
        for line, cells in records:
            if len(cells) < len(header) and not text.endswith(("\n", "\r")):
                self.remarks.refuse(line, None, TRUNCATED)
            elif len(cells) != len(header):
                self.remarks.refuse(line, None, WRONG_CELLS, found=len(cells), wanted=len(header))
            else:
                for name, cell in zip(header, cells, strict=True):
                    self.check_cell(cell, name, line)
                rows.append(Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
        return rows

    def records(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Give each record with the line that it begins on, until one cannot be read."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            cut_short = "end of data" in str(error)
            self.remarks.refuse(line, None, UNCLOSED if cut_short else UNREADABLE, error=error)

    def check_header(self, header: list[str]) -> bool:
        """Say whether each column is there once and known."""
        if len(header) == 1 and header[0].count(";") > 1:
            self.remarks.refuse(1, None, SEMICOLONS)
            return False
        before = self.remarks.all.total
        for name in self.columns.required:
            if name not in header:
                self.remarks.refuse(1, name, MISSING_COLUMN)
        known = {*self.columns.required, *self.columns.optional}
        for position, name in enumerate(header):
            if name not in known:
                self.remarks.refuse(1, name or f"#{position + 1}", UNKNOWN_COLUMN)
            elif name in header[:position]:
                self.remarks.refuse(1, name, DUPLICATE_COLUMN)
        return self.remarks.all.total == before

    def check_cell(self, cell: str, name: str, line: int) -> None:
        """Note what must not be in any cell."""
        if not cell:
            return
        start = cell[0] if cell[0] in FORMULA else cell.lstrip()[:1]
        if start in FORMULA and not (name in self.columns.phones and is_number(cell)):
            self.remarks.refuse(line, name, IS_FORMULA, start=repr(start))
        elif unseen := UNSEEN.search(cell):
            character = unseen.group()
            named = unicodedata.name(character, f"U+{ord(character):04X}")
            self.remarks.refuse(line, name, HAS_UNSEEN, character=named)
        elif len(cell) > LONGEST_CELL:
            self.remarks.refuse(line, name, TOO_LONG, most=LONGEST_CELL)


def _read_bytes(path: Path) -> bytes:
    """Return what a file holds, having read no more than is allowed."""
    if not path.exists():
        raise _UnreadableError(NOT_THERE)
    if not path.is_file():
        raise _UnreadableError(NOT_A_FILE)
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _UnreadableError(TOO_LARGE)
    if not data.strip():
        raise _UnreadableError(EMPTY)
    return data


def _decode(data: bytes) -> str:
    """Return the text, which must be plain UTF-8."""
    if data.startswith(BOM):
        raise _UnreadableError(HAS_BOM, 1)
    if data.startswith(WIDE_BOMS):
        raise _UnreadableError(WIDE, 1)
    if b"\0" in data:
        line, column, _ = _place_of(data, data.index(b"\0"))
        raise _UnreadableError(HAS_NUL, line, column)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column, position = _place_of(data, error.start)
        raise _UnreadableError(NOT_UTF_8, line, column, position=position) from error


def _place_of(data: bytes, offset: int) -> tuple[int, str | None, int]:
    """Return the line, the column by name and the byte of that line where an offset falls."""
    before = data[:offset]
    line = before.count(b"\n") + 1
    position = offset - (before.rfind(b"\n") + 1) + 1
    records = list(csv.reader(io.StringIO(before.decode("utf-8", "replace") + "?", newline="")))
    if len(records) < 2:  # noqa: PLR2004 - still in the header
        return line, None, position
    cell = len(records[-1]) - 1
    return line, records[0][cell] if cell < len(records[0]) else None, position


def is_number(text: str) -> bool:
    """Say whether a text is a valid telephone number with its country code."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False
