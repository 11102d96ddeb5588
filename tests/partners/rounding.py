"""Organizations that answer letters, or not; a clock; and what a link of a letter opens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.accounts.models import Membership, User
from referral.catalogue.models import Organization, Service
from referral.catalogue.trust import Trust
from referral.mail.models import Outbox
from referral.mail.sealing import open_sealed
from referral.partners.round_models import Stage, VerificationRound
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import Directory

VETTER = Actor("Vivi Exemple", frozenset({(None, Role.VETTER)}), user_id=UUID(int=7))
LINK = re.compile(r"https?://[^/\s]+(/\S+)")


@dataclass
class Places:
    """Makes organizations with one listing each, confirmed so many months ago."""

    session: Session
    directory: Directory = field(init=False)

    def __post_init__(self) -> None:
        self.directory = Directory(self.session)

    def add(
        self,
        name: str = "Service Exemple",
        assured: date | None = None,
        email: str | None = "accueil@exemple.example",
        **columns: Any,
    ) -> Service:
        """Store a listing; without a day it was never confirmed."""
        self.session.rollback()
        trust = columns.pop("trust", Trust.VERIFIED if assured else Trust.SOURCED)
        service = self.directory.add(name, trust=trust, assured_date=assured, **columns)
        service.organization.email = email
        self.session.commit()
        return service

    def add_vetters(self, count: int = 1) -> None:
        """Have so many people who can call."""
        with writing(self.session):
            for number in range(count):
                user = User(username=f"vivi.{number}", name="Vivi Exemple", language="fr", created_at=now())
                user.memberships = [Membership(organization_id=None, role=Role.VETTER, created_at=now())]
                self.session.add(user)

    def round_of(self, service: Service) -> VerificationRound | None:
        """Return the latest round of a listing."""
        self.session.rollback()
        return self.session.scalars(
            sa.select(VerificationRound)
            .where(VerificationRound.service_id == service.id)
            .order_by(VerificationRound.opened_at.desc())
        ).first()

    def stage_of(self, service: Service) -> Stage | None:
        """Return where its latest round stands."""
        found = self.round_of(service)
        return found.stage if found else None

    def letters(self, kind: str | None = None) -> list[str]:
        """Return the letters that wait, as their readers see them."""
        self.session.rollback()
        rows = self.session.scalars(sa.select(Outbox).order_by(Outbox.created_at, Outbox.key))
        found = [(row.kind, open_sealed(row.sealed)) for row in rows]
        return [
            f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.body}"
            for each, letter in found
            if kind in {None, each}
        ]

    def organization(self, service: Service) -> Organization:
        """Return whose a listing is."""
        return self.session.get_one(Organization, service.organization_id)


def links_in(letter: str) -> list[str]:
    """Return the paths of the links of a letter, in order."""
    return LINK.findall(letter)


def day(at: datetime, days: int) -> datetime:
    """Return a moment so many days later."""
    return at + timedelta(days=days)
