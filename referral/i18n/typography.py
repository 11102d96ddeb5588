"""French typography: spaces that must not break, and the apostrophe of print."""

from __future__ import annotations

import re
from functools import lru_cache

from referral.shared.bilingual import Language

REMEMBERED = 8192
NO_BREAK = "\u00a0"
_SPACES = "[ \u00a0\u202f]+"
_BEFORE_MARK = re.compile(rf"{_SPACES}(?=[:;?!»$]|%(?!\())")
_AFTER_QUOTE = re.compile(f"«(?:{_SPACES})?(?=\\S)")
_BEFORE_QUOTE = re.compile(r"(?<=[^\s\u00a0])»")
_INSIDE_NUMBER = re.compile(f"(?<=\\d){_SPACES}(?=\\d)")
_BEFORE_UNIT = re.compile(f"(?<=\\d){_SPACES}(?=(?:h|km|m|min|ans?|mois|jours?|heures?|minutes?)\\b)")
_INSIDE_HOUR = re.compile(f"(?<=\\d{NO_BREAK}h){_SPACES}(?=\\d)")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def set_french(text: str) -> str:
    """Keep marks, units and groups of digits with what they belong to.

    A mark that follows its word without a space is left alone: it may be an hour, an address
    or a name.
    """
    text = _BEFORE_MARK.sub(NO_BREAK, text)
    text = _AFTER_QUOTE.sub(f"«{NO_BREAK}", text)
    text = _BEFORE_QUOTE.sub(f"{NO_BREAK}»", text)
    text = _INSIDE_NUMBER.sub(NO_BREAK, text)
    text = _BEFORE_UNIT.sub(NO_BREAK, text)
    return _INSIDE_HOUR.sub(NO_BREAK, text)


@lru_cache(maxsize=REMEMBERED)
def set_text(text: str, language: Language) -> str:
    """Return a text as it is printed in its language."""
    text = _APOSTROPHE.sub("’", text)
    return set_french(text) if language == "fr" else text
