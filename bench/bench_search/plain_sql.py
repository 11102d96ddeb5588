"""The same page as a competent developer writes it in SQL: FTS5, indexed tables, one statement a question.

FTS5 finds words and ranks by bm25; terms have no concepts here, which spares work. Filters keep
what is unknown. Order: territory, then whether the filters are known to fit, distance, bm25.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from referral.catalogue.listing import Listing
from referral.catalogue.schedules import wall_clock
from referral.catalogue.vocabulary import TAXONOMIES
from referral.search.analysis import STOP, split
from referral.search.query import Query

SCHEMA = """
CREATE TABLE service (id INTEGER PRIMARY KEY, everywhere INT, minimum_age INT, maximum_age INT, cost TEXT,
    wheelchair TEXT, always_open INT, latitude REAL, longitude REAL);
CREATE TABLE category (service_id INT, code TEXT);
CREATE TABLE clientele (service_id INT, code TEXT);
CREATE TABLE region (service_id INT, code TEXT);
CREATE TABLE language (service_id INT, code TEXT);
CREATE TABLE schedule (service_id INT, weekday INT, opens INT, closes INT);
CREATE VIRTUAL TABLE words USING fts5(name, organization, labels, description,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '3 4 5');
"""
INDEXES = (
    "".join(
        f"CREATE INDEX {table}_code ON {table} (code, service_id);"
        f"CREATE INDEX {table}_service ON {table} (service_id, code);"
        for table in ("category", "clientele", "region", "language")
    )
    + "CREATE INDEX schedule_service ON schedule (service_id);"
)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
GENDERS = {"woman": ("women", "men"), "man": ("men", "women")}
KM = """2 * 6371.0088 * asin(sqrt(pow(sin(radians(latitude - :latitude) / 2), 2) + cos(radians(:latitude))
    * cos(radians(latitude)) * pow(sin(radians(longitude - :longitude) / 2), 2)))"""
FACETS = ("category", "clientele", "region", "language")


def connect(path: Path) -> sqlite3.Connection:
    """Open the database as a web application does."""
    return sqlite3.connect(path)


def fill(path: Path, listings: Iterable[Listing]) -> None:
    """Store the same listings, with the indexes that the queries want."""
    connection = connect(path)
    connection.executescript(SCHEMA)
    for number, listing in enumerate(listings):
        _insert(connection, number, listing)
    connection.executescript(INDEXES)
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _insert(connection: sqlite3.Connection, number: int, listing: Listing) -> None:
    point = (listing.place.latitude, listing.place.longitude)
    connection.execute(
        "INSERT INTO service VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            listing.area.everywhere,
            listing.minimum_age,
            listing.maximum_age,
            listing.cost,
            listing.accessibility.get("wheelchair"),
            listing.always_open,
            *point,
        ),
    )
    coded = (
        ("category", listing.categories),
        ("clientele", listing.clientele),
        ("region", listing.area.regions),
        ("language", [each.code for each in listing.languages]),
    )
    for table, values in coded:
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", [(number, code) for code in values])  # noqa: S608
    for opening in listing.openings:
        for day in opening.byday:
            hours = (opening.opens_at.hour * 60, opening.closes_at.hour * 60)
            connection.execute("INSERT INTO schedule VALUES (?, ?, ?, ?)", (number, DAYS.index(day), *hours))
    labels = [TAXONOMIES["categories"][code] for code in listing.categories]
    both = [f"{value.fr or ''} {value.en or ''}" for value in (listing.name, listing.organization.name)]
    described = f"{listing.description.fr or ''} {listing.description.en or ''}"
    texts = (*both, " ".join(f"{each.fr} {each.en}" for each in labels), described)
    connection.execute(
        "INSERT INTO words (rowid, name, organization, labels, description) VALUES (?, ?, ?, ?, ?)",
        (number, *texts),
    )


def page(connection: sqlite3.Connection, query: Query) -> tuple[int, list[Any], dict[str, dict[str, int]]]:
    """Return how many, twenty rows in order, and the facets: one statement each."""
    tables, conditions, known, parameters = _where(query)
    where = f"FROM {tables} WHERE {' AND '.join(conditions) or '1'}"
    total = connection.execute(f"SELECT count(*) {where}", parameters).fetchone()[0]
    order = [
        *_territory(query, parameters),
        *known,
        *(["bm25(words, 3.0, 1.5, 2.0, 1.0)"] if "words" in tables else []),
    ]
    rows = connection.execute(
        f"SELECT service.* {where} ORDER BY {', '.join([*order, 'service.id'])} LIMIT 20",
        parameters,
    ).fetchall()
    facets: dict[str, dict[str, int]] = {}
    for table in FACETS:
        within = f"service_id IN (SELECT service.id {where})"
        statement = f"SELECT code, count(*) FROM {table} WHERE {within} GROUP BY code"  # noqa: S608
        facets[table] = dict(connection.execute(statement, parameters).fetchall())
    statement = f"SELECT sum(cost IS 'free'), sum(wheelchair IS 'yes'), sum(always_open IS 1) {where}"
    counts = connection.execute(statement, parameters).fetchone()
    facets |= {
        name: {"true": count or 0}
        for name, count in zip(("free", "wheelchair", "always_open"), counts, strict=True)
    }
    return total, rows, facets


def _territory(query: Query, parameters: dict[str, Any]) -> list[str]:
    if query.near is None:
        return []
    parameters |= {
        "near": query.near.region_code,
        "latitude": query.near.latitude,
        "longitude": query.near.longitude,
    }
    serves = "EXISTS (SELECT 1 FROM region WHERE service_id = service.id AND code = :near)"
    return [f"CASE WHEN {serves} THEN 0 WHEN everywhere THEN 1 ELSE 2 END", KM]


def _where(query: Query) -> tuple[str, list[str], list[str], dict[str, Any]]:
    tables, conditions, known, parameters = "service", [], [], {}
    words = [word.text for word in split(query.words) if word.text not in STOP]
    if words:
        tables += " JOIN words ON words.rowid = service.id"
        conditions.append("words MATCH :match")
        parameters["match"] = " OR ".join(f'"{word}"*' if len(word) > 4 else f'"{word}"' for word in words)
    for name, values in query.filters.items():
        condition, is_known = _filter(name, values[0], query, parameters)
        conditions += [condition] if condition else []
        known += [is_known] if is_known else []
    return tables, conditions, known, parameters


def _filter(name: str, value: str, query: Query, parameters: dict[str, Any]) -> tuple[str, str]:
    """Return what keeps a row, and what sorts those known to fit first; empty where nothing does."""
    parameters[name] = value
    if name == "age":
        parameters["years"] = int(value)
    return _conditions(query, value, parameters)[name]


def _conditions(query: Query, value: str, parameters: dict[str, Any]) -> Mapping[str, tuple[str, str]]:
    wanted, other = GENDERS.get(value, ("", ""))
    wall = wall_clock(query.at)
    parameters |= {
        "weekday": wall.weekday(),
        "minute": wall.hour * 60 + wall.minute,
    }
    if wanted:
        parameters |= {"wanted": wanted, "other": other}
    has = "EXISTS (SELECT 1 FROM {} WHERE service_id = service.id AND code = :{})"
    gender, against = has.format("clientele", "wanted"), has.format("clientele", "other")
    anyone = "EXISTS (SELECT 1 FROM clientele WHERE service_id = service.id AND code = 'anyone')"
    open_hours = (
        "EXISTS (SELECT 1 FROM schedule WHERE service_id = service.id AND weekday = :weekday "
        "AND opens <= :minute AND :minute < closes)"
    )
    told = "EXISTS (SELECT 1 FROM schedule WHERE service_id = service.id)"
    return {
        "need": (has.format("category", "need"), ""),
        "age": (
            "coalesce(minimum_age, 0) <= :years AND coalesce(maximum_age, 999) >= :years",
            "minimum_age IS NULL AND maximum_age IS NULL",
        ),
        "gender": (f"({gender} OR {anyone} OR NOT {against})", f"NOT ({gender} OR {anyone})"),
        "lang": ("", f"NOT {has.format('language', 'lang')}"),
        "open_now": (
            f"(always_open OR {open_hours} OR NOT {told})",
            f"NOT (coalesce(always_open, 0) OR {open_hours})",
        ),
        "free": ("(cost IS NULL OR cost = 'free')", "cost IS NULL"),
        "wheelchair": ("(wheelchair IS NULL OR wheelchair = 'yes')", "wheelchair IS NULL"),
    }
