"""Sends under a consent, at once, and takes back what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.accounts.forms import PlainForm
from referral.intake import packets
from referral.intake.agreements import NoAgreementError
from referral.intake.answers import CaseClosedError
from referral.intake.areas import cases
from referral.intake.consent import AvoidedError, ConsentMissingError
from referral.intake.consent_views import RECORD, find_grant, list_regions
from referral.intake.consents import find_consent
from referral.intake.erasing import carry_out_soon
from referral.intake.finding import changing, find_case
from referral.intake.models import Packet
from referral.intake.packets import NothingToSendError, NotReadableError, SentAlreadyError
from referral.intake.people import list_leads
from referral.intake.reminding import enqueue_waiting
from referral.intake.safe import Safe
from referral.shared.clock import now
from referral.shared.database import directory_session

REFUSED: dict[type[Exception], LazyString] = {
    AvoidedError: _l(
        "Nothing was sent: she asked to avoid this organization, or the only regions where it is."
    ),
    ConsentMissingError: _l("Nothing was sent: this consent holds no more."),
    CaseClosedError: _l("Nothing was sent: the file is closed."),
    SentAlreadyError: _l("Nothing was sent: they can read the very same already."),
    NoAgreementError: _l(
        "Nothing was sent: no agreement with this organization is signed by both. A lead can propose one."
    ),
    NothingToSendError: _l("Nothing was sent: nothing of what she agreed to share is answered in the file."),
}


@cases.post("/<uuid:case_id>/consents/<uuid:consent_id>/send")
def send_now(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """Send what one consent allows, at once."""
    case, consent = find_grant(case_id, consent_id)
    if PlainForm().validate_on_submit():
        told = list_leads(directory_session(), consent.receiver_id)
        safe = packets.prepare(case.organization_id, now())
        refused = _send(case_id, consent_id, safe, told)
        flash(refused or _("Sent. Whoever reads it there is written down here."))
    return redirect(url_for("cases.list_consents", case_id=case_id), HTTPStatus.SEE_OTHER)


def _send(case_id: UUID, consent_id: UUID, safe: Safe, told: Iterable[UUID]) -> str | None:
    """Send, and have them told in the same transaction; or say why nothing was sent."""
    try:
        with changing(case_id, RECORD) as held:
            consent = find_consent(held.session, case_id, consent_id, lock=True)
            if consent is None:
                abort(HTTPStatus.NOT_FOUND)
            regions = list_regions([consent.receiver_id]).get(consent.receiver_id, frozenset())
            packets.send_packet(held, consent, consent.scope, safe, regions)
            enqueue_waiting(held.session, told, held.at)
    except tuple(REFUSED) as error:
        return str(REFUSED[type(error)])
    return None


@cases.post("/<uuid:case_id>/packets/<uuid:packet_id>/recall")
def recall_packet(case_id: UUID, packet_id: UUID) -> ResponseReturnValue:
    """Take back what was sent."""
    find_case(case_id, RECORD)
    if PlainForm().validate_on_submit():
        flash(_recall(case_id, packet_id))
        carry_out_soon()
    return redirect(url_for("cases.list_consents", case_id=case_id), HTTPStatus.SEE_OTHER)


def _recall(case_id: UUID, packet_id: UUID) -> str:
    try:
        with changing(case_id, RECORD) as held:
            packet: Packet | None = packets.find_packet(held.session, packet_id, lock=True)
            if packet is None or packet.case_id != case_id:
                abort(HTTPStatus.NOT_FOUND)
            packets.recall(held, packet)
    except NotReadableError:
        return _("It could be read no more already.")
    return _("Taken back: nobody can read it any more.")
