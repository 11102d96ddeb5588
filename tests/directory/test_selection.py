from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from referral.directory import selection_views
from referral.directory.selection import MOST, open_selection, seal_ids
from tests.pages.example import LISTINGS, MANY, OFFICE, PROVINCIAL, SHELTER, SILENT

TELLING = ("hébergement", "traite", "violence", "refuge", "juridique", "écoute", "relais")


def spaced(text):
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def seal_in(address):
    return parse_qs(urlsplit(address).query).get("l", [None])[0]


def seal_of(app, *listings):
    with app.test_request_context("/fr/"):
        return seal_ids(uuid.UUID(each.id) for each in listings)


def ids_of(app, token):
    with app.test_request_context("/fr/"):
        return [str(each) for each in open_selection(token).ids]


def change(client, token=None, **data):
    return client.post("/fr/selection" + (f"?l={token}" if token else ""), data=data)


def page_of(client, token, page="selection", language="fr"):
    return client.get(f"/{language}/{page}?l={token}").text


def test_a_service_is_kept_in_the_address_alone(client, app):
    response = change(client, add=OFFICE.id)

    assert response.status_code == 303
    assert "Set-Cookie" not in response.headers
    assert OFFICE.id not in response.headers["Location"]
    assert ids_of(app, seal_in(response.headers["Location"])) == [OFFICE.id]


def test_services_stay_in_the_order_in_which_they_were_kept(client, app):
    token = seal_in(change(client, seal_of(app, SHELTER), add=OFFICE.id).headers["Location"])
    page = page_of(client, token)

    assert page.index(f"/services/{SHELTER.id}") < page.index(f"/services/{OFFICE.id}")


def test_keeping_twice_keeps_once(client, app):
    response = change(client, seal_of(app, OFFICE, SHELTER), add=OFFICE.id)

    assert ids_of(app, seal_in(response.headers["Location"])) == [OFFICE.id, SHELTER.id]


def test_a_service_is_let_go(client, app):
    response = change(client, seal_of(app, OFFICE, SHELTER), drop=OFFICE.id)

    assert ids_of(app, seal_in(response.headers["Location"])) == [SHELTER.id]


def test_letting_the_last_one_go_leaves_a_plain_address(client, app):
    assert change(client, seal_of(app, OFFICE), drop=OFFICE.id).headers["Location"] == "/fr/selection"


def test_a_full_list_says_so_and_stays(client, app):
    full = seal_of(app, *MANY[:MOST])
    response = change(client, full, add=OFFICE.id)
    page = spaced(client.get(response.headers["Location"]).text)

    assert "Votre sélection est pleine : 20 ressources au plus." in page
    assert OFFICE.id not in page


def test_a_full_list_can_let_one_go(client, app):
    response = change(client, seal_of(app, *MANY[:MOST]), drop=MANY[0].id)

    assert len(ids_of(app, seal_in(response.headers["Location"]))) == MOST - 1


@pytest.mark.parametrize("data", [{}, {"add": "not-an-id"}, {"drop": ""}])
def test_what_is_not_an_id_is_refused(client, data):
    assert change(client, **data).status_code == 400


@pytest.mark.parametrize("page", ["selection", "selection/pocket", "services"])
def test_a_seal_that_cannot_be_read_gives_an_empty_list(client, page):
    response = client.get(f"/fr/{page}?l=AAAAbbbbCCCC")

    assert response.status_code == 200
    assert "AAAAbbbbCCCC" not in re.findall(r'href="([^"]+/selection[^"]*)"', response.text)


def test_a_seal_that_cannot_be_read_is_said(client):
    assert "Cette sélection ne peut plus être lue" in page_of(client, "AAAAbbbbCCCC")


def test_a_seal_opens_nothing_after_its_key_is_gone(app, client):
    with time_machine.travel(datetime(2026, 3, 10, tzinfo=UTC), tick=False):
        token = seal_of(app, OFFICE)
        assert OFFICE.id in page_of(client, token)
    with time_machine.travel(datetime(2026, 3, 10, tzinfo=UTC) + timedelta(days=90), tick=False):
        seal_of(app, SHELTER)
        assert OFFICE.id in page_of(client, token)
    with time_machine.travel(datetime(2026, 7, 2, tzinfo=UTC), tick=False):
        seal_of(app, SHELTER)
        assert "Cette sélection ne peut plus être lue" in page_of(client, token)


