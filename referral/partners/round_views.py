"""The vetters' pages of the rounds: the calls of the week, one call, the state by region, and the links."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target
from referral.accounts.forms import PlainForm, StaffForm
from referral.accounts.organizations import list_names
from referral.directory.asked import page_given
from referral.edition.publishing import publish_soon
from referral.geo.areas import REGIONS
from referral.partners import calls, link_forms, links, reminders, round_answers, round_state, rounds
from referral.partners.areas import listings, vetting
from referral.partners.calls import NotEnoughTriesError, NotReachedError
from referral.partners.finding import own_organization
from referral.partners.link_forms import RemindersFields
from referral.partners.listing_page import find_row
from referral.partners.listing_views import as_seen
from referral.partners.round_answers import NoRoundError
from referral.partners.round_models import Answered, Channel, Outcome, Purpose, Stage, VerificationRound
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

CHANNELS = {
    Channel.PHONE: _l("Telephone"),
    Channel.TEXT: _l("Text message"),
    Channel.MAIL: _l("E-mail"),
    Channel.OTHER: _l("Another way"),
}
ANSWERED = {
    Answered.REACHED: _l("Somebody answered"),
    Answered.NO_ANSWER: _l("No answer"),
    Answered.MESSAGE_LEFT: _l("Message left"),
    Answered.WRONG_NUMBER: _l("Wrong number"),
}
OUTCOMES = {
    Outcome.CONFIRMED: _l("Everything still holds"),
    Outcome.CHANGED: _l("Something has changed: I type it next"),
    Outcome.NO_LISTING: _l("They want no listing"),
    Outcome.CLOSED: _l("It has closed for good"),
    Outcome.UNREACHABLE: _l("Nobody can be reached"),
}
STAGES = {
    Stage.WRITTEN: _l("A letter left; its answer is waited for"),
    Stage.FOLLOWED_UP: _l("Written to twice"),
    Stage.TO_CALL: _l("To call"),
    Stage.ENDED: _l("Ended"),
}
PURPOSES = {
    Purpose.CONFIRM: _l("to confirm"),
    Purpose.EDIT: _l("to change"),
    Purpose.REMINDERS: _l("to choose reminders"),
}
WORDS = {
    "channels": CHANNELS,
    "answers": ANSWERED,
    "outcomes": OUTCOMES,
    "stages": STAGES,
    "purposes": PURPOSES,
}


class AttemptForm(StaffForm):
    """One try."""

    channel = RadioField(
        _l("How did you try?"),
        choices=[SelectChoice(value=each.value, label=words) for each, words in CHANNELS.items()],
        validators=[InputRequired(_l("Choose how you tried."))],
    )
    answered = RadioField(
        _l("What came of it?"),
        choices=[SelectChoice(value=each.value, label=words) for each, words in ANSWERED.items()],
        validators=[InputRequired(_l("Choose what came of it."))],
    )


class OutcomeForm(StaffForm):
    """What the call told."""

    outcome = RadioField(
        _l("What did the call tell?"),
        choices=[SelectChoice(value=each.value, label=words) for each, words in OUTCOMES.items()],
        validators=[InputRequired(_l("Choose what the call told."))],
    )


class RemindersForm(RemindersFields, StaffForm):
    """How an organization is reminded, of whoever is signed in."""


def count_waiting(_actor: Actor) -> int:
    """Return how many are to be called, for the way to this page."""
    return calls.count_calls(directory_session())


@vetting.get("/calls")
def list_calls() -> ResponseReturnValue:
    """Show who is to be called, in order."""
    require(Permission.ROUND_RUN)
    session = directory_session()
    found = calls.list_calls(session, page_given() or 1)
    vetters = rounds.count_vetters(session)
    return render_template(
        "vetting/calls.html",
        found=found,
        people=vetters,
        a_week=vetters * current_app.config["CALLS_A_WEEK"],
        **WORDS,
    )


def held_round(round_id: UUID, *, lock: bool = False) -> VerificationRound:
    """Return a round; answers 404 where there is none."""
    return round_answers.find_round(directory_session(), round_id, lock=lock) or abort(HTTPStatus.NOT_FOUND)


@vetting.get("/calls/<uuid:round_id>")
def show_call(round_id: UUID) -> ResponseReturnValue:
    """Show what to say, whom to call, what was tried, and what the listing says now."""
    actor = require(Permission.ROUND_RUN)
    return show_page(held_round(round_id), actor)


def show_page(row: VerificationRound, actor: Actor, **more: object) -> ResponseReturnValue:
    """Show the page of a call; 422 where a form was wrong."""
    session = directory_session()
    shown: dict[str, object] = {
        "row": row,
        "notices": find_row(session, row.service, actor, now()).notices,
        "links": links.list_open(session, row.organization_id, Purpose.EDIT, now()),
        "attempt": AttemptForm(formdata=None),
        "outcome": OutcomeForm(formdata=None),
        "form": PlainForm(formdata=None),
        "may_code": calls.was_reached(row, now()),
        "problem": None,
        **as_seen(row.service),
        **WORDS,
        **more,
    }
    wrong = shown["problem"] or any(isinstance(each, StaffForm) and each.errors for each in more.values())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render_template("vetting/calls_one.html", **shown), status


@vetting.post("/calls/<uuid:round_id>/tries")
def add_try(round_id: UUID) -> ResponseReturnValue:
    """Keep one try."""
    actor = require(Permission.ROUND_RUN)
    form = AttemptForm()
    if not form.validate_on_submit():
        return show_page(held_round(round_id), actor, attempt=form)
    tried = Channel(form.channel.data), Answered(form.answered.data)
    try:
        with writing(directory_session()) as session:
            calls.add_attempt(session, held_round(round_id, lock=True), tried, actor, now())
    except NoRoundError:
        flash(_("This round has ended meanwhile."))
    return back_to(round_id)


def back_to(round_id: UUID) -> ResponseReturnValue:
    """Lead back to the page of a call."""
    return redirect(url_for("vetting.show_call", round_id=round_id), HTTPStatus.SEE_OTHER)


@vetting.post("/calls/<uuid:round_id>/outcome")
def conclude(round_id: UUID) -> ResponseReturnValue:
    """End a round with what the call told."""
    actor = require(Permission.ROUND_RUN)
    form = OutcomeForm()
    if not form.validate_on_submit():
        return show_page(held_round(round_id), actor, outcome=form)
    outcome, session = Outcome(form.outcome.data), directory_session()
    try:
        with writing(session):
            row = held_round(round_id, lock=True)
            service_id = row.service_id
            revision = calls.conclude(session, row, outcome, actor, now())
    except NotEnoughTriesError:
        said = _("Try three times, in two ways at least, before you say so.")
        form.refuse("outcome", said)
        return show_page(held_round(round_id), actor, outcome=form)
    except NoRoundError:
        flash(_("This round has ended meanwhile."))
        return back_to(round_id)
    if revision is not None:
        publish_soon(session)
    flash(_("It is kept."))
    return redirect(after(outcome, service_id), HTTPStatus.SEE_OTHER)


def after(outcome: Outcome, service_id: UUID) -> str:
    """Return where a vetter goes next: what changed is typed, who wants no listing is entered."""
    views = current_app.view_functions
    if outcome is Outcome.CHANGED and "listings.edit" in views:
        return url_for("listings.edit", service_id=service_id)
    if outcome is Outcome.NO_LISTING and "vetting.show_register" in views:
        return url_for("vetting.show_register")
    return url_for("vetting.list_calls")


@vetting.post("/services/<uuid:service_id>/call")
def begin_call(service_id: UUID) -> ResponseReturnValue:
    """Put a listing on the calls: a vetter wants to call about it now."""
    actor = require(Permission.ROUND_RUN)
    try:
        with writing(directory_session()) as session:
            round_id = calls.begin_call(session, service_id, actor, now()).id
    except NoRoundError:
        abort(HTTPStatus.NOT_FOUND)
    return back_to(round_id)


@vetting.post("/calls/<uuid:round_id>/link")
def send_link(round_id: UUID) -> ResponseReturnValue:
    """Send the link by which the organization can change its listing, to the address that is listed."""
    actor = require(Permission.ROUND_RUN)
    at = now()
    with writing(directory_session()) as session:
        row = held_round(round_id, lock=True)
        key = f"listing_edit {row.id} {at.isoformat()}"
        sent = round_answers.send_edit_link(session, row.organization_id, key, actor, at)
    flash(
        _("The link is on its way to the address of the listing.")
        if sent
        else _("No address is listed: type the change yourself.")
    )
    return back_to(round_id)


@vetting.post("/calls/<uuid:round_id>/links/<uuid:link_id>/code")
def give_code(round_id: UUID, link_id: UUID) -> ResponseReturnValue:
    """Show, once, the code to read aloud to whoever answered on the number that is listed."""
    actor = require(Permission.ROUND_RUN)
    at = now()
    try:
        with writing(directory_session()) as session:
            row = held_round(round_id, lock=True)
            link = links.find_held(session, link_id, row.organization_id)
            if link is None or link.purpose is not Purpose.EDIT or not links.is_serving(link, at):
                abort(HTTPStatus.NOT_FOUND)
            code = calls.give_code(session, row, link, actor, at)
    except NotReachedError:
        return show_page(
            held_round(round_id),
            actor,
            problem=_("First keep the try: somebody must have answered by telephone within the last hour."),
        )
    return render_template("vetting/calls_code.html", row=held_round(round_id), code=code)


@vetting.get("/rounds")
def show_rounds() -> ResponseReturnValue:
    """Show the state of the rounds by region, and what will be ranked last or hidden soon."""
    require(Permission.ROUND_RUN)
    session, at = directory_session(), now()
    return render_template(
        "vetting/rounds.html",
        state=round_state.count_by_region(session, at),
        coming=round_state.list_coming(session, at, page_given() or 1),
        regions=REGIONS,
        **WORDS,
    )


@vetting.get("/links")
def list_links() -> ResponseReturnValue:
    """Show the links that were sent, of all organizations."""
    require(Permission.ROUND_RUN)
    return show_links(None)


@listings.get("/links")
def list_own_links() -> ResponseReturnValue:
    """Show the links that were sent to an organization to those who keep its listings."""
    place, _actor = own_organization(Permission.LISTING_CONFIRM)
    return show_links(place)


def show_links(place: UUID | None) -> ResponseReturnValue:
    """Show a page of links: what for, until when, and whether they serve."""
    session, at = directory_session(), now()
    page = page_given() or 1
    found, pages = links.list_links(session, place, at, page)
    return render_template(
        "vetting/rounds_links.html" if place is None else "listings/links.html",
        found=found,
        serving={each.id for each in found if links.is_serving(each, at)},
        names=list_names(session, {each.organization_id for each in found}),
        page=min(page, pages),
        pages=pages,
        form=PlainForm(formdata=None),
        **WORDS,
    )


@vetting.post("/links/<uuid:link_id>/revoke")
def revoke_link(link_id: UUID) -> ResponseReturnValue:
    """Let a link serve no more."""
    actor = require(Permission.ROUND_RUN)
    revoke(link_id, None, actor)
    return redirect(url_for("vetting.list_links"), HTTPStatus.SEE_OTHER)


@listings.post("/links/<uuid:link_id>/revoke")
def revoke_own_link(link_id: UUID) -> ResponseReturnValue:
    """Let a link of one's own organization serve no more."""
    place, actor = own_organization(Permission.LISTING_CONFIRM)
    revoke(link_id, place, actor)
    return redirect(url_for("listings.list_own_links"), HTTPStatus.SEE_OTHER)


def revoke(link_id: UUID, place: UUID | None, actor: Actor) -> None:
    """Let a link serve no more; answers 404 to that of another organization."""
    with writing(directory_session()) as session:
        link = links.find_held(session, link_id, place) or abort(HTTPStatus.NOT_FOUND)
        if link.revoked_at is None:
            links.revoke(session, link, actor, now())
    flash(_("The link serves no more."))


@listings.route("/reminders", methods=["GET", "POST"])
def choose_reminders() -> ResponseReturnValue:
    """Choose how and how often one's organization is reminded."""
    place, actor = own_organization(Permission.REMINDER_CHOOSE)
    require(Permission.REMINDER_CHOOSE, Target(place))
    session = directory_session()
    form = RemindersForm(data=link_forms.fill(reminders.read_choice(session, place)))
    if request.method == "POST" and form.validate_on_submit():
        with writing(session):
            reminders.choose(session, place, link_forms.read(form), actor, now())
        flash(_("Your choice is kept."))
        return redirect(url_for("listings.choose_reminders"), HTTPStatus.SEE_OTHER)
    return render_template("listings/links_reminders.html", form=form), form.status
