from __future__ import annotations

import pytest

from tests.intake.filing import make_house


@pytest.fixture
def house(session):
    """An organization whose people keep files."""
    return make_house(session)
