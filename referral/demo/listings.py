"""What a demonstration shows of keeping listings true: something waits on each of the vetters' pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.accounts.models import User
from referral.catalogue import changes
from referral.catalogue.change_models import Proposal, RoomState, ServiceCapacity, Via
from referral.catalogue.changes import Author
from referral.catalogue.listing import PhoneNumber, Text
from referral.catalogue.models import Service
from referral.catalogue.services import take_step
from referral.catalogue.trust import Method, Trust
from referral.evidence.kinds import FlagKind
from referral.evidence.models import ListingFlag
from referral.evidence.services import flag_listing
from referral.partners import applications, capacity, rounds
from referral.partners.application_forms import CRITERIA
from referral.partners.application_models import Application
from referral.partners.round_models import VerificationRound

SHELTER = "maison-exemple-de-l-aube--hebergement"
FOLLOW_UP = "maison-exemple-de-l-aube--suivi"
DAY_CENTRE = "refuge-exemple-du-fleuve--jour"
LEGAL = "clinique-juridique-exemple--information"
EDITOR = "alex.exemple"
LONG_AGO = timedelta(days=400)
APPLICATION: dict[str, Any] = {
    "name_fr": "Halte Exemple des Érables",
    "name_en": "Example Maples Drop-in",
    "service_fr": "Halte de jour Exemple",
    "service_en": "Example day drop-in",
    "description_fr": "Halte fictive, pour essayer.",
    "description_en": "A fictional drop-in, to try things out.",
    "categories": ["mental_health"],
    "clientele": ["anyone"],
    "region": "03",
    "phone": "418-555-0142",
    "email": "",
    "website": "",
    "hours_fr": "Du lundi au vendredi, de 9 h à 16 h",
    "hours_en": "Monday to Friday, 9 a.m. to 4 p.m.",
    "contact_name": "Noé Exemple",
    "contact_email": "boite@exemple.example",
    "contact_phone": "",
    "municipality": "Québec",
    "address": "",
    **{f"is_{code.replace('-', '_')}": "yes" for code in CRITERIA},
    **{f"why_{code.replace('-', '_')}": "" for code in CRITERIA},
}


def add_listings(session: Session, at: datetime) -> None:
    """Add proposals, a flag, room that was told, a round and an application, each where there is none."""
    for table, add in (
        (Proposal, add_proposals),
        (ListingFlag, add_flag),
        (ServiceCapacity, add_room),
        (VerificationRound, add_round),
        (Application, add_application),
    ):
        if session.scalar(sa.select(table).limit(1)) is None:
            add(session, at)


def find(session: Session, slug: str) -> Service:
    """Return a fictional service."""
    return session.scalars(sa.select(Service).where(Service.slug == slug)).one()


def editor_of(session: Session, service: Service) -> Author:
    """Return who keeps the listings of the house."""
    user = session.scalars(sa.select(User).where(User.username == EDITOR)).one()
    return Author(Actor(user.name, user_id=user.id, acting_for=service.organization_id), Via.ACCOUNT)


def add_proposals(session: Session, at: datetime) -> None:
    """Have a text change, and a number that waits for a call on the old one."""
    follow_up, shelter = find(session, FOLLOW_UP), find(session, SHELTER)
    words = Text(
        "Suivi fictif, maintenant aussi le samedi.", "Fictional follow-up, now on Saturdays as well."
    )
    author = editor_of(session, shelter)
    changes.propose(session, follow_up, {"description": words}, author, at, "Nouvel horaire")
    number = PhoneNumber("+14185550177", "voice")
    changes.propose(session, shelter, {"phones": (number,)}, author, at, "Nouvelle ligne")


def add_flag(session: Session, at: datetime) -> None:
    """Have a reader say that hours are wrong."""
    flag_listing(session, find(session, DAY_CENTRE).id, FlagKind.HOURS, "Fermé le lundi.", "fr", at)


def add_room(session: Session, at: datetime) -> None:
    """Have the house tell that there is room tonight."""
    shelter = find(session, SHELTER)
    capacity.tell_room(session, shelter, RoomState.ROOM, editor_of(session, shelter), at)


def add_round(session: Session, at: datetime) -> None:
    """Have a service that was confirmed long ago be due again."""
    service = find(session, LEGAL)
    take_step(session, service, Trust.VERIFIED, Method.PHONE, "Robin Exemple", "reached", at - LONG_AGO)
    session.flush()
    rounds.open_due(session, at, 5)


def add_application(session: Session, at: datetime) -> None:
    """Have an organization ask to be listed."""
    applications.submit(session, APPLICATION, "fr", at, confidential=False)
