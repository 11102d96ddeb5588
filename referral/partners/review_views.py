"""Pages of vetters on one listing: a proposal to decide, a call to log, a step on the ladder of trust."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from referral.access.guard import require
from referral.access.policy import Actor, Permission
from referral.accounts.forms import PlainForm
from referral.catalogue.change_models import Proposal, ProposalStatus
from referral.catalogue.changes import (
    ChangedSinceError,
    DecidedAlreadyError,
    NotCalledError,
    earlier_number,
    is_confidential_service,
)
from referral.catalogue.checking import ValuesRefusedError
from referral.catalogue.models import Service
from referral.catalogue.trust import Method, Trust
from referral.catalogue.vetting_models import CallOutcome, SpokenTo
from referral.edition.publishing import publish_soon
from referral.edition.withdrawal import carry_out
from referral.i18n.locale import current_language
from referral.partners import reviewing, verifying
from referral.partners.areas import vetting
from referral.partners.review_forms import (
    CORRECTABLE,
    CRITERIA,
    METHODS,
    OUTCOMES,
    REASONS,
    SPOKEN_TO,
    TRUSTS,
    CallForm,
    DecisionForm,
    StepForm,
    UnreadableCorrectionError,
    read_correction,
)
from referral.partners.reviewing import Decision, NoEarlierNumberError
from referral.partners.words import LABELS
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

APPROVE, CORRECT, REFUSE, LATER = "approve", "correct", "refuse", "later"
ALL, BY_FIELD, BACK = "all", "by-field", "back"


@vetting.get("/proposals/<uuid:proposal_id>")
def review_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Show what would change, word by word, and what must come first."""
    actor = require(Permission.PROPOSAL_REVIEW)
    return show_proposal(proposal_of(proposal_id), actor)


def proposal_of(proposal_id: UUID, *, lock: bool = False) -> Proposal:
    """Return a proposal, or answer 404."""
    return reviewing.find_proposal(directory_session(), proposal_id, lock=lock) or abort(404)


