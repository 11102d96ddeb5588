from __future__ import annotations

import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from filelock import FileLock
from flask import Flask

from referral.shared.tick import (
    LATE_AFTER,
    LOCK,
    NOTE,
    AlreadyRunningError,
    Job,
    last_run,
    read_note,
    register,
    run_due,
    tick_is_late,
)

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY, EACH_TIME = timedelta(days=1), timedelta(0)


@pytest.fixture
def place(tmp_path):
    """An application that has no job yet."""
    app = Flask("exemple")
    app.config["EDITION_DIR"] = tmp_path / "editions"
    with app.app_context():
        yield app


@pytest.fixture
def add(place):
    """Return a function that registers a job and gives the list of when it ran."""

    def add(name: str = "job", every: timedelta = EACH_TIME, failing: list[Exception] | None = None):
        ran: list[datetime] = []

        def run(at: datetime) -> None:
            ran.append(at)
            if failing:
                raise failing.pop(0)

        register(place, Job(name, every, run))
        return ran

    return add


def test_a_job_of_each_time_runs_each_time(add):
    ran = add()

    run_due(AT)
    run_due(AT)

    assert ran == [AT, AT]


def test_a_daily_job_runs_once_a_day_however_often_the_command_does(add):
    ran = add(every=DAY)
    for minutes in range(0, 3 * 24 * 60, 5):
        run_due(AT + timedelta(minutes=minutes))

    assert ran == [AT, AT + DAY, AT + 2 * DAY]


def test_a_run_that_comes_days_late_does_once_what_is_due(add):
    ran = add(every=DAY)
    run_due(AT)
    run_due(AT + timedelta(days=9))
    run_due(AT + timedelta(days=9, minutes=5))

    assert ran == [AT, AT + timedelta(days=9)]


def test_a_clock_that_was_set_back_delays_nothing(add):
    ran = add(every=DAY)
    run_due(AT + timedelta(days=400))
    run_due(AT)

    assert len(ran) == 2


def test_a_job_that_fails_keeps_no_other_from_being_done_and_is_tried_at_the_next_run(add, capsys):
    failing = add("failing", DAY, [ValueError("camille@exemple.example")])
    other = add("other", DAY)

    outcomes = run_due(AT)
    run_due(AT + timedelta(minutes=5))
    run_due(AT + timedelta(minutes=10))

    assert [(each.job, each.error) for each in outcomes] == [("failing", "ValueError"), ("other", None)]
    assert (len(failing), len(other)) == (2, 1)
    assert "camille" not in capsys.readouterr().err


def test_what_failed_is_noted_until_it_succeeds(add, place):
    add("failing", DAY, [ValueError()])
    folder = place.config["EDITION_DIR"]

    run_due(AT)
    assert read_note(folder).failed == ["failing"]
    run_due(AT + timedelta(minutes=5))
    assert read_note(folder).failed == []


def test_two_runs_do_not_meet(add, place):
    ran = add()
    place.config["EDITION_DIR"].mkdir()

    with FileLock(place.config["EDITION_DIR"] / LOCK), pytest.raises(AlreadyRunningError):
        run_due(AT)
    assert ran == []


def test_a_run_that_was_killed_locks_nobody_out(add, place):
    add()
    folder = place.config["EDITION_DIR"]
    folder.mkdir()
    code = (
        f"import os; from filelock import FileLock; FileLock({str(folder / LOCK)!r}).acquire(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)

    run_due(AT)

    assert last_run() == AT


def test_it_is_late_when_it_never_ran(place):
    assert tick_is_late(AT)


def test_it_is_late_after_three_runs_that_did_not_come(add):
    add()
    run_due(AT)

    assert not tick_is_late(AT + LATE_AFTER)
    assert tick_is_late(AT + LATE_AFTER + timedelta(seconds=1))


@pytest.mark.parametrize("written", ["", "{", "[]", '{"ran_at": "hier"}', "\0" * 40])
def test_a_note_that_is_not_whole_says_that_nothing_ran(add, place, written):
    ran = add(every=DAY)
    folder = place.config["EDITION_DIR"]
    folder.mkdir()
    (folder / NOTE).write_text(written)

    assert tick_is_late(AT)
    run_due(AT)
    assert (ran, tick_is_late(AT)) == ([AT], False)


def test_a_process_of_another_user_can_read_when_it_ran_and_finds_nothing_else(add, place):
    add()
    run_due(AT)
    path = place.config["EDITION_DIR"] / NOTE

    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert AT.isoformat()[:19] in path.read_text()
    assert set(read_note(path.parent).done) == {"job"}
