"""Organizations that ask to be listed: kept apart, asked back, refused with a published reason, or accepted.

Nothing is published by itself: what is accepted begins as a candidate, whose confirmation is another step.
Callers hold ``writing``.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.accounts import invitations
from referral.accounts.invitations import Guest
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue import changes
from referral.catalogue.change_models import ChangeStatus, Proposal, ProposalStatus, ProposedChange, Via
from referral.catalogue.changes import Author
from referral.catalogue.checking import ValuesRefusedError, check_values
from referral.catalogue.columns import is_toll_free
from referral.catalogue.fields import Hours, ServedArea, Territory, encode
from referral.catalogue.listing import PhoneNumber, Text
from referral.catalogue.models import (
    Location,
    LocationType,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceStatus,
    TaxonomyTerm,
)
from referral.catalogue.records import make_id
from referral.catalogue.refusals import check_not_refused
from referral.catalogue.services import record_revision
from referral.catalogue.trust import Trust
from referral.catalogue.values import read_values
from referral.catalogue.vetting_models import Entity
from referral.catalogue.vocabulary import TAXONOMIES
from referral.evidence.receipts import hash_code, make_code
from referral.geo.names import fold_name
from referral.mail.letters import Message
from referral.mail.services import enqueue
from referral.partners import duplicates, queue
from referral.partners.application_models import Application, ApplicationStatus
from referral.partners.queue import Line, QueueKind, Viewer
from referral.partners.sheet_cells import read_number
from referral.shared.bilingual import Bilingual, Language

KEPT = timedelta(days=90)
"""For what is asked and not answered, and for what was decided."""
OPEN = (ApplicationStatus.WAITING, ApplicationStatus.ASKED)
S = ApplicationStatus


class DecidedError(Exception):
    """Somebody else decided first."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of an agreement: a candidate, or a second person is needed."""

    service: Service | None = None
    needs_second: bool = False


def submit(
    session: Session, answers: Mapping[str, Any], language: Language, at: datetime, *, confidential: bool
) -> str:
    """Keep an application and return the code by which its state is shown; only a hash of it is kept."""
    code = make_code()
    row = Application(
        receipt_hash=hash_code(code),
        language=language,
        name=Bilingual(answers["name_fr"] or None, answers["name_en"] or None),
        region_code=answers["region"],
        is_confidential=confidential,
        answers=json.dumps(dict(answers), ensure_ascii=False),
        contact_name=answers["contact_name"],
        contact_email=answers["contact_email"],
        contact_phone=answers["contact_phone"] or "",
        sent_at=at,
        changed_at=at,
    )
    session.add(row)
    session.flush()
    record(session, Event(Action.CREATE, "application", row.id))
    return code


def find_by_code(session: Session, code: str) -> Application | None:
    """Return the application of a code, however it was typed."""
    return session.scalars(
        sa.select(Application).where(Application.receipt_hash == hash_code(code))
    ).one_or_none()


def find(session: Session, application_id: uuid.UUID) -> Application | None:
    """Return an application, locked where one writes."""
    return session.get(Application, application_id, with_for_update=True, populate_existing=True)


def reply(session: Session, application: Application, words: str, at: datetime) -> None:
    """Keep what an organization answers; raises DecidedError where nothing is asked any more."""
    if application.status is not S.ASKED:
        raise DecidedError
    application.reply, application.status, application.changed_at = words, S.WAITING, at
    record(session, Event(Action.CHANGE, "application", application.id))


def ask(session: Session, application: Application, question: str, actor: Actor, at: datetime) -> None:
    """Ask the organization something; the letter only says that there is a question."""
    _check_open(application)
    application.question, application.reply, application.status = question, "", S.ASKED
    _note(session, application, actor, at)
    tell(session, application, at)


def refuse(session: Session, application: Application, reason: str, actor: Actor, at: datetime) -> None:
    """Refuse for a published reason."""
    _check_open(application)
    application.status, application.reason, application.decided_by = S.REFUSED, reason, actor.name
    _note(session, application, actor, at)
    tell(session, application, at)


