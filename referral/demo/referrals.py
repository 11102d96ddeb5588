"""What a demonstration shows of referrals: late, to answer, under way, declined, to call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.accounts.models import User
from referral.catalogue.organizations import find_by_slug
from referral.demo.files import COLLEAGUE, READING, WORKER, act_as, hold
from referral.demo.people import CENTRE, HOUSE
from referral.intake.consents import grant
from referral.intake.follow_ups import day_of
from referral.intake.models import Case
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CaseStatus, Need, Urgency
from referral.referrals import answering, calls, messages, opening, sending, speaking
from referral.referrals.models import Called, Referral
from referral.referrals.moving import Hand, Why
from referral.referrals.proposals import Proposal, Way
from referral.referrals.reasons import Reason
from referral.referrals.sending import Ask, Recipient
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import QUEBEC
from referral.shared.database import CASES, cases_session, writing

HOUR, DAY, TEN = timedelta(hours=1), timedelta(days=1), time(10)
S = ReferralStatus


@dataclass(frozen=True, slots=True)
class Pair:
    """Who asks, and who is asked; each acts for her own organization."""

    sender: Actor
    receiver: Actor
    place: UUID
    other: UUID

    def ask(self, case_id: UUID, need: Need, urgency: Urgency, at: datetime) -> UUID:
        """Read a consent out, draft under it, call where the telephone comes first, and send."""
        safe, keys = sending.prepare(self.place, at), sending.prepare_packets(self.place, at)
        with hold(self.sender, case_id, at) as held:
            consent = grant(held, replace(READING, recipients=(self.other,)), {})[0]
            made = sending.draft(held, Ask(need, urgency, (Recipient(consent.id),)), [safe])[0]
            hand = Hand(held.session, made, safe, Side.SENDER, self.sender, at)
            if urgency in sending.CALL_FIRST:
                calls.note_call(hand, Called.VOICEMAIL, "Boîte vocale; rien n’a été laissé")
            sending.send(held, hand, keys, frozenset())
            return made.id

    @contextmanager
    def answering(self, referral_id: UUID, at: datetime) -> Iterator[Hand]:
        """Have what was asked in hand as who is asked, who reads it first."""
        safe = open_safe(referral_id)
        packet = open_safe(cases_session().get_one(Referral, referral_id).public_packet_id or referral_id)
        with writing(cases_session(), CASES) as session:
            referral = session.get_one(Referral, referral_id, populate_existing=True)
            hand = Hand(session, referral, safe, Side.RECEIVER, self.receiver, at)
            opening.read_first(hand, packet)
            yield hand


def add_referrals(session: Session, at: datetime) -> None:
    """Add referrals where there is none yet; a demonstration without files has none."""
    no_files = current_app.config["CASES_URL"] is None
    if no_files or cases_session().scalars(sa.select(Referral.id).limit(1)).first():
        return
    house, centre = find_by_slug(session, HOUSE), find_by_slug(session, CENTRE)
    people = {row.username: row for row in session.scalars(sa.select(User))}
    if house is None or centre is None:
        return
    worker = act_as(people[WORKER], house.id, Role.INTAKE_WORKER)
    other = act_as(people[COLLEAGUE], centre.id, Role.ORGANIZATION_LEAD)
    urgent, planned, *_rest = list_files(house.id)
    ask_of_centre(Pair(worker, other, house.id, centre.id), urgent, planned, at)
    for case_id in list_files(centre.id):
        Pair(other, worker, centre.id, house.id).ask(case_id, Need.SHELTER, Urgency.UNSTABLE, at)


def list_files(place: UUID) -> list[UUID]:
    """Return the files of an organization that are not closed, the oldest first."""
    going_on = (CaseStatus.DRAFT, CaseStatus.OPEN)
    statement = sa.select(Case.id).where(Case.organization_id == place, Case.status.in_(going_on))
    return list(cases_session().scalars(statement.order_by(Case.created_at, Case.id)))


def ask_of_centre(pair: Pair, urgent: UUID, planned: UUID, at: datetime) -> None:
    """Ask four things of one organization, and answer three of them."""
    pair.ask(urgent, Need.SHELTER, Urgency.TONIGHT, at - 26 * HOUR)
    to_call = pair.ask(urgent, Need.LEGAL, Urgency.UNSTABLE, at - DAY)
    tomorrow = datetime.combine(day_of(at) + DAY, TEN, QUEBEC)
    with pair.answering(to_call, at - 2 * HOUR) as hand:
        speaking.propose(hand, Proposal(Way.THREE_WAY, tomorrow), "Avec notre avocate")
    under_way = pair.ask(planned, Need.IMMIGRATION, Urgency.UNSTABLE, at - 4 * DAY)
    with pair.answering(under_way, at - 3 * DAY) as hand:
        answering.advance(hand, S.ACCEPTED)
        answering.advance(hand, S.IN_PROGRESS)
        messages.write(hand, "Premier rendez-vous tenu. Le prochain est fixé.")
    declined = pair.ask(planned, Need.INCOME, Urgency.PLANNED, at - 3 * DAY)
    with pair.answering(declined, at - DAY) as hand:
        answering.advance(hand, S.REJECTED, Why(Reason.NO_CAPACITY))
