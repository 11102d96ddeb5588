from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.intake.vocabulary import Urgency
from referral.referrals import queues
from referral.referrals.queue_picks import Queue, Scope
from referral.referrals.queues import asking_of, count_all, count_waiting_for, list_rows
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import cases_session, db
from tests.intake.filing import enter, make_actor, make_house
from tests.referrals.making import make_referral

S = ReferralStatus
ADDRESS = "/fr/referrals/"
OUTSIDERS = [Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER]


@pytest.fixture(autouse=True)
def visitors(client):
    """Browsers whose requests have a context each, as when served."""


def ids(queue, actor, scope=Scope.ALL, at=None):
    cases_session().rollback()
    rows, _ = list_rows(cases_session(), queue, asking_of(actor, scope, at or now()), 1)
    return [row.referral.id for row in rows]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (S.DRAFT, (Queue.TO_ANSWER, None)),
        (S.REQUESTED, (Queue.WAITING, Queue.TO_ANSWER)),
        (S.RECEIVED, (Queue.WAITING, Queue.TO_ANSWER)),
        (S.ACCEPTED, (Queue.WAITING, Queue.TO_ANSWER)),
        (S.IN_PROGRESS, (Queue.WAITING, Queue.TO_ANSWER)),
        (S.REJECTED, (Queue.TO_ANSWER, None)),
        (S.FAILED, (Queue.TO_ANSWER, None)),
        (S.COMPLETED, (None, None)),
        (S.CANCELLED, (None, None)),
    ],
)
def test_each_side_finds_a_referral_in_the_queue_of_whose_turn_it_is(
    house, receiver, case_id, status, expected
):
    referral_id = make_referral(case_id, house, receiver, status)

    for actor, queue in zip((house.lead, receiver.lead), expected, strict=True):
        found = [each for each in (Queue.TO_ANSWER, Queue.WAITING) if referral_id in ids(each, actor)]
        assert found == ([queue] if queue else [])


def test_what_is_due_by_midnight_is_due_today_and_what_is_past_is_late(house, receiver, case_id):
    at = now()
    asking = asking_of(house.lead, Scope.ALL, at)
    tonight = make_referral(case_id, house, receiver, S.REQUESTED, due_at=asking.tonight)
    late = make_referral(case_id, house, receiver, S.REQUESTED, due_at=at)
    make_referral(case_id, house, receiver, S.REQUESTED, due_at=asking.tonight + timedelta(seconds=1))

    for actor in (house.lead, receiver.lead):
        assert ids(Queue.TODAY, actor, at=at) == [tonight]
        assert ids(Queue.OVERDUE, actor, at=at) == [late]


def test_mine_are_those_i_own_or_took_and_those_that_nobody_took(house, receiver, case_id):
    mine = make_referral(case_id, house, receiver, S.REQUESTED)
    hers = make_referral(
        case_id,
        house,
        receiver,
        S.RECEIVED,
        owner_id=house.deputy.user_id,
        handler_id=receiver.deputy.user_id,
    )

    assert ids(Queue.WAITING, house.worker, Scope.MINE) == [mine]
    assert set(ids(Queue.WAITING, house.worker)) == {mine, hers}
    assert ids(Queue.TO_ANSWER, receiver.worker, Scope.MINE) == [mine]
    assert set(ids(Queue.TO_ANSWER, receiver.deputy, Scope.MINE)) == {mine, hers}


def test_late_ones_come_first_then_the_most_urgent(house, receiver, case_id):
    planned = make_referral(case_id, house, receiver, S.REQUESTED, urgency=Urgency.PLANNED)
    urgent = make_referral(case_id, house, receiver, S.REQUESTED, urgency=Urgency.NOW)
    begun = make_referral(case_id, house, receiver, S.IN_PROGRESS, urgency=Urgency.NOW)
    late = make_referral(
        case_id, house, receiver, S.REQUESTED, urgency=Urgency.PLANNED, due_at=now() - timedelta(days=1)
    )

    assert ids(Queue.TO_ANSWER, receiver.worker) == [late, urgent, planned, begun]


