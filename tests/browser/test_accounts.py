"""Whoever signs in, in a real browser: by invitation, with a second step or a passkey, at the keyboard."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from config import Config
from referral.access.policy import CONSOLE, Role
from referral.accounts import invitations, resets
from referral.accounts.invitations import Guest
from referral.accounts.models import User, UserSession
from referral.app import create_app
from referral.catalogue.models import Organization, Revision
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import directory_session, writing
from referral.shared.tick import LATE_AFTER, Note, write_note
from tests.accounts.conftest import PASSWORD, People, Person, code_of
from tests.browser.conftest import Visit, served, settings

PHONE, WIDE = 360, 1280
LANGUAGES = ("fr", "en")
AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ANOTHER = "tisane boussole grenier cascade"


class Household(People):
    """People of fictional organizations, beside those of the catalogue."""

    def place(self, name: str = "Maison Exemple") -> UUID:
        """Return an organization, made at its first mention."""
        if name in self.places:
            return self.places[name]
        with writing(self.session):
            number = (self.session.scalar(sa.select(sa.func.max(Revision.number))) or 0) + 1
            self.session.add(Revision(number=number, occurred_at=now(), actor="Exemple", reason="test"))
            made = Organization(slug=f"exemple-{number}", name=Bilingual(name, name), revision=number)
            self.session.add(made)
            self.session.flush()
            self.places[name] = made.id
        return self.places[name]

    def invite(self, name: str, role: Role = Role.INTAKE_WORKER, **more: Any) -> str:
        """Return the token of an invitation."""
        guest = Guest(name, role, self.place(), **more)
        with writing(self.session):
            return invitations.invite(self.session, guest, CONSOLE, now())[1]

    def reset(self, person: Person) -> str:
        """Return the token of a link to choose a new password."""
        with writing(self.session):
            return resets.make_link(self.session, self.session.get_one(User, person.id), now())

    def find(self, username: str) -> User:
        """Return somebody who made her own account."""
        self.session.rollback()
        return self.session.scalars(sa.select(User).where(User.username == username)).one()

    def waiting_secret(self, user: User) -> str:
        """Return the sealed secret of the application that somebody is setting up."""
        statement = sa.select(UserSession.waiting_secret).where(UserSession.user_id == user.id)
        return self.session.scalars(statement).one()

    def end_session_of(self, person: Person) -> None:
        """Have somebody's sessions idle since yesterday."""
        with writing(self.session):
            self.session.execute(
                sa.update(UserSession)
                .where(UserSession.user_id == person.id)
                .values(seen_at=now() - timedelta(days=1))
            )


@dataclass
class Door:
    """A server with accounts, the application that shares its database, and its people."""

    site: str
    app: Flask
    people: Household

    def code(self, person: Person) -> str:
        """Return a code that the server takes, whenever the last one was."""
        self.people.change(person, totp_counter=None)
        return code_of(self.app, person.secret)

    def totp(self) -> Any:
        """Return what makes codes of a key."""
        return self.app.extensions["security"]._totp_factory._totp  # noqa: SLF001

    def late(self, *, is_late: bool) -> None:
        """Write when the scheduled command last ran."""
        ran_at = now() - (2 * LATE_AFTER if is_late else timedelta(0))
        write_note(self.app.config["EDITION_DIR"], Note(ran_at=ran_at))


@pytest.fixture(scope="module")
def door(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One server for the module, at a name: browsers make no passkey for an address of numbers."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copytree(editions, folder / "editions", symlinks=True)
    with (
        sqlite3.connect(editions.parent / "directory.db") as built,
        sqlite3.connect(folder / "directory.db") as own,
    ):
        built.backup(own)
    environment = settings(folder / "editions", f"sqlite:///{folder}/directory.db") | {
        "RELAIS_COOKIES_SECURE": "0",
        "RELAIS_AUDIT_WITNESS": str(folder / "witness.json"),
        "RELAIS_MAIL_DIR": str(folder / "mail"),
    }
    with served(environment, folder / "log", "localhost") as site:
        app = create_app(Config.from_environment(environment | {"RELAIS_SITE_URL": site}))
        with app.app_context():
            door = Door(site, app, Household(directory_session()))
            door.late(is_late=False)
            yield door


Opener = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, door: Door) -> Iterator[Opener]:
    """Return a function that opens a path of the server with accounts as a new visitor."""
    visits: list[Visit] = []

    def open_path(path: str, *, width: int = WIDE, javascript: bool = True, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=door.site,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale="fr-CA",
            color_scheme=scheme,
        )
        visits.append(Visit(context.new_page()))
        visits[-1].watch(door.site)
        visits[-1].page.goto(path)
        return visits[-1].page

    yield open_path
    for one in visits:
        one.page.context.close()
    assert [fault for one in visits for fault in one.faults] == []


