"""Which texts of a listing are not level in French and English: one changed alone, or never written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.change_models import LanguageToReview
from referral.catalogue.models import Service
from referral.shared.bilingual import Language

TEXTS = ("name", "description", "hours")
"""The texts that a service has itself; those of its numbers and documents are marked only as they change."""


@dataclass(frozen=True, slots=True, order=True)
class Behind:
    """A text to look at in one language; ``since`` is None where it was never written in it."""

    field: str
    language: Language
    since: datetime | None = None


def languages_behind(session: Session, service_ids: Collection[UUID]) -> dict[UUID, tuple[Behind, ...]]:
    """Return what is to review or missing in which language, by service, in two statements.

    A service whose languages are level is not in it.
    """
    found: dict[UUID, dict[tuple[str, str], Behind]] = {}
    for service_id, behind in [*_find_missing(session, service_ids), *_find_marks(session, service_ids)]:
        found.setdefault(service_id, {})[behind.field, behind.language] = behind
    return {service_id: tuple(texts[key] for key in sorted(texts)) for service_id, texts in found.items()}


def _find_marks(session: Session, service_ids: Collection[UUID]) -> list[tuple[UUID, Behind]]:
    """Return the texts that stayed as they were while the other language changed."""
    marks = session.scalars(sa.select(LanguageToReview).where(LanguageToReview.service_id.in_(service_ids)))
    return [
        (mark.service_id, Behind(mark.field, "en" if mark.language == "en" else "fr", mark.since))
        for mark in marks
    ]


def _find_missing(session: Session, service_ids: Collection[UUID]) -> list[tuple[UUID, Behind]]:
    """Return the texts that are there in one language only."""
    columns = [getattr(Service, f"{text}_{language}") for text in TEXTS for language in ("fr", "en")]
    rows = session.execute(sa.select(Service.id, *columns).where(Service.id.in_(service_ids)))
    found = []
    for service_id, *values in rows:
        for text, french, english in zip(TEXTS, values[::2], values[1::2], strict=True):
            if bool(french) != bool(english):
                found.append((service_id, Behind(text, "en" if french else "fr")))
    return found
