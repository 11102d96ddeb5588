"""A partner on a phone, in French: confirms in two clicks, changes hours and a number."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from referral.access.policy import Role
from referral.catalogue.change_models import Proposal
from referral.catalogue.models import Service
from referral.edition.reader import current_edition
from referral.shared.database import directory_session
from tests.browser.copies import copied, faults, served_copy
from tests.security.people import make_user, sign_in

PHONE, WIDE = 360, 1280
NEW_NUMBER = "514 555-0177"


@dataclass
class Scene:
    """Two listings of the catalogue, in a database of this file's own, and whoever keeps each."""

    app: Flask
    services: list[UUID]
    cookies: list[str]

    def sign_in(self, page: Page, site: str, number: int = 0) -> None:
        """Let the page be the editor's of a listing."""
        page.context.add_cookies([{"name": "relais", "value": self.cookies[number], "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Copy what was built, and sign in editors of organizations that have a telephone."""
    with copied(editions, tmp_path_factory.mktemp("partners")) as app:
        yield make_scene(app)


def make_scene(app: Flask) -> Scene:
    session = directory_session()
    with app.test_request_context("/fr/"):
        edition = current_edition()
    found = [
        (each.id, each.organization_id)
        for each in session.scalars(sa.select(Service).order_by(Service.slug))
        if edition.position_of(each.id) is not None and len(each.phones) == 1 and not each.always_open
    ][:2]
    serializer = app.session_interface.get_signing_serializer(app)
    cookies = []
    for _service, place in found:
        editor = sign_in(app, session, make_user(session, ((place, Role.PARTNER_EDITOR),), "Camille Exemple"))
        cookies.append(serializer.dumps({"sid": editor.cookie}))
    return Scene(app, [service for service, _place in found], cookies)


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has that database."""
    with served_copy(scene.app, tmp_path_factory.mktemp("partners-server")) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_partner_confirms_and_changes_a_listing_on_a_phone(visit, scene, site, javascript):
    number = 0 if javascript else 1
    service_id = scene.services[number]
    page = visit("/fr/", width=PHONE, javascript=javascript)
    old_number = plain(visit(f"/fr/services/{service_id}").locator(".call__number").first.inner_text())
    scene.sign_in(page, site, number)

    # Two clicks from the list: the listing, then the one button.
    page.goto("/fr/listings/")
    page.locator(".listing-row a").first.click()
    page.get_by_role("button", name="Rien n’a changé").click()
    expect(page.locator(".told")).to_contain_text("Merci.")

    page.goto(f"/fr/listings/services/{service_id}/edit")
    page.locator("#openings-0-days input[value=MO]").check()
    page.locator("#openings-0-opens").fill("20:00")
    page.locator("#openings-0-closes").fill("02:00")
    page.get_by_role("button", name="Ajouter un numéro").click()
    expect(page.locator("#openings-0-opens")).to_have_value("20:00")
    page.locator("#phones-1-number").fill(NEW_NUMBER)
    page.locator("#phones-1-fr").fill("le soir")
    page.locator(".send").get_by_role("button", name="Aperçu").click()
    expect(page.locator(".seen")).to_contain_text("le soir")
    page.get_by_role("button", name="Envoyer").click()

    expect(page.locator("h1")).to_have_text("Merci")
    expect(page.locator(".told")).to_contain_text("Heures")
    expect(page.get_by_text("appelle d’abord le numéro inscrit")).to_be_visible()
    public = visit(f"/fr/services/{service_id}", width=PHONE)
    shown = plain(public.locator("main").inner_text())
    assert "20 h à 2 h" in shown
    assert NEW_NUMBER not in shown
    assert old_number.splitlines()[0] in shown
    with scene.app.app_context():
        kept = directory_session().scalars(sa.select(Proposal).where(Proposal.service_id == service_id)).one()
        assert [change.field for change in kept.changes] == ["phones"]


def test_what_is_typed_is_kept_as_a_draft_with_javascript(visit, scene, site):
    page = visit("/fr/", width=PHONE)
    scene.sign_in(page, site)
    page.goto(f"/fr/listings/services/{scene.services[0]}/edit")

    page.locator("#lacks_fr").fill("Des lits")
    expect(page.locator("[data-saved]")).to_have_text("Brouillon gardé.", timeout=15_000)

    page.goto(f"/fr/listings/services/{scene.services[0]}/edit")
    page.get_by_role("link", name="Reprendre le brouillon").click()
    expect(page.locator("#lacks_fr")).to_have_value("Des lits")
    page.goto(f"/fr/listings/services/{scene.services[0]}/edit")
    page.get_by_role("button", name="Supprimer le brouillon").click()
    expect(page.locator(".told").first).to_contain_text("supprimé")


def test_the_picture_of_the_regions_follows_the_boxes(visit, scene, site):
    page = visit("/fr/", width=WIDE)
    scene.sign_in(page, site)
    page.goto(f"/fr/listings/services/{scene.services[0]}/edit")

    page.locator("#regions input[value='09']").check()

    expect(page.locator("[data-region='09']")).to_have_class("is-chosen")
    expect(page.locator("#towns-09")).to_be_visible()


PATHS = {
    "own": "",
    "changes": "changes",
    "listing": "services/{id}",
    "edit": "services/{id}/edit",
    "history": "services/{id}/history",
    "withdraw": "services/{id}/withdraw",
    "sent": "services/{id}/sent?applied=hours",
}


@pytest.mark.parametrize(("language", "width"), [("fr", PHONE), ("en", WIDE)])
def test_a_page_is_accessible_and_no_wider_than_its_window(visit, scene, site, language, width):
    page = visit(f"/{language}/", width=width)
    scene.sign_in(page, site)
    for name, path in PATHS.items():
        page.goto(f"/{language}/listings/{path.format(id=scene.services[0])}")
        shoot(page, f"{name}-{language}-{width}")
        assert (name, faults(page)) == (name, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_with_something_wrong_and_a_preview_are_accessible(visit, scene, site, language):
    page = visit(f"/{language}/", width=PHONE)
    scene.sign_in(page, site)
    page.goto(f"/{language}/listings/services/{scene.services[0]}/edit")
    page.locator("#phones-0-number").fill("514 55")
    page.locator("#age_min").fill("seize")
    page.locator(".send button[value=send]").click()

    shoot(page, f"wrong-{language}")
    assert faults(page) == []
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.locator("#phones-0-number")).to_be_in_viewport()

    page.locator("#phones-0-number").fill("514 555-0177")
    page.locator("#age_min").fill("16")
    page.locator(".send button[value=preview]").click()
    shoot(page, f"preview-{language}")
    assert faults(page) == []
