"""People at the same moment: some read, one sends, one withdraws."""

from __future__ import annotations

import threading
from time import monotonic

import pytest
import sqlalchemy as sa

from referral.intake.models import Consent, Packet, PacketReading
from referral.intake.vocabulary import Item
from referral.shared.database import cases_session
from tests.intake.filing import enter, make_case, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant, make_packet

TRIES = 12


@pytest.fixture
def receiver(session, house):
    """Another organization, with which the first has an agreement."""
    other = make_house(session, "Refuge Exemple")
    make_agreement(house, other)
    return other


@pytest.fixture
def granted(house, receiver):
    """A file and a consent to the other organization."""
    case_id = make_case(house, ANSWERS)
    return case_id, make_grant(house, case_id, receiver.id)


def rows(model):
    cases_session().rollback()
    return cases_session().scalars(sa.select(model)).all()


def run(*acts):
    """Do several things at once; return what each answered."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def do(place, act):
        barrier.wait()
        found[place] = act()

    threads = [threading.Thread(target=do, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def keepers(app, session, client, house):
    """Two of those who keep the file, each with a browser and the token of its forms."""
    people = [enter(app, session, each) for each in (house.worker, house.deputy)]
    return [(person, person.token()) for person in people]


@pytest.fixture
def readers(app, session, client, receiver):
    """The browsers of two who read what the other organization receives."""
    return [enter(app, session, each).browser for each in (receiver.worker, receiver.deputy)]


def post(keeper, path, **fields):
    person, token = keeper
    return person.browser.post(path, data={"csrf_token": token, **fields}).status_code


def test_once_a_withdrawal_is_answered_nobody_reads_and_what_was_read_is_all_written_down(
    keepers, readers, granted, house
):
    packet_id = make_packet(house, *granted, (Item.REGIONS,))
    path, answered = f"/fr/cases/received/{packet_id}", []

    def look(browser):
        return [(monotonic(), browser.get(path).status_code) for _try in range(TRIES)]

    def withdraw():
        status = post(keepers[0], f"/fr/cases/{granted[0]}/consents/{granted[1]}/withdraw", way="phone")
        answered.append(monotonic())
        return status

    *looks, status = run(*(lambda each=each: look(each) for each in readers), withdraw)

    seen = [each for look in looks for each in look]
    assert status == 303
    assert all(code == 410 for at, code in seen if at > answered[0])
    assert {code for _at, code in seen} <= {200, 410}
    assert len(rows(PacketReading)) == sum(code == 200 for _at, code in seen)


def test_two_who_withdraw_at_once_end_it_once(keepers, house, granted):
    make_packet(house, *granted, (Item.REGIONS,))
    path = f"/fr/cases/{granted[0]}/consents/{granted[1]}/withdraw"
    answers = run(*(lambda each=each: post(each, path, way="phone") for each in keepers))

    assert answers == [303, 303]
    assert [each.withdrawn_by is not None for each in rows(Consent)] == [True]


def test_two_who_send_at_once_send_it_once(keepers, receiver, granted):
    path = f"/fr/cases/{granted[0]}/consents/{granted[1]}/send"
    answers = run(*(lambda each=each: post(each, path) for each in keepers))

    assert answers == [303, 303]
    assert len(rows(Packet)) == 1


def test_what_is_sent_while_it_is_withdrawn_is_never_left_to_be_read(keepers, receiver, granted):
    base = f"/fr/cases/{granted[0]}/consents/{granted[1]}"
    run(
        lambda: post(keepers[0], f"{base}/send"),
        lambda: post(keepers[1], f"{base}/withdraw", way="phone"),
    )

    assert [each.withdrawn_at is not None for each in rows(Consent)] == [True]
    assert all(each.ended is not None for each in rows(Packet))
