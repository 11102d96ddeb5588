from __future__ import annotations

import re
from html import unescape

import pytest

from tests.pages.example import LISTINGS, NORTH, OFFICE, PROVINCIAL, SHELTER


def cards(page):
    return re.findall(r'<article class="card"\s+id="s-([0-9a-f-]+)"', page)


def changes(page):
    """Return what each button that changes a search sends."""
    forms = re.findall(r'<form class="(?:change|chips)".*?</form>', page, re.DOTALL)
    return [
        {"sent": {"s": unescape(seal), name: unescape(value)}}
        for form in forms
        for seal in re.findall(r'name="s" value="([^"]*)"', form)
        for name, value in re.findall(r'name="(drop|put)"\s+value="([^"]*)"', form)
    ]


def chips(page):
    """Return the criteria that can be removed, as they are sent."""
    form = re.search(r'<form class="chips".*?</form>', page, re.DOTALL)
    return (
        [unescape(value) for value in re.findall(r'name="drop"\s+value="([^"]*)"', form[0])] if form else []
    )


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
    sent = next(each["sent"] for each in changes(page) if "Outaouais" in each["sent"].get("put", ""))
    chosen = client.post("/fr/services", data=sent, follow_redirects=True)

    assert chosen.status_code == 200
    assert "pour «\u00a0ligne\u00a0» près de Saint-Raphaël (Outaouais)" in chosen.text
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
    text = re.sub(r"\s+", " ", page)

    assert "Rien ne répond à tout cela" in page
    assert re.search(r"Sans « Jeunesse »</span>.{0,80}\d+ ressources?", text)
    assert 'href="tel:+18003639010"' in page


def test_loosening_one_criterion_keeps_the_others(client):
    page = client.get("/fr/services?q=h%C3%A9bergement&near=Laval&need=youth&age=20").text
    sent = next(each["sent"] for each in changes(page) if each["sent"].get("drop") == "need=youth")
    looser = client.post("/fr/services", data=sent, follow_redirects=True).text

    assert SHELTER.id in cards(looser)
    assert chips(looser) == ["q=hébergement", "near=Laval", "age=20"]


def test_pages_keep_what_was_asked_without_telling_it(client):
    page = client.get("/fr/services?need=food_clothing&page=2").text
    previous, following = (
        unescape(link) for link in re.findall(r'rel="(?:prev|next)"\s+href="([^"]+)"', page)
    )

    assert "food" not in previous + following
    assert following.endswith("&page=3")
    assert len(cards(client.get(following).text)) == 5
    assert len(cards(client.get(previous).text)) == 20


def test_pages_show_each_service_once(client):
    shown = [card for page in (1, 2, 3) for card in cards(client.get(f"/fr/services?page={page}").text)]

    assert len(shown) == len(set(shown)) == len(LISTINGS)


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999999999999"])
def test_a_page_that_makes_no_sense_is_the_first(client, page):
    assert len(cards(client.get(f"/fr/services?page={page}").text)) == 20


def test_a_page_past_the_last_is_the_last(client):
    assert len(cards(client.get("/fr/services?page=99").text)) == len(LISTINGS) - 40


@pytest.mark.parametrize("query", ["age=abc", "age=200", "child_ages=quatre"])
def test_an_age_that_is_none_is_said_and_comes_back(client, query):
    response = client.get(f"/fr/services?{query}")

    assert response.status_code == 422
    assert f'value="{query.partition("=")[2]}"' in response.text


def test_each_criterion_can_be_removed_alone(client):
    page = client.get("/fr/services?lang=es&need=emergency_shelter&need=youth").text
    sent = next(each["sent"] for each in changes(page) if each["sent"].get("drop") == "need=youth")

    assert chips(client.post("/fr/services", data=sent, follow_redirects=True).text) == [
        "need=emergency_shelter",
        "lang=es",
    ]


def test_a_list_can_be_sorted_by_name(client):
    page = client.get("/fr/services?sort=name").text

    assert cards(page)[:2] == [OFFICE.id, PROVINCIAL.id]
    assert groups(page) == ["all"]


def test_a_list_can_be_sorted_by_distance_where_a_place_is_given(client):
    page = client.get("/fr/services?near=Sept-%C3%8Eles&sort=distance").text

    assert cards(page)[0] == NORTH.id
    assert cards(client.get("/fr/services?sort=distance").text) == cards(client.get("/fr/services").text)


def test_what_was_understood_is_said_in_words_that_do_not_stigmatise(client):
    page = client.get("/fr/services?q=prostitution+forc%C3%A9e+h%C3%A9bergement").text

    assert "Recherché comme : exploitation sexuelle, hébergement d’urgence." in page.replace("\u00a0", " ")


def test_the_way_to_say_that_a_need_is_not_met_carries_the_search(client):
    if "directory.unmet_need" not in client.application.view_functions:
        return
    page = client.get("/fr/services?q=h%C3%A9bergement&near=Laval&need=youth").text

    assert re.search(r'href="/fr/unmet-need\?s=[\w-]+"', page)


def test_words_that_were_understood_as_typed_are_not_repeated(client):
    assert "Recherché comme" not in client.get("/fr/services?q=exploitation+sexuelle").text


def test_a_search_without_results_leads_to_telling_of_the_need(client):
    text = client.get("/fr/services?need=police").text

    assert re.search(r'href="/fr/unmet-need\?s=[\w-]+"', text)
