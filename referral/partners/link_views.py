"""What a link of a letter opens: no account, no cookie, and nothing done by only looking.

A link that serves no more, or never did, is answered the same way whatever the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from referral.access.guard import public, require_of
from referral.access.policy import Permission, Target
from referral.accounts.organizations import name_place
from referral.directory.asked import page_given
from referral.edition.publishing import publish_soon
from referral.partners import link_forms, links, reminders, round_answers
from referral.partners.areas import speak
from referral.partners.link_forms import CodeForm, RemindersForm
from referral.partners.link_secrets import keep_apart
from referral.partners.listing_page import find_row
from referral.partners.listing_views import as_seen
from referral.partners.round_answers import NoRoundError
from referral.partners.round_models import ListingLink, Purpose
from referral.partners.rounds import list_shown_of
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

AREA = "link"
PERMISSIONS = {
    Purpose.CONFIRM: Permission.LISTING_CONFIRM,
    Purpose.EDIT: Permission.LISTING_PROPOSE,
    Purpose.REMINDERS: Permission.REMINDER_CHOOSE,
}

blueprint = Blueprint("links", __name__, url_prefix=f"/<any(fr, en):language>/{AREA}")
speak(blueprint)
keep_apart(blueprint)


class DeadLinkError(HTTPException):
    """Nothing is behind this link: it serves no more, or never did."""

    code = HTTPStatus.NOT_FOUND


@blueprint.errorhandler(DeadLinkError)
def show_dead(_error: DeadLinkError) -> ResponseReturnValue:
    """Say what to do, the same for all reasons."""
    return render_template("listings/link_dead.html"), HTTPStatus.NOT_FOUND


@blueprint.errorhandler(links.TooOftenError)
def show_too_often(_error: links.TooOftenError) -> ResponseReturnValue:
    """Say to wait, where more was sent than a person sends."""
    return render_template("listings/link_wait.html"), HTTPStatus.TOO_MANY_REQUESTS


def held_link(token: str, *purposes: Purpose, lock: bool = False) -> ListingLink:
    """Return the link of an address, if it serves, and for one of these purposes."""
    link = links.find_link(directory_session(), token, now(), lock=lock)
    if link is None or (purposes and link.purpose not in purposes):
        raise DeadLinkError
    require_of(links.as_actor(link), PERMISSIONS[link.purpose], Target(link.organization_id))
    g.csrf_token = links.form_token(link)  # the page holds a secret: it is not compressed
    return link


def take_form(token: str, *purposes: Purpose) -> None:
    """Count a form of a link's own page; answers 400 to any other. In a transaction of its own."""
    with writing(directory_session()):
        link = held_link(token, *purposes, lock=True)
        if not links.is_form_token(link, request.form.get("csrf_token", "")):
            abort(HTTPStatus.BAD_REQUEST)
        links.count_sending(link, now())


