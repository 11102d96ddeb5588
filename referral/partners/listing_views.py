"""The listings of the organization that one acts for: all of them, one as workers see it, and one button."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import msgspec
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.policy import Actor, Permission, Target, permits
from referral.accounts.forms import PlainForm
from referral.catalogue.models import Service
from referral.catalogue.trust import Trust
from referral.catalogue.values import read_values
from referral.directory.asked import page_given
from referral.directory.details import Details, describe
from referral.directory.live import find_line
from referral.directory.words import TRUST_LONG
from referral.edition.compilation import compile_listing
from referral.edition.publishing import publish_soon
from referral.edition.withholding import HeldBackError
from referral.i18n.locale import current_language
from referral.partners import history
from referral.partners.areas import listings
from referral.partners.confirming import NotForYouError, confirm_unchanged
from referral.partners.finding import author_of, find_listing, lock_listing, own_organization
from referral.partners.listing_page import count_asking, find_row, is_shown, list_rows
from referral.partners.words import LABELS
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

ASKS = (
    Permission.LISTING_CONFIRM,
    Permission.LISTING_PROPOSE,
    Permission.LISTING_WITHDRAW,
    Permission.LISTING_READ_FOR_WORKERS,
)


def count_waiting(actor: Actor) -> int:
    """Return how many listings ask for attention, for the way to this page."""
    return count_asking(actor, now())


@listings.get("/")
def list_own() -> ResponseReturnValue:
    """Show an organization's listings, each with what is missing, old or waits."""
    organization_id, actor = own_organization(Permission.LISTING_READ)
    page = page_given() or 1
    rows, has_more = list_rows(directory_session(), organization_id, actor, now(), page)
    may_change = permits(actor, Permission.LISTING_PROPOSE, Target(organization_id))
    return render_template(
        "listings/own.html", rows=rows, page=page, has_more=has_more, may_change=may_change
    )


@listings.get("/services/<uuid:service_id>")
def show_listing(service_id: UUID) -> ResponseReturnValue:
    """Show a listing as workers see it, what is missing or old, and the button that says: nothing changed."""
    service, actor = find_listing(service_id, Permission.LISTING_READ)
    session, at = directory_session(), now()
    may = {each: permits(actor, each, Target(service.organization_id)) for each in ASKS}
    workers = (
        read_values(session, service)["for_workers"] if may[Permission.LISTING_READ_FOR_WORKERS] else None
    )
    return render_template(
        "listings/listing.html",
        service=service,
        row=find_row(session, service, actor, at),
        is_shown=is_shown(service),
        workers=workers,
        may_confirm=may[Permission.LISTING_CONFIRM],
        may_propose=may[Permission.LISTING_PROPOSE],
        may_withdraw=may[Permission.LISTING_WITHDRAW],
        form=PlainForm(formdata=None),
        **as_seen(service),
    )


def as_seen(service: Service) -> dict[str, object]:
    """Return what templates show of a listing as readers see it, also one that is not published."""
    try:
        listing, withheld = compile_listing(service)
    except HeldBackError:
        return {"details": None, "listing": None, "withheld": 0}
    if (
        listing.trust not in TRUST_LONG
    ):  # readers see no listing that was suspended: there are no words for it
        listing = msgspec.structs.replace(listing, trust=Trust.CANDIDATE.value)
    live = find_line(listing)
    details: Details = describe(listing, now(), is_closed=live.is_closed)
    return {"details": details, "listing": listing, "live": live, "withheld": withheld}


@listings.post("/services/<uuid:service_id>/confirm")
def confirm(service_id: UUID) -> ResponseReturnValue:
    """Take that nothing has changed."""
    _service, actor = find_listing(service_id, Permission.LISTING_CONFIRM)
    if not PlainForm().validate_on_submit():
        return redirect(url_for("listings.show_listing", service_id=service_id), HTTPStatus.SEE_OTHER)
    author, session = author_of(actor), directory_session()
    try:
        with writing(session):
            is_confirmed = confirm_unchanged(
                session, lock_listing(session, service_id, author), author, now()
            )
    except NotForYouError:
        flash(_("Our team took this listing from readers: only our team can bring it back. Call us."))
    else:
        publish_soon(session)
        flash(
            _("Thank you. Readers now see that this was confirmed today.")
            if is_confirmed
            else _("Thank you. It was never verified: somebody of our team will call you once to do so.")
        )
    return redirect(url_for("listings.show_listing", service_id=service_id), HTTPStatus.SEE_OTHER)


@listings.get("/services/<uuid:service_id>/history", defaults={"field": None})
@listings.get("/services/<uuid:service_id>/history/<field>")
def show_history(service_id: UUID, field: str | None) -> ResponseReturnValue:
    """Show who changed what, when, from what to what; of one field or of all."""
    service, _actor = find_listing(service_id, Permission.LISTING_READ)
    chosen = field if field in LABELS else None
    page = page_given() or 1
    lines, has_more = history.list_history(directory_session(), service_id, current_language(), page, chosen)
    return render_template(
        "listings/history.html",
        service=service,
        lines=lines,
        labels=LABELS,
        chosen=chosen,
        page=page,
        has_more=has_more,
    )
