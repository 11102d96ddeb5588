"""The town among typed words: offered as the place of the search, never applied unasked."""

from __future__ import annotations

import re

from referral.geo.places import list_exact
from referral.geo.precision import LARGE_MUNICIPALITIES

WORD = re.compile(r"[^\s,;.?!]+")
LONGEST_NAME = 4
"""Words of the longest name looked for: « Saint Jean sur Richelieu »."""
SHORTEST = 4
"""Letters: below, a word of a sentence is more likely than a town."""
LARGE = frozenset(name.casefold() for name in LARGE_MUNICIPALITIES)


def find_typed_town(words: str) -> str | None:
    """Return the name of the town that the words hold, the longest name first, then the last one."""
    typed = WORD.findall(words)
    for length in range(LONGEST_NAME, 0, -1):
        for start in range(len(typed) - length, -1, -1):
            name = " ".join(typed[start : start + length])
            found = list_exact(name) if len(name) >= SHORTEST else []
            if found and (length > 1 or _is_meant(name, found[0].name, is_first=start == 0)):
                return found[0].name
    return None


def _is_meant(typed: str, name: str, *, is_first: bool) -> bool:
    """Tell « à Parent » from « parent inquiet »: a capital inside the words, or a large town."""
    return name.casefold() in LARGE or (typed[0].isupper() and not is_first)
