"""What is asked: the words as typed and the filters, read as units that listings answer more or less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from referral.search.analysis import LANGUAGES, STOP, Word, roots, split
from referral.search.concepts import Span, load_lexicon, suggested_filters
from referral.search.filters import EXPLOITATION

LONGEST = 500
"""Characters of words that are read; the rest adds nothing that helps."""
MOST_UNITS = 24
SHORT_NUMBER = 2
"""Numbers of so few digits are ages and hours, not names of services (211, 811)."""

TOPIC, SITUATION, AUDIENCE, QUALITY, WORD, IMPLIED = 1.0, 0.6, 0.4, 0.15, 0.4, 0.15
"""The help sought counts more than what happened, and that more than for whom."""
ROLE_WEIGHTS = {
    "topic": TOPIC,
    "danger": TOPIC,
    "situation": SITUATION,
    "audience": AUDIENCE,
    "quality": QUALITY,
}
ABOUT_POLICE = frozenset({"police", "police_specialised", "danger"})
SHARED_LANGUAGES = frozenset({"fr", "en"})
FINDS = frozenset(EXPLOITATION.values()) | {"minor", "interpretation"}
"""What brings listings of its own to a search in words: who is exploited or a child needs those too."""
PARTICULAR: dict[str, frozenset[str]] = {
    "indigenous": frozenset({"indigenous", "inuit", "first_nations", "indigenous_led"}),
    "lgbtq": frozenset({"lgbtq", "trans", "trans_nonbinary", "nonbinary", "accepts_trans"}),
}
MAJORITY = 18
YOUNG_ADULT = 25


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing asked: a concept, or a word that belongs to none.

    ``words`` are its words, each by its possible roots. A unit that does not ``find`` only ranks.
    """

    concept: str | None
    words: tuple[tuple[str, ...], ...]
    weight: float
    finds: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """What was understood: ``concepts`` in the order typed, ``implied`` units that filters bring along.

    ``languages`` are codes, typed or chosen; ``publics`` the particular publics asked for.
    """

    units: tuple[Unit, ...] = ()
    implied: tuple[Unit, ...] = ()
    concepts: tuple[str, ...] = ()
    about_police: bool = False
    wordless: bool = True
    languages: frozenset[str] = frozenset()
    publics: frozenset[str] = frozenset()

    @property
    def in_a_rare_language(self) -> bool:
        """Say whether a language was asked that most services cannot be taken to speak."""
        return bool(self.languages - SHARED_LANGUAGES)


def understand(text: str, filters: Mapping[str, tuple[str, ...]]) -> Ask:
    """Read words and filters; language names become suggestions, audiences weigh less than needs."""
    words = split(text[:LONGEST])
    lexicon = load_lexicon()
    spans = lexicon.find(words, LANGUAGES)
    units = _units(words, spans)
    concepts = tuple(dict.fromkeys(span.concept for span in spans))
    roles = {each: lexicon.concepts[each].role for each in concepts}
    typed = suggested_filters(each for each in concepts if roles[each] == "language")
    languages = frozenset(
        {code for _, code in typed} | {value.partition(":")[0] for value in filters.get("lang", ())}
    )
    implied = tuple(
        Unit(each, (), IMPLIED, finds=each in FINDS) for each in _implied(filters) if each not in concepts
    )
    police = bool(ABOUT_POLICE.intersection(concepts)) or "police" in filters.get("need", ())
    return Ask(
        units=tuple(units[:MOST_UNITS]),
        implied=implied,
        concepts=concepts,
        about_police=police,
        wordless=not units,
        languages=languages,
        publics=_publics(concepts, filters),
    )


def _units(words: list[Word], spans: list[Span]) -> list[Unit]:
    concepts = load_lexicon().concepts
    units: dict[object, Unit] = {}
    covered: set[int] = set()
    for span in spans:
        covered.update(range(span.start, span.end))
        role = concepts[span.concept].role
        if role != "language":
            spoken = _content(words[span.start : span.end])
            units.setdefault(span.concept, Unit(span.concept, spoken, ROLE_WEIGHTS[role]))
    for at, word in enumerate(words):
        if at not in covered and (forms := _content([word])):
            units.setdefault(forms, Unit(None, forms, WORD))
    found = list(units.values())
    if found and all(unit.weight <= AUDIENCE for unit in found):
        return [Unit(unit.concept, unit.words, TOPIC) for unit in found]
    return found


def _content(words: list[Word]) -> tuple[tuple[str, ...], ...]:
    kept = (
        word for word in words if word.text not in STOP and (len(word.text) > 1 or not word.text.isascii())
    )
    return tuple(
        roots(word.text) for word in kept if not (word.text.isdigit() and len(word.text) <= SHORT_NUMBER)
    )


def _publics(concepts: tuple[str, ...], filters: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return the particular publics that were asked for, one way or another."""
    named = {value for name in ("need", "clientele", "audience", "gender") for value in filters.get(name, ())}
    named |= set(concepts) | {name for name in filters if name in {"accepts_trans", "indigenous_led"}}
    return frozenset(public for public, words in PARTICULAR.items() if named & words)


def _implied(filters: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the concepts that filters bring with them: who a person is says what may help."""
    implied = [EXPLOITATION[each] for each in filters.get("exploitation", ())]
    implied += [
        {"man": "men", "trans": "trans", "nonbinary": "trans"}.get(each, "")
        for each in filters.get("gender", ())
    ]
    implied += ["no_status" for each in filters.get("status", ()) if each == "none"]
    implied += [
        "temporary_foreign_worker" for each in filters.get("status", ()) if each == "temporary_worker"
    ]
    implied += ["asylum_seeker" for each in filters.get("status", ()) if each == "refugee_claimant"]
    implied += ["with_children"] if "children" in filters or "child_age" in filters else []
    if {value.partition(":")[0] for value in filters.get("lang", ())} - SHARED_LANGUAGES:
        implied.append("interpretation")
    for age in filters.get("age", ()):
        implied += ["minor"] if int(age) < MAJORITY else ["young_adult"] if int(age) <= YOUNG_ADULT else []
    return [each for each in dict.fromkeys(implied) if each]