def accept(session: Session, application: Application, actor: Actor, at: datetime) -> Accepted:
    """Make the organization and its service as a candidate, and invite who is to keep it.

    A confidential place needs two people. Raises DecidedError, ValuesRefusedError.
    """
    _check_open(application)
    first = application.first_accepted_by
    if application.is_confidential and (first is None or first == actor.user_id):
        application.first_accepted_by = actor.user_id
        _note(session, application, actor, at)
        return Accepted(needs_second=True)
    service = _make_listing(session, application, actor, at)
    application.status, application.decided_by = S.ACCEPTED, actor.name
    application.organization_id = service.organization_id
    _note(session, application, actor, at)
    _invite(session, application, service.organization_id, actor, at)
    return Accepted(service)


def _check_open(application: Application) -> None:
    if application.status not in OPEN:
        raise DecidedError


def _note(session: Session, application: Application, actor: Actor, at: datetime) -> None:
    application.changed_at = at
    queue.forget_claims(session, application.id)
    record(
        session,
        Event(
            Action.CHANGE, "application", application.id, actor, organization_id=application.organization_id
        ),
    )


def tell(session: Session, application: Application, at: datetime) -> None:
    """Let the organization know that there is something to read; what it is stays on the page."""
    language: Language = "en" if application.language == "en" else "fr"
    enqueue(
        session,
        Message(
            "application_news",
            application.contact_email,
            language,
            f"application:{application.id}:{at.timestamp():.0f}",
            {"link": f"{current_app.config['SITE_URL']}/{language}/apply/state"},
        ),
    )


def _invite(
    session: Session, application: Application, organization_id: uuid.UUID, actor: Actor, at: datetime
) -> None:
    guest = Guest(
        application.contact_name,
        Role.ORGANIZATION_LEAD,
        organization_id,
        "en" if application.language == "en" else "fr",
        application.contact_email,
    )
    invitation, token = invitations.invite(session, guest, actor, at)
    invitations.send(session, invitation, token)


def read_listing(application: Application) -> dict[str, Any]:
    """Return what an application says as fields of a listing; nothing of where the place is."""
    told = json.loads(application.answers)
    number = read_number(told["phone"], texting=False)
    return {
        "name": _text(told, "service"),
        "description": _text(told, "description"),
        "phones": (PhoneNumber(number, "voice", is_toll_free(number)),),
        "email": told["email"] or None,
        "website": told["website"] or None,
        "hours": Hours(description=_text(told, "hours")),
        "categories": tuple(sorted(told["categories"])),
        "clientele": tuple(sorted(told["clientele"])),
        "area": Territory(areas=(ServedArea(told["region"]),)),
    }


def _text(told: Mapping[str, Any], name: str) -> Text:
    return Text(told[f"{name}_fr"] or None, told[f"{name}_en"] or None)


def _make_listing(session: Session, application: Application, actor: Actor, at: datetime) -> Service:
    values = read_listing(application)
    check_values(values, confidential=application.is_confidential)
    check_not_refused(session, {**values, "organization_name": _name_of(application)})
    _add_terms(session, values)
    number = record_revision(session, actor.name, "application accepted", at)
    organization = Organization(
        slug=free_slug(session, Organization, application.name.fr or "organisme"),
        name=application.name,
        website=values["website"],
        website_scope="own" if values["website"] else None,
        email=None,
        revision=number,
    )
    nothing = Bilingual(None, None)
    service = Service(
        slug=free_slug(session, Service, f"{application.name.fr}--{values['name'].fr}"),
        organization=organization,
        status=ServiceStatus.ACTIVE,
        trust=Trust.CANDIDATE,
        name=Bilingual(values["name"].fr, values["name"].en),
        description=nothing,
        hours=nothing,
        revision=number,
    )
    session.add(service)
    session.flush()
    _add_place(session, application, service)
    _add_history(session, application, service, values, actor, at)
    return service


def _name_of(application: Application) -> Text:
    return Text(application.name.fr, application.name.en)


def _add_place(session: Session, application: Application, service: Service) -> None:
    told = {} if application.is_confidential else json.loads(application.answers)
    place = Location(
        organization_id=service.organization_id,
        location_type=LocationType.PHYSICAL,
        confidential=application.is_confidential,
        region_code=application.region_code,
        municipality=told.get("municipality") or None,
        address_1=told.get("address") or None,
    )
    service.service_at_locations.append(ServiceAtLocation(location=place))
    session.flush()


