"""Numbers and hours without names, for who carries them where they may be found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from referral.directory.reach import Reach
from referral.directory.week import say_week


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call or to text, and when it answers; empty where that is not known."""

    number: str
    is_text: bool
    times: tuple[str, ...]


def list_numbers(reaches: Iterable[Reach]) -> tuple[Number, ...]:
    """Return each number once, in order."""
    numbers: dict[tuple[str, bool], Number] = {}
    for each in reaches:
        for phone in each.phones:
            is_text = phone.type == "text"
            found = Number(phone.number, is_text, say_week(each.listing))
            numbers.setdefault((phone.number, is_text), found)
    return tuple(numbers.values())
