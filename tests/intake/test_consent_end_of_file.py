"""A consent written down, or sent under, at the very moment when the file ends."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.intake.models import Case, Consent, Packet
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CaseStatus
from referral.keyring.services import KeyDestroyedError
from referral.shared.database import cases_session
from tests.intake.filing import enter, make_case, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant
from tests.intake.test_consent_pages import said
from tests.intake.test_consent_race import post, run

OF_THE_END = {200, 303, 404, 409, 410, 422}
"""Whichever came first, whoever comes second is answered in a sentence."""


@pytest.fixture
def receiver(session, house):
    """Another organization, with which the first has an agreement."""
    other = make_house(session, "Refuge Exemple")
    make_agreement(house, other)
    return other


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def worker(app, session, client, house):
    """Somebody who keeps files, with the token of her forms."""
    person = enter(app, session, house.worker)
    return person, person.token()


@pytest.fixture
def lead(app, session, client, house):
    person = enter(app, session, house.lead)
    return person, person.token()


def rows(model):
    cases_session().rollback()
    return cases_session().scalars(sa.select(model)).all()


def test_a_consent_written_while_the_file_is_closed_is_there_or_is_refused(worker, lead, receiver, case_id):
    granted, closed = run(
        lambda: post(worker, f"/fr/cases/{case_id}/consents/new", **said(receiver)),
        lambda: post(lead, f"/fr/cases/{case_id}/close", reason="moved"),
    )

    assert {granted, closed} <= OF_THE_END
    assert [each.status for each in rows(Case)] == [CaseStatus.CLOSED]
    assert len(rows(Consent)) == (granted == 303)


def test_nothing_that_is_sent_while_the_file_is_destroyed_outlives_it(worker, lead, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    code = rows(Case)[0].code
    sent, granted, erased = run(
        lambda: post(worker, f"/fr/cases/{case_id}/consents/{consent_id}/send"),
        lambda: post(worker, f"/fr/cases/{case_id}/consents/new", **said(receiver)),
        lambda: post(lead, f"/fr/cases/{case_id}/rights/erase", code=code, sure="yes", do="erase"),
    )

    assert {sent, granted, erased} <= OF_THE_END
    assert [each.status for each in rows(Case)] == [CaseStatus.ERASED]
    assert (rows(Consent), rows(Packet)) == ([], [])
    with pytest.raises(KeyDestroyedError):
        open_safe(case_id)
