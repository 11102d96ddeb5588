"""What only workers who signed in may read: whom they call, and room told to them alone.

Its search is inside the signed-in area, so that no public page ever knows who looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from math import ceil
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from referral.access.guard import require
from referral.access.policy import Permission
from referral.accounts.forms import PlainForm
from referral.audit.events import Action, Event
from referral.audit.services import record_apart
from referral.catalogue.change_models import ServiceForWorkers
from referral.catalogue.listing import Listing
from referral.directory.asked import asked_fields, page_given, seal_fields, search_token, tidy
from referral.directory.criteria import Criteria
from referral.directory.details import describe
from referral.directory.forms import SearchForm
from referral.directory.live import LiveLine, find_lesser, list_lines
from referral.directory.results import PER_PAGE, make_query
from referral.edition.reader import Edition, current_edition
from referral.geo.places import KnownPlace
from referral.partners.areas import listings
from referral.search.engine import search
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import directory_session

ASKED = ("q", "near")


@dataclass(frozen=True, slots=True)
class FoundForWorkers:
    """A page of services, each with what holds tonight for workers."""

    total: int
    page: int
    pages: int
    listings: tuple[Listing, ...]
    live: Mapping[str, LiveLine]


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """Whom workers call, in the words of the organization."""

    number: str | None
    description: Bilingual


def find_worker_facts(session: Session, service_id: UUID) -> WorkerFacts | None:
    """Return what only workers may read of a service; what it says that it lacks is not among it."""
    row = session.get(ServiceForWorkers, service_id)
    return None if row is None else WorkerFacts(row.number, row.description)


def find_for_workers(
    edition: Edition, criteria: Criteria, place: KnownPlace | None, at: datetime, page: int
) -> FoundForWorkers:
    """Search as public pages do, with what was told to workers alone; a page past the last is the last."""
    query = make_query(criteria, place, at, find_lesser(edition, for_workers=True))
    found = search(edition.index, replace(query, offset=(page - 1) * PER_PAGE))
    pages = max(1, ceil(found.total / PER_PAGE))
    if page > pages:
        return find_for_workers(edition, criteria, place, at, pages)
    rows = tuple(edition.listing(hit.position) for hit in found.hits)
    return FoundForWorkers(found.total, page, pages, rows, list_lines(rows, for_workers=True))


@listings.get("/for-workers")
def search_for_workers() -> ResponseReturnValue:
    """Search the directory as a worker; what is looked for is sealed in the address."""
    require(Permission.LISTING_READ_FOR_WORKERS)
    form = SearchForm({name: texts for name, texts in asked_fields().items() if name in ASKED})
    is_valid, answer, found = form.validate(), form.place_answer, None
    if is_valid and not answer.choices:
        found = find_for_workers(current_edition(), form.criteria(), answer.place, now(), page_given() or 1)
    page = render_template(
        "listings/for_workers_search.html",
        form=form,
        choices=answer.choices if is_valid else (),
        found=found,
        seal=search_token(),
        button=PlainForm(formdata=None),
    )
    return page, HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY


@listings.post("/for-workers")
def send_search_for_workers() -> ResponseReturnValue:
    """Seal a search and lead to its answer: what was typed is in no address."""
    require(Permission.LISTING_READ_FOR_WORKERS)
    fields = tidy((name, text) for name, text in request.form.items(multi=True) if name in ASKED)
    where = url_for("listings.search_for_workers", s=seal_fields(fields))
    return redirect(where, HTTPStatus.SEE_OTHER)


@listings.get("/for-workers/<uuid:service_id>")
def show_for_workers(service_id: UUID) -> ResponseReturnValue:
    """Show a service to a worker; that she looked is recorded first, or nothing is shown."""
    actor = require(Permission.LISTING_READ_FOR_WORKERS)
    edition, at = current_edition(), now()
    position = edition.position_of(service_id)
    if position is None:
        abort(HTTPStatus.NOT_FOUND)
    listing = edition.listing(position)
    facts = find_worker_facts(directory_session(), service_id)
    directory_session().rollback()
    record_apart(Event(Action.VIEW, "listing for workers", service_id, actor, UUID(listing.organization.id)))
    live = list_lines([listing], for_workers=True)[listing.id]
    return render_template(
        "listings/for_workers.html",
        listing=listing,
        details=describe(listing, at, is_closed=live.is_closed),
        live=live,
        facts=facts,
        seal=search_token(),
    )
