"""The database of case files does not answer: their pages say so, and the rest stands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from referral.accounts.models import User
from referral.intake.models import Case
from referral.shared.database import CASES, cases_session, db
from tests.intake.filing import enter, make_case


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


@pytest.fixture
def without_keys(app, house):
    """An installation whose master key is not where it is read; the house has a file."""
    case_id = make_case(house)
    kept = {path: path.read_bytes() for path in app.config["MASTER_KEY_DIR"].glob("*.key")}
    for path in kept:
        path.unlink()
    yield case_id
    for path, key in kept.items():
        path.write_bytes(key)
        path.chmod(0o600)


def end_of(house):
    return f"/fr/account/places/{house.id}/people/{house.worker.user_id}/end"


def test_nobody_leaves_while_the_keys_of_her_files_do_not_answer(app, client, session, house, without_keys):
    person = enter(app, session, house.lead)
    answer = person.post(end_of(house), heir=str(house.deputy.user_id))
    session.rollback()

    assert answer.status_code == 503
    assert cases_session().get_one(Case, without_keys).owner_id == house.worker.user_id
    assert session.get_one(User, house.worker.user_id).active


def test_the_page_on_which_an_access_ends_says_that_files_cannot_be_read_now(silent, house):
    assert silent.browser.get(end_of(house)).status_code == 503


@pytest.mark.parametrize("path", ["/fr/account/", "/fr/account/security"])
def test_the_account_stands_without_case_files(silent, path):
    assert silent.browser.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/fr/cases/", "/fr/cases/agreements", "/fr/cases/received"])
def test_a_page_of_files_says_that_they_cannot_be_read_now(silent, path):
    assert silent.browser.get(path).status_code == 503
