"""Room and closures, as an organization's people tell them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target, permits
from referral.accounts import door
from referral.accounts.forms import PlainForm, StaffForm, check_line, tidy
from referral.catalogue.capacity import REASONS, day_of
from referral.catalogue.change_models import Audience, RoomState, TemporaryClosure, Via
from referral.catalogue.changes import Author
from referral.catalogue.models import Service
from referral.directory.asked import page_given
from referral.directory.live import REASONS as REASON_WORDS
from referral.directory.live import UNKNOWN, Closure, say_closure, say_told
from referral.i18n.locale import current_language
from referral.partners import capacity, closures
from referral.partners.areas import listings
from referral.partners.closures import ClosureRefusedError, Told
from referral.partners.live import fading_of
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

AUDIENCES: dict[Audience, LazyString] = {
    Audience.PARTNERS: _l("Workers who signed in"),
    Audience.PUBLIC: _l("Anyone"),
}
STATES: dict[str, LazyString] = {
    RoomState.FULL.value: _l("Full"),
    RoomState.ROOM.value: _l("There is room"),
    RoomState.WAITING_LIST.value: _l("Waiting list"),
    RoomState.ASK.value: _l("Ask us"),
}
"""What the four buttons say."""
SAID = STATES | {UNKNOWN: _l("Unknown: call")}
WRONG: dict[str, tuple[str, LazyString]] = {
    "ends-before": ("ends_on", _l("The last day is before the first.")),
    "past": ("starts_on", _l("Begin today or later.")),
    "far": ("ends_on", _l("Give a day within a year from today.")),
    "no-reason": ("reason_code", _l("Choose why, or say it in words.")),
    "no-french": ("reason_fr", _l("Write it in French too: it is required.")),
    "long": ("reason_fr", _l("Use 200 characters at most.")),
    "tells-place": ("reason_fr", _l("This tells where the service is. Say it without an address.")),
    "overlaps": ("starts_on", _l("A closure is already told for these days. End it first.")),
}
"""The field that is wrong, and what to say of it."""
UNTIL, NOTICE = "day", "notice"


class ClosureForm(StaffForm):
    """From when, until when, and why."""

    starts_on = DateField(_l("First day"), [InputRequired(_l("Give a day, such as 2026-12-24."))])
    until = RadioField(
        _l("Until when"),
        choices=[
            SelectChoice(value=NOTICE, label=_l("Until further notice")),
            SelectChoice(value=UNTIL, label=_l("Until a day that is known")),
        ],
        default=NOTICE,
    )
    ends_on = DateField(_l("Last day, included"), [Optional()])
    reason_code = SelectField(
        _l("Why"),
        choices=[
            SelectChoice(value="", label=_l("Another reason, in words")),
            *(SelectChoice(value=code, label=REASON_WORDS[code]) for code in REASONS),
        ],
        default="",
    )
    reason_fr = StringField(
        _l("In words, in French"),
        [Length(max=closures.LONGEST_REASON, message=_l("Use 200 characters at most.")), check_line],
        filters=[tidy],
        render_kw={"lang": "fr", "autocomplete": "off"},
    )
    reason_en = StringField(
        _l("In words, in English"),
        [Length(max=closures.LONGEST_REASON, message=_l("Use 200 characters at most.")), check_line],
        filters=[tidy],
        render_kw={"lang": "en", "autocomplete": "off"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Want a last day too where one is said to be known."""
        is_valid = bool(super().validate(extra_validators))
        if self.until.data == UNTIL and self.ends_on.data is None and not self.ends_on.errors:
            self.refuse("ends_on", _("Give a day, such as 2026-12-24."))
            return False
        return is_valid

    def read(self) -> Told:
        """Return the closure as typed."""
        ends: date | None = self.ends_on.data if self.until.data == UNTIL else None
        words = Bilingual(self.reason_fr.data or None, self.reason_en.data or None)
        return Told(self.starts_on.data, ends, self.reason_code.data or None, words)


def own_organization() -> UUID:
    """Return the organization that somebody acts for; answers 404 to whoever acts for none."""
    place = door.place_of(door.signed_in())
    if place is None:
        require(Permission.CAPACITY_TELL)
        abort(HTTPStatus.NOT_FOUND)
    return place


def name_of(service: Service) -> str:
    """Return a service's name in the page's language."""
    return service.name.best(current_language())[0]


def ask_after() -> timedelta:
    """Return after how long an organization is asked about a closure without end."""
    return timedelta(days=current_app.config["CLOSURE_ASK_DAYS"])


def count_questions(actor: Actor) -> int:
    """Return how many closures wait for an answer, for the way to this page."""
    return closures.count_to_ask(directory_session(), actor, now(), ask_after())


@listings.get("/room")
def list_rooms() -> ResponseReturnValue:
    """Show an organization's services, each with its four buttons."""
    organization_id = own_organization()
    actor = require(Permission.CAPACITY_TELL, Target(organization_id))
    session, at, page = directory_session(), now(), page_given() or 1
    services = capacity.list_services(session, organization_id, page)
    total = capacity.count_services(session, organization_id)
    current = closures.list_current(session, [each.id for each in services], at)
    return render_template(
        "listings/room.html",
        rooms=capacity.list_rooms(session, services, at, fading_of(current_app)),
        closures={each.service_id: each for each in reversed(current)},
        questions=closures.list_to_ask(session, at, ask_after(), organization_id),
        audiences=AUDIENCES,
        may_choose=_may_choose(actor, organization_id),
        today=day_of(at),
        page=page,
        has_more=page * capacity.PER_PAGE < total,
        form=PlainForm(formdata=None),
    )


def _may_choose(actor: Actor, organization_id: UUID) -> bool:
    return permits(actor, Permission.CAPACITY_SHARE, Target(organization_id))


