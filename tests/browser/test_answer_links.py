"""A shelter answers by a link on a telephone, from the making of the link to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from referral.referrals.status import ReferralStatus
from tests.browser.copies import copied, served_copy
from tests.browser.referring import NUMBER, SMALL, Scene, make_scene
from tests.intake.filing import make_case
from tests.intake.granting import ANSWERS, make_grant
from tests.referrals.making import find
from tests.referrals.sent import draft, send

S = ReferralStatus


@pytest.fixture(scope="module")
def scene(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Store the houses."""
    with copied(editions, tmp_path_factory.mktemp("links"), with_cases=True) as app:
        yield make_scene(app)


@pytest.fixture(scope="module")
def site(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has those databases."""
    with served_copy(scene.app, tmp_path_factory.mktemp("links-server")) as address:
        yield address


@pytest.mark.parametrize(
    ("language", "answer", "status"),
    [("fr", "no-capacity", S.REJECTED), ("en", "pets", S.REJECTED), ("fr", "", S.ACCEPTED)],
)
def test_a_shelter_answers_once_by_a_link_on_a_telephone_without_scripts(  # noqa: PLR0917
    visit, scene, site, language, answer, status
):
    case_id = make_case(scene.house, ANSWERS)
    (referral_id,) = draft(scene.house, case_id, [make_grant(scene.house, case_id, scene.refuge.id)])
    send(scene.house, referral_id)
    worker = scene.sign_in(visit("/fr/"), site, scene.house.worker)
    worker.goto(f"{site}/{language}/referrals/{referral_id}")
    act = worker.locator(".referral-act", has=worker.locator("form[action$='/link']"))
    act.locator("summary").click()
    act.locator("button").click()
    address, code = worker.locator(".link-address").inner_text(), worker.locator(".link-code").inner_text()

    page = visit("/fr/", width=SMALL, javascript=False)
    page.goto(address)
    assert "Exemple" not in page.content()
    page.locator("#code").fill(code)
    page.locator("main form button").click()
    expect(page.locator("h1")).to_contain_text("Maison Exemple")
    assert not {each for each in (NUMBER, ANSWERS["nickname"]) if each in page.content()}
    said = page.locator(
        ".referral-act", has=page.locator(f"input[value={'decline' if answer else 'accept'}]")
    )
    said.locator("summary").first.click()
    said.locator(f"button[value='{answer}']" if answer else "form > button").click()
    expect(page.locator("h1")).to_have_text("Merci" if language == "fr" else "Thank you")
    assert find(referral_id).status is status

    page.goto(address)
    expect(page.locator("main form")).to_have_count(0)
    assert page.context.cookies() == []
