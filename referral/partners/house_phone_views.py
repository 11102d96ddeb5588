"""The page of a house's telephone, and the pages on which its organization pairs and revokes telephones."""

from __future__ import annotations

from http import HTTPStatus
from typing import NoReturn
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from referral.access.guard import public, require, require_of
from referral.access.policy import Permission, Target
from referral.accounts import door
from referral.accounts.entry_views import say_wait
from referral.accounts.forms import PlainForm, StaffForm, Ticks, check_line, tidy
from referral.accounts.throttling import TooManyTriesError
from referral.catalogue.capacity import day_of
from referral.catalogue.change_models import RoomState, Via
from referral.catalogue.changes import Author
from referral.catalogue.models import Service
from referral.directory.asked import page_given
from referral.i18n.locale import current_language
from referral.partners import capacity, closures, house_phones
from referral.partners.areas import listings, speak
from referral.partners.capacity_views import name_of, own_organization
from referral.partners.house_phones import NoCodeError, NotItsServicesError, PairedPhone
from referral.partners.live import fading_of
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import directory_session, writing
from referral.web.limits import caller_key

AREA = "house"
LANGUAGES = ("fr", "en")
LASTS = 400 * 24 * 3600
"""Seconds: the longest that browsers keep a cookie; given anew at each use."""
LONGEST_CODE = 40
MOST_SERVICES = 100
CLOSE, OPEN = "close", "open"

house = Blueprint(AREA, __name__, url_prefix=f"/<any(fr, en):language>/{AREA}")
speak(house)


