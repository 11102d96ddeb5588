"""A need asked of two organizations and answered by one, in a real browser, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from referral.access.policy import Actor
from referral.shared.database import directory_session
from tests.browser.copies import copied, faults, served_copy
from tests.intake.filing import House, enter, make_case, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant

PHONE = 360
NUMBER = "514 555-0142"


@dataclass
class Scene:
    """A house with a file, and two that can be asked."""

    app: Flask
    house: House
    receivers: list[House]
    case_id: str

    def sign_in(self, page: Page, site: str, actor: Actor) -> None:
        """Let the page be somebody's."""
        cookie = enter(self.app, directory_session(), actor).cookie
        signed = self.app.session_interface.get_signing_serializer(self.app).dumps({"sid": cookie})
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "relais", "value": signed, "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store them, with agreements and consents."""
    with copied(editions, tmp_path_factory.mktemp("referrals"), with_cases=True) as app:
        house = make_house(directory_session())
        receivers = [make_house(directory_session(), f"{name} Exemple") for name in ("Refuge", "Auberge")]
        case_id = make_case(house, ANSWERS)
        for each in receivers:
            make_agreement(house, each)
            make_grant(house, case_id, each.id)
        yield Scene(app, house, receivers, str(case_id))


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("referrals-server")) as address:
        yield address


def ask_both(page: Page, site: str, case_id: str) -> str:
    """Ask both for a place to stay; return the address of the first referral."""
    page.goto(f"{site}/fr/referrals/new/{case_id}")
    page.get_by_label("Hébergement").check()
    for each in ("Refuge Exemple", "Auberge Exemple"):
        page.get_by_label(each, exact=True).check()
    page.get_by_role("button", name="Voir ce qui serait envoyé").click()
    expect(page.locator("main")).to_contain_text(NUMBER)
    assert faults(page) == []
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.locator("h1")).to_have_text("Refuge Exemple")
    return page.url


def test_one_of_two_accepts_and_is_chosen_from_asking_to_its_end(visit, scene, site):
    page = visit("/fr/", width=PHONE)
    scene.sign_in(page, site, scene.house.worker)
    address = ask_both(page, site, scene.case_id)
    theirs = address.replace("/fr/", "/en/")
    scene.sign_in(page, site, scene.receivers[0].worker)
    page.goto(theirs)
    expect(page.locator("main")).not_to_contain_text(NUMBER)
    page.locator("summary", has_text="Accept").click()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator("main")).not_to_contain_text(NUMBER)
    scene.sign_in(page, site, scene.house.worker)
    page.goto(address)
    assert faults(page) == []
    page.get_by_role("button", name="Elle choisit cet organisme").click()
    expect(page.locator("main")).to_contain_text("Annulée")
    scene.sign_in(page, site, scene.receivers[0].worker)
    page.goto(theirs)
    expect(page.locator("main")).to_contain_text(NUMBER)
    assert faults(page) == []
    page.locator("summary", has_text="The service has begun").click()
    page.get_by_role("button", name="The service has begun").click()
    page.locator("summary", has_text="It is done").click()
    page.get_by_label("All that was asked was given").check()
    page.get_by_role("button", name="It is done").click()
    expect(page.locator("main")).not_to_contain_text(NUMBER)
