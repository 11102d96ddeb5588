"""Accounts, attached to the application where there is a database; without one nothing of them is there."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from flask_wtf.csrf import generate_csrf

from referral.access.guard import load_actors_with
from referral.access.policy import Role
from referral.accounts import (  # noqa: F401 (views are on the blueprint, tables in the metadata)
    cookies,
    entry_views,
    factor_views,
    jobs,
    joining_views,
    log_views,
    models,
    own_views,
    people_views,
    security,
)
from referral.accounts.blueprint import AREA, blueprint
from referral.accounts.door import load_actor
from referral.accounts.frame import frame
from referral.accounts.letters import say_moment
from referral.accounts.words import ROLES, TARGETS
from referral.audit.words import name_targets, say
from referral.i18n.locale import current_language


def say_role(role: Role) -> str:
    """Return what a role is called."""
    return str(ROLES[role])


def say_moment_here(at: datetime) -> str:
    """Return a moment in the page's language."""
    return say_moment(at, current_language())


def init_app(app: Flask) -> None:
    """Register the door, unless this process has no database."""
    app.jinja_env.globals["has_accounts"] = app.config["DIRECTORY_URL"] is not None
    if app.config["DIRECTORY_URL"] is None:
        return
    cookies.init_app(app)
    cookies.open_area(app, AREA)
    security.init_app(app)
    load_actors_with(app, load_actor)
    name_targets(TARGETS)
    jobs.init_app(app)
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        account_frame=frame, say_event=say, role_names=ROLES, form_token=generate_csrf
    )
    app.jinja_env.filters.update(moment=say_moment_here, role_name=say_role)
