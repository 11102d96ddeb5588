"""Servers of a file's own, on a copy of what was built once for all; and what a page is held to."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Page

from config import Config
from referral.app import create_app
from referral.shared.database import close_sessions, db
from tests.browser.conftest import AUDIT_KEY, ROOT, SECRET_KEY, served, settings

AXE = Axe()
AT = Path(__file__).parent / "at"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def copied(editions: Path, folder: Path, *, with_cases: bool = False) -> Iterator[Flask]:
    """Hold the context of an application on a copy of the directory and its edition; files begin empty."""
    shutil.copy(editions.parent / "directory.db", folder / "directory.db")
    shutil.copytree(editions, folder / "editions")
    config = Config(
        SECRET_KEY=SECRET_KEY,
        AUDIT_KEY=AUDIT_KEY,
        AUDIT_WITNESS=folder / "witness.json",
        DIRECTORY_URL=f"sqlite:///{folder}/directory.db",
        EDITION_DIR=folder / "editions",
        SEALING_DIR=folder / "sealing",
        COOKIES_SECURE=False,
        DEVELOPMENT=True,
        MASTER_KEY_DIR=folder / "master-keys",
        CASES_URL=f"sqlite:///{folder}/cases.db" if with_cases else None,
        KEYS_URL=f"sqlite:///{folder}/keys.db" if with_cases else None,
    )
    app = create_app(config)
    with app.app_context():
        if with_cases:
            upgrade()
        yield app
        db.session.remove()
        close_sessions()
        for engine in db.engines.values():
            engine.dispose()


def served_copy(app: Flask, folder: Path, at: datetime | None = None) -> AbstractContextManager[str]:
    """Serve such a copy, as if the server had been started at a moment; gives its address."""
    environment = settings(app.config["EDITION_DIR"], app.config["DIRECTORY_URL"]) | {
        "RELAIS_COOKIES_SECURE": "0",
        "RELAIS_SEALING_DIR": str(app.config["SEALING_DIR"]),
        "RELAIS_AUDIT_WITNESS": str(app.config["AUDIT_WITNESS"]),
    }
    if app.config["CASES_URL"]:
        environment |= {
            "RELAIS_CASES_URL": app.config["CASES_URL"],
            "RELAIS_KEYS_URL": app.config["KEYS_URL"],
            "RELAIS_MASTER_KEY_DIR": str(app.config["MASTER_KEY_DIR"]),
        }
    if at is not None:
        environment |= {"PYTHONPATH": f"{AT}{os.pathsep}{ROOT}", "TESTS_AT": at.isoformat()}
    return served(environment, folder / "log")


def faults(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, each with where."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {json.dumps([node['html'][:160] for node in each['nodes'][:3]])}" for each in found
    ]
