"""A catalogue and queries that look like the real ones, the same at each run."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, time, timedelta

import msgspec

from referral.catalogue.listing import (
    AreaServed,
    Listing,
    Opening,
    OrganizationCard,
    PhoneNumber,
    Place,
    SpokenLanguage,
    Text,
)
from referral.catalogue.vocabulary import SHELTER_CATEGORIES, TAXONOMIES
from referral.geo.places import KnownPlace, load_places
from referral.search.concepts import SYNONYMS
from referral.search.filters import check_filters
from referral.search.query import Query
from referral.shared.clock import QUEBEC

SEED = 20_261_124
FILLER = [
    "accueil",
    "ecoute",
    "information",
    "accompagnement",
    "soutien",
    "personne",
    "services",
    "groupe",
    "rencontre",
    "famille",
    "quartier",
    "intervention",
    "suivi",
    "orientation",
    "ateliers",
    "equipe",
    "besoins",
    "milieu",
    "vie",
    "communautaire",
    "projet",
    "demarches",
    "region",
]
AWARE = datetime(2026, 11, 24, 14, 0, tzinfo=QUEBEC)
TOWNS = [place for place in load_places() if place.kind == "municipality" and place.population]


def _terms() -> dict[str, list[str]]:
    rows = [line.split(",") for line in SYNONYMS.read_text(encoding="utf-8").splitlines()[1:]]
    return {language: [row[2] for row in rows if row[1] == language] for language in ("fr", "en")}


TERMS = _terms()


def make_catalogue(size: int) -> list[Listing]:
    """Make services spread as people are: towns by population, most answers unknown, few hours told."""
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    weights = [place.population or 1 for place in TOWNS]
    return [_listing(chance, number, chance.choices(TOWNS, weights)[0]) for number in range(size)]


def change(listing: Listing) -> Listing:
    """Return a listing as an edit would leave it."""
    return msgspec.structs.replace(listing, description=Text("Une description revue et corrigée."))


def _listing(chance: random.Random, number: int, town: KnownPlace) -> Listing:
    categories = tuple(sorted(chance.sample(list(TAXONOMIES["categories"]), chance.choice([1, 1, 2, 2, 3]))))
    shelter = bool(SHELTER_CATEGORIES.intersection(categories))
    province = chance.random() < 0.1
    return Listing(
        id=str(uuid.UUID(int=chance.getrandbits(128))),
        slug=f"service-{number}",
        organization=OrganizationCard(
            str(uuid.UUID(int=number // 2)), Text(f"Organisme Exemple {number // 2}")
        ),
        name=_text(chance, 2, 2),
        description=_text(chance, 3, 14),
        trust="sourced",
        categories=categories,
        clientele=tuple(sorted(chance.sample(list(TAXONOMIES["clientele"]), chance.choice([0, 1, 2, 3])))),
        minimum_age=chance.choice([None, None, None, 12, 14, 18]),
        maximum_age=chance.choice([None, None, None, 25, 35]) if chance.random() < 0.5 else None,
        languages=tuple(SpokenLanguage(each) for each in _languages(chance)),
        phones=(PhoneNumber("+15145550100"),) if chance.random() < 0.7 else (),
        place=_place(chance, town, shelter=shelter, province=province),
        area=AreaServed(everywhere=province, regions=() if province else (town.region_code,)),
        always_open=True if chance.random() < 0.2 else None,
        openings=_openings(chance),
        eligibility={
            code: chance.choice(["yes", "no"]) for code in TAXONOMIES["eligibility"] if chance.random() < 0.08
        },
        cost=chance.choice([None, None, None, "free", "free", "paid"]),
        referral_routes=("self",) if chance.random() < 0.5 else (),
        accessibility={"wheelchair": chance.choice(["yes", "no"])} if chance.random() < 0.2 else {},
        confidential=shelter,
    )


def _text(chance: random.Random, terms: int, filler: int) -> Text:
    french = chance.sample(TERMS["fr"], terms) + chance.sample(FILLER, filler)
    english = chance.sample(TERMS["en"], terms) + chance.sample(FILLER, filler)
    chance.shuffle(french)
    return Text(" ".join(french), " ".join(english) if chance.random() < 0.8 else None)


def _languages(chance: random.Random) -> list[str]:
    spoken = chance.sample(["es", "ar", "zh", "ht", "iu", "cr", "uk", "pt"], chance.choice([0, 0, 0, 1, 2]))
    return (["fr", "en"] if chance.random() < 0.4 else []) + spoken


def _place(chance: random.Random, town: KnownPlace, *, shelter: bool, province: bool) -> Place:
    if province:
        return Place()
    if shelter:
        return Place("public_area", town.region_code)
    latitude, longitude = (each + chance.gauss(0, 0.05) for each in (town.latitude, town.longitude))
    return Place("municipality", town.region_code, town.name, latitude=latitude, longitude=longitude)


def _openings(chance: random.Random) -> tuple[Opening, ...]:
    if chance.random() > 0.3:
        return ()
    return (
        Opening(
            ("MO", "TU", "WE", "TH", "FR"), time(chance.choice([8, 9])), time(chance.choice([16, 17, 20]))
        ),
    )


def make_queries() -> list[Query]:
    """Make 72 queries: one to four words or terms, most with a place, half with filters."""
    chance = random.Random(SEED + 1)  # noqa: S311 - nothing secret
    return [_query(chance, number) for number in range(72)]


def _query(chance: random.Random, number: int) -> Query:
    language = chance.choice(["fr", "fr", "en"])
    terms = chance.sample(TERMS[language], chance.choice([0, 1, 1, 2, 3]))
    words = " ".join(terms + chance.sample(FILLER, chance.choice([0, 0, 1])))
    offered = [
        ("need", chance.choice(list(TAXONOMIES["categories"]))),
        ("age", str(chance.randint(12, 60))),
        ("gender", chance.choice(["woman", "man"])),
        ("lang", chance.choice(["es", "ar", "fr"])),
        ("open_now", "true"),
        ("free", "true"),
        ("wheelchair", "true"),
    ]
    pairs = chance.sample(offered, chance.choice([0, 0, 1, 2, 3]))
    near = chance.choice(TOWNS) if chance.random() < 0.75 else None
    return Query(AWARE + timedelta(hours=number), words, near, check_filters(pairs))
