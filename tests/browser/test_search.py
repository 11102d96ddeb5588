"""The search as it is used: on a phone, in half a minute, by someone who is interrupted."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PHONE, WIDE = 360, 1280
AXE = Axe()
WORDS = {
    "fr": {
        "what": "Ce qu’il faut",
        "where": "Où",
        "search": "Chercher",
        "apply": "Appliquer",
        "age": "Âge de la personne",
        "need": "Type d’aide",
        "text": re.compile("Par texto"),
        "bed": "hébergement ce soir",
        "duty": "l’obligation de signaler",
    },
    "en": {
        "what": "What is needed",
        "where": "Where",
        "search": "Search",
        "apply": "Apply",
        "age": "Age of the person",
        "need": "Kind of help",
        "text": re.compile("By text message"),
        "bed": "shelter tonight",
        "duty": "the duty to report",
    },
}
each_language = pytest.mark.parametrize("language", ["fr", "en"])
each_way = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def open_filters(page):
    page.locator(".refine > summary").click()


def apply_filters(page, language):
    page.get_by_role("button", name=WORDS[language]["apply"]).click()


def search(page, language, what, where):
    words = WORDS[language]
    page.get_by_label(words["what"]).fill(what)
    page.get_by_label(words["where"], exact=True).fill(where)
    page.get_by_role("button", name=words["search"], exact=True).click()


def settled(page):
    """Wait until the list has followed."""
    expect(page.locator("html")).not_to_have_class(re.compile("is-following"))


def faults(page):
    return [each["id"] for each in AXE.run(page).response["violations"]]


@each_way
@each_language
def test_a_worker_finds_a_bed(visit, language, javascript):
    page = visit(f"/{language}/", width=PHONE, javascript=javascript)
    search(page, language, WORDS[language]["bed"], "Montréal")
    first = page.locator(".card").first

    expect(first.locator("a.phone")).to_be_visible()
    assert first.locator("a.phone").get_attribute("href").startswith("tel:")
    assert re.search(r"/services\?s=[\w-]+$", page.url)


@each_way
@each_language
def test_someone_who_cannot_talk_finds_whom_to_write_to(visit, language, javascript):
    page = visit(f"/{language}/services", width=PHONE, javascript=javascript)
    open_filters(page)
    page.get_by_label(WORDS[language]["text"]).check()
    apply_filters(page, language)

    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".card").first.locator(".text-number")).to_be_visible()


@each_way
@each_language
def test_for_a_15_year_old_the_duty_to_report_shows_with_the_line_of_the_region(visit, language, javascript):
    page = visit(f"/{language}/services", width=PHONE, javascript=javascript)
    open_filters(page)
    page.get_by_label(WORDS[language]["where"], exact=True).fill("Québec")
    page.get_by_label(WORDS[language]["age"]).fill("15")
    apply_filters(page, language)

    expect(page.locator(".duty")).to_contain_text(WORDS[language]["duty"])
    expect(page.locator(".duty a.phone").first).to_be_visible()


@each_way
@each_language
def test_nunavik_has_services_of_its_own_first(visit, language, javascript):
    page = visit(f"/{language}/", width=PHONE, javascript=javascript)
    search(page, language, "", "Kuujjuaq")

    expect(page.locator("#found")).to_contain_text("Kuujjuaq")
    assert page.locator(".group").first.get_attribute("aria-labelledby") in ("group-place", "group-region")
    expect(page.locator("[aria-labelledby='group-province']")).to_have_count(1)


def test_the_list_follows_what_one_types_without_losing_it(visit):
    page = visit("/fr/services", width=WIDE)
    before = page.locator("#found").text_content()
    page.get_by_label("Ce qu’il faut").press_sequentially("avocat", delay=30)

    expect(page.locator("#found")).not_to_have_text(before)
    expect(page.locator("#found")).to_contain_text("avocat")
    expect(page.locator("#live-count")).to_contain_text("avocat")
    expect(page.locator("#q")).to_be_focused()
    assert page.locator("#q").input_value() == "avocat"
    assert re.search(r"\?s=[\w-]+$", page.url)


def test_counts_follow_what_one_ticks(visit):
    page = visit("/fr/services", width=WIDE)
    option = page.locator("#need option[value='emergency_shelter']")
    before = option.text_content()
    page.get_by_label("Région", exact=True).select_option("09")

    expect(option).not_to_have_text(before)
    expect(page.locator(".chip")).to_contain_text("Côte-Nord")


def test_what_the_list_shows_is_what_its_address_asks(visit):
    page = visit("/fr/services", width=WIDE)
    page.get_by_label("Région", exact=True).select_option("09")
    expect(page.locator(".chip")).to_have_count(1)
    shown = page.locator(".card").evaluate_all("cards => cards.map((card) => card.dataset.service)")
    page.reload()

    again = page.locator(".card").evaluate_all("cards => cards.map((card) => card.dataset.service)")
    assert shown == again != []


def test_a_place_half_typed_is_no_mistake_until_one_leaves_it(visit):
    page = visit("/fr/services", width=WIDE)
    near = page.get_by_label("Où", exact=True)
    near.press_sequentially("xqzx", delay=20)
    page.wait_for_timeout(900)
    settled(page)
    expect(page.locator(".summary")).to_have_count(0)
    page.keyboard.press("Tab")

    expect(page.locator(".summary")).to_be_visible()
    assert near.input_value() == "xqzx"


def test_the_map_is_told_what_the_list_shows(visit):
    page = visit("/fr/services", width=WIDE)
    page.evaluate(
        "document.addEventListener('relais:results', (event) => {"
        " document.documentElement.dataset.told = event.detail.seal; })"
    )
    page.get_by_label("Région", exact=True).select_option("09")
    told = page.locator("html[data-told]")
    expect(told).to_have_count(1)

    assert told.get_attribute("data-told") in page.url


def test_when_following_fails_the_button_still_works(visit):
    page = visit("/fr/services", width=WIDE)
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('no network')); }")
    page.get_by_label("Ce qu’il faut").fill("avocat")
    expect(page.locator("#live-count")).to_have_text("La liste n’a pas pu suivre. Utilisez le bouton.")
    page.get_by_role("button", name="Appliquer").click()

    expect(page.locator("#found")).to_contain_text("avocat")


def test_on_a_phone_the_button_is_in_reach_and_brings_to_the_list(visit):
    page = visit("/fr/services?near=Laval", width=PHONE)
    open_filters(page)
    button = page.get_by_role("button", name="Appliquer")
    box, leave = button.bounding_box(), page.locator(".exit").bounding_box()
    assert 0 <= box["y"] <= leave["y"] - box["height"]
    button.click()

    expect(page.locator("#found")).to_be_focused()
    expect(page.locator(".refine")).not_to_have_attribute("open", "")


def test_a_criterion_is_removed_with_the_keyboard_alone(visit):
    page = visit("/fr/services?near=Laval&need=youth")
    page.locator(".chip").nth(1).focus()
    page.keyboard.press("Enter")

    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#need")).to_have_value("")


def test_filters_are_set_with_the_keyboard_alone(visit):
    page = visit("/fr/services", width=PHONE)
    page.locator(".refine > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label(re.compile("Par texto")).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.locator(".chip")).to_have_count(1)


@each_way
def test_nothing_found_says_what_to_loosen(visit, javascript):
    page = visit(
        "/fr/services?q=h%C3%A9bergement&near=Laval&need=compensation", width=PHONE, javascript=javascript
    )
    page.locator(".empty button.tile").first.click()

    expect(page.locator(".card").first).to_be_visible()


@pytest.mark.parametrize("javascript", [False])
def test_a_homonym_is_a_button(visit, javascript):
    page = visit("/fr/services?near=Saint-Rapha%C3%ABl", width=PHONE, javascript=javascript)
    page.get_by_role("button", name="Saint-Raphaël (Outaouais)").click()

    expect(page.locator("#found")).to_contain_text("Outaouais")


def test_a_list_is_sorted_and_stays_so(visit):
    page = visit("/fr/services?near=Laval", width=WIDE)
    page.get_by_label("Ordre").select_option("name")
    expect(page.locator(".group")).to_have_count(1)
    page.get_by_label("Région", exact=True).select_option("13")
    settled(page)

    expect(page.get_by_label("Ordre")).to_have_value("name")
    expect(page.locator(".group")).to_have_count(1)


def test_a_card_is_read_in_a_second(visit):
    page = visit("/fr/services?q=h%C3%A9bergement&near=Laval", width=PHONE)
    heights = sorted(page.locator(".card").evaluate_all("cards => cards.map((card) => card.offsetHeight)"))

    assert heights[len(heights) // 2] <= 275


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/fr/services?age=15&near=Montr%C3%A9al&pets=true", "/en/services?s=unreadable"]
)
def test_the_open_filters_are_accessible(visit, path, scheme):
    page = visit(path, width=PHONE, scheme=scheme)
    page.evaluate("document.querySelector('.refine').open = true")

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_no_address_of_a_visit_tells_what_was_sought(visit):
    page = visit("/fr/", width=1280)
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    search(page, "fr", "prostitution", "Laval")
    page.locator(".chip").first.click()
    page.get_by_role("link", name="English").click()

    assert asked
    assert [url for url in asked if re.search("prostitution|Laval|near=|q=", url)] == []
