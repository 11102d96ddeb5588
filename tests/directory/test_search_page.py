from __future__ import annotations

import re

import pytest

from tests.pages.example import LISTINGS, PROVINCIAL, SHELTER


def cards(page):
    return re.findall(r'<article class="card" id="s-([0-9a-f-]+)"', page)


def groups(page):
    return re.findall(r'aria-labelledby="group-(\w+)"', page)


def test_without_words_everything_is_there(client):
    page = client.get("/fr/services").text

    assert f"{len(LISTINGS)} ressources" in page
    assert len(cards(page)) == 20


def test_words_find_in_either_language_whatever_the_accents(client):
    assert SHELTER.id in cards(client.get("/en/services?q=hebergement").text)


def test_what_serves_the_place_comes_before_what_serves_all_of_quebec(client):
    page = client.get("/fr/services?near=Laval").text

    assert cards(page)[0] == SHELTER.id
    assert groups(page)[:2] == ["place", "province"]


def test_province_wide_lines_are_in_their_own_block(client):
    page = client.get("/fr/services?near=Laval").text
    block = page.split('aria-labelledby="group-province"')[1].split("</section>")[0]

    assert PROVINCIAL.id in cards(block)
    assert "Partout au Québec" in block


def test_a_kind_of_help_is_a_filter(client):
    assert cards(client.get("/fr/services?need=emergency_shelter").text) == [SHELTER.id]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_homonyms_are_offered_with_their_region(client, language):
    page = client.get(f"/{language}/services?q=aide&near=Saint-Rapha%C3%ABl").text

    assert "Saint-Raphaël (Chaudière-Appalaches)" in page
    assert "Saint-Raphaël (Outaouais)" in page
    assert cards(page) == []


def test_choosing_a_homonym_keeps_what_was_asked(client):
    page = client.get("/fr/services?q=ligne&near=Saint-Rapha%C3%ABl").text
    address = next(link for link in re.findall(r'href="([^"]+)"', page) if "Outaouais" in link)
    chosen = client.get(address.replace("&amp;", "&"))

    assert chosen.status_code == 200
    assert "q=ligne" in address
    assert cards(chosen.text)


def test_a_rural_postal_code_asks_for_the_village(client):
    response = client.get("/fr/services?near=J0M+1G0")

    assert response.status_code == 422
    assert "Donnez le nom du village" in response.text


def test_an_unknown_place_is_said_and_what_was_typed_comes_back(client):
    response = client.get("/fr/services?q=avocat&near=xqzxqzxq")

    assert response.status_code == 422
    assert 'value="xqzxqzxq"' in response.text
    assert 'value="avocat"' in response.text
    assert 'aria-describedby="near-hint near-error"' in response.text
    assert 'href="#near"' in response.text


def test_all_of_quebec_is_no_unknown_place(client):
    assert client.get("/fr/services?near=tout+le+Qu%C3%A9bec").status_code == 200


def test_words_beyond_500_characters_are_refused(client):
    response = client.get("/fr/services?q=" + "a" * 501)

    assert response.status_code == 422
    assert "500 caractères" in response.text


@pytest.mark.parametrize("query", ["need=nothing", "region=99", "clientele=x"])
def test_a_filter_that_there_is_not_is_an_error_not_a_fault(client, query):
    assert client.get(f"/fr/services?{query}").status_code == 422


def test_what_was_typed_is_never_markup(client):
    page = client.get("/fr/services?q=%3Cscript%3Ealert(1)%3C/script%3E").text

    assert "<script>alert" not in page


def test_no_result_says_what_to_loosen_and_how_many_that_gives(client):
    page = client.get("/fr/services?q=h%C3%A9bergement&near=Laval&need=youth").text

    assert "Rien ne répond à tout cela" in page
    assert "Sans «\u00a0Jeunesse\u00a0»" in page
    assert 'href="tel:+18003639010"' in page


def test_pages_keep_what_was_asked(client):
    page = client.get("/fr/services?need=food_clothing&page=2").text
    previous, following = re.findall(r'rel="(?:prev|next)"\s+href="([^"]+)"', page)

    assert previous == "/fr/services?need=food_clothing"
    assert following.replace("&amp;", "&") == "/fr/services?need=food_clothing&page=3"


def test_pages_show_each_service_once(client):
    shown = [card for page in (1, 2, 3) for card in cards(client.get(f"/fr/services?page={page}").text)]

    assert len(shown) == len(set(shown)) == len(LISTINGS)


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999999999999"])
def test_a_page_that_makes_no_sense_is_the_first(client, page):
    assert len(cards(client.get(f"/fr/services?page={page}").text)) == 20


def test_a_page_past_the_last_is_the_last(client):
    assert len(cards(client.get("/fr/services?page=99").text)) == len(LISTINGS) - 40
