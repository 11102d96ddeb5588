"""What a demonstration shows of case files: some of one house, of plainly fictional people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.accounts.models import User
from referral.catalogue.organizations import find_by_slug
from referral.demo.people import CENTRE, HOUSE
from referral.intake import agreements, cases, packets
from referral.intake.agreement_terms import Aggregate
from referral.intake.agreements import Terms
from referral.intake.answers import Given, save_answers
from referral.intake.cases import Step
from referral.intake.consent_words import SCRIPT_VERSION
from referral.intake.consents import Reading, grant
from referral.intake.follow_ups import day_of
from referral.intake.held import Held
from referral.intake.life import close_case
from referral.intake.models import Case
from referral.intake.notices import NOTICE_VERSION
from referral.intake.safe import open_safe
from referral.intake.vocabulary import Closure, ConsentMode, Item, Purpose, Said
from referral.shared.database import CASES, cases_session, writing

WORKER, LEAD, COLLEAGUE = "sacha.exemple", "camille.exemple", "andrea.exemple"
NOTICE = {"version": NOTICE_VERSION, "language": "fr"}
READING = Reading(
    (), frozenset(Item), Purpose.SHELTER, ConsentMode.SPOKEN, "fr", SCRIPT_VERSION, is_express=True
)
FILES: tuple[tuple[dict[str, Any], int, str], ...] = (
    (
        {
            "notice": NOTICE,
            "nickname": "Merle Exemple",
            "age_band": "25-64",
            "languages": {"spoken": ["es", "fr"], "interpreter": True},
            "urgency": {"level": "u2", "reason": "Ne peut pas rentrer ce soir"},
            "needs": {"shelter": "need-now", "legal": "need-later", "health": "met", "family": "need-now"},
            "limits": {"gender": "woman", "children": 2, "children_ages": "4 et 7 ans", "flags": ["pets"]},
            "regions": {"now": "06", "wanted": ["06", "13"], "avoid": ["16"]},
            "safe_contact": {
                "channel": "phone",
                "detail": "514 555-0142",
                "ask_for": "Merle",
                "from": "09:00",
                "to": "15:00",
                "voicemail": False,
                "words": "C’est la bibliothèque",
            },
            "follow_up": ["48-hours", "7-days"],
        },
        0,
        "Appeler pour une place ce soir",
    ),
    (
        {
            "notice": NOTICE,
            "nickname": "Grive Exemple",
            "age_band": "18-24",
            "urgency": {"level": "u3", "reason": "Hébergée chez une amie jusqu’à la fin du mois"},
            "needs": {"immigration": "need-now", "income": "need-later", "papers": "in-progress"},
            "limits": {"gender": "woman", "flags": ["no-papers", "no-health-card"]},
            "regions": {"now": "06"},
            "safe_contact": {
                "channel": "through-someone",
                "detail": "L’amie, au travail",
                "voicemail": False,
            },
        },
        -2,
        "Prendre rendez-vous avec une avocate",
    ),
    (
        {
            "notice": NOTICE,
            "nickname": "Sittelle Exemple",
            "age_band": "14-17",
            "urgency": {"level": "u4", "reason": "Suivi prévu avec son intervenante"},
            "needs": {"mental-health": "need-now", "education": "need-later"},
            "regions": {"now": "03"},
        },
        5,
        "Rencontre à la maison des jeunes",
    ),
)
DRAFT = {"nickname": "Pinson Exemple", "age_band": "25-64"}
SENT = {
    "nickname": "Roselin Exemple",
    "age_band": "25-64",
    "needs": {"shelter": "need-now"},
    "regions": {"now": "13", "wanted": ["06"]},
    "urgency": {"level": "u3", "reason": "Son bail finit vendredi"},
    "languages": {"spoken": ["en"], "interpreter": False},
}


def add_files(session: Session, at: datetime) -> None:
    """Add files where there is none yet; a demonstration without their databases has none."""
    if (
        current_app.config["CASES_URL"] is None
        or cases_session().scalars(sa.select(Case.id).limit(1)).first()
    ):
        return
    house, centre = find_by_slug(session, HOUSE), find_by_slug(session, CENTRE)
    if house is None or centre is None:
        return
    people = {row.username: row for row in session.scalars(sa.select(User))}
    worker = act_as(people[WORKER], house.id, Role.INTAKE_WORKER)
    lead = act_as(people[LEAD], house.id, Role.ORGANIZATION_LEAD)
    other = act_as(people[COLLEAGUE], centre.id, Role.ORGANIZATION_LEAD)
    sign_both(lead, other, at - timedelta(days=10))
    for number, (answers, days, text) in enumerate(FILES):
        case_id = begin(
            worker,
            answers,
            at - timedelta(days=6 - number),
            people[COLLEAGUE].id,
            Step(day_of(at) + timedelta(days=days), text),
        )
        if number == 0:
            share(worker, case_id, centre.id, at)
    begin(worker, DRAFT, at)
    closed = begin(
        worker,
        {"nickname": "Geai Exemple"},
        at - timedelta(days=90),
        people[COLLEAGUE].id,
        Step(day_of(at), "Fermer"),
    )
    with hold(worker, closed, at - timedelta(days=20)) as held:
        close_case(held, Closure.GOALS_MET, "", 24)
    share(other, begin(other, SENT, at), house.id, at)


def act_as(user: User, place: UUID, role: Role) -> Actor:
    """Return somebody with one role, acting for its organization."""
    return Actor(user.name, frozenset({(place, role)}), user.id, place)


def sign_both(lead: Actor, other: Actor, at: datetime) -> None:
    """Have two leads sign an agreement."""
    if lead.acting_for is None or other.acting_for is None:
        return
    with writing(cases_session(), CASES) as session:
        terms = Terms(other.acting_for, frozenset(Aggregate), lead.name)
        made = agreements.propose(session, lead.acting_for, terms, lead, at)
        agreements.sign(session, made, other.name, other, at)


def begin(
    actor: Actor,
    answers: Mapping[str, Any],
    at: datetime,
    deputy: UUID | None = None,
    step: Step | None = None,
) -> UUID:
    """Begin a file, and open it where it has a deputy and a next step."""
    if actor.acting_for is None:
        raise cases.IllegalStepError
    safe = cases.prepare(actor.acting_for, at)
    with writing(cases_session(), CASES) as session:
        held = cases.create_case(session, safe, actor, at)
        save_answers(held, {name: Given(Said.ANSWERED, value) for name, value in answers.items()})
        if deputy is not None:
            cases.open_case(held, deputy, step)
        return held.case.id


@contextmanager
def hold(actor: Actor, case_id: UUID, at: datetime) -> Iterator[Held]:
    """Hold a file, as a view does."""
    safe = open_safe(case_id)
    with writing(cases_session(), CASES) as session:
        yield Held(session, session.get_one(Case, case_id), safe, actor, at)


def share(actor: Actor, case_id: UUID, receiver_id: UUID, at: datetime) -> None:
    """Write a consent down and send what it allows."""
    if actor.acting_for is None:
        return
    safe = packets.prepare(actor.acting_for, at)
    with hold(actor, case_id, at) as held:
        consent = grant(held, replace(READING, recipients=(receiver_id,)), {})[0]
        packets.send_packet(held, consent, consent.scope, safe)
