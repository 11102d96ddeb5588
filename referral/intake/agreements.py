"""Agreements between organizations: proposed by one, signed by a lead of each, ended by either at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor, Role
from referral.accounts.models import Membership, User
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.agreement_models import Agreement, AgreementAggregate, AgreementSignature
from referral.intake.agreement_terms import PARTIES, TEXT_VERSION, Aggregate, pair_of

TARGET = "agreement"


class NoAgreementError(Exception):
    """Nothing can be sent: no agreement between the two organizations is in force."""


class AgreementStandsError(Exception):
    """The pair has an agreement already that is in force or waits for a signature."""


class NotToSignError(Exception):
    """An agreement cannot be signed or ended by this organization now."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one organization proposes to another; ``approver`` says who approves a release on its side."""

    other_id: UUID
    aggregates: frozenset[Aggregate]
    approver: str


def agreement_in_force(session: Session, one: UUID, other: UUID, at: datetime) -> bool:
    """Say whether both organizations had signed, and neither had ended it, at a moment."""
    if one == other:
        return False
    first, second = pair_of(one, other)
    signed = (
        sa.select(sa.func.count())
        .where(
            AgreementSignature.agreement_id == Agreement.id,
            AgreementSignature.organization_id.in_((first, second)),
            AgreementSignature.signed_at <= at,
        )
        .scalar_subquery()
    )
    statement = sa.select(Agreement.id).where(
        Agreement.first_id == first,
        Agreement.second_id == second,
        sa.or_(Agreement.ended_at.is_(None), Agreement.ended_at > at),
        signed == PARTIES,
    )
    return session.execute(statement.limit(1)).first() is not None


def check_agreement(session: Session, one: UUID, other: UUID, at: datetime) -> None:
    """Refuse to send anything where no agreement is in force; raises NoAgreementError."""
    if not agreement_in_force(session, one, other, at):
        raise NoAgreementError


def propose(session: Session, place: UUID, terms: Terms, actor: Actor, at: datetime) -> Agreement:
    """Keep what one organization proposes, signed by its own lead; raises AgreementStandsError."""
    first, second = pair_of(place, terms.other_id)
    standing = sa.select(Agreement.id).where(
        Agreement.first_id == first, Agreement.second_id == second, Agreement.ended_at.is_(None)
    )
    if session.execute(standing).first() is not None:
        raise AgreementStandsError
    made = Agreement(
        first_id=first, second_id=second, text_version=TEXT_VERSION, proposed_at=at, proposed_for=place
    )
    made.aggregates = [AgreementAggregate(aggregate=each) for each in sorted(terms.aggregates)]
    session.add(made)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:  # the other one proposed at the same moment
        raise AgreementStandsError from error
    note(session, Action.CREATE, made, actor)
    sign(session, made, terms.approver, actor, at)
    return made


def sign(session: Session, agreement: Agreement, approver: str, actor: Actor, at: datetime) -> None:
    """Sign for the organization that the actor acts for; raises NotToSignError."""
    place = actor.acting_for
    if place is None or actor.user_id is None or not can_sign(agreement, place):
        raise NotToSignError
    agreement.signatures.append(
        AgreementSignature(
            organization_id=place, signed_at=at, signed_by=actor.user_id, name=actor.name, approver=approver
        )
    )
    session.flush()
    note(session, Action.CONSENT, agreement, actor)


def revoke(session: Session, agreement: Agreement, actor: Actor, at: datetime) -> None:
    """End an agreement at once, signed by both or not; raises NotToSignError."""
    place = actor.acting_for
    is_party = place in {agreement.first_id, agreement.second_id}
    if not is_party or actor.user_id is None or agreement.ended_at is not None:
        raise NotToSignError
    agreement.ended_at, agreement.ended_by = at, actor.user_id
    agreement.ended_for, agreement.ended_name = place, actor.name
    session.flush()
    note(session, Action.WITHDRAWAL, agreement, actor)


def note(session: Session, action: Action, agreement: Agreement, actor: Actor) -> None:
    """Have an act on an agreement in the audit of whoever did it."""
    record(session, Event(action, TARGET, agreement.id, actor, actor.acting_for), CASES_CHAIN)


def can_sign(agreement: Agreement, place: UUID) -> bool:
    """Say whether an agreement waits for the signature of an organization."""
    is_party = place in {agreement.first_id, agreement.second_id}
    signed = {each.organization_id for each in agreement.signatures}
    return is_party and agreement.ended_at is None and place not in signed


def is_signed(agreement: Agreement) -> bool:
    """Say whether both signed."""
    return len(agreement.signatures) == PARTIES


def other_of(agreement: Agreement, place: UUID) -> UUID:
    """Return with whom an organization has an agreement."""
    return agreement.second_id if agreement.first_id == place else agreement.first_id


def find_agreement(
    session: Session, agreement_id: UUID, place: UUID, *, lock: bool = False
) -> Agreement | None:
    """Return an agreement of an organization, as it is now."""
    statement = _of(place).where(Agreement.id == agreement_id).execution_options(populate_existing=True)
    return session.scalars(statement.with_for_update(of=Agreement) if lock else statement).one_or_none()


def list_agreements(session: Session, place: UUID) -> Sequence[Agreement]:
    """Return the agreements of an organization, the newest first, those that ended last."""
    return session.scalars(
        _of(place).order_by(Agreement.ended_at.is_not(None), Agreement.proposed_at.desc(), Agreement.id)
    ).all()


def count_to_sign(session: Session, place: UUID) -> int:
    """Return how many agreements wait for the signature of an organization."""
    return sum(can_sign(each, place) for each in session.scalars(_of(place)))


def _of(place: UUID) -> sa.Select[Agreement]:
    return (
        sa.select(Agreement)
        .where(sa.or_(Agreement.first_id == place, Agreement.second_id == place))
        .options(selectinload(Agreement.signatures), selectinload(Agreement.aggregates))
    )


def list_possible(session: Session, place: UUID, taken: Iterable[UUID]) -> set[UUID]:
    """Return the organizations whose lead could sign: of the directory's session, without those taken."""
    rows = session.scalars(
        sa.select(Membership.organization_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == Role.ORGANIZATION_LEAD, User.active)
        .distinct()
    )
    return {each for each in rows if each is not None} - {place, *taken}
