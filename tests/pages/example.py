"""A small fictional edition, and an application that has it and no database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from flask import Flask

from config import Config
from referral.app import create_app
from referral.catalogue.listing import (
    AreaServed,
    Listing,
    Opening,
    OrganizationCard,
    PhoneNumber,
    Place,
    Source,
    SpokenLanguage,
    Text,
)
from referral.edition.manifest import Manifest
from referral.edition.reader import READER
from referral.edition.store import OrganizationEntry
from referral.search.index import Index, build_index

SECRET_KEY = "a-key-for-tests-0123456789-abcdefghij"  # noqa: S105
BUILT_AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NAMESPACE = uuid.UUID("6f1f2f0e-6c5e-4a53-8d43-1c6d2b3c4d5e")
SOURCE = Source("service", "https://source.example/page", "2025-11", "high")


def id_of(slug: str) -> str:
    """Return the id that a slug always has."""
    return str(uuid.uuid5(NAMESPACE, slug))


def make_organization(slug: str = "exemple", **changes: Any) -> OrganizationCard:
    """Return a fictional organization."""
    given = {"id": id_of(slug), "name": Text(f"Organisme Exemple {slug}", f"Example organization {slug}")}
    return OrganizationCard(**(given | changes))


def make_listing(slug: str, **changes: Any) -> Listing:
    """Return a fictional listing: sourced, reachable, and of which little is known."""
    given: dict[str, Any] = {
        "id": id_of(slug),
        "slug": slug,
        "organization": make_organization(f"org-{slug}"),
        "name": Text(f"Service Exemple {slug}", f"Example service {slug}"),
        "description": Text("Une aide d'exemple.", "An example of help."),
        "trust": "sourced",
        "categories": ("legal_aid",),
        "clientele": ("anyone",),
        "phones": (PhoneNumber("+15145550123"),),
        "place": Place("public_area", "06"),
        "area": AreaServed(regions=("06",)),
        "sources": (SOURCE,),
    }
    return Listing(**(given | changes))


SHELTER = make_listing(
    "hebergement",
    name=Text("Maison d'hébergement Exemple", None),
    categories=("emergency_shelter", "domestic_violence"),
    clientele=("children", "women"),
    confidential=True,
    place=Place("public_area", "13", "Laval"),
    area=AreaServed(regions=("13",)),
    phones=(PhoneNumber("+14505550142"), PhoneNumber("+18005550142", toll_free=True)),
    always_open=True,
    minimum_age=18,
    languages=(SpokenLanguage("fr"), SpokenLanguage("es"), SpokenLanguage("ar", "interpreter")),
    eligibility={"accepts_children": "yes", "accepts_pets": "no", "accepts_men": "unknown"},
    cost="free",
    referral_routes=("self", "professional"),
    required_documents=(Text("Rien n'est exigé", "Nothing is required"),),
)
PROVINCIAL = make_listing(
    "ligne",
    name=Text("Ligne d'écoute Exemple", "Example helpline"),
    categories=("helpline",),
    area=AreaServed(everywhere=True),
    place=Place(),
    phones=(PhoneNumber("+18005550199", toll_free=True), PhoneNumber("535353", "text")),
    always_open=True,
)
OFFICE = make_listing(
    "bureau",
    name=Text("Clinique juridique Exemple", "Example legal clinic"),
    categories=("legal_aid", "immigration_legal"),
    place=Place("address", "06", "Montréal", "1000, rue de l'Exemple", "H2X 1X1", 45.51, -73.57),
    openings=(Opening(("MO", "TU", "WE", "TH", "FR"), time(8, 30), time(16, 30)),),
    trust="verified",
    assured_date=BUILT_AT.date(),
    website="https://clinique.example/",
    accessibility={"wheelchair": "yes"},
)
SILENT = make_listing(
    "sans-numero",
    name=Text("Réseau Exemple", "Example network"),
    categories=("transitional_housing",),
    phones=(),
    website="https://reseau.example/",
    sources=(),
    fallback=PROVINCIAL.organization,
)
NORTH = make_listing(
    "nord",
    categories=("youth",),
    place=Place("municipality", "09", "Sept-Îles", None, None, 50.2, -66.38),
    area=AreaServed(regions=("09",)),
)
MANY = tuple(make_listing(f"banque-{number:02}", categories=("food_clothing",)) for number in range(45))
LISTINGS = (SHELTER, PROVINCIAL, OFFICE, SILENT, NORTH, *MANY)


@dataclass
class ExampleEdition:
    """What a request reads of an edition, held in memory."""

    listings: tuple[Listing, ...]
    index: Index = field(init=False)
    manifest: Manifest = field(init=False)

    def __post_init__(self) -> None:
        self.index = build_index(self.listings)
        organizations = len({each.organization.id for each in self.listings})
        self.manifest = Manifest(
            number=1,
            built_at=BUILT_AT,
            published_from="sourced",
            services=len(self.listings),
            organizations=organizations,
            withheld=0,
            compiler="example",
            files={},
            digest="",
        )

    def current(self) -> ExampleEdition:
        """Stand for the reader as well."""
        return self

    def listing(self, position: int) -> Listing:
        """Return the listing at a position."""
        return self.listings[position]

    def position_of(self, service_id: uuid.UUID) -> int | None:
        """Return where a service stands."""
        ids = [each.id for each in self.listings]
        return ids.index(str(service_id)) if str(service_id) in ids else None

    def moved_to(self, _old_id: uuid.UUID) -> uuid.UUID | None:
        """Return where what became part of another is: nothing did."""

    def organization(self, organization_id: uuid.UUID) -> OrganizationEntry | None:
        """Return an organization with the positions of its listings."""
        positions = tuple(
            position
            for position, each in enumerate(self.listings)
            if each.organization.id == str(organization_id)
        )
        card = self.listings[positions[0]].organization if positions else None
        return OrganizationEntry(card, positions) if card else None


def make_app(folder: Path, edition: ExampleEdition | None) -> Flask:
    """Return an application without any database; without an edition too if none is given."""
    app = create_app(
        Config(SECRET_KEY=SECRET_KEY, EDITION_DIR=folder, SEALING_DIR=folder / "sealing", TESTING=True)
    )
    app.config["PROPAGATE_EXCEPTIONS"] = False
    if edition is not None:
        app.extensions[READER] = edition
    return app
