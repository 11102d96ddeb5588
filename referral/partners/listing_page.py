"""The listings of an organization, each with what is missing, old or waits, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor
from referral.catalogue.change_models import Proposal, ProposalStatus
from referral.catalogue.freshness import Standing, standing, thresholds_for
from referral.catalogue.models import Service, ServiceStatus
from referral.catalogue.trust import Trust, is_published
from referral.directory.unknown import list_unknown
from referral.edition.compilation import compile_listing
from referral.edition.reader import months_of
from referral.edition.withholding import HeldBackError
from referral.i18n.lists import say_list
from referral.i18n.locale import current_language
from referral.partners.drafts import list_drafts
from referral.partners.languages import Behind, languages_behind
from referral.partners.words import LABELS
from referral.shared.clock import QUEBEC
from referral.shared.database import directory_session

PER_PAGE = 20
OPEN = (ProposalStatus.WAITING, ProposalStatus.SENT_BACK)
STANDINGS: dict[Standing, LazyString] = {
    "unconfirmed": _l("Never confirmed: readers are told to call first."),
    "due": _l("To be confirmed again: readers are told so."),
    "last": _l("Confirmed too long ago: shown after the others."),
    "hidden": _l("Confirmed too long ago: shown no more, or last where nothing else is known."),
}
NOT_SHOWN = _l("Readers do not see this listing.")
WHY_NOT: dict[Trust, LazyString] = {
    Trust.SUSPENDED: _l("Suspended by our team."),
    Trust.RETIRED: _l("Taken out of the directory."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at; ``is_urgent`` where it counts among what asks for attention."""

    text: str
    is_urgent: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A listing among those of its organization."""

    service: Service
    notices: tuple[Notice, ...]


def of_organization(organization_id: UUID) -> sa.Select[Service]:
    """Return the statement of an organization's listings that are not taken out, in a lasting order."""
    return (
        sa.select(Service)
        .where(Service.organization_id == organization_id, Service.trust != Trust.RETIRED)
        .order_by(Service.slug)
    )


def list_rows(
    session: Session, organization_id: UUID, actor: Actor, at: datetime, page: int
) -> tuple[list[Row], bool]:
    """Return a page of an organization's listings, and whether there are more."""
    services = session.scalars(
        of_organization(organization_id)
        .options(selectinload(Service.attributes))
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    ).all()
    shown = services[:PER_PAGE]
    return [Row(each, notices) for each, notices in _notices_of(session, shown, actor, at)], len(
        services
    ) > PER_PAGE


def find_row(session: Session, service: Service, actor: Actor, at: datetime) -> Row:
    """Return one listing with what there is to say of it."""
    ((found, notices),) = _notices_of(session, [service], actor, at)
    return Row(found, notices)


def count_asking(actor: Actor, at: datetime) -> int:
    """Return how many listings of whoever acts ask for attention."""
    if actor.acting_for is None:
        return 0
    session = directory_session()
    services = session.scalars(
        of_organization(actor.acting_for).options(selectinload(Service.attributes))
    ).all()
    ids = [each.id for each in services]
    behind, sent_back = (
        languages_behind(session, ids),
        _count_proposals(session, ids, ProposalStatus.SENT_BACK),
    )
    return sum(
        standing_of(each, at) != "fresh" or each.id in behind or each.id in sent_back for each in services
    )


def standing_of(service: Service, at: datetime) -> Standing:
    """Say what the age of the last confirmation makes of a listing here."""
    thresholds = thresholds_for(
        categories_of(service), always_open=service.always_open, months=months_of(current_app)
    )
    return standing(service.assured_date, thresholds, at.astimezone(QUEBEC).date())


def categories_of(service: Service) -> list[str]:
    """Return the codes of the kinds of help."""
    terms = (each.taxonomy_term for each in service.attributes)
    return [term.code for term in terms if term.taxonomy == "categories"]


def is_shown(service: Service) -> bool:
    """Say whether readers can see a listing at all, but for its age."""
    least = Trust(current_app.config["PUBLISHED_FROM"])
    return is_published(service.trust, least) and service.status is not ServiceStatus.INACTIVE


def _notices_of(
    session: Session, services: Sequence[Service], actor: Actor, at: datetime
) -> list[tuple[Service, tuple[Notice, ...]]]:
    ids = [each.id for each in services]
    behind = languages_behind(session, ids)
    counts = {status: _count_proposals(session, ids, status) for status in OPEN}
    drafts = list_drafts(session, ids, actor.user_id) if actor.user_id else set()
    told = []
    for each in services:
        notices = [
            *_say_shown(each),
            *_say_age(each, at),
            *_say_proposals(each.id, counts),
            *_say_languages(behind.get(each.id, ())),
            *([Notice(_("You began to change it and did not send it yet."))] if each.id in drafts else []),
            *_say_unknown(each),
        ]
        told.append((each, tuple(notices)))
    return told


def _count_proposals(session: Session, ids: Collection[UUID], status: ProposalStatus) -> dict[UUID, int]:
    rows = session.execute(
        sa.select(Proposal.service_id, sa.func.count())
        .where(Proposal.service_id.in_(ids), Proposal.status == status)
        .group_by(Proposal.service_id)
    )
    return {service_id: count for service_id, count in rows}  # noqa: C416  # rows are no pairs to mypy


def _say_shown(service: Service) -> list[Notice]:
    if is_shown(service):
        return []
    why = WHY_NOT.get(service.trust)
    return [Notice(f"{NOT_SHOWN} {why}" if why else str(NOT_SHOWN))]


def _say_age(service: Service, at: datetime) -> list[Notice]:
    found = standing_of(service, at)
    return [Notice(str(STANDINGS[found]))] if found in STANDINGS else []


def _say_proposals(service_id: UUID, counts: dict[ProposalStatus, dict[UUID, int]]) -> list[Notice]:
    waiting, back = (counts[status].get(service_id, 0) for status in OPEN)
    notices = []
    if back:
        notices.append(Notice(_("A change was sent back to you with a question.")))
    if waiting:
        said = ngettext("%(num)d change waits for our team.", "%(num)d changes wait for our team.", waiting)
        notices.append(Notice(str(said), is_urgent=False))
    return notices


def _say_languages(behind: Sequence[Behind]) -> list[Notice]:
    notices = []
    for language, missing, old in (
        ("fr", _l("French is missing: %(what)s."), _l("French is to be reviewed: %(what)s.")),
        ("en", _l("English is missing: %(what)s."), _l("English is to be reviewed: %(what)s.")),
    ):
        for sentence, is_new in ((missing, True), (old, False)):
            names = [
                str(LABELS[each.field])
                for each in behind
                if each.language == language and (each.since is None) is is_new and each.field in LABELS
            ]
            if names:
                notices.append(Notice(str(sentence) % {"what": say_list(names, current_language())}))
    return notices


def _say_unknown(service: Service) -> list[Notice]:
    try:
        listing, _withheld = compile_listing(service)
    except HeldBackError:
        return [Notice(_("The name tells of a place that is confidential: readers do not see this listing."))]
    unknown = list_unknown(listing)
    if not unknown:
        return []
    return [Notice(_("Not known yet: %(what)s.", what="; ".join(unknown)), is_urgent=False)]
