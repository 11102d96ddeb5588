import pytest
import sqlalchemy as sa
from click.testing import Result

from referral.audit.models import AuditEvent
from referral.evidence import queries
from referral.evidence.kinds import FlagKind, UnmetReason
from referral.evidence.services import Need, flag_listing, record_unmet_need
from referral.shared.clock import now
from tests.edition.conftest import Directory


@pytest.fixture
def run(app, session):
    """Return a function that runs a command of an English-speaking terminal."""

    def run(*arguments: str) -> Result:
        return app.test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"}).invoke(args=["relais", *arguments])

    return run


@pytest.fixture
def flag(session):
    service = Directory(session).add("Service Exemple")
    flag = flag_listing(session, service.id, FlagKind.PHONE, "Ne répond plus [rouge]", "fr", now())
    session.commit()
    return flag


def test_flags_are_listed_with_their_listing_and_note(run, flag):
    output = run("flags").output

    assert "Service Exemple" in output
    assert "Ne répond plus [rouge]" in output
    assert "Waiting for review: 1." in output


def test_closing_a_flag_takes_it_from_the_list(run, flag, session):
    result = run("flags", "close", str(flag.id), "corrected")

    assert result.exit_code == 0
    assert queries.list_waiting_flags(session) == []


def test_closing_what_is_not_there_is_refused(run):
    result = run("flags", "close", "00000000-0000-0000-0000-000000000000", "corrected")

    assert result.exit_code == 1
    assert "There is no such flag" in result.stderr


def test_unmet_needs_are_counted(run, session):
    for _ in range(2):
        record_unmet_need(session, Need("emergency_shelter", UnmetReason.NO_SERVICE, "13"), now())
    session.commit()
    line = next(line for line in run("unmet-needs").output.splitlines() if "Laval" in line)

    assert line.split()[-1] == "2"


def acts(session):
    session.rollback()
    return [
        (event.action, event.target_type, event.actor)
        for event in session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number))
    ]


def test_what_the_console_looks_at_and_changes_is_recorded(run, flag, session):
    run("flags")
    run("flags", "close", str(flag.id), "corrected")
    run("unmet-needs")

    assert acts(session) == [
        ("view", "flags", "console"),
        ("change", "flag", "console"),
        ("view", "unmet_needs", "console"),
    ]
