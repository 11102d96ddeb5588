"""What other organizations sent: each reading is asked anew whether it may still be, and is written down."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target
from referral.accounts.organizations import name_place
from referral.intake import consent_words, packet_lists, packets
from referral.intake.answer_words import name_all
from referral.intake.areas import cases
from referral.intake.asked import acting, read_page
from referral.intake.consent_views import as_words
from referral.intake.finding import counting
from referral.intake.hooks import find_home
from referral.intake.packets import NotReadableError
from referral.intake.safe import open_safe
from referral.keyring.services import KeyDestroyedError
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, directory_session, writing
from referral.shared.turns import TooLongAWaitError

PER_PAGE = 25


def count_unread(actor: Actor) -> int:
    """Return how much waits to be opened; nought where files cannot be read now: the account needs none."""
    if actor.acting_for is None:
        return 0
    try:
        with counting() as session:
            return packet_lists.count_unread(session, actor.acting_for, now())
    except (OperationalError, TooLongAWaitError):
        return 0


@cases.get("/received")
def list_received() -> ResponseReturnValue:
    """List what the organization was sent; of what ended, only that it did."""
    _actor, place = acting(Permission.PACKET_READ)
    session, page = cases_session(), read_page()
    pages = max(1, -(-packet_lists.count_received(session, place) // PER_PAGE))
    page = min(page, pages)
    rows = packet_lists.list_received(session, place, PER_PAGE, (page - 1) * PER_PAGE)
    readings = packet_lists.list_readings(session, [row.id for row in rows])
    return render_template(
        "cases/received.html",
        rows=rows,
        read=readings.keys(),
        senders=name_all([str(row.sender_id) for row in rows]),
        now=now(),
        page=page,
        pages=pages,
        words=consent_words,
    )


@cases.get("/received/<uuid:packet_id>")
def show_received(packet_id: UUID) -> ResponseReturnValue:
    """Show what was sent, as long as the consent holds; who reads it is written down first."""
    packet = packets.find_packet(cases_session(), packet_id)
    actor = require(Permission.PACKET_READ, Target(packet.receiver_id if packet else None))
    if packet is None:
        abort(HTTPStatus.NOT_FOUND)
    if place := find_home(packet):
        return redirect(place, HTTPStatus.SEE_OTHER)
    sender = name_place(directory_session(), packet.sender_id)
    try:
        safe = open_safe(packet_id, packet.sender_id)
        with writing(cases_session(), CASES) as session:
            locked = packets.find_packet(session, packet_id, lock=True) or abort(HTTPStatus.NOT_FOUND)
            values = packets.read_packet(session, locked, safe, actor, now())
            until = locked.expires_at
    except (NotReadableError, KeyDestroyedError):
        return render_template("cases/received_ended.html", sender=sender), HTTPStatus.GONE
    return render_template(
        "cases/received_one.html", shown=as_words(values), sender=sender, until=until, words=consent_words
    )
