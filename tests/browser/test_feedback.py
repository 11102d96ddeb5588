"""Fixing a listing and telling of an unmet need, on a server that may write to the directory."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import served, settings

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE, WIDE = 360, 1280


@pytest.fixture(scope="module")
def site(editions, tmp_path_factory):
    """Address of a server that has the edition and the database that it was built from."""
    environment = settings(editions, f"sqlite:///{editions.parent}/directory.db")
    with served(environment, tmp_path_factory.mktemp("writing") / "log") as address:
        yield address


def faults(page):
    found = AXE.run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {json.dumps([node['html'][:160] for node in each['nodes'][:3]])}" for each in found
    ]


def open_listing(page):
    page.locator(".card__name a").first.click()
    page.locator(".call").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_listing_is_fixed_in_a_choice_and_a_press(visit, javascript):
    page = visit("/fr/services?q=maison", width=PHONE, javascript=javascript)
    open_listing(page)
    page.get_by_role("link", name="Corriger cette fiche").click()
    page.get_by_text("Les heures sont inexactes").click()
    page.get_by_role("button", name="Envoyer").click()

    expect(page.locator("h1")).to_contain_text("c’est reçu")
    assert page.context.cookies() == []


def test_the_keyboard_alone_fixes_a_listing_and_meets_its_error(visit):
    page = visit("/en/services?q=maison")
    open_listing(page)
    page.get_by_role("link", name="Fix this listing").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#kind")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Thank you: it was received")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_search_that_finds_nothing_leads_to_an_unmet_need_filled_in(visit, javascript):
    page = visit("/fr/services?q=zzzz&near=Laval&need=youth", width=PHONE, javascript=javascript)
    page.get_by_role("link", name="Dire un besoin non comblé").click()
    assert page.locator("#need").input_value() == "youth"
    assert page.locator("#region").input_value() == "13"
    page.get_by_text("Cette ressource n’existe pas").click()
    page.get_by_role("button", name="Envoyer").click()

    expect(page.locator("h1")).to_contain_text("ce besoin est compté")
    assert "youth" not in page.url


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_forms_their_errors_and_their_thanks_are_accessible(visit, language, width, scheme):
    page = visit(f"/{language}/services?q=maison", width=width, scheme=scheme)
    address = page.locator(".card__name a").first.get_attribute("href").partition("?")[0]
    found = {}
    for path in (f"{address}/fix", f"{address}/fix/sent?u=1", f"/{language}/unmet-need/sent?y=1"):
        page.goto(path)
        found[path] = faults(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"/{language}/unmet-need")
    found["form"] = faults(page)
    page.locator("form.tell button").click()
    page.locator(".summary").wait_for()
    found["errors"] = faults(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
