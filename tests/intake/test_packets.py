from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from referral.intake import packet_lists, packets
from referral.intake.agreements import NoAgreementError, find_agreement, revoke
from referral.intake.answers import Given, save_answers
from referral.intake.consent import AvoidedError, ConsentMissingError
from referral.intake.consents import (
    NotInForceError,
    ReadingRefusedError,
    find_consent,
    grant,
    list_consents,
    read_told,
    withdraw,
)
from referral.intake.erasing import carry_out_soon
from referral.intake.models import Certificate, Consent, ConsentItem, PacketItem, PacketReading
from referral.intake.packets import NothingToSendError, NotReadableError, end_expired, recall
from referral.intake.safe import open_safe
from referral.intake.vocabulary import EndOfPacket, Item, Said
from referral.keyring.services import KeyDestroyedError
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import held_case, make_case, make_house
from tests.intake.granting import (
    ANSWERS,
    READING,
    find_grant,
    find_packet,
    make_agreement,
    make_grant,
    make_packet,
    read,
)

UNSENT = ("Merle Exemple", "Note Exemple", "met")


@pytest.fixture
def receiver(session, house):
    """Another organization, with which the first has an agreement."""
    other = make_house(session, "Refuge Exemple")
    make_agreement(house, other)
    return other


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


def test_one_reading_makes_one_grant_for_each_organization(house, receiver, case_id):
    other = uuid4()
    with held_case(case_id, house.worker) as held:
        made = grant(held, replace(READING, recipients=(receiver.id, other)), {})
        assert {each.receiver_id for each in made} == {receiver.id, other}
        assert len({each.reading_id for each in made}) == 1


def test_a_grant_ends_after_the_days_that_were_said(house, receiver, case_id):
    consent = find_grant(case_id, make_grant(house, case_id, receiver.id, days=7))

    assert consent.expires_at - consent.given_at == timedelta(days=7)


def test_why_and_with_which_words_is_sealed_and_read_again(house, receiver, case_id):
    consent = find_grant(case_id, make_grant(house, case_id, receiver.id, words="Sorbier-Exemple"))

    assert b"Sorbier" not in consent.sealed
    assert read_told(consent, open_safe(case_id)).words == "Sorbier-Exemple"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"recipients": ()}, "no-recipient"),
        ({"items": frozenset()}, "no-item"),
        ({"is_express": False}, "not-express"),
        ({"days": 91}, "days"),
        ({"days": 0}, "days"),
        ({"words": "a" * 301}, "too-long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_reading_that_says_too_little_or_too_much_makes_no_grant(house, receiver, case_id, changes, reason):
    reading = replace(READING, **{"recipients": (receiver.id,), **changes})
    with pytest.raises(ReadingRefusedError) as raised, held_case(case_id, house.worker) as held:
        grant(held, reading, {})

    assert raised.value.reason == reason
    assert list_consents(cases_session(), case_id) == []


def test_nothing_is_granted_to_ones_own_organization(house, case_id):
    with pytest.raises(ReadingRefusedError, match="own"), held_case(case_id, house.worker) as held:
        grant(held, replace(READING, recipients=(house.id,)), {})


def test_whom_she_wants_to_avoid_is_granted_nothing(house, receiver):
    case_id = make_case(house, {**ANSWERS, "organizations_to_avoid": [str(receiver.id)]})
    with pytest.raises(ReadingRefusedError) as raised, held_case(case_id, house.worker) as held:
        grant(held, replace(READING, recipients=(receiver.id,)), {})

    assert (raised.value.reason, raised.value.about) == ("to-avoid", receiver.id)


@pytest.mark.parametrize(
    ("regions", "is_refused"),
    [({"08"}, True), ({"08", "06"}, False), (set(), False)],
    ids=["only-there", "also-elsewhere", "not-known"],
)
def test_whoever_is_only_in_a_region_to_avoid_is_granted_nothing(
    house, receiver, case_id, regions, is_refused
):
    def ask():
        with held_case(case_id, house.worker) as held:
            grant(held, replace(READING, recipients=(receiver.id,)), {receiver.id: frozenset(regions)})

    if is_refused:
        with pytest.raises(ReadingRefusedError, match="region-to-avoid"):
            ask()
    else:
        ask()
        assert len(list_consents(cases_session(), case_id)) == 1


def test_what_was_granted_is_read_by_the_other_organization(house, receiver, case_id):
    items = (Item.NEEDS, Item.REGIONS)
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id), items)

    assert read(packet_id, receiver) == {
        Item.NEEDS: {"shelter": "need-now", "legal": "need-later"},
        Item.REGIONS: ANSWERS["regions"],
    }


