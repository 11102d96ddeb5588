"""Needs asked of other organizations and answered there, in real browsers, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from referral.intake.consents import withdraw
from referral.intake.models import Consent
from referral.intake.vocabulary import Urgency
from referral.referrals import links
from referral.referrals.models import Called
from referral.referrals.moving import Why
from referral.referrals.reasons import Reason
from referral.referrals.status import ReferralStatus, Side
from tests.browser.copies import copied, faults, served_copy
from tests.browser.referring import (
    CLOSED,
    NUMBER,
    PHONE,
    SMALL,
    WIDE,
    Scene,
    ask,
    make_scene,
    open_all,
    press,
    read_out,
)
from tests.intake.filing import held_case, make_case
from tests.intake.granting import ANSWERS, make_grant
from tests.referrals.making import find, in_hand
from tests.referrals.sent import answer, call, draft, read_first, send

S = ReferralStatus
BOTH = pytest.mark.parametrize(("language", "width"), [("fr", PHONE), ("en", WIDE)])
KEPT = "Mot Exemple qui ne se perd pas"


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store the houses."""
    with copied(editions, tmp_path_factory.mktemp("referrals"), with_cases=True) as app:
        yield make_scene(app)


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("referrals-server")) as address:
        yield address


@pytest.fixture
def enter(visit, scene, site):
    """Return a function that opens a page as somebody; no script runs for one on a phone."""

    def open_as(actor, path, width=WIDE):
        page = scene.sign_in(visit("/fr/", width=width, javascript=width == WIDE), site, actor)
        page.goto(f"{site}{path}")
        return page

    return open_as


def made(page, name):
    """Return the address of the referral to an organization from the page of another of the same time."""
    return page.locator("[aria-labelledby=others-title] a", has_text=name).get_attribute("href")


@BOTH
def test_a_need_goes_from_consent_to_its_end_across_two_organizations(scene, site, enter, language, width):
    case_id = make_case(scene.house, ANSWERS)
    file = f"/{language}/cases/{case_id}"
    worker = enter(scene.house.worker, f"{file}/consents/new", width)
    read_out(worker, "exemple", scene.refuge.id, scene.auberge.id)
    worker.locator(f".acts a[href*='/referrals/new/{case_id}?to=']").first.click()
    expect(worker.locator("input[name=recipients]:checked")).to_have_count(1)
    for each in worker.locator("input[name=recipients]").all():
        each.check()
    ask(worker)
    expect(worker.locator(".read-at")).to_have_count(2)
    expect(worker.locator("main")).to_contain_text(NUMBER)
    worker.locator("button[value=send]").click()
    address = worker.url if "Refuge" in worker.locator("h1").inner_text() else site + made(worker, "Refuge")

    reader = enter(scene.refuge.worker, f"/{language}/referrals/", width)
    reader.locator(f"a[href='{address.removeprefix(site)}']").click()
    expect(reader.locator("main")).to_contain_text("25")
    press(reader, "accepted")
    assert NUMBER not in reader.content()

    worker.goto(address)
    worker.locator("[aria-labelledby=choose-title] button").click()
    other = enter(scene.auberge.worker, made(worker, "Auberge"), width)
    expect(other.locator("[aria-labelledby=acts-title] .referral-act")).to_have_count(0)

    reader.goto(address)
    expect(reader.locator("main")).to_contain_text(NUMBER)
    press(reader, "in-progress")
    press(reader, "completed", "full")
    assert NUMBER not in reader.content()

    worker.goto(f"{site}{file}")
    expect(worker.locator("[aria-labelledby=timeline-title]")).to_contain_text("Refuge Exemple")
    worker.goto(f"{site}{file}/close")
    worker.locator("input[name=reason]").first.check()
    worker.locator("main form .button").last.click()
    expect(worker.locator("#closed-title")).to_be_visible()


