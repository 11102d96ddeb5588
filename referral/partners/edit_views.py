"""Changing a listing: one form in both languages, its preview, its drafts, what becomes of what was sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from referral.access.policy import Actor, Permission
from referral.accounts import kept
from referral.accounts.forms import PlainForm
from referral.catalogue.change_models import Proposal, ProposalStatus
from referral.catalogue.changes import Outcome, is_confidential_service, propose, take_back
from referral.catalogue.checking import LONGEST_TEXT, ValuesRefusedError, check_values
from referral.catalogue.fields import FIELDS, decode
from referral.catalogue.models import Service
from referral.catalogue.values import list_locations, read_values
from referral.directory.details import describe
from referral.directory.live import find_line
from referral.edition.compilation import compile_listing
from referral.edition.publishing import publish_soon
from referral.edition.withholding import HeldBackError
from referral.partners import drafts, edit_form
from referral.partners.areas import listings
from referral.partners.edit_form import Wrong, find_conflict, list_changed, read_base, say_problems
from referral.partners.editing import Reading, from_fields
from referral.partners.finding import author_of, find_listing, lock_listing
from referral.partners.preview import with_values
from referral.partners.typed import GROUPS, Fields, add_row, complete, to_fields
from referral.partners.words import HANDLING, LABELS
from referral.shared.clock import now
from referral.shared.conflict import Conflict
from referral.shared.database import directory_session, writing

OPEN = frozenset({ProposalStatus.WAITING, ProposalStatus.SENT_BACK})
ADD = "add-"


class ChangedMeanwhileError(Exception):
    """Somebody else changed the listing since the form was opened; nothing was saved."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__("changed meanwhile")
        self.conflict = conflict


@listings.get("/services/<uuid:service_id>/edit")
def edit(service_id: UUID) -> ResponseReturnValue:
    """Show the form: of the listing as it is, of a draft, or of what was proposed."""
    service, actor = find_listing(service_id, Permission.LISTING_PROPOSE)
    session = directory_session()
    values = read_values(session, service)
    draft = drafts.find_draft(session, service_id, actor.user_id) if actor.user_id else None
    if draft is not None and request.args.get("draft"):
        fields = drafts.read_draft(draft)
        return show_form(service, fields, is_old=draft.listing_version != service.version)
    fields = opened(service, values)
    proposal = find_proposal(request.args.get("proposal", ""), service)
    if proposal is not None:
        proposed = {
            each.field: decode(each.field, each.value_after) for each in proposal.changes if each.value_after
        }
        fields = opened(service, values, {**values, **proposed})
        fields["proposal"], fields["note"] = str(proposal.id), proposal.note
    return show_form(service, fields, draft=draft, proposal=proposal)


def opened(service: Service, values: dict[str, Any], shown: dict[str, Any] | None = None) -> Fields:
    """Return the texts of a form that is opened now, on the listing as it is."""
    fields = to_fields(shown or values)
    fields["base"] = edit_form.write_base(edit_form.digests_of(values))
    fields["version"] = str(service.version)
    return fields


def find_proposal(text: str, service: Service) -> Proposal | None:
    """Return an open proposal of that very listing."""
    try:
        proposal = directory_session().get(Proposal, UUID(text))
    except ValueError:
        return None
    is_its = proposal is not None and proposal.service_id == service.id and proposal.status in OPEN
    return proposal if is_its else None


def show_form(
    service: Service, fields: Fields, wrong: list[Wrong] | None = None, **more: Any
) -> ResponseReturnValue:
    """Show the form with what is typed; 422 where something of it is wrong, 409 with both versions."""
    session = directory_session()
    page = render_template(
        "listings/edit.html",
        service=service,
        has_place=bool(list_locations(service)),
        is_confidential=is_confidential_service(service),
        waiting=list_waiting(session, service),
        longest=LONGEST_TEXT,
        form=PlainForm(formdata=None),
        **edit_form.context(complete(fields), wrong or ()),
        **{"draft": None, "proposal": None, "conflict": None, "is_old": False, **more},
    )
    if more.get("conflict"):
        return page, HTTPStatus.CONFLICT
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def list_waiting(session: Any, service: Service) -> list[tuple[Proposal, list[str]]]:
    """Return what waits for one of ours already, with the names of its fields."""
    found = session.query(Proposal).filter(Proposal.service_id == service.id, Proposal.status.in_(OPEN))
    return [(each, [str(LABELS[change.field]) for change in each.changes]) for each in found]


@listings.post("/services/<uuid:service_id>/edit")
def send(service_id: UUID) -> ResponseReturnValue:
    """Do what was pressed: one more row, a draft, a preview, or sending."""
    service, actor = find_listing(service_id, Permission.LISTING_PROPOSE)
    fields: Fields = MultiDict(request.form)
    pressed = request.form.get("do", "send")
    if kept.RESTORED in request.form or pressed == "edit":
        return show_form(service, fields)
    if pressed.removeprefix(ADD) in GROUPS:
        complete(fields)
        add_row(fields, pressed.removeprefix(ADD))
        return show_form(service, fields)
    if pressed == "draft":
        keep_draft(service, actor, fields)
        flash(_("Your draft is kept. Nothing of it was sent."))
        return redirect(url_for("listings.show_listing", service_id=service_id), HTTPStatus.SEE_OTHER)
    reading = from_fields(fields)
    if reading.problems:
        return show_form(service, fields, say_problems(reading.problems))
    return preview(service, reading) if pressed == "preview" else take(service, actor, reading)


def keep_draft(service: Service, actor: Actor, fields: Fields) -> None:
    """Keep what is typed for whoever typed it."""
    if actor.user_id is None:
        return
    service_id, user_id = service.id, actor.user_id
    with writing(directory_session()) as session:
        held = lock_listing(session, service_id, author_of(actor))
        drafts.save_draft(session, held, user_id, fields, read_version(fields, held), now())