@pytest.fixture
def enter(visit: Opener, door: Door) -> Opener:
    """Return a function that signs somebody in, and leaves the browser at her first page."""

    def enter(person: Person, language: str = "en", **more: Any) -> Page:
        page = visit(f"/{language}/account/sign-in", **more)
        sign_in(page, door, person)
        return page

    return enter


def sign_in(page: Page, door: Door, person: Person) -> None:
    """Type a password, then a code."""
    page.locator("#username").fill(person.username)
    page.locator("#password").fill(PASSWORD)
    send(page)
    page.locator("#code").fill(door.code(person))
    send(page)


def send(page: Page) -> None:
    """Press the button of the form that is the page's matter."""
    page.locator("form.tell button[type=submit]").first.click()


def add_authenticator(page: Page) -> None:
    """Give a browser a device that makes passkeys, whose owner always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_invitation_leads_to_an_account_with_a_second_step(visit, door):
    page = visit(f"/en/account/invitation/{door.people.invite('Nour Exemple')}")

    page.locator("#new_password").fill(ANOTHER)
    send(page)
    page.get_by_role("button", name="Set up an application").click()
    person = door.people.find("nour.exemple")
    page.locator("#code").fill(code_of(door.app, door.people.waiting_secret(person)))
    send(page)

    expect(page.locator(".codes li")).to_have_count(8)
    expect(page.get_by_role("link", name="Français")).to_have_count(0)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("h1")).to_have_text("Hello, Nour Exemple")
    expect(page.locator(".account-bar")).to_contain_text("Maison Exemple")


def test_a_key_can_be_typed_where_the_picture_cannot_be_scanned(visit, door):
    page = visit(f"/en/account/invitation/{door.people.invite('Ariel Exemple')}", javascript=False)

    page.locator("#new_password").fill(ANOTHER)
    send(page)
    page.get_by_role("button", name="Set up an application").click()
    page.get_by_text("I cannot scan it").click()
    shown = page.locator(".key").inner_text().replace("-", "").replace(" ", "")
    totp = door.totp().from_source({"type": "totp", "v": 1, "key": shown})
    page.locator("#code").fill(totp.generate(now().timestamp()).token)
    send(page)

    expect(page.locator(".codes li")).to_have_count(8)


def test_a_second_step_is_asked_for_and_leads_to_the_first_page(enter, door):
    page = enter(door.people.worker("sacha.code"))

    expect(page.locator("h1")).to_have_text("Hello, Sacha Code")


def add_passkey(page: Page) -> None:
    """Add a passkey; the people of tests have no recovery codes yet, and get them with it."""
    add_authenticator(page)
    page.goto("/en/account/factor")
    page.locator("#name").fill("Clé d’exemple")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("link", name="I have kept them").click()


def test_a_passkey_is_added_and_signs_in_without_a_password(enter, door):
    page = enter(door.people.worker("sacha.passkey"))
    add_passkey(page)
    page.goto("/en/account/security")
    expect(page.locator("main")).to_contain_text("Passkey: Clé d’exemple")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.locator("h1")).to_have_text("Hello, Sacha Passkey")


def test_a_passkey_confirms_who_one_is(enter, door):
    page = enter(door.people.worker("sacha.confirm"))
    add_passkey(page)

    page.goto("/en/account/confirm")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.locator("h1")).to_have_text("Hello, Sacha Confirm")


def test_without_a_script_no_button_for_a_passkey_is_shown(visit):
    page = visit("/en/account/sign-in", javascript=False)

    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_what_was_typed_when_a_session_ended_comes_back(enter, door, javascript):
    person = door.people.lead(f"camille.kept{javascript:d}")
    page = enter(person, javascript=javascript)
    page.goto(f"/en/account/places/{door.people.place()}/people/invite")
    page.locator("#name").fill("Personne Exemple")
    page.locator("#email").fill("personne@exemple.example")
    door.people.end_session_of(person)
    send(page)

    expect(page.locator(".told")).to_contain_text("what you typed comes back")
    sign_in(page, door, person)
    page.get_by_role("button", name="Show my page again").click()

    expect(page.locator("#name")).to_have_value("Personne Exemple")
    expect(page.locator("#email")).to_have_value("personne@exemple.example")


def test_signing_out_everywhere_ends_the_session_of_another_device(enter, door):
    person = door.people.worker("sacha.everywhere")
    here, there = enter(person), enter(person)

    here.goto("/en/account/sessions")
    here.get_by_role("button", name="Sign out everywhere").click()

    there.goto("/en/account/security")
    expect(there.locator("h1")).to_have_text("Sign in")


def test_whoever_coordinates_sees_since_when_what_relais_does_is_late(enter, door):
    page = enter(door.people.lead("camille.late"))
    expect(page.locator(".notice")).to_have_count(0)

    door.late(is_late=True)
    try:
        page.reload()
        expect(page.locator(".notice")).to_contain_text("What Relais does by itself is late. It last ran on")
    finally:
        door.late(is_late=False)


def test_whoever_does_not_coordinate_is_not_troubled_with_what_is_late(enter, door):
    person = door.people.worker("sacha.late")
    door.late(is_late=True)
    try:
        expect(enter(person).locator(".notice")).to_have_count(0)
    finally:
        door.late(is_late=False)


def test_the_first_page_finds_services(enter, door):
    page = enter(door.people.worker("sacha.search"))

    page.locator("#q").fill("shelter")
    page.locator("#near").fill("Laval")
    page.get_by_role("button", name="Search").click()

    expect(page.locator(".card").first).to_be_visible()


def test_signing_in_needs_no_mouse(visit, door):
    person = door.people.worker("sacha.keyboard")
    page = visit("/en/account/sign-in")
    page.locator("#username").focus()

    page.keyboard.type(person.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#code").focus()
    page.keyboard.type(door.code(person))
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Hello, Sacha Keyboard")


def test_public_pages_set_no_cookie(visit):
    page = visit("/fr/")
    for path in ("/fr/services", "/fr/about", "/en/"):
        page.goto(path)

    assert page.context.cookies() == []


def test_the_warning_comes_before_the_end_and_can_be_answered(enter, door):
    page = enter(door.people.worker("sacha.idle"))
    page.clock.install()
    page.goto("/en/account/password")
    page.locator("#current_password").fill("half typed")
    page.clock.fast_forward("26:00")

    expect(page.get_by_text("this session ends in a few minutes")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_text("this session ends in a few minutes")).to_be_hidden()
    expect(page.locator("#current_password")).to_have_value("half typed")


def test_a_session_that_ends_takes_its_page_along(enter, door):
    person = door.people.worker("sacha.gone")
    page = enter(person)
    page.clock.install()
    page.goto("/en/account/security")
    door.people.end_session_of(person)
    page.clock.fast_forward("30:02")

    expect(page.locator("#username")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Sacha Gone")
    assert page.locator("[name=next]").first.input_value() == "/en/account/security"


def type_invitation(page: Page, place: object) -> None:
    """Begin to fill in an invitation, under a clock of the page's own."""
    page.clock.install()
    page.goto(f"/en/account/places/{place}/people/invite")
    page.locator("#name").fill("Noée Exemple-Inventée")


