"""A file in the hands of somebody who writes in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.models import Case, CaseEvent
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseEventKind

TARGET = "case"


@dataclass(frozen=True, slots=True)
class Held:
    """A file, locked until the commit, with its key; by whom it is held and at what moment.

    ``session`` is in ``writing(…, CASES)``. ``actor`` is None where the scheduled command does it.
    """

    session: Session
    case: Case
    safe: Safe
    actor: Actor | None
    at: datetime

    @property
    def user_id(self) -> uuid.UUID | None:
        """Who writes."""
        return self.actor.user_id if self.actor else None

    def touch(self) -> None:
        """Note that the file changed: whoever has an older version open is told."""
        self.case.updated_at = self.at
        self.session.flush()

    def tell(self, kind: CaseEventKind, detail: Any = None) -> CaseEvent:
        """Add a line to the file's timeline; what it says of the person is in ``detail``, sealed."""
        event_id = uuid.uuid4()
        event = CaseEvent(
            id=event_id,
            case_id=self.case.id,
            occurred_at=self.at,
            user_id=self.user_id,
            kind=kind,
            sealed=None if detail is None else self.safe.seal(f"event.{event_id}", detail),
        )
        self.session.add(event)
        self.session.flush()
        return event

    def record(self, action: Action = Action.CHANGE) -> None:
        """Have the act in the audit, without content."""
        event = Event(action, TARGET, self.case.id, self.actor, self.case.organization_id)
        record(self.session, event, CASES_CHAIN)
