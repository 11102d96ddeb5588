"""One's own proposals: those that wait, those that came back with a question, those that were decided."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import selectinload

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target, permits
from referral.accounts.forms import PlainForm
from referral.catalogue.change_models import ChangeStatus, Proposal, ProposalStatus
from referral.catalogue.changes import DecidedAlreadyError, take_back
from referral.directory.asked import page_given
from referral.i18n.locale import current_language
from referral.partners import history
from referral.partners.areas import listings
from referral.partners.finding import own_organization
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

PER_PAGE = 20
STATUSES: dict[ProposalStatus, LazyString] = {
    ProposalStatus.WAITING: _l("Waits for our team"),
    ProposalStatus.SENT_BACK: _l("Sent back to you"),
    ProposalStatus.DECIDED: _l("Decided"),
    ProposalStatus.TAKEN_BACK: _l("Taken back"),
}
DECISIONS: dict[str, LazyString] = {
    ChangeStatus.WAITING.value: _l("waits"),
    ChangeStatus.APPROVED.value: _l("shown"),
    ChangeStatus.REFUSED.value: _l("not taken"),
    ChangeStatus.TAKEN_BACK.value: _l("taken back"),
}
OPEN = frozenset({ProposalStatus.WAITING, ProposalStatus.SENT_BACK})


@listings.get("/changes")
def list_proposals() -> ResponseReturnValue:
    """Show what people of the organization proposed, the latest first."""
    organization_id, _actor = own_organization(Permission.LISTING_READ)
    page = page_given() or 1
    rows = (
        directory_session()
        .scalars(
            sa.select(Proposal)
            .where(Proposal.organization_id == organization_id)
            .options(selectinload(Proposal.changes), selectinload(Proposal.service))
            .order_by(Proposal.proposed_at.desc(), Proposal.id)
            .offset((page - 1) * PER_PAGE)
            .limit(PER_PAGE + 1)
        )
        .all()
    )
    return render_template(
        "listings/proposals.html",
        rows=rows[:PER_PAGE],
        statuses=STATUSES,
        name_author=history.name_author,
        page=page,
        has_more=len(rows) > PER_PAGE,
    )


@listings.get("/changes/<uuid:proposal_id>")
def show_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Show what was proposed, field by field, and what became of it."""
    proposal, actor = find_proposal(proposal_id, Permission.LISTING_READ)
    may_change = permits(actor, Permission.LISTING_PROPOSE, Target(proposal.organization_id))
    return render_template(
        "listings/proposal.html",
        proposal=proposal,
        differences=history.list_differences(proposal.changes, current_language()),
        statuses=STATUSES,
        decisions=DECISIONS,
        who=history.name_author(proposal.proposed_by, proposal.via),
        may_change=may_change and proposal.status in OPEN,
        form=PlainForm(formdata=None),
    )


def find_proposal(proposal_id: UUID, permission: Permission) -> tuple[Proposal, Actor]:
    """Return a proposal and who asks; answers 404 where there is none, or it is not for her."""
    proposal = directory_session().get(Proposal, proposal_id)
    actor = require(permission, Target(proposal.organization_id if proposal else None))
    return proposal or abort(HTTPStatus.NOT_FOUND), actor


@listings.post("/changes/<uuid:proposal_id>/take-back")
def take_proposal_back(proposal_id: UUID) -> ResponseReturnValue:
    """Withdraw what was proposed, where nobody decided yet."""
    _proposal, actor = find_proposal(proposal_id, Permission.LISTING_PROPOSE)
    if PlainForm().validate_on_submit():
        session = directory_session()
        try:
            with writing(session):
                held = session.get_one(Proposal, proposal_id, with_for_update=True, populate_existing=True)
                take_back(session, held, actor, now())
        except DecidedAlreadyError:
            flash(_("Our team decided first: look at what became of it."))
        else:
            flash(_("The change was taken back. Nothing of it will be shown."))
    return redirect(url_for("listings.show_proposal", proposal_id=proposal_id), HTTPStatus.SEE_OTHER)
