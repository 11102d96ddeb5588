"""What people come to do: find someone to call, leave at once, without a mouse, without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PHONE = 360
ELSEWHERE = "/fr/safety"


def lead_to_ourselves(page):
    """Let the exit lead to a page of ours: no test asks another host."""
    page.evaluate("(address) => { document.documentElement.dataset.exit = address; }", ELSEWHERE)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize(
    ("language", "labels"),
    [("fr", ("Ce qu’il faut", "Où", "Chercher")), ("en", ("What is needed", "Where", "Search"))],
)
def test_someone_finds_a_number_to_call(visit, language, labels, javascript):
    q, near, button = labels
    page = visit(f"/{language}/", width=PHONE, javascript=javascript)
    page.get_by_label(q).fill("maison")
    page.get_by_label(near, exact=True).fill("Laval")
    page.get_by_role("button", name=button).click()
    page.locator(".card__name a").first.click()

    expect(page.locator("h1")).to_be_visible()
    assert page.locator(".call").is_visible()
    assert page.locator("main a[href^='tel:']").count() >= 1


def test_without_a_script_filters_and_pages_work(visit):
    page = visit("/fr/services", width=PHONE, javascript=False)
    page.locator(".refine > summary").click()
    page.get_by_label("Type d’aide", exact=True).select_option("emergency_shelter")
    page.get_by_role("button", name="Appliquer").click()
    page.get_by_role("link", name="Suivante").click()

    assert "shelter" not in page.url
    assert "page=2" in page.url
    expect(page.locator(".chip")).to_have_text("Retirer : Hébergement d’urgence", use_inner_text=False)


def test_the_keyboard_reaches_the_content_and_the_exit_first(visit):
    page = visit("/fr/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Aller au contenu"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Quitter ce site rapidement"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.id") == "q"


def test_the_keyboard_alone_finds_a_service(visit):
    page = visit("/fr/")
    page.get_by_label("Ce qu’il faut").focus()
    page.keyboard.type("refuge")
    page.keyboard.press("Tab")
    page.keyboard.type("Laval")
    page.keyboard.press("Enter")
    page.locator(".card__name a").first.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".call")).to_be_visible()


def test_an_error_takes_the_keyboard_to_its_summary(visit):
    page = visit("/fr/services?near=xqzxqzxq")

    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#near")).to_be_focused()


def test_shift_three_times_leaves(visit):
    page = visit("/fr/services")
    lead_to_ourselves(page)
    page.keyboard.press("Shift")
    expect(page.locator("#exit-says")).to_have_text("Appuyez encore deux fois sur Maj pour quitter.")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")

    page.wait_for_url(f"**{ELSEWHERE}")


def test_writing_capitals_does_not_leave(visit):
    page = visit("/fr/services")
    page.locator("#q").focus()
    for letter in ("Shift+A", "Shift+B", "Shift+C"):
        page.keyboard.press(letter)

    assert page.locator("#q").input_value() == "ABC"
    assert "/fr/services" in page.url


def test_another_key_begins_the_count_again(visit):
    page = visit("/fr/services")
    for key in ("Shift", "Shift", "Escape", "Shift"):
        page.keyboard.press(key)

    expect(page.locator(".exit__steps")).to_have_text("●○○")


def test_the_exit_takes_the_place_of_the_page(visit):
    page = visit("/fr/services")
    lead_to_ourselves(page)
    before = page.evaluate("history.length")
    page.locator(".exit").click()
    page.wait_for_url(f"**{ELSEWHERE}")

    assert page.evaluate("history.length") == before


def test_without_a_script_the_exit_is_a_link(visit):
    link = visit("/fr/services", javascript=False).get_by_role("link", name="Sortie rapide")

    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", "https://meteo.gc.ca/")


def test_english_stays_english(visit):
    page = visit("/fr/services?q=maison")
    page.get_by_role("link", name="English").click()
    page.locator(".card__name a").first.click()

    assert "/en/services/" in page.url


def test_nothing_is_kept_in_the_browser(visit):
    page = visit("/fr/services?q=maison")

    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
