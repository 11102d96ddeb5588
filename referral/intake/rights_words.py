"""Words for what was destroyed and why, and for what a person asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.intake.vocabulary import CertificateKind, DestructionReason

DESTROYED: dict[CertificateKind, LazyString] = {
    CertificateKind.CASE: _l("File"),
    CertificateKind.VAULT: _l("Legal name"),
    CertificateKind.PACKET: _l("What was sent to another organization"),
    CertificateKind.REFERRAL: _l("Referral to another organization"),
    CertificateKind.DISCLOSURE: _l("Entry on what was communicated without consent"),
    CertificateKind.INCIDENT: _l("Entry of the register of incidents"),
}
REASONS: dict[DestructionReason, LazyString] = {
    DestructionReason.ASKED: _l("Asked for"),
    DestructionReason.RETENTION: _l("End of the time for which it is kept"),
    DestructionReason.TURNED_OFF: _l("Your organization keeps such things no more"),
    DestructionReason.WITHDRAWN: _l("Consent withdrawn"),
    DestructionReason.RECALLED: _l("Taken back by whoever sent it"),
    DestructionReason.EXPIRED: _l("End of the consent"),
}
CHANNELS: dict[str, LazyString] = {
    "phone": _l("telephone"),
    "text": _l("text message"),
    "email": _l("e-mail"),
    "in-person": _l("in person only: give it by hand"),
    "through-someone": _l("through somebody"),
    "none": _l("in no way"),
}
