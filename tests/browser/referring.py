"""Houses between which needs are asked and answered in browsers, and what people press there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from referral.access.policy import Actor
from referral.accounts.models import UserSession
from referral.shared.database import directory_session
from tests.intake.filing import House, enter, make_house
from tests.intake.granting import make_agreement

PHONE, SMALL, WIDE = 360, 320, 1280
NUMBER = "514 555-0142"
CLOSED = {"fr": "Le consentement a été retiré", "en": "The consent was withdrawn"}


@dataclass
class Scene:
    """A house, and two that can be asked, with agreements."""

    app: Flask
    house: House
    refuge: House
    auberge: House

    def sign_in(self, page: Page, site: str, actor: Actor, at: datetime | None = None) -> Page:
        """Let the page be somebody's; of a server at another moment she signed in then."""
        session = directory_session()
        person = enter(self.app, session, actor)
        if at is not None:
            row = sa.update(UserSession).where(UserSession.id == person.session_id)
            session.execute(row.values(started_at=at, seen_at=at, confirmed_at=at))
            session.commit()
        cookie = self.app.session_interface.get_signing_serializer(self.app).dumps({"sid": person.cookie})
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "relais", "value": cookie, "url": site}])
        return page


def make_scene(app: Flask) -> Scene:
    """Store three houses; the first has an agreement with the two others."""
    house = make_house(directory_session())
    others = [make_house(directory_session(), f"{name} Exemple") for name in ("Refuge", "Auberge")]
    for each in others:
        make_agreement(house, each)
    return Scene(app, house, *others)


def read_out(page: Page, words: str, *places: UUID) -> None:
    """Write down that she agrees to all, for each organization that is found by these words."""
    page.locator("#find").fill(words)
    page.locator("button[value=find]").click()
    for place in places:
        page.locator(f"input[name=recipients][value='{place}']").check()
    for box in page.locator("input[name=items]").all():
        box.check()
    page.locator("input[name=is_express]").check()
    for name in ("purpose", "capacity", "mode", "copy"):
        page.locator(f"input[name={name}]").first.check()
    page.locator("#spoken").select_option("es")
    page.locator("button[value=grant]").click()


def ask(page: Page, *places: UUID, need: str = "shelter", urgency: str = "u3") -> None:
    """Ask organizations for a need, after a look at what would be sent."""
    page.locator(f"input[name=need][value={need}]").check()
    page.locator(f"input[name=urgency][value={urgency}]").check()
    for place in places:
        page.locator(f"input[name=recipients][value^='{place}']").first.check()
    page.locator("button[value=look]").click()


def press(page: Page, wanted: str, reason: str = "") -> None:
    """Answer in two presses: what, then send it or say why."""
    act = page.locator(".referral-act", has=page.locator(f"input[name=wanted][value='{wanted}']"))
    act.locator("summary").first.click()
    act.locator(f"button[value='{reason}']" if reason else "form > button").click()


def open_all(page: Page) -> None:
    """Show all that is folded away."""
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")


Visit = Callable[..., Page]
