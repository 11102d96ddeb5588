"""What roles and the things of an account are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.access.policy import Role
from referral.accounts.passwords import Weakness

ROLES: dict[Role, LazyString] = {
    Role.PARTNER_EDITOR: _l("Editor of listings"),
    Role.INTAKE_WORKER: _l("Intake worker"),
    Role.ORGANIZATION_LEAD: _l("Coordinator"),
    Role.VETTER: _l("Vetter of listings"),
    Role.PRIVACY_OFFICER: _l("Privacy officer"),
    Role.OPERATOR: _l("Operator of Relais"),
}
TARGETS: dict[str, LazyString] = {
    "account": _l("the account"),
    "access": _l("somebody's access"),
    "access_log": _l("who looked at what"),
    "altered_secret": _l("a secret of the authenticator application that was altered"),
    "application": _l("the authenticator application"),
    "factor": _l("the second step of somebody's sign-in"),
    "form_without_token": _l("a form that came from none of our pages"),
    "invitation": _l("an invitation"),
    "membership": _l("somebody's role"),
    "passkey": _l("a passkey"),
    "password": _l("the password"),
    "people": _l("the list of the organization's people"),
    "recovery_codes": _l("the recovery codes"),
    "session": _l("a session"),
    "try_during_wait": _l("a try during a wait"),
}
WEAKNESSES: dict[Weakness, LazyString] = {
    Weakness.SHORT: _l("Use 12 characters at least. Four or five unrelated words are easy to keep in mind."),
    Weakness.LONG: _l("Use 128 characters at most."),
    Weakness.COMMON: _l("Many people use this password, so it is tried first. Choose another."),
    Weakness.GUESSABLE: _l("This is easy to guess. Four or five unrelated words are better."),
    Weakness.SAME: _l("This is the password that you have now. Choose another."),
}
