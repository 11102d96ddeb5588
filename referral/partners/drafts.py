"""What somebody typed into the form of a listing and did not send yet. Callers write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from referral.catalogue.change_models import ListingDraft
from referral.catalogue.models import Service
from referral.partners.typed import Fields

NOT_KEPT = frozenset({"csrf_token", "do", "kept", "restored"})


def find_draft(session: Session, service_id: UUID, user_id: UUID) -> ListingDraft | None:
    """Return what somebody left of a listing's form."""
    return session.scalars(
        sa.select(ListingDraft).where(ListingDraft.service_id == service_id, ListingDraft.user_id == user_id)
    ).one_or_none()


def list_drafts(session: Session, service_ids: Collection[UUID], user_id: UUID) -> set[UUID]:
    """Return the services of which somebody left a draft."""
    return set(
        session.scalars(
            sa.select(ListingDraft.service_id).where(
                ListingDraft.service_id.in_(service_ids), ListingDraft.user_id == user_id
            )
        )
    )


def save_draft(  # noqa: PLR0913, PLR0917  # of what, whose, which version, when
    session: Session, service: Service, user_id: UUID, fields: Fields, version: int, at: datetime
) -> None:
    """Keep what is typed instead of what was kept before; ``version`` is the listing's as it was opened."""
    typed = msgspec.json.encode(
        [(name, text) for name, text in fields.items(multi=True) if name not in NOT_KEPT]
    )
    draft = find_draft(session, service.id, user_id)
    if draft is None:
        draft = ListingDraft(service_id=service.id, user_id=user_id)
        session.add(draft)
    draft.typed, draft.listing_version, draft.saved_at = typed.decode(), version, at
    session.flush()


def read_draft(draft: ListingDraft) -> Fields:
    """Return the texts of a draft as its form holds them."""
    return MultiDict(msgspec.json.decode(draft.typed, type=list[tuple[str, str]]))


def delete_draft(session: Session, service_id: UUID, user_id: UUID) -> None:
    """Forget what was typed: it was sent, or is wanted no more."""
    session.execute(
        sa.delete(ListingDraft).where(ListingDraft.service_id == service_id, ListingDraft.user_id == user_id)
    )
