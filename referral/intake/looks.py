"""Who looked at a file, as sentences that one can read out to the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from referral.audit.events import Action
from referral.audit.models import CasesAuditEvent
from referral.audit.queries import PAGE, Line, make_line
from referral.i18n.dates import say_time
from referral.i18n.locale import FORMATS
from referral.i18n.typography import NO_BREAK
from referral.intake.models import Case, Consent, Disclosure, Packet
from referral.intake.parts import list_chapters
from referral.shared.bilingual import Language
from referral.shared.clock import QUEBEC

SENTENCES: dict[tuple[str, Action], LazyString] = {
    ("case", Action.VIEW): _l("%(who)s looked at the file"),
    ("case", Action.CREATE): _l("%(who)s began the file"),
    ("case", Action.CHANGE): _l("%(who)s wrote in the file"),
    ("case", Action.EXPORT): _l("%(who)s downloaded a copy of the file"),
    ("case", Action.PRINT): _l("%(who)s opened a copy of the file to print it"),
    ("case", Action.EXCEPTIONAL_ACCESS): _l("%(who)s looked at how to reach her outside her hours"),
    ("consent", Action.CONSENT): _l("%(who)s wrote down a consent"),
    ("consent", Action.WITHDRAWAL): _l("%(who)s wrote down that a consent was withdrawn"),
    ("disclosure", Action.DISCLOSURE): _l("%(who)s communicated something without consent, under the law"),
    ("vault", Action.VIEW): _l("%(who)s looked at the legal name"),
    ("vault", Action.CHANGE): _l("%(who)s wrote the legal name"),
    ("vault", Action.ERASURE): _l("%(who)s destroyed the legal name"),
    ("packet", Action.VIEW): _l("%(who)s looked at what was sent"),
    ("packet", Action.CREATE): _l("%(who)s sent what the consent allows"),
    ("packet", Action.WITHDRAWAL): _l("%(who)s ended what was sent"),
}
OTHERWISE: dict[Action, LazyString] = {
    Action.VIEW: _l("%(who)s looked at something of the file"),
    Action.PRINT: _l("%(who)s printed something of the file"),
    Action.EXPORT: _l("%(who)s downloaded something of the file"),
}
ANYTHING = _l("%(who)s did something in the file")
KEY_HOLDERS: dict[str, LazyString] = {"referral link": _l("Whoever answered by a link, without an account")}
"""Whom the audit knows by what she holds, since she has no account."""


@dataclass(frozen=True, slots=True)
class Look:
    """One act, who did it and for which organization, at which moment."""

    line: Line
    sentence: str
    times: int = 1
    """How often it was done within that minute."""

    @property
    def said(self) -> str:
        """The sentence, and how often where it was more than once."""
        return say_times(self.sentence, self.times)


def list_looks(session: Session, case_id: UUID, before: int | None = None, limit: int = PAGE) -> list[Line]:
    """Return who did what with a file and with what was sent of it, newest first.

    ``before`` is the number of the last line of the page above.
    """
    statement = (
        sa.select(*(getattr(CasesAuditEvent, name) for name in Line.__slots__))
        .where(acts_of(session, case_id))
        .order_by(CasesAuditEvent.number.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(CasesAuditEvent.number < before)
    return [make_line(row._asdict()) for row in session.execute(statement)]


def acts_of(session: Session, case_id: UUID) -> sa.ColumnElement[bool]:
    """Select the acts that are of a file, with those that later packages know of."""
    case = session.get(Case, case_id)
    added = [chapter.watched(session, case) for chapter in list_chapters()] if case is not None else []
    wanted = [str(each) for each in things_of(session, case_id)]
    return sa.or_(CasesAuditEvent.target_id.in_(wanted), *added)


def things_of(session: Session, case_id: UUID) -> list[UUID]:
    """Return a file and whatever of it the audit may speak of."""
    kinds = (Packet, Consent, Disclosure)
    found = [session.scalars(sa.select(kind.id).where(kind.case_id == case_id)) for kind in kinds]
    return [case_id, *(each for rows in found for each in rows)]


def organizations_in(lines: Iterable[Line]) -> set[UUID]:
    """Return for which organizations people acted."""
    return {line.acting_for for line in lines if line.acting_for is not None}


def say_looks(lines: Sequence[Line], own: UUID, places: dict[UUID, str], language: Language) -> list[Look]:
    """Return lines as sentences; whoever acted for another organization is named with it."""
    return [Look(line, say_look(line, own, places, language)) for line in lines]


def gather(told: Sequence[Look]) -> list[Look]:
    """Return the same where one page after the other, within one minute, is one sentence."""
    rows = [list(each) for _sentence, each in groupby(told, key=lambda look: look.sentence)]
    return [Look(each[-1].line, each[-1].sentence, len(each)) for each in rows]


def say_times(sentence: str, times: int) -> str:
    """Return a sentence, and how often it holds where it is more than once."""
    return sentence if times == 1 else _("%(done)s, %(number)d times", done=sentence, number=times)


def say_look(line: Line, own: UUID, places: dict[UUID, str], language: Language) -> str:
    """Return « Béa Exemple a consulté le dossier, mardi 24 novembre 2026 à 14 h 10 »."""
    who = str(KEY_HOLDERS.get(line.actor or "", line.actor or _("The system, by itself")))
    if line.acting_for is not None and line.acting_for != own:
        who = _(
            "%(who)s, of %(place)s,", who=who, place=places.get(line.acting_for, _("another organization"))
        )
    acts = {key: said for chapter in list_chapters() for key, said in chapter.acts.items()} | SENTENCES
    sentence = acts.get((line.target_type, line.action)) or OTHERWISE.get(line.action, ANYTHING)
    done = str(sentence) % {"who": who}
    return _("%(done)s, %(day)s at %(hour)s", done=done, **say_when(line.occurred_at, language))


def say_when(at: datetime, language: Language) -> dict[str, str]:
    """Return the day with its weekday, and the hour, as they are said in Québec."""
    here = at.astimezone(QUEBEC)
    day = format_date(here.date(), "full", locale=FORMATS[language])
    if language == "fr":
        weekday, rest = day.split(" ", 1)
        rest = rest.replace("1 ", "1er ", 1) if rest.startswith("1 ") else rest
        day = f"{weekday} {rest.replace(' ', NO_BREAK)}"
    return {"day": day, "hour": say_time(here.time(), language)}
