from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from referral.catalogue.importing import import_catalogue
from referral.catalogue.models import Location, Revision, Service, Verification
from referral.catalogue.services import take_step
from referral.catalogue.trust import IllegalStepError, Method, Trust
from referral.shared.database import writing
from tests.catalogue.making import make_shelter, write_services

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
def service(session, tmp_path):
    """A shelter that an import brought."""
    with writing(session):
        import_catalogue(session, write_services(tmp_path, make_shelter()), "Exemple")
    return session.scalars(sa.select(Service)).one()


def take(session, service, wanted, method=Method.PHONE):
    with writing(session):
        return take_step(session, service, wanted, method, "Personne Exemple", "tout est juste", AT)


def test_step_keeps_who_how_when_and_with_what_outcome(session, service):
    step = take(session, service, Trust.VERIFIED)

    assert (step.from_trust, step.to_trust) == (Trust.SOURCED, Trust.VERIFIED)
    assert (step.actor, step.method, step.occurred_at) == ("Personne Exemple", Method.PHONE, AT)
    assert step.outcome == "tout est juste"


def test_step_is_a_revision_of_the_directory(session, service):
    take(session, service, Trust.SUSPENDED)

    assert service.revision == session.scalar(sa.select(sa.func.max(Revision.number))) == 2


def test_confirmation_is_dated_by_the_day_in_quebec(session, service):
    take(session, service, Trust.VERIFIED)

    assert service.assured_date == date(2026, 11, 23)


def test_contact_alone_confirms_nothing(session, service):
    take(session, service, Trust.CONTACTED)

    assert service.assured_date is None


def test_import_cannot_verify(session, service):
    with pytest.raises(IllegalStepError):
        take(session, service, Trust.VERIFIED, Method.IMPORT)

    session.refresh(service)
    assert service.trust is Trust.SOURCED
    assert len(session.scalars(sa.select(Verification)).all()) == 1


@pytest.mark.parametrize("table", ["verification", "revision"])
@pytest.mark.parametrize("order", ["UPDATE {} SET actor = 'Autre'", "DELETE FROM {}"])
def test_database_refuses_to_rewrite_history(session, service, table, order):
    connection = session.connection(bind_arguments={"mapper": Service})
    with pytest.raises(IntegrityError, match="append-only"):
        connection.execute(sa.text(order.format(table)))
    session.rollback()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("address_1", "1234, rue des Exemples"),
        ("postal_code", "H2X 1Y4"),
        ("municipality", "Montréal"),
        ("public_municipality", "Gaspé"),
        ("latitude", 45.5),
        ("longitude", -73.5),
    ],
)
def test_database_refuses_to_place_a_confidential_location(session, service, column, value):
    place = session.scalars(sa.select(Location)).one()
    setattr(place, column, value)
    if column in {"latitude", "longitude"}:
        place.latitude, place.longitude = 45.5, -73.5
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_database_refuses_half_a_point(session, service):
    place = session.scalars(sa.select(Location)).one()
    place.confidential, place.latitude = False, 45.5
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_database_refuses_a_small_municipality_as_large(session):
    connection = session.connection(bind_arguments={"mapper": Service})
    with pytest.raises(IntegrityError):
        connection.execute(
            sa.text(
                "INSERT INTO large_municipality (name, region_code, population) VALUES ('Gaspé', '11', 15000)"
            )
        )
    session.rollback()


def test_location_is_confidential_unless_said_otherwise(session, service):
    connection = session.connection(bind_arguments={"mapper": Service})
    connection.execute(
        sa.text(
            "INSERT INTO location (id, organization_id, location_type) "
            "SELECT service_id, organization_id, 'physical' FROM verification "
            "JOIN service ON service.id = verification.service_id"
        )
    )

    assert session.get_one(Location, service.id).confidential is True
    session.rollback()
