"""A house telephone is paired and tells in one tap: the public page says so, until it fades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from referral.access.policy import Role
from referral.catalogue.change_models import Audience, RoomAudience, ServiceCapacity
from referral.catalogue.models import Attribute, Service, TaxonomyTerm
from referral.edition.reader import current_edition
from referral.shared.clock import now
from referral.shared.database import directory_session, writing
from tests.browser.copies import copied, faults, served_copy
from tests.security.people import make_user, sign_in

PHONE, WIDE, SMALL = 360, 1280, 320
UNKNOWN = "Place cette nuit : inconnu, appelez"


@dataclass
class Scene:
    """A shelter of the catalogue, in a database of this file's own."""

    app: Flask
    service_id: UUID
    place: UUID
    cookie: str

    def age(self, by: timedelta) -> None:
        """Let time go by for all that was told: it is as much older."""
        with self.app.app_context(), writing(directory_session()) as session:
            for row in session.scalars(sa.select(ServiceCapacity)):
                row.updated_at -= by

    def sign_in(self, page: Page, site: str) -> None:
        """Let the page be its coordinator's."""
        page.context.add_cookies([{"name": "relais", "value": self.cookie, "url": site}])


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Copy what was built, and sign in whoever leads the organization of a shelter."""
    with copied(editions, tmp_path_factory.mktemp("room")) as app:
        yield make_scene(app)


def make_scene(app: Flask) -> Scene:
    session = directory_session()
    with app.test_request_context("/fr/"):
        edition = current_edition()
    service = next(
        each
        for each in session.scalars(
            sa.select(Service)
            .join(Attribute)
            .join(TaxonomyTerm)
            .where(TaxonomyTerm.code == "emergency_shelter")
        )
        if edition.position_of(each.id) is not None
    )
    service_id, place = service.id, service.organization_id
    with writing(session):
        session.add(
            RoomAudience(
                service_id=service_id, audience=Audience.PUBLIC, chosen_by="Exemple", chosen_at=now()
            )
        )
    lead = sign_in(app, session, make_user(session, ((place, Role.ORGANIZATION_LEAD),)))
    serializer = app.session_interface.get_signing_serializer(app)
    return Scene(app, service_id, place, serializer.dumps({"sid": lead.cookie}))


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has that database."""
    with served_copy(scene.app, tmp_path_factory.mktemp("room-server")) as address:
        yield address


def public(visit, scene: Scene, said: str) -> Page:
    """Open the public page until it says something: on a busy machine it may not know at once."""
    page = visit(f"/fr/services/{scene.service_id}", width=PHONE)
    for _ in range(40):
        if said in page.locator(".call").inner_text().replace("\xa0", " "):
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator(".call")).to_contain_text(said)
    return page


def make_code(visit, scene: Scene, site: str) -> str:
    """Make a code as the coordinator does, on her phone."""
    page = visit("/fr/", width=PHONE, javascript=False)
    scene.sign_in(page, site)
    page.goto("/fr/listings/phones")
    page.get_by_label("Nom que vous donnez à ce téléphone").fill("Cuisine")
    page.locator("[name=services]").first.check()
    page.get_by_role("button", name="Créer un code").click()
    return page.locator(".house-shown").inner_text()


def pair(visit, scene: Scene, site: str, *, width: int = PHONE, javascript: bool = False) -> Page:
    """Pair a telephone, by default one that has no JavaScript, in which axe cannot run."""
    code = make_code(visit, scene, site)
    page = visit("/fr/house", width=width, javascript=javascript)
    assert not javascript or faults(page) == []
    page.get_by_label("Code").fill(code.lower())
    page.get_by_role("button", name="Jumeler ce téléphone").click()
    page.locator(".room__buttons").first.wait_for()
    return page


def test_one_tap_on_the_house_telephone_changes_the_public_page_until_it_fades(visit, scene, site):
    public(visit, scene, UNKNOWN)
    page = pair(visit, scene, site)
    page.get_by_role("button", name="Complet").first.click()
    expect(page.locator(".room__now").first).to_contain_text("Complet")
    expect(page.locator(".room__now").first).to_contain_text("par Cuisine")

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert faults(public(visit, scene, "Place cette nuit : complet")) == []
    scene.age(timedelta(hours=24))
    public(visit, scene, UNKNOWN)


def test_the_house_telephone_closes_and_opens_again_and_is_revoked_at_once(visit, scene, site):
    page = pair(visit, scene, site)
    page.get_by_role("button", name="Nous sommes fermés jusqu’à nouvel ordre").first.click()
    assert faults(public(visit, scene, "Fermé jusqu’à nouvel ordre.")) == []
    page.get_by_role("button", name="Nous sommes de nouveau ouverts").first.click()
    public(visit, scene, UNKNOWN)
    lead = visit("/fr/", width=PHONE, javascript=False)
    scene.sign_in(lead, site)
    lead.goto("/fr/listings/phones")
    lead.get_by_role("button", name="Révoquer").first.click()
    page.reload()

    expect(page.locator("h1")).to_have_text("Cette page n’est pas ici")


@pytest.mark.parametrize(("language", "width"), [("fr", SMALL), ("en", PHONE), ("fr", WIDE)])
def test_the_page_of_the_telephone_is_accessible_and_no_wider_than_its_window(
    visit, scene, site, language, width
):
    page = pair(visit, scene, site, width=width, javascript=True)
    page.goto(f"/{language}/house")

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.locator(".room__button").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert min(sizes) >= 64


@pytest.mark.parametrize("look", [("fr", PHONE), ("en", WIDE)], ids=["fr-phone", "en-wide"])
@pytest.mark.parametrize("page_name", ["room", "phones", "closures/{id}", "for-workers", "for-workers/{id}"])
def test_the_pages_of_its_people_are_accessible_and_no_wider_than_their_window(
    visit, scene, site, look, page_name
):
    language, width = look
    page = visit("/fr/", width=width)
    scene.sign_in(page, site)
    page.goto(f"/{language}/listings/{page_name.format(id=scene.service_id)}")
    page.locator(".account-bar").wait_for()

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone_closes_for_a_time_and_meets_its_error(visit, scene, site):
    page = visit("/en/", width=WIDE)
    scene.sign_in(page, site)
    page.goto(f"/en/listings/closures/{scene.service_id}")
    page.get_by_role("button", name="Tell at once").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_contain_text("Choose why, or say it in words.")
    page.locator("#reason_code").select_option("works")
    page.get_by_role("button", name="Tell at once").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".room__closed")).to_contain_text("works in the building")
    page.get_by_role("button", name="End it now").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".room__closed")).to_have_count(0)
