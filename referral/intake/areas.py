"""Where the pages of case files are: behind the sign-in, at ``/<language>/cases/…``."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from referral.keyring.folder import MasterKeyError
from referral.keyring.services import KeyDestroyedError, NoMasterKeyError
from referral.partners.areas import make_area
from referral.shared.encryption import SealBrokenError
from referral.shared.turns import TooLongAWaitError

log = structlog.get_logger(__name__)

CASES_AREA = "cases"

cases = make_area(CASES_AREA)


def answer_unreachable(blueprint: Blueprint) -> None:
    """Have an area's pages say that files, or their keys, cannot be read now, or were destroyed."""
    for error in (MasterKeyError, NoMasterKeyError, OperationalError, TooLongAWaitError):
        blueprint.register_error_handler(error, show_unreachable)
    blueprint.register_error_handler(KeyDestroyedError, show_gone)
    blueprint.register_error_handler(SealBrokenError, show_altered)


def show_unreachable(_error: Exception) -> ResponseReturnValue:
    """Say that nothing was changed."""
    return render_template("cases/unreachable.html"), HTTPStatus.SERVICE_UNAVAILABLE


def show_gone(_error: Exception) -> ResponseReturnValue:
    """Say that what was kept was destroyed."""
    return render_template("cases/gone.html"), HTTPStatus.GONE


def show_altered(_error: Exception) -> ResponseReturnValue:
    """Say that something was altered outside of this application, and show nothing of what it holds."""
    log.error("sealed_value_altered")
    return render_template("cases/altered.html"), HTTPStatus.SERVICE_UNAVAILABLE


answer_unreachable(cases)
