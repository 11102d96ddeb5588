from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.access.policy import Actor
from referral.catalogue.change_models import Proposal, ServiceCapacity
from referral.catalogue.importing import import_catalogue
from referral.demo.accounts import mark_accounts
from referral.demo.seeding import seed
from referral.evidence.models import ListingFlag
from referral.partners.application_models import Application
from referral.partners.queue import QueueKind, Viewer, list_entries
from referral.partners.round_models import VerificationRound
from referral.shared.clock import now
from referral.shared.database import writing
from referral.shared.paths import DATA
from tests.intake.filing import make_master_key

TABLES = (Proposal, ListingFlag, ServiceCapacity, VerificationRound, Application)


@pytest.fixture
def demo(app, session, monkeypatch):
    """A demonstration that was filled."""
    monkeypatch.setitem(app.config, "DEMO", value=True)
    mark_accounts()
    make_master_key()
    with writing(session):
        import_catalogue(session, DATA / "demo", "Exemple")
    with writing(session):
        seed(session, now())
    return session


def counts(session):
    session.rollback()
    return [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES]


def test_a_demonstration_has_something_of_each_kind_that_waits(demo):
    assert counts(demo) == [2, 1, 1, 1, 1]
    kinds = {entry.kind for entry in list_entries(demo, Viewer(Actor("x"), now()))}
    assert {QueueKind.CALL_FIRST, QueueKind.CHANGE, QueueKind.APPLICATION, QueueKind.FLAG} <= kinds


def test_filling_it_again_adds_nothing(demo):
    before = counts(demo)
    with writing(demo):
        seed(demo, now())
    assert counts(demo) == before
