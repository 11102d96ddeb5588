"""The application: its extensions, then each feature."""

from __future__ import annotations

from dataclasses import asdict

from flask import Flask

from config import Config
from referral.access import guard
from referral.accounts import wiring as accounts
from referral.accounts.organizations import name_organizations_with
from referral.audit import wiring as audit
from referral.catalogue.organizations import list_names
from referral.cli import wiring as cli
from referral.demo import wiring as demo
from referral.directory import wiring as directory
from referral.edition import wiring as edition
from referral.gaps import wiring as gaps
from referral.i18n import wiring as i18n
from referral.intake import wiring as intake
from referral.mail import wiring as mail
from referral.partners import wiring as partners
from referral.referrals import wiring as referrals
from referral.shared.database import CASES, DIRECTORY, KEYS, close_sessions, db, migrate
from referral.shared.paths import MIGRATIONS, TEMPLATES
from referral.web import wiring as web
from referral.web.logs import Application


def create_app(config: Config) -> Flask:
    """Build the application; without ``DIRECTORY_URL`` it is tied to no database."""
    app = Application("referral", template_folder=str(TEMPLATES), static_folder=None)
    app.config.from_mapping(asdict(config))
    connect_databases(app, config)
    for feature in (
        i18n,
        web,
        guard,
        audit,
        mail,
        accounts,
        edition,
        directory,
        partners,
        gaps,
        intake,
        referrals,
        cli,
    ):
        feature.init_app(app)
    name_organizations_with(app, list_names)
    demo.init_app(app)
    return app


def connect_databases(app: Flask, config: Config) -> None:
    """Give Flask-SQLAlchemy the databases that are configured."""
    if config.DIRECTORY_URL is None:
        return
    given = {DIRECTORY: config.DIRECTORY_URL, CASES: config.CASES_URL, KEYS: config.KEYS_URL}
    # overflow: with the five that are kept open, one for each of 32 threads and some for who needs a second
    options = {"hide_parameters": True, "max_overflow": 35}
    app.config["SQLALCHEMY_BINDS"] = {name: {"url": url, **options} for name, url in given.items() if url}
    db.init_app(app)
    app.teardown_appcontext(close_sessions)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
