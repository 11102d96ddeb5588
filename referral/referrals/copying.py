"""What a person's copy holds of referrals, at both ends, and who looked at them.

The organization that asked gives all of it: also what the other one answered and wrote, which is about
her. The one that was asked, once it keeps a file of its own, gives that it was asked and what it wrote
itself; whom else was asked, and what the sender wrote, are the sender's to give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from referral.audit.events import Action
from referral.audit.models import CasesAuditEvent
from referral.intake import parts
from referral.intake.models import Case
from referral.intake.parts import Chapter, Part, Row
from referral.referrals import copy_said
from referral.referrals.asked import PLACE
from referral.referrals.models import Called, Referral, ReferralCall, ReferralEvent, ReferralMessage, Via
from referral.referrals.moving import TARGET
from referral.referrals.status import ReferralStatus, Side

OWN_TO_THE_SENDER = ("group_id", "previous_id", "service_id", "escalated_at", "due_at", "chosen_at")
"""Of a referral, columns that the copy of the one that was asked is without."""


def _asked_of(case_id: UUID) -> sa.Select[UUID]:
    return sa.select(Referral.id).where(Referral.case_id == case_id)


def _taken_into(case_id: UUID) -> sa.Select[UUID]:
    return sa.select(Referral.id).where(Referral.receiver_case_id == case_id)


def _told_in(model: type[ReferralEvent | ReferralMessage]) -> Any:
    """Return what selects the rows of a file: all of those it asked with, its own of those it was asked."""

    def of(case_id: UUID) -> sa.ColumnElement[bool]:
        own = sa.and_(model.referral_id.in_(_taken_into(case_id)), model.side == Side.RECEIVER)
        return sa.or_(model.referral_id.in_(_asked_of(case_id)), own)

    return of


def _narrow(row: Referral, case_id: UUID, opened: Row) -> Row:
    """Leave to the one that was asked what it was asked for, and when."""
    if row.case_id == case_id:
        return opened
    told = opened["content"]
    content = {"need": told["need"]} if isinstance(told, Mapping) else told
    return {**opened, **dict.fromkeys(OWN_TO_THE_SENDER & opened.keys()), "content": content}


def _owner(row: ReferralEvent | ReferralMessage) -> UUID:
    return row.referral.sender_id


PARTS = (
    Part(
        "referrals",
        Referral,
        lambda case_id: sa.or_(Referral.case_id == case_id, Referral.receiver_case_id == case_id),
        lambda row: row.id,
        {"sealed": lambda _row: PLACE},
        lambda row: row.sender_id,
        _narrow,
    ),
    Part(
        "referral_moves",
        ReferralEvent,
        _told_in(ReferralEvent),
        lambda row: row.referral_id,
        {"sealed": lambda row: f"event.{row.id}"},
        _owner,
    ),
    Part(
        "referral_messages",
        ReferralMessage,
        _told_in(ReferralMessage),
        lambda row: row.referral_id,
        {"sealed": lambda row: f"message.{row.id}"},
        _owner,
    ),
    Part(
        "referral_calls",
        ReferralCall,
        lambda case_id: ReferralCall.referral_id.in_(_asked_of(case_id)),
        lambda row: row.referral_id,
        {"sealed": lambda row: f"call.{row.id}"},
    ),
)
ACTS: dict[tuple[str, Action], LazyString] = {
    (TARGET, Action.VIEW): _l("%(who)s looked at a referral"),
    (TARGET, Action.CREATE): _l("%(who)s made a link to answer a referral"),
    (TARGET, Action.CHANGE): _l("%(who)s wrote in a referral"),
}


def watch(session: Session, case: Case) -> sa.ColumnElement[bool]:
    """Select who did what with a file's referrals; of those it was asked, what was done at its own place."""
    asked = session.scalars(_asked_of(case.id)).all()
    taken = session.scalars(sa.select(Referral).where(Referral.receiver_case_id == case.id)).all()
    own = [each for row in taken for each in (row.id, row.public_packet_id, row.private_packet_id) if each]
    target = CasesAuditEvent.target_id
    here = CasesAuditEvent.acting_for == case.organization_id
    return sa.or_(target.in_(map(str, asked)), sa.and_(target.in_(map(str, own)), here))


def init_app(app: Flask) -> None:
    """Have referrals in the copy of a person's file, and in who looked at it."""
    parts.add(
        app,
        Chapter(
            parts=PARTS,
            people=frozenset({"handler_id", "called_by"}),
            links=frozenset(
                {"referral_id", "service_id", "public_packet_id", "private_packet_id", "group_id"}
                | {"previous_id"}
            ),
            titles=copy_said.TITLES,
            labels=copy_said.LABELS,
            codes={
                ReferralStatus: copy_said.STATUSES,
                Side: copy_said.SIDES,
                Via: copy_said.VIAS,
                Called: copy_said.CALLED,
            },
            say=copy_said.SAY,
            watched=watch,
            acts=ACTS,
        ),
    )
