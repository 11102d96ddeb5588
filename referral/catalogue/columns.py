"""What each kind of cell may hold: pure parsing, each refusal with its reason."""

from __future__ import annotations

import re
from datetime import date, time
from urllib.parse import urlsplit

import phonenumbers

from referral.catalogue.freshness import parse_date
from referral.catalogue.problems import N_, CellError
from referral.catalogue.schedules import WEEKDAYS
from referral.catalogue.vocabulary import TAXONOMIES
from referral.geo.areas import REGIONS

SLUG = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
SHORT_NUMBERS = frozenset({"211", "311", "411", "511", "611", "711", "811", "911", "988"})
TEXT_CODE = re.compile(r"[1-9]\d{4,5}")
LISTED_SOURCE = re.compile(r"public-list-\d+")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
POSTAL_CODE = re.compile(
    r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])[ -]?(\d[ABCEGHJ-NPRSTV-Z]\d)", re.IGNORECASE
)
CLOCK = re.compile(r"([01]?\d|2[0-3])(?::|h)([0-5]\d)")
EVERYWHERE = "00"
OLDEST = 120
LONGEST_URL = 2000
LONGEST_SLUG = 200

BLANK = N_("The cell is blank.")
UNKNOWN_CODE = N_("%(code)s is not a code of %(taxonomy)s.")
REPEATED_CODE = N_("%(code)s is there twice.")
BAD_SLUG = N_("An identifier holds small letters without accents, digits and hyphens only.")
BAD_CHOICE = N_("%(text)s is not one of: %(choices)s.")
BAD_AGE = N_("%(text)s is not an age in whole years.")
BAD_PHONE = N_("%(text)s is not a telephone number that exists: write it as +15145551234.")
NOT_TOLL_FREE = N_("%(text)s is not a toll-free number.")
BAD_URL = N_("%(text)s is not a web address that begins with http:// or https://.")
URL_WITH_PASSWORD = N_("The web address holds a user name or a password.")
BAD_SOURCE = N_("%(text)s is neither a web address nor public-list-N.")
BAD_DATE = N_("%(text)s is not a date: write 2026, 2026-10 or 2026-10-04.")
BAD_DAY = N_("%(text)s is not a day: write 2026-10-04.")
BAD_EMAIL = N_("%(text)s is not an e-mail address.")
BAD_REGION = N_("%(text)s is not a region code from 01 to 17.")
BAD_POSTAL_CODE = N_("%(text)s is not a postal code.")
BAD_TIME = N_("%(text)s is not a time of day: write 08:30.")
BAD_DAYS = N_("%(text)s are not days: write MO,TU,WE,TH,FR,SA,SU.")


def parse_choice(text: str, choices: tuple[str, ...]) -> str:
    """Return one of a few words."""
    if text not in choices:
        raise CellError(BAD_CHOICE, text=text, choices=", ".join(choice or '""' for choice in choices))
    return text


def parse_code(text: str, taxonomy: str) -> str:
    """Return a code of a vocabulary."""
    if text not in TAXONOMIES[taxonomy]:
        raise CellError(UNKNOWN_CODE, code=text or '""', taxonomy=taxonomy)
    return text


def parse_codes(text: str, taxonomy: str) -> tuple[str, ...]:
    """Return the codes of a list separated by semicolons, in its order."""
    codes = tuple(parse_code(code.strip(), taxonomy) for code in text.split(";")) if text else ()
    for position, code in enumerate(codes):
        if code in codes[:position]:
            raise CellError(REPEATED_CODE, code=code)
    return codes


def parse_slug(text: str) -> str:
    """Return a stable identifier."""
    if not SLUG.fullmatch(text) or len(text) > LONGEST_SLUG:
        raise CellError(BAD_SLUG)
    return text


def parse_text(text: str) -> str:
    """Return a text that must be there."""
    if not text:
        raise CellError(BLANK)
    return text


def parse_age(text: str) -> int | None:
    """Return whole years, or ``None`` where nobody said."""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > OLDEST:
        raise CellError(BAD_AGE, text=text)
    return int(text)


