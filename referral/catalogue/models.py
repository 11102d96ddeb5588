"""HSDS 3 entities as tables; names and meanings are the standard's."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from referral.catalogue.trust import Method, Trust
from referral.shared.bilingual import Bilingual
from referral.shared.database import DirectoryBase, Identified


class ServiceStatus(StrEnum):
    """HSDS ``service.status``."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class LocationType(StrEnum):
    """HSDS ``location_type``."""

    PHYSICAL = "physical"
    VIRTUAL = "virtual"


class PhoneType(StrEnum):
    """The kinds of HSDS ``phone.type`` that we hold."""

    VOICE = "voice"
    TEXT = "text"
    TEXTPHONE = "textphone"


class LanguageMode(StrEnum):
    """How a language is offered; staff who speak it are not an interpreter on request."""

    SPOKEN = "spoken"
    INTERPRETER = "interpreter"
    WRITTEN = "written"


class Answer(StrEnum):
    """Three answers: what nobody asked is unknown, never no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How good a source is: own page or government, directory, news, named only."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNVERIFIED = "unverified"


def bilingual(name: str) -> Mapped[Bilingual]:
    """Map two nullable columns, ``name_fr`` and ``name_en``, as one value."""
    return composite(
        Bilingual,
        mapped_column(f"{name}_fr", sa.Text, nullable=True),
        mapped_column(f"{name}_en", sa.Text, nullable=True),
    )


class Revision(DirectoryBase):
    """One change of the directory as a whole; an edition's number is the revision it shows."""

    __tablename__ = "revision"

    number: Mapped[int] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str]


class Organization(Identified, DirectoryBase):
    """A body that delivers services."""

    __tablename__ = "organization"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Bilingual] = bilingual("name")
    website: Mapped[str | None]
    website_scope: Mapped[str | None]
    email: Mapped[str | None]
    revision: Mapped[int] = mapped_column(index=True)

    services: Mapped[list[Service]] = relationship(
        back_populates="organization", foreign_keys="Service.organization_id"
    )


class Service(Identified, DirectoryBase):
    """Something that an organization offers to people who need it."""

    __tablename__ = "service"
    __table_args__ = (
        sa.CheckConstraint("name_fr IS NOT NULL OR name_en IS NOT NULL", name="named"),
        sa.CheckConstraint("minimum_age <= maximum_age", name="ages_in_order"),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    status: Mapped[ServiceStatus] = mapped_column(default=ServiceStatus.ACTIVE)
    trust: Mapped[Trust] = mapped_column(default=Trust.CANDIDATE, index=True)
    name: Mapped[Bilingual] = bilingual("name")
    description: Mapped[Bilingual] = bilingual("description")
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    always_open: Mapped[bool | None]
    hours: Mapped[Bilingual] = bilingual("hours")
    email: Mapped[str | None]
    website: Mapped[str | None]
    website_scope: Mapped[str | None]
    last_seen: Mapped[str | None]
    assured_date: Mapped[date | None]
    fallback_organization_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organization.id"))
    revision: Mapped[int] = mapped_column(index=True, doc="Directory revision in which it last changed.")
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization] = relationship(
        back_populates="services", foreign_keys=[organization_id]
    )
    fallback: Mapped[Organization | None] = relationship(foreign_keys=[fallback_organization_id])
    attributes: Mapped[list[Attribute]] = relationship(cascade="all, delete-orphan")
    phones: Mapped[list[Phone]] = relationship(cascade="all, delete-orphan", order_by="Phone.position")
    schedules: Mapped[list[Schedule]] = relationship(cascade="all, delete-orphan")
    closed_days: Mapped[list[ClosedDay]] = relationship(cascade="all, delete-orphan")
    languages: Mapped[list[Language]] = relationship(cascade="all, delete-orphan")
    service_areas: Mapped[list[ServiceArea]] = relationship(cascade="all, delete-orphan")
    eligibilities: Mapped[list[Eligibility]] = relationship(cascade="all, delete-orphan")
    cost_options: Mapped[list[CostOption]] = relationship(cascade="all, delete-orphan")
    required_documents: Mapped[list[RequiredDocument]] = relationship(cascade="all, delete-orphan")
    service_at_locations: Mapped[list[ServiceAtLocation]] = relationship(cascade="all, delete-orphan")
    sources: Mapped[list[FactSource]] = relationship(cascade="all, delete-orphan")
    verifications: Mapped[list[Verification]] = relationship(
        order_by="Verification.occurred_at", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}


