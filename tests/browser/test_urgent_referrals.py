"""A Saturday night on which somebody is not safe: the telephone comes first, and what is late has a next."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from referral.access.policy import Role
from referral.edition.reader import current_edition
from referral.referrals.models import OnCallHours, Referral
from referral.referrals.status import ReferralStatus
from referral.shared.clock import QUEBEC, now
from referral.shared.database import CASES, cases_session, directory_session, writing
from tests.browser.copies import copied, served_copy
from tests.browser.referring import PHONE, Scene, ask, make_scene
from tests.intake.filing import House, make_actor, make_case
from tests.intake.granting import ANSWERS, make_agreement, make_grant
from tests.referrals.making import find

SATURDAY = 5
WORDS = {
    "fr": ("le lundi ", "9 h", "Pas en sécurité ce soir"),
    "en": ("Monday, ", "9:00 am", "Unsafe tonight"),
}


def saturday_night() -> datetime:
    """Return half past ten on a Saturday night that is to come."""
    today = now().astimezone(QUEBEC).date()
    ahead = (SATURDAY - today.weekday()) % 7 or 7
    return datetime.combine(today + timedelta(days=ahead), time(22, 30), QUEBEC)


def find_shelter() -> uuid.UUID:
    """Return an organization of the catalogue that has a number and offers a roof."""
    edition, position = current_edition(), 0
    while True:
        listing = edition.listing(position)
        if listing.phones and any("shelter" in each for each in listing.categories):
            return uuid.UUID(listing.organization.id)
        position += 1


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store a house, and a shelter of the catalogue that reads from Monday to Friday."""
    with copied(editions, tmp_path_factory.mktemp("urgent"), with_cases=True) as app:
        made, shelter = make_scene(app), find_shelter()
        worker = make_actor(directory_session(), shelter, "Dana Exemple", Role.INTAKE_WORKER)
        lead = make_actor(directory_session(), shelter, "Flo Exemple", Role.ORGANIZATION_LEAD)
        made.refuge = House(shelter, worker, worker, lead)
        make_agreement(made.house, made.refuge)
        with writing(cases_session(), CASES) as session:
            for day in range(SATURDAY):
                hours = {"opens_at": time(9), "closes_at": time(16)}
                session.add(OnCallHours(organization_id=shelter, weekday=day, **hours))
        yield made


@pytest.fixture(scope="module")
def at() -> datetime:
    """The moment at which the server is started."""
    return saturday_night()


@pytest.fixture(scope="module")
def site(scene: Scene, at: datetime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases, on that night."""
    with served_copy(scene.app, tmp_path_factory.mktemp("urgent-server"), at) as address:
        yield address


@pytest.mark.parametrize("language", ["fr", "en"])
def test_on_a_saturday_night_the_telephone_comes_first_and_what_is_late_has_a_next(
    visit, scene, site, at, language
):
    case_id = make_case(scene.house, ANSWERS)
    make_grant(scene.house, case_id, scene.refuge.id)
    page = scene.sign_in(visit("/fr/", width=PHONE), site, scene.house.worker, at)
    page.goto(f"{site}/{language}/referrals/new/{case_id}")
    page.locator("input[name=recipients]").first.check()
    ask(page, urgency="u2")
    day, hour, urgency = WORDS[language]
    expect(page.locator(".read-at")).to_contain_text(day)
    expect(page.locator(".read-at")).to_contain_text(hour)
    page.locator("button[value=send]").click()

    referral_id = uuid.UUID(page.url.rsplit("/", 1)[1])
    expect(page.locator(".panel--due a[href='tel:911']")).to_be_visible()
    expect(page.locator(".panel--due .call-place .phone").first).to_be_visible()
    expect(page.locator("form[action$='/send']")).to_have_count(0)
    page.locator("button[value=voicemail]").click()
    page.locator("form[action$='/send'] button").click()
    expect(page.locator(".told")).to_contain_text(hour)
    expect(page.locator(".read-at")).to_contain_text(day)
    assert find(referral_id).status is ReferralStatus.REQUESTED

    with writing(cases_session(), CASES) as session:
        late = sa.update(Referral).where(Referral.id == referral_id)
        session.execute(late.values(due_at=at - timedelta(minutes=30), version=Referral.version))
    page.goto(f"{site}/{language}/referrals/?queue=overdue")
    row = page.locator(".file-row", has=page.locator(f"a[href$='{referral_id}/next']"))
    expect(row).to_contain_text(urgency)
    row.locator("a[href$='/next']").click()
    expect(page.locator(".panel--due .call-place .phone").first).to_be_visible()
    expect(page.locator("a[href='tel:911']").last).to_be_visible()
    expect(page.locator(".match")).to_have_count(3)
    page.locator(f"a[href*='previous={referral_id}']").click()
    expect(page.locator("[aria-labelledby=asked-title] li")).to_have_count(1)
