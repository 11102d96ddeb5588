"""A vetter: from the queue to what readers see, on a keyboard in French and on a phone in English."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from referral.access.policy import Actor, Role
from referral.catalogue import changes
from referral.catalogue.change_models import Via
from referral.catalogue.changes import Author
from referral.catalogue.fields import Ages
from referral.catalogue.listing import PhoneNumber
from referral.catalogue.models import Service
from referral.edition.reader import current_edition
from referral.evidence.kinds import FlagKind
from referral.evidence.services import flag_listing
from referral.shared.clock import now
from referral.shared.database import directory_session, writing
from tests.browser.copies import copied, faults, served_copy
from tests.security.people import make_user, sign_in

PHONE, WIDE = 360, 1280
NEW_NUMBERS = ("+15145550177", "+15145550188")
CODE = "7KQF-2M9X-T4BR"
MOST_TABS = 120
A_BUILD = 60_000
"""Milliseconds: the first edition after the code changed is compiled whole."""


@dataclass
class Scene:
    """Three listings of the catalogue with a change each, in a database of this file's own, and a vetter."""

    app: Flask
    services: list[UUID]
    proposals: list[UUID]
    flag: UUID
    cookie: str

    def sign_in(self, page: Page, site: str) -> None:
        """Let the page be the vetter's."""
        page.context.add_cookies([{"name": "relais", "value": self.cookie, "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Copy what was built, and have changes proposed."""
    with copied(editions, tmp_path_factory.mktemp("vetting")) as app:
        yield make_scene(app)


def make_scene(app: Flask) -> Scene:
    session = directory_session()
    with app.test_request_context("/fr/"):
        edition = current_edition()
    services = [
        each.id
        for each in session.scalars(sa.select(Service).order_by(Service.slug))
        if edition.position_of(each.id) is not None
        and len(each.phones) == 1
        and not changes.is_confidential_service(each)
    ][:3]
    author = Author(Actor("Camille Exemple", user_id=uuid4()), Via.ACCOUNT)
    values = [{"phones": (PhoneNumber(number),)} for number in NEW_NUMBERS] + [{"ages": Ages(21)}]
    with writing(session):
        proposals = [
            changes.propose(
                session, session.get_one(Service, id_), value, author, now(), "Note Exemple"
            ).proposal
            for id_, value in zip(services, values, strict=True)
        ]
        flag = flag_listing(session, services[2], FlagKind.HOURS, "Fermé le lundi.", "fr", now(), CODE)
        session.flush()
        ids = [proposal.id for proposal in proposals if proposal]
        flag_id = flag.id
    vetter = sign_in(app, session, make_user(session, ((None, Role.VETTER),), "Robin Exemple"))
    cookie = app.session_interface.get_signing_serializer(app).dumps({"sid": vetter.cookie})
    return Scene(app, services, ids, flag_id, cookie)


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has that database."""
    with served_copy(scene.app, tmp_path_factory.mktemp("vetting-server")) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until something is reached, as one who has no mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_the_keyboard_alone_leads_from_the_queue_to_what_readers_see(visit, scene, site):
    page = visit("/fr/")
    scene.sign_in(page, site)
    page.goto("/fr/vetting/queue?kind=call-first")

    tab_to(page, f'a[href$="{scene.proposals[0]}"]')
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Une modification à examiner")
    tab_to(page, "input[name=outcome]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=spoken_to]")
    page.keyboard.press("Space")
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.locator(".told").first).to_contain_text("L’appel est noté.")

    tab_to(page, "button[value=all]")
    page.keyboard.press("Enter")
    expect(page.locator(".told").first).to_contain_text("C’est décidé.", timeout=A_BUILD)
    page.goto(f"/fr/services/{scene.services[0]}")
    expect(page.locator(f'a[href="tel:{NEW_NUMBERS[0]}"]').first).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_phone_takes_a_line_and_meets_what_must_come_first(visit, scene, site, javascript):
    page = visit("/en/", width=PHONE, javascript=javascript, locale="en-CA")
    scene.sign_in(page, site)
    page.goto("/en/vetting/queue?kind=call-first")
    row = page.locator(".row", has=page.locator(f'a[href$="{scene.proposals[1]}"]'))
    row.locator("a").first.click()
    page.get_by_role("button", name="Agree to the whole").click()

    expect(page.locator(".summary")).to_contain_text("Call the number listed now")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("language", "width"), [("fr", WIDE), ("en", PHONE)])
def test_every_page_of_vetters_is_open_to_all_and_fits(visit, scene, site, language, width):
    page = visit(f"/{language}/", width=width)
    scene.sign_in(page, site)
    first, second, third = scene.services
    found = {}
    for name, path in {
        "queue": "vetting/queue",
        "proposal": f"vetting/proposals/{scene.proposals[1]}",
        "proposal-ages": f"vetting/proposals/{scene.proposals[2]}",
        "step": f"vetting/services/{third}/step",
        "flag": f"vetting/flags/{scene.flag}",
        "pair": f"vetting/pairs/{first}/{second}",
        "register": "vetting/register",
        "name": f"vetting/services/{first}/name",
        "answer": "what-came-of-it",
    }.items():
        page.goto(f"/{language}/{path}")
        shoot(page, f"{name}-{language}-{width}")
        found[name] = faults(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found[name].append("wider than the screen")

    assert {name: each for name, each in found.items() if each} == {}


def test_an_error_takes_the_keyboard_along(visit, scene, site):
    page = visit("/fr/")
    scene.sign_in(page, site)
    page.goto(f"/fr/vetting/flags/{scene.flag}")
    page.get_by_role("button", name="Répondre").click()

    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator(".summary")).to_contain_text("Dites ce qui en a été fait.")
