"""Flask-Security, as we use it: passwords, authenticator codes and recovery codes; its pages are not shown.

Its own views commit by themselves, know one identity only and load whoever is signed in on every page.
Ours write under the house's lock, record what they do, and leave the public pages alone (ADR 0014).
"""

from __future__ import annotations

from typing import Any, cast

from cryptography.fernet import InvalidToken, MultiFernet
from flask import Flask, current_app
from flask_security import Security, UserMixin
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.totp import Totp

from referral.accounts.models import User, UserSession
from referral.shared import seals
from referral.shared.database import db
from referral.shared.keys import derive

ISSUER = "Relais"
USE = "accounts.totp"
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
QUICK_HASH = {"argon2__memory_cost": 8, "argon2__rounds": 1, "argon2__parallelism": 1}
"""In tests only: a thousand of them sign in."""
LEAST_SCORE = 3
"""Of zxcvbn's four: resists guessing offline for a while."""


class AlteredSecretError(Exception):
    """A secret of an authenticator was altered, or sealed with a key that is not set."""


class CountedTotp(Totp):
    """Codes that serve once, of secrets that nobody alters unseen.

    The moment of the last code is kept with its owner; the wallet of passlib, which does not see an
    alteration, is not used.
    """

    def generate_totp_secret(self) -> str:
        """Return a new secret, sealed."""
        return _seal().encrypt(self._totp.new().to_json(encrypt=False).encode()).decode()

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Say whether a code is of a sealed secret; raises AlteredSecretError."""
        return bool(super().verify_totp(token, open_secret(totp_secret), user, window))

    def get_totp_uri(self, username: str, totp_secret: str) -> str:
        """Return what a QR code says of a sealed secret; raises AlteredSecretError."""
        return str(super().get_totp_uri(username, open_secret(totp_secret)))

    def get_totp_pretty_key(self, totp_secret: str) -> str:
        """Return a sealed secret to be typed; raises AlteredSecretError."""
        return str(super().get_totp_pretty_key(open_secret(totp_secret)))

    def generate_totp_password(self, totp_secret: str) -> str:
        """Return the code of a sealed secret at this moment; raises AlteredSecretError."""
        return str(super().generate_totp_password(open_secret(totp_secret)))

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the moment of the last code that was taken."""
        return cast(User, user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Keep the moment of the code that was just taken."""
        cast(User, user).totp_counter = tmatch.counter


def open_secret(sealed: str) -> str:
    """Return the secret of an authenticator; raises AlteredSecretError."""
    try:
        return _seal().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise AlteredSecretError from error


def is_intact(sealed: str | None) -> bool:
    """Say whether there is a secret of an authenticator, as it was sealed."""
    try:
        return sealed is not None and bool(open_secret(sealed))
    except AlteredSecretError:
        return False


def _seal() -> MultiFernet:
    return seals.make_seal(current_app.config, USE)


def init_app(app: Flask) -> None:
    """Give the application Flask-Security without its pages, commands, cookies and hooks."""
    secret = app.config["SECRET_KEY"]
    app.config.update(
        {
            "SECURITY_PASSWORD_HASH": "argon2",
            "SECURITY_PASSWORD_SCHEMES": ["argon2"],
            "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
            "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": QUICK_HASH if app.config["TESTING"] else {},
            "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
            "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
            "SECURITY_PASSWORD_COMPLEXITY_CHECKER": "zxcvbn",
            "SECURITY_ZXCVBN_MINIMUM_SCORE": LEAST_SCORE,
            "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,  # without it, no codes of applications either
            "SECURITY_TOTP_SECRETS": {1: derive(secret, "accounts.wallet").hex()},
            "SECURITY_TOTP_ISSUER": ISSUER,
            "SECURITY_DEFAULT_REMEMBER_ME": False,
            "SECURITY_CLI_USERS_NAME": False,
            "SECURITY_CLI_ROLES_NAME": False,
        }
    )
    store = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type]  # roles are ours
    json = app.json
    Security(app, store, register_blueprint=False, totp_cls=CountedTotp)
    app.json = json
    leave_other_pages_alone(app)
    for column in (User.totp_secret, UserSession.waiting_secret):
        seals.register(app, column, USE)


def leave_other_pages_alone(app: Flask) -> None:
    """Take away what would look for a signed-in user at every request, also at a public page's."""
    hooks: tuple[list[Any], ...] = (
        app.before_request_funcs[None],
        app.after_request_funcs[None],
        app.template_context_processors[None],
    )
    for functions in hooks:
        functions[:] = [each for each in functions if not is_of_extension(each)]


def is_of_extension(function: Any) -> bool:
    """Say whether a hook is one that Flask-Security's companions put there."""
    return str(function.__module__).partition(".")[0] in {"flask_login", "flask_principal", "flask_security"}
