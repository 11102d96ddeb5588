"""Listings of one organization as a sheet: written to be filled, read back as proposals, all or none."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy.orm import Session

from referral.catalogue import changes
from referral.catalogue.changes import Author, is_confidential_service
from referral.catalogue.checking import NO_WAY, FieldProblem, ValuesRefusedError, check_values, is_reachable
from referral.catalogue.fields import FIELDS, LACKS, Handling, decode, differing, encode
from referral.catalogue.models import Service
from referral.catalogue.problems import N_, CellError, FileRemarks, Remarks
from referral.catalogue.sheet import Row
from referral.catalogue.trust import Trust
from referral.catalogue.values import read_values
from referral.catalogue.vocabulary import TAXONOMIES
from referral.geo.areas import REGIONS
from referral.partners.sheet_cells import ID, NAMES, PARTS, SHEET, read_part, write_cells
from referral.partners.sheet_reading import MOST_ROWS, guard, read_upload
from referral.partners.words import LABELS, LACKS_WORDS
from referral.shared.bilingual import Bilingual
from referral.shared.seals import make_seal

HELD = timedelta(hours=1)
MOST_SEALED = 256 * 1024
FILE = "file"
NOT_YOURS = N_("This is not the identifier of a service of your organization.")
TWICE = N_("This service is there twice.")
NO_ROWS = N_("There is no service in the sheet.")
TOO_MUCH = N_("The sheet changes too much at once: send it in two parts.")
CODED = {
    "categories": "categories",
    "clientele": "clientele",
    "referral_routes": "referral_routes",
    "eligibility": "eligibility",
    "cost": "costs",
    "languages": "languages",
    "accessibility": "accessibility",
}
"""Columns that hold codes, with the vocabulary of each."""
HOW = {
    "phones": _l("such as 514-555-1234; text: 514-555-1234; textphone: 514-555-1234"),
    "always_open": _l("yes, no, or empty where that is not known"),
    "hours": _l("such as MO,TU 09:00-17:00; SA 10:00-12:00"),
    "closed_on": _l("days such as 2026-12-25;2027-01-01"),
    "languages": _l("codes such as fr;en;es/interpreter"),
    "eligibility": _l("answers such as code=yes;code=no"),
    "accessibility": _l("answers such as code=yes;code=no"),
    "area": _l("codes of regions such as 06;13, 16/Longueuil for a town, 00 for all of Québec"),
    "lacks": _l("codes; it feeds our report and is not published"),
}
"""How cells of a column are written, where that is not plain."""


class StaleSheetError(Exception):
    """What was looked at is too old, not this person's, or changed since: the sheet is to be sent again."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row would change of a service: present and proposed values, by field."""

    service: Service
    line: int
    before: dict[str, Any]
    after: dict[str, Any]

    def is_at_once(self, name: str) -> bool:
        """Say whether a field is shown as soon as the sheet is sent."""
        return FIELDS[name].handling is Handling.AT_ONCE


class _Item(msgspec.Struct, frozen=True, array_like=True):
    """What is carried of one service from the preview to the sending."""

    id: UUID
    version: int
    values: dict[str, str]


class _Carried(msgspec.Struct, frozen=True):
    """What is carried from the preview to the sending: for one person, in one place."""

    user_id: UUID | None
    organization_id: UUID
    items: list[_Item]


def list_own(session: Session, organization_id: UUID) -> Sequence[Service]:
    """Return the services of an organization that can be changed."""
    statement = sa.select(Service).where(
        Service.organization_id == organization_id, Service.trust != Trust.RETIRED
    )
    return session.scalars(statement.order_by(Service.slug).limit(MOST_ROWS)).all()


def make_rows(session: Session, organization_id: UUID) -> list[list[str]]:
    """Return the sheet of an organization: a header, then a row for each service, guarded."""
    rows = [[ID, *NAMES]]
    for service in list_own(session, organization_id):
        cells = write_cells(read_values(session, service))
        rows.append([str(service.id), *(guard(cells[name]) for name in NAMES)])
    return rows


