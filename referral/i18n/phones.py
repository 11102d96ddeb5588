"""Telephone numbers as one reads them, and as a telephone dials them."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

from referral.i18n.typography import NO_BREAK

REMEMBERED = 4096
HOME = "CA"
SHORT = 4
TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
AREA_END, PREFIX_END = 3, 6


@lru_cache(maxsize=REMEMBERED)
def show_number(number: str) -> str:
    """Return « 1 800 363-9010 », « 514 555-0123 » or a short number as it is; its spaces do not break.

    The form is the one of the Office québécois de la langue française: spaces around the area
    code, no parentheses, 1 before a toll-free number only.
    """
    if not number.startswith("+"):
        return number
    parsed = phonenumbers.parse(number, HOME)
    if parsed.country_code != 1:
        foreign = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return foreign.replace(" ", NO_BREAK)
    digits = f"{parsed.national_number:010}"
    area, middle, last = digits[:AREA_END], digits[AREA_END:PREFIX_END], digits[PREFIX_END:]
    start = f"1{NO_BREAK}" if area in TOLL_FREE else ""
    extension = f",{NO_BREAK}{parsed.extension}" if parsed.extension else ""
    return f"{start}{area}{NO_BREAK}{middle}-{last}{extension}"


def dial(number: str, *, text: bool = False) -> str:
    """Return the address that makes a telephone call, or write."""
    return f"{'sms' if text else 'tel'}:{number}"


def spell_number(number: str) -> str:
    """Return a number with its digits apart, for a voice that would read 811 as eight hundred and eleven."""
    digits = number.lstrip("+")
    return " ".join(digits) if len(digits) <= SHORT else show_number(number)
