"""What can be said of a listing, and why a need stayed unmet: codes, with their words in both languages.

The reasons are those of intake practice (docs/glossary.md); a search can know only some of them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from referral.catalogue.confidentiality import address_traces
from referral.catalogue.sheet import UNSEEN

LONGEST_NOTE = 500


class FlagKind(StrEnum):
    """What is wrong with a listing; sorted by what must be looked at first."""

    UNSAFE = "unsafe"
    PHONE = "phone"
    CLOSED = "closed"
    HOURS = "hours"
    ADMISSION = "admission"
    OTHER = "other"


class FlagStatus(StrEnum):
    """Held for review, then acted on or set aside."""

    WAITING = "waiting"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"


class FlagAnswer(StrEnum):
    """What came of a flag, as whoever flagged is told."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    CORRECT = "correct"
    """The organization says that the listing is right."""
    NOT_REACHED = "not-reached"
    SET_ASIDE = "set-aside"


class UnmetReason(StrEnum):
    """Why a need stayed unmet."""

    NO_SERVICE = "no-service"
    NO_CAPACITY = "no-capacity"
    NOT_ELIGIBLE = "not-eligible"
    OUT_OF_TERRITORY = "out-of-territory"
    LANGUAGE = "language"
    HOURS = "hours"
    NO_ANSWER = "no-answer"
    SAFETY_CONFLICT = "safety-conflict"
    MISSING_INFORMATION = "missing-information"
    SERVICE_CLOSED = "service-closed"
    OTHER = "other"


class AgeBand(StrEnum):
    """Ages as bands, never as a number."""

    UNDER_14 = "under-14"
    FROM_14_TO_17 = "14-17"
    FROM_18_TO_24 = "18-24"
    FROM_25_TO_64 = "25-64"
    FROM_65 = "65-or-more"


STATUS_OF = {
    answer: FlagStatus.CORRECTED
    if answer in {FlagAnswer.CORRECTED, FlagAnswer.WITHDRAWN}
    else FlagStatus.DISMISSED
    for answer in FlagAnswer
}
ANSWER_OF = {FlagStatus.CORRECTED: FlagAnswer.CORRECTED, FlagStatus.DISMISSED: FlagAnswer.SET_ASIDE}
"""What is told where only a status was given."""
URGENCY = {kind: place for place, kind in enumerate(FlagKind)}


class NoteTellsOfAPlaceError(ValueError):
    """A note holds an address; it is not kept, since it may be one that must stay unknown."""


def check_note(note: str) -> str:
    """Return a note without the space around it; raises NoteTellsOfAPlaceError.

    Signs that nobody sees go: they steer the terminal it is read at, or turn its words around.
    """
    plain = UNSEEN.sub("", note).strip()[:LONGEST_NOTE]
    if address_traces(plain):
        raise NoteTellsOfAPlaceError
    return plain


def months_of_quarter(day: date) -> list[date]:
    """Return the months of a quarter up to a day's, the last first: an ended quarter stays as it is."""
    first = 3 * ((day.month - 1) // 3) + 1
    return [date(day.year, month, 1) for month in range(day.month, first - 1, -1)]


def month_of(day: date) -> date:
    """Return the first of the month: no need is kept with its day."""
    return day.replace(day=1)
