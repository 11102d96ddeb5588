"""A shelter answers by a link on a telephone, in a real browser without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from referral.referrals import links
from referral.referrals.status import ReferralStatus, Side
from referral.shared.database import directory_session
from tests.browser.copies import copied, served_copy
from tests.intake.filing import make_case, make_house
from tests.intake.granting import ANSWERS
from tests.referrals.making import find, in_hand
from tests.referrals.sent import send_one

PHONE = 320


@pytest.fixture
def asked(editions: Path, tmp_path: Path) -> Iterator[tuple[str, str, str, object]]:
    """Serve a copy in which one shelter is asked; return its address, the token, the code, the referral."""
    (tmp_path / "store").mkdir()
    (tmp_path / "server").mkdir()
    with copied(editions, tmp_path / "store", with_cases=True) as app:
        house = make_house(directory_session())
        receiver = make_house(directory_session(), "Refuge Exemple")
        referral_id = send_one(house, receiver, make_case(house, ANSWERS))
        with in_hand(referral_id, Side.SENDER, house.worker) as hand:
            _, token, code = links.make_link(hand)
        with served_copy(app, tmp_path / "server") as site:
            yield site, token, code, referral_id


def test_a_shelter_answers_by_a_link_on_a_telephone_without_scripts(browser: Browser, asked):
    site, token, code, referral_id = asked
    context = browser.new_context(viewport={"width": PHONE, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/fr/answer/{token}")
    page.get_by_label("Code", exact=False).fill(code)
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("main")).to_contain_text("Maison Exemple")
    expect(page.locator("main")).not_to_contain_text("Merle")
    page.get_by_label("Non, nous ne pouvons pas").check()
    page.get_by_role("button", name="Envoyer la réponse").click()
    page.get_by_label("Si c’est non").select_option("no-capacity")
    width = page.locator("main").bounding_box()
    assert width is not None
    assert width["width"] <= PHONE
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.locator("h1")).to_have_text("Merci")
    assert context.cookies() == []
    assert find(referral_id).status is ReferralStatus.REJECTED
    context.close()
