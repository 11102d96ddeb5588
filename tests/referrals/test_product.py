"""What may be done with a referral and what is seen of it: states, sides, roles and consents, all of them.

Each test tries a whole product on one stored referral and tells every case that is not as the rules say
(``expected``). What was tried is undone at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import product

import pytest
import sqlalchemy as sa
from werkzeug.exceptions import NotFound

from referral.access.guard import LOADER
from referral.access.policy import Actor, Permission, Role
from referral.intake.consent import ConsentMissingError
from referral.intake.held import Held
from referral.intake.hooks import NotOpenedError
from referral.intake.models import Case, Consent, Packet
from referral.intake.packets import NotReadableError
from referral.intake.safe import Safe, open_safes
from referral.intake.vocabulary import EndOfPacket
from referral.referrals import answering, finding, opening, sending
from referral.referrals.answering import ConsentOverError
from referral.referrals.models import Referral
from referral.referrals.moving import Hand, Why
from referral.referrals.reasons import Reason
from referral.referrals.status import IllegalMoveError, ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import House, enter, make_case, make_house
from tests.intake.granting import ANSWERS
from tests.referrals.expected import REASONS, is_read, read_lines, who_moves
from tests.referrals.making import find
from tests.referrals.sent import send_one

S = ReferralStatus
CONSENTS = ("in force", "withdrawn", "expired", "taken back")
REFUSED = (IllegalMoveError, ConsentMissingError, ConsentOverError)
CLOSED = (NotOpenedError, NotReadableError)


@dataclass
class Scene:
    """One referral that was sent, with both houses, the keys of it, and a session that writes."""

    house: House
    receiver: House
    id: object
    safes: dict[object, Safe]
    keys: sending.Keys

    def put(self, status: ReferralStatus, *, was_accepted: bool = False) -> None:
        """Store the referral as if it had come there."""
        row = find(self.id)
        row_at = row.created_at
        with writing(cases_session(), CASES) as session:
            values = {"status": status, "was_accepted": was_accepted, "requested_at": row_at}
            values["requested_at"] = None if status is S.DRAFT else row_at
            session.execute(sa.update(Referral).where(Referral.id == self.id).values(**values))

    def end(self, consent: str, at: datetime) -> datetime:
        """Let its consent be so; return the moment at which it is."""
        session = cases_session()
        referral = session.get_one(Referral, self.id)
        if consent == "withdrawn":
            values = {"withdrawn_at": at, "withdrawn_by": self.house.worker.user_id}
            session.execute(sa.update(Consent).where(Consent.id == referral.consent_id).values(**values))
        if consent == "taken back":
            values = {"ended_at": at, "ended": EndOfPacket.RECALLED}
            session.execute(sa.update(Packet).where(Packet.case_id == referral.case_id).values(**values))
        row = session.get_one(Consent, referral.consent_id, populate_existing=True)
        return row.expires_at if consent == "expired" else at

    def actor(self, side: Side) -> Actor:
        """Return who acts for a side."""
        return self.receiver.worker if side is Side.RECEIVER else self.house.worker


@pytest.fixture
def scene(house, receiver):
    referral_id = send_one(house, receiver, make_case(house, ANSWERS))
    row = find(referral_id)
    ids = (row.id, row.case_id, row.public_packet_id, row.private_packet_id)
    return Scene(house, receiver, referral_id, open_safes(ids), sending.prepare_packets(house.id, now()))


@contextmanager
def undoing() -> Iterator[None]:
    """Undo what is done within, in the transaction that goes on."""
    session = cases_session()
    nested = session.begin_nested()
    try:
        yield
    finally:
        nested.rollback()
        session.expire_all()


def why_of(wanted: ReferralStatus) -> Why:
    """Return a reason that fits, the last that is written for a status."""
    codes = read_lines(REASONS).get(wanted)
    return Why(Reason(codes[-1])) if codes else Why()


def act(scene: Scene, side: Side, wanted: ReferralStatus, at: datetime) -> None:
    """Do what a page does for a side."""
    session = cases_session()
    referral = session.get_one(Referral, scene.id)
    hand = Hand(session, referral, scene.safes[scene.id], side, scene.actor(side), at)
    if wanted is S.ENTERED_IN_ERROR:
        sending.strike_out(hand)
    elif side is Side.RECEIVER:
        answering.advance(hand, wanted, why_of(wanted))
    elif wanted is S.REQUESTED:
        case = session.get_one(Case, referral.case_id)
        held = Held(session, case, scene.safes[case.id], hand.actor, at)
        sending.send(held, hand, scene.keys, frozenset())
    else:
        answering.move(hand, wanted, why_of(wanted))


def is_done(scene: Scene, side: Side, wanted: ReferralStatus, consent: str) -> bool:
    """Say whether a side may do something, and it is then so; nothing of it is left."""
    with undoing():
        try:
            act(scene, side, wanted, scene.end(consent, now()))
        except REFUSED:
            return False
        return cases_session().get_one(Referral, scene.id, populate_existing=True).status is wanted


def is_allowed(current: ReferralStatus, side: Side, wanted: ReferralStatus, consent: str) -> bool:
    """Say by the rules whether it may: nothing is sent nor accepted without a consent in force."""
    needs_consent = wanted in {S.REQUESTED, S.ACCEPTED}
    is_over = consent in {"withdrawn", "expired"}
    return who_moves(current, wanted) is side and not (needs_consent and is_over)


def test_each_side_does_what_the_table_says_under_each_consent_and_nothing_else(scene):
    wrong = []
    for current in S:
        scene.put(current)
        with writing(cases_session(), CASES):
            wrong += [
                (current, *case)
                for case in product(Side, S, CONSENTS)
                if is_done(scene, *case) is not is_allowed(current, *case)
            ]
    assert wrong == []


def reads(scene: Scene, side: Side, stage: str, consent: str) -> bool:
    """Say whether a side reads a stage through the door of whoever is asked."""
    with undoing():
        session = cases_session()
        at = scene.end(consent, now())
        referral = session.get_one(Referral, scene.id)
        hand = Hand(session, referral, scene.safes[scene.id], side, scene.actor(side), at)
        is_first = stage == "first"
        packet_id = referral.public_packet_id if is_first else referral.private_packet_id
        try:
            return bool(
                (opening.read_first if is_first else opening.read_second)(hand, scene.safes[packet_id])
            )
        except CLOSED:
            return False


def test_each_stage_is_read_by_whoever_is_asked_where_the_rules_say_and_only_under_a_consent_in_force(scene):
    wrong = []
    for current, was_accepted in product(S, (False, True)):
        scene.put(current, was_accepted=was_accepted)
        with writing(cases_session(), CASES):
            for side, stage, consent in product(Side, ("first", "second"), CONSENTS):
                is_open = is_read(stage, current, was_accepted=was_accepted) and consent == "in force"
                if reads(scene, side, stage, consent) is not (is_open and side is Side.RECEIVER):
                    wrong.append((current, was_accepted, side, stage, consent))
    assert wrong == []


ROLES = (Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD, Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER)
OF_THE_WHOLE = (Role.VETTER, Role.OPERATOR, Role.PRIVACY_OFFICER)
KEEPS_FILES = {Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD}
DOORS = {
    Permission.REFERRAL_READ: KEEPS_FILES,
    Permission.REFERRAL_SEND: KEEPS_FILES,
    Permission.REFERRAL_ANSWER: KEEPS_FILES,
    Permission.REFERRAL_CORRECT: {Role.ORGANIZATION_LEAD},
}


def enters(scene: Scene, permission: Permission) -> Side | None:
    """Return on which side somebody comes in; None where there is nothing for her."""
    try:
        return finding.find_referral(scene.id, permission)[1]
    except NotFound:
        return None


def test_only_those_who_keep_files_on_either_side_come_in_and_a_draft_is_its_senders_alone(
    app, session, monkeypatch, scene
):
    stranger = make_house(session, "Maison Voisine Exemple")
    places = {scene.house.id: Side.SENDER, scene.receiver.id: Side.RECEIVER, stranger.id: None}
    cast = [(place, role) for place in places for role in ROLES] + [(None, role) for role in OF_THE_WHOLE]
    wrong = []
    for current in S:
        scene.put(current)
        for (place, role), (permission, roles) in product(cast, DOORS.items()):
            actor = Actor("Exemple", frozenset({(place, role)}), scene.house.worker.user_id, place)
            monkeypatch.setitem(app.extensions, LOADER, lambda actor=actor: actor)
            side = places.get(place) if role in roles else None
            if current is S.DRAFT and side is Side.RECEIVER:
                side = None
            if enters(scene, permission) is not side:
                wrong.append((current, side, role, permission))
    assert wrong == []


WANTED = re.compile(r'name="wanted" type="hidden" value="([a-z-]+)"')
OFFERED = ("accepted", "in-progress", "completed", "on-hold", "rejected", "failed", "cancelled")


@pytest.mark.parametrize("current", [S.DRAFT, S.REQUESTED, S.ACCEPTED, S.ON_HOLD, S.COMPLETED])
def test_pages_offer_the_moves_that_may_be_made_and_no_other(app, session, client, scene, current):
    for actor, side in (
        (scene.house.worker, Side.SENDER),
        (scene.house.lead, Side.SENDER),
        (scene.receiver.worker, Side.RECEIVER),
        (scene.receiver.lead, Side.RECEIVER),
    ):
        scene.put(current)
        page = enter(app, session, actor).browser.get(f"/fr/referrals/{scene.id}")
        if current is S.DRAFT and side is Side.RECEIVER:
            assert page.status_code == 404
            continue
        stands = find(scene.id).status  # the first look of whoever is asked says that it was received
        offered = {
            wanted for wanted in OFFERED if f'name="wanted" type="hidden" value="{wanted}"' in page.text
        }
        assert offered == {each for each in OFFERED if who_moves(stands, S(each)) is side}
        is_lead = actor in {scene.house.lead, scene.receiver.lead}
        assert ("/correct" in page.text) is is_lead
        assert ("/send" in page.text) is (stands is S.DRAFT)
