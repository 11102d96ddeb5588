from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.models import (
    Attribute,
    Location,
    LocationType,
    Organization,
    Phone,
    PhoneType,
    Revision,
    Service,
    ServiceArea,
    ServiceAtLocation,
    TaxonomyTerm,
)
from referral.catalogue.trust import Trust
from referral.edition.builder import Built, build_edition
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now


@dataclass
class Directory:
    """A directory under a test's hand: what is put in it is fictional."""

    session: Session
    terms: dict[tuple[str, str], TaxonomyTerm] = field(default_factory=dict)

    def revise(self) -> int:
        """Begin a new revision of the directory and return its number."""
        number = (self.session.scalar(sa.select(sa.func.max(Revision.number))) or 0) + 1
        self.session.add(Revision(number=number, occurred_at=now(), actor="Exemple", reason="test"))
        return number

    def term(self, taxonomy: str, code: str) -> TaxonomyTerm:
        """Return the one row of a code."""
        key = (taxonomy, code)
        if key not in self.terms:
            self.terms[key] = TaxonomyTerm(taxonomy=taxonomy, code=code, name=Bilingual(code, code))
        return self.terms[key]

    def add(
        self,
        name: str = "Service Exemple",
        trust: Trust = Trust.SOURCED,
        category: str = "legal_aid",
        location: dict[str, Any] | None = None,
        **columns: Any,
    ) -> Service:
        """Store a service with its organization, a phone, a territory and a place."""
        number = self.revise()
        columns.setdefault("description", Bilingual(None, None))
        organization = Organization(
            slug=f"org-{number}", name=Bilingual(f"Organisme Exemple {number}", None), revision=number
        )
        service = Service(
            slug=f"service-{number}",
            organization=organization,
            trust=trust,
            name=Bilingual(name, None),
            hours=Bilingual(None, None),
            revision=number,
            attributes=[Attribute(taxonomy_term=self.term("categories", category))],
            phones=[Phone(number="+15145550100", type=PhoneType.VOICE, description=Bilingual(None, None))],
            service_areas=[ServiceArea(region_code="06", name=Bilingual("Montréal", None))],
            **columns,
        )
        self.session.add(service)
        self.session.flush()
        if location is not None:
            place = Location(organization_id=organization.id, location_type=LocationType.PHYSICAL, **location)
            service.service_at_locations.append(ServiceAtLocation(location=place))
        self.session.commit()
        return service

    def change(self, service: Service, **columns: Any) -> None:
        """Change a service, in a revision of its own."""
        service.revision = self.revise()
        for column, value in columns.items():
            setattr(service, column, value)
        self.session.commit()


@pytest.fixture
def directory(session: Session) -> Directory:
    """An empty directory."""
    return Directory(session)


@pytest.fixture
def build(app, session: Session) -> Callable[..., Built]:
    """Return a function that publishes what the directory holds."""

    def build(published_from: str = "sourced", kept: int = 3) -> Built:
        return build_edition(session, app.config["EDITION_DIR"], published_from, kept)

    return build
