"""What the scheduled command destroys each day: records whose last day is past, each with a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake import incidents
from referral.intake.erasing import Doomed, Why, carry_out_soon, erase_case, request
from referral.intake.follow_ups import day_of
from referral.intake.models import Case, Disclosure, Incident
from referral.intake.retention import REGISTER_YEARS, add_months, is_over, register_until
from referral.intake.vocabulary import CaseStatus, CertificateKind, DestructionReason
from referral.shared.database import CASES, HELD, cases_session, writing

AT_ONCE = 100
"""Records of one kind destroyed in one run: the next one takes the rest."""
DISCLOSURE = "disclosure"


def destroy_due(at: datetime) -> None:
    """Destroy every record whose time is over, one transaction each, so that a kill leaves none half gone."""
    for find, end in (
        (list_cases, end_case),
        (list_disclosures, end_disclosure),
        (list_incidents, end_incident),
    ):
        for each in find(cases_session(), at):
            with writing(cases_session(), CASES) as session:
                end(session, each, at)
    carry_out_soon()


def list_cases(session: Session, at: datetime) -> Sequence[UUID]:
    """Return closed files that are kept no more."""
    statement = sa.select(Case.id).where(Case.status == CaseStatus.CLOSED, Case.keep_until < day_of(at))
    return session.scalars(statement.order_by(Case.keep_until).limit(AT_ONCE)).all()


def end_case(session: Session, case_id: UUID, at: datetime) -> None:
    """Destroy a file, unless somebody opened it again or kept it longer meanwhile."""
    case = session.get(Case, case_id, with_for_update=HELD, populate_existing=True)
    if case is not None and case.status is CaseStatus.CLOSED and is_over(case.keep_until, day_of(at)):
        erase_case(session, case, _why(at))


def list_disclosures(session: Session, at: datetime) -> Sequence[UUID]:
    """Return what was communicated without consent so long ago that the register may let it go."""
    oldest = datetime.combine(add_months(at.date(), -12 * REGISTER_YEARS), at.timetz())
    statement = sa.select(Disclosure.id).where(Disclosure.made_at < oldest)
    return session.scalars(statement.order_by(Disclosure.made_at).limit(AT_ONCE)).all()


def end_disclosure(session: Session, disclosure_id: UUID, at: datetime) -> None:
    """Destroy an entry of that register, whose last day is past."""
    row = session.get(Disclosure, disclosure_id)
    if row is not None and is_over(register_until(day_of(row.made_at)), day_of(at)):
        doomed = Doomed(CertificateKind.DISCLOSURE, row.id, row.organization_id)
        _end(session, row, doomed, DISCLOSURE, at)


def list_incidents(session: Session, at: datetime) -> Sequence[UUID]:
    """Return the entries of the register of incidents that are kept no more."""
    statement = sa.select(Incident.id).where(Incident.keep_until < day_of(at))
    return session.scalars(statement.order_by(Incident.keep_until).limit(AT_ONCE)).all()


def end_incident(session: Session, incident_id: UUID, at: datetime) -> None:
    """Destroy an entry of the register of incidents, unless its day was corrected meanwhile."""
    row = session.get(Incident, incident_id, with_for_update=HELD, populate_existing=True)
    if row is not None and is_over(row.keep_until, day_of(at)):
        doomed = Doomed(CertificateKind.INCIDENT, row.id, row.organization_id)
        _end(session, row, doomed, incidents.TARGET, at)


def _end(session: Session, row: Disclosure | Incident, doomed: Doomed, target: str, at: datetime) -> None:
    """Delete a row of a register once its certificate is there: the database refuses it without."""
    request(session, doomed, _why(at))
    session.delete(row)
    session.flush()
    record(session, Event(Action.ERASURE, target, doomed.id, None, doomed.organization_id), CASES_CHAIN)


def _why(at: datetime) -> Why:
    return Why(DestructionReason.RETENTION, None, at)
