from __future__ import annotations

import pytest

from tests.intake.filing import make_case, make_house


@pytest.fixture
def house(session):
    """The organization that sends."""
    return make_house(session)


@pytest.fixture
def receiver(session, house):
    """The organization that is asked."""
    return make_house(session, "Refuge Exemple")


@pytest.fixture
def case_id(house):
    """A file of a plainly fictional person."""
    return make_case(house, {"nickname": "Merle Exemple", "needs": {"shelter": "need-now"}})
