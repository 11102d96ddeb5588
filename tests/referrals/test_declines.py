from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from referral.evidence.kinds import FlagKind, FlagStatus
from referral.evidence.models import ListingFlag
from referral.referrals import declines
from referral.referrals.decline_models import ListingDecline
from referral.referrals.declines import NOTE, open_reviews
from referral.referrals.moving import Why, move
from referral.referrals.reasons import NotEligible, Reason
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session
from tests.edition.conftest import Directory
from tests.referrals.making import in_hand, make_referral

S = ReferralStatus


@pytest.fixture
def service_id(session):
    """A listing of a plainly fictional service."""
    service = Directory(session).add("exemple")
    session.commit()
    return service.id


@pytest.fixture
def decline(house, receiver, case_id, service_id):
    def decline_one(reason=Reason.OUT_OF_TERRITORY, service=service_id):
        referral_id = make_referral(case_id, house, receiver, S.RECEIVED, service_id=service)
        sub = NotEligible.PETS if reason is Reason.NOT_ELIGIBLE else None
        with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
            move(hand, S.REJECTED, Why(reason, sub))

    return decline_one


def flags():
    directory_session().rollback()
    found = list(directory_session().scalars(sa.select(ListingFlag)))
    return [(flag.kind, flag.status) for flag in found]


WAITING = (FlagKind.ADMISSION, FlagStatus.WAITING)


def test_the_third_decline_opens_a_review_and_no_more_than_one(decline):
    for _ in range(2):
        decline()
    open_reviews(now())
    assert flags() == []

    decline(Reason.NOT_ELIGIBLE)
    for _ in range(3):
        open_reviews(now())
    assert flags() == [WAITING]


def test_no_second_review_opens_while_one_is_open(decline):
    for _ in range(6):
        decline()
        open_reviews(now())
    assert flags() == [WAITING]


def test_once_it_was_reviewed_three_more_open_another(decline):
    for _ in range(3):
        decline()
    open_reviews(now())
    flag = directory_session().scalars(sa.select(ListingFlag)).one()
    flag.status = FlagStatus.DISMISSED
    directory_session().commit()
    open_reviews(now())
    assert len(flags()) == 1

    for _ in range(3):
        decline()
    open_reviews(now())
    assert len(flags()) == 2


def test_a_run_that_is_killed_opens_one(monkeypatch, decline):
    for _ in range(3):
        decline()

    def die(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(declines, "_begin_anew", die)
        with pytest.raises(KeyboardInterrupt):
            open_reviews(now())
    for _ in range(2):
        open_reviews(now())
    assert flags() == [WAITING]
    assert cases_session().scalars(sa.select(ListingDecline.declines)).one() == 0


@pytest.mark.parametrize("reason", [Reason.NO_CAPACITY, Reason.LANGUAGE, Reason.OTHER])
def test_other_reasons_say_nothing_of_the_listing(decline, reason):
    for _ in range(4):
        decline(reason)
    open_reviews(now())
    assert flags() == []


def test_declines_of_several_services_are_not_added_up(decline):
    for service in (uuid.uuid4(), uuid.uuid4(), None):
        for _ in range(2):
            decline(service=service)
    open_reviews(now())
    assert flags() == []


def test_a_service_that_is_listed_no_more_is_let_go(decline):
    gone = uuid.uuid4()
    for _ in range(3):
        decline(service=gone)
    open_reviews(now())

    assert flags() == []
    cases_session().rollback()
    assert cases_session().get_one(ListingDecline, gone).declines == 0


def test_the_table_tells_of_nobody():
    names = {column.name for column in ListingDecline.__table__.columns}
    assert names == {"service_id", "declines", "reviews"}
    assert "référence" in NOTE