class LargeMunicipality(DirectoryBase):
    """A municipality large enough to name without giving a confidential place away."""

    __tablename__ = "large_municipality"
    __table_args__ = (sa.CheckConstraint("population >= 50000", name="large"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(sa.String(2))
    population: Mapped[int]


class Location(Identified, DirectoryBase):
    """A place where services are offered; confidential unless said otherwise.

    A confidential location has no street, postal code, municipality or point: the database
    refuses them. It may name a large municipality, or only its region.
    """

    __tablename__ = "location"
    __table_args__ = (
        sa.CheckConstraint(
            "NOT confidential OR (address_1 IS NULL AND postal_code IS NULL AND municipality IS NULL "
            "AND latitude IS NULL AND longitude IS NULL)",
            name="confidential_is_nowhere",
        ),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point_is_whole"),
    )

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    location_type: Mapped[LocationType]
    confidential: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    disclosure_agreed_on: Mapped[date | None] = mapped_column(
        doc="When the organization agreed in writing that a shelter's address be shown."
    )
    public_municipality: Mapped[str | None] = mapped_column(sa.ForeignKey("large_municipality.name"))
    region_code: Mapped[str | None] = mapped_column(sa.String(2))
    municipality: Mapped[str | None]
    address_1: Mapped[str | None]
    postal_code: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    accessibilities: Mapped[list[Accessibility]] = relationship(cascade="all, delete-orphan")


class ServiceAtLocation(Identified, DirectoryBase):
    """A service offered at a place."""

    __tablename__ = "service_at_location"
    __table_args__ = (sa.UniqueConstraint("service_id", "location_id"),)

    service_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service.id", ondelete="CASCADE"))
    location_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("location.id"), index=True)

    location: Mapped[Location] = relationship()


class Accessibility(Identified, DirectoryBase):
    """Whether a place can be used by someone with a given need."""

    __tablename__ = "accessibility"

    location_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    feature: Mapped[str]
    answer: Mapped[Answer]


class OfService:
    """A row that belongs to one service and goes with it."""

    service_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service.id", ondelete="CASCADE"), index=True)


class Phone(Identified, OfService, DirectoryBase):
    """A number to call or to write to; E.164, or short as dialled."""

    __tablename__ = "phone"

    number: Mapped[str]
    type: Mapped[PhoneType]
    toll_free: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    description: Mapped[Bilingual] = bilingual("description")


class Schedule(Identified, OfService, DirectoryBase):
    """Weekly hours; ``byday`` is such as ``MO,TU``, a closing at or before the opening is next day's."""

    __tablename__ = "schedule"

    byday: Mapped[str]
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class ClosedDay(Identified, OfService, DirectoryBase):
    """A day on which a service is closed, whatever its week says."""

    __tablename__ = "closed_day"
    __table_args__ = (sa.UniqueConstraint("service_id", "day"),)

    day: Mapped[date]


class Language(Identified, OfService, DirectoryBase):
    """A language offered, and how."""

    __tablename__ = "language"
    __table_args__ = (sa.UniqueConstraint("service_id", "code", "mode"),)

    code: Mapped[str] = mapped_column(sa.String(3))
    mode: Mapped[LanguageMode]


class ServiceArea(Identified, OfService, DirectoryBase):
    """A territory served: a region (00 for all), narrowed to a municipality, or as the source words it."""

    __tablename__ = "service_area"

    region_code: Mapped[str | None] = mapped_column(sa.String(2))
    municipality: Mapped[str | None]
    name: Mapped[Bilingual] = bilingual("name")


class Eligibility(Identified, OfService, DirectoryBase):
    """One criterion of admission and its answer."""

    __tablename__ = "eligibility"
    __table_args__ = (sa.UniqueConstraint("service_id", "criterion"),)

    criterion: Mapped[str]
    answer: Mapped[Answer]


class CostOption(Identified, OfService, DirectoryBase):
    """What a service costs: ``option`` is a code of data/vocabulary."""

    __tablename__ = "cost_option"

    option: Mapped[str]
    amount: Mapped[int | None] = mapped_column(doc="Cents.")
    amount_description: Mapped[Bilingual] = bilingual("amount_description")


class RequiredDocument(Identified, OfService, DirectoryBase):
    """Something to bring."""

    __tablename__ = "required_document"

    document: Mapped[Bilingual] = bilingual("document")


class TaxonomyTerm(Identified, DirectoryBase):
    """A code of one of our vocabularies: category, clientele, referral route."""

    __tablename__ = "taxonomy_term"
    __table_args__ = (sa.UniqueConstraint("taxonomy", "code"),)

    taxonomy: Mapped[str]
    code: Mapped[str]
    name: Mapped[Bilingual] = bilingual("name")


class Attribute(Identified, OfService, DirectoryBase):
    """A term that describes a service."""

    __tablename__ = "attribute"
    __table_args__ = (sa.UniqueConstraint("service_id", "taxonomy_term_id"),)

    taxonomy_term_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("taxonomy_term.id"))

    taxonomy_term: Mapped[TaxonomyTerm] = relationship(lazy="joined")


class FactSource(Identified, OfService, DirectoryBase):
    """Where a fact comes from; ``fact`` names the columns it covers, ``date`` is as the source gives it."""

    __tablename__ = "fact_source"

    fact: Mapped[str]
    url: Mapped[str]
    date: Mapped[str | None]
    confidence: Mapped[Confidence]


class Verification(Identified, DirectoryBase):
    """A step on the ladder of trust: who, how, when, with what outcome. Written once, never changed."""

    __tablename__ = "verification"

    service_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service.id"), index=True)
    actor: Mapped[str]
    method: Mapped[Method]
    occurred_at: Mapped[datetime]
    from_trust: Mapped[Trust]
    to_trust: Mapped[Trust]
    outcome: Mapped[str]
