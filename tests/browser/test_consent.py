"""A consent read aloud, sent under, read elsewhere and withdrawn; by keyboard, and without JavaScript."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from referral.access.policy import Actor
from referral.intake.consents import find_consent, grant, withdraw
from referral.intake.disclosures import Told, disclose, prepare
from referral.intake.vocabulary import Basis, Item
from referral.shared.clock import now
from referral.shared.database import directory_session
from tests.browser.copies import copied, faults, served_copy
from tests.browser.test_files import press_on
from tests.intake.filing import House, enter, held_case, make_agreement, make_case, make_house
from tests.intake.granting import ANSWERS, READING, make_grant, make_packet, read

SMALL, PHONE, WIDE = 320, 360, 1280
MOST_TABS = 120
HER_NUMBER = "514 555-0142"
TOLD = Told(
    Basis.DANGER,
    "Menace de mort Exemple, ce soir\nIl la cherche",
    "Le quartier où elle se trouve",
    "Agente Exemple, police, 514 555-0199",
)


@dataclass
class Scene:
    """Three houses; a file without a consent, and one whose consents hold, were withdrawn and have ended."""

    app: Flask
    ours: House
    refuge: House
    centre: House
    new: uuid.UUID
    leaving: uuid.UUID
    withdrawn: uuid.UUID
    waiting: uuid.UUID
    kept: uuid.UUID
    holds: uuid.UUID
    gone: uuid.UUID
    sent: uuid.UUID
    ended: uuid.UUID

    def sign_in(self, page: Page, site: str, actor: Actor) -> None:
        """Let the page be somebody's."""
        cookie = enter(self.app, directory_session(), actor).cookie
        signed = self.app.session_interface.get_signing_serializer(self.app).dumps({"sid": cookie})
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "relais", "value": signed, "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store them."""
    with copied(editions, tmp_path_factory.mktemp("consents"), with_cases=True) as app:
        session = directory_session()
        names = ("Maison Exemple", "Refuge Exemple", "Centre Exemple de la Rive-Nord")
        ours, refuge, centre = (make_house(session, name) for name in names)
        for other in (refuge, centre):
            make_agreement(ours, other)
        new, leaving, kept = (make_case(ours, ANSWERS) for _ in range(3))
        withdrawn = make_grant(ours, leaving, refuge.id)
        waiting = make_packet(ours, leaving, withdrawn)
        holds, gone = (
            make_grant(ours, kept, other.id, words="Oui, pour la chambre") for other in (refuge, centre)
        )
        sent, ended = make_packet(ours, kept, holds), make_packet(ours, kept, gone, (Item.NEEDS, Item.LIMITS))
        read(ended, centre)
        with held_case(kept, ours.worker) as held:
            withdraw(held, find_consent(held.session, kept, gone), "phone")
            past = replace(held, at=now() - timedelta(days=40))
            grant(past, replace(READING, recipients=(refuge.id,), items=frozenset({Item.REGIONS})), {})
        safe = prepare(ours.id, now())
        with held_case(kept, ours.worker) as held:
            disclose(held, TOLD, safe)
        yield Scene(
            app, ours, refuge, centre, new, leaving, withdrawn, waiting, kept, holds, gone, sent, ended
        )


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("consents-server")) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def reach(page: Page, name: str, value: str = "") -> None:
    """Go to a field by the Tab key alone; to one among several by its value."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate("[document.activeElement.name, document.activeElement.value]")
        if here[0] == name and value in {"", here[1]}:
            return
    raise AssertionError(f"the keyboard does not reach {name} {value}")


def tick(page: Page, name: str, *values: str) -> None:
    """Tick boxes by the keyboard alone."""
    for value in values or ("",):
        reach(page, name, value)
        page.keyboard.press("Space")


def find(page: Page, words: str) -> None:
    """Look for an organization by the keyboard alone."""
    page.locator("#find").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_one_reading_to_two_organizations_is_written_down_and_sent_by_keyboard(visit, scene, site):
    page = visit("/fr/", width=WIDE)
    scene.sign_in(page, site, scene.ours.worker)
    page.goto(f"{site}/fr/cases/{scene.new}/consents/new")
    for words in ("refuge ex", "rive-nord"):
        find(page, words)
    shoot(page, "consent-found")
    tick(page, "recipients", str(scene.refuge.id), str(scene.centre.id))
    tick(page, "items", "regions", "urgency", "needs")
    tick(page, "is_express")
    for name in ("purpose", "capacity", "mode"):
        tick(page, name)
    page.locator("#spoken").select_option("es")
    tick(page, "copy")
    press_on(page, "Noter le consentement")
    for name in ("Centre Exemple de la Rive-Nord", "Refuge Exemple"):
        expect(page.locator(".grant h2", has_text=name)).to_be_visible()

    press_on(page, "Envoyer maintenant")
    expect(page.locator(".sent")).to_have_count(1)


def test_a_withdrawal_leaves_nothing_to_whoever_has_it_open_without_javascript(visit, scene, site):
    reader, worker = (visit("/fr/", width=PHONE, javascript=False) for _ in range(2))
    scene.sign_in(reader, site, scene.refuge.worker)
    reader.goto(f"{site}/fr/cases/received")
    reader.locator(f"a[href$='{scene.waiting}']").click()
    expect(reader.get_by_text(HER_NUMBER)).to_be_visible()

    scene.sign_in(worker, site, scene.ours.worker)
    worker.goto(f"{site}/fr/cases/{scene.leaving}/consents/{scene.withdrawn}/withdraw")
    worker.get_by_role("radio", name="Par téléphone").check()
    worker.get_by_role("button", name="Noter le retrait").click()
    expect(worker.get_by_text(scene.refuge.worker.name).first).to_be_visible()

    reader.reload()
    assert HER_NUMBER not in reader.content()
    expect(reader.locator("h1")).to_have_text("On ne peut plus lire ceci")


def walk_pages(scene: Scene, language: str) -> dict[str, tuple[Actor, str]]:
    """Return every page of consents with whoever sees it."""
    of_file = f"/{language}/cases/{scene.kept}"
    worker, lead, reader = scene.ours.worker, scene.ours.lead, scene.refuge.worker
    return {
        "new": (worker, f"/{language}/cases/{scene.new}/consents/new"),
        "list": (worker, f"{of_file}/consents"),
        "none": (worker, f"/{language}/cases/{scene.new}/consents"),
        "withdraw": (worker, f"{of_file}/consents/{scene.holds}/withdraw"),
        "receipt": (worker, f"{of_file}/consents/{scene.gone}/receipt"),
        "disclose": (worker, f"{of_file}/disclosures/new"),
        "register": (lead, f"/{language}/cases/disclosures"),
        "received": (reader, f"/{language}/cases/received"),
        "one": (reader, f"/{language}/cases/received/{scene.sent}"),
        "ended": (scene.centre.worker, f"/{language}/cases/received/{scene.ended}"),
    }


@pytest.mark.parametrize(("language", "width"), [("fr", PHONE), ("en", WIDE)])
def test_pages_of_consents_hold_what_wcag_asks(visit, scene, site, language, width):
    page = visit(f"/{language}/", width=width)
    for name, (actor, path) in walk_pages(scene, language).items():
        scene.sign_in(page, site, actor)
        page.goto(f"{site}{path}")
        assert faults(page) == [], path
        page.set_viewport_size({"width": min(width, SMALL) if width == PHONE else width, "height": 800})
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, path
        page.set_viewport_size({"width": width, "height": 800})
        shoot(page, f"consent-{name}-{language}-{width}")
