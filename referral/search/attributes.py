"""What a listing is known to answer to each filter, as keys for bitmaps.

``name=value`` a known yes · ``name!value`` a known no · ``name!`` something is known of a closed
filter, so that values not named are known not to fit. No key at all is *unknown*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from referral.catalogue.freshness import is_urgent
from referral.catalogue.listing import Answer, Listing
from referral.geo.names import fold_name
from referral.search.filters import LANGUAGE_MODES, PEOPLE, STATUSES, WIDER_LANGUAGE

GENDERED = {"woman": "women", "man": "men", "trans": "trans_nonbinary", "nonbinary": "trans_nonbinary"}
ANYONE = "anyone"
TOWN, AGELESS, ALWAYS, INACTIVE, EVERYWHERE = "@town=", "@ageless", "@always", "@inactive", "@everywhere"
URGENT = "@urgent"
PARTICULARLY = "@for="
PARTICULAR = {
    "indigenous": ("indigenous", frozenset({"first_nations", "inuit"})),
    "lgbtq": ("lgbtq", frozenset({"lgbtq", "trans_nonbinary"})),
}
"""Services for one public: they come after those for all, unless that public was asked for."""
STATUS_CLIENTELE = {
    "temporary_worker": ("temporary_workers", "migrants"),
    "refugee_claimant": ("refugees", "migrants"),
    "refugee": ("refugees", "migrants"),
    "student": ("migrants",),
    "sponsored": ("migrants",),
    "visitor": ("migrants",),
}
SETTLED = frozenset({"permanent_resident", "citizen"})
FLAGS = {
    "wheelchair": ("accessibility", "wheelchair"),
    "accepts_trans": ("eligibility", "accepts_trans"),
    "pets": ("eligibility", "accepts_pets"),
    "substance_use": ("eligibility", "accepts_active_use"),
    "indigenous_led": ("eligibility", "indigenous_led"),
}
NOT_ASKED = ("health_card_required", "police_report_required", "id_required")
OPPOSITE: dict[Answer, Answer] = {"yes": "no", "no": "yes", "unknown": "unknown"}
Known = Iterator[tuple[str, str, Answer]]


def list_attributes(listing: Listing) -> list[str]:
    """Return the keys of a listing, sorted, each once."""
    keys = set(_marks(listing))
    for rule in RULES:
        for name, value, answer in rule(listing):
            if answer != "unknown":
                keys.add(f"{name}={value}" if answer == "yes" else f"{name}!{value}")
    return sorted(keys)


def regions_served(listing: Listing) -> tuple[str, ...]:
    """Return the regions served; where no territory is told, that of the place itself."""
    if listing.area.everywhere or listing.area.regions:
        return listing.area.regions
    return (listing.place.region_code,) if listing.place.region_code else ()


def _marks(listing: Listing) -> Iterator[str]:
    for town in listing.area.municipalities or filter(None, (listing.place.municipality,)):
        yield f"{TOWN}{fold_name(town)}"
    if listing.area.municipalities:
        yield TOWN
    told = {
        EVERYWHERE: listing.area.everywhere,
        AGELESS: ANYONE in listing.clientele and listing.minimum_age is None and listing.maximum_age is None,
        INACTIVE: listing.status != "active",
        ALWAYS: listing.always_open is True,
        URGENT: is_urgent(listing.categories, always_open=listing.always_open),
    }
    yield from (mark for mark, holds in told.items() if holds)
    for public, (category, clientele) in PARTICULAR.items():
        if category in listing.categories or (listing.clientele and clientele.issuperset(listing.clientele)):
            yield f"{PARTICULARLY}{public}"


def _closed(name: str, values: Iterable[str]) -> Known:
    given = tuple(values)
    for value in given:
        yield name, value, "yes"
    if given:
        yield name, "", "no"


def _need(listing: Listing) -> Known:
    yield from _closed("need", listing.categories)


def _clientele(listing: Listing) -> Known:
    if ANYONE not in listing.clientele:
        yield from _closed("clientele", listing.clientele)
        return
    yield from (("clientele", value, "yes") for value in listing.clientele)
    yield "clientele", "*", "yes"


def _region(listing: Listing) -> Known:
    yield from _closed("region", regions_served(listing))
    if listing.area.everywhere:
        yield "region", "*", "yes"


def _route(listing: Listing) -> Known:
    yield from _closed("route", listing.referral_routes)


def _gender(listing: Listing) -> Known:
    """Tell whom a listing admits: one that names no gender turns none away; women-only is no for men."""
    clientele = set(listing.clientele)
    named = clientele & set(GENDERED.values())
    for person in PEOPLE:
        yield "gender", person, _admits(person, clientele, named, listing)


def _admits(person: str, clientele: set[str], named: set[str], listing: Listing) -> Answer:
    if not clientele:
        return "unknown"
    if ANYONE in clientele or GENDERED[person] in clientele or not named:
        return "yes"
    if person in {"trans", "nonbinary"}:
        return listing.eligibility.get("accepts_trans", "unknown")
    if person == "man":
        return "yes" if listing.eligibility.get("accepts_men") == "yes" else "no"
    return "no" if named == {"men"} else "unknown"


def _status(listing: Listing) -> Known:
    reserved = listing.eligibility.get("reserved_to_citizens", "unknown")
    for status in STATUSES:
        yield "status", status, _welcomes(status, listing, reserved)


def _welcomes(status: str, listing: Listing, reserved: Answer) -> Answer:
    if reserved == "yes":
        return "yes" if status in SETTLED else "no"
    if status == "none":
        told = listing.eligibility.get("accepts_no_status", "unknown")
        return "yes" if told == "unknown" and "no_status" in listing.clientele else told
    told = (
        listing.eligibility.get("accepts_temporary_workers", "unknown")
        if status == "temporary_worker"
        else "unknown"
    )
    if told != "unknown":
        return told
    served = set(listing.clientele)
    if reserved == "no" or ANYONE in served or served.intersection(STATUS_CLIENTELE.get(status, ())):
        return "yes"
    return "unknown"


def _languages(listing: Listing) -> Known:
    for language in listing.languages:
        for code in {language.code, WIDER_LANGUAGE.get(language.code, language.code)}:
            yield "lang", code, "yes"
            yield from (("lang", f"{code}:{mode}", "yes") for mode in LANGUAGE_MODES if mode == language.mode)


def _children(listing: Listing) -> Known:
    told = listing.eligibility.get("accepts_children", "unknown")
    if told == "unknown" and {"children", "families"}.intersection(listing.clientele):
        told = "yes"
    yield "children", "true", told


def _flags(listing: Listing) -> Known:
    for name, (table, code) in FLAGS.items():
        told: Answer = getattr(listing, table).get(code, "unknown")
        if name == "accepts_trans" and told == "unknown" and "trans_nonbinary" in listing.clientele:
            told = "yes"
        yield name, "true", told
    for name in NOT_ASKED:
        yield name, "false", OPPOSITE[listing.eligibility.get(name, "unknown")]
    if listing.always_open is not None:
        yield "always_open", "true", "yes" if listing.always_open else "no"
    if listing.cost is not None:
        yield "free", "true", "yes" if listing.cost == "free" else "no"


def _means(listing: Listing) -> Known:
    by_phone = any(phone.type == "voice" for phone in listing.phones)
    remote = listing.accessibility.get("remote", "unknown")
    yield from (("mode", MODES[phone.type], "yes") for phone in listing.phones)
    yield "mode", "email", "yes" if listing.email else "unknown"
    yield "mode", "remote", remote
    yield "access", "remote", remote
    yield "access", "phone", "yes" if by_phone else "unknown"
    yield "access", "walk_in", listing.eligibility.get("accepts_walk_in", "unknown")


MODES = {"voice": "phone", "text": "text", "textphone": "textphone"}
RULES: tuple[Callable[[Listing], Known], ...] = (
    _need,
    _clientele,
    _region,
    _route,
    _gender,
    _status,
    _languages,
    _children,
    _flags,
    _means,
)
