from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.catalogue.confidentiality import address_traces, is_shelter, streets_named, url_traces

TRACES = (
    "1234, rue des Exemples",
    "12-B boul. Exemple",
    "12½ rue Fictive",
    "45, 4e Avenue",
    "4e Rue",
    "99 av. du Modèle",
    "123 ch. Exemple",
    "rue Exemple, 1234",
    "rue de la Fiction 12",
    "1234 Example Street",
    "55 Fiction St W",
    "12 Second Avenue",
    "bureau 201",
    "apt. 4",
    "C.P. 123",
    "P.O. Box 12",
    "H2X 1Y4",
    "h2x1y4",
    "H2X-1Y4",
    "G1R",
    "45.50170, -73.56730",
    "45,50170; -73,56730",
    "45° 30′ N",
    "latitude 45.5",
    "geo:45.5,-73.6",
    "https://www.google.com/maps/place/x",
    "https://maps.app.goo.gl/abc",
    "///exemple.fictif.mots",
    "87Q8GC2M+XX",
)


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("frame", ["{}", "Accueil au {}.", "Texte avant\n({}) texte après"])
def test_what_leads_to_a_door_is_found(trace, frame):
    assert address_traces(frame.format(trace))


@pytest.mark.parametrize("trace", TRACES[:8])
@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("1", "1\u200b"),
        lambda text: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text),
        lambda text: text.upper(),
    ],
    ids=["no-break", "invisible", "wide digits", "capitals"],
)
def test_disguised_address_is_found(trace, disguise):
    assert address_traces(disguise(trace))


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "24 h/24, 7 j/7",
        "12 places d'hébergement pour les 12 à 17 ans",
        "Travail de rue pour les 12-25 ans",
        "Dans la rue, 12 à 25 ans",
        "La rue des Femmes",
        "24 hours a day, 7 days a week",
        "15 lits et 2 chambres; 3 places",
        "hébergement de 2e étape",
        "1 866 APPELLE",
        "+15145550123",
        "2026-10-04",
        "38 organismes dans 15 régions",
        "Four to six emergency beds and short-term studios (up to three months)",
        "https://exemple.example/?p=44165",
    ],
)
def test_ordinary_words_are_no_trace(text):
    assert address_traces(text) == []


@given(
    st.integers(1, 99999),
    st.sampled_from(["rue", "Rue", "boulevard", "avenue", "chemin", "rang", "place"]),
    st.from_regex(r"\A[A-Z][a-z]{2,10}\Z"),
)
def test_any_number_before_a_street_is_found(number, kind, name):
    assert address_traces(f"On nous trouve au {number}, {kind} {name}.")


@given(st.from_regex(r"\A[GHJ][0-9][ABCEGHJ-NPRSTV-Z] ?[0-9][ABCEGHJ-NPRSTV-Z][0-9]\Z"))
def test_any_postal_code_of_quebec_is_found(code):
    assert address_traces(f"Écrire à {code} svp")
    assert address_traces(f"écrire à {code.lower()} svp")


@pytest.mark.parametrize(
    "url",
    [
        "https://exemple.example/1234-rue-des-exemples",
        "https://exemple.example/?q=1234+rue+des+exemples",
        "https://exemple.example/1234%20rue%20des%20exemples",
        "https://exemple.example/h2x1y4",
    ],
)
def test_address_in_a_link_is_found(url):
    assert url_traces(url)


@pytest.mark.parametrize("url", [None, "https://exemple.example/contact", "https://exemple.example/t0t0r0"])
def test_ordinary_link_is_no_trace(url):
    assert url_traces(url) == []


def test_street_without_number_is_only_named():
    assert streets_named("au coin de la rue Fictive et de Sample Street") == ["rue Fictive", "Sample Street"]
    assert address_traces("au coin de la rue Fictive") == []


@pytest.mark.parametrize(
    ("categories", "answer"),
    [
        (["emergency_shelter"], True),
        (["youth", "transitional_housing"], True),
        (["homelessness", "domestic_violence"], False),
        ([], False),
    ],
)
def test_shelter_types_are_two_categories(categories, answer):
    assert is_shelter(categories) is answer
