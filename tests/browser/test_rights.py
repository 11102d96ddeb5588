"""A person's rights in a real browser: what she asked, her copy, then the file that is destroyed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from referral.intake.models import Case
from referral.shared.database import cases_session, directory_session
from tests.browser.copies import copied, faults, served_copy
from tests.intake.filing import House, enter, make_case, make_house
from tests.intake.test_incidents import enter_incident

PHONE, WIDE = 360, 1280


@dataclass
class Scene:
    """A house with two files and an incident, in databases of this file's own."""

    app: Flask
    house: House
    files: list[tuple[str, str]]
    incident: str

    def sign_in(self, page: Page, site: str) -> None:
        """Let the page be the lead's."""
        cookie = enter(self.app, directory_session(), self.house.lead).cookie
        signed = self.app.session_interface.get_signing_serializer(self.app).dumps({"sid": cookie})
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "relais", "value": signed, "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store them."""
    with copied(editions, tmp_path_factory.mktemp("rights"), with_cases=True) as app:
        house = make_house(directory_session())
        made = [make_case(house, {"nickname": "Merle", "age_band": "18-24"}) for _ in range(2)]
        files = [(str(each), cases_session().get_one(Case, each).code) for each in made]
        yield Scene(app, house, files, str(enter_incident(house)))


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("rights-server")) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_request_a_copy_and_an_erasure_without_javascript(visit, scene, site):
    page, (case_id, code) = visit("/fr/", width=PHONE, javascript=False), scene.files[0]
    scene.sign_in(page, site)
    page.goto(f"{site}/fr/cases/{case_id}/rights")
    page.locator("summary", has_text="Noter ce qu’elle demande").click()
    page.get_by_label("Voir ce qui est conservé sur elle").check()
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.locator("main")).to_contain_text("Chloé Exemple a consulté le dossier, mardi")
    page.get_by_role("link", name="Une copie de tout").click()
    expect(page.locator("article")).to_contain_text("Merle")
    page.goto(f"{site}/fr/cases/{case_id}/rights/erase")
    page.get_by_label("Tapez le code du dossier").fill("AAAA-AAAA")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator(".summary")).to_be_visible()
    page.get_by_label("Tapez le code du dossier").fill(code)
    page.get_by_role("button", name="Continuer").click()
    shoot(page, "erase-sure-fr-360")
    page.get_by_role("button", name="Détruire maintenant").click()
    expect(page.locator("table")).to_contain_text(code)
    shoot(page, "certificates-fr-360")


@pytest.mark.parametrize(("language", "width"), [("fr", PHONE), ("en", WIDE)])
def test_the_pages_keep_to_the_rules_of_accessibility(visit, scene, site, language, width):
    case_id, _code = scene.files[1]
    paths = {
        "rights": f"{case_id}/rights",
        "copy": f"{case_id}/rights/copy",
        "erase": f"{case_id}/rights/erase",
        "rules": "rules",
        "certificates": "certificates",
        "incidents": "incidents",
        "incident": f"incidents/{scene.incident}",
        "commission": f"incidents/{scene.incident}/commission",
        "person": f"incidents/{scene.incident}/person",
    }
    found = []
    page = visit("/fr/", width=width)
    scene.sign_in(page, site)
    for name, path in paths.items():
        page.goto(f"{site}/{language}/cases/{path}")
        shoot(page, f"{name}-{language}-{width}")
        found += [f"{name} {width}: {fault}" for fault in faults(page)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{name} {width}: wider than the screen")

    assert found == []
