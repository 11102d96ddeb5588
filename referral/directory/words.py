"""The sentences for the codes of listings and of the search engine."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from referral.catalogue.trust import Trust

CONFIRMED = frozenset({Trust.VERIFIED.value, Trust.VETTED.value})
TRUST_SHORT: dict[str, LazyString] = {
    "candidate": lazy_gettext("Not checked: call first"),
    "sourced": lazy_gettext("Public information: call first"),
    "contacted": lazy_gettext("Reached, not yet confirmed: call first"),
    "verified": lazy_gettext("Confirmed by the organization"),
    "vetted": lazy_gettext("Vetted"),
}
TRUST_LONG: dict[str, LazyString] = {
    "candidate": lazy_gettext("Nobody has checked this information. Call first."),
    "sourced": lazy_gettext("Public information, not yet confirmed by the organization. Call first."),
    "contacted": lazy_gettext(
        "We reached the organization, but it has not yet confirmed all of this. Call first."
    ),
    "verified": lazy_gettext("The organization confirmed this information."),
    "vetted": lazy_gettext("The organization confirmed this information and signed the inclusion criteria."),
}
OPENNESS: dict[str, LazyString] = {
    "always": lazy_gettext("Open 24 hours a day"),
    "open": lazy_gettext("Open now"),
    "closed": lazy_gettext("Closed now"),
    "unknown": lazy_gettext("Hours not known"),
}
BANDS: dict[str, LazyString] = {
    "under_25": lazy_gettext("less than 25 km away"),
    "25_100": lazy_gettext("25 to 100 km away"),
    "over_100": lazy_gettext("more than 100 km away"),
}
GROUPS: dict[str, LazyString] = {
    "place": lazy_gettext("Serving this place"),
    "region": lazy_gettext("Serving this region"),
    "province": lazy_gettext("Anywhere in Québec"),
    "unknown": lazy_gettext("Area served to be checked"),
    "elsewhere": lazy_gettext("Serving another area"),
}
FILTERS: dict[str, LazyString] = {
    "need": lazy_gettext("kind of help"),
    "clientele": lazy_gettext("for whom"),
    "region": lazy_gettext("region"),
    "area": lazy_gettext("area served"),
    "age": lazy_gettext("age"),
    "gender": lazy_gettext("for whom"),
    "status": lazy_gettext("immigration status"),
    "lang": lazy_gettext("language"),
    "open_now": lazy_gettext("hours"),
    "always_open": lazy_gettext("hours"),
    "children": lazy_gettext("children"),
    "child_age": lazy_gettext("children"),
    "wheelchair": lazy_gettext("wheelchair"),
    "free": lazy_gettext("cost"),
    "health_card_required": lazy_gettext("health card"),
    "police_report_required": lazy_gettext("police report"),
    "id_required": lazy_gettext("ID"),
    "mode": lazy_gettext("how to write or call"),
    "access": lazy_gettext("how to reach it"),
    "accepts_trans": lazy_gettext("trans people"),
    "pets": lazy_gettext("pets"),
    "substance_use": lazy_gettext("substance use"),
    "indigenous_led": lazy_gettext("Indigenous-led"),
    "route": lazy_gettext("how to be referred"),
}
"""What to ask when calling, where nobody knows the answer of a service to a filter."""
REASONS: dict[str, LazyString] = {
    "listed_language": lazy_gettext("Offers the language asked."),
    "matches_partly": lazy_gettext("Answers part of your words."),
}
SAID_ELSEWHERE = frozenset({"open_now", "always_open", "matches_need", "fits_filters", "call_first"}) | {
    f"serves_{code}" for code in GROUPS
}
"""Reasons that a card already gives in its facts or by the group that it stands in."""
MODES: dict[str, LazyString] = {
    "spoken": lazy_gettext("Spoken by staff"),
    "interpreter": lazy_gettext("Through an interpreter"),
    "written": lazy_gettext("In writing"),
}
FACTS: dict[str, LazyString] = {
    "service": lazy_gettext("Service"),
    "phone": lazy_gettext("Phone number"),
    "website": lazy_gettext("Web site"),
}
ORDERS: dict[str, LazyString] = {
    "best": lazy_gettext("Best match"),
    "distance": lazy_gettext("Distance"),
    "open": lazy_gettext("Open first"),
    "name": lazy_gettext("Name"),
}
