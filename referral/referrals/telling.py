"""What the page of a file tells of its referrals: how each stands, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _

from referral.access.guard import find_actor
from referral.access.policy import Permission, Target, permits
from referral.intake.answer_words import name_all
from referral.intake.beside import Panel, Window
from referral.intake.file_words import NEEDS
from referral.intake.models import Case
from referral.intake.people import name_people
from referral.intake.safe import Safe, open_safes
from referral.intake.timeline import Line
from referral.intake.vocabulary import CaseStatus
from referral.referrals.answer_words import CALLED, REASONS, RULES, WAYS
from referral.referrals.asked import read_asked
from referral.referrals.calls import Call, list_calls
from referral.referrals.due_words import say_due
from referral.referrals.messages import Said, read_all
from referral.referrals.models import Referral, ReferralEvent, Via
from referral.referrals.moving import Why, read_why
from referral.referrals.status import Side
from referral.referrals.status_words import say_event, say_next, say_status
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Told:
    """A referral of a file with its key; ``place`` is what whoever was asked is called."""

    referral: Referral
    safe: Safe | None
    place: str

    @property
    def need(self) -> object:
        """What is asked, in words; nothing where it can be read no more."""
        asked = read_asked(self.referral, self.safe) if self.safe else None
        return NEEDS[asked.need] if asked else ""


def show_panel(case: Case) -> Panel | None:
    """Show the referrals of a file to whoever sends them: what waits first, then the latest."""
    if not permits(find_actor(), Permission.REFERRAL_SEND, Target(case.organization_id, case.owner_id)):
        return None
    told = sorted(_list(case), key=lambda each: each.referral.turn is None)
    shown = {
        "told": told[:MOST_SHOWN],
        "more": len(told) > MOST_SHOWN,
        "may_ask": case.status in {CaseStatus.DRAFT, CaseStatus.OPEN},
        "say_status": say_status,
        "say_next": say_next,
        "say_due": say_due,
        "at": now(),
        "sender": Side.SENDER,
    }
    return Panel("referrals/of_file.html", shown)


def tell(case: Case, window: Window) -> list[Line]:
    """Return what became of the referrals of a file within a part of its timeline, in words."""
    told = _list(case)
    calls = {each.referral.id: _calls(each) for each in told}
    names = name_people(directory_session(), _people(told, calls))
    lines = [line for each in told for line in _tell(each, calls[each.referral.id], names)]
    return [line for line in lines if window.holds(line.at)]


def _list(case: Case) -> list[Told]:
    """Return the referrals that a file's own organization sent, the latest first."""
    statement = sa.select(Referral).where(
        Referral.case_id == case.id, Referral.sender_id == case.organization_id
    )
    rows = cases_session().scalars(statement.order_by(Referral.created_at.desc(), Referral.id)).all()
    safes = open_safes((each.id for each in rows), case.organization_id)
    names = name_all([str(each.receiver_id) for each in rows])
    return [Told(each, safes.get(each.id), names[str(each.receiver_id)]) for each in rows]


def _calls(told: Told) -> Sequence[Call]:
    return list_calls(cases_session(), told.referral, told.safe) if told.safe else ()


def _said(told: Told) -> list[Said]:
    return read_all(told.referral, told.safe) if told.safe else []


def _people(told: Sequence[Told], calls: Mapping[UUID, Sequence[Call]]) -> set[UUID | None]:
    people: set[UUID | None] = set()
    for each in told:
        people |= {event.user_id for event in each.referral.events}
        people |= {message.user_id for message in each.referral.messages}
        people |= {call.row.called_by for call in calls[each.referral.id]}
    return people


def _tell(told: Told, calls: Sequence[Call], names: Mapping[UUID, str]) -> list[Line]:
    lines = [
        Line(
            f"{told.place} – {say_event(event)}",
            _say_why(told, read_why(event, told.safe)) if told.safe else "",
            _by(told, event, names),
            event.occurred_at,
        )
        for event in told.referral.events
    ]
    for each in _said(told):
        way = str(WAYS[each.proposal.way]) if each.proposal else _("Message")
        lines.append(Line(f"{told.place} – {way}", each.text, _by(told, each, names), each.sent_at))
    called = _("Telephone call")
    for call in calls:
        title = f"{told.place} – {called}"
        said = " · ".join(part for part in (str(CALLED[call.row.answered]), call.note) if part)
        lines.append(Line(title, said, names.get(call.row.called_by), call.row.called_at))
    return lines


def _by(told: Told, done: ReferralEvent | Said, names: Mapping[UUID, str]) -> str | None:
    """Return who did something on which side; None where it came by itself."""
    name = names.get(done.user_id) if done.user_id else None
    if done.via is Via.LINK:
        return _("%(place)s, by a link", place=told.place)
    if done.side is Side.RECEIVER and done.via is Via.CALL:
        return _("%(name)s, by telephone", name=name or told.place)
    return f"{name}, {told.place}" if name and done.side is Side.RECEIVER else name


def _say_why(told: Told, why: Why) -> str:
    """Return why, or for which need where no reason goes with a move; then the words."""
    reason = str(REASONS[why.reason]) if why.reason else str(told.need)
    if why.sub:
        reason = f"{reason} ({RULES[why.sub]})"
    return " · ".join(part for part in (reason, why.note) if part)