def test_the_seal_of_a_search_is_not_a_list(client):
    search = client.post("/fr/services", data={"q": "aide"}).headers["Location"]
    token = parse_qs(urlsplit(search).query)["s"][0]

    assert "Cette sélection ne peut plus être lue" in page_of(client, token)


def test_what_left_the_directory_is_said_to_be_gone(client, app):
    with app.test_request_context("/fr/"):
        token = seal_ids([uuid.uuid4(), uuid.UUID(OFFICE.id)])
    page = spaced(page_of(client, token))

    assert "Une ressource de votre sélection n’est plus dans le répertoire." in page
    assert OFFICE.id in page


def test_what_is_gone_can_be_taken_off(client, app):
    with app.test_request_context("/fr/"):
        token = seal_ids([uuid.uuid4(), uuid.UUID(OFFICE.id)])

    assert ids_of(app, seal_in(change(client, token, forget="1").headers["Location"])) == [OFFICE.id]


def test_every_page_carries_the_list_on_and_counts_it(client, app):
    token = seal_of(app, OFFICE, SHELTER)
    for path in ("", "services", f"services/{SILENT.id}", f"organizations/{OFFICE.organization.id}", "about"):
        page = page_of(client, token, path)
        ours = re.findall(r'href="(/(?:fr|en)/[^"]*)"', page)

        assert "Ma sélection (2)" in spaced(page)
        assert [link for link in ours if f"l={token}" not in link] == []


def test_one_returns_to_the_service_of_the_results_that_one_came_from(client, app):
    seal = client.post("/fr/services", data={"q": "aide"}).headers["Location"].partition("s=")[2]
    address = client.post(
        f"/fr/selection?s={seal}&page=2", data={"add": OFFICE.id, "back": "/fr/services"}
    ).headers["Location"]
    parts = urlsplit(address)
    query = parse_qs(parts.query)

    assert (parts.path, query["s"], query["page"]) == ("/fr/services", [seal], ["2"])
    assert parts.fragment == f"s-{OFFICE.id}"


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/fr/services",
        "/fr/../healthz",
        "/healthz",
        "\\x",
        "",
    ],
)
def test_one_returns_to_no_other_place_than_ours(client, back):
    address = change(client, add=OFFICE.id, back=back).headers["Location"]

    assert urlsplit(address).path == "/fr/selection"
    assert urlsplit(address).netloc == ""


def test_a_service_page_leads_back_to_its_results_at_its_card(client):
    results = client.post("/fr/services", data={"q": "aide", "near": "Laval"}, follow_redirects=True).text
    link = next(each for each in re.findall(r'href="([^"]+)"', results) if f"/services/{SHELTER.id}" in each)
    page = client.get(link.replace("&amp;", "&")).text
    back = re.search(r'<p class="back">\s*<a href="([^"]+)"', page)[1].replace("&amp;", "&")

    assert urlsplit(back).fragment == f"s-{SHELTER.id}"
    assert f'data-service="{SHELTER.id}"' in client.get(back).text


def test_services_are_compared_with_what_is_not_known(client, app):
    page = spaced(page_of(client, seal_of(app, SHELTER, SILENT)))

    assert "Accepte les animaux : non" in page
    assert "Par interprète : arabe" in page
    assert "non connu" in page
    assert "les langues parlées" in page.split(SILENT.id)[-1]


def test_a_service_without_a_number_shows_who_leads_to_it(client, app):
    assert "tel:+18005550199" in page_of(client, seal_of(app, SILENT))


def test_texts_in_the_other_language_are_marked(client, app):
    page = page_of(client, seal_of(app, SHELTER), language="en")

    assert '<span lang="fr">Maison d’hébergement Exemple</span>' in page


def test_paper_begins_with_no_word_that_tells(client, app):
    page = page_of(client, seal_of(app, SHELTER))
    title = re.search(r"<title>(.*?)</title>", page, re.S)[1].lower()
    heading = re.search(r"<h1>(.*?)</h1>", page, re.S)[1].lower()

    assert [word for word in TELLING[:-1] if word in title + heading] == []


