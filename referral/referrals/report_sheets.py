"""A report as a workbook, in the language of the page: what it is, then a sheet for each table."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from referral.partners.sheet_reading import guard
from referral.referrals.report_tables import Table
from referral.referrals.report_words import HIDDEN

LONGEST_NAME = 31
"""Of a sheet, by the format."""
NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]]")
FIRST_WIDTH = 36


def make_book(about: Sequence[str], tables: Sequence[Table]) -> bytes:
    """Return the file; texts are texts, whatever they look like, and numbers are numbers."""
    book = Workbook(write_only=True)
    first = book.create_sheet(_("About this report")[:LONGEST_NAME])
    first.column_dimensions["A"].width = 3 * FIRST_WIDTH
    for place, line in enumerate(about):
        first.append([_cell(first, line, bold=place == 0)])
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet(f"{number} {NOT_IN_NAMES.sub('', table.title)}"[:LONGEST_NAME].strip())
        sheet.freeze_panes = "B2"
        sheet.column_dimensions["A"].width = FIRST_WIDTH
        sheet.append([_cell(sheet, text, bold=True) for text in (_("Need"), *table.columns, _("Total"))])
        for place, (words, numbers) in enumerate(table.rows, 1):
            bold = place == len(table.rows)
            sheet.append([_cell(sheet, each, bold=bold) for each in (words, *numbers)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: str | int | None, *, bold: bool) -> WriteOnlyCell:
    is_number = isinstance(value, int)
    cell = WriteOnlyCell(sheet, value=value if is_number else guard(str(HIDDEN if value is None else value)))
    if not is_number:
        cell.data_type = "s"
    cell.font = Font(bold=bold)
    return cell
