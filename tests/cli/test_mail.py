from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.audit.models import AuditEvent, CasesAuditEvent
from referral.mail import jobs
from referral.mail.models import CasesOutbox, Outbox
from referral.mail.sending import PutOffError, RefusedError
from referral.mail.services import KEPT, deliver_due, enqueue_apart
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.mail.post import Post, invitation


@pytest.fixture
def run(app, session):
    """Return a function that runs a command of an English-speaking terminal."""

    def run(*arguments: str):
        session.rollback()
        return app.test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"}).invoke(args=["relais", "mail", *arguments])

    return run


@pytest.fixture
def letters(session):
    """One letter that was given up and one that waits."""
    enqueue_apart(invitation("invitation:1"))
    enqueue_apart(invitation("invitation:2"))
    deliver_due(session, Post([RefusedError("recipient_550"), PutOffError("message_451")]), now())
    return [
        session.scalar(sa.select(Outbox.id).where(Outbox.key == f"invitation:{number}")) for number in (1, 2)
    ]


def test_what_was_given_up_is_seen_first_with_the_reason(run, letters):
    result = run()

    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()[:2]] == [str(each) for each in letters]
    assert "given up" in result.output.splitlines()[0]
    assert "recipient_550" in result.output.splitlines()[0]
    assert "Waiting: 1." in result.output
    assert "Given up: 1." in result.output


def test_neither_recipient_nor_text_is_shown(run, letters):
    output = run().output

    assert not [word for word in ("camille", "exemple", "jeton", "Maison") if word in output]


def test_looking_and_changing_are_recorded(run, letters, session):
    run()
    run("retry", str(letters[0]))
    run("discard", str(letters[1]))

    session.rollback()
    recorded = session.execute(
        sa.select(AuditEvent.action, AuditEvent.target_id).order_by(AuditEvent.number)
    ).all()
    assert recorded == [("view", None), ("change", str(letters[0])), ("change", str(letters[1]))]


def test_what_was_given_up_can_be_tried_again(run, letters, session):
    assert "1 letter will be tried again" in run("retry").output

    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).where(Outbox.dead_at.is_not(None))) == 0


def test_a_letter_that_waits_can_be_discarded_once(run, letters):
    assert run("discard", str(letters[1])).exit_code == 0
    assert run("discard", str(letters[1])).exit_code == 1


def test_a_letter_of_trial_says_whether_mail_leaves(run, app, tmp_path, monkeypatch):
    assert "RELAIS_MAIL_HOST" in run("try", "camille@exemple.example").stderr
    monkeypatch.setitem(app.config, "MAIL_DIR", tmp_path / "mail")
    monkeypatch.setitem(app.config, "MAIL_FROM", "relais@relais.example")

    assert run("try", "camille@exemple.example").exit_code == 0
    assert run("try", "camille@exemple.example, autre@exemple.example").exit_code == 1
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_server_that_does_not_answer_is_told_in_words(run, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_HOST", "127.0.0.1")
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)
    monkeypatch.setitem(app.config, "MAIL_FROM", "relais@relais.example")

    result = run("try", "camille@exemple.example")

    assert result.exit_code == 1
    assert "the mail server does not answer" in result.stderr


@pytest.fixture
def letters_of_files(session):
    """A letter about files that was given up, and one of the directory that waits."""
    enqueue_apart(invitation("of files"), CasesOutbox)
    deliver_due(cases_session(), Post([RefusedError("recipient_550")]), now(), CasesOutbox)
    enqueue_apart(invitation("of the directory"))
    return cases_session().scalars(sa.select(CasesOutbox.id)).one()


def test_letters_about_files_are_listed_and_counted_with_the_others(run, letters_of_files):
    output = run().output

    assert output.splitlines()[0].startswith(str(letters_of_files))
    assert "Waiting: 1." in output
    assert "Given up: 1." in output


def test_a_letter_about_files_is_tried_again_and_that_is_written_down_beside_it(run, letters_of_files):
    assert "1 letter will be tried again." in run("retry", str(letters_of_files)).output

    cases_session().rollback()
    assert cases_session().scalars(sa.select(CasesOutbox.dead_at)).all() == [None]
    recorded = cases_session().execute(sa.select(CasesAuditEvent.action, CasesAuditEvent.target_type)).all()
    assert recorded == [("change", "outbox")]


def test_all_that_were_given_up_are_tried_again_in_both_databases(run, letters, letters_of_files):
    assert "2 letters will be tried again." in run("retry").output


def test_a_letter_about_files_is_discarded(run, letters_of_files):
    run("discard", str(letters_of_files))

    cases_session().rollback()
    assert cases_session().scalars(sa.select(CasesOutbox.id)).all() == []


def test_the_scheduled_command_sends_and_forgets_letters_about_files(app, session, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_DIR", tmp_path / "mail")
    monkeypatch.setitem(app.config, "MAIL_FROM", "relais@exemple.example")
    enqueue_apart(invitation("of files"), CasesOutbox)
    jobs.deliver(now())
    jobs.forget(now() + KEPT + timedelta(days=1))

    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert cases_session().scalars(sa.select(CasesOutbox.id)).all() == []