@blueprint.get("/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Show what a link is for; nothing is written, since programs that look through mail follow it too."""
    return show_page(held_link(token), token)


def show_page(link: ListingLink, token: str, status: int = 200, **more: object) -> ResponseReturnValue:
    """Show the page of a link's purpose."""
    shown = {
        "token": token,
        "form_token": links.form_token(link),
        "place_name": name_place(directory_session(), link.organization_id),
        **SHOWN[link.purpose](link),
        **more,
    }
    return render_template(f"listings/link_{link.purpose.value}.html", **shown), status


def show_asked(link: ListingLink) -> dict[str, object]:
    """Return what is shown of one of the listings that are asked about, as readers see it."""
    session = directory_session()
    found = round_answers.list_asked(session, link.organization_id)
    if not found:
        return {"asked": None}
    number = min(page_given() or 1, len(found))
    asked = found[number - 1]
    return {
        "asked": asked,
        "number": number,
        "count": len(found),
        "wants_change": "change" in asked.wants.split(),
        "notices": find_row(session, asked.service, links.as_actor(link), now()).notices,
        **as_seen(asked.service),
    }


def show_code_form(_link: ListingLink) -> dict[str, object]:
    """Return what is shown before the code."""
    return {"form": CodeForm()}


def show_reminders(link: ListingLink) -> dict[str, object]:
    """Return the choice as it is."""
    choice = reminders.read_choice(directory_session(), link.organization_id)
    return {"form": RemindersForm(data=link_forms.fill(choice))}


SHOWN: dict[Purpose, Callable[[ListingLink], dict[str, object]]] = {
    Purpose.CONFIRM: show_asked,
    Purpose.EDIT: show_code_form,
    Purpose.REMINDERS: show_reminders,
}


@blueprint.get("/done/<any(confirmed, asked, sent, chosen):what>")
@public
def show_done(what: str) -> ResponseReturnValue:
    """Say that it is done; the address tells nothing of whose."""
    return render_template("listings/link_done.html", what=what)


def done(what: str) -> ResponseReturnValue:
    """Lead to the page that says so."""
    return redirect(url_for("links.show_done", what=what), HTTPStatus.SEE_OTHER)


@blueprint.post("/<token>/services/<uuid:service_id>/confirm")
@public
def confirm(token: str, service_id: UUID) -> ResponseReturnValue:
    """Take that nothing has changed, once for a listing and a round."""
    take_form(token, Purpose.CONFIRM)
    session = directory_session()
    try:
        with writing(session):
            link = held_link(token, Purpose.CONFIRM, lock=True)
            round_answers.confirm_by_link(session, link, service_id, now())
            is_done = link.used_at is not None
    except NoRoundError:
        return show_page(held_link(token), token, HTTPStatus.CONFLICT, is_answered=True)
    publish_soon(session)
    if is_done:
        return done("confirmed")
    return redirect(url_for("links.show", token=token), HTTPStatus.SEE_OTHER)


@blueprint.post("/<token>/services/<uuid:service_id>/change")
@public
def ask_for_change(token: str, service_id: UUID) -> ResponseReturnValue:
    """Have the link sent by which a listing can be changed, and a call made to give its code."""
    take_form(token, Purpose.CONFIRM)
    session = directory_session()
    try:
        with writing(session):
            link = held_link(token, Purpose.CONFIRM, lock=True)
            round_answers.ask_for_change(session, link, service_id, now())
    except NoRoundError:
        return show_page(held_link(token), token, HTTPStatus.CONFLICT, is_answered=True)
    return done("asked")


@blueprint.post("/<token>/reminders")
@public
def choose_reminders(token: str) -> ResponseReturnValue:
    """Keep how and how often an organization wishes to be reminded."""
    take_form(token, Purpose.REMINDERS)
    form = RemindersForm(request.form)
    if not form.validate():
        link = held_link(token, Purpose.REMINDERS)
        return show_page(link, token, HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    with writing(directory_session()) as session:
        link = held_link(token, Purpose.REMINDERS, lock=True)
        reminders.choose(session, link.organization_id, link_forms.read(form), links.as_actor(link), now())
        links.spend(session, link, now())
    return done("chosen")


@blueprint.post("/<token>/code")
@public
def take_code(token: str) -> ResponseReturnValue:
    """Open the choice of listings to whoever types the code that was read aloud to her."""
    take_form(token, Purpose.EDIT)
    form = CodeForm(request.form)
    key = None
    if form.validate():
        with writing(directory_session()) as session:
            link = held_link(token, Purpose.EDIT, lock=True)
            key = links.take_code(session, link, form.code.data, now())
        if key is None:
            form.code.errors = [link_forms.WRONG_CODE]
    link = held_link(token, Purpose.EDIT)
    if key is None:
        return show_page(link, token, HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    return show_choice(link, token, key)


def show_choice(link: ListingLink, token: str, key: str) -> ResponseReturnValue:
    """Show the listings that can be changed; the key is in the page's forms, in no address."""
    page = render_template(
        "listings/link_choice.html",
        services=list_shown_of(directory_session(), link.organization_id),
        token=token,
        key=key,
        form_token=links.form_token(link),
        place_name=name_place(directory_session(), link.organization_id),
    )
    return page, HTTPStatus.OK
