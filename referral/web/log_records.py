"""What a record of a log may say: a few known keys, each a word or a number; rules without an application.

An event of ours is a fixed word. Of a record by a library only its name, level and kind of error are
kept, since its words may hold an address or a parameter. An error is told by its type and by where it
happened, never by its message.
"""

from __future__ import annotations

import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

from referral.shared.paths import ROOT

KEYS = frozenset(
    {
        "timestamp",
        "level",
        "logger",
        "event",
        "error",
        "frames",
        "endpoint",
        "method",
        "status",
        "milliseconds",
        "edition",
        "job",
        "count",
        "reason",
    }
)
WORD = re.compile(r"[A-Za-z0-9_.:+-]{0,100}")
UNWRITTEN = "(not written)"
TRUSTED = ("_granian", "alembic.runtime.migration")
"""Loggers whose words are about the process only; an error of theirs is reduced all the same."""
MOST_FRAMES = 20

Record = MutableMapping[str, Any]


class Told(str):
    """Words of a logger that tells of the process only."""

    __slots__ = ()


def keep_known(_logger: object, _method: str, record: Record) -> Record:
    """Drop every key that is not on the list, and every value that is more than a word or a number."""
    return {key: clean(value) for key, value in record.items() if key in KEYS}


def clean(value: object) -> object:
    """Return a value that may be written, or a mark in its place."""
    if value is None or isinstance(value, bool | int | float | Frames | Told):
        return value
    return value if isinstance(value, str) and WORD.fullmatch(value) else UNWRITTEN


class Frames(list[str]):
    """Places in code, which nobody can have typed."""


def describe_error(_logger: object, _method: str, record: Record) -> Record:
    """Put the type of an error, and the places that it went through, where its message would be."""
    given = record.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        record["error"] = type(error).__name__
        record["frames"] = list_frames(error.__traceback__)
    return record


def list_frames(trace: TracebackType | None) -> Frames:
    """Return file, line and function of the innermost calls."""
    frames = Frames()
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{place_of(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return Frames(frames[-MOST_FRAMES:])


def place_of(file: str) -> str:
    """Return where a file is in the project, or its last parts elsewhere."""
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-3:])


def reduce_foreign(_logger: object, _method: str, record: Record) -> Record:
    """Keep of a record that did not come through structlog only what cannot be anybody's words."""
    if record.get("_from_structlog", True):
        return record
    name = str(record.get("logger", ""))
    told = name.startswith(TRUSTED) and "error" not in record
    return {**record, "event": Told(record["event"]) if told else "library"}
