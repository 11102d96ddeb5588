"""Keeping services: side by side, on paper, in the pocket, without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import faults

PHONE, WIDE = 360, 1280
WORDS = {
    "fr": ("Ajouter à ma sélection", "Ma sélection", "Version de poche", "Numéros utiles", "Retirer"),
    "en": ("Add to my list", "My list", "Pocket version", "Useful numbers", "Remove"),
}
TELLING = ("hébergement", "shelter", "violence", "traite", "traffick", "relais")


def keep_two(visit, language, *, width, javascript=True):
    """Keep two services as one does: from a card, and from its page; ends on the list."""
    add, mine, *_ = WORDS[language]
    page = visit(f"/{language}/services?q=maison&near=Laval", width=width, javascript=javascript)
    page.locator(".card").nth(0).get_by_role("button", name=add).click()
    page.locator(".card__name a").nth(1).click()
    page.locator(".head").get_by_role("button", name=add).click()
    page.get_by_role("link", name=f"{mine} (2)").click()
    return page


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_someone_keeps_two_services_compares_them_and_lets_one_go(visit, language, javascript):
    _, mine, _, _, remove = WORDS[language]
    page = keep_two(visit, language, width=PHONE, javascript=javascript)
    expect(page.locator(".compare tbody tr")).to_have_count(2)
    page.get_by_role("button", name=remove).first.click()

    expect(page.locator(".compare tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name=f"{mine} (1)")).to_be_visible()
    assert page.context.cookies() == []


def test_after_keeping_one_is_at_the_same_service_of_the_same_results(visit):
    page = visit("/fr/services?q=maison", width=PHONE)
    card = page.locator(".card").nth(3)
    service = card.get_attribute("data-service")
    card.get_by_role("button", name=WORDS["fr"][0]).click()

    page.wait_for_url(f"**#s-{service}")
    expect(page.locator(f'[data-service="{service}"]')).to_be_in_viewport()
    expect(page.get_by_role("button", name="Dans ma sélection. Retirer")).to_have_count(1)


def test_a_service_page_leads_back_to_its_results_and_keeps_the_list(visit):
    page = keep_two(visit, "fr", width=PHONE)
    page.locator(".compare__name").nth(1).click()
    page.get_by_role("link", name="Retour aux résultats").click()

    expect(page.get_by_role("link", name="Ma sélection (2)")).to_be_visible()
    expect(page.get_by_role("button", name="Dans ma sélection. Retirer")).to_have_count(2)


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_list_and_its_pocket_version_are_accessible_and_no_wider_than_the_window(visit, language, width):
    page = keep_two(visit, language, width=width)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name=WORDS[language][2]).click()

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "path", ["selection", "selection?l=unreadable", "selection/pocket", "selection?full=1"]
)
def test_an_empty_list_is_accessible_too(visit, path, language, width):
    page = visit(f"/{language}/{path}", width=width)

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_list_is_as_readable_in_the_dark(visit):
    page = keep_two(visit, "fr", width=PHONE)
    page.emulate_media(color_scheme="dark")

    assert faults(page) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_paper_shows_the_list_and_nothing_of_the_site(visit, language):
    page = keep_two(visit, language, width=WIDE)
    page.emulate_media(media="print")
    printed = page.evaluate("document.body.innerText").lower()

    assert page.locator("h1").is_visible()
    for hidden in (".top", ".foot", ".qr", ".keep", ".tools"):
        assert not page.locator(hidden).first.is_visible()
    assert "relais" not in printed
    assert re.search(r"\d{3}-\d{4}|211", printed)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pocket_paper_holds_numbers_alone(visit, language):
    page = keep_two(visit, language, width=WIDE)
    page.get_by_role("link", name=WORDS[language][2]).click()
    page.emulate_media(media="print")
    printed = page.evaluate("document.body.innerText").lower()

    assert page.title() == WORDS[language][3]
    assert [word for word in TELLING if word in printed] == []
    assert re.search(r"\d{3}-\d{4}|211", printed)
    assert page.locator(".pocket").bounding_box()["width"] <= 330


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_button_to_print_is_there_only_where_it_works(visit, javascript):
    page = keep_two(visit, "fr", width=PHONE, javascript=javascript)

    expect(page.get_by_role("link", name="Version de poche")).to_be_visible()
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible(visible=javascript)


def test_the_seal_alone_opens_the_list_elsewhere(visit):
    page = keep_two(visit, "fr", width=WIDE)
    names = page.locator(".compare__name").all_inner_texts()
    seal = re.search(r"[?&]l=([\w-]+)", page.url)[1]
    elsewhere = visit(f"/fr/selection?l={seal}", width=PHONE)

    assert elsewhere.locator(".compare__name").all_inner_texts() == names


def test_the_list_on_a_phone_has_targets_large_enough(visit):
    page = keep_two(visit, "fr", width=PHONE)
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, main button")].filter((each) => {
            const box = each.getBoundingClientRect();
            return box.width && box.height < 44;
        }).map((each) => each.outerHTML.slice(0, 120))"""
    )

    assert small == []
