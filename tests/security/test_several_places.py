"""A service at two places, of which one must stay confidential."""

from __future__ import annotations

import uuid

import pytest

from referral.catalogue.models import Location, LocationType, ServiceAtLocation
from referral.edition.compilation import compile_listing
from referral.shared.bilingual import Bilingual
from tests.edition.conftest import Directory

OPEN = {
    "confidential": False,
    "region_code": "06",
    "municipality": "Exempleville",
    "address_1": "4321, rue des Oubliettes",
}
HIDDEN = {"confidential": True, "region_code": "06", "public_municipality": "Montréal"}


@pytest.fixture
def directory(session):
    return Directory(session)


@pytest.mark.parametrize("order", [(OPEN, HIDDEN), (HIDDEN, OPEN)], ids=["open first", "hidden first"])
def test_one_confidential_place_keeps_the_whole_listing_confidential(directory, order):
    service = directory.add(
        location=order[0], description=Bilingual("Accueil au 4321, rue des Oubliettes", None)
    )
    second = Location(
        id=uuid.uuid4(),
        organization_id=service.organization_id,
        location_type=LocationType.PHYSICAL,
        **order[1],
    )
    service.service_at_locations.append(ServiceAtLocation(location=second))
    directory.session.commit()

    listing, withheld = compile_listing(service)

    assert listing.confidential
    assert listing.place.address is None
    assert listing.description.fr is None
    assert withheld == 1
