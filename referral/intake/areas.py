"""Where the pages of case files are: behind the sign-in, at ``/<language>/cases/…``."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import render_template
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


@cases.errorhandler(MasterKeyError)
@cases.errorhandler(NoMasterKeyError)
@cases.errorhandler(OperationalError)
@cases.errorhandler(TooLongAWaitError)
def show_unreachable(_error: Exception) -> ResponseReturnValue:
    """Say that files or their keys cannot be read now; nothing was changed."""
    return render_template("cases/unreachable.html"), HTTPStatus.SERVICE_UNAVAILABLE


@cases.errorhandler(KeyDestroyedError)
def show_gone(_error: KeyDestroyedError) -> ResponseReturnValue:
    """Say that what was kept was destroyed."""
    return render_template("cases/gone.html"), HTTPStatus.GONE


@cases.errorhandler(SealBrokenError)
def show_altered(_error: SealBrokenError) -> ResponseReturnValue:
    """Say that something was altered outside of this application, and show nothing of what it holds."""
    log.error("sealed_value_altered")
    return render_template("cases/altered.html"), HTTPStatus.SERVICE_UNAVAILABLE
