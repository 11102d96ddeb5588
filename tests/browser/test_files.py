"""A worker and her files: opened, moved on, handed over, closed; by keyboard and on a phone."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from referral.intake.follow_ups import day_of
from referral.shared.clock import now
from referral.shared.database import directory_session
from tests.browser.copies import copied, faults, served_copy
from tests.intake.filing import House, enter, held_case, make_case, make_draft, make_house

PHONE, SMALL, WIDE = 360, 320, 1280
ANSWERS = {
    "nickname": "Sorbier",
    "age_band": "14-17",
    "languages": {"spoken": ["fr", "es"], "interpreter": True},
    "safe_contact": {
        "channel": "text",
        "detail": "514 555-0142",
        "words": "C’est pour le vélo",
        "voicemail": False,
    },
    "urgency": {"level": "u2", "reason": "Ne peut pas rentrer ce soir"},
    "needs": {"shelter": "need-now", "legal": "in-progress", "papers": "need-later", "health": "need-now"},
    "limits": {"gender": "woman", "children": 1, "children_ages": "3 ans", "flags": ["pets"]},
    "regions": {"now": "06", "wanted": ["03"], "avoid": ["13"]},
    "follow_up": ["48-hours", "7-days"],
    "note": "Préfère qu’on parle lentement.",
}
CLOSED_NOW = {
    **ANSWERS["safe_contact"],
    "days": [(day_of(now()).weekday() + 3) % 7],
    "from": "09:00",
    "to": "17:00",
}


@dataclass
class Scene:
    """A house whose people keep files, in databases of this file's own."""

    app: Flask
    house: House
    draft: uuid.UUID
    opened: uuid.UUID
    phone: uuid.UUID
    cookie: str

    def sign_in(self, page: Page, site: str) -> None:
        """Let the page be the worker's."""
        page.context.add_cookies([{"name": "relais", "value": self.cookie, "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store a house with a draft and open files, and sign its worker in."""
    with copied(editions, tmp_path_factory.mktemp("files"), with_cases=True) as app:
        session = directory_session()
        house = make_house(session)
        draft, opened = make_draft(house, ANSWERS), make_case(house, ANSWERS)
        phone = make_case(house, {**ANSWERS, "nickname": "Érable", "safe_contact": CLOSED_NOW})
        for days in (-2, 0, 6):
            make_due(house, days)
        worker = enter(app, session, house.worker)
        cookie = app.session_interface.get_signing_serializer(app).dumps({"sid": worker.cookie})
        yield Scene(app, house, draft, opened, phone, cookie)


def make_due(house: House, days: int) -> None:
    with held_case(make_case(house, {"urgency": {"level": "u3", "reason": "Exemple"}}), house.worker) as held:
        held.case.next_step_on = day_of(now()) + timedelta(days=days)


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("files-server")) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def press_on(page: Page, name: str) -> None:
    """Go to a link or a button by the Tab key alone, and press it."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def type_into(page: Page, name: str, text: str) -> None:
    """Go to a field by the Tab key alone and type."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            page.keyboard.press("Control+a")
            page.keyboard.type(text)
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_file_is_opened_moved_on_handed_over_and_closed_by_keyboard(visit, scene, site):
    page = visit("/fr/", width=WIDE)
    scene.sign_in(page, site)
    page.goto(f"{site}/fr/cases/{scene.draft}")

    press_on(page, "Ouvrir le dossier")
    type_into(page, "text", "Appeler l’avocate")
    page.locator("#deputy").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    press_on(page, "Ouvrir le dossier")
    expect(page.locator(".next-step")).to_have_text("Appeler l’avocate")

    press_on(page, "C’est fait")
    type_into(page, "text", "Visiter le logement")
    press_on(page, "Enregistrer")
    expect(page.locator(".next-step")).to_have_text("Visiter le logement")

    press_on(page, "Confier le dossier")
    page.locator("#owner").focus()
    page.keyboard.type("Chlo")
    press_on(page, "Enregistrer")
    expect(page.locator("[aria-labelledby=keepers-title] dd").first).to_have_text("Chloé Exemple")

    press_on(page, "Fermer le dossier")
    page.locator("input[name=reason]").first.focus()
    page.keyboard.press("Space")
    press_on(page, "Fermer le dossier")
    expect(page.locator("#closed-title")).to_be_visible()


def test_a_phone_without_javascript_writes_a_step_and_hides_her_number(visit, scene, site):
    page = visit("/fr/", width=PHONE, javascript=False)
    scene.sign_in(page, site)
    page.goto(f"{site}/fr/cases/")
    shoot(page, "files-phone-list")
    page.get_by_role("link", name="Érable").click()
    shoot(page, "files-phone-file")
    assert "514 555-0142" not in page.content()

    page.locator("summary", has_text="Voir quand même").click()
    page.locator("#reason").fill("Rendez-vous déplacé")
    page.locator("details .button--danger").click()
    expect(page.locator(".contact-detail")).to_have_text("514 555-0142")

    page.goto(f"{site}/fr/cases/{scene.phone}/step")
    page.locator("#text").fill("Porter les vêtements")
    page.locator(".button[type=submit]").last.click()
    expect(page.locator(".next-step")).to_have_text("Porter les vêtements")
    page.go_back()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_of_files_hold_what_wcag_asks_at_every_width(visit, scene, site, language):
    page = visit(f"/{language}/", width=WIDE)
    scene.sign_in(page, site)
    file, draft = f"/{language}/cases/{scene.opened}", f"/{language}/cases/{scene.draft}"
    paths = {
        "list": f"/{language}/cases/",
        "drafts": f"/{language}/cases/?list=closed",
        "file": file,
        "draft": draft,
        "step": f"{file}/step",
        "people": f"{file}/people",
        "open": f"{draft}/open",
        "close": f"{file}/close",
        "hand-over": f"/{language}/cases/hand-over",
    }
    for name, path in paths.items():
        page.goto(f"{site}{path}")
        assert faults(page) == [], path
        for width in (SMALL, PHONE, WIDE):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
            if width != SMALL:
                shoot(page, f"files-{name}-{language}-{width}")
