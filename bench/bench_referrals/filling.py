"""Fills the databases with referrals between fictional organizations, sealed as they would be."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.bench_cases.filling import Big
from bench.bench_cases.filling import store as store_files
from referral.access.policy import Role
from referral.intake.models import Case, Consent, Packet
from referral.intake.safe import Safe, open_safes, ring
from referral.intake.vocabulary import Capacity, CaseStatus, ConsentMode, Need, Urgency
from referral.keyring.models import Kind
from referral.keyring.services import Thing, make_data_key
from referral.referrals.asked import Asked, seal_asked
from referral.referrals.clocks import next_side
from referral.referrals.models import Referral, ReferralEvent, Via
from referral.referrals.status import ENDED, OPEN, ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, KEYS, cases_session, directory_session, keys_session, writing
from tests.intake.filing import make_actor, make_house

SEED = 20261124
AT_ONCE = 1_000
FILES = 10_000
HOUSES = ("Grande Maison Exemple", "Refuge Exemple", "Clinique Exemple", "Maison Voisine Exemple")
WORKERS = 12
S = ReferralStatus
STATUSES = (
    *(S.COMPLETED,) * 9,
    *(S.CANCELLED, S.CANCELLED, S.FAILED, S.REJECTED, S.REJECTED, S.DRAFT),
    *(S.REQUESTED, S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD),
)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """The organizations, the first of which is in most referrals."""

    houses: tuple[Big, ...]


def fill(count: int) -> Filled:
    """Store files and so many referrals of theirs."""
    chance = random.Random(SEED)  # noqa: S311 - the same people each time
    houses = []
    for name in HOUSES:
        house = make_house(directory_session(), name)
        more = (
            make_actor(directory_session(), house.id, f"Exemple {number}", Role.INTAKE_WORKER)
            for number in range(WORKERS)
        )
        houses.append(Big(house, (house.worker, house.deputy, *more)))
    for big, share in zip(houses, (0.55, 0.15, 0.15, 0.15), strict=True):
        left = round(FILES * share)
        while left:
            store_files(big, min(left, AT_ONCE), chance)
            left -= min(left, AT_ONCE)
    files = list_files()
    for _ in range(count // AT_ONCE):
        store(houses, files, chance)
    return Filled(tuple(houses))


def list_files() -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return the open files with their organizations."""
    chosen = (
        sa.select(Case.id, Case.organization_id).where(Case.status == CaseStatus.OPEN).order_by(Case.code)
    )
    found = [(row.id, row.organization_id) for row in cases_session().execute(chosen)]
    cases_session().rollback()
    return found


def store(houses: list[Big], files: list[tuple[uuid.UUID, uuid.UUID]], chance: random.Random) -> None:
    """Store some referrals: their keys first, as the application does."""
    at = now()
    chosen = [chance.choice(files) for _ in range(AT_ONCE)]
    things = [Thing(Kind.REFERRAL, uuid.UUID(int=chance.getrandbits(128)), place) for _, place in chosen]
    with writing(keys_session(), KEYS):
        keys = ring()
        safes = [Safe(thing.id, make_data_key(keys, thing, at)) for thing in things]
        keys_session().expunge_all()
    case_safes = open_safes({case_id for case_id, _ in chosen})
    rows = [
        row
        for safe, (case_id, place) in zip(safes, chosen, strict=True)
        for row in make_referral(safe, case_safes[case_id], parties(houses, place, chance), chance)
    ]
    with writing(cases_session(), CASES) as session:
        for table in (Consent, Packet, Referral, ReferralEvent):
            session.execute(sa.insert(table), [row for model, row in rows if model is table])


def parties(houses: list[Big], place: uuid.UUID, chance: random.Random) -> tuple[Big, Big]:
    """Return who sends and who is asked: the largest in most of what it does not send."""
    sender = next(each for each in houses if each.house.id == place)
    others = [each for each in houses if each is not sender]
    return sender, others[0] if chance.random() < 0.6 else chance.choice(others)


def make_referral(
    safe: Safe, case_safe: Safe, between: tuple[Big, Big], chance: random.Random
) -> Iterator[tuple[type, Row]]:
    """Make the rows of one referral that came to some status some time ago."""
    sender, receiver = between
    at, status = now(), chance.choice(STATUSES)
    since = at - timedelta(minutes=chance.randrange(60, 60 * 24 * 90))
    consent_id, packet_id = uuid.uuid4(), uuid.uuid4()
    owner = chance.choice(sender.people).user_id
    parties_of = {"case_id": case_safe.thing, "receiver_id": receiver.house.id}
    yield Consent, make_consent(case_safe, consent_id, owner, since) | parties_of
    yield (
        Packet,
        parties_of
        | {
            "id": packet_id,
            "consent_id": consent_id,
            "sender_id": sender.house.id,
            "sent_at": since,
            "sent_by": owner,
            "expires_at": at + timedelta(days=30),
            "is_elsewhere": True,
            "version": 1,
        },
    )
    is_open = status in OPEN
    yield (
        Referral,
        parties_of
        | {
            "id": safe.thing,
            "sender_id": sender.house.id,
            "by_call": False,
            "status": status,
            "urgency": chance.choice(list(Urgency)),
            "owner_id": owner,
            "handler_id": chance.choice((None, chance.choice(receiver.people).user_id)),
            "turn": next_side(status),
            "due_at": _due(at, chance) if is_open else None,
            "was_accepted": status in {S.ACCEPTED, S.IN_PROGRESS, S.COMPLETED},
            "consent_id": consent_id,
            "public_packet_id": packet_id,
            "created_at": since,
            "requested_at": since,
            "ended_at": at if status in ENDED else None,
            "sealed": seal_asked(safe, Asked(chance.choice(list(Need)), "06", "25-64")),
            "version": 1,
        },
    )
    for _ in range(chance.randrange(1, 4)):
        yield ReferralEvent, make_event(safe, status, since)


def _due(at: datetime, chance: random.Random) -> datetime:
    """Return a day: one in six is past, one in twelve is today."""
    return at + timedelta(minutes=chance.randrange(-2 * 24 * 60, 10 * 24 * 60))


def make_consent(safe: Safe, consent_id: uuid.UUID, by: object, at: datetime) -> Row:
    """Make the row of a consent that is in force."""
    return {
        "id": consent_id,
        "reading_id": uuid.uuid4(),
        "days": 90,
        "given_at": at,
        "expires_at": now() + timedelta(days=30),
        "mode": ConsentMode.SPOKEN,
        "capacity": Capacity.SELF,
        "language": "fr",
        "with_interpreter": False,
        "is_express": True,
        "notice_version": "1",
        "taken_by": by,
        "sealed": safe.seal(f"consent.{consent_id}", {"words": "Exemple"}),
        "version": 1,
    }


def make_event(safe: Safe, status: ReferralStatus, at: datetime) -> Row:
    """Make the row of a move."""
    event_id = uuid.uuid4()
    return {
        "id": event_id,
        "referral_id": safe.thing,
        "occurred_at": at,
        "side": Side.SENDER,
        "via": Via.ACCOUNT,
        "user_id": None,
        "from_status": S.DRAFT,
        "to_status": status,
        "sealed": safe.seal(f"event.{event_id}", {"note": "Exemple de note"}),
    }
