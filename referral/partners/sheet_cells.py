"""Fields of listings as cells of a sheet, and back. A cell that was not touched changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import phonenumbers

from referral.catalogue import columns as c
from referral.catalogue.fields import LACKS, Ages, Hours, Lacks, ServedArea, Territory
from referral.catalogue.listing import Opening, PhoneNumber, SpokenLanguage, Text
from referral.catalogue.problems import N_, CellError
from referral.catalogue.sheet import Columns
from referral.catalogue.values import EVERYWHERE

ID = "service_id"
Cells = Mapping[str, str]
HOURS = re.compile(
    r"(?P<days>[A-Z,]+)\s+(?P<opens>[0-9:h]+)\s*-\s*(?P<closes>[0-9:h]+)"
    r"(?:\s*\((?P<first>[0-9-]*)/(?P<last>[0-9-]*)\))?"
)
KINDS = ("voice", "text", "textphone")
MODES = ("spoken", "interpreter", "written")
ALWAYS = {"yes": True, "no": False, "": None, "unknown": None}

BAD_HOURS = N_("%(text)s are not hours: write MO,TU 09:00-17:00; SA 10:00-12:00.")
BAD_NUMBER = N_("%(text)s is not a telephone number that exists: write it as 514-555-1234.")
BAD_PAIR = N_("%(text)s is not an answer: write code=yes, code=no or code=unknown.")


@dataclass(frozen=True, slots=True)
class Part:
    """The cells of one field: how they are written, and how read beside what is there now."""

    columns: tuple[str, ...]
    write: Callable[[Any], tuple[str, ...]]
    read: Callable[[tuple[str, ...], Any], Any]


def write_cells(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what a listing says as cells, by column."""
    cells: dict[str, str] = {}
    for name, part in PARTS.items():
        cells.update(zip(part.columns, part.write(values[name]), strict=True))
    return cells


def read_part(name: str, cells: Cells, current: Any) -> Any:
    """Return the value of a field, the present one where no cell of it was touched; raises CellError."""
    part = PARTS[name]
    before = part.write(current)
    after = tuple(cells.get(column, old).strip() for column, old in zip(part.columns, before, strict=True))
    return current if after == tuple(old.strip() for old in before) else part.read(after, current)


def _read_text(cells: tuple[str, ...], _current: Any) -> Text:
    return Text(cells[0] or None, cells[1] or None)


def _write_text(value: Text) -> tuple[str, ...]:
    return value.fr or "", value.en or ""


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _write_phones(value: tuple[PhoneNumber, ...]) -> tuple[str, ...]:
    return ("; ".join(_write_phone(each) for each in value),)


def _write_phone(phone: PhoneNumber) -> str:
    number = phone.number
    if re.fullmatch(r"\+1[0-9]{10}", number):
        number = f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number if phone.type == "voice" else f"{phone.type}: {number}"


def _read_phones(cells: tuple[str, ...], current: tuple[PhoneNumber, ...]) -> tuple[PhoneNumber, ...]:
    """Read numbers; what was said of one that stays is kept."""
    known = {(each.number, each.type): each for each in current}
    found = []
    for text in _split(cells[0]):
        kind, _, rest = text.rpartition(":")
        kind = kind.strip() or "voice"
        c.parse_choice(kind, KINDS)
        number = read_number(rest.strip(), texting=kind == "text")
        toll_free = kind == "voice" and c.is_toll_free(number)
        found.append(known.get((number, kind)) or PhoneNumber(number, kind, toll_free))  # type: ignore[arg-type]  # checked
    return tuple(found)


