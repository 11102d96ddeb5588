"""The quick exit as someone in a hurry meets it: nothing of what was read is left in view, nor behind Back.

The weather is played by a stub, so that no test asks another host.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

WEATHER = "https://meteo.gc.ca/"
PHONE, WIDE = 360, 1280


@pytest.fixture
def opened(browser, site):
    """Return a function that opens a path in a tab whose weather is a stub."""
    contexts = []

    def open_path(path, *, width=WIDE, javascript=True):
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale="fr-CA",
        )
        contexts.append(context)
        context.route(
            f"{WEATHER}**",
            lambda route: route.fulfill(content_type="text/html", body="<title>M</title><h1>M</h1>"),
        )
        page = context.new_page()
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()


def shift_three_times(page):
    for _ in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_the_button_opens_the_weather(opened, width, javascript):
    page = opened("/fr/services", width=width, javascript=javascript)
    page.locator(".exit").click()
    page.wait_for_url(WEATHER)


def test_the_weather_takes_the_place_of_the_page(opened):
    page = opened("/fr/services?q=maison")
    before = page.evaluate("history.length")
    shift_three_times(page)
    page.wait_for_url(WEATHER)

    assert page.evaluate("history.length") == before


def test_back_after_the_exit_shows_the_weather_again(opened):
    page = opened("/fr/services?q=maison")
    page.locator(".card__name a").first.click()
    page.locator(".call").wait_for()
    page.wait_for_load_state()  # keys that come before the page's script are not heard
    shift_three_times(page)
    page.wait_for_url(WEATHER)
    page.go_back(wait_until="commit")

    page.wait_for_url(WEATHER)


def test_who_comes_back_on_purpose_finds_the_site_again(opened):
    page = opened("/fr/services?q=maison")
    shift_three_times(page)
    page.wait_for_url(WEATHER)
    page.goto("/fr/services?q=maison")
    page.locator(".card__name a").first.click()
    page.locator(".call").wait_for()
    page.go_back()

    expect(page.locator(".card__name a").first).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_the_page_is_covered_at_once_and_says_that_something_loads(opened):
    page = opened("/fr/services?q=maison")
    page.route(f"{WEATHER}**", lambda route: route.fulfill(status=204))  # weather that never comes
    shift_three_times(page)

    expect(page.locator("#main")).to_be_hidden()
    expect(page.locator(".exit")).to_be_hidden()
    expect(page.locator("#exit-says")).to_have_text("Chargement.")
    assert page.title() == "…"
    assert page.url.endswith("/fr/")


def test_five_seconds_of_waiting_begin_the_count_again(opened):
    page = opened("/fr/services")
    page.clock.install()
    for _ in range(2):
        page.keyboard.press("Shift")
    expect(page.locator(".exit__steps")).to_have_text("●●○")
    page.clock.run_for(5_100)

    expect(page.locator(".exit__steps")).to_be_hidden()
    expect(page.locator("#exit-says")).to_have_text("Vous restez sur cette page.")
    page.keyboard.press("Shift")
    assert "/fr/services" in page.url


@pytest.mark.parametrize("keys", [["Control+Shift"] * 3, ["Shift+Tab"] * 3, ["Shift", "Shift", "a", "Shift"]])
def test_shift_with_another_key_does_not_leave(opened, keys):
    page = opened("/fr/services")
    for key in keys:
        page.keyboard.press(key)

    assert "/fr/services" in page.url
    assert page.evaluate("document.documentElement.classList.contains('is-leaving')") is False


def test_shift_held_while_clicking_does_not_count(opened):
    page = opened("/fr/safety")
    for _ in range(3):
        page.keyboard.down("Shift")
        page.locator("h1").click()
        page.keyboard.up("Shift")

    expect(page.locator(".exit__steps")).to_be_hidden()


def test_a_page_that_stops_keys_cannot_stop_the_exit(opened):
    page = opened("/fr/services")
    page.evaluate(
        "for (const kind of ['keydown', 'keyup'])"
        " document.addEventListener(kind, (event) => event.stopImmediatePropagation(), true)"
    )
    shift_three_times(page)

    page.wait_for_url(WEATHER)


def test_the_exit_works_from_inside_the_map(opened):
    page = opened("/fr/services?q=maison&near=Laval")
    page.locator(".map > summary").click()
    frame = page.frame_locator(".map__frame")
    frame.locator(".leaflet-container").focus()
    shift_three_times(page)

    page.wait_for_url(WEATHER)


def test_the_button_is_explained_before_it_is_needed(opened):
    page = opened("/fr/", width=PHONE)
    page.get_by_role("link", name="Comment ça marche ?").click()
    expect(page.locator("h1")).to_have_text("La sortie rapide, en bref")
    assert "n’efface pas votre historique" in page.locator("main").inner_text()
    page.get_by_role("link", name="Essayer la sortie rapide").click()

    page.wait_for_url(WEATHER)
    assert page.context.cookies() == []
