"""Who looked at what, when, as a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.access.policy import Permission
from referral.audit.events import Action
from referral.audit.queries import Line

REFUSED: dict[Permission, LazyString] = {
    Permission.ACCOUNT_OWN: _l("somebody else's account"),
    Permission.AGREEMENT_SIGN: _l("signing an agreement for the organization"),
    Permission.APPLICATION_REVIEW: _l("reviewing who asks to be listed"),
    Permission.AUDIT_EXPIRE: _l("letting old months of the audit go"),
    Permission.AUDIT_READ: _l("reading who looked at what"),
    Permission.AUDIT_VERIFY: _l("verifying the audit"),
    Permission.CAPACITY_SHARE: _l("choosing who may know whether there is room"),
    Permission.CAPACITY_TELL: _l("telling whether there is room"),
    Permission.CASE_ASSIGN: _l("handing a file over"),
    Permission.CASE_CHANGE: _l("changing a file"),
    Permission.CASE_CREATE: _l("making a file"),
    Permission.CASE_ERASE: _l("destroying a file"),
    Permission.CASE_EXPORT: _l("exporting a file"),
    Permission.CASE_READ: _l("reading a file"),
    Permission.CATALOGUE_OVERSEE: _l("looking over the whole catalogue"),
    Permission.CONSENT_RECORD: _l("writing down a consent"),
    Permission.DISCLOSURE_MAKE: _l("communicating something without consent"),
    Permission.DISCLOSURE_READ: _l("what was communicated without consent"),
    Permission.DO_NOT_LIST_CHANGE: _l("the register of who is not to be listed"),
    Permission.EDITION_BUILD: _l("publishing"),
    Permission.FLAG_REVIEW: _l("reviewing what readers say of listings"),
    Permission.GAP_TELL: _l("telling of a need that nothing met"),
    Permission.HOURS_CHANGE: _l("the hours of an organization"),
    Permission.HOUSE_PHONE_PAIR: _l("pairing a house phone"),
    Permission.INCIDENT_KEEP: _l("the register of incidents"),
    Permission.KEYS_KEEP: _l("the master key of case files"),
    Permission.LISTING_CONFIRM: _l("confirming a listing"),
    Permission.LISTING_IMPORT: _l("importing listings"),
    Permission.LISTING_MERGE: _l("merging listings"),
    Permission.LISTING_PROPOSE: _l("changing a listing"),
    Permission.LISTING_READ: _l("the listing of an organization"),
    Permission.LISTING_READ_FOR_WORKERS: _l("what only workers may read"),
    Permission.LISTING_WITHDRAW: _l("withdrawing a listing"),
    Permission.MAIL_REVIEW: _l("looking at mail that waits"),
    Permission.MEMBERSHIP_CHANGE: _l("changing somebody's role"),
    Permission.MEMBERSHIP_LIST: _l("the list of the organization's people"),
    Permission.PACKET_READ: _l("reading what another organization sent"),
    Permission.PROPOSAL_REVIEW: _l("reviewing changes of listings"),
    Permission.REFERRAL_ANSWER: _l("answering a referral"),
    Permission.REFERRAL_CORRECT: _l("striking a referral out"),
    Permission.REFERRAL_READ: _l("reading a referral"),
    Permission.REFERRAL_SEND: _l("sending a referral"),
    Permission.REMINDER_CHOOSE: _l("choosing how to be reminded"),
    Permission.REPORT_READ: _l("the reports of an organization"),
    Permission.RETENTION_CHANGE: _l("choosing how long files are kept"),
    Permission.ROUND_RUN: _l("the rounds of verification"),
    Permission.USER_CREATE: _l("making an account"),
    Permission.USER_INVITE: _l("inviting somebody"),
    Permission.USER_OFFBOARD: _l("ending somebody's access"),
    Permission.USER_RESET_FACTOR: _l("resetting how somebody signs in"),
}
_targets: dict[str, LazyString] = {permission.value: words for permission, words in REFUSED.items()}

SENTENCES: dict[Action, LazyString] = {
    Action.VIEW: _l("%(who)s looked at %(what)s"),
    Action.CREATE: _l("%(who)s made %(what)s"),
    Action.CHANGE: _l("%(who)s changed %(what)s"),
    Action.EXPORT: _l("%(who)s exported %(what)s"),
    Action.PRINT: _l("%(who)s printed %(what)s"),
    Action.SIGN_IN: _l("%(who)s signed in"),
    Action.SIGN_IN_FAILED: _l("%(who)s tried to sign in and did not succeed"),
    Action.SIGN_OUT: _l("%(who)s signed out"),
    Action.REFUSAL: _l("%(who)s was refused: %(what)s"),
    Action.EXCEPTIONAL_ACCESS: _l("%(who)s used an exceptional access to %(what)s"),
    Action.CONSENT: _l("%(who)s wrote down a consent: %(what)s"),
    Action.WITHDRAWAL: _l("%(who)s wrote down that a consent was withdrawn: %(what)s"),
    Action.DISCLOSURE: _l("%(who)s communicated something without consent: %(what)s"),
    Action.ERASURE: _l("%(who)s destroyed %(what)s"),
}


def name_targets(names: Mapping[str, LazyString]) -> None:
    """Say how kinds of things are called, each with its article: *the account*; a feature does at wiring."""
    _targets.update(names)


def say(line: Line) -> str:
    """Return an act as a sentence without its moment, in the language of the page."""
    what = _targets.get(line.target_type)
    return str(SENTENCES[line.action]) % {
        "who": line.actor or _("Somebody unknown"),
        "what": str(what) if what is not None else line.target_type,
    }
