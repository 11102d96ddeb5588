"""What waits in the queue of what this application keeps itself; other features add theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session, selectinload

from referral.catalogue.change_models import (
    ChangeStatus,
    LanguageToReview,
    Proposal,
    ProposalStatus,
    ProposedChange,
)
from referral.catalogue.changes import needs_two_people
from referral.catalogue.fields import FIELDS, Handling
from referral.catalogue.models import Service, ServiceStatus, Verification
from referral.catalogue.trust import BY_ITSELF, Trust
from referral.edition import withdrawal
from referral.evidence.kinds import FlagKind
from referral.evidence.queries import list_waiting_flags
from referral.partners import duplicates, queue
from referral.partners.queue import Line, QueueKind, Viewer
from referral.shared.bilingual import Bilingual
from referral.shared.clock import QUEBEC

SHOWN = (ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED)


def list_unsafe(session: Session, _viewer: Viewer) -> Iterable[Line]:
    """Return listings of which a reader says that they tell too much."""
    return _list_flags(session, unsafe=True)


def list_flags(session: Session, _viewer: Viewer) -> Iterable[Line]:
    """Return listings of which a reader says that something is wrong."""
    return _list_flags(session, unsafe=False)


def _list_flags(session: Session, *, unsafe: bool) -> Iterable[Line]:
    found = [
        (flag, service)
        for flag, service in list_waiting_flags(session)
        if (flag.kind is FlagKind.UNSAFE) is unsafe
    ]
    regions = queue.regions_of(session, (service.id for _, service in found))
    todo = _l("Withdraw what says too much, then answer") if unsafe else _l("Check, then answer")
    for flag, service in found:
        yield Line(
            flag.id,
            called(service),
            todo,
            FLAG_WORDS[flag.kind],
            midnight(flag.flagged_on),
            "vetting.show_flag",
            {"flag_id": flag.id},
            regions.get(service.id, frozenset()),
        )


FLAG_WORDS = {
    FlagKind.PHONE: _l("A reader says that the number is wrong."),
    FlagKind.HOURS: _l("A reader says that the hours are wrong."),
    FlagKind.CLOSED: _l("A reader says that it has closed."),
    FlagKind.ADMISSION: _l("A reader says that who is admitted is wrong."),
    FlagKind.UNSAFE: _l("A reader says that it tells too much of a place."),
    FlagKind.OTHER: _l("A reader says that something is wrong."),
}


def list_withdrawals(session: Session, _viewer: Viewer) -> Iterable[Line]:
    """Return what was withdrawn and some reader still shows."""
    rows = withdrawal.list_open(session)
    services = {each.id: each for each in _services(session, [row.service_id for row in rows])}
    for row in rows:
        yield Line(
            row.id,
            called(services[row.service_id]),
            _l("See to it that every reader lets go"),
            _l("It was withdrawn, and something still shows it."),
            row.asked_at,
            "vetting.show_readers",
            {},
        )


def _services(session: Session, ids: list[object]) -> Iterable[Service]:
    return session.scalars(sa.select(Service).where(Service.id.in_(ids)))


def list_proposals(kind: QueueKind) -> queue.Lister:
    """Return who lists the proposals of one kind."""

    def list_kind(session: Session, viewer: Viewer) -> Iterable[Line]:
        found = [proposal for proposal in _waiting_proposals(session) if kind_of(proposal, viewer) is kind]
        regions = queue.regions_of(session, (each.service_id for each in found))
        todo, why = PROPOSAL_WORDS[kind]
        for each in found:
            yield Line(
                each.id,
                called(each.service),
                todo,
                why,
                each.proposed_at,
                "vetting.review_proposal",
                {"proposal_id": each.id},
                regions.get(each.service_id, frozenset()),
            )

    return list_kind


PROPOSAL_WORDS = {
    QueueKind.CALL_FIRST: (
        _l("Call the number listed now, then decide"),
        _l("A number, an address or a route would change."),
    ),
    QueueKind.SECOND: (_l("Decide as the second person"), _l("Somebody agreed, and two people are needed.")),
    QueueKind.CHANGE: (_l("Compare, then decide"), _l("Somebody proposes a change.")),
}


def _waiting_proposals(session: Session) -> Iterable[Proposal]:
    statement = (
        sa.select(Proposal)
        .where(Proposal.status == ProposalStatus.WAITING)
        .options(selectinload(Proposal.changes), selectinload(Proposal.service).selectinload(Service.phones))
        .options(selectinload(Proposal.service).selectinload(Service.attributes))
        .options(selectinload(Proposal.service).selectinload(Service.service_at_locations))
    )
    return session.scalars(statement)


def kind_of(proposal: Proposal, viewer: Viewer) -> QueueKind | None:
    """Return under which kind a proposal waits for somebody; None where she has done her part."""
    waiting = [each for each in proposal.changes if each.status is ChangeStatus.WAITING]
    mine = [each for each in waiting if not _waits_for_another(proposal, each, viewer)]
    if not mine:
        return None
    if any(each.first_approved_by is not None for each in mine):
        return QueueKind.SECOND
    calls = any(FIELDS[each.field].handling is Handling.CALL_FIRST for each in mine)
    return QueueKind.CALL_FIRST if calls else QueueKind.CHANGE


def _waits_for_another(proposal: Proposal, change: ProposedChange, viewer: Viewer) -> bool:
    """Say whether one agreed already, or proposed oneself what two others must agree to."""
    if change.first_approved_by is not None:
        return viewer.actor.user_id in {change.first_approved_by, proposal.user_id}
    return proposal.user_id == viewer.actor.user_id and needs_two_people(proposal.service, change)


def list_confirmations(session: Session, _viewer: Viewer) -> Iterable[Line]:
    """Return listings that their organization says are right, and that nobody of ours confirmed yet."""
    newest = (
        sa.select(Verification.service_id, sa.func.max(Verification.occurred_at).label("at"))
        .group_by(Verification.service_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(Service, Verification.occurred_at)
        .join(newest, newest.c.service_id == Service.id)
        .join(
            Verification,
            sa.and_(Verification.service_id == Service.id, Verification.occurred_at == newest.c.at),
        )
        .where(Service.trust == Trust.CONTACTED, Verification.method.in_(BY_ITSELF))
    ).all()
    regions = queue.regions_of(session, (service.id for service, _ in rows))
    for service, since in rows:
        yield Line(
            service.id,
            called(service),
            _l("Verify, then confirm"),
            _l("The organization says that nothing has changed; one of ours must verify it."),
            since,
            "vetting.take_step",
            {"service_id": service.id},
            regions.get(service.id, frozenset()),
        )


def list_new(session: Session, _viewer: Viewer) -> Iterable[Line]:
    """Return listings that nobody vouches for yet, so that nobody sees them."""
    rows = session.execute(
        sa.select(Service, sa.func.min(Verification.occurred_at))
        .outerjoin(Verification, Verification.service_id == Service.id)
        .where(Service.trust == Trust.CANDIDATE, Service.status.in_(SHOWN))
        .group_by(Service.id)
        .options(selectinload(Service.organization))
    ).all()
    regions = queue.regions_of(session, (service.id for service, _ in rows))
    for service, since in rows:
        yield Line(
            service.id,
            called(service),
            _l("Call, then say how far it is confirmed"),
            _l("Nobody vouches for this listing yet: it is not shown."),
            since or datetime.min.replace(tzinfo=UTC),
            "vetting.take_step",
            {"service_id": service.id},
            regions.get(service.id, frozenset()),
        )


def list_languages(session: Session, _viewer: Viewer) -> Iterable[Line]:
    """Return listings one of whose languages was left behind."""
    rows = session.execute(
        sa.select(Service, sa.func.min(LanguageToReview.since))
        .join(LanguageToReview, LanguageToReview.service_id == Service.id)
        .group_by(Service.id)
    ).all()
    regions = queue.regions_of(session, (service.id for service, _ in rows))
    for service, since in rows:
        yield Line(
            service.id,
            called(service),
            _l("Read both languages, and level them"),
            _l("One language changed, and the other did not."),
            since,
            "vetting.take_step",
            {"service_id": service.id},
            regions.get(service.id, frozenset()),
        )


def list_duplicates(session: Session, _viewer: Viewer) -> Iterable[Line]:
    """Return pairs that look like the same thing twice."""
    for pair in duplicates.list_suspected(session):
        yield Line(
            pair.item_id,
            pair.first.name,
            _l("Compare both, then merge them or tell them apart"),
            duplicates.say_why(pair),
            datetime.min.replace(tzinfo=UTC),
            "vetting.show_pair",
            {"first_id": pair.first.id, "second_id": pair.second.id},
            pair.first.regions | pair.second.regions,
        )


def called(service: Service) -> Bilingual:
    """Return what a listing is called, with its organization: many services are called the same."""
    owner = service.organization.name
    named = (
        (service.name.fr or service.name.en, owner.fr or owner.en),
        (service.name.en or service.name.fr, owner.en or owner.fr),
    )
    return Bilingual(*(" – ".join(filter(None, parts)) for parts in named))


def midnight(day: object) -> datetime:
    """Return when a day of Québec began."""
    return datetime.combine(day, time(), QUEBEC)  # type: ignore[arg-type]  # a date


def register_all() -> None:
    """Tell the queue of all of these."""
    for kind, lister in (
        (QueueKind.UNSAFE, list_unsafe),
        (QueueKind.WITHDRAWAL, list_withdrawals),
        (QueueKind.CALL_FIRST, list_proposals(QueueKind.CALL_FIRST)),
        (QueueKind.SECOND, list_proposals(QueueKind.SECOND)),
        (QueueKind.CONFIRMATION, list_confirmations),
        (QueueKind.NEW, list_new),
        (QueueKind.CHANGE, list_proposals(QueueKind.CHANGE)),
        (QueueKind.FLAG, list_flags),
        (QueueKind.LANGUAGE, list_languages),
        (QueueKind.DUPLICATE, list_duplicates),
    ):
        queue.register(kind, lister)
