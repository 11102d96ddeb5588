"""Letters about accounts, in the language of whoever reads them; their links name our own address only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from referral.accounts.models import User
from referral.i18n.dates import say_date, say_time
from referral.mail.letters import Message
from referral.mail.services import enqueue
from referral.shared.bilingual import Language
from referral.shared.clock import QUEBEC


def say_moment(at: datetime, language: Language) -> str:
    """Return a moment as one says it in Québec: the day and the hour."""
    local = at.astimezone(QUEBEC)
    day, hour = say_date(local.date(), language), say_time(local.time(), language)
    return f"{day} à {hour}" if language == "fr" else f"{day} at {hour}"


def link_to(path: str, language: Language) -> str:
    """Return an address for a letter, never made from what a request says of its host."""
    return f"{current_app.config['SITE_URL']}/{language}/account/{path}"


def language_of(user: User) -> Language:
    """Return the language that somebody reads."""
    return "en" if user.language == "en" else "fr"


def tell(session: Session, user: User, kind: str, act: UUID | str, **values: str) -> None:
    """Put a letter to somebody into the outbox, where an address is known."""
    if user.email is None:
        return
    language, key = language_of(user), f"{kind} {act}"
    enqueue(session, Message(kind, user.email, language, key, {"account": user.username, **values}))


def tell_of_change(session: Session, user: User, kind: str, at: datetime) -> None:
    """Tell somebody that how she signs in was changed at a moment."""
    tell(session, user, kind, f"{user.id} {at.isoformat()}", at=say_moment(at, language_of(user)))