@BOTH
def test_a_withdrawal_leaves_nothing_to_whoever_has_it_open_and_loses_no_word_of_hers(
    scene, site, enter, language, width
):
    case_id = make_case(scene.house, ANSWERS)
    consent_id = make_grant(scene.house, case_id, scene.refuge.id)
    (referral_id,) = draft(scene.house, case_id, [consent_id])
    send(scene.house, referral_id)
    answer(scene.refuge, referral_id, S.ACCEPTED)
    reader = enter(scene.refuge.worker, f"/{language}/referrals/{referral_id}", width)
    expect(reader.locator("main")).to_contain_text(NUMBER)
    reader.locator("#text").fill(KEPT)

    with held_case(case_id, scene.house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")
    reader.locator("form:has(#text) button").click()
    assert NUMBER not in reader.content()
    expect(reader.locator(".summary")).to_contain_text(KEPT)
    expect(reader.locator(".lead")).to_contain_text(CLOSED[language])
    reader.goto(f"{site}/{language}/referrals/{referral_id}")
    assert NUMBER not in reader.content()
    expect(reader.locator(".lead")).to_contain_text(CLOSED[language])


def tab_to(page, selector):
    """Go to an element by the Tab key alone; where one is, is seen."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_the_morning_is_done_by_keyboard_alone(scene, enter):
    case_id = make_case(scene.house, ANSWERS)
    (referral_id,) = draft(scene.house, case_id, [make_grant(scene.house, case_id, scene.refuge.id)])
    send(scene.house, referral_id)
    page = enter(scene.refuge.worker, "/en/referrals/?of=all")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    tab_to(page, f"a[href='/en/referrals/{referral_id}']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, ".referral-act:has(input[value=rejected]) > summary")
    page.keyboard.press("Enter")
    tab_to(page, "button[value=no-capacity]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert find(referral_id).status is S.REJECTED
    expect(page.locator(".lead")).to_contain_text("Full: no room")


def make_all(scene):
    """Return a referral of each kind by what is to be seen on its page."""
    house, refuge = scene.house, scene.refuge
    case_id = make_case(house, ANSWERS)
    consent_id = make_grant(house, case_id, refuge.id)
    made = {name: draft(house, case_id, [consent_id])[0] for name in ("new", "taken", "turned", "linked")}
    for each in made.values():
        send(house, each)
    read_first(refuge, made["taken"])
    answer(refuge, made["taken"], S.ACCEPTED)
    read_first(refuge, made["turned"])
    answer(refuge, made["turned"], S.REJECTED, Why(Reason.NO_CAPACITY))
    (made["urgent"],) = draft(house, case_id, [consent_id], Urgency.NOW)
    (made["called"],) = draft(house, case_id, [consent_id])
    call(house, made["called"], Called.NO_ANSWER)
    with in_hand(made["linked"], Side.SENDER, house.worker) as hand:
        _, token, code = links.make_link(hand)
    return case_id, made, token, code


@BOTH
def test_every_page_of_referrals_holds_what_wcag_asks(scene, site, enter, language, width):
    case_id, made, token, code = make_all(scene)
    worker, reader, lead = scene.house.worker, scene.refuge.worker, scene.refuge.lead
    paths = [
        (worker, ""),
        (worker, "?queue=waiting&of=all"),
        (worker, f"new/{case_id}"),
        *((worker, str(made[each])) for each in ("new", "turned", "urgent")),
        (worker, f"{made['new']}/next"),
        (worker, f"{made['called']}/outcome"),
        *((reader, str(made[each])) for each in ("new", "taken")),
        (reader, f"{made['taken']}/lead"),
        (lead, "hours"),
    ]
    page, who = enter(worker, f"/{language}/referrals/", WIDE), worker
    page.set_viewport_size({"width": width, "height": 800})
    for actor, path in paths:
        if actor is not who:
            scene.sign_in(page, site, actor)
            who = actor
        page.goto(f"{site}/{language}/referrals/{path}")
        look_at(page, path)
    page.goto(f"{site}/{language}/answer/{token}")
    look_at(page, "code")
    page.locator("#code").fill(code)
    page.locator("main form button").click()
    look_at(page, "answer")
    page.goto(f"{site}/{language}/answer/nothing")
    look_at(page, "dead")


def look_at(page, name):
    """Hold a page to its rules, with all that is folded away shown; none is wider than a small phone."""
    open_all(page)
    assert faults(page) == [], name
    size = page.viewport_size
    page.set_viewport_size({"width": SMALL, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL, name
    page.set_viewport_size(size)
