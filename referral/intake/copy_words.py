"""The copy of what is held of a person, in words: sections, labels and values as she can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.accounts.letters import say_moment
from referral.i18n.dates import say_date
from referral.intake.holdings import DESTROYED, LINKS, Row
from referral.shared.bilingual import Language

TITLES: dict[str, LazyString] = {
    "file": _l("The file"),
    "answers": _l("What you told us"),
    "legal_name": _l("Legal name"),
    "timeline": _l("What was done"),
    "consents": _l("What you agreed to share"),
    "consent_items": _l("Each thing that you agreed to share"),
    "packets": _l("What was sent to others"),
    "packet_items": _l("Each thing that was sent"),
    "packet_readings": _l("Who read what was sent"),
    "disclosures": _l("What was communicated without your consent, under the law"),
    "follow_ups": _l("When we asked, or will ask, how you are"),
    "requests": _l("What you asked about your file"),
    "certificates": _l("What was destroyed"),
    "who_looked": _l("Who looked at your file"),
}
LABELS: dict[str, LazyString] = {
    "code": _l("Code"),
    "organization_id": _l("Organization"),
    "status": _l("State"),
    "owner_id": _l("Who takes care of the file"),
    "deputy_id": _l("Who does when she is away"),
    "urgency": _l("Urgency"),
    "next_step_on": _l("Day of the next step"),
    "next_step": _l("Next step"),
    "returns_to_id": _l("Who takes it back"),
    "returns_on": _l("Day on which it is taken back"),
    "created_at": _l("Begun"),
    "opened_at": _l("Opened"),
    "updated_at": _l("Last written in"),
    "closed_at": _l("Closed"),
    "closure": _l("Why it was closed"),
    "keep_until": _l("Kept until"),
    "erased_at": _l("Destroyed"),
    "name": _l("Question"),
    "content": _l("What was written"),
    "changed_at": _l("Written"),
    "changed_by": _l("By"),
    "occurred_at": _l("When"),
    "user_id": _l("By"),
    "kind": _l("What"),
    "receiver_id": _l("To which organization"),
    "sender_id": _l("From which organization"),
    "days": _l("For how many days"),
    "given_at": _l("Given"),
    "expires_at": _l("Ends"),
    "mode": _l("How it was given"),
    "capacity": _l("Who gave it"),
    "language": _l("Language"),
    "with_interpreter": _l("With an interpreter"),
    "is_express": _l("Said expressly for what is sensitive"),
    "notice_version": _l("Version of the text that was read"),
    "taken_by": _l("Written down by"),
    "withdrawn_at": _l("Withdrawn"),
    "withdrawn_by": _l("Withdrawal written down by"),
    "item": _l("What"),
    "sent_at": _l("Sent"),
    "sent_by": _l("Sent by"),
    "ended_at": _l("Ended"),
    "ended": _l("Why it ended"),
    "read_by": _l("Read by"),
    "read_at": _l("Read"),
    "basis": _l("Law"),
    "made_at": _l("Made"),
    "author_id": _l("By"),
    "author_name": _l("Name of who did it"),
    "due_on": _l("Due"),
    "done_at": _l("Done"),
    "done_by": _l("Done by"),
    "received_on": _l("Asked"),
    "answered_at": _l("Answered"),
    "answered_by": _l("Answered by"),
    "reason": _l("Why"),
    "requested_by": _l("Asked by"),
    "requested_at": _l("Asked"),
    "completed_at": _l("Key destroyed"),
    "act": _l("Who, what, when"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the copy: its title, and each of its entries as labels with what is kept."""

    name: str
    title: str
    entries: tuple[tuple[tuple[str, str], ...], ...]


def say_copy(copy: Mapping[str, Sequence[Row]], language: Language) -> list[Section]:
    """Return a copy as it is read; parts without anything are there too, and say so."""
    return [
        Section(name, str(TITLES[name]), tuple(say_row(row, language) for row in rows))
        for name, rows in copy.items()
    ]


def say_row(row: Row, language: Language) -> tuple[tuple[str, str], ...]:
    """Return what is kept in a row, label by label; identifiers that only link rows are left to the machine."""
    return tuple(
        (str(LABELS[name]), say_value(value, language))
        for name, value in row.items()
        if name not in LINKS and value not in (None, "", [], {})
    )


def say_value(value: Any, language: Language) -> str:
    """Return a value as a person reads it."""
    if value == DESTROYED:
        return _("destroyed: nobody can read it any more")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return say_moment(value, language)
    if isinstance(value, date):
        return say_date(value, language)
    if isinstance(value, Mapping):
        return " · ".join(f"{key}: {say_value(each, language)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(say_value(each, language) for each in value)
    return str(value) if not isinstance(value, UUID) else str(value)
