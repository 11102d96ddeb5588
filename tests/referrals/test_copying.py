"""What of a referral is in the copy that a person may ask for, at both ends, and who looked at it."""

from __future__ import annotations

import html
import json
import re

import pytest

from referral.referrals.calls import note_call
from referral.referrals.messages import write
from referral.referrals.models import Called
from referral.referrals.moving import Why
from referral.referrals.proposals import Proposal, Way
from referral.referrals.reasons import Reason
from referral.referrals.speaking import propose
from referral.referrals.status import ReferralStatus, Side
from tests.intake.filing import enter, make_case
from tests.intake.granting import ANSWERS
from tests.intake.test_copy_words import CODES, read_copy
from tests.referrals.making import find, in_hand
from tests.referrals.sent import answer, send_one
from tests.referrals.test_leading import take

pytestmark = pytest.mark.usefixtures("client")
S = ReferralStatus


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def referral_id(house, receiver, case_id):
    """A referral about which both sides wrote."""
    made = send_one(house, receiver, case_id)
    with in_hand(made, Side.SENDER, house.worker) as hand:
        write(hand, "Demande-Exemple")
        note_call(hand, Called.VOICEMAIL, "Appel-Exemple")
    with in_hand(made, Side.RECEIVER, receiver.worker) as hand:
        propose(hand, Proposal(Way.SHE_CALLS), "Réponse-Exemple")
    return made


def rights_page(app, session, actor, case_id):
    page = enter(app, session, actor).browser.get(f"/en/cases/{case_id}/rights").text
    return html.unescape(page).partition('id="looked-title"')[2]


def test_the_copy_of_the_one_that_asked_holds_what_both_sides_wrote(
    app, session, house, receiver, referral_id
):
    answer(receiver, referral_id, S.REJECTED, Why(Reason.SAFETY_CONFLICT, note="Motif-Exemple"))
    said = read_copy(app, session, house, find(referral_id).case_id, "en")

    for words in (
        *(
            "Asked of\n",
            "Refuge Exemple",
            "Declined by the organization",
            "Let her call us · Réponse-Exemple",
        ),
        *("Demande-Exemple", "Appel-Exemple", "It would not be safe · Motif-Exemple"),
    ):
        assert words in said
    assert CODES.findall(read_copy(app, session, house, find(referral_id).case_id)) == []


def test_the_copy_of_the_one_that_was_asked_holds_what_it_wrote_and_no_more(
    app, session, house, receiver, referral_id
):
    answer(receiver, referral_id, S.ACCEPTED, Why(note="Accueil-Exemple"))
    made = take(receiver, referral_id)
    page = enter(app, session, receiver.worker).browser.get(f"/en/cases/{made}/rights/copy.json").text
    copy = json.loads(page)

    assert [row["content"] for row in copy["referrals"]] == [{"need": "shelter"}]
    assert copy["referrals"][0]["sender_id"] == "Maison Exemple"
    assert "Réponse-Exemple" in page
    assert "Accueil-Exemple" in page
    assert not re.search("Demande-Exemple|Appel-Exemple", page)


def test_who_looked_names_who_opened_a_referral_at_the_other_organization(
    app, session, house, receiver, referral_id
):
    enter(app, session, receiver.deputy).browser.get(f"/fr/referrals/{referral_id}")
    told = rights_page(app, session, house.worker, find(referral_id).case_id)

    assert "Béa Exemple, of Refuge Exemple, looked at a referral" in told
    assert "Béa Exemple, of Refuge Exemple, looked at what was sent" in told
    assert "something" not in told


def test_the_one_that_was_asked_tells_of_its_own_people_only(app, session, house, receiver, referral_id):
    enter(app, session, house.deputy).browser.get(f"/fr/referrals/{referral_id}")
    answer(receiver, referral_id, S.ACCEPTED)
    enter(app, session, receiver.deputy).browser.get(f"/fr/referrals/{referral_id}")
    told = rights_page(app, session, receiver.worker, take(receiver, referral_id))

    assert "Béa Exemple looked at a referral" in told
    assert "Maison Exemple" not in told
