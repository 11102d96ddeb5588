from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from referral.accounts.models import User
from referral.intake.vocabulary import Urgency
from referral.mail.models import CasesOutbox
from referral.referrals import escalating
from referral.referrals.clocks import due_at, escalates_at
from referral.referrals.escalating import escalate, list_late
from referral.referrals.moving import move
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import QUEBEC
from referral.shared.database import cases_session
from tests.intake.filing import enter, make_house
from tests.referrals.making import find, in_hand, make_referral

S = ReferralStatus


@pytest.fixture(autouse=True)
def reachable(session, house):
    """Everybody of the house that sends can be written to."""
    for number, actor in enumerate((house.worker, house.deputy, house.lead)):
        session.get_one(User, actor.user_id).email = f"alex{number}@exemple.example"
    session.commit()


def local(*parts, fold=0):
    return datetime(*parts, tzinfo=QUEBEC, fold=fold)


def letters():
    cases_session().rollback()
    return cases_session().scalar(sa.select(sa.func.count()).select_from(CasesOutbox))


def sent_at(moment, urgency, **more):
    return {
        "urgency": urgency,
        "requested_at": moment,
        "due_at": due_at(S.REQUESTED, urgency, moment),
        **more,
    }


@pytest.mark.parametrize(
    ("urgency", "since", "told"),
    [
        (Urgency.NOW, local(2026, 12, 25, 3, 0), local(2026, 12, 25, 3, 30)),
        (Urgency.TONIGHT, local(2026, 11, 28, 21, 0), local(2026, 11, 29, 0, 0)),
        (Urgency.TONIGHT, local(2026, 11, 28, 23, 30), local(2026, 11, 29, 1, 30)),
        (Urgency.UNSTABLE, local(2026, 11, 24, 10, 0), local(2026, 11, 30, 7, 0)),
        (Urgency.UNSTABLE, local(2026, 12, 21, 10, 0), local(2026, 12, 28, 7, 0)),
        (Urgency.PLANNED, local(2026, 11, 24, 10, 0), local(2026, 12, 9, 7, 0)),
        (Urgency.NOW, local(2026, 11, 1, 1, 45), local(2026, 11, 1, 1, 15, fold=1)),
        (Urgency.NOW, local(2026, 3, 8, 1, 45), local(2026, 3, 8, 3, 15)),
    ],
    ids=[
        "now-at-christmas",
        "saturday-night",
        "saturday-late",
        "weekend",
        "christmas",
        "planned",
        "autumn",
        "spring",
    ],
)
def test_those_who_lead_are_told_at_once_or_on_a_working_morning(urgency, since, told):
    due = due_at(S.REQUESTED, urgency, since)
    assert abs(escalates_at(urgency, due).timestamp() - told.timestamp()) < 1


def test_a_saturday_night_that_nobody_answers_is_told_to_the_owner_and_the_lead_once(
    house, receiver, case_id
):
    saturday = local(2026, 11, 28, 21, 0)
    referral_id = make_referral(case_id, house, receiver, S.REQUESTED, **sent_at(saturday, Urgency.TONIGHT))
    escalate(saturday + timedelta(hours=2, minutes=59))
    assert letters() == 0

    for minutes in (0, 5, 600):
        escalate(local(2026, 11, 29, 0, 0) + timedelta(minutes=minutes))
    assert letters() == 2
    assert find(referral_id).escalated_at == local(2026, 11, 29, 0, 0)


def test_danger_now_is_told_at_each_run_until_somebody_answers_then_once_in_each_state(
    house, receiver, case_id
):
    at = local(2026, 11, 28, 21, 0)
    referral_id = make_referral(case_id, house, receiver, S.REQUESTED, **sent_at(at, Urgency.NOW))
    for minutes in (30, 35, 40, 40):
        escalate(at + timedelta(minutes=minutes))
    assert letters() == 2 * 3

    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.ACCEPTED)
    for minutes in (45, 50, 55):
        escalate(at + timedelta(minutes=minutes))
    assert letters() == 2 * 3 + 2


def test_a_run_that_is_killed_after_the_letter_tells_once(monkeypatch, house, receiver, case_id):
    at = local(2026, 11, 28, 21, 0)
    referral_id = make_referral(case_id, house, receiver, S.REQUESTED, **sent_at(at, Urgency.TONIGHT))

    def die(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(escalating, "_note", die)
        with pytest.raises(KeyboardInterrupt):
            escalate(at + timedelta(hours=4))
    assert find(referral_id).escalated_at is None

    escalate(at + timedelta(hours=4, minutes=5))
    assert find(referral_id).escalated_at is not None
    assert letters() == 2


def test_each_state_that_is_late_is_told(house, receiver, case_id):
    at = local(2026, 11, 24, 10, 0)
    referral_id = make_referral(case_id, house, receiver, S.REQUESTED, **sent_at(at, Urgency.TONIGHT))
    escalate(at + timedelta(days=1))
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.ACCEPTED)
    due = find(referral_id).due_at

    assert find(referral_id).escalated_at is None
    escalate(due)
    assert letters() == 4


def test_noting_it_spends_no_version(house, receiver, case_id):
    at = local(2026, 11, 24, 10, 0)
    referral_id = make_referral(case_id, house, receiver, S.REQUESTED, **sent_at(at, Urgency.TONIGHT))
    before = find(referral_id).version
    escalate(at + timedelta(days=1))
    assert find(referral_id).version == before


def test_where_owner_and_lead_are_gone_a_colleague_is_told(session, house, receiver, case_id):
    at = local(2026, 11, 24, 10, 0)
    make_referral(case_id, house, receiver, S.REQUESTED, **sent_at(at, Urgency.TONIGHT))
    for gone in (house.worker, house.lead):
        session.get_one(User, gone.user_id).active = False
    session.commit()
    escalate(at + timedelta(days=1))
    assert letters() == 1


def test_what_nobody_can_be_told_of_stays_to_be_told(session, house, receiver, case_id):
    at = local(2026, 11, 24, 10, 0)
    referral_id = make_referral(case_id, house, receiver, S.REQUESTED, **sent_at(at, Urgency.TONIGHT))
    for gone in (house.worker, house.deputy, house.lead):
        session.get_one(User, gone.user_id).active = False
    session.commit()
    escalate(at + timedelta(days=1))

    assert find(referral_id).escalated_at is None
    assert [each.id for each in list_late(at + timedelta(days=1))] == [referral_id]


@pytest.mark.parametrize("status", [S.DRAFT, S.REJECTED, S.COMPLETED, S.CANCELLED])
def test_nothing_that_has_ended_or_was_not_sent_is_told(house, receiver, case_id, status):
    make_referral(case_id, house, receiver, status, due_at=local(2026, 11, 24, 10, 0))
    escalate(local(2026, 11, 26, 10, 0))
    assert letters() == 0


@pytest.mark.usefixtures("client")
def test_the_sender_is_shown_whom_to_call_and_nobody_else_is(app, session, house, receiver, case_id):
    referral_id = make_referral(case_id, house, receiver, S.REQUESTED)
    stranger = make_house(session, "Maison Voisine Exemple")
    address = f"/fr/referrals/{referral_id}/next"
    page = enter(app, session, house.worker).browser.get(address)

    assert page.status_code == 200
    assert "Refuge Exemple" in page.text
    for other in (receiver.worker, stranger.worker):
        assert enter(app, session, other).browser.get(address).status_code == 404