def test_one_turned_down_stays_until_it_is_asked_again(house, receiver, case_id):
    first = make_referral(case_id, house, receiver, S.REJECTED)
    assert ids(Queue.TO_ANSWER, house.lead) == [first]

    second = make_referral(case_id, house, receiver, S.REQUESTED, previous_id=first)
    assert ids(Queue.TO_ANSWER, house.lead) == []
    assert ids(Queue.WAITING, house.lead) == [second]


def test_another_organization_finds_nothing(session, house, receiver, case_id):
    make_referral(case_id, house, receiver, S.REQUESTED)
    stranger = make_house(session, "Maison Voisine Exemple")

    assert count_all(cases_session(), asking_of(stranger.lead, Scope.ALL, now())) == dict.fromkeys(Queue, 0)


def test_every_page_holds_each_once(monkeypatch, house, receiver, case_id):
    monkeypatch.setattr(queues, "PER_PAGE", 2)
    made = {make_referral(case_id, house, receiver, S.REQUESTED) for _ in range(5)}
    asking, found = asking_of(receiver.lead, Scope.ALL, now()), []
    for page in (1, 2, 3):
        rows, more = list_rows(cases_session(), Queue.TO_ANSWER, asking, page)
        found += [row.referral.id for row in rows]
        assert more is (page < 3)

    assert len(found) == 5
    assert set(found) == made


def test_the_receiver_is_not_told_whose_file_it_is(app, session, house, receiver, case_id):
    make_referral(case_id, house, receiver, S.REQUESTED)
    sent = enter(app, session, house.worker).browser.get(f"{ADDRESS}?queue=waiting").text
    got = enter(app, session, receiver.worker).browser.get(ADDRESS).text

    assert "Merle Exemple" in sent
    assert "Merle Exemple" not in got
    assert "Maison Exemple" in got


def test_the_account_says_how_many_wait_and_leads_there(app, session, house, receiver, case_id):
    make_referral(case_id, house, receiver, S.REQUESTED)
    make_referral(case_id, house, receiver, S.IN_PROGRESS)
    make_referral(case_id, house, receiver, S.REQUESTED, due_at=now() - timedelta(hours=1))

    assert count_waiting_for(cases_session(), asking_of(receiver.worker, Scope.MINE, now())) == 2
    assert count_waiting_for(cases_session(), asking_of(house.worker, Scope.MINE, now())) == 1
    assert count_waiting_for(cases_session(), asking_of(house.deputy, Scope.MINE, now())) == 0
    assert ADDRESS in enter(app, session, receiver.worker).browser.get("/fr/account/").text


@pytest.mark.parametrize("role", OUTSIDERS)
def test_whoever_keeps_no_files_is_not_shown_queues(app, session, house, role):
    outsider = make_actor(session, house.id, "Dana Exemple", role)
    assert enter(app, session, outsider).browser.get(ADDRESS).status_code == 404


@pytest.mark.parametrize(
    "asked", ["?queue=x&of=y&page=-1", "?queue=&of=&page=99999999", "?queue=mine&page=²"]
)
def test_odd_addresses_show_the_first_queue(app, session, house, asked):
    assert enter(app, session, house.worker).browser.get(ADDRESS + asked).status_code == 200


def test_a_page_is_a_few_statements_however_many_rows(app, session, house, receiver, case_id):
    for _ in range(12):
        make_referral(case_id, house, receiver, S.REQUESTED)
    said = []
    engine = db.engines["cases"]
    sa.event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    cases_session().rollback()
    browser = enter(app, session, house.worker).browser
    said.clear()
    assert browser.get(f"{ADDRESS}?queue=waiting").status_code == 200

    about_queues = [each for each in said if "referral" in each and "FROM packet" not in each]
    assert len(about_queues) <= 3, said


def test_rows_say_which_side_one_stands_on(house, receiver, case_id):
    make_referral(case_id, house, receiver, S.REQUESTED)
    (row,), _ = list_rows(cases_session(), Queue.WAITING, asking_of(house.lead, Scope.ALL, now()), 1)

    assert (row.side, row.is_ours, row.other_id) == (Side.SENDER, False, receiver.id)
    assert isinstance(row.holder_id, uuid.UUID)
