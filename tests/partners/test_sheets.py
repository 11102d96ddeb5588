from __future__ import annotations

import csv
import io
import re
import zipfile
from html import unescape

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook

from referral.access.policy import Role
from referral.catalogue.change_models import FieldChange, Proposal, ProposedChange, Via
from referral.catalogue.importing import import_catalogue
from referral.catalogue.models import Organization, Service
from referral.catalogue.problems import Remarks
from referral.catalogue.values import read_values
from referral.partners import sheet_reading
from referral.partners.sheet_cells import NAMES, PARTS, SHEET, read_part, write_cells
from referral.partners.sheet_reading import SheetRefusedError, guard, read_upload, unguard
from referral.shared.database import writing
from tests.accounts.conftest import browser_of, clock, events, open_browser, people
from tests.catalogue.making import make_row, make_shelter, write_services, write_sheet
from tests.neutral import find_telling

__all__ = ["browser_of", "clock", "events", "open_browser", "people"]

XLSX = "sheet.xlsx"
OPEN = {"byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"}


def book(rows, change=None) -> bytes:
    """Return a workbook; ``change`` alters its parts, by name."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return repack(file.getvalue(), change) if change else file.getvalue()


def repack(data: bytes, change) -> bytes:
    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.infolist():
            parts[part.filename] = archive.read(part)
    change(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def in_sheet(old: bytes, new: bytes):
    def change(parts):
        name = "xl/worksheets/sheet1.xml"
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return change


def add(name: str, content: bytes = b"exemple"):
    return lambda parts: parts.update({name: content})


ROWS = [["service_id", "name_fr"], ["exemple", "Exemple"]]
MERGED = b'</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
FAR = b'<row r="900000"><c r="A900000"><v>1</v></c></row></sheetData>'
HEAD = b'<?xml version="1.0"?>'
ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
EMPTY_ROWS = b"<row/>" * 1_000_000


def bomb(parts):
    parts["xl/media/image1.png"] = b"\0" * (sheet_reading.MOST_UNPACKED + 1)


def as_macro_book(parts):
    name = "[Content_Types].xml"
    parts[name] = parts[name].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )


def with_utf_16(parts):
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].decode().encode("utf-16")


HOSTILE = {
    "bomb": (book(ROWS, bomb), sheet_reading.BOMB),
    "many parts": (
        book(ROWS, lambda parts: parts.update({f"xl/media/{n}.png": b"x" for n in range(300)})),
        sheet_reading.BOMB,
    ),
    "macros": (book(ROWS, add("xl/vbaProject.bin")), sheet_reading.HAS_MACROS),
    "macro book": (book(ROWS, as_macro_book), sheet_reading.HAS_MACROS),
    "old macros": (book(ROWS, add("xl/macrosheets/sheet1.xml")), sheet_reading.HAS_MACROS),
    "other program": (book(ROWS, add("xl/embeddings/oleObject1.bin")), sheet_reading.HAS_MACROS),
    "links": (book(ROWS, add("xl/externalLinks/externalLink1.xml")), sheet_reading.HAS_LINKS),
    "connection": (book(ROWS, add("xl/connections.xml")), sheet_reading.HAS_LINKS),
    "entities": (book(ROWS, in_sheet(b"<worksheet", ENTITY + b"<worksheet")), sheet_reading.HAS_ENTITIES),
    "document type": (
        book(ROWS, add("xl/extra.xml", HEAD + b'<!DOCTYPE x SYSTEM "file:///etc/hostname"><x/>')),
        sheet_reading.HAS_ENTITIES,
    ),
    "hidden encoding": (book(ROWS, with_utf_16), sheet_reading.HAS_ENTITIES),
    "merged": (
        book(ROWS, in_sheet(b"</sheetData>", MERGED)),
        sheet_reading.HAS_MERGED,
    ),
    "broken": (book(ROWS)[:-400], sheet_reading.UNREADABLE),
    "not a workbook": (
        repack(book(ROWS), lambda parts: parts.clear() or parts.update(a=b"")),
        sheet_reading.NOT_WHAT_IT_SAYS,
    ),
    "broken xml": (book(ROWS, in_sheet(b"</sheetData>", b"</sheetDat")), sheet_reading.UNREADABLE),
    "far row": (
        book(ROWS, in_sheet(b"</sheetData>", FAR)),
        sheet_reading.TOO_MANY_ROWS,
    ),
    "unplaced cells": (
        book(ROWS, in_sheet(b"</sheetData>", b"<row><c><v>1</v></c></row></sheetData>")),
        sheet_reading.UNREADABLE,
    ),
    "text": (b"service_id,name_fr\n", sheet_reading.NOT_WHAT_IT_SAYS),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, sheet_reading.NOT_WHAT_IT_SAYS),
    "too large": (b"PK\x03\x04" + b"\0" * sheet_reading.MOST_BYTES, sheet_reading.TOO_LARGE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_whole(name):
    data, reason = HOSTILE[name]
    with pytest.raises(SheetRefusedError) as refused:
        read_upload(XLSX, data, SHEET, Remarks())
    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["sheet.xlsm", "sheet.xls", "sheet", "sheet.xlsx.exe", "sheet.ods"])
def test_a_file_of_another_kind_is_refused(name):
    with pytest.raises(SheetRefusedError):
        read_upload(name, book(ROWS), SHEET, Remarks())


def test_a_workbook_that_calls_itself_text_is_refused():
    with pytest.raises(SheetRefusedError):
        read_upload("sheet.csv", book(ROWS), SHEET, Remarks())


def test_a_formula_is_refused_where_it_stands():
    remarks = Remarks()
    read_upload(XLSX, book([*ROWS, ["exemple-2", "=1+1"]]), SHEET, remarks)
    assert [(each.line, each.column) for each in remarks.problems] == [(3, "name_fr")]


def test_a_million_empty_rows_are_passed_over():
    data = book(ROWS, in_sheet(b"</sheetData>", EMPTY_ROWS + b"</sheetData>"))
    assert [row.line for row in read_upload(XLSX, data, SHEET, Remarks())] == [2]


def test_a_sheet_that_claims_to_be_immense_is_read_as_far_as_it_goes():
    def change(parts):
        name = "xl/worksheets/sheet1.xml"
        parts[name] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', parts[name])

    assert len(read_upload(XLSX, book(ROWS, change), SHEET, Remarks())) == 1


def test_lines_are_those_of_the_spreadsheet_also_below_a_cell_of_several_lines():
    rows = [ROWS[0], ["one", "A\nB\nC"], [None, None], ["two", "=x"]]
    remarks = Remarks()
    found = read_upload(XLSX, book(rows), SHEET, remarks)
    assert ([row.line for row in found], [each.line for each in remarks.problems]) == ([2, 4], [4])


def test_numbers_and_dates_are_read_as_one_types_them():
    (row,) = read_upload(XLSX, book([["service_id", "minimum_age"], ["one", 16.0]]), SHEET, Remarks())
    assert row.cells["minimum_age"] == "16"


def test_text_with_the_mark_of_spreadsheets_is_read():
    data = "\ufeffservice_id,name_fr\r\none,Été\r\n".encode()
    (row,) = read_upload("a.csv", data, SHEET, Remarks())
    assert row.cells["name_fr"] == "Été"


@pytest.mark.parametrize(
    "data",
    [
        "service_id,name_fr\none,Été\n".encode("cp1252"),
        "service_id,name_fr\none,Été\n".encode("utf-16"),
        b"service_id;name_fr;name_en\none;A;B\n",
        b"service_id,name_fr\none,a\0b\n",
        b'service_id,name_fr\none,"open\n',
        b"service_id,name_fr,secret\none,A,B\n",
        b"service_id,name_fr\none,=HYPERLINK(1)\n",
        b"name_fr\nA\n",
        b"",
    ],
)
def test_text_that_can_be_misread_is_noted(data):
    remarks = Remarks()
    read_upload("a.csv", data, SHEET, remarks)
    assert remarks.total


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "  =x", "＝1", "ordinary", "'quoted"])
def test_what_is_guarded_comes_back_and_begins_like_no_formula(text):
    assert unguard(guard(text)) == text
    assert guard(text).lstrip()[:1] not in "=+-@＝"


@pytest.fixture
def house(session, tmp_path):
    """An organization with an office and a shelter, and another one."""
    with writing(session):
        write_sheet(
            tmp_path,
            "schedules.csv",
            {"service_id": "organisme-exemple-1--ecoute", **OPEN},
        )
        rows = (make_row(1), make_shelter(1), make_row(2))
        write_services(tmp_path, *rows)
        import_catalogue(session, tmp_path, "Exemple")
    return session.scalars(sa.select(Organization.id).where(Organization.slug == "organisme-exemple-1")).one()


def service(session, slug="organisme-exemple-1--ecoute") -> Service:
    session.rollback()
    return session.scalars(sa.select(Service).where(Service.slug == slug)).one()


@pytest.fixture
def editor(house, people, browser_of):
    return browser_of(people.add("alex.exemple", (Role.PARTNER_EDITOR, house)))


PART = '--exemple\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'


def upload(browser, data, name=XLSX):
    """Send a file as browsers do; the client of the tests would write a large one to a disk."""
    token = PART.format("csrf_token") + browser.token() + "\r\n"
    head = PART.format(f'sheet"; filename="{name}')
    body = (token + head).encode() + data + b"\r\n--exemple--\r\n"
    kind = "multipart/form-data; boundary=exemple"
    return browser.client.post("/en/listings/sheet", data=body, content_type=kind)


def filled(session, slug="organisme-exemple-1--ecoute", **cells):
    """Return a workbook that changes some cells of one service."""
    return book([["service_id", *cells], [str(service(session, slug).id), *cells.values()]])


def send(browser, page):
    found = re.search(r'name="looked_at"[^>]*value="([^"]+)"', page.text)
    return browser.post("/en/listings/sheet/send", {"looked_at": unescape(found[1])})


def test_every_field_comes_back_as_it_was_written(session, house):
    values = read_values(session, service(session))
    cells = write_cells(values)
    for name in PARTS:
        touched = {**cells, PARTS[name].columns[0]: cells[PARTS[name].columns[0]] + " "}
        assert read_part(name, touched, values[name]) == values[name]
        if name != "referral_routes":
            assert PARTS[name].read(PARTS[name].write(values[name]), values[name]) == values[name]


def test_the_sheet_that_one_takes_holds_ones_own_services_and_the_codes(session, house, editor):
    answer = editor.get("/en/listings/sheet/list.xlsx")
    taken = load_workbook(io.BytesIO(answer.data), read_only=True)
    ids = [row[0] for row in taken.worksheets[0].iter_rows(min_row=2, values_only=True)]
    codes = {row[1] for row in taken.worksheets[1].iter_rows(values_only=True)}

    own = set(session.scalars(sa.select(Service.id).where(Service.organization_id == house)))
    assert set(ids) == {str(each) for each in own}
    assert {"emergency_shelter", "06", "free"} <= codes


def test_the_sheet_sent_back_as_it_was_changes_nothing(editor):
    for kind in ("xlsx", "csv"):
        data = editor.get(f"/en/listings/sheet/list.{kind}").data
        assert "Nothing: the sheet says what is listed already." in upload(editor, data, f"a.{kind}").text


def test_no_cell_of_what_one_takes_is_a_formula(session, editor):
    with writing(session):
        service(session).description_fr = "=cmd|' /C calc'!A0"
        session.flush()
    rows = list(csv.reader(io.StringIO(editor.get("/en/listings/sheet/list.csv").data.decode("utf-8-sig"))))
    assert "'=cmd|' /C calc'!A0" in {cell for row in rows for cell in row}
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t" and cell]


def test_the_name_of_the_file_tells_nothing(editor):
    for language in ("fr", "en"):
        told = editor.get(f"/{language}/listings/sheet/list.csv").headers["Content-Disposition"]
        assert find_telling(told) == []


def test_taking_the_sheet_is_recorded(editor, events):
    editor.get("/en/listings/sheet/list.csv")
    assert events("export") == [("export", "listing", "Alex Exemple")]


def test_the_page_says_what_would_change_and_keeps_nothing(session, editor):
    page = upload(editor, filled(session, name_fr="Écoute nouvelle"))

    assert "Écoute nouvelle" in page.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 0


def test_what_is_sent_waits_and_hours_count_at_once(session, editor):
    page = upload(editor, filled(session, name_fr="Écoute nouvelle", hours="MO 10:00-12:00"))
    assert send(editor, page).status_code == 303
    session.rollback()

    assert [each.field for each in session.scalars(sa.select(ProposedChange))] == ["name"]
    assert [(each.field, each.via) for each in session.scalars(sa.select(FieldChange))] == [
        ("hours", Via.SHEET)
    ]


def test_a_service_of_another_organization_is_refused_by_its_line(session, editor):
    page = upload(editor, filled(session, "organisme-exemple-2--ecoute", name_fr="À nous"))
    assert page.status_code == 422
    assert "Line 2, column service_id" in page.text


def test_one_wrong_line_and_nothing_of_the_sheet_counts(session, editor):
    good, bad = service(session), service(session, "organisme-exemple-1--hebergement")
    rows = [
        ["service_id", "name_fr", "minimum_age"],
        [str(good.id), "Bon", ""],
        [str(bad.id), "Bon", "vieux"],
    ]
    page = upload(editor, book(rows))

    assert page.status_code == 422
    assert "Line 3, column minimum_age" in page.text
    assert "looked_at" not in page.text


def test_the_same_service_twice_is_refused(session, editor):
    row = [str(service(session).id), "Exemple"]
    assert "This service is there twice." in upload(editor, book([ROWS[0], row, row])).text


def test_an_address_of_a_confidential_place_is_refused_by_its_line(session, editor):
    data = filled(session, "organisme-exemple-1--hebergement", description_fr="Au 4321 rue Introuvable")
    assert "Line 2, column description_fr" in upload(editor, data).text


def test_what_changed_meanwhile_is_not_overwritten(session, editor):
    page = upload(editor, filled(session, name_fr="Écoute nouvelle"))
    with writing(session):
        service(session).last_seen = "2026-11"
    assert send(editor, page).status_code == 409
    assert session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 0


def test_what_was_looked_at_serves_its_reader_only(session, editor, house, people, browser_of):
    page = upload(editor, filled(session, name_fr="Écoute nouvelle"))
    other = browser_of(people.add("sam.exemple", (Role.PARTNER_EDITOR, house)))
    assert send(other, page).status_code == 409


def test_what_was_looked_at_serves_an_hour(session, editor, clock):
    page = upload(editor, filled(session, hours="MO 10:00-12:00"))
    for _ in range(5):
        clock.shift(13 * 60)
        editor.get("/en/listings/sheet")
    assert send(editor, page).status_code == 409


def test_what_was_looked_at_is_sent_once(session, editor):
    page = upload(editor, filled(session, hours="MO 10:00-12:00"))
    assert [send(editor, page).status_code for _ in range(2)] == [303, 409]


def test_who_keeps_no_listings_sees_no_sheet(house, people, browser_of):
    worker = browser_of(people.add("sacha.exemple", (Role.INTAKE_WORKER, house)))
    assert worker.get("/en/listings/sheet").status_code == 404
    assert worker.get("/en/listings/sheet/list.csv").status_code == 404


def test_a_vetter_who_acts_for_nobody_sees_no_sheet(people, browser_of):
    assert (
        browser_of(people.add("robin.exemple", (Role.VETTER, None))).get("/en/listings/sheet").status_code
        == 404
    )


def test_a_sheet_above_two_megabytes_is_refused_with_its_reason(editor):
    answer = upload(editor, b"PK\x03\x04" + b"0" * (sheet_reading.MOST_BYTES + 10))
    assert (answer.status_code, "more than 2 MB" in answer.text) == (422, True)


def test_a_body_far_above_it_is_not_read(editor):
    body = {"data": b"0" * 3_000_000, "content_type": "multipart/form-data; boundary=exemple"}
    assert editor.client.post("/en/listings/sheet", **body).status_code == 413


def test_no_other_page_takes_so_much(editor):
    answer = editor.client.post("/en/account/sign-in", data={"username": "a" * 100_000})
    assert answer.status_code == 413


def test_a_problem_shows_what_was_typed_as_text(session, editor):
    page = upload(editor, filled(session, minimum_age="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page.text


def test_no_two_fields_share_a_column():
    assert len(set(NAMES)) == len(NAMES)
