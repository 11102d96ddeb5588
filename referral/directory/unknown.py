"""What nobody knows of a service yet, named as what to ask on the telephone."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext

from referral.catalogue.confidentiality import is_shelter
from referral.catalogue.listing import Listing
from referral.directory import words
from referral.i18n.lists import say_list
from referral.i18n.locale import current_language

ADMISSION = {
    "accepts_no_status": "status",
    "id_required": "id_required",
    "police_report_required": "police_report_required",
}
SHELTER_ADMISSION = {
    "accepts_children": "children",
    "accepts_pets": "pets",
    "accepts_active_use": "substance_use",
    "accepts_trans": "accepts_trans",
}
HEALTH_ADMISSION = {"health_card_required": "health_card_required"}
"""Conditions that decide whether a call is worth it, with the words of the filters for them."""


def list_unknown(listing: Listing) -> tuple[str, ...]:
    """Name what one should ask when calling, what decides first; empty where all is known."""
    return tuple(_unknown(listing))


def _unknown(listing: Listing) -> Iterator[str]:
    if not (listing.always_open or listing.openings or listing.hours.fr or listing.hours.en):
        yield gettext("hours")
    if admission := _unknown_admission(listing):
        yield admission
    area = listing.area
    known = {
        gettext("area served"): area.everywhere or area.regions or area.description.fr or area.description.en,
        gettext("how to be referred"): listing.referral_routes,
        gettext("languages spoken"): listing.languages,
        gettext("cost"): listing.cost,
        gettext("what to bring"): listing.required_documents,
        gettext("accessibility"): set(listing.accessibility.values()) - {"unknown"},
    }
    yield from (name for name, value in known.items() if not value)


def _unknown_admission(listing: Listing) -> str | None:
    """Say what is not known of who is admitted; a help line answers anyone who calls."""
    asked = [
        str(words.FILTERS[word])
        for code, word in _conditions(listing).items()
        if listing.eligibility.get(code, "unknown") == "unknown"
    ]
    if asked:
        return gettext("who can be admitted: %(what)s", what=say_list(asked, current_language()))
    return None if set(listing.eligibility.values()) - {"unknown"} else gettext("who can be admitted")


def _conditions(listing: Listing) -> dict[str, str]:
    if "helpline" in listing.categories:
        return {}
    conditions = dict(ADMISSION)
    if is_shelter(listing.categories):
        conditions = SHELTER_ADMISSION | conditions
    if "health" in listing.categories:
        conditions |= HEALTH_ADMISSION
    return conditions
