"""The secret key is changed: what the old one sealed can be read, and is sealed anew with the new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.fernet import InvalidToken
from werkzeug.datastructures import MultiDict

from config import Config
from referral.accounts import factors
from referral.accounts.kept import keep, open_kept
from referral.accounts.models import User
from referral.accounts.security import USE, AlteredSecretError, open_secret
from referral.accounts.sessions import find_sign_in
from referral.app import create_app
from referral.mail import sealing
from referral.mail.letters import Letter
from referral.mail.models import CasesOutbox, Outbox
from referral.mail.sealing import UnreadableLetterError, open_sealed
from referral.mail.services import enqueue_apart
from referral.shared import seals
from referral.shared.clock import now
from referral.shared.database import cases_session, writing
from referral.shared.seals import Age, count_ages, seal_anew
from referral.shared.tick import list_jobs
from tests.accounts.conftest import session_rows
from tests.conftest import AUDIT_KEY, SECRET_KEY
from tests.mail.post import invitation

ALTERED = "of no key"
NEW_KEY = "a-newer-key-for-tests-9876543210-zyxwv"


@pytest.fixture
def change(app, monkeypatch):
    """Return a function that gives the application a new secret key, with or without the old one."""

    def change(*, old: str | None = SECRET_KEY) -> None:
        monkeypatch.setitem(app.config, "SECRET_KEY", NEW_KEY)
        monkeypatch.setitem(app.config, "SECRET_KEY_OLD", old)
        monkeypatch.setitem(app.extensions, sealing.KEY, seals.make_seal(app.config, sealing.USE))

    return change


@pytest.fixture
def sealed(people, browser_of, session):
    """One of each thing that is sealed in the database: a letter and two secrets of authenticators."""
    person = people.lead()
    browser_of(person).post("/factor/application/begin")
    enqueue_apart(invitation("changed"))
    return person


def test_a_code_of_before_the_change_still_lets_in(people, open_browser, change):
    person = people.lead()
    change()

    assert open_browser().enter(person).is_in()


def test_without_the_old_key_it_does_not(people, change):
    person = people.lead()
    change(old=None)

    with pytest.raises(AlteredSecretError):
        open_secret(person.secret)


def test_a_letter_of_before_the_change_can_still_be_sent(sealed, session, change):
    change()

    assert isinstance(open_sealed(session.scalars(sa.select(Outbox.sealed)).one()), Letter)


def test_typed_words_of_before_the_change_still_come_back(app, people, browser_of, change):
    found = find_sign_in(browser_of(people.lead()).sid(), now())
    sealed = keep(found, "/en/account/x", MultiDict({"name": "Noée"}))
    change()

    assert open_kept(sealed, found.user_id, now()).fields == [("name", "Noée")]


def test_what_is_sealed_after_the_change_needs_the_new_key(app, session, change):
    change()
    secret = factors._totp().generate_totp_secret()  # noqa: SLF001
    before, after = (
        seals.make_seal({"SECRET_KEY": key, "SECRET_KEY_OLD": None}, USE) for key in (SECRET_KEY, NEW_KEY)
    )

    assert after.decrypt(secret)
    with pytest.raises(InvalidToken):
        before.decrypt(secret)


def test_a_cookie_of_before_the_change_opens_nothing(people, browser_of, change):
    browser = browser_of(people.lead())
    change()

    assert not browser.is_in()


def test_all_that_is_sealed_is_counted_by_its_key(sealed, session, change):
    change()

    assert count_ages() == {Age.OLD: 3}


def test_the_daily_job_seals_all_of_it_anew(sealed, session, change):
    change()
    seal_anew(now())

    assert count_ages() == {Age.PRESENT: 3}


def test_after_it_the_old_key_is_needed_no_more(sealed, session, change):
    change()
    seal_anew(now())
    change(old=None)
    session.rollback()

    assert open_secret(session.get_one(User, sealed.id).totp_secret)
    assert open_secret(session_rows(session, sealed)[0].waiting_secret)
    assert open_sealed(session.scalars(sa.select(Outbox.sealed)).one()).to


def test_what_neither_key_opens_is_left_as_it_is_and_counted(sealed, people, session, change):
    people.change(sealed, totp_secret=ALTERED)
    change()
    seal_anew(now())

    assert session.get_one(User, sealed.id).totp_secret == ALTERED
    assert count_ages() == {Age.PRESENT: 2, Age.UNKNOWN: 1}


def test_what_the_present_key_sealed_is_not_written_again(sealed, session, change):
    change()
    seal_anew(now())
    before = session.scalars(sa.select(User.totp_secret)).all()
    seal_anew(now())

    assert session.scalars(sa.select(User.totp_secret)).all() == before


def test_what_is_changed_meanwhile_is_not_overwritten(sealed, session, change, monkeypatch):
    change()
    monkeypatch.setattr(seals, "read_sealed", lambda *_given: iter([(sealed.id, sealed.secret)]))
    with writing(session):
        session.get_one(User, sealed.id).totp_secret = ALTERED
        session.flush()
        seals.seal_column(session, seals.Column(User.totp_secret, USE))
    session.rollback()

    assert session.get_one(User, sealed.id).totp_secret == ALTERED


@pytest.mark.parametrize("old", [NEW_KEY, None])
def test_the_job_runs_once_a_day_while_an_old_key_is_set(tmp_path, old):
    made = create_app(
        Config(
            SECRET_KEY,
            SECRET_KEY_OLD=old,
            AUDIT_KEY=AUDIT_KEY,
            DIRECTORY_URL=f"sqlite:///{tmp_path}/x.db",
            EDITION_DIR=tmp_path,
            SEALING_DIR=tmp_path / "sealing",
            TESTING=True,
        )
    )
    with made.app_context():
        every = [job.every for job in list_jobs() if job.name == "seal_anew"]

    assert every == ([timedelta(days=1)] if old else [])


def test_a_letter_of_a_key_that_is_not_set_says_so(sealed, session, change):
    change(old=None)

    with pytest.raises(UnreadableLetterError):
        open_sealed(session.scalars(sa.select(Outbox.sealed)).one())


def test_a_letter_about_files_is_sealed_anew_too(session, change):
    enqueue_apart(invitation("of files"), CasesOutbox)
    change()
    assert count_ages() == {Age.OLD: 1}
    seal_anew(now())
    change(old=None)

    sealed = cases_session().scalars(sa.select(CasesOutbox.sealed)).one()
    assert isinstance(open_sealed(sealed), Letter)