def test_a_form_that_was_begun_is_sealed_when_the_session_ends(enter, door):
    person = door.people.lead("sacha.begun")
    page = enter(person)
    type_invitation(page, door.people.place())
    door.people.end_session_of(person)
    page.clock.fast_forward("30:02")

    expect(page.locator("#username")).to_be_visible()
    expect(page.locator("[name=kept]").first).not_to_have_value("")
    assert "Exemple-Invent" not in page.content()


def test_a_form_that_was_begun_is_never_done_where_the_session_goes_on(enter, door):
    page = enter(door.people.lead("sacha.elsewhere"))
    type_invitation(page, door.people.place())
    page.locator("#email").fill("noee@exemple.example")
    page.locator("[name=role]").first.check()
    with page.expect_navigation():
        page.clock.fast_forward("30:02")

    expect(page.locator("[name=restored]")).to_have_count(0)
    expect(page.locator("#name")).to_have_value("Noée Exemple-Inventée")


WAKING = "document.dispatchEvent(new Event('visibilitychange'))"
HIDDEN = "document.querySelector('main').hidden"
FROM_MEMORY = "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
"""Played: Playwright's Chromium has no memory of pages, and one that has keeps none of ours (no-store)."""


def sleep_over(page: Page, asleep: timedelta) -> None:
    """Let time pass as for a device that sleeps: the clock goes on, no timer does."""
    page.clock.install()
    page.goto("/en/account/security")
    page.clock.set_system_time(now() + asleep)


@pytest.mark.parametrize(("name", "event"), [("waking", WAKING), ("memory", FROM_MEMORY)])
def test_the_page_of_an_ended_session_is_taken_away_when_it_is_seen_again(enter, door, name, event):
    person = door.people.worker(f"sacha.{name}")
    page = enter(person)
    sleep_over(page, timedelta(minutes=31))
    expect(page.locator("body")).to_contain_text(f"Sacha {name.title()}")
    door.people.end_session_of(person)

    assert page.evaluate(f"{event}, {HIDDEN}")
    expect(page.locator("#username")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(f"Sacha {name.title()}")


@pytest.mark.parametrize(("name", "event"), [("wakeful", WAKING), ("recent", FROM_MEMORY)])
def test_a_page_that_is_seen_again_in_time_stays(enter, door, name, event):
    page = enter(door.people.worker(f"sacha.{name}"))
    sleep_over(page, timedelta(minutes=29))

    assert not page.evaluate(f"{event}, {HIDDEN}")
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("#username")).to_have_count(0)


