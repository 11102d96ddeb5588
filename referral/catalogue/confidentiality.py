"""Which places are confidential, and what in a text would give an address away.

Traces are sought in what people write: numbers with a street in French or English, postal codes,
coordinates, links to a map. A trace found is refused by the importer and by the edition builder alike.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from referral.catalogue.vocabulary import SHELTER_CATEGORIES

GENERIC_FR = (
    r"rue|boulevard|boul|blvd|bd|avenue|ave|av|chemin|ch|rang|rg|route|rte|place|pl|c[oô]te|mont[ée]e|all[ée]e|impasse|ruelle"
    r"|mt[ée]e|grande[ -]all[ée]e"
    r"|quai|square|carr[ée]|croissant|terrasse|promenade|autoroute|aut|cours|esplanade|sentier|voie|rond-point"
)
CERTAIN_FR = r"rue|boulevard|boul|blvd|bd|avenue|ave|chemin|rang|rg|mont[ée]e|mt[ée]e|impasse|ruelle"
"""Kinds of streets whose words mean nothing else behind a number, whatever stands between."""
GENERIC_EN = (
    r"street|avenue|boulevard|road|crescent|drive|lane|court|square|terrace|highway|place"
    r"|parkway|circle|trail"
)
ABBREVIATED_EN = r"St|Ave|Blvd|Rd|Dr|Ln|Cres|Ct|Sq|Hwy|Pkwy|Pl|ST|AVE|BLVD|RD|DR|LN|CRES|CT|SQ|HWY|PKWY|PL"
NUMBER = r"(?<![\w/])\d{1,5}(?:[ -]?[A-Z]\b)?(?:\s?[-–]\s?\d{1,5}[A-Z]?)?(?:\s?½|\s?1/2)?"
POSTAL_CODE = re.compile(
    r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][\s.,/_‐–—-]{0,3}\d[ABCEGHJ-NPRSTV-Z]\d", re.IGNORECASE
)
ELSEWHERE = "ABCEKLMNPRSTVXYabceklmnprstvxy"
STOP = (
    r"(?:hours?|days?|weeks?|months?|years?|beds?|places?|rooms?|units?"
    r"|of|the|in|on|and|or|to|for|a|an|by|at|per|from)\b"
)
JOINED = r"(?:(?:de|du|des|la|le|l['’]|d['’])\s*)"
NOT_COUNTED = r"(?!\s*(?:[-–à]|to)?\s*\d*\s*(?:ans|years|h\b|heures|hours|jours|days|places|lits|beds|%))"
PATTERNS = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (rf"{NUMBER}\s?,?\s+(?:de\s+la\s+|du\s+|de\s+)?(?:{GENERIC_FR})\b(?!-)", re.IGNORECASE),
        (rf"{NUMBER}(?:\s?(?:bis|ter)\b)?[\s,;:/_()–—-]{{0,4}}(?:{CERTAIN_FR})\b", re.IGNORECASE),
        (r"(?<![\w/])\d{1,5}\s?,?\s+r\.\s?[A-ZÀ-Ý]", 0),
        (
            r"(?<![\w/])\d{3,5}\s?,?\s+(?:de\s+)?(?:[A-ZÀ-Ý][\w'’.-]*\s+){1,3}"
            r"(?:(?:Est|Ouest|Nord|Sud|East|West|North|South)\b|[ENOSW]\.(?!\w))",
            0,
        ),
        (
            rf"{NUMBER}\s?,?\s+\d{{1,3}}\s?(?:er|re|ère|e|st|nd|rd|th)\b\s+(?:{GENERIC_FR}|{GENERIC_EN})\b",
            re.IGNORECASE,
        ),
        (r"\b\d{1,3}\s?(?:er|re|ère|e|st|nd|rd|th)\s+(?:rue|avenue|rang|street)\b", re.IGNORECASE),
        (
            rf"\b(?i:{GENERIC_FR})\.?\s+{JOINED}{{0,3}}(?:[A-ZÀ-Ý][\w'’.-]*\s+){{1,3}}(?:no\.?\s*|#\s*)?\d{{1,5}}\b{NOT_COUNTED}",
            0,
        ),
        (
            rf"\b(?:{GENERIC_FR})\.?\s+(?:[^\W\d_][\w'’.-]*\s+){{0,4}}[^\W\d_][\w'’.-]*\s?,\s*(?:no\.?\s*|#\s*)?\d{{1,5}}\b{NOT_COUNTED}",
            re.IGNORECASE,
        ),
        (rf"{NUMBER}\s?,?\s+(?:(?!{STOP})[\w'’.-]+\s+){{1,3}}(?:{GENERIC_EN})\b(?!-)", re.IGNORECASE),
        (rf"{NUMBER}\s?,?\s+(?:[A-ZÀ-Ý0-9][\w'’.-]*\s+){{1,3}}(?:{ABBREVIATED_EN})\b(?!-)", 0),
        (r"\b(?:bureau|suite|app(?:\.|artement)|apt\.?|local|porte|office)\s*#?\s*\d{1,5}\b", re.IGNORECASE),
        (r"\b(?:c\.\s?p\.|case postale|p\.?\s?o\.?\s?box|casier postal)\s*#?\s*\d+", re.IGNORECASE),
        (rf"\b{POSTAL_CODE.pattern}\b", re.IGNORECASE),
        (r"\b[GHJ]\d[ABCEGHJ-NPRSTV-Z]\b", 0),
        (r"\b[GHJ][ .-]\d[ .-][A-Z][ .-]{1,3}\d[ .-][A-Z][ .-]\d\b", 0),
        (r"[-+]?\d{1,3}[.,]\d{3,}\s*°?\s*[NSO]?\s*[,;/ ]\s*[-+]?\d{1,3}[.,]\d{3,}", re.IGNORECASE),
        (r"\d{1,3}\s*°\s*\d{1,2}", 0),
        (r"\b(?:lat|latitude|lon|lng|longitude)\b\W{0,3}-?\d", re.IGNORECASE),
        (r"\bgeo:-?\d", re.IGNORECASE),
        (
            r"\b(?:maps\.app\.goo\.gl|goo\.gl/maps|google\.[a-z]{2,3}(?:\.[a-z]{2})?/maps|maps\.google\."
            r"|openstreetmap\.org/|osm\.org/|what3words\.com|w3w\.co/|maps\.apple\.com|waze\.com/"
            r"|bing\.com/maps|plus\.codes/)",
            re.IGNORECASE,
        ),
        (r"(?<!/)///[^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+", 0),
        (r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b", 0),
    )
)
STREET_NAMED = re.compile(
    r"\b(?:[Rr]ue|[Bb]oulevard|[Bb]oul\.|[Aa]venue|[Cc]hemin|[Rr]ang)\s+(?:(?:de|du|des|la|le)\s+|d['’]|l['’])*[A-ZÀ-Ý][\w'’-]+"
    r"|\b[A-ZÀ-Ý][\w'’-]+\s+(?:Street|Avenue|Boulevard|Road)\b"
)
INVISIBLE = dict.fromkeys(
    (
        *(0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810)),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
        *(*range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0000, 0xE1000)),
    )
)
"""What a reader does not see (Unicode: Default_Ignorable_Code_Point)."""
TAG = re.compile(r"<[^<>]{1,80}>")


def is_shelter(categories: Iterable[str]) -> bool:
    """Say whether one of the categories makes the place confidential, whatever else is said of it."""
    return not SHELTER_CATEGORIES.isdisjoint(categories)


def address_traces(text: str | None) -> list[str]:
    """Return the parts of a text that lead to a door: numbered street, postal code, coordinates, map link."""
    if not text:
        return []
    plain = as_read(text)
    readings = {plain, unquote(plain)} if "%" in plain else {plain}
    return list(dict.fromkeys(found for reading in readings for found in _traces(reading)))


def url_traces(url: str | None) -> list[str]:
    """Return the traces in an address of the web, whose words are joined by hyphens and the like."""
    if not url:
        return []
    words = re.sub(r"[-_+/=&?.]+", " ", unquote(unquote(as_read(url))))
    found = [
        trace
        for trace in address_traces(url)
        if trace[0] not in ELSEWHERE or not POSTAL_CODE.fullmatch(trace)
    ]
    return list(dict.fromkeys(found + _traces(words, PATTERNS[:2])))


def streets_named(text: str | None) -> list[str]:
    """Return streets named without a number, for a person to judge: names of groups look alike."""
    return [match.group().strip() for match in STREET_NAMED.finditer(as_read(text or ""))]


def as_read(text: str) -> str:
    """Return a text as a reader sees it: no markup, nothing invisible, compatible forms made plain."""
    if "&" in text or "<" in text:
        text = TAG.sub(" ", html.unescape(text))
    if text.isascii():
        return re.sub(r"\s+", " ", text)
    plain = unicodedata.normalize("NFKC", text.replace("½", " 1/2")).translate(INVISIBLE)
    return re.sub(r"\s+", " ", plain)


def _traces(text: str, patterns: tuple[re.Pattern[str], ...] = PATTERNS) -> list[str]:
    return [match.group().strip() for pattern in patterns for match in pattern.finditer(text)]
