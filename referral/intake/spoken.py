"""Languages that a person may speak or sign, those that are heard most here first."""

from __future__ import annotations

from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.cards import language_name
from referral.geo.names import fold_name

COMMON = ("fr", "en", "es", "ar", "ht", "pt", "zh", "vi", "fa", "ru", "uk", "fcs", "ase")
"""In the order in which they are offered; the last two are signed."""
NOT_ONE = frozenset({"mul"})


def list_languages() -> tuple[dict[str, str], dict[str, str]]:
    """Return the common languages and the others, by name; what the directory knows can be asked of it."""
    others = {
        code: language_name(code) for code in TAXONOMIES["languages"] if code not in {*COMMON, *NOT_ONE}
    }
    ordered = sorted(others.items(), key=lambda each: fold_name(each[1]))
    return {code: language_name(code) for code in COMMON}, dict(ordered)