def read_number(text: str, *, texting: bool) -> str:
    """Return a number, typed as one does here, as the directory holds it; raises CellError."""
    if text in c.SHORT_NUMBERS or (texting and c.TEXT_CODE.fullmatch(text)):
        return text
    try:
        number = phonenumbers.parse(text, "CA")
    except phonenumbers.NumberParseException:
        raise CellError(BAD_NUMBER, text=text) from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise CellError(BAD_NUMBER, text=text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _write_hours(value: Hours) -> tuple[str, ...]:
    always = "" if value.always_open is None else "yes" if value.always_open else "no"
    spans = "; ".join(_write_opening(each) for each in value.openings)
    return always, spans, ";".join(map(str, value.closed_on)), *_write_text(value.description)


def _write_opening(opening: Opening) -> str:
    said = f"{','.join(opening.byday)} {opening.opens_at:%H:%M}-{opening.closes_at:%H:%M}"
    if opening.valid_from or opening.valid_to:
        said += f" ({opening.valid_from or ''}/{opening.valid_to or ''})"
    return said


def _read_hours(cells: tuple[str, ...], _current: Hours) -> Hours:
    always, spans, closed, french, english = cells
    return Hours(
        always_open=ALWAYS[c.parse_choice(always, tuple(ALWAYS))],
        openings=tuple(_read_opening(text) for text in _split(spans)),
        description=Text(french or None, english or None),
        closed_on=tuple(sorted(_day(text) for text in _split(closed))),
    )


def _day(text: str) -> date:
    found = c.parse_day(text)
    if found is None:
        raise CellError(c.BAD_DAY, text=text)
    return found


def _read_opening(text: str) -> Opening:
    found = HOURS.fullmatch(text)
    if found is None:
        raise CellError(BAD_HOURS, text=text)
    return Opening(
        tuple(c.parse_days(found["days"]).split(",")),
        c.parse_time(found["opens"]),
        c.parse_time(found["closes"]),
        c.parse_day(found["first"] or ""),
        c.parse_day(found["last"] or ""),
    )


def _codes(taxonomy: str) -> Part:
    def read(cells: tuple[str, ...], _current: Any) -> tuple[str, ...]:
        return tuple(sorted(c.parse_codes(cells[0].rstrip(";"), taxonomy)))

    return Part((taxonomy,), lambda value: (";".join(value),), read)


def _answers(taxonomy: str) -> Part:
    def read(cells: tuple[str, ...], _current: Any) -> dict[str, str]:
        found = {}
        for text in _split(cells[0]):
            code, _, answer = (part.strip() for part in text.partition("="))
            if answer not in {"yes", "no", "unknown"}:
                raise CellError(BAD_PAIR, text=text)
            found[c.parse_code(code, taxonomy)] = answer
        return dict(sorted((code, answer) for code, answer in found.items() if answer != "unknown"))

    def write(value: dict[str, str]) -> tuple[str, ...]:
        return (";".join(f"{code}={answer}" for code, answer in value.items()),)

    return Part((taxonomy,), write, read)


def _plain(column: str, parse: Callable[[str], str | None]) -> Part:
    return Part((column,), lambda value: (value or "",), lambda cells, _current: parse(cells[0]))


def _read_ages(cells: tuple[str, ...], _current: Ages) -> Ages:
    return Ages(c.parse_age(cells[0]), c.parse_age(cells[1]))


def _write_ages(value: Ages) -> tuple[str, ...]:
    return tuple("" if age is None else str(age) for age in (value.minimum, value.maximum))


def _read_languages(cells: tuple[str, ...], _current: Any) -> tuple[SpokenLanguage, ...]:
    found = set()
    for text in _split(cells[0]):
        code, _, mode = text.partition("/")
        mode = c.parse_choice(mode or "spoken", MODES)
        found.add((c.parse_code(code, "languages"), mode))
    return tuple(SpokenLanguage(code, mode) for code, mode in sorted(found))  # type: ignore[arg-type]  # checked


def _write_languages(value: tuple[SpokenLanguage, ...]) -> tuple[str, ...]:
    return (";".join(each.code if each.mode == "spoken" else f"{each.code}/{each.mode}" for each in value),)


def _write_area(value: Territory) -> tuple[str, ...]:
    areas = [f"{each.region_code or ''}/{each.municipality or ''}".rstrip("/") for each in value.areas]
    return ";".join([EVERYWHERE] * value.everywhere + areas), *_write_text(value.description)


def _read_area(cells: tuple[str, ...], _current: Any) -> Territory:
    areas, everywhere = [], False
    for text in _split(cells[0]):
        region, _, town = text.partition("/")
        region = region.zfill(2) if region.isdigit() else region
        everywhere |= region == EVERYWHERE
        if region != EVERYWHERE:
            areas.append((c.parse_region(region), town or None))
    served = tuple(
        ServedArea(region, town) for region, town in sorted(areas, key=lambda each: (each[0], each[1] or ""))
    )
    return Territory(everywhere, served, Text(cells[1] or None, cells[2] or None))


def _write_lacks(value: Lacks) -> tuple[str, ...]:
    return ";".join(value.codes), *_write_text(value.description)


def _read_lacks(cells: tuple[str, ...], _current: Any) -> Lacks:
    codes = tuple(c.parse_choice(code, LACKS) for code in _split(cells[0]))
    return Lacks(codes, Text(cells[1] or None, cells[2] or None))


def _cost(text: str) -> str | None:
    return c.parse_code(text, "costs") if text else None


PARTS: dict[str, Part] = {
    "name": Part(("name_fr", "name_en"), _write_text, _read_text),
    "description": Part(("description_fr", "description_en"), _write_text, _read_text),
    "phones": Part(("phones",), _write_phones, _read_phones),
    "email": _plain("email", c.parse_email),
    "website": _plain("website", c.parse_url),
    "referral_routes": _codes("referral_routes"),
    "hours": Part(("always_open", "hours", "closed_on", "hours_fr", "hours_en"), _write_hours, _read_hours),
    "categories": _codes("categories"),
    "clientele": _codes("clientele"),
    "ages": Part(("minimum_age", "maximum_age"), _write_ages, _read_ages),
    "languages": Part(("languages",), _write_languages, _read_languages),
    "area": Part(("area", "area_fr", "area_en"), _write_area, _read_area),
    "eligibility": _answers("eligibility"),
    "cost": _plain("cost", _cost),
    "accessibility": _answers("accessibility"),
    "lacks": Part(("lacks", "lacks_fr", "lacks_en"), _write_lacks, _read_lacks),
}
"""Whom workers call and what to bring are changed on the page only."""
NAMES = tuple(column for part in PARTS.values() for column in part.columns)
SHEET = Columns(required=(ID,), optional=NAMES)
