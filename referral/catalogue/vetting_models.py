"""Tables of vetting: claims, calls, duplicates set aside, what moved, and who is not to be listed."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.shared.database import DirectoryBase, Identified

HASH = sa.String(64)


class CallOutcome(StrEnum):
    """What came of a call to the number that was listed before."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    SAYS_NO = "says-no"


class SpokenTo(StrEnum):
    """Who answered, by what she does there; nobody's name is kept."""

    RECEPTION = "reception"
    WORKER = "worker"
    COORDINATION = "coordination"
    OTHER = "other"


class Entity(StrEnum):
    """What can be one and the same twice."""

    SERVICE = "service"
    ORGANIZATION = "organization"


class RefusalKind(StrEnum):
    """Who asked not to be listed: an organization, or a person whose name a listing held."""

    ORGANIZATION = "organization"
    PERSON = "person"


class RefusalReason(StrEnum):
    """Why, in a code: nothing is kept in words."""

    ASKED = "asked"
    SAFETY = "safety"
    COURT = "court"


class QueueClaim(Identified, DirectoryBase):
    """Who looks at a line of the queue, so that no two people do the same."""

    __tablename__ = "queue_claim"
    __table_args__ = (sa.UniqueConstraint("kind", "item_id"),)

    kind: Mapped[str] = mapped_column(sa.String(32))
    item_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    taken_at: Mapped[datetime]


class ProposalCall(Identified, DirectoryBase):
    """A call to the number that was listed before a proposal."""

    __tablename__ = "proposal_call"

    proposal_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[str]
    outcome: Mapped[CallOutcome]
    spoken_to: Mapped[SpokenTo | None]
    called_by: Mapped[str]
    user_id: Mapped[uuid.UUID | None]
    called_at: Mapped[datetime]


class VerificationDetail(DirectoryBase):
    """With whom a verification was made, in what role, and the criteria that were checked, as codes."""

    __tablename__ = "verification_detail"

    verification_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("verification.id", ondelete="CASCADE"), primary_key=True
    )
    spoken_to: Mapped[SpokenTo | None]
    criteria: Mapped[str] = mapped_column(default="", doc="Codes, separated by semicolons.")


class NotDuplicate(Identified, DirectoryBase):
    """Two things that look alike and are not the same, as somebody found; the smaller id first."""

    __tablename__ = "not_duplicate"
    __table_args__ = (sa.UniqueConstraint("first_id", "second_id"),)

    kind: Mapped[Entity]
    first_id: Mapped[uuid.UUID]
    second_id: Mapped[uuid.UUID]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]


class Moved(DirectoryBase):
    """What became part of another in a merge: its public address leads there."""

    __tablename__ = "moved"

    old_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    new_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[Entity]
    moved_by: Mapped[str]
    moved_at: Mapped[datetime]
    manifest: Mapped[str] = mapped_column(sa.Text, doc="Ids of the rows that moved, by table, as JSON.")


class DoNotList(Identified, DirectoryBase):
    """Somebody who is not to be listed; who it is stays unwritten, only marks of it are kept."""

    __tablename__ = "do_not_list"

    kind: Mapped[RefusalKind]
    reason: Mapped[RefusalReason]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    key_check: Mapped[str] = mapped_column(HASH, doc="Tells whether the key is still the one of its marks.")

    marks: Mapped[list[DoNotListMark]] = relationship(cascade="all, delete-orphan")


class DoNotListMark(Identified, DirectoryBase):
    """A keyed hash of the words of a name, in order of the alphabet, or of a telephone number."""

    __tablename__ = "do_not_list_mark"

    entry_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("do_not_list.id", ondelete="CASCADE"), index=True
    )
    subject: Mapped[str] = mapped_column(sa.String(16), doc="name or phone")
    words: Mapped[int] = mapped_column(doc="How many words the name has; 0 for a number.")
    mark: Mapped[str] = mapped_column(HASH, index=True)
