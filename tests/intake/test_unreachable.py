"""The database of case files does not answer: their pages say so, and the rest stands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from referral.shared.database import CASES, cases_session, db
from tests.intake.filing import enter


@pytest.fixture
def silent(app, client, session, house):
    """A lead, signed in before the database of case files stopped answering."""
    person = enter(app, session, house.lead)
    cases_session().rollback()

    def fail(*_arguments):
        raise OperationalError("SELECT", {}, Exception("no answer"))

    sa.event.listen(db.engines[CASES], "before_cursor_execute", fail)
    yield person
    sa.event.remove(db.engines[CASES], "before_cursor_execute", fail)


@pytest.mark.parametrize("path", ["/fr/account/", "/fr/account/security"])
def test_the_account_stands_without_case_files(silent, path):
    assert silent.browser.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/fr/cases/", "/fr/cases/agreements", "/fr/cases/received"])
def test_a_page_of_files_says_that_they_cannot_be_read_now(silent, path):
    assert silent.browser.get(path).status_code == 503