@listings.post("/room/<uuid:service_id>")
def tell_room(service_id: UUID) -> ResponseReturnValue:
    """Take one tap."""
    author = _telling(service_id)
    state = next((each for each in RoomState if each.value == request.form.get("state")), None)
    if state is None:
        abort(HTTPStatus.BAD_REQUEST)
    if not PlainForm().validate_on_submit():
        return redirect(url_for("listings.list_rooms"), HTTPStatus.SEE_OTHER)
    with writing(directory_session()) as written:
        capacity.tell_room(written, _again(service_id, author), state, author, now())
    return redirect(url_for("listings.list_rooms", _anchor=f"s-{service_id}"), HTTPStatus.SEE_OTHER)


@listings.post("/room/<uuid:service_id>/audience")
def choose_audience(service_id: UUID) -> ResponseReturnValue:
    """Take whom a service lets know; it counts at once."""
    service = capacity.find_service(directory_session(), service_id)
    actor = require(Permission.CAPACITY_SHARE, Target(service.organization_id if service else None))
    audience = next((each for each in Audience if each.value == request.form.get("audience")), None)
    if audience is None:
        abort(HTTPStatus.BAD_REQUEST)
    if not PlainForm().validate_on_submit():
        return redirect(url_for("listings.list_rooms"), HTTPStatus.SEE_OTHER)
    with writing(directory_session()) as written:
        again = _again(service_id, Author(actor, Via.ACCOUNT))
        capacity.choose_audience(written, again, audience, actor, now())
    return redirect(url_for("listings.list_rooms", _anchor=f"s-{service_id}"), HTTPStatus.SEE_OTHER)


@listings.route("/closures/<uuid:service_id>", methods=["GET", "POST"])
def show_closures(service_id: UUID) -> ResponseReturnValue:
    """Show the closures of a service, and take one more."""
    author = _telling(service_id)
    form = ClosureForm(starts_on=day_of(now()))
    if form.validate_on_submit() and _close(service_id, form, author):
        flash(_("It is shown at once."))
        return redirect(url_for("listings.show_closures", service_id=service_id), HTTPStatus.SEE_OTHER)
    session, at, page = directory_session(), now(), page_given() or 1
    past = closures.list_past(session, service_id, at, page)
    current = closures.list_current(session, [service_id], at)
    shown = render_template(
        "listings/closure.html",
        service=session.get_one(Service, service_id),
        current=current,
        asked={each.id for each in current if closures.is_asked_about(each, at, ask_after())},
        past=past[: closures.PER_PAGE],
        page=page,
        has_more=len(past) > closures.PER_PAGE,
        form=form,
        button=PlainForm(formdata=None),
    )
    return shown, form.status


def _close(service_id: UUID, form: ClosureForm, author: Author) -> bool:
    try:
        with writing(directory_session()) as written:
            closures.close(written, _again(service_id, author), form.read(), author, now())
    except ClosureRefusedError as error:
        field, words = WRONG[error.reason]
        form.refuse(field, words)
        return False
    return True


@listings.post("/closures/<uuid:service_id>/<uuid:closure_id>/end")
def end_closure(service_id: UUID, closure_id: UUID) -> ResponseReturnValue:
    """End a closure now."""
    author = _telling(service_id)
    with writing(directory_session()) as written:
        closure, service = _find_closure(service_id, closure_id, author)
        closures.end(written, closure, service.organization_id, author, now())
    flash(_("The closure has ended. It is shown at once."))
    return redirect(url_for("listings.show_closures", service_id=service_id), HTTPStatus.SEE_OTHER)


@listings.post("/closures/<uuid:service_id>/<uuid:closure_id>/confirm")
def confirm_closure(service_id: UUID, closure_id: UUID) -> ResponseReturnValue:
    """Keep that a closure without end still lasts."""
    author = _telling(service_id)
    with writing(directory_session()) as written:
        closure, service = _find_closure(service_id, closure_id, author)
        closures.confirm(written, closure, service.organization_id, author, now())
    return redirect(url_for("listings.list_rooms"), HTTPStatus.SEE_OTHER)


def _find_closure(service_id: UUID, closure_id: UUID, author: Author) -> tuple[TemporaryClosure, Service]:
    service = _again(service_id, author)
    closure = closures.find_closure(directory_session(), service_id, closure_id)
    if closure is None:
        abort(HTTPStatus.NOT_FOUND)
    return closure, service


def _telling(service_id: UUID) -> Author:
    """Return who tells of a service; answers 404 to anyone who may not."""
    service = capacity.find_service(directory_session(), service_id)
    actor = require(Permission.CAPACITY_TELL, Target(service.organization_id if service else None))
    if service is None:
        abort(HTTPStatus.NOT_FOUND)
    return Author(actor, Via.ACCOUNT)


def _again(service_id: UUID, author: Author) -> Service:
    """Return the service as it is now that one writes: another organization's, or gone, by now is 404."""
    service = capacity.find_service(directory_session(), service_id)
    if service is None or service.organization_id != author.actor.acting_for:
        abort(HTTPStatus.NOT_FOUND)
    return service


def say_told_closure(closure: TemporaryClosure) -> str:
    """Return a closure in words."""
    return say_closure(Closure(closure.starts_on, closure.ends_on, closure.reason_code), now())


def say_told_now(at: datetime) -> str:
    """Return when something was told, in words."""
    return say_told(at, now())


def init_app(app: Flask) -> None:
    """Teach templates to speak of room and of closures."""
    app.jinja_env.globals.update(room_words=SAID, room_buttons=tuple(STATES.items()))
    app.jinja_env.filters.update(told=say_told_now, closure=say_told_closure)
