"""From a declined referral to a need told as unmet: four codes go along, and nothing else of it."""

from __future__ import annotations

import re

import pytest

from referral.intake.unmet import AGES, KINDS, hand_over
from referral.intake.vocabulary import AgeBand, Need
from referral.referrals.moving import Why
from referral.referrals.reasons import Reason
from referral.referrals.status import ReferralStatus
from tests.intake.filing import enter, make_case
from tests.intake.granting import ANSWERS
from tests.referrals.sent import answer, send_one

FORM = re.compile(r'<form method="post"\s+action="/fr/gaps/begin">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def declined(house, receiver):
    """A referral of which the one organization that was asked said that it is full."""
    referral_id = send_one(house, receiver, make_case(house, ANSWERS))
    answer(receiver, referral_id, ReferralStatus.REJECTED, Why(Reason.NO_CAPACITY))
    return referral_id


def test_who_asked_tells_of_it_with_the_reason_chosen_already(app, session, client, house, declined):
    worker = enter(app, session, house.worker)

    (form,) = FORM.findall(worker.browser.get(f"/fr/referrals/{declined}").text)
    codes = dict(HIDDEN.findall(form))
    page = worker.post("/fr/gaps/begin", **codes).text

    assert codes["reason"] == "no-capacity"
    assert set(codes) <= {"need", "region", "age", "reason"}
    assert "checked" in page.split('value="no-capacity"')[0].rsplit("<input", 1)[1]
    assert f'selected value="{codes["need"]}"' in page
    assert str(declined) not in page


def test_who_declined_is_not_asked_to_tell_of_it_again(app, session, client, receiver, declined):
    page = enter(app, session, receiver.worker).browser.get(f"/fr/referrals/{declined}")

    assert page.status_code == 200
    assert FORM.findall(page.text) == []


def test_every_age_has_a_band_and_what_is_not_known_is_not_handed_over():
    assert set(AGES) == set(AgeBand)
    assert hand_over(Need.SAFETY) == {}
    assert hand_over(Need.SHELTER, "06", "14-17", "language") == {
        "need": "emergency_shelter", "region": "06", "age": "14-17", "reason": "language",
    }  # fmt: skip


def test_a_kind_that_is_handed_over_is_one_that_the_page_offers():
    from referral.gaps.choice import NEEDS  # noqa: PLC0415

    assert set(KINDS.values()) <= set(NEEDS)
