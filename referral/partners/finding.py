"""What every view of a listing begins with: the listing, whether one may, and as whom one acts."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort
from sqlalchemy.orm import Session

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target
from referral.accounts import door
from referral.catalogue.change_models import Via
from referral.catalogue.changes import Author
from referral.catalogue.models import Service
from referral.shared.database import directory_session


def own_organization(permission: Permission) -> tuple[UUID, Actor]:
    """Return the organization that somebody acts for, and her; answers 404 to whoever acts for none."""
    place = door.place_of(door.signed_in())
    actor = require(permission, Target(place))
    return place or abort(HTTPStatus.NOT_FOUND), actor


def find_listing(service_id: UUID, permission: Permission) -> tuple[Service, Actor]:
    """Return a listing and who asks; answers 404 where there is none, or it is not for her."""
    service = directory_session().get(Service, service_id)
    actor = require(permission, Target(service.organization_id if service else None))
    return service or abort(HTTPStatus.NOT_FOUND), actor


def lock_listing(session: Session, service_id: UUID, author: Author) -> Service:
    """Return a listing as it is now, for whoever writes it; answers 404 where it moved to others since."""
    service = session.get(Service, service_id, with_for_update=True, populate_existing=True)
    is_there = service is not None and author.actor.acting_for in {None, service.organization_id}
    if service is None or not is_there:
        abort(HTTPStatus.NOT_FOUND)
    return service


def author_of(actor: Actor) -> Author:
    """Return somebody as the author of a change: of the organization, or a vetter for it."""
    return Author(actor, Via.VETTER if actor.acting_for is None else Via.ACCOUNT)
