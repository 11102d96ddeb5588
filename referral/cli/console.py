"""How commands speak: the reader's language, progress, and refusals on the error output."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import click
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from rich.console import Console
from rich.progress import Progress

from referral.access.policy import CONSOLE, Actor, Permission, permits
from referral.shared.bilingual import Language

REFUSED = 1
errors = Console(stderr=True, highlight=False, soft_wrap=True)
output = Console(highlight=False, soft_wrap=True)


def console_language(environment: Mapping[str, str] = os.environ) -> Language:
    """Return English where the terminal asks for it, French otherwise."""
    asked = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "en" if asked.startswith("en") else "fr"


@contextmanager
def speaking(language: Language | None = None) -> Iterator[Language]:
    """Translate what is said inside."""
    chosen = language or console_language()
    with force_locale(chosen):
        yield chosen


def operator(permission: Permission) -> Actor:
    """Return who acts at the console, if the policy lets them."""
    if not permits(CONSOLE, permission):
        refuse(_("This is not allowed from the console."))
    return CONSOLE


def check_directory() -> None:
    """Refuse to go on where no directory database is configured."""
    if current_app.config["DIRECTORY_URL"] is None:
        refuse(_("RELAIS_DIRECTORY_URL is not set: this command needs the directory database."))


def refuse(*lines: str) -> NoReturn:
    """Say why nothing was done, and end with an error."""
    for line in lines:
        errors.print(line, markup=False)
    raise click.exceptions.Exit(REFUSED)


@contextmanager
def progress_of(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the error output; gives what to call with how much is done, of how much."""
    with Progress(console=errors, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
