"""What one could write in a listing to lead to a confidential door past our patterns."""

from __future__ import annotations

import time

import pytest

from referral.catalogue.confidentiality import address_traces, url_traces
from referral.edition.withholding import tells_of_a_place

PATIENCE_S = 2.0


@pytest.mark.parametrize(
    "text",
    [
        "1234,rue Exemple",
        "1234rue Exemple",
        "1234-rue-exemple",
        "1234/rue Exemple",
        "1234; rue Exemple",
        "1234 — rue Exemple",
        "1234 (rue Exemple)",
        "1234 bis, rue Exemple",
        "1234 r. Exemple",
        "1234 ave. Exemple",
        "1234 Rg Exemple",
        "1234 Mtée Exemple",
        "1234 bd Exemple",
        "1234 Grande Allée",
        "1234 EXEMPLE ST",
        "1234 Exemple Est",
        "1234 de Exemple O.",
        "h1a–1a1",
        "h1a/1a1",
        "H 1 A 1 A 1",
    ],
)
def test_other_ways_of_writing_a_street_or_a_postal_code_are_found(text):
    assert address_traces(f"Accueil au {text}.")


@pytest.mark.parametrize(
    "text",
    [
        "1234 r\u034fue Exemple",
        "1234 r\u180eue Exemple",
        "1234 ru\ufe0fe Exemple",
        "1234 r\U000e0075ue Exemple",
        "1234<br>rue Exemple",
        "1234&nbsp;rue Exemple",
        "1&#50;34 rue Exemple",
    ],
    ids=ascii,
)
def test_what_a_reader_does_not_see_hides_no_address(text):
    assert address_traces(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://maps.apple.com/?q=x",
        "https://bing.com/maps?cp=45.5~-73.5",
        "https://www.waze.com/ul?ll=45.5",
        "https://osm.org/go/abc",
        "https://w3w.co/mot.mot.mot",
        "https://plus.codes/x",
        "https://www.google.co.uk/maps/x",
    ],
)
def test_links_to_maps_of_other_names_are_found(text):
    assert address_traces(text)


@pytest.mark.parametrize(
    "text",
    [
        "1234-rue-exemple@exemple.example",
        "https://1234rue.exemple.example/",
        "https://exemple.example/1234,rue-exemple",
        "https://exemple.example/1234%252Drue%252Dexemple",
    ],
)
def test_an_address_in_an_email_or_a_link_reaches_no_edition(text):
    assert tells_of_a_place(text)


@pytest.mark.parametrize(
    "text",
    [
        "Travail de rue (12-25 ans)",
        "aide@exemple.example",
        "12-17-ans@exemple.example",
        "Depuis 2019, Rive-Sud de Montréal",
        "Rendez-vous au 24/7; aide aux femmes & aux enfants < 5 ans",
    ],
)
def test_ordinary_words_stay(text):
    assert not tells_of_a_place(text)


@pytest.mark.parametrize(
    "piece", ["google.", "rue A 1 ", "1-1-", "45.555 ", "rue de la ", "&#49;", "<a ", "a" * 500]
)
def test_no_cell_keeps_the_search_for_traces_busy(piece):
    cell = (piece * 10_000)[:10_000]
    begun = time.perf_counter()

    address_traces(cell)
    url_traces(cell)

    assert time.perf_counter() - begun < PATIENCE_S
