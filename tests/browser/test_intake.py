"""An intake on a phone and at a desk: saved as one goes, without network or JavaScript, in both languages."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from referral.intake.answers import Given, read_answers, save_answers
from referral.intake.safe import open_safe
from referral.intake.steps import STEPS
from referral.intake.vocabulary import Said
from referral.shared.database import cases_session, directory_session
from tests.browser.copies import copied, faults, served_copy
from tests.intake.filing import House, enter, held_case, make_case, make_draft, make_house

PHONE, SMALL, WIDE = 360, 320, 1280
FULL = {
    "notice": {"version": "2026-11", "language": "fr"},
    "nickname": "Sorbier Exemple",
    "age_band": "0-13",
    "languages": {"spoken": ["es", "fr"], "interpreter": True},
    "safe_contact": {"channel": "text", "detail": "514 555-0142", "days": [1, 3], "voicemail": False},
    "urgency": {"level": "u1", "reason": "Ne peut pas rentrer ce soir"},
    "needs": {"shelter": "need-now", "legal": "need-later"},
    "regions": {"now": "06", "wanted": ["03"], "avoid": ["13"]},
    "follow_up": [],
}


@dataclass
class Scene:
    """A house whose worker is signed in, in databases of this file's own."""

    app: Flask
    house: House
    cookie: str

    def sign_in(self, page: Page, site: str) -> None:
        """Let the page be the worker's."""
        page.context.add_cookies([{"name": "relais", "value": self.cookie, "url": site}])

    def known(self, case_id: uuid.UUID) -> dict[str, Given]:
        """Return what is kept of a file."""
        cases_session().rollback()
        return read_answers(cases_session(), case_id, open_safe(case_id))


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store a house and a file that looks like others to come."""
    with copied(editions, tmp_path_factory.mktemp("intake"), with_cases=True) as app:
        house = make_house(directory_session())
        make_case(house, {"nickname": "Sorbier Exemple"})
        worker = enter(app, directory_session(), house.worker)
        cookie = app.session_interface.get_signing_serializer(app).dumps({"sid": worker.cookie})
        yield Scene(app, house, cookie)


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("intake-server")) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page="end" in name or "paper" in name)


def kept_on_device(page: Page) -> list[str]:
    """Return whatever this site keeps on the device."""
    return page.evaluate(
        """async () => [...Object.keys(localStorage), ...Object.keys(sessionStorage),
                        ...(window.caches ? await caches.keys() : [])]"""
    )


def test_a_phone_without_javascript_takes_an_intake_in_french(visit, scene, site):
    page = visit("/fr/", width=PHONE, javascript=False)
    scene.sign_in(page, site)
    page.goto(f"{site}/fr/cases/new")
    page.get_by_role("button", name="Commencer un accueil").click()
    case_id = uuid.UUID(page.url.split("/")[5])
    page.goto(f"{site}/fr/cases/{case_id}/intake/rights")
    page.get_by_label("Lue à elle en").select_option("es")
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    page.locator("#nickname-text").fill("Sorbier exempel")
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    expect(page.locator(".alike")).to_contain_text("Alex Exemple")
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    page.get_by_label("14 à 17 ans").check()
    expect(page.locator(".minor-only")).to_be_visible()
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    page.locator("#languages-spoken-0").select_option("ht")
    page.get_by_role("button", name="Enregistrer et quitter").click()
    expect(page.locator("h1")).to_have_text("Sorbier exempel")

    page.goto(f"{site}/fr/cases/{case_id}/intake/urgency")
    page.get_by_label("Danger immédiat").check()
    expect(page.locator(".danger-only")).to_be_visible()
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi")
    expect(page.get_by_label("Danger immédiat")).to_be_checked()

    assert {name: each.value for name, each in scene.known(case_id).items()} == {
        "notice": {"version": "2026-11", "language": "es"},
        "nickname": "Sorbier exempel",
        "age_band": "14-17",
        "languages": {"spoken": ["ht"], "interpreter": False},
    }


def test_what_is_typed_is_kept_as_it_is_typed_and_a_lost_network_loses_nothing(visit, scene, site):
    case_id = make_draft(scene.house)
    page = visit("/fr/", width=PHONE)
    scene.sign_in(page, site)
    page.goto(f"{site}/fr/cases/{case_id}/intake?one-page=1")
    page.locator("#nickname-text").fill("Merle Exemple")
    expect(page.locator("[data-keep-state]")).to_contain_text("Enregistré à")
    assert scene.known(case_id)["nickname"].value == "Merle Exemple"

    page.context.set_offline(True)
    page.locator("#note-text").fill("Tapé sans réseau")
    expect(page.locator("[data-keep-state]")).to_contain_text("gardé dans cette page")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(page.locator("#note-text")).to_have_value("Tapé sans réseau")
    shoot(page, "offline-fr")
    assert "note" not in scene.known(case_id)

    page.context.set_offline(False)
    expect(page.locator("[data-keep-state]")).to_contain_text("Enregistré à", timeout=15_000)
    assert scene.known(case_id)["note"].value == "Tapé sans réseau"
    assert kept_on_device(page) == []


def test_two_who_write_at_once_see_both_versions_in_english(visit, scene, site):
    case_id = make_draft(scene.house, {"nickname": "Grive Exemple"})
    page = visit("/en/", width=WIDE)
    scene.sign_in(page, site)
    page.goto(f"{site}/en/cases/{case_id}/intake?one-page=1")
    with held_case(case_id, scene.house.deputy) as held:
        save_answers(held, {"nickname": Given(Said.ANSWERED, "Merle Exemple", 1)})

    page.locator("#nickname-text").fill("Pinson Exemple")
    expect(page.locator("[data-keep-state]")).to_contain_text("Somebody else changed this answer")
    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.get_by_role("alert")).to_contain_text("Someone else saved while you were writing")
    expect(page.locator("td", has_text="Merle Exemple")).to_be_visible()
    expect(page.locator("#nickname-text")).to_have_value("Pinson Exemple")
    shoot(page, "conflict-en")
    assert faults(page) == []
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".told")).to_contain_text("Saved at")
    assert scene.known(case_id)["nickname"].value == "Pinson Exemple"


def test_who_is_signed_out_in_another_tab_loses_nothing_that_is_typed(visit, scene, site):
    case_id = make_draft(scene.house)
    page = visit("/fr/", width=PHONE)
    scene.sign_in(page, site)
    page.goto(f"{site}/fr/cases/{case_id}/intake/note")
    page.context.clear_cookies()
    page.locator("#note-text").fill("Tapé trop tard")
    expect(page.locator("[data-keep-state]")).to_contain_text("Vous n’êtes plus en session")
    expect(page.locator("#note-text")).to_have_value("Tapé trop tard")
    assert scene.known(case_id) == {}

    scene.sign_in(page, site)
    page.get_by_role("button", name="Revoir ma page").click(timeout=15_000)
    expect(page.locator("#note-text")).to_have_value("Tapé trop tard")
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    expect(page.locator(".told")).to_contain_text("Enregistré à")
    assert scene.known(case_id)["note"].value == "Tapé trop tard"


@pytest.mark.parametrize(("language", "width"), [("fr", SMALL), ("en", WIDE)])
def test_the_pages_are_accessible_and_no_wider_than_their_window(visit, scene, site, language, width):
    case_id = make_draft(scene.house, FULL)
    page = visit(f"/{language}/", width=width)
    scene.sign_in(page, site)
    file = f"/{language}/cases/{case_id}/intake"
    paths = {step: f"{file}/{step}" for step in STEPS} | {
        "whole": f"{file}?one-page=1",
        "new": f"/{language}/cases/new",
        "open": f"/{language}/cases/new/open",
        "paper": f"/{language}/cases/paper",
        "plan": f"/{language}/cases/paper/plan",
    }
    for name, path in paths.items():
        page.goto(f"{site}{path}")
        shoot(page, f"{name}-{language}-{width}")
        assert (name, faults(page)) == (name, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_a_blank_form_prints_with_nothing_of_ours_on_it(visit, scene, site):
    page = visit("/fr/", width=WIDE)
    scene.sign_in(page, site)
    for path in ("paper", "paper/plan"):
        page.goto(f"{site}/fr/cases/{path}")
        page.emulate_media(media="print")
        shown = page.locator("body").inner_text()
        shoot(page, f"printed-{path.replace('/', '-')}")
        assert not [word for word in ("Relais", "Exemple", "Quitter", "Compte") if word in shown]
        page.emulate_media(media="screen")