def test_what_has_no_item_never_travels(house, receiver, case_id):
    sent = repr(read(make_packet(house, case_id, make_grant(house, case_id, receiver.id)), receiver))

    assert [word for word in UNSENT if word in sent] == []


def test_what_was_not_granted_is_not_sent(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id, items=frozenset({Item.REGIONS}))
    with pytest.raises(ConsentMissingError) as raised:
        make_packet(house, case_id, consent_id, (Item.REGIONS, Item.SAFE_CONTACT))

    assert raised.value.items == {Item.SAFE_CONTACT}


def test_the_consent_of_another_file_sends_nothing(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    other = make_case(house, ANSWERS)
    safe = packets.prepare(house.id, now())
    with pytest.raises(ConsentMissingError), held_case(other, house.worker) as held:
        packets.send_packet(held, held.session.get_one(Consent, consent_id), [Item.NEEDS], safe)


def test_without_an_agreement_nothing_is_sent(session, house, case_id):
    stranger = make_house(session, "Foyer Exemple")
    with pytest.raises(NoAgreementError):
        make_packet(house, case_id, make_grant(house, case_id, stranger.id))


def test_after_an_agreement_is_ended_nothing_more_is_sent(session, house, case_id):
    other = make_house(session, "Foyer Exemple")
    agreement_id = make_agreement(house, other)
    with writing(cases_session(), CASES) as written:
        agreement = find_agreement(written, agreement_id, other.id, lock=True)
        revoke(written, agreement, other.lead, now())

    with pytest.raises(NoAgreementError):
        make_packet(house, case_id, make_grant(house, case_id, other.id))


def avoid(house, case_id, name, value, version):
    with held_case(case_id, house.worker) as held:
        save_answers(held, {name: Given(Said.ANSWERED, value, version)})


@pytest.mark.parametrize("reason", ["to-avoid", "region-to-avoid"])
def test_whom_she_asks_to_avoid_after_she_consented_is_sent_nothing(house, receiver, case_id, reason):
    consent_id = make_grant(house, case_id, receiver.id)
    if reason == "to-avoid":
        avoid(house, case_id, "organizations_to_avoid", [str(receiver.id)], 0)
    else:
        avoid(house, case_id, "regions", {"avoid": ["08", "09"]}, 1)

    with pytest.raises(AvoidedError, match=f"^{reason}$"):
        make_packet(house, case_id, consent_id, regions=frozenset({"08"}))


def test_where_nothing_is_answered_nothing_is_sent(house, receiver):
    case_id = make_case(house)
    with pytest.raises(NothingToSendError):
        make_packet(house, case_id, make_grant(house, case_id, receiver.id))


def test_the_database_refuses_an_item_that_the_consent_does_not_hold(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id, items=frozenset({Item.REGIONS}))
    packet_id = make_packet(house, case_id, consent_id, (Item.REGIONS,))
    extra = PacketItem(packet_id=packet_id, item=Item.NEEDS, consent_id=consent_id, sealed=b"x")
    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.add(extra)


def test_the_database_refuses_an_item_under_the_consent_to_another(house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id), (Item.REGIONS,))
    other = make_grant(house, case_id, uuid4())
    extra = PacketItem(packet_id=packet_id, item=Item.NEEDS, consent_id=other, sealed=b"x")
    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.add(extra)


@pytest.mark.parametrize(
    "order",
    [
        "UPDATE consent_item SET item = 'needs'",
        "DELETE FROM consent_item",
        "UPDATE packet_item SET item = 'limits'",
        "DELETE FROM packet_item",
        "UPDATE consent SET days = 90",
        "DELETE FROM consent",
        "DELETE FROM packet_reading",
        "UPDATE packet_reading SET item = 'limits'",
    ],
)
def test_what_was_granted_sent_and_read_is_not_rewritten(house, receiver, case_id, order):
    items = frozenset({Item.REGIONS})
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id, items=items), items)
    read(packet_id, receiver)

    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.execute(sa.text(order))


