"""Codes of case files (docs/glossary.md); stored as they are written here, never shown."""

from __future__ import annotations

from enum import StrEnum


class CaseStatus(StrEnum):
    """Where a file stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ERASED = "erased"


class Urgency(StrEnum):
    """Set by a person with one line of reason; nothing computes it."""

    NOW = "u1"
    TONIGHT = "u2"
    UNSTABLE = "u3"
    PLANNED = "u4"


class Said(StrEnum):
    """What is known of one question; *not asked* has no answer at all."""

    ANSWERED = "answered"
    DECLINED = "declined"
    """She prefers not to say."""
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    """Years of age, never more exactly."""

    CHILD = "0-13"
    MINOR = "14-17"
    YOUNG = "18-24"
    ADULT = "25-64"
    SENIOR = "65+"


class NeedState(StrEnum):
    """What is known of one need; *not discussed* is not stored."""

    NO_NEED = "no-need"
    NOW = "need-now"
    LATER = "need-later"
    IN_PROGRESS = "in-progress"
    MET = "met"
    DECLINED = "declined"
    UNMET = "unmet"


class Need(StrEnum):
    """Domains of need (DOMAIN §3.2)."""

    SAFETY = "safety"
    SHELTER = "shelter"
    BASICS = "basics"
    HEALTH = "health"
    SEXUAL_HEALTH = "sexual-health"
    MENTAL_HEALTH = "mental-health"
    SUBSTANCES = "substances"
    LEGAL = "legal"
    IMMIGRATION = "immigration"
    INCOME = "income"
    LANGUAGE = "language"
    FAMILY = "family"
    PAPERS = "papers"
    TRANSPORT = "transport"
    TECHNOLOGY = "technology"
    PEERS = "peers"
    EDUCATION = "education"
    RETURN = "return"


class Item(StrEnum):
    """What can be shared, each ticked by itself; nothing else of a file ever leaves it."""

    NEEDS = "needs"
    AGE_BAND = "age_band"
    LANGUAGES = "languages"
    LIMITS = "limits"
    REGIONS = "regions"
    URGENCY = "urgency"
    SAFE_CONTACT = "safe_contact"


SENSITIVE = frozenset({Item.NEEDS, Item.LIMITS})
"""Health, sexual life, papers: for these the consent is express, and said apart."""


class ConsentMode(StrEnum):
    """How a consent was given."""

    SPOKEN = "spoken"
    SIGNED = "signed"
    ELECTRONIC = "electronic"


class Capacity(StrEnum):
    """Who may consent (C.C.Q. 14; P-39.1 s. 4.1)."""

    SELF = "self"
    PARENT = "parent"
    """Under 14, by a parent or tutor, who may be the one who exploits."""
    CHILDS_BENEFIT = "childs-benefit"
    """Under 14, without the parent: clearly for the child's benefit."""


class Purpose(StrEnum):
    """Why something is shared; one grant has one."""

    SHELTER = "shelter"
    SUPPORT = "support"
    HEALTH = "health"
    LEGAL = "legal"
    IMMIGRATION = "immigration"
    WORK_AND_MONEY = "work-and-money"
    OTHER = "other"


class Basis(StrEnum):
    """The law under which something is communicated without consent."""

    DANGER = "danger"
    """P-39.1 s. 18.1; A-2.1 s. 59.1 for a public body: serious risk of death or injury, and urgency."""
    CHILD = "child"
    """Youth Protection Act s. 39."""
    COURT = "court"
    """An order of a court."""


class EndOfPacket(StrEnum):
    """Why what was sent can be read no more."""

    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"
    ERASED = "erased"


class FollowUpKind(StrEnum):
    """When somebody asks how she is, if she agreed to be asked."""

    HOURS_48 = "48-hours"
    DAYS_7 = "7-days"
    DAYS_30 = "30-days"
    DAYS_90 = "90-days"


class FollowUpStatus(StrEnum):
    """What became of a follow-up."""

    PLANNED = "planned"
    DONE = "done"
    NOT_REACHED = "not-reached"
    CANCELLED = "cancelled"


class Closure(StrEnum):
    """Why a file is closed (DOMAIN §3.6)."""

    GOALS_MET = "goals-met"
    TRANSFERRED = "transferred"
    PERSON_STOPPED = "person-stopped"
    LOST_CONTACT = "lost-contact"
    MOVED = "moved"
    RETURNED = "returned"
    NO_SERVICE = "no-service"
    OTHER_AUTHORITY = "other-authority"
    DECEASED = "deceased"
    IN_ERROR = "in-error"


class CaseEventKind(StrEnum):
    """What a file's timeline tells."""

    CREATED = "created"
    OPENED = "opened"
    CHANGED = "changed"
    NEXT_STEP = "next-step"
    HANDED_OVER = "handed-over"
    FOLLOWED_UP = "followed-up"
    CONTACT_SEEN = "contact-seen"
    """How to reach her was shown although her rule did not allow it then."""
    CONSENTED = "consented"
    WITHDRAWN = "withdrawn"
    SHARED = "shared"
    DISCLOSED = "disclosed"
    RIGHTS = "rights"
    CLOSED = "closed"
    REOPENED = "reopened"
    KEPT_LONGER = "kept-longer"


class RightsKind(StrEnum):
    """What a person asks of those who keep a file on her."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"


class CertificateKind(StrEnum):
    """What was destroyed."""

    CASE = "case"
    VAULT = "vault"
    PACKET = "packet"
    REFERRAL = "referral"
    DISCLOSURE = "disclosure"
    INCIDENT = "incident"


class DestructionReason(StrEnum):
    """Why it was destroyed."""

    ASKED = "asked"
    RETENTION = "retention"
    TURNED_OFF = "turned-off"
    """The organization keeps such things no more."""
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"
    EXPIRED = "expired"
