"""How and how often an organization is reminded between rounds: as it chose. Callers write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.models import Service
from referral.partners import letters
from referral.partners.round_answers import put_on_calls
from referral.partners.round_models import Means, Purpose, Reason, ReminderChoice, Stage, VerificationRound
from referral.partners.round_rules import CHOICES, is_reminder_due
from referral.partners.rounds import day_of, list_facts, lock_rounds, open_round
from referral.shared.bilingual import Language

USUAL = CHOICES[-1]


@dataclass(frozen=True, slots=True)
class Choice:
    """What an organization wishes; ``months`` between two reminders."""

    means: Means = Means.ROUND_ONLY
    months: int = USUAL
    language: Language = "fr"


def read_choice(session: Session, organization_id: UUID) -> Choice:
    """Return what an organization chose, or what holds where it chose nothing."""
    row = session.get(ReminderChoice, organization_id)
    language = letters.language_of(session, organization_id)
    return Choice(row.means, row.months, language) if row else Choice(language=language)


def choose(session: Session, organization_id: UUID, choice: Choice, actor: Actor, at: datetime) -> None:
    """Keep what an organization wishes from now on."""
    row = session.get(ReminderChoice, organization_id, with_for_update=True)
    if row is None:
        row = ReminderChoice(organization_id=organization_id, reminded_at=None)
        session.add(row)
    row.means, row.months, row.language = choice.means, choice.months, choice.language
    row.chosen_by, row.chosen_at = actor.name, at
    session.flush()
    record(session, Event(Action.CHANGE, "reminders", organization_id, actor, organization_id))


def remind_due(session: Session, at: datetime, most: int) -> int:
    """Remind those whose time has come, by letter or by a call; returns how many organizations."""
    lock_rounds(session)
    today, done = day_of(at), 0
    rows = session.scalars(sa.select(ReminderChoice).where(ReminderChoice.means != Means.ROUND_ONLY))
    for row in rows.all():
        last = max(row.chosen_at, row.reminded_at or row.chosen_at)
        if done < most and is_reminder_due(day_of(last), row.months, today):
            row.reminded_at = at
            remind(session, row, at)
            done += 1
    return done


def remind(session: Session, choice: ReminderChoice, at: datetime) -> None:
    """Ask an organization whether its listings still hold; what a round asks already is not asked twice."""
    place = choice.organization_id
    facts = list_facts(session, Service.organization_id == place)
    by_call = choice.means is Means.CALL
    stage, reason = (Stage.TO_CALL, Reason.ASKED) if by_call else (Stage.WRITTEN, Reason.REMINDED)
    opened = [open_round(session, each, reason, stage, at) for each in facts]
    asked = [each for each in opened if each is not None]
    if by_call:
        _call_about_open(session, place, at)
    elif (
        asked
        and letters.write(
            session, "listing_reminder", place, f"listing_reminder {asked[0].id}", Purpose.CONFIRM, at
        )
        is None
    ):
        for each in asked:
            put_on_calls(each, at)
    session.flush()


def _call_about_open(session: Session, place: UUID, at: datetime) -> None:
    """Call about what a letter asks: whoever wishes to be called is not waited for."""
    rows = session.scalars(
        sa.select(VerificationRound).where(
            VerificationRound.organization_id == place,
            VerificationRound.ended_at.is_(None),
            VerificationRound.stage != Stage.TO_CALL,
        )
    )
    for row in rows.all():
        put_on_calls(row, at)
