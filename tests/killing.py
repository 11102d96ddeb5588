"""Has an act done by a process that dies before its nth step, as ``kill -9`` ends one.

A step is a statement sent to any of the databases, a commit about to be made, or one just made. The
process acknowledges on a pipe once the act has returned: only then does somebody know that it is kept.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from referral.shared.database import close_sessions, db

KEPT = b"kept"
Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How such a process ended."""

    step: int
    was_killed: bool
    is_acknowledged: bool


def kill_at_each_step(app: Flask, prepare: Callable[[], Act]) -> Iterator[Ended]:
    """Prepare and begin an act again and again, killed one step later each time; the last one is not."""
    for step in itertools.count(1):
        act = prepare()
        ended = run(app, act, step)
        yield ended
        if not ended.was_killed:
            return


def run(app: Flask, act: Act, kill_at: int) -> Ended:
    """Do an act in a process of its own that is killed before one of its steps, if it takes so many."""
    close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be(app, act, kill_at, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert was_killed or os.waitstatus_to_exitcode(status) == 0, said.decode()
    return Ended(kill_at, was_killed, said == KEPT)


def close_all() -> None:
    """Close every connection: a process that forks shares them otherwise."""
    close_sessions()
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def _be(app: Flask, act: Act, kill_at: int, pipe: int) -> None:
    """Be that process; never returns."""
    try:
        _count_steps(kill_at)
        with app.app_context():
            act()
        os.write(pipe, KEPT)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001  # whatever it is, the parent must see it
        os.write(pipe, repr(error).encode())
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def _count_steps(kill_at: int) -> None:
    numbers = itertools.count(1)

    def step(*_what: object) -> None:
        if next(numbers) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", step)
    sa.event.listen(sa.Engine, "commit", step)
    sa.event.listen(Session, "after_commit", step)
