from __future__ import annotations

import json
import stat
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import Result

from referral.access.matrix import as_markdown
from referral.audit.events import Action, Event
from referral.audit.jobs import AuditNotWholeError, expire_daily, verify_daily
from referral.audit.models import CASES_CHAIN, DIRECTORY_CHAIN, CasesAuditEvent
from referral.audit.services import KEY, list_chains, record_apart
from referral.shared.clock import now
from referral.shared.database import CASES, DIRECTORY, cases_session, db
from tests.audit.tampering import tamper


@pytest.fixture
def witness(tmp_path):
    return tmp_path / "outside" / "audit-witness.json"


@pytest.fixture
def run(app, session, witness, monkeypatch):
    """Return a function that runs a command of an English-speaking terminal."""
    monkeypatch.setitem(app.config, "AUDIT_WITNESS", witness)

    def run(*arguments: str) -> Result:
        return app.test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"}).invoke(args=["relais", *arguments])

    return run


@pytest.fixture
def events(session):
    for number in range(1, 6):
        record_apart(Event(Action.VIEW, f"thing {number}"))
    return session


def test_a_whole_audit_is_said_to_be_whole_with_its_end(run, events):
    result = run("audit", "verify")

    assert result.exit_code == 0
    assert "whole: 5 events" in result.output
    assert "It ends at event 5" in result.output


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        (("UPDATE audit_event SET actor = 'Autre' WHERE number = 2",), "Altered: event 2."),
        (("DELETE FROM audit_event WHERE number IN (2, 3)",), "Removed: events 2 to 3."),
        (("DELETE FROM audit_event WHERE number > 3",), "Cut off at the end: events 4 to 5."),
        (
            (
                "UPDATE audit_event SET number = 99 WHERE number = 2",
                "UPDATE audit_event SET number = 2 WHERE number = 3",
                "UPDATE audit_event SET number = 3 WHERE number = 99",
            ),
            "Moved: event 3 is found at 2.",
        ),
        (("UPDATE audit_head SET mac = seal",), "The end of the chain, at event 5"),
    ],
)
def test_tampering_is_named_and_ends_with_1(run, events, orders, said):
    tamper(events, *orders)
    result = run("audit", "verify")

    assert result.exit_code == 1
    assert said in result.stderr


def test_a_good_verification_notes_the_end_where_only_its_owner_can_read(run, events, witness):
    run("audit", "verify")

    assert json.loads(witness.read_text())["directory"]["number"] == 5
    assert stat.S_IMODE(witness.stat().st_mode) == 0o600


def test_what_was_whole_before_and_is_emptied_since_is_found(run, events):
    run("audit", "verify")
    tamper(events, "DELETE FROM audit_event", "DELETE FROM audit_head")
    result = run("audit", "verify")

    assert result.exit_code == 1
    assert "Event 5" in result.stderr


def test_a_bad_verification_moves_no_witness(run, events, witness):
    run("audit", "verify")
    record_apart(Event(Action.VIEW, "thing 6"))
    tamper(events, "DELETE FROM audit_event WHERE number = 2")
    run("audit", "verify")

    assert json.loads(witness.read_text())["directory"]["number"] == 5


@pytest.mark.parametrize("text", ["", "[]", '{"directory": 1}', '{"directory": {"number": 5}}'])
def test_a_damaged_witness_is_not_taken_for_none(run, events, witness, text):
    witness.parent.mkdir()
    witness.write_text(text)
    result = run("audit", "verify")

    assert result.exit_code == 1
    assert "does not say where the audit ended" in result.stderr


def test_without_its_key_nothing_is_verified(run, app, monkeypatch):
    monkeypatch.delitem(app.extensions, KEY)
    result = run("audit", "verify")

    assert result.exit_code == 1
    assert "RELAIS_AUDIT_KEY" in result.stderr


def test_old_months_are_let_go_and_the_audit_stays_whole(run, session):
    for month in (1, 2):
        with time_machine.travel(datetime(2024, month, 20, tzinfo=UTC), tick=False):
            record_apart(Event(Action.VIEW, "thing"))

    assert "2024-01" in run("audit", "expire").output
    assert "whole: 1 event." in run("audit", "verify").output
    assert "No month" in run("audit", "expire").output


def test_permissions_are_printed_as_the_page_has_them(run):
    assert run("permissions").output == as_markdown()


@pytest.fixture
def file_events(session):
    """Five looks at files, in the audit of the case files."""
    for number in range(1, 6):
        record_apart(Event(Action.VIEW, f"file {number}"), CASES_CHAIN)
    return session


def test_the_audit_of_the_case_files_is_verified_too(run, file_events):
    output = run("audit", "verify").output

    assert "Directory: The audit is whole: 0 events." in output
    assert "Case files: The audit is whole: 5 events." in output


def test_tampering_with_the_audit_of_the_case_files_is_named_and_ends_with_1(run, file_events):
    tamper(file_events, "UPDATE audit_event SET actor = 'Autre' WHERE number = 2", database=CASES)
    result = run("audit", "verify")

    assert result.exit_code == 1
    assert "Case files: The audit is not whole." in result.stderr
    assert "Altered: event 2." in result.stderr


def test_each_chain_has_its_own_place_in_the_witness(run, events, file_events, witness):
    record_apart(Event(Action.VIEW, "file 6"), CASES_CHAIN)
    run("audit", "verify")
    noted = json.loads(witness.read_text())

    assert {name: each["number"] for name, each in noted.items()} == {"directory": 5, "cases": 6}


def test_the_daily_job_follows_the_chain_of_the_case_files(run, file_events, witness):
    verify_daily(now())
    tamper(file_events, "DELETE FROM audit_event WHERE number > 3", database=CASES)

    with pytest.raises(AuditNotWholeError, match="cases"):
        verify_daily(now())


def test_one_chain_that_is_not_whole_keeps_no_other_from_being_followed(run, events, file_events, witness):
    tamper(events, "DELETE FROM audit_event WHERE number = 3")
    with pytest.raises(AuditNotWholeError):
        verify_daily(now())

    assert list(json.loads(witness.read_text())) == ["cases"]


def test_the_daily_job_lets_old_months_of_the_case_files_go(run, session):
    with time_machine.travel(datetime(2024, 1, 15, tzinfo=UTC)):
        record_apart(Event(Action.VIEW, "file"), CASES_CHAIN)
    record_apart(Event(Action.VIEW, "file"), CASES_CHAIN)
    expire_daily(now())

    assert cases_session().scalars(sa.select(CasesAuditEvent.number)).all() == [2]


def test_without_case_files_there_is_one_chain(app, session, monkeypatch):
    engines = {name: engine for name, engine in db.engines.items() if name == DIRECTORY}
    monkeypatch.setitem(db._app_engines, app, engines)  # noqa: SLF001

    assert list_chains() == [DIRECTORY_CHAIN]
