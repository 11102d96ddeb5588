"""What keeps a command on keys from being done, each in a plain sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from referral.audit.services import NoAuditKeyError
from referral.keyring.folder import Fault, MasterKeyError
from referral.keyring.models import Kind
from referral.keyring.services import BrokenKeyError, MasterKeyExistsError, NoMasterKeyError, WrongCodeError
from referral.shared.encryption import NotACodeError
from referral.shared.turns import TooLongAWaitError

FAULTS = {
    Fault.MISSING: _l("The file of the master key is not there: %(path)s"),
    Fault.EXPOSED: _l("Others can read the master key: chmod 600 %(path)s"),
    Fault.ANOTHER: _l("The file does not hold the master key that its name says: %(path)s"),
}
THINGS = {
    Kind.CASE: _l("Case files: %(count)d"),
    Kind.VAULT: _l("Legal names: %(count)d"),
    Kind.PACKET: _l("Things sent to another organization: %(count)d"),
    Kind.REFERRAL: _l("Referrals: %(count)d"),
    Kind.DISCLOSURE: _l("Things communicated without consent: %(count)d"),
    Kind.INCIDENT: _l("Incidents: %(count)d"),
}


def say_fault(error: MasterKeyError) -> str:
    """Return what keeps a master key from being used, and what to do."""
    said = str(FAULTS[error.fault]) % {"path": error.path}
    if error.fault is Fault.EXPOSED:
        return said
    advice = _("With its paper: flask --app wsgi relais keys recover")
    return f"{said}. {advice}"


def _say_unreachable(_error: Exception) -> str:
    return _(
        "The database of case files, or that of their keys, does not answer or is not up to date: "
        "flask --app wsgi relais doctor"
    )


SENTENCES: tuple[tuple[type[Exception], Callable[[Any], str]], ...] = (
    (NoMasterKeyError, lambda _error: _("There is no master key yet: flask --app wsgi relais keys create")),
    (
        MasterKeyExistsError,
        lambda _error: _("There is a master key already. To replace it: flask --app wsgi relais keys rotate"),
    ),
    (MasterKeyError, say_fault),
    (
        BrokenKeyError,
        lambda error: _(
            "The key of an organization was altered; nothing was changed: %(name)s",
            name=error.organization_id,
        ),
    ),
    (WrongCodeError, lambda _error: _("This is the code of none of the master keys that are in use.")),
    (
        NotACodeError,
        lambda _error: _("This is not a recovery code: eight groups of four letters or digits."),
    ),
    (
        NoAuditKeyError,
        lambda _error: _("RELAIS_AUDIT_KEY is not set: what is done could not be written down."),
    ),
    (SQLAlchemyError, _say_unreachable),
    (TooLongAWaitError, _say_unreachable),
    (OSError, lambda error: _("A file cannot be written or removed: %(path)s", path=error.filename)),
)
EXPLAINED = tuple(kind for kind, _sentence in SENTENCES)


def explain(error: Exception) -> str:
    """Return why something was not done; the error is one of ``EXPLAINED``."""
    return next(sentence(error) for kind, sentence in SENTENCES if isinstance(error, kind))
