"""The demonstration, attached to the application where its setting says so; elsewhere it is not there."""

from __future__ import annotations

from flask import Flask

from referral.accounts.cookies import open_area
from referral.demo import accounts, fence
from referral.demo.banner import say_in_both
from referral.demo.commands import demo_group
from referral.demo.views import AREA, blueprint


def init_app(app: Flask) -> None:
    """Register the fence, the way in, the banner and the command, unless this is no demonstration."""
    app.jinja_env.globals["is_demo"] = app.config["DEMO"]
    if not app.config["DEMO"]:
        return
    with app.app_context():
        accounts.check_database()
    accounts.mark_accounts()
    app.config["SESSION_COOKIE_NAME"] += "-demo"  # cookies know no port: the directory beside keeps its own
    app.before_request(fence.check_request)
    open_area(app, AREA)
    app.register_blueprint(blueprint)
    app.cli.add_command(demo_group)
    app.jinja_env.globals["say_in_both"] = say_in_both
