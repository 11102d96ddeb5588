"""Whoever comes first writes first, and whoever dies holds nobody up."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import pytest

from referral.shared.paths import ROOT
from referral.shared.turns import TooLongAWaitError, turn

HOLD = """
import sys, time
from pathlib import Path
from referral.shared.turns import turn
print("came", flush=True)
with turn(Path(sys.argv[1])):
    print("holds", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "test.db-turns"


@pytest.fixture
def hold(path):
    """Return a function that starts a process which keeps its turn; it has come once this returns."""
    started = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, text=True, stdout=subprocess.PIPE
        )
        started.append(process)
        assert process.stdout.readline() == "came\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_turns_are_taken_in_the_order_of_arrival(path):
    served: list[int] = []
    threads = []

    def come(number: int) -> None:
        with turn(path):
            served.append(number)

    with turn(path):
        for number in range(16):
            threads.append(threading.Thread(target=come, args=(number,)))
            threads[-1].start()
            time.sleep(0.02)
        assert served == []
    for thread in threads:
        thread.join()

    assert served == list(range(16))


def test_only_one_holds_the_turn(path):
    inside, most = 0, 0

    def come() -> None:
        nonlocal inside, most
        for _ in range(20):
            with turn(path):
                inside += 1
                most = max(most, inside)
                time.sleep(0.0001)
                inside -= 1

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 1


def test_whoever_is_killed_with_the_turn_gives_it_up(path, hold):
    holder = hold()
    assert holder.stdout.readline() == "holds\n"
    holder.send_signal(signal.SIGKILL)

    with turn(path, patience=5):
        pass


def test_whoever_is_killed_in_the_queue_lets_nobody_past_who_holds(path, hold):
    with turn(path):
        waiting = hold()
        time.sleep(0.1)
        waiting.send_signal(signal.SIGKILL)
        waiting.wait()
        with pytest.raises(TooLongAWaitError), turn(path, patience=0.2):
            pass

    with turn(path, patience=5):
        pass


def test_whoever_waits_too_long_is_told_and_holds_nobody_up(path, hold):
    holder = hold()
    assert holder.stdout.readline() == "holds\n"
    with pytest.raises(TooLongAWaitError), turn(path, patience=0.05):
        pass
    holder.kill()

    with turn(path, patience=5):
        pass


def test_an_error_gives_the_turn_up(path):
    with pytest.raises(ZeroDivisionError), turn(path):
        raise ZeroDivisionError
    with turn(path, patience=0.5):
        pass


def test_only_its_owner_can_read_the_file_of_turns(path):
    with turn(path):
        pass

    assert path.stat().st_mode & 0o077 == 0