def test_the_pocket_version_names_nobody(client, app):
    page = page_of(client, seal_of(app, *LISTINGS[:5]), "selection/pocket")
    paper = re.search(r'<section class="pocket".*?</section>', page, re.S)[0]
    words = re.sub(r"<[^>]+>", " ", paper).lower()

    assert "numéros utiles" in words
    assert [word for word in TELLING if word in words] == []
    assert [each for each in LISTINGS[:5] if (each.name.fr or "").lower() in words] == []
    assert re.search(r"<title>\s*Numéros utiles\s*</title>", page)


def test_the_pocket_version_holds_numbers_and_hours(client, app):
    paper = spaced(page_of(client, seal_of(app, SHELTER, OFFICE, SILENT), "selection/pocket"))

    assert "tel:+18005550142" in paper
    assert "24 h" in paper
    assert "lun. à ven. de 8 h 30 à 16 h 30" in paper
    assert "tel:+18005550199" in paper


def test_a_number_is_in_the_pocket_once(client, app):
    page = page_of(client, seal_of(app, SILENT, PROVINCIAL), "selection/pocket")

    assert page.count("tel:+18005550199") == 1


def test_the_square_holds_the_whole_address_of_the_list_and_nothing_of_the_search(client, app, monkeypatch):
    drawn = []
    monkeypatch.setattr(selection_views, "draw_qr", lambda address: drawn.append(address) or "")
    seal = client.post("/fr/services", data={"q": "aide"}).headers["Location"].partition("s=")[2]
    client.get(f"/fr/selection?l={seal_of(app, OFFICE)}&s={seal}&page=2", base_url="https://localhost")
    parts = urlsplit(drawn[0])

    assert (parts.scheme, parts.netloc, parts.path) == ("https", "localhost", "/fr/selection")
    assert list(parse_qs(parts.query)) == ["l"]
    assert ids_of(app, seal_in(drawn[0])) == [OFFICE.id]


def test_the_square_of_a_full_list_can_be_drawn(client, app):
    page = page_of(client, seal_of(app, *MANY[:MOST]))

    assert re.search(r'<svg[^>]+class="qr"', page)
    assert "style=" not in page


@pytest.mark.parametrize("page", ["selection", "selection/pocket", f"services/{OFFICE.id}"])
def test_what_is_somebodys_is_neither_stored_nor_indexed(client, app, page):
    headers = client.get(f"/fr/{page}?l={seal_of(app, OFFICE)}").headers

    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


def test_a_listing_itself_may_be_indexed(client):
    assert "X-Robots-Tag" not in client.get(f"/fr/services/{OFFICE.id}").headers


def test_the_links_of_a_card_carry_both_the_search_and_the_list(client, app):
    seal = (
        client.post("/fr/services", data={"q": "aide", "near": "Laval"})
        .headers["Location"]
        .partition("s=")[2]
    )
    token = seal_of(app, OFFICE)
    page = client.get(f"/fr/services?s={seal}&l={token}").text
    link = next(each for each in re.findall(r'href="([^"]+)"', page) if f"/services/{SHELTER.id}" in each)

    assert parse_qs(urlsplit(link.replace("&amp;", "&")).query) == {"s": [seal], "l": [token]}


def test_the_map_leads_to_services_with_the_list(client, app):
    token = seal_of(app, SHELTER)
    page = client.get(f"/fr/services?q=clinique&l={token}").text
    map_address = re.search(r'src="(/fr/services/map\?[^"]+)"', page)[1].replace("&amp;", "&")
    points = client.get(f"/fr/services.geojson?{urlsplit(map_address).query}").json["features"]
    address = next(each["properties"]["url"] for each in points if each["properties"].get("id") == OFFICE.id)

    assert seal_in(address) == token


def test_a_form_too_large_to_read_is_answered_by_our_own_page(client):
    response = client.post("/fr/selection", data={"id": "a" * 100_000})

    assert response.status_code == 413
    assert '<main id="main"' in response.text
