"""What a later package shows on the page of a file: a panel of its own, and lines of its timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app

from referral.intake.models import Case
from referral.intake.timeline import Line

BESIDE = "relais.beside_a_file"


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: which template shows what."""

    template: str
    shown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a timeline that one page shows: after a moment, up to another; None is no end."""

    after: datetime | None
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Say whether a moment is within it."""
        return (self.after is None or at > self.after) and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class Beside:
    """What one package adds: its panel, None where there is nothing to show, and its lines in a window."""

    show: Callable[[Case], Panel | None]
    tell: Callable[[Case, Window], list[Line]]


def register(app: Flask, beside: Beside) -> None:
    """Have something shown on the page of every file."""
    app.extensions.setdefault(BESIDE, []).append(beside)


def list_panels(case: Case) -> list[Panel]:
    """Return the panels that others add."""
    found = [each.show(case) for each in _list()]
    return [each for each in found if each is not None]


def merge_lines(case: Case, own: Sequence[Line], window: Window) -> list[Line]:
    """Return a page of a timeline with what others tell, newest first; its own below at one moment."""
    told = [line for each in _list() for line in each.tell(case, window)]
    return sorted([*sorted(told, key=_at), *own], key=_at, reverse=True) if told else list(own)


def _at(line: Line) -> datetime:
    return line.at


def _list() -> list[Beside]:
    found: list[Beside] = current_app.extensions.get(BESIDE, [])
    return found