def show_proposal(  # noqa: PLR0913  # the page, and what is wrong on it
    proposal: Proposal,
    actor: Actor,
    *,
    call: CallForm | None = None,
    form: DecisionForm | None = None,
    problem: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of a proposal."""
    session = directory_session()
    service = session.get_one(Service, proposal.service_id)
    call, form = call or CallForm(formdata=None), form or DecisionForm(formdata=None)
    page = render_template(
        "vetting/proposal.html",
        proposal=proposal,
        service=service,
        fields=reviewing.review(session, proposal, actor, current_language()),
        calls=reviewing.list_calls(session, proposal),
        number=earlier_number(service),
        is_confidential=is_confidential_service(service),
        call=call,
        form=form,
        typed=request.form,
        problem=problem,
        labels=LABELS,
        outcomes=OUTCOMES,
        spoken_to=SPOKEN_TO,
        correctable=CORRECTABLE,
    )
    return page, max(status, call.status, form.status)


@vetting.post("/proposals/<uuid:proposal_id>/call")
def log_call(proposal_id: UUID) -> ResponseReturnValue:
    """Note what came of a call to the number listed now."""
    actor = require(Permission.PROPOSAL_REVIEW)
    proposal = proposal_of(proposal_id)
    form = CallForm()
    if not form.validate_on_submit():
        return show_proposal(proposal, actor, call=form)
    outcome = CallOutcome(form.outcome.data)
    spoken_to = SpokenTo(form.spoken_to.data) if form.spoken_to.data in set(SpokenTo) else None
    try:
        with writing(directory_session()) as session:
            proposal = proposal_of(proposal_id, lock=True)
            reviewing.log_call(session, proposal, outcome, spoken_to, actor, now())
    except DecidedAlreadyError:
        return show_decided(proposal_id, actor)
    except NoEarlierNumberError:
        abort(404)
    flash(_("The call is noted."))
    return redirect(url_for("vetting.review_proposal", proposal_id=proposal_id), 303)


@vetting.post("/proposals/<uuid:proposal_id>/decide")
def decide(proposal_id: UUID) -> ResponseReturnValue:
    """Agree, correct, refuse by field or as a whole, or send back with words."""
    actor = require(Permission.PROPOSAL_REVIEW)
    proposal = proposal_of(proposal_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return show_proposal(proposal, actor, form=form)
    if proposal.status is not ProposalStatus.WAITING:
        return show_decided(proposal_id, actor)
    if form.act.data == BACK:
        return send_back(proposal, form, actor)
    try:
        decisions = read_decisions(proposal, form.act.data == ALL)
    except UnreadableCorrectionError as error:
        problem = _("“%(text)s” cannot be read.", text=str(error))
        return show_proposal(proposal, actor, form=form, problem=problem, status=422)
    if not decisions:
        problem = _("Decide of one field at least.")
        return show_proposal(proposal, actor, form=form, problem=problem, status=422)
    return carry_out_decisions(proposal_id, decisions, form, actor)


def carry_out_decisions(
    proposal_id: UUID, decisions: list[Decision], form: DecisionForm, actor: Actor
) -> ResponseReturnValue:
    """Do what was decided, all or nothing, and show it."""
    try:
        with writing(directory_session()) as session:
            proposal = proposal_of(proposal_id, lock=True)
            done = reviewing.decide(session, proposal, decisions, actor, now(), form.note.data or "")
    except DecidedAlreadyError:
        return show_decided(proposal_id, actor)
    except (NotCalledError, ChangedSinceError, ValuesRefusedError) as error:
        return show_refused(proposal_id, actor, form, error)
    if done.revision is not None:
        publish_soon(directory_session())
    flash(_("Noted: somebody else must agree too.") if done.waiting_for_second else _("Decided."))
    if done.is_closed:
        return redirect(url_for("vetting.show_queue"), 303)
    return redirect(url_for("vetting.review_proposal", proposal_id=proposal_id), 303)


def read_decisions(proposal: Proposal, whole: bool) -> list[Decision]:  # noqa: FBT001  # the button pressed
    """Return what the page says of each field; raises UnreadableCorrectionError."""
    found = []
    for change in proposal.changes:
        key = str(change.id)
        verdict = APPROVE if whole else request.form.get(f"verdict-{key}", LATER)
        seen = request.form.get(f"seen-{key}", "")
        if change.decided_at is not None or verdict not in {APPROVE, CORRECT, REFUSE}:
            continue
        value: Any = None
        if verdict == CORRECT:
            value = read_correction(change.field, request.form, key, reviewing.value_of(change))
        found.append(Decision(change.id, verdict != REFUSE, seen, value))
    return found


def send_back(proposal: Proposal, form: DecisionForm, actor: Actor) -> ResponseReturnValue:
    """Send a proposal back with words."""
    if not (form.note.data or "").strip():
        form.refuse("note", _("Say what you ask for."))
        return show_proposal(proposal, actor, form=form)
    proposal_id = proposal.id
    try:
        with writing(directory_session()) as session:
            locked = proposal_of(proposal_id, lock=True)
            reviewing.return_proposal(session, locked, actor, now(), form.note.data)
    except DecidedAlreadyError:
        return show_decided(proposal_id, actor)
    flash(_("Sent back: whoever proposed is told."))
    return redirect(url_for("vetting.show_queue"), 303)


def show_decided(proposal_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Say that somebody decided first, and by whom."""
    problem = _("Somebody else decided first: nothing of yours was kept.")
    return show_proposal(proposal_of(proposal_id), actor, problem=problem, status=409)


def show_refused(
    proposal_id: UUID, actor: Actor, form: DecisionForm, error: Exception
) -> ResponseReturnValue:
    """Say why nothing was done."""
    if isinstance(error, NotCalledError):
        problem, status = _("Call the number listed now, and note the call, before you agree."), 422
    elif isinstance(error, ChangedSinceError):
        problem = _("The listing changed while you were reading: look at it again, then decide.")
        status = 409
    else:
        problems = error.problems if isinstance(error, ValuesRefusedError) else ()
        problem, status = " ".join(_(each.reason, **each.values) for each in problems), 422
    return show_proposal(proposal_of(proposal_id), actor, form=form, problem=problem, status=status)


@vetting.route("/services/<uuid:service_id>/step", methods=["GET", "POST"])
def take_step(service_id: UUID) -> ResponseReturnValue:
    """Say how far a listing is confirmed, how one knows, and with whom it was checked."""
    actor = require(Permission.PROPOSAL_REVIEW)
    service = directory_session().get(Service, service_id) or abort(404)
    current = service.trust
    form = StepForm(current, shown=current.value)
    if form.validate_on_submit():
        step = verifying.Step(
            wanted=Trust(form.wanted.data),
            method=Method(form.method.data),
            outcome=form.outcome.data,
            spoken_to=SpokenTo(form.spoken_to.data) if form.spoken_to.data in set(SpokenTo) else None,
            criteria=tuple(code for code in CRITERIA if code in (form.criteria.data or ())),
        )
        if form.shown.data != current.value:
            return show_step(service, form, _("Somebody else took a step meanwhile: look again."), 409)
        try:
            with writing(directory_session()) as session:
                verifying.take(session, service_id, current, step, actor, now())
        except verifying.MovedOnError:
            service = directory_session().get_one(Service, service_id)
            return show_step(service, form, _("Somebody else took a step meanwhile: look again."), 409)
        publish_step(directory_session(), step)
        flash(_("The step is noted."))
        return redirect(url_for("vetting.take_step", service_id=service_id), 303)
    return show_step(service, form, None, form.status)


def publish_step(session: Session, step: verifying.Step) -> None:
    """Show what came of a step; what is not safe goes from every reader."""
    if step.outcome == "unsafe":
        carry_out(session, now())
    else:
        publish_soon(session)


def show_step(service: Service, form: StepForm, problem: str | None, status: int) -> ResponseReturnValue:
    """Return the page of a listing's steps."""
    page = render_template(
        "vetting/step.html",
        service=service,
        form=form,
        problem=problem,
        number=earlier_number(service),
        steps=verifying.list_steps(directory_session(), service.id),
        trusts=TRUSTS,
        methods=METHODS,
        reasons=REASONS,
        spoken_to=SPOKEN_TO,
        criteria=CRITERIA,
        button=PlainForm(formdata=None),
    )
    return page, status
