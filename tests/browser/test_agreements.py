"""Two leads and their agreement: proposed, read, signed and ended, without JavaScript and on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from referral.access.policy import Actor
from referral.shared.database import directory_session
from tests.browser.copies import copied, faults, served_copy
from tests.intake.filing import House, enter, make_agreement, make_house

SMALL, PHONE, WIDE = 320, 360, 1280


@dataclass
class Scene:
    """Houses whose leads can sign, in databases of this file's own."""

    app: Flask
    ours: House
    theirs: House
    signed: House

    def sign_in(self, page: Page, site: str, actor: Actor) -> None:
        """Let the page be somebody's."""
        cookie = enter(self.app, directory_session(), actor).cookie
        signed = self.app.session_interface.get_signing_serializer(self.app).dumps({"sid": cookie})
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "relais", "value": signed, "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store three houses, two of which have an agreement."""
    with copied(editions, tmp_path_factory.mktemp("agreements"), with_cases=True) as app:
        session = directory_session()
        names = ("Maison Exemple", "Refuge Exemple", "Centre Exemple de la Rive-Nord")
        made = Scene(app, *(make_house(session, name) for name in names))
        make_agreement(made.ours, made.signed)
        yield made


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("agreements-server")) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_two_leads_sign_and_one_ends_it_without_javascript(visit, scene, site):
    page = visit("/fr/", width=PHONE, javascript=False)
    scene.sign_in(page, site, scene.ours.lead)
    page.goto(f"{site}/fr/cases/agreements/new")
    page.get_by_role("button", name="Signer et proposer").click()
    expect(page.locator(".summary")).to_be_visible()
    shoot(page, "agreement-refused")
    page.get_by_label("Avec quel organisme").select_option(label="Refuge Exemple")
    page.get_by_label("Combien par région").check()
    page.get_by_label("Qui approuve").fill("Direction générale")
    page.get_by_label("J’ai lu").check()
    page.get_by_role("button", name="Signer et proposer").click()
    where = page.url

    scene.sign_in(page, site, scene.theirs.lead)
    page.goto(where)
    page.get_by_label("Qui approuve").fill("Coordination")
    page.get_by_label("J’ai lu").check()
    page.get_by_role("button", name="Signer").click()
    expect(page.get_by_text("Coordination", exact=True)).to_be_visible()
    page.get_by_role("button", name="Mettre fin à l’entente maintenant").click()
    expect(page.get_by_text("rien ne peut plus être transmis").first).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_agreements_holds_at_each_width_and_for_everyone(visit, scene, site, language):
    page = visit(f"/{language}/")
    scene.sign_in(page, site, scene.ours.lead)
    base = f"{site}/{language}/cases/agreements"
    page.goto(base)
    one = page.locator("ul.rows a").first.get_attribute("href")
    for name, path in {"list": base, "new": f"{base}/new", "one": f"{site}{one}"}.items():
        page.goto(path)
        assert faults(page) == [], path
        for width in (SMALL, PHONE, WIDE):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
            shoot(page, f"agreement-{name}-{language}-{width}")


def test_on_paper_there_is_the_text_and_nothing_to_press(visit, scene, site):
    page = visit("/fr/")
    scene.sign_in(page, site, scene.ours.lead)
    page.goto(f"{site}/fr/cases/agreements")
    page.locator("ul.rows a").first.click()
    page.emulate_media(media="print")

    expect(page.get_by_text("Le strict nécessaire")).to_be_visible()
    expect(page.locator('form[action$="/end"] button')).to_be_hidden()
    expect(page.locator(".top")).to_be_hidden()
    shoot(page, "agreement-paper")
