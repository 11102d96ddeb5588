from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from filelock import FileLock
from flask_babel import force_locale

from referral.audit.events import Action, Event
from referral.audit.models import AuditEvent
from referral.audit.services import record_apart
from referral.mail.models import Outbox
from referral.mail.services import enqueue_apart
from referral.shared.clock import now
from referral.shared.tick import LOCK, NOTE, list_jobs, tick_is_late
from tests.audit.tampering import tamper
from tests.mail.post import invitation


@pytest.fixture
def letters(app, tmp_path, monkeypatch):
    """A folder that letters go to."""
    monkeypatch.setitem(app.config, "MAIL_DIR", tmp_path / "mail")
    monkeypatch.setitem(app.config, "MAIL_FROM", "relais@relais.example")
    monkeypatch.setitem(app.config, "AUDIT_WITNESS", tmp_path / "witness.json")
    return tmp_path / "mail"


@pytest.fixture
def run(app, session, letters):
    """Return a function that runs a command of an English-speaking terminal."""

    def run(*arguments: str):
        session.rollback()
        return app.test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"}).invoke(args=["relais", *arguments])

    return run


def test_what_waits_is_sent_once_however_often_the_command_runs(run, letters):
    enqueue_apart(invitation())

    assert [run("tick").exit_code for _ in range(3)] == [0, 0, 0]

    assert len(list(letters.iterdir())) == 1


def test_the_audit_is_looked_at_each_day_and_a_fault_ends_with_1(run, session):
    for _ in range(3):
        record_apart(Event(Action.VIEW, "thing"))
    assert run("tick").exit_code == 0
    tamper(session, "DELETE FROM audit_event WHERE number = 2")

    assert run("tick").exit_code == 0
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        result = run("tick")

    assert result.exit_code == 1
    assert "Failed: audit_verify (AuditNotWholeError)" in result.stderr
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 2


def test_letters_that_were_sent_are_forgotten_after_a_month(run, session):
    enqueue_apart(invitation())
    run("tick")
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        run("tick")

    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Outbox)) == 0


def test_a_second_run_at_the_same_time_has_nothing_to_do(run, app):
    with FileLock(app.config["EDITION_DIR"] / LOCK):
        result = run("tick")

    assert result.exit_code == 0
    assert "Another run has not ended" in result.output


def test_a_quiet_run_that_goes_well_says_nothing(run):
    assert run("tick", "--quiet").output == ""


def test_without_a_way_out_letters_wait_and_the_log_says_so(run, app, session, monkeypatch, capfd):
    monkeypatch.setitem(app.config, "MAIL_DIR", None)
    enqueue_apart(invitation())

    result = run("tick")

    assert result.exit_code == 0
    assert session.scalar(sa.select(Outbox.sent_at)) is None


def test_the_jobs_have_names_that_a_log_may_hold(app, session):
    assert {job.name for job in list_jobs()} >= {"mail", "mail_forget", "audit_verify", "audit_expire"}


def test_a_probe_and_a_page_know_when_it_last_ran(run, app, client):
    assert client.get("/healthz").json["tick_late"] is True

    run("tick")

    health = client.get("/healthz").json
    assert health["tick_late"] is False
    assert health["tick_at"] == json.loads((app.config["EDITION_DIR"] / NOTE).read_text())["ran_at"].replace(
        "Z", "+00:00"
    )
    with app.app_context():
        assert tick_is_late(now() + timedelta(hours=1))


def test_a_page_for_coordinators_says_in_red_that_it_is_late_and_only_then(run, app):
    page = '{% from "components/late.html" import late_notice with context %}{{ late_notice() }}'

    def shown(language: str) -> str:
        with app.test_request_context("/"), force_locale(language):
            return app.jinja_env.from_string(page).render()

    assert 'class="notice" role="alert"' in shown("fr")
    assert "en retard" in shown("fr")
    assert "is late" in shown("en")
    run("tick")
    assert shown("fr").strip() == ""