def _add_history(  # noqa: PLR0913, PLR0917  # a proposal's columns
    session: Session,
    application: Application,
    service: Service,
    values: Mapping[str, Any],
    actor: Actor,
    at: datetime,
) -> None:
    """Keep what was asked as a proposal that was agreed to, and apply it: each field has its origin."""
    before = read_values(session, service)
    asked_by = application.name.fr or application.name.en or ""
    proposal = Proposal(
        service_id=service.id,
        organization_id=service.organization_id,
        proposed_by=asked_by,
        user_id=None,
        via=Via.VETTER,
        proposed_at=application.sent_at,
        status=ProposalStatus.DECIDED,
        decided_by=actor.name,
        decided_at=at,
    )
    proposal.changes = [
        ProposedChange(
            service_id=service.id,
            field=name,
            value_before=encode(name, before[name]),
            value_after=encode(name, value),
            proposed_by=asked_by,
            proposed_at=application.sent_at,
            status=ChangeStatus.APPROVED,
            decided_by=actor.name,
            decided_at=at,
        )
        for name, value in values.items()
    ]
    session.add(proposal)
    session.flush()
    changes.apply_values(session, service, values, Author(actor, Via.VETTER), at, proposal.id)


def _add_terms(session: Session, values: Mapping[str, Any]) -> None:
    """Add the codes that no listing used before."""
    for taxonomy in ("categories", "clientele"):
        known = set(session.scalars(sa.select(TaxonomyTerm.code).where(TaxonomyTerm.taxonomy == taxonomy)))
        session.add_all(
            TaxonomyTerm(
                id=make_id("term", f"{taxonomy}/{code}"),
                taxonomy=taxonomy,
                code=code,
                name=TAXONOMIES[taxonomy][code],
            )
            for code in values[taxonomy]
            if code not in known
        )
    session.flush()


def free_slug(session: Session, table: type[Organization] | type[Service], name: str) -> str:
    """Return a short name that nothing else of the table has."""
    parts = [re.sub(r"[^a-z0-9]+", "-", fold_name(part)).strip("-") for part in name.split("--")]
    base = "--".join(part[:80].strip("-") for part in parts if part) or "organisme"
    taken = set(session.scalars(sa.select(table.slug).where(table.slug.startswith(base, autoescape=True))))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


def list_suspected(session: Session, application: Application) -> list[Bilingual]:
    """Return the organizations that look like the one that asks: perhaps it is listed already."""
    values = read_listing(application)
    asked = duplicates.Side(
        application.id,
        Entity.ORGANIZATION,
        application.name,
        application.id,
        application.name,
        frozenset(each.number for each in values["phones"]),
        duplicates.page_of(values["website"]),
        (values["email"] or "").lower() or None,
        frozenset(),
    )
    sides: Sequence[duplicates.Side] = duplicates.read_organizations(session)
    return [side.name for side in sides if duplicates.compare(asked, side)]


def is_not_to_be_listed(session: Session, application: Application) -> bool:
    """Say whether the register of who is not to be listed holds this organization, or a number of it."""
    try:
        check_not_refused(session, {**read_listing(application), "organization_name": _name_of(application)})
    except ValuesRefusedError:
        return True
    return False


def list_lines(session: Session, viewer: Viewer) -> Iterable[Line]:
    """Return what waits in the queue; a second person is asked of somebody else than the first."""
    rows = session.scalars(sa.select(Application).where(Application.status == S.WAITING))
    for row in rows:
        if row.first_accepted_by is not None and row.first_accepted_by == viewer.actor.user_id:
            continue
        why = _l("Asks to be listed.")
        if row.reply:
            why = _l("It answered your question.")
        if row.first_accepted_by is not None:
            why = _l("A second person is needed: the place is confidential.")
        yield Line(
            row.id,
            row.name,
            _l("Look at who asks"),
            why,
            row.changed_at,
            "vetting.show_application",
            {"application_id": row.id},
            frozenset({row.region_code} if row.region_code else ()),
        )


def forget_abandoned(session: Session, at: datetime) -> None:
    """Delete what nobody answered and what was decided long ago: it names somebody to ask."""
    over = Application.changed_at < at - KEPT
    session.execute(sa.delete(Application).where(Application.status != S.WAITING, over))


queue.register(QueueKind.APPLICATION, list_lines)