def test_each_item_that_is_read_is_written_down(house, receiver, case_id):
    packet_id = make_packet(
        house, case_id, make_grant(house, case_id, receiver.id), (Item.NEEDS, Item.REGIONS)
    )
    read(packet_id, receiver)
    rows = cases_session().scalars(sa.select(PacketReading)).all()

    assert {(row.item, row.read_by) for row in rows} == {
        (Item.NEEDS, receiver.worker.user_id),
        (Item.REGIONS, receiver.worker.user_id),
    }


def end(house, case_id, consent_id):
    with held_case(case_id, house.deputy) as held:
        withdraw(held, find_consent(held.session, case_id, consent_id, lock=True), "phone")


def test_withdrawing_stops_reading_at_once_before_any_key_is_gone(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    packet_id = make_packet(house, case_id, consent_id)
    end(house, case_id, consent_id)

    with pytest.raises(NotReadableError) as raised:
        read(packet_id, receiver)
    assert raised.value.ended is EndOfPacket.WITHDRAWN


def test_withdrawing_destroys_what_was_sent_and_leaves_a_certificate_to_each_side(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    packet_id = make_packet(house, case_id, consent_id)
    end(house, case_id, consent_id)
    carry_out_soon()

    with pytest.raises(KeyDestroyedError):
        open_safe(packet_id)
    rows = cases_session().scalars(sa.select(Certificate).where(Certificate.subject_id == packet_id)).all()
    assert {row.organization_id for row in rows} == {house.id, receiver.id}
    assert all(row.completed_at for row in rows)
    assert cases_session().scalars(sa.select(PacketItem)).all() == []


def test_withdrawing_one_grant_leaves_the_others_of_its_reading(session, house, receiver, case_id):
    other = make_house(session, "Foyer Exemple")
    with held_case(case_id, house.worker) as held:
        made = grant(held, replace(READING, recipients=(receiver.id, other.id)), {})
        one, left = made[0].id, made[1].id
    end(house, case_id, one)

    assert find_grant(case_id, left).withdrawn_at is None


def test_a_grant_is_withdrawn_once(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    end(house, case_id, consent_id)

    with pytest.raises(NotInForceError):
        end(house, case_id, consent_id)


def test_what_was_read_before_stays_known_after_the_withdrawal(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    packet_id = make_packet(house, case_id, consent_id, (Item.NEEDS,))
    read(packet_id, receiver)
    end(house, case_id, consent_id)

    assert [each.item for each in packet_lists.list_readings(cases_session(), [packet_id])[packet_id]] == [
        Item.NEEDS
    ]


@pytest.mark.parametrize(("late", "is_read"), [(timedelta(seconds=-1), True), (timedelta(0), False)])
def test_what_was_sent_is_read_to_the_last_second_of_the_consent(house, receiver, case_id, late, is_read):
    packet = find_packet(make_packet(house, case_id, make_grant(house, case_id, receiver.id)))
    at = packet.expires_at + late
    if is_read:
        packets.check_readable(packet, packet.consent, at)
    else:
        with pytest.raises(NotReadableError, match="expired"):
            packets.check_readable(packet, packet.consent, at)


def test_what_ran_out_is_destroyed_by_itself(house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id, days=1))
    end_expired(now() + timedelta(days=1))

    assert find_packet(packet_id).ended is EndOfPacket.EXPIRED
    with pytest.raises(KeyDestroyedError):
        open_safe(packet_id)


def test_what_has_not_run_out_is_left_alone(house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id, days=2))
    end_expired(now() + timedelta(days=1))

    assert find_packet(packet_id).ended is None


def test_the_sender_can_take_back_what_was_sent(house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id))
    with held_case(case_id, house.worker) as held:
        recall(held, packets.find_packet(held.session, packet_id, lock=True))

    with pytest.raises(NotReadableError, match="recalled"):
        read(packet_id, receiver)


def test_a_change_of_the_file_changes_nothing_of_what_was_sent(house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id), (Item.REGIONS,))
    with held_case(case_id, house.worker) as held:
        save_answers(held, {"regions": Given(Said.ANSWERED, {"now": "01"}, 1)})

    assert read(packet_id, receiver) == {Item.REGIONS: ANSWERS["regions"]}


def test_the_items_of_a_consent_are_stored_one_by_one(house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id, items=frozenset({Item.NEEDS, Item.LIMITS}))
    rows = cases_session().scalars(sa.select(ConsentItem.item).where(ConsentItem.consent_id == consent_id))

    assert set(rows) == {Item.NEEDS, Item.LIMITS}
