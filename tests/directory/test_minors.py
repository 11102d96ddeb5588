from __future__ import annotations

import re

import pytest

from referral.catalogue.listing import AreaServed, PhoneNumber, Place
from tests.pages.example import LISTINGS, ExampleEdition, make_app, make_listing


def youth_line(slug, region, number, **changes):
    given = {
        "categories": ("child_protection", "youth"),
        "place": Place("public_area", region),
        "area": AreaServed(regions=(region,)),
        "phones": (PhoneNumber(number),),
        "always_open": True,
    }
    return make_listing(slug, **(given | changes))


LINES = (
    youth_line("dpj-a", "06", "+15145550161"),
    youth_line("dpj-b", "06", "+15145550162"),
    youth_line("dpj-c", "13", "+14505550163"),
    youth_line("clinique-jeunes", "06", "+15145550164", categories=("child_protection", "mental_health")),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    edition = ExampleEdition((*LISTINGS, *LINES))
    return make_app(tmp_path_factory.mktemp("minors"), edition).test_client()


def duty(client, query, language="fr"):
    page = client.get(f"/{language}/services?{query}").text
    found = re.search(r'<section class="duty".*?</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", found[0].replace("\u00a0", " ")) if found else None


@pytest.mark.parametrize(
    "query",
    [
        "age=15",
        "age=17",
        "age=0",
        "child_age=9",
        "clientele=youth",
        "clientele=children",
        "q=fugue",
        "q=mineure",
        "q=15+ans+Qu%C3%A9bec",
        "q=fille+de+17ans",
        "q=%C3%A2g%C3%A9e+de+16",
        "q=15-year-old+girl",
        "q=boy+aged+9",
    ],
)
def test_a_search_about_someone_under_18_shows_the_duty_to_report(client, query):
    shown = duty(client, query)

    assert "l’obligation de signaler" in shown
    assert "Ce site n’envoie rien" in shown
    assert "articles 38 et 39" in shown


@pytest.mark.parametrize(
    "query",
    [
        "age=18",
        "age=40",
        "q=avocat",
        "clientele=women",
        "child_age=18",
        "q=femme+22+ans",
        "q=violence+depuis+5+ans",
        "q=depuis+15+ans",
        "q=115+ans",
        "q=514+555-0115",
    ],
)
def test_another_search_does_not(client, query):
    assert duty(client, query) is None


def test_both_lines_of_montreal_are_there_and_no_other(client):
    shown = duty(client, "age=15&near=Montr%C3%A9al")

    assert "tel:+15145550161" in shown
    assert "tel:+15145550162" in shown
    assert "tel:+14505550163" not in shown
    assert "tel:+15145550164" not in shown


def test_a_region_is_enough(client):
    assert "tel:+14505550163" in duty(client, "age=15&region=13")


def test_where_no_line_is_known_911_and_811_are_there(client):
    shown = duty(client, "age=15&near=Sept-%C3%8Eles")

    assert "Nous ne connaissons pas la ligne" in shown
    assert "tel:911" in shown
    assert "tel:811" in shown
    assert 'value="need=child_protection"' in shown


def test_without_a_place_it_is_asked(client):
    assert "Dites où" in duty(client, "age=15")


def test_it_is_there_in_english(client):
    assert "This site sends nothing" in duty(client, "age=15&near=Laval", "en")


def test_it_is_there_when_nothing_was_found(client):
    assert duty(client, "age=15&q=zzzz&near=Laval&need=police") is not None
