import csv
from collections import Counter, defaultdict

import pytest

from referral.catalogue.vocabulary import TAXONOMIES
from referral.search.analysis import split
from referral.search.asking import understand
from referral.search.concepts import LINKS, SYNONYMS, concept_label, load_lexicon, suggested_filters
from referral.search.filters import check_filters

ROWS = list(csv.DictReader(SYNONYMS.read_text(encoding="utf-8").splitlines()))
NEVER_SHOWN = {
    "clandestin",
    "prostituée",
    "illégal",
    "pimp",
    "battered woman",
    "sans papiers",
    "femme battue",
    "mac",
    "nounou",
}


def test_each_concept_has_one_preferred_term_in_each_language():
    preferred = Counter((row["concept_id"], row["lang"]) for row in ROWS if row["kind"] == "preferred")

    assert set(preferred.values()) == {1}
    assert set(preferred) == {(row["concept_id"], language) for row in ROWS for language in ("fr", "en")}


def test_no_term_names_two_concepts():
    owners = defaultdict(set)
    for row in ROWS:
        owners[row["lang"], tuple(word.text for word in split(row["term"]))].add(row["concept_id"])

    assert [term for term, concepts in owners.items() if len(concepts) > 1] == []


def test_every_term_is_understood_as_its_concept():
    missed = [row["term"] for row in ROWS if row["concept_id"] not in understand(row["term"], {}).concepts]

    assert missed == []


def test_links_name_concepts_codes_and_filters_that_exist():
    links = list(csv.DictReader(LINKS.read_text(encoding="utf-8").splitlines()))

    assert {row["concept_id"] for row in links} == {row["concept_id"] for row in ROWS}
    for row in links:
        assert set(f"{row['categories']};{row['related']}".split(";")) - {""} <= set(TAXONOMIES["categories"])
        assert set(row["clientele"].split(";")) - {""} <= set(TAXONOMIES["clientele"])
        check_filters(tuple(pair.split("=")) for pair in row["suggests"].split(";") if pair)


@pytest.mark.parametrize("concept", sorted(load_lexicon().concepts))
def test_search_only_terms_are_never_labels(concept):
    label = concept_label(concept)

    assert {(label.fr or "").lower(), (label.en or "").lower()}.isdisjoint(NEVER_SHOWN)


@pytest.mark.parametrize(
    ("words", "concepts"),
    [
        ("hébergement d'urgence", ("emergency_shelter",)),
        ("HEBERGEMENTS D’URGENCE", ("emergency_shelter",)),
        ("women's shelter", ("emergency_shelter",)),
        ("exploitées sexuellement", ("sexual_exploitation",)),
        ("sortir de la prostitution", ("exit_services",)),
        ("traite des personnes", ("human_trafficking",)),
        ("sans carte RAMQ", ("uninsured_health",)),
        ("travailleur agricole sans papiers", ("agricultural_worker", "no_status")),
        ("auberge du coeur", ("youth_shelter",)),
        ("danger", ("danger",)),
    ],
)
def test_words_are_understood_longest_phrase_first(words, concepts):
    assert understand(words, {}).concepts == concepts


def test_abbreviations_of_two_letters_need_capitals():
    assert understand("VC", {}).concepts == ("domestic_violence",)
    assert understand("vc", {}).concepts == ()


def test_a_word_that_only_shares_a_root_with_a_term_does_not_name_it():
    assert understand("drogueriste", {}).concepts == ()
    assert understand("drogues", {}).concepts == ("addiction",)


def test_a_word_is_taken_as_written_before_what_shares_its_root():
    assert understand("employer", {}).concepts == ("labour_standards",)
    assert understand("emploi", {}).concepts == ("employment",)
    assert understand("refugees", {}).concepts == ("asylum",)
    assert understand("refuges", {}).concepts == ("emergency_shelter",)


def test_longer_abbreviations_do_not():
    assert understand("cavac", {}).concepts == ("victim_services",)


def test_languages_are_suggested_and_not_searched_for():
    ask = understand("mandarin", {})

    assert ask.units == ()
    assert suggested_filters(ask.concepts) == (("lang", "zh"),)


def test_audiences_are_suggested_and_weigh_less_than_needs():
    ask = understand("refuge femme sans statut", {})

    assert suggested_filters(ask.concepts) == (
        ("need", "emergency_shelter"),
        ("gender", "woman"),
        ("status", "none"),
    )
    weights = {unit.concept: unit.weight for unit in ask.units}
    assert weights["no_status"] < weights["emergency_shelter"]


def test_words_that_say_nothing_ask_for_nothing():
    assert understand("je cherche de l'aide pour elle", {}).wordless


@pytest.mark.parametrize("words", ["refuge sans police", "pas de police", "shelter without police"])
def test_who_wants_no_police_is_not_led_to_the_police(words):
    asked = understand(words, {})

    assert not asked.about_police
    assert "no_police_needed" in asked.concepts
