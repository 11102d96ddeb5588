"""Who changed which field of a listing, when, and from what to what, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from referral.catalogue.change_models import FieldChange, ProposedChange, Via
from referral.catalogue.fields import decode
from referral.partners.words import LABELS, describe
from referral.shared.bilingual import Language

PER_PAGE = 20
NAMELESS: dict[Via, LazyString] = {
    Via.LINK: _l("a link from a letter"),
    Via.HOUSE_PHONE: _l("a house telephone"),
}
"""What is said instead of a name where no person is known."""


@dataclass(frozen=True, slots=True)
class Line:
    """A change of one field as it is shown; before and after are None where that was taken out for safety."""

    field: str
    who: str
    at: datetime
    before: list[str] | None
    after: list[str] | None


def list_history(
    session: Session, service_id: UUID, language: Language, page: int, field: str | None = None
) -> tuple[list[Line], bool]:
    """Return a page of changes, the latest first, of one field or of all; and whether there are more."""
    statement = sa.select(FieldChange).where(FieldChange.service_id == service_id)
    if field is not None:
        statement = statement.where(FieldChange.field == field)
    rows = session.scalars(
        statement.order_by(FieldChange.changed_at.desc(), FieldChange.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    ).all()
    return [_say(row, language) for row in rows[:PER_PAGE]], len(rows) > PER_PAGE


def _say(row: FieldChange, language: Language) -> Line:
    return Line(
        field=str(LABELS[row.field]) if row.field in LABELS else row.field,
        who=name_author(row.changed_by, row.via),
        at=row.changed_at,
        before=say_value(row.field, row.value_before, language),
        after=say_value(row.field, row.value_after, language),
    )


def name_author(name: str, via: Via) -> str:
    """Return who did it: a person's name, or what she came by; never an address."""
    if via in NAMELESS or "@" in name:
        return str(NAMELESS.get(via, _("somebody of the organization")))
    return name


def say_value(field: str, text: str | None, language: Language) -> list[str] | None:
    """Return a value that was kept in words; None where it was taken out."""
    return None if text is None or field not in LABELS else describe(field, decode(field, text), language)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody would change."""

    field: str
    before: list[str] | None
    after: list[str] | None
    status: str


def list_differences(changes: Sequence[ProposedChange], language: Language) -> list[Difference]:
    """Return what a proposal would change, field by field, in words."""
    return [
        Difference(
            field=str(LABELS[each.field]) if each.field in LABELS else each.field,
            before=say_value(each.field, each.value_before, language),
            after=say_value(each.field, each.value_after, language),
            status=each.status.value,
        )
        for each in changes
    ]