def make_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as a file that spreadsheets open as UTF-8, by the mark at its beginning."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def make_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a workbook: the listings, then what each column holds and the codes, in both languages."""
    book = Workbook(write_only=True)
    listings, codes = book.create_sheet("Fiches-Listings"), book.create_sheet("Codes")
    listings.freeze_panes = "D2"
    for position, row in enumerate(rows):
        listings.append([_as_text(listings, cell, bold=position == 0) for cell in row])
    for position, line in enumerate(list_codes()):
        codes.append([_as_text(codes, guard(cell), bold=position == 0) for cell in line])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _as_text(sheet: Any, text: str, *, bold: bool) -> WriteOnlyCell:
    """Return a cell that is a text whatever it looks like."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell


def list_codes() -> list[tuple[str, str, str, str]]:
    """Return what each column is and how it is written, and every code with its words."""
    lines = [("column", "code", "français", "English")]
    for name, part in PARTS.items():
        lines.extend(
            (column, "", _say_column(name, column, "fr"), _say_column(name, column, "en"))
            for column in part.columns
        )
        lines.extend(
            (part.columns[0], code, words.fr or "", words.en or "") for code, words in _words_of(name).items()
        )
    return lines


def _say_column(name: str, column: str, language: str) -> str:
    with force_locale(language):
        told = [str(LABELS[name])]
        if column.endswith(("_fr", "_en")):
            told.append(gettext("in French") if column.endswith("_fr") else gettext("in English"))
        if column in HOW:
            told.append(str(HOW[column]))
    return " – ".join(told)


def _words_of(name: str) -> dict[str, Bilingual]:
    if name in CODED:
        return TAXONOMIES[CODED[name]]
    if name == "area":
        return dict(REGIONS)
    if name == "lacks":
        return {
            code: Bilingual(*(_in(language, LACKS_WORDS[code]) for language in ("fr", "en")))
            for code in LACKS
        }
    return {}


def _in(language: str, words: Any) -> str:
    with force_locale(language):
        return str(words)


def plan_upload(
    session: Session, organization_id: UUID, name: str, data: bytes, remarks: Remarks
) -> list[Planned]:
    """Return what a file would change; what is wrong is noted by line and column: then nothing counts.

    Raises SheetRefusedError where the file as a whole is refused.
    """
    rows = read_upload(name, data, SHEET, remarks)
    if not rows and not remarks.total:
        remarks.refuse(FILE, None, None, NO_ROWS)
    own = {service.id: service for service in list_own(session, organization_id)}
    planned, seen = [], set()
    for row in rows:
        service_id = _read_id(row.cells[ID])
        service = own.get(service_id) if service_id else None
        if service is None or service.id in seen:
            remarks.refuse(FILE, row.line, ID, NOT_YOURS if service is None else TWICE)
            continue
        seen.add(service.id)
        found = _plan_row(session, service, row, remarks.of(FILE))
        planned.extend([found] if found.after else [])
    return planned


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _plan_row(session: Session, service: Service, row: Row, remarks: FileRemarks) -> Planned:
    current = read_values(session, service)
    values = {}
    for name, part in PARTS.items():
        try:
            values[name] = read_part(name, row.cells, current[name])
        except CellError as error:
            remarks.refuse(row.line, part.columns[0], error.reason, **error.values)
    changed = differing(current, values)
    for problem in _find_problems(service, current, changed):
        remarks.refuse(row.line, PARTS[problem.name].columns[0], problem.reason, **problem.values)
    return Planned(service, row.line, current, changed)


def _find_problems(
    service: Service, current: dict[str, Any], changed: dict[str, Any]
) -> tuple[FieldProblem, ...]:
    """Return what the rules of every change say against these."""
    try:
        check_values(changed, confidential=is_confidential_service(service))
    except ValuesRefusedError as error:
        return error.problems
    return () if is_reachable({**current, **changed}) else (FieldProblem("phones", NO_WAY),)


def seal(planned: Sequence[Planned], user_id: UUID | None, organization_id: UUID, at: datetime) -> str | None:
    """Return what was looked at, to be sent by that very person; None where it is too much to carry."""
    items = [
        _Item(
            each.service.id,
            each.service.version,
            {name: encode(name, value) for name, value in each.after.items()},
        )
        for each in planned
    ]
    plain = zlib.compress(msgspec.json.encode(_Carried(user_id, organization_id, items)))
    sealed = _key().encrypt_at_time(plain, int(at.timestamp())).decode()
    return sealed if len(sealed) <= MOST_SEALED else None


def send(session: Session, sealed: str, author: Author, organization_id: UUID, at: datetime) -> bool:
    """Propose what was looked at, inside ``writing``; says whether readers see something of it at once.

    Raises StaleSheetError, and ValuesRefusedError, where nothing of it is to be kept.
    """
    carried = _open(sealed, at)
    if (carried.user_id, carried.organization_id) != (author.actor.user_id, organization_id):
        raise StaleSheetError
    shown = False
    for item in carried.items:
        service = session.get(Service, item.id, with_for_update=True, populate_existing=True)
        if service is None or service.organization_id != organization_id or service.version != item.version:
            raise StaleSheetError
        values = {name: decode(name, text) for name, text in item.values.items()}
        shown |= changes.propose(session, service, values, author, at).revision is not None
    return shown


def _open(sealed: str, at: datetime) -> _Carried:
    try:
        plain = _key().decrypt_at_time(sealed.encode(), int(HELD.total_seconds()), int(at.timestamp()))
        unpacked = zlib.decompressobj().decompress(plain, 64 * MOST_SEALED)
        return msgspec.json.decode(unpacked, type=_Carried)
    except (InvalidToken, zlib.error, msgspec.MsgspecError) as error:
        raise StaleSheetError from error


def _key() -> MultiFernet:
    return make_seal(current_app.config, "sheet")
