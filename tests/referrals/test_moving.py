from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.audit.models import CasesAuditEvent
from referral.intake.safe import open_safe
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.moving import Why, move, read_why
from referral.referrals.reasons import REASONS, NotEligible, Reason, ReasonRefusedError
from referral.referrals.status import ENDED, MOVES, ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.referrals.making import find, in_hand, make_referral

S = ReferralStatus
WORDS = "Sorbier-Exemple-7719"


def why_of(wanted):
    """A reason that fits a status."""
    return Why(REASONS[wanted][0]) if wanted in REASONS else Why()


@pytest.fixture
def make(house, receiver, case_id):
    """Return what stores a referral at a status."""
    return lambda status, **columns: make_referral(case_id, house, receiver, status, **columns)


def test_a_move_without_its_reason_changes_nothing(make, receiver):
    referral_id = make(S.REQUESTED)
    with pytest.raises(ReasonRefusedError), in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.REJECTED)

    assert find(referral_id).status is S.REQUESTED
    assert cases_session().scalars(sa.select(ReferralEvent)).all() == []


def test_the_reason_of_a_move_is_read_by_whoever_has_the_key(make, receiver):
    referral_id = make(S.REQUESTED)
    told = Why(Reason.NOT_ELIGIBLE, NotEligible.PETS, WORDS)
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        event = move(hand, S.REJECTED, told)
        event_id = event.id

    stored = cases_session().get_one(ReferralEvent, event_id)
    assert read_why(stored, open_safe(referral_id)) == told


def test_the_reason_of_a_move_is_not_stored_in_clear(make, receiver):
    referral_id = make(S.REQUESTED)
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.REJECTED, Why(Reason.NOT_ELIGIBLE, NotEligible.PETS, WORDS))
    stored = repr(cases_session().execute(sa.select(ReferralEvent.__table__)).all())

    assert [word for word in (WORDS, "pets", "not-eligible") if word in stored] == []


def test_every_move_is_in_the_audit_of_the_side_that_made_it(make, receiver):
    referral_id = make(S.REQUESTED)
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.ACCEPTED)
    row = (
        cases_session()
        .scalars(sa.select(CasesAuditEvent).where(CasesAuditEvent.target_id == str(referral_id)))
        .one()
    )

    assert (row.organization_id, row.user_id) == (receiver.id, receiver.worker.user_id)


@pytest.mark.parametrize(("current", "wanted"), [pair for pair in MOVES if pair[0] is not S.DRAFT])
def test_after_every_move_somebody_has_it_in_hand_by_a_day_or_it_has_ended(
    make, house, receiver, current, wanted
):
    referral_id = make(current)
    side = min(MOVES[current, wanted])
    with in_hand(referral_id, side, house.worker) as hand:
        move(hand, wanted, why_of(wanted))
    stored = find(referral_id)

    assert (stored.due_at is None) == (wanted in ENDED) == (stored.ended_at is not None)
    assert stored.turn is not None or wanted in ENDED


def test_the_first_answer_is_the_one_that_is_measured(make, receiver):
    referral_id = make(S.REQUESTED)
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.ACCEPTED)
    first = find(referral_id).answered_at
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.ON_HOLD, Why(Reason.WAITLIST))

    assert find(referral_id).answered_at == first


@pytest.mark.parametrize("status", [S.REQUESTED, S.ACCEPTED, S.COMPLETED])
def test_the_database_refuses_what_was_sent_without_a_consent(make, status):
    referral_id = make(S.DRAFT)
    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.execute(sa.update(Referral).where(Referral.id == referral_id).values(status=status))


def test_the_database_refuses_a_consent_to_another_organization(make, house, receiver, case_id):
    referral_id = make(S.REQUESTED)
    other = sa.update(Referral).where(Referral.id == referral_id).values(receiver_id=house.deputy.user_id)
    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.execute(other)


@pytest.mark.parametrize("order", ["UPDATE referral_event SET via = 'system'", "DELETE FROM referral_event"])
def test_what_was_done_to_a_referral_is_not_rewritten(make, receiver, order):
    with in_hand(make(S.REQUESTED), Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.ACCEPTED)

    with (
        pytest.raises(sa.exc.IntegrityError, match="append-only"),
        writing(cases_session(), CASES) as session,
    ):
        session.execute(sa.text(order))


def test_an_older_version_of_a_referral_is_not_written_over_a_newer(make, receiver):
    referral_id = make(S.REQUESTED)
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        before = hand.referral.version
        move(hand, S.ACCEPTED)

    assert find(referral_id).version == before + 1


def test_moving_on_starts_the_clock_anew(make, receiver):
    referral_id = make(S.REQUESTED, due_at=now() - timedelta(days=9), escalated_at=now())
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        move(hand, S.ACCEPTED)
    stored = find(referral_id)

    assert (stored.escalated_at, stored.due_at > now()) == (None, True)