def parse_phone(text: str, *, texting: bool = False) -> str | None:
    """Return a number as E.164, or a short number as dialled; text codes only where texts go."""
    if not text:
        return None
    if text in SHORT_NUMBERS or (texting and TEXT_CODE.fullmatch(text)):
        return text
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise CellError(BAD_PHONE, text=text) from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise CellError(BAD_PHONE, text=text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_toll_free(number: str) -> bool:
    """Say whether a number, as parse_phone gives it, costs nothing to call."""
    if not number.startswith("+"):
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind == phonenumbers.PhoneNumberType.TOLL_FREE


def parse_toll_free(text: str) -> str | None:
    """Return a toll-free number."""
    number = parse_phone(text)
    if number and not is_toll_free(number):
        raise CellError(NOT_TOLL_FREE, text=text)
    return number


def parse_url(text: str) -> str | None:
    """Return a web address that a page may link to."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise CellError(BAD_URL, text=text) from None
    if parts.username is not None or parts.password is not None:
        raise CellError(URL_WITH_PASSWORD)
    plain = len(text) <= LONGEST_URL and not re.search(r"[\s<>\"\\^`{|}]", text)
    named = bool(host) and re.fullmatch(r"(?:[\w-]+\.)+[^\W\d_][\w-]+", host or "") is not None
    if parts.scheme not in {"http", "https"} or not plain or not named:
        raise CellError(BAD_URL, text=text)
    return text


def parse_source(text: str) -> str:
    """Return where a fact comes from: a web address, or the number of a list without one worth citing."""
    if LISTED_SOURCE.fullmatch(text):
        return text
    try:
        url = parse_url(text)
    except CellError as error:
        raise CellError(BAD_SOURCE, text=text) if error.reason == BAD_URL else error from None
    if url is None:
        raise CellError(BLANK)
    return url


def parse_sources(text: str) -> tuple[str, ...]:
    """Return the sources of a list separated by semicolons followed by a source."""
    parts = re.split(r";(?=https?://|public-list-)", text) if text else []
    return tuple(dict.fromkeys(parse_source(part.strip()) for part in parts))


def parse_dated(text: str) -> str | None:
    """Return a date as its source gives it: a year, a month or a day."""
    if not text:
        return None
    try:
        parse_date(text)
    except ValueError:
        raise CellError(BAD_DATE, text=text) from None
    return text


def parse_day(text: str) -> date | None:
    """Return a day."""
    try:
        given = parse_date(text) if text else None
    except ValueError:
        given = None
    if text and (given is None or given.day is None):
        raise CellError(BAD_DAY, text=text)
    return given.earliest if given else None


def parse_email(text: str) -> str | None:
    """Return an e-mail address."""
    if text and not EMAIL.fullmatch(text):
        raise CellError(BAD_EMAIL, text=text)
    return text or None


def parse_region(text: str, *, everywhere: bool = True) -> str:
    """Return a region code; 00 stands for the whole province or the country."""
    if text not in REGIONS and not (everywhere and text == EVERYWHERE):
        raise CellError(BAD_REGION, text=text)
    return text


def parse_postal_code(text: str) -> str | None:
    """Return a postal code as it is written on a letter."""
    if not text:
        return None
    match = POSTAL_CODE.fullmatch(text)
    if match is None:
        raise CellError(BAD_POSTAL_CODE, text=text)
    return " ".join(match.groups()).upper()


def parse_time(text: str) -> time:
    """Return a time of day."""
    match = CLOCK.fullmatch(text)
    if match is None:
        raise CellError(BAD_TIME, text=text)
    return time(int(match[1]), int(match[2]))


def parse_days(text: str) -> str:
    """Return days in the order of the week, as ``MO,TU``."""
    days = [day.strip() for day in text.split(",")]
    if not set(days) <= set(WEEKDAYS) or len(set(days)) < len(days):
        raise CellError(BAD_DAYS, text=text)
    return ",".join(sorted(days, key=WEEKDAYS.index))
