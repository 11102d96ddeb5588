"""Fills the three databases with files of fictional people, sealed as the application seals them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from referral.access.policy import Actor, Role
from referral.intake.answers import place_of
from referral.intake.cases import make_code
from referral.intake.follow_up_days import AFTER
from referral.intake.models import Answer, Case, CaseEvent, FollowUp
from referral.intake.questions import check_value
from referral.intake.safe import Safe, ring
from referral.intake.vocabulary import CaseEventKind, CaseStatus, FollowUpKind, FollowUpStatus, Need, Urgency
from referral.keyring.models import Kind
from referral.keyring.services import Thing, make_data_key
from referral.shared.clock import now
from referral.shared.database import CASES, KEYS, cases_session, directory_session, keys_session, writing
from tests.intake.filing import House, make_actor, make_house

SEED = 20261124
AT_ONCE = 1_000
SHARES = (("Grande Maison Exemple", 0.85), ("Petite Maison Exemple", 0.1), ("Maison Voisine Exemple", 0.05))
WORKERS = 12
STATUSES = (CaseStatus.OPEN,) * 7 + (CaseStatus.DRAFT,) + (CaseStatus.CLOSED,) * 2
BIRDS = (
    *("mésange", "sorbier", "érable", "bouleau", "martre", "perdrix", "saule"),
    *("huard", "renard", "tamia", "geai", "lièvre", "lynx", "merle"),
)
STATES = ("need-now", "need-later", "in-progress", "met", "declined", "no-need")
FOLLOWED = (FollowUpKind.DAYS_7, FollowUpKind.DAYS_30)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Big:
    """The organization that keeps most files: its people, and some of its open files."""

    house: House
    people: tuple[Actor, ...]


def fill(count: int) -> Big:
    """Store files of several organizations; return the one that keeps most."""
    chance = random.Random(SEED)  # noqa: S311 - the same people each time
    made = []
    for name, share in SHARES:
        house = make_house(directory_session(), name)
        more = (
            make_actor(directory_session(), house.id, f"Exemple {number}", Role.INTAKE_WORKER)
            for number in range(WORKERS)
        )
        big = Big(house, (house.worker, house.deputy, *more))
        made.append(big)
        left = round(count * share)
        while left:
            store(big, min(left, AT_ONCE), chance)
            left -= min(left, AT_ONCE)
    return made[0]


def store(big: Big, count: int, chance: random.Random) -> None:
    """Store some files: their keys first, as the application does."""
    at = now()
    things = [Thing(Kind.CASE, uuid.UUID(int=chance.getrandbits(128)), big.house.id) for _ in range(count)]
    with writing(keys_session(), KEYS):
        keys = ring()
        safes = [Safe(thing.id, make_data_key(keys, thing, at)) for thing in things]
        keys_session().expunge_all()
    files = [list(make_file(safe, big, chance, at)) for safe in safes]
    with writing(cases_session(), CASES) as session:
        for table in (Case, Answer, CaseEvent, FollowUp):
            rows = [row for rows in files for model, row in rows if model is table]
            session.execute(sa.insert(table), rows)


def make_file(safe: Safe, big: Big, chance: random.Random, at: datetime) -> Iterator[tuple[type, Row]]:
    """Make the rows of one file."""
    owner, deputy = (each.user_id for each in chance.sample(big.people, 2))
    status, since = chance.choice(STATUSES), at - timedelta(days=chance.randrange(1, 200))
    is_open = status is not CaseStatus.DRAFT
    urgency = chance.choice((None, *Urgency))
    yield (
        Case,
        {
            "id": safe.thing,
            "code": make_code(),
            "organization_id": big.house.id,
            "owner_id": owner,
            "deputy_id": deputy if is_open else None,
            "status": status,
            "urgency": urgency,
            "next_step_on": at.date() + timedelta(days=chance.randrange(-10, 40)) if is_open else None,
            "next_step_sealed": safe.seal("next_step", "Rappeler le centre Exemple") if is_open else None,
            "created_at": since,
            "opened_at": since if is_open else None,
            "updated_at": since,
            "closed_at": at - timedelta(hours=chance.randrange(1, 900)) if status == "closed" else None,
            "version": 1,
        },
    )
    for name, value in make_answers(urgency, chance):
        yield Answer, make_answer(safe, name, value, owner, since)
    for kind in chance.choices(list(CaseEventKind), k=chance.randrange(3, 30)):
        yield CaseEvent, make_event(safe, kind, owner, since)
    for kind in FOLLOWED if status is CaseStatus.OPEN else ():
        due_on = at.date() + timedelta(days=chance.randrange(-5, AFTER[kind].days))
        planned = {"due_on": due_on, "status": FollowUpStatus.PLANNED, "version": 1}
        yield FollowUp, {"id": uuid.uuid4(), "case_id": safe.thing, "kind": kind, **planned}


def make_answers(urgency: Urgency | None, chance: random.Random) -> Iterable[tuple[str, Any]]:
    """Make what somebody fictional may have answered."""
    needs = {need.value: chance.choice(STATES) for need in chance.sample(list(Need), 7)}
    regions = [f"{number:02}" for number in chance.sample(range(1, 18), 3)]
    given = {
        "nickname": f"{chance.choice(BIRDS)} {chance.choice(BIRDS)} {chance.randrange(100)}",
        "age_band": chance.choice(("14-17", "18-24", "25-64", "25-64")),
        "languages": {"spoken": chance.sample(["fr", "en", "es", "ar", "ht"], 2), "interpreter": False},
        "safe_contact": {"channel": "phone", "detail": "514 555-0142", "voicemail": False},
        "needs": needs,
        "limits": {"gender": "woman", "children": chance.randrange(4), "flags": ["pets"]},
        "regions": {"now": regions[0], "wanted": [regions[1]], "avoid": [regions[2]]},
        "note": "Préfère parler en marchant. " * chance.randrange(1, 10),
    }
    if urgency is not None:
        given["urgency"] = {"level": urgency.value, "reason": "Exemple de raison"}
    return given.items()


def make_answer(safe: Safe, name: str, value: Any, by: object, at: datetime) -> Row:
    """Make the row of an answer, refused where the application would refuse it."""
    check_value(name, value)
    sealed = safe.seal(place_of(name), {"said": "answered", "value": value})
    when = {"version": 1, "changed_at": at, "changed_by": by}
    return {"case_id": safe.thing, "name": name, "sealed": sealed, **when}


def make_event(safe: Safe, kind: CaseEventKind, by: object, at: datetime) -> Row:
    """Make the row of a line of the timeline that says no more than its kind."""
    when = {"occurred_at": at, "user_id": by, "sealed": None}
    return {"id": uuid.uuid4(), "case_id": safe.thing, "kind": kind, **when}
