"""What a gap map is asked for: a need, a population and a language, by codes only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from referral.catalogue.vocabulary import TAXONOMIES

NEEDS = tuple(TAXONOMIES["categories"])
POPULATIONS = tuple(code for code in TAXONOMIES["clientele"] if code != "anyone")
GENDERS = {"women": "woman", "men": "man", "trans_nonbinary": "trans"}
"""Populations of which a listing that names no gender turns nobody away."""
INDIGENOUS = "indigenous"
INDIGENOUS_LANGUAGES = ("iu", "cr", "atj", "moe", "nsk", "alq", "oj", "mic", "moh", "abe")
FIRST_LANGUAGES = ("fr", "en", INDIGENOUS)
LANGUAGES = (*FIRST_LANGUAGES, *(code for code in TAXONOMIES["languages"] if code not in FIRST_LANGUAGES))


@dataclass(frozen=True, slots=True)
class Choice:
    """One need; empty is *whoever* and *whatever language*."""

    need: str
    population: str = ""
    language: str = ""

    def fields(self, need: str | None = None) -> dict[str, Any]:
        """Return what an address holds of it, also with another need."""
        given = {"need": need or self.need, "population": self.population, "lang": self.language}
        return {name: code for name, code in given.items() if code}


def read_choice(fields: Mapping[str, str]) -> Choice:
    """Return what an address asks for; what is no code of ours counts as not given."""
    need, population, language = (fields.get(name, "") for name in ("need", "population", "lang"))
    return Choice(
        need if need in NEEDS else NEEDS[0],
        population if population in POPULATIONS else "",
        language if language in LANGUAGES else "",
    )


def population_of(choice: Choice) -> tuple[str, str] | None:
    """Return the filter of the directory's search, and its value, by which the population is found."""
    if not choice.population:
        return None
    gender = GENDERS.get(choice.population)
    return ("gender", gender) if gender else ("clientele", choice.population)


def languages_of(choice: Choice) -> tuple[str, ...]:
    """Return the languages of which any will do; none where it does not matter."""
    if not choice.language:
        return ()
    return INDIGENOUS_LANGUAGES if choice.language == INDIGENOUS else (choice.language,)
