"""What the gap map says, in words."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from referral.directory.cards import label, language_name
from referral.gaps.choice import (
    FIRST_LANGUAGES,
    INDIGENOUS,
    INDIGENOUS_LANGUAGES,
    LANGUAGES,
    NEEDS,
    POPULATIONS,
)
from referral.gaps.standing import Standing
from referral.gaps.supply import Found
from referral.gaps.told import BANDS
from referral.i18n.lists import say_number
from referral.i18n.locale import current_language

Options = list[tuple[str, str]]
STANDINGS: dict[Standing, LazyString] = {
    Standing.NONE: _l("No service listed"),
    Standing.ASK: _l("None known: to ask"),
    Standing.FEW: _l("Few"),
    Standing.SEVERAL: _l("Several"),
}
MEANINGS: dict[Standing, LazyString] = {
    Standing.NONE: _l("the directory lists none for this choice"),
    Standing.ASK: _l("none is known to fit, but some do not say whether they do"),
    Standing.FEW: _l("1 or 2 services"),
    Standing.SEVERAL: _l("3 services or more"),
}


def list_needs() -> Options:
    """Return the needs that may be chosen."""
    return [(code, label("categories", code)) for code in NEEDS]


def list_populations() -> Options:
    """Return the populations, whoever first."""
    return [("", _("Anyone")), *((code, label("clientele", code)) for code in POPULATIONS)]


def list_languages(offered: Collection[str]) -> Options:
    """Return the languages: those always asked about, then the others that the directory offers."""
    others = [code for code in LANGUAGES if code not in FIRST_LANGUAGES and code in offered]
    return [("", _("Any language")), *((code, say_language(code)) for code in (*FIRST_LANGUAGES, *others))]


def say_language(code: str) -> str:
    """Name a language, or the Indigenous languages together."""
    return _("Indigenous languages") if code == INDIGENOUS else language_name(code)


def name_indigenous() -> list[str]:
    """Name the languages that are counted together."""
    return [language_name(code) for code in INDIGENOUS_LANGUAGES]


def say_found(found: Found) -> str:
    """Say how many services there are, and how many do not say whether they fit."""
    language = current_language()
    known = ngettext(
        "%(number)s service", "%(number)s services", found.known, number=say_number(found.known, language)
    )
    return f"{known}, {say_unsaid(found)}" if found.unsaid else known


def say_unsaid(found: Found) -> str:
    """Say how many do not say whether they fit."""
    return _("%(number)s to ask", number=say_number(found.unsaid, current_language()))


def say_told(least: int | None) -> str:
    """Say about how many needs were told, by the least of the band."""
    if least is None:
        return _("not shown")
    if least == BANDS[-1]:
        return f"{least}+"
    return f"{least}–{BANDS[BANDS.index(least) + 1] - 1}"
