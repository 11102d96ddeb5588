"""Names of organizations: accounts stand below the catalogue, which gives them by injection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.shared.bilingual import Bilingual, Language

NAMER = "relais.organization_names"
Namer = Callable[[Session, Collection[UUID] | None], Mapping[UUID, Bilingual]]


def name_organizations_with(app: Flask, namer: Namer) -> None:
    """Say who knows the names: of some organizations, or of all where none is named."""
    app.extensions[NAMER] = namer


def list_names(session: Session, places: Collection[UUID | None] | None = None) -> dict[UUID, Bilingual]:
    """Return the names of organizations that exist."""
    wanted = None if places is None else [place for place in places if place is not None]
    if wanted is not None and not wanted:
        return {}
    namer: Namer = current_app.extensions[NAMER]
    return dict(namer(session, wanted))


def name_place(session: Session, place: UUID | None, language: Language | None = None) -> str:
    """Return what a place is called in the language of the page, or of a letter."""
    spoken = language or current_language()
    if place is None:
        return _("the whole of Relais")
    name = list_names(session, [place]).get(place, Bilingual(None, None))
    text, found_in = name.best(spoken)
    return set_text(text, found_in)
