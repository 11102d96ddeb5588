"""How two spellings of one place name are told to be the same."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ø": "o", "ł": "l"})
_SHORT_FORMS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "mt": "mont"}
_WORD = re.compile(r"[a-z0-9]+")


def fold_name(text: str) -> str:
    """Return the words of a name without case, accents, ligatures, hyphens or short forms.

    « Ste-Foy », « SAINTE FOY » and « sainte-foy » all give ``sainte foy``.
    """
    spread = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return " ".join(_SHORT_FORMS.get(word, word) for word in _WORD.findall(bare))
