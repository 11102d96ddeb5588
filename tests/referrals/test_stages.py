"""Who reads what of a referral: the product of statuses, sides, roles, consents and stages."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.intake.consents import withdraw
from referral.intake.hooks import NotOpenedError
from referral.intake.models import Consent, PacketReading
from referral.intake.packets import NotReadableError
from referral.intake.safe import open_safe
from referral.intake.vocabulary import Item
from referral.referrals import opening
from referral.referrals.models import Referral
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import enter, held_case, make_actor, make_case
from tests.intake.granting import ANSWERS
from tests.referrals.making import find, in_hand
from tests.referrals.sent import send_one

S = ReferralStatus
NUMBER = "514 555-0142"
FIRST = {S.REQUESTED, S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD}
SECOND = {(S.ACCEPTED, True), (S.IN_PROGRESS, True), (S.ON_HOLD, True)}
"""Statuses with whether it had been accepted, written apart from the code."""
CONSENTS = ["in-force", "withdrawn", "expired"]


@pytest.fixture
def referral_id(house, receiver):
    return send_one(house, receiver, make_case(house, ANSWERS))


def put(referral_id, status, *, accepted):
    """Store a referral as if it had come there."""
    with writing(cases_session(), CASES) as session:
        session.execute(
            sa.update(Referral)
            .where(Referral.id == referral_id)
            .values(status=status, was_accepted=accepted or status in {S.ACCEPTED, S.IN_PROGRESS})
        )


def end_consent(house, referral_id, consent):
    """Withdraw the consent of a referral, or return a moment at which its time is over."""
    row = cases_session().get_one(Consent, find(referral_id).consent_id)
    consent_id, over = row.id, row.expires_at
    if consent == "expired":
        return over
    with writing(cases_session(), CASES) as session:
        session.execute(
            sa.update(Consent)
            .where(Consent.id == consent_id)
            .values(withdrawn_at=now(), withdrawn_by=house.worker.user_id)
        )
    return now()


def reads(referral_id, side, actor, stage, at=None):
    """Say whether somebody of a side reads a stage through the receiver's door."""
    stored = find(referral_id)
    packet_id = stored.public_packet_id if stage == "first" else stored.private_packet_id
    safe = open_safe(packet_id)
    read = opening.read_first if stage == "first" else opening.read_second
    try:
        with in_hand(referral_id, side, actor) as hand:
            return bool(read(replace(hand, at=at or hand.at), safe))
    except (NotOpenedError, NotReadableError):
        return False


@pytest.mark.parametrize("consent", CONSENTS[1:])
@pytest.mark.parametrize("status", [S.REQUESTED, S.ACCEPTED])
def test_no_stage_is_read_and_no_reading_is_written_down_once_the_consent_has_ended(
    house, receiver, referral_id, status, consent
):
    put(referral_id, status, accepted=True)
    at = end_consent(house, referral_id, consent)
    for stage in ("first", "second"):
        assert reads(referral_id, Side.RECEIVER, receiver.worker, stage, at) is False
    assert cases_session().scalars(sa.select(PacketReading)).all() == []


ROLES = {
    Role.INTAKE_WORKER: True,
    Role.ORGANIZATION_LEAD: True,
    Role.PARTNER_EDITOR: False,
    Role.PRIVACY_OFFICER: False,
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", [S.REQUESTED, S.ACCEPTED, S.ON_HOLD, S.CANCELLED])
def test_pages_show_each_stage_to_those_who_keep_files_there_only(  # noqa: PLR0917
    app, session, client, receiver, referral_id, status, role
):
    put(referral_id, status, accepted=False)
    person = enter(app, session, make_actor(session, receiver.id, "Gaston Exemple", role))
    shown = person.browser.get(f"/fr/referrals/{referral_id}").text
    was = status in {S.ACCEPTED, S.IN_PROGRESS}
    seen = ("enfants" in shown, NUMBER in shown)
    assert seen == (ROLES[role] and status in FIRST, ROLES[role] and (status, was) in SECOND)


def test_a_reading_of_each_stage_is_written_down(receiver, referral_id):
    put(referral_id, S.ACCEPTED, accepted=True)
    reads(referral_id, Side.RECEIVER, receiver.worker, "second")
    rows = cases_session().scalars(sa.select(PacketReading)).all()
    assert [(each.item, each.read_by) for each in rows] == [(Item.SAFE_CONTACT, receiver.worker.user_id)]


def test_withdrawing_ends_what_was_open(house, receiver, referral_id):
    put(referral_id, S.ACCEPTED, accepted=True)
    stored = find(referral_id)
    consent_id, case_id = stored.consent_id, stored.case_id
    assert reads(referral_id, Side.RECEIVER, receiver.worker, "second")
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")
    assert not reads(referral_id, Side.RECEIVER, receiver.worker, "second")
