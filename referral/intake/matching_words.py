"""Words for why a service is proposed, and for what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.catalogue.listing import Listing
from referral.directory.cards import language_name
from referral.directory.words import FILTERS
from referral.i18n.lists import say_list
from referral.i18n.locale import current_language
from referral.intake.matching import Judged, Wanted, spoken_there
from referral.intake.vocabulary import NeedState

SOUGHT: dict[NeedState, LazyString] = {
    NeedState.NOW: _l("needed now"),
    NeedState.LATER: _l("needed later"),
}
FITS: dict[str, LazyString] = {
    "children": _l("receives children"),
    "pets": _l("accepts pets"),
    "substance_use": _l("accepts people who use substances"),
    "wheelchair": _l("can be entered in a wheelchair"),
    "id_required": _l("asks for no identity papers"),
    "health_card_required": _l("asks for no health card"),
    "age": _l("receives people of her age"),
}
ADMITS: dict[str, LazyString] = {
    "man": _l("receives men"),
    "trans-woman": _l("receives trans people"),
    "trans-man": _l("receives trans people"),
    "non-binary": _l("receives non-binary people"),
}
MISSING: dict[str, LazyString] = {
    "children": _l("does not receive children"),
    "pets": _l("does not accept pets"),
    "substance_use": _l("does not accept people who use substances"),
    "wheelchair": _l("cannot be entered in a wheelchair"),
    "id_required": _l("asks for identity papers"),
    "health_card_required": _l("asks for a health card"),
    "age": _l("does not receive people of her age"),
    "region": _l("serves another region"),
}
REFUSES: dict[str, LazyString] = {
    "woman": _l("does not receive women"),
    "man": _l("does not receive men"),
    "trans-woman": _l("does not receive trans women"),
    "trans-man": _l("does not receive trans men"),
    "non-binary": _l("does not receive non-binary people"),
}


def say_fits(judged: Judged, listing: Listing, wanted: Wanted) -> list[str]:
    """Say what a service is known to answer of what she said; the region is on its card."""
    known = {**FITS, "gender": ADMITS.get(wanted.gender or "")}
    said = [str(known[name]) for name in judged.fits if known.get(name)]
    languages = [language_name(code) for code in spoken_there(listing, wanted)]
    if languages:
        said.append(_("offered in %(languages)s", languages=say_list(languages, current_language())))
    return said


def say_missing(judged: Judged, wanted: Wanted) -> list[str]:
    """Say what a service is known not to answer."""
    known = {**MISSING, "gender": REFUSES.get(wanted.gender or "")}
    return [str(known[name]) for name in judged.missing if known.get(name)]


def say_to_ask(names: Sequence[str]) -> list[str]:
    """Name what nobody knows: it is asked on the telephone."""
    return list(dict.fromkeys(str(FILTERS[name]) for name in names if name in FILTERS))