class PhoneForm(StaffForm):
    """A telephone to pair: what it is called, and of which services it may tell."""

    name = StringField(
        _l("What you call this telephone"),
        [
            InputRequired(_l("Name it, to know it again.")),
            Length(max=60, message=_l("Use 60 characters at most.")),
            check_line,
        ],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    services = Ticks(_l("Services of which it may tell"), validate_choice=False)


def cookie_name() -> str:
    """Return what the cookie is called; ``__Secure-`` makes browsers refuse it over a connection in clear."""
    return "__Secure-relais-house" if current_app.config["COOKIES_SECURE"] else "relais-house"


def held_token() -> str | None:
    """Return what this browser's cookie holds."""
    return request.cookies.get(cookie_name()) or None


def give_cookie(response: Response, token: str) -> Response:
    """Let a telephone be known on its own pages, in both languages, and on no other."""
    for language in LANGUAGES:
        response.set_cookie(
            cookie_name(),
            token,
            max_age=LASTS,
            path=f"/{language}/{AREA}",
            secure=current_app.config["COOKIES_SECURE"],
            httponly=True,
            samesite="Strict",
        )
    return response


@house.after_request
def take_cookie(response: Response) -> Response:
    """Take a cookie that serves no more, so that the telephone can be paired anew."""
    if g.get("forgets_phone"):
        for language in LANGUAGES:
            response.delete_cookie(
                cookie_name(),
                path=f"/{language}/{AREA}",
                secure=current_app.config["COOKIES_SECURE"],
                httponly=True,
                samesite="Strict",
            )
    return response


def forget_phone() -> NoReturn:
    """Answer as if nothing were here, and take the cookie."""
    g.forgets_phone = True
    abort(HTTPStatus.NOT_FOUND)


def current_phone() -> PairedPhone:
    """Return the telephone of this request's cookie; answers 404 where it is none, or is revoked."""
    token = held_token()
    found = house_phones.find_paired(directory_session(), token, now()) if token else None
    if found is None:
        forget_phone()
    require_of(found.as_actor(), Permission.CAPACITY_TELL, Target(found.organization_id))
    return found


def check_form() -> None:
    """Answer 400 to a form that is not this telephone's own."""
    token = held_token()
    if token is None or not house_phones.is_form_token(token, request.form.get("token", "")):
        abort(HTTPStatus.BAD_REQUEST)


@house.get("")
@public
def show_house() -> ResponseReturnValue:
    """Show the four buttons to a telephone that is paired, and where to type a code to any other."""
    token = held_token()
    if token is None:
        return render_template("house/pair.html")
    phone, at = current_phone(), now()
    if at - phone.used_at >= house_phones.SEEN_STEP:
        with writing(directory_session()) as written:
            house_phones.touch(written, phone.id, at)
    session = directory_session()
    services = [each for each in (capacity.find_service(session, id_) for id_ in phone.services) if each]
    services.sort(key=lambda each: (name_of(each), str(each.id)))
    page = render_template(
        "house/house.html",
        phone=phone,
        rooms=capacity.list_rooms(session, services, at, fading_of(current_app)),
        closures={
            each.service_id: each for each in reversed(closures.list_current(session, phone.services, at))
        },
        today=day_of(at),
        token=house_phones.form_token(token),
    )
    return give_cookie(make_response(page), token)


@house.post("")
@public
def pair() -> ResponseReturnValue:
    """Take a code, and give this telephone its cookie."""
    typed, device = request.form.get("code", "")[:LONGEST_CODE], door.device()
    try:
        token = house_phones.pair(typed, caller_key(), device, now())
    except TooManyTriesError as error:
        return _ask_again(say_wait(error))
    except NoCodeError:
        return _ask_again(_("This code does not serve: it was used, is too old, or was mistyped."))
    response = make_response(redirect(url_for("house.show_house"), HTTPStatus.SEE_OTHER))
    return give_cookie(response, token)


def _ask_again(wrong: str) -> ResponseReturnValue:
    return render_template("house/pair.html", wrong=wrong), HTTPStatus.UNPROCESSABLE_ENTITY


@house.post("/<uuid:service_id>/room")
def tell_room(service_id: UUID) -> ResponseReturnValue:
    """Take one tap."""
    phone, at = _telling(service_id), now()
    state = next((each for each in RoomState if each.value == request.form.get("state")), None)
    if state is None:
        abort(HTTPStatus.BAD_REQUEST)
    with writing(directory_session()) as written:
        service, author = _own_service(phone, service_id), Author(phone.as_actor(), Via.HOUSE_PHONE)
        capacity.tell_room(written, service, state, author, at)
        house_phones.touch(written, phone.id, at)
    return redirect(url_for("house.show_house", _anchor=f"s-{service_id}"), HTTPStatus.SEE_OTHER)


@house.post("/<uuid:service_id>/closure")
def switch_closure(service_id: UUID) -> ResponseReturnValue:
    """Close a service until further notice, or say that it is open again."""
    phone, at = _telling(service_id), now()
    wanted = request.form.get("closure")
    if wanted not in (CLOSE, OPEN):
        abort(HTTPStatus.BAD_REQUEST)
    with writing(directory_session()) as written:
        service, author = _own_service(phone, service_id), Author(phone.as_actor(), Via.HOUSE_PHONE)
        _switch(service, author, is_open=wanted == OPEN)
        house_phones.touch(written, phone.id, at)
    return redirect(url_for("house.show_house", _anchor=f"s-{service_id}"), HTTPStatus.SEE_OTHER)


def _switch(service: Service, author: Author, *, is_open: bool) -> None:
    """Close, or end what lasts today; what is so already stays as it is."""
    session, at = directory_session(), now()
    current = [
        each for each in closures.list_current(session, [service.id], at) if each.starts_on <= day_of(at)
    ]
    if is_open:
        for each in current:
            closures.end(session, each, service.organization_id, author, at)
    elif not current:
        closures.close_until_told(session, service, author, at)


def _telling(service_id: UUID) -> PairedPhone:
    """Return the telephone that may tell of a service, with its own form; answers 404 or 400."""
    phone = current_phone()
    check_form()
    if service_id not in phone.services:
        abort(HTTPStatus.NOT_FOUND)
    return phone


def _own_service(phone: PairedPhone, service_id: UUID) -> Service:
    """Return the service while the telephone is held: answers 404 where it was revoked meanwhile."""
    session = directory_session()
    service = capacity.find_service(session, service_id)
    if not house_phones.lock(session, phone.id) or service is None:
        forget_phone()
    return service


@listings.get("/phones")
def list_phones() -> ResponseReturnValue:
    """Show an organization's telephones, and the way to one more."""
    organization_id = own_organization()
    require(Permission.HOUSE_PHONE_PAIR, Target(organization_id))
    return _show_phones(_phone_form(organization_id), organization_id)


@listings.post("/phones")
def make_phone() -> ResponseReturnValue:
    """Make a code, shown once, for a telephone; by whoever proved a short while ago who she is."""
    organization_id = own_organization()
    actor = require(Permission.HOUSE_PHONE_PAIR, Target(organization_id))
    form = _phone_form(organization_id)
    if not form.validate_on_submit():
        return _show_phones(form, organization_id)
    if (answer := door.ask_to_confirm(door.signed_in())) is not None:
        return answer
    try:
        with writing(directory_session()) as written:
            chosen = {UUID(each) for each in form.services.data or ()}
            phone, code = house_phones.make_phone(
                written, organization_id, form.name.data, chosen, actor, now()
            )
            name, until = phone.name, phone.code_expires_at
    except (NotItsServicesError, ValueError):
        form.refuse("services", _("Choose at least one service."))
        return _show_phones(form, organization_id)
    return render_template(
        "listings/house_phone_code.html", name=name, code=house_phones.show_code(code), until=until
    )


@listings.post("/phones/<uuid:phone_id>/revoke")
def revoke_phone(phone_id: UUID) -> ResponseReturnValue:
    """Let a telephone serve no more, from this moment on."""
    organization_id = own_organization()
    actor = require(Permission.HOUSE_PHONE_PAIR, Target(organization_id))
    with writing(directory_session()) as written:
        phone = house_phones.find_phone(written, organization_id, phone_id)
        if phone is None:
            abort(HTTPStatus.NOT_FOUND)
        house_phones.revoke(written, phone, actor, now())
    flash(_("This telephone can tell nothing any more."))
    return redirect(url_for("listings.list_phones"), HTTPStatus.SEE_OTHER)


def _phone_form(organization_id: UUID) -> PhoneForm:
    form = PhoneForm()
    own = capacity.list_services(directory_session(), organization_id, per_page=MOST_SERVICES)
    form.services.choices = [SelectChoice(value=str(each.id), label=name_of(each)) for each in own]
    return form


def _show_phones(form: PhoneForm, organization_id: UUID) -> ResponseReturnValue:
    page, at, session = page_given() or 1, now(), directory_session()
    rows = house_phones.list_phones(session, organization_id, at, page)
    names = {
        service.id: Bilingual(service.name.fr, service.name.en).best(current_language())
        for row in rows
        for each in row.services
        if (service := session.get(Service, each.service_id)) is not None
    }
    shown = render_template(
        "listings/house_phones.html",
        form=form,
        rows=rows[: house_phones.PER_PAGE],
        names=names,
        page=page,
        has_more=len(rows) > house_phones.PER_PAGE,
        button=PlainForm(formdata=None),
    )
    return shown, form.status
