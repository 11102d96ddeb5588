"""Who reads what was sent, and until when: every state by every moment, every role by every organization."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.intake import packets, received_views
from referral.intake.consents import find_consent, withdraw
from referral.intake.models import Packet, PacketReading
from referral.intake.packets import NotReadableError, check_readable, end_expired, recall
from referral.intake.vocabulary import EndOfPacket, Item
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, held_case, make_actor, make_case, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant, make_packet

GIVEN = datetime(2026, 11, 1, 12, tzinfo=UTC)
ENDS = GIVEN + timedelta(days=30)
SECOND = timedelta(seconds=1)
MOMENTS = (GIVEN - SECOND, GIVEN, GIVEN + timedelta(days=1), ENDS - SECOND, ENDS, ENDS + SECOND)
WITHDRAWN = (None, GIVEN, GIVEN + timedelta(days=1), ENDS - SECOND)


@dataclass
class Sent:
    """A consent and what was sent under it, as far as the rule looks."""

    withdrawn_at: datetime | None
    ended: EndOfPacket | None
    given_at: datetime = GIVEN
    expires_at: datetime = ENDS
    receiver_id: None = None
    scope: frozenset = field(default_factory=frozenset)


@pytest.mark.parametrize(
    ("at", "withdrawn_at", "ended"), [*product(MOMENTS, WITHDRAWN, (None, *EndOfPacket))]
)
def test_it_is_read_from_the_consent_to_its_end_and_no_second_longer(at, withdrawn_at, ended):
    sent = Sent(withdrawn_at, ended)
    try:
        check_readable(sent, sent, at)
    except NotReadableError:
        is_read = False
    else:
        is_read = True

    holds = GIVEN <= at < (ENDS if withdrawn_at is None else withdrawn_at)
    assert is_read == (holds and ended is None)


@pytest.fixture
def receiver(session, house):
    """Another organization, with which the first has an agreement."""
    other = make_house(session, "Refuge Exemple")
    make_agreement(house, other)
    return other


@pytest.fixture
def sent(house, receiver):
    """What was sent, with the file and the consent that it comes from."""
    case_id = make_case(house, ANSWERS)
    consent_id = make_grant(house, case_id, receiver.id)
    return case_id, consent_id, make_packet(house, case_id, consent_id, (Item.REGIONS, Item.LIMITS))


@pytest.fixture
def everybody(app, session, client, house, receiver):
    """Somebody of each role in each organization, with whether she may read what the second received."""
    stranger = make_house(session, "Foyer Exemple")
    readers = dict.fromkeys((receiver.worker, receiver.deputy, receiver.lead), True)
    roles = [*product((house.id, receiver.id, stranger.id), (Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER))]
    roles += [(None, role) for role in (Role.VETTER, Role.OPERATOR, Role.PRIVACY_OFFICER)]
    others = [make_actor(session, place, "Dom Exemple", role) for place, role in roles]
    others += [house.worker, house.lead, stranger.worker, stranger.lead]
    people = readers | dict.fromkeys(others, False)
    return [(enter(app, session, actor), may) for actor, may in people.items()]


def leave(_sent, _house):
    """Let it stand."""


def run_out(sent, _house):
    """Let its time pass, and the scheduled command with it."""
    end_expired(now() + timedelta(days=31))


def withdraw_it(sent, house):
    """Have the person change her mind."""
    with held_case(sent[0], house.deputy) as held:
        withdraw(held, find_consent(held.session, sent[0], sent[1], lock=True), "phone")


def take_back(sent, house):
    """Have the sender take it back."""
    with held_case(sent[0], house.worker) as held:
        recall(held, packets.find_packet(held.session, sent[2], lock=True))


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    ("happens", "status"), [(leave, 200), (run_out, 410), (withdraw_it, 410), (take_back, 410)]
)
def test_each_role_of_each_organization_sees_what_it_may(everybody, house, sent, happens, status):
    happens(sent, house)
    path = f"/fr/cases/received/{sent[2]}"
    answers = [(person.browser.get(path), may) for person, may in everybody]

    assert [answer.status_code for answer, _may in answers] == [status if may else 404 for _a, may in answers]
    told = ["Laval" in answer.text for answer, _may in answers]
    assert told == [may and status == 200 for _answer, may in answers]


def test_whoever_may_not_read_leaves_no_reading(everybody, sent):
    for person, may in everybody:
        if not may:
            person.browser.get(f"/fr/cases/received/{sent[2]}")

    assert cases_session().scalars(sa.select(PacketReading)).all() == []


@pytest.fixture
def clock(monkeypatch):
    """The moment at which a page is asked for, in a test's hand."""
    moment = {"at": now()}
    monkeypatch.setattr(received_views, "now", lambda: moment["at"])
    return moment


@pytest.mark.parametrize(("late", "status"), [(-SECOND, 200), (timedelta(0), 410), (SECOND, 410)])
def test_a_page_that_was_open_at_the_end_shows_nothing_when_asked_for_again(
    everybody, sent, clock, late, status
):
    reader, path = everybody[0][0], f"/fr/cases/received/{sent[2]}"
    assert reader.browser.get(path).status_code == 200
    clock["at"] = cases_session().get_one(Packet, sent[2]).expires_at + late

    assert reader.browser.get(path).status_code == status


def test_the_list_of_what_was_received_shows_no_answer(everybody, sent):
    page = everybody[0][0].browser.get("/fr/cases/received")

    assert page.status_code == 200
    assert "Laval" not in page.text
