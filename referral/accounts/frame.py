"""What every page of an area shows around itself: who is signed in, for whom, and when that ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import g
from flask_babel import gettext as _

from referral.access.policy import Permission, Role, Target, permits
from referral.accounts import door
from referral.accounts.entries import Offer, list_offers
from referral.accounts.forms import PlainForm
from referral.accounts.models import Stage
from referral.accounts.organizations import name_place
from referral.accounts.rules import IDLE, IDLE_WARNING
from referral.shared.database import directory_session
from referral.shared.tick import last_run


@dataclass(frozen=True, slots=True)
class Frame:
    """Whoever is signed in, in words, and what the bar offers her."""

    name: str
    username: str
    place: UUID | None
    place_name: str
    has_choice: bool
    idle_seconds: int
    warning_seconds: int
    sign_out: PlainForm
    may_list_people: bool
    may_list_organizations: bool
    may_read_log: bool
    offers: list[Offer]
    sees_lateness: bool
    """Whether she is told when what Relais does by itself is late, and since when."""
    ran_at: datetime | None


COORDINATING = (Role.ORGANIZATION_LEAD, Role.VETTER, Role.PRIVACY_OFFICER, Role.OPERATOR)
"""Roles that count on letters and reminders of others too."""


def frame() -> Frame | None:
    """Return what the bar shows; None while nobody is fully signed in."""
    found = door.current_sign_in()
    if found is None or found.stage is not Stage.OPEN:
        return None
    if "frame" not in g:
        actor = found.as_actor()
        place = door.place_of(found)
        target = Target(place)
        g.frame = Frame(
            name=found.name,
            username=found.username,
            place=place,
            place_name=name_place(directory_session(), place) if found.has_chosen else _("not chosen yet"),
            has_choice=len(found.places) > 1,
            idle_seconds=int(IDLE.total_seconds()),
            warning_seconds=int(IDLE_WARNING.total_seconds()),
            sign_out=PlainForm(formdata=None),
            may_list_people=permits(actor, Permission.MEMBERSHIP_LIST, target),
            may_list_organizations=permits(actor, Permission.MEMBERSHIP_LIST),
            may_read_log=permits(actor, Permission.AUDIT_READ, target),
            offers=list_offers(actor),
            sees_lateness=any(actor.acts_as(role) for role in COORDINATING),
            ran_at=last_run(),
        )
    shown: Frame = g.frame
    return shown
