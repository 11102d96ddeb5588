"""Enumerations and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from babel.lists import format_list
from babel.numbers import format_decimal

from referral.i18n.locale import FORMATS
from referral.shared.bilingual import Language

REMEMBERED = 4096


def say_list(items: Iterable[str], language: Language, style: Literal["and", "or"] = "and") -> str:
    """Return « a, b et c » or “a, b and c”; French style has no comma before the last."""
    words = list(items)
    if not words:
        return ""
    return format_list(words, "standard" if style == "and" else "or", locale=FORMATS[language])


@lru_cache(maxsize=REMEMBERED)
def say_number(number: float, language: Language) -> str:
    """Return a number with its thousands kept together: « 10 000 », “10,000”."""
    return format_decimal(number, locale=FORMATS[language])