def faults(page: Page) -> list[str]:
    """Return what axe finds, and that a page is wider than its window."""
    found = AXE.run(page, options=RULES).response["violations"]
    said = [
        f"{page.url} {each['id']}: {json.dumps([node['html'][:160] for node in each['nodes'][:3]])}"
        for each in found
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        said.append(f"{page.url} is wider than its window")
    return said


def tour(page: Page, paths: list[str]) -> list[str]:
    """Open one page after another, and return all that is wrong."""
    said = []
    for path in paths:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        said += faults(page)
    return said


class Look(NamedTuple):
    """How a page is looked at."""

    language: str
    width: int
    scheme: str = "light"

    @property
    def window(self) -> dict[str, Any]:
        """Return what a browser is told of it."""
        return {"width": self.width, "scheme": self.scheme}


LOOKS = [Look("fr", PHONE, "dark"), Look("en", WIDE)]
"""Each page in each language, on a phone and at a desk, in light and dark; not every one in all at once."""


@pytest.fixture(scope="module")
def crowd(door: Door) -> dict[str, Person]:
    """People of the tour: an organization with somebody of each kind."""
    people = door.people
    house, centre = people.place(), people.place("Centre Exemple")
    crowd = {
        "lead": people.lead("camille.tour"),
        "operator": people.operator("dominique.tour"),
        "worker": people.worker("sacha.tour"),
    }
    crowd["both"] = people.add(
        "andrea.tour", (Role.INTAKE_WORKER, house), (Role.ORGANIZATION_LEAD, centre), name="Andréa Exemple"
    )
    people.invite("Lou Exemple", email="lou@exemple.example")
    return crowd


@pytest.mark.parametrize("look", LOOKS, ids="{0.language}-{0.width}-{0.scheme}".format)
def test_pages_before_signing_in_are_accessible(visit, door, crowd, look):
    area = f"/{look.language}/account"
    page = visit(f"{area}/sign-in", **look.window)
    invited, reset = door.people.invite("Lou Exemple"), door.people.reset(crowd["worker"])
    paths = ["/sign-in", "/reset", "/reset/sent", f"/reset/{reset}", "/reset/x", f"/invitation/{invited}"]

    said = tour(page, [f"{area}{path}" for path in paths])
    page.goto(f"{area}/sign-in")
    send(page)
    said += faults(page)
    page.locator("#username").fill(crowd["worker"].username)
    page.locator("#password").fill(PASSWORD)
    send(page)
    said += faults(page)

    assert said == []


@pytest.mark.parametrize("look", LOOKS, ids="{0.language}-{0.width}-{0.scheme}".format)
def test_pages_of_whoever_coordinates_are_accessible(enter, door, crowd, look):
    page = enter(crowd["lead"], look.language, **look.window)
    own = ["", "/security", "/factor", "/password", "/sessions", "/history", "/confirm"]
    place, worker = f"/places/{door.people.place()}", crowd["worker"].id
    led = ["/people", "/people/invite", f"/people/{worker}", f"/people/{worker}/end", "/log"]
    paths = [path or "/" for path in own] + [f"{place}{path}" for path in led]

    said = tour(page, [f"/{look.language}/account{path}" for path in paths])
    page.goto(f"/{look.language}/account/factor")
    page.locator("main section form button").first.click()
    said += faults(page)
    page.goto(f"/{look.language}/account{place}/people/invite")
    send(page)
    said += faults(page)
    page.goto(f"/{look.language}/account/security")
    page.locator("form[action$='recovery-codes'] button").click()
    said += faults(page)

    assert said == []


@pytest.mark.parametrize("look", LOOKS, ids="{0.language}-{0.width}-{0.scheme}".format)
def test_pages_of_whoever_acts_for_several_are_accessible(enter, door, crowd, look):
    page = enter(crowd["both"], look.language, **look.window)
    invited = door.people.invite("Andréa Exemple", Role.PARTNER_EDITOR)

    said = tour(
        page, [f"/{look.language}/account{path}" for path in ("/acting", f"/invitation/{invited}/join")]
    )

    assert said == []


@pytest.mark.parametrize("look", LOOKS, ids="{0.language}-{0.width}-{0.scheme}".format)
def test_pages_of_whoever_runs_relais_are_accessible(enter, crowd, look):
    page = enter(crowd["operator"], look.language, **look.window)

    paths = ("/", "/organizations", "/places/installation/people")
    assert tour(page, [f"/{look.language}/account{path}" for path in paths]) == []