def read_version(fields: Fields, service: Service) -> int:
    """Return the version of the listing that a form was opened on."""
    version = fields.get("version", "")
    return int(version) if version.isascii() and version.isdigit() else service.version


@listings.post("/services/<uuid:service_id>/draft")
def save_draft(service_id: UUID) -> ResponseReturnValue:
    """Keep what is typed, as it is typed."""
    service, actor = find_listing(service_id, Permission.LISTING_PROPOSE)
    keep_draft(service, actor, MultiDict(request.form))
    return "", HTTPStatus.NO_CONTENT


@listings.post("/services/<uuid:service_id>/draft/delete")
def delete_draft(service_id: UUID) -> ResponseReturnValue:
    """Forget what was typed."""
    _service, actor = find_listing(service_id, Permission.LISTING_PROPOSE)
    if PlainForm().validate_on_submit() and actor.user_id is not None:
        with writing(directory_session()) as session:
            drafts.delete_draft(session, service_id, actor.user_id)
        flash(_("The draft is gone."))
    return redirect(url_for("listings.edit", service_id=service_id), HTTPStatus.SEE_OTHER)


def preview(service: Service, reading: Reading) -> ResponseReturnValue:
    """Show the listing as readers, and as workers, would see it; nothing is sent."""
    current = read_values(directory_session(), service)
    base = read_base(reading.fields.get("base", ""), edit_form.digests_of(current))
    changed = list_changed(reading, base)
    try:
        check_values(changed, confidential=is_confidential_service(service))
        listing = with_values(compile_listing(service)[0], {**current, **changed})
    except ValuesRefusedError as error:
        return show_form(service, reading.fields, say_problems(error.problems))
    except HeldBackError:
        told = _("The name tells of a place that is confidential.")
        return show_form(service, reading.fields, [Wrong("name", "f-name", told)])
    return render_template(
        "listings/preview.html",
        service=service,
        details=describe(listing, now()),
        listing=listing,
        live=find_line(listing),
        workers={**current, **changed}["for_workers"],
        changed=[(LABELS[name], HANDLING[FIELDS[name].handling]) for name in changed],
        typed=[
            (name, text) for name, text in reading.fields.items(multi=True) if name not in drafts.NOT_KEPT
        ],
        form=PlainForm(formdata=None),
    )


def take(service: Service, actor: Actor, reading: Reading) -> ResponseReturnValue:
    """Take what was sent, then say what is shown already and what waits."""
    service_id, session = service.id, directory_session()
    try:
        with writing(session):
            outcome = take_changes(lock_listing(session, service_id, author_of(actor)), actor, reading)
            proposal_id = outcome.proposal.id if outcome.proposal else None
    except ValuesRefusedError as error:
        return show_form(session.get_one(Service, service_id), reading.fields, say_problems(error.problems))
    except ChangedMeanwhileError as error:
        held = session.get_one(Service, service_id)
        current = read_values(session, held)
        fields = edit_form.merge(reading, current, error.conflict)
        fields["base"] = edit_form.write_base(edit_form.digests_of(current))
        fields["version"] = str(held.version)
        return show_form(held, fields, conflict=error.conflict)
    if not outcome.applied and proposal_id is None:
        flash(_("Nothing was changed: the listing already says all of this."))
        return redirect(url_for("listings.show_listing", service_id=service_id), HTTPStatus.SEE_OTHER)
    is_late = outcome.revision is not None and not publish_soon(session)
    return redirect(
        url_for(
            "listings.show_sent",
            service_id=service_id,
            applied=" ".join(outcome.applied) or None,
            proposal=proposal_id,
            late=1 if is_late else None,
        ),
        HTTPStatus.SEE_OTHER,
    )


def take_changes(service: Service, actor: Actor, reading: Reading) -> Outcome:
    """Apply what counts at once and keep the rest; the draft goes, and what it was proposed anew from."""
    session, at = directory_session(), now()
    current = read_values(session, service)
    base = read_base(reading.fields.get("base", ""), edit_form.digests_of(current))
    conflict = find_conflict(reading, current, base)
    if conflict is not None:
        raise ChangedMeanwhileError(conflict)
    changed = list_changed(reading, base)
    if not list_locations(service):
        changed.pop("accessibility", None)
    note = (reading.lines("note") or "")[:LONGEST_TEXT]
    outcome = propose(session, service, changed, author_of(actor), at, note)
    old = find_proposal(reading.fields.get("proposal", ""), service)
    if old is not None:
        take_back(session, old, actor, at)
    if actor.user_id is not None:
        drafts.delete_draft(session, service.id, actor.user_id)
    return outcome


@listings.get("/services/<uuid:service_id>/sent")
def show_sent(service_id: UUID) -> ResponseReturnValue:
    """Say what is shown already, and what waits for one of ours."""
    service, _actor = find_listing(service_id, Permission.LISTING_READ)
    applied = [FIELDS[name] for name in request.args.get("applied", "").split() if name in FIELDS]
    proposal = find_proposal(request.args.get("proposal", ""), service)
    return render_template(
        "listings/sent.html",
        service=service,
        shown=[LABELS[field.name] for field in applied if field.is_public],
        kept=[LABELS[field.name] for field in applied if not field.is_public],
        waiting=[
            (LABELS[each.field], HANDLING[FIELDS[each.field].handling])
            for each in (proposal.changes if proposal else ())
        ],
        proposal=proposal,
        is_late=bool(request.args.get("late")),
        phones=read_values(directory_session(), service)["phones"],
    )
