"""The copy of what is held of a person, in words: sections, labels and values as she can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.accounts.letters import say_moment
from referral.i18n.dates import say_date
from referral.intake.answer_words import say_given
from referral.intake.answers import Given
from referral.intake.asking_words import TITLES as ASKED
from referral.intake.copy_details import say_event, say_item, spread_consent
from referral.intake.file_words import FOLLOW_UP_STATES, FOLLOW_UPS, URGENCIES
from referral.intake.holdings import DESTROYED, link_columns
from referral.intake.looks import say_times
from referral.intake.parts import Row, list_chapters
from referral.intake.rights_forms import KINDS
from referral.intake.rights_words import DESTROYED as DESTROYED_KINDS
from referral.intake.rights_words import REASONS
from referral.intake.timeline import SENTENCES as EVENTS
from referral.intake.vocabulary import (
    Basis,
    Capacity,
    CaseEventKind,
    CaseStatus,
    CertificateKind,
    ConsentMode,
    DestructionReason,
    EndOfPacket,
    FollowUpKind,
    FollowUpStatus,
    Item,
    RightsKind,
    Said,
    Urgency,
)
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
    "purpose": _l("What for"),
    "purpose_words": _l("What for, in a few words"),
    "copy": _l("Your copy of it"),
    "words": _l("Your words"),
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
    "is_elsewhere": _l("Sent with a referral"),
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

CODES: dict[type, Mapping[Any, LazyString]] = {
    CaseStatus: {
        CaseStatus.DRAFT: _l("draft"),
        CaseStatus.OPEN: _l("open"),
        CaseStatus.CLOSED: _l("closed"),
    },
    Item: {
        Item.NEEDS: _l("needs"),
        Item.AGE_BAND: _l("age, roughly"),
        Item.LANGUAGES: _l("languages"),
        Item.LIMITS: _l("what limits the choice of services"),
        Item.REGIONS: _l("regions"),
        Item.URGENCY: _l("how urgent it is"),
        Item.SAFE_CONTACT: _l("how you can safely be reached"),
    },
    ConsentMode: {
        ConsentMode.SPOKEN: _l("spoken"),
        ConsentMode.SIGNED: _l("signed"),
        ConsentMode.ELECTRONIC: _l("on a screen"),
    },
    Capacity: {
        Capacity.SELF: _l("yourself"),
        Capacity.PARENT: _l("a parent or tutor"),
        Capacity.CHILDS_BENEFIT: _l("nobody: clearly for the child’s benefit"),
    },
    Basis: {
        Basis.DANGER: _l("serious danger of death or injury"),
        Basis.CHILD: _l("protection of a child"),
        Basis.COURT: _l("order of a court"),
    },
    EndOfPacket: {
        EndOfPacket.EXPIRED: _l("its time was over"),
        EndOfPacket.WITHDRAWN: _l("you withdrew your consent"),
        EndOfPacket.RECALLED: _l("it was taken back"),
        EndOfPacket.ERASED: _l("the file was destroyed"),
    },
    CaseEventKind: EVENTS,
    Urgency: URGENCIES,
    FollowUpKind: FOLLOW_UPS,
    FollowUpStatus: FOLLOW_UP_STATES,
    RightsKind: KINDS,
    CertificateKind: DESTROYED_KINDS,
    DestructionReason: REASONS,
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the copy: its title, and each of its entries as labels with what is kept."""

    name: str
    title: str
    entries: tuple[tuple[tuple[str, str], ...], ...]


def say_copy(copy: Mapping[str, Sequence[Row]], language: Language) -> list[Section]:
    """Return a copy as it is read; parts without anything are there too, and say so."""
    titles = list_titles()
    return [
        Section(name, str(titles[name]), tuple(say_row(row, language, name) for row in gather(name, rows)))
        for name, rows in copy.items()
    ]


def list_titles() -> dict[str, LazyString]:
    """Return the title of each section."""
    return TITLES | {name: title for chapter in list_chapters() for name, title in chapter.titles.items()}


def list_labels() -> dict[str, LazyString]:
    """Return the label of each column; of one that says something else in one part, of ``part.column``."""
    return LABELS | {name: label for chapter in list_chapters() for name, label in chapter.labels.items()}


def gather(part: str, rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows as they are; who looked, once for each minute, with how often."""
    if part != "who_looked":
        return rows
    told = [(act, list(each)) for act, each in groupby(rows, key=lambda row: row["act"])]
    return [{**each[-1], "act": say_times(act, len(each))} for act, each in told]


def say_row(row: Row, language: Language, part: str = "") -> tuple[tuple[str, str], ...]:
    """Return what is kept in a row, label by label; what only links rows is left to the machine."""
    if part == "answers" and isinstance(row["content"], Mapping):
        return say_answer(row, language)
    labels, links = list_labels(), link_columns()
    return tuple(
        (str(labels.get(f"{part}.{name}") or labels[name]), say_value(value, language))
        for name, value in in_words(row, part, language).items()
        if name not in links and value not in (None, "", [], {})
    )


def in_words(row: Row, part: str, language: Language) -> Row:
    """Return a row whose sealed part is in words instead of codes, where it is of such a part."""
    for chapter in list_chapters():
        if part in chapter.say:
            return chapter.say[part](row, language)
    if part == "consents":
        modes, capacities = CODES[ConsentMode], CODES[Capacity]
        return spread_consent(row, {"mode": modes, "capacity": capacities})
    if part == "packet_items":
        return say_item(row)
    return say_event(row, CODES[Item]) if part == "timeline" else row


def say_answer(row: Row, language: Language) -> tuple[tuple[str, str], ...]:
    """Return a question and its answer as the intake shows them, with who wrote it."""
    name, content = row["name"], row["content"]
    if name == "organizations_to_avoid" and content.get("value"):
        said = ", ".join(content["value"])
    else:
        said = say_given(name, Given(Said(content["said"]), content.get("value")))
    rest = tuple((str(LABELS[each]), say_value(row[each], language)) for each in ("changed_at", "changed_by"))
    return ((str(ASKED[name]) if name in ASKED else name, said), *rest)


def say_value(value: Any, language: Language) -> str:
    """Return a value as a person reads it."""
    if value == DESTROYED:
        return _("destroyed: nobody can read it any more")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return say_moment(value, language) if isinstance(value, datetime) else say_date(value, language)
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return " · ".join(said for each in value if (said := say_value(each, language)))
    return "" if value is None else str(_words_of(type(value)).get(value, value))


def _words_of(kind: type) -> Mapping[Any, LazyString]:
    added = (chapter.codes[kind] for chapter in list_chapters() if kind in chapter.codes)
    return CODES.get(kind) or next(added, {})
