"""Files to test with: of plainly fictional people, on an application that has a master key."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.intake import agreements, cases
from referral.intake.answers import Given, save_answers
from referral.intake.held import Held
from referral.intake.models import Case
from referral.intake.safe import open_safe, ring
from referral.intake.vocabulary import Said
from referral.keyring.services import create_master, find_master
from referral.shared.clock import now
from referral.shared.database import CASES, KEYS, cases_session, keys_session, writing
from tests.security.people import Person, make_organization, make_user, sign_in


@dataclass
class House:
    """An organization with two people who keep files and one who leads."""

    id: uuid.UUID
    worker: Actor
    deputy: Actor
    lead: Actor


def make_master_key() -> None:
    """Make the master key, unless there is one."""
    if find_master(keys_session()) is None:
        with writing(keys_session(), KEYS):
            create_master(ring(), now())
    keys_session().rollback()


def make_house(session: Session, name: str = "Maison Exemple") -> House:
    """Store an organization and its people, and make sure that there is a master key."""
    make_master_key()
    place = make_organization(session, name)
    people = (
        ("Alex Exemple", Role.INTAKE_WORKER),
        ("Béa Exemple", Role.INTAKE_WORKER),
        ("Chloé Exemple", Role.ORGANIZATION_LEAD),
    )
    return House(place, *(make_actor(session, place, person, role) for person, role in people))


def make_actor(session: Session, place: uuid.UUID, name: str, role: Role) -> Actor:
    """Store somebody with one role and return her as the one who acts."""
    user = make_user(session, ((place, role),), name)
    return Actor(name, frozenset({(place, role)}), user.id, place)


def make_draft(house: House, answers: Mapping[str, Any] | None = None) -> uuid.UUID:
    """Store a file in draft with answers."""
    safe = cases.prepare(house.id, now())
    with writing(cases_session(), CASES) as session:
        held = cases.create_case(session, safe, house.worker, now())
        save_answers(held, {name: Given(Said.ANSWERED, value) for name, value in (answers or {}).items()})
        return held.case.id


def make_case(house: House, answers: Mapping[str, Any] | None = None) -> uuid.UUID:
    """Store an open file with answers; its next step is tomorrow."""
    case_id = make_draft(house, answers)
    with held_case(case_id, house.worker) as held:
        step = cases.Step(now().date() + timedelta(days=1), "Rappeler")
        cases.open_case(held, house.deputy.user_id, step)
    return case_id


class held_case:  # noqa: N801  # used as a context, as ``writing`` is
    """Hold a file as a view does, without a request."""

    def __init__(self, case_id: uuid.UUID, actor: Actor | None) -> None:
        self._case_id, self._actor = case_id, actor

    def __enter__(self) -> Held:
        safe = open_safe(self._case_id)
        self._writing = writing(cases_session(), CASES)
        session = self._writing.__enter__()
        case = session.get_one(Case, self._case_id, with_for_update=True, populate_existing=True)
        return Held(session, case, safe, self._actor, now())

    def __exit__(self, *error: Any) -> Any:
        return self._writing.__exit__(*error)


def enter(app: Flask, session: Session, actor: Actor) -> Person:
    """Give somebody a browser in which she is signed in."""
    from referral.accounts.models import User  # noqa: PLC0415

    return sign_in(app, session, session.get_one(User, actor.user_id))


def make_agreement(one: House, other: House) -> uuid.UUID:
    """Store an agreement between two houses that the leads of both have signed."""
    terms = agreements.Terms(other.id, frozenset(), "Direction")
    with writing(cases_session(), CASES) as session:
        made = agreements.propose(session, one.id, terms, one.lead, now())
        agreements.sign(session, made, "Direction", other.lead, now())
        return made.id
