"""The coordinated-intake form: one page at a desk, one idea a page on a phone, saved as one goes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Flask, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from referral.access.guard import find_actor
from referral.access.policy import Permission
from referral.accounts import kept
from referral.accounts.forms import PlainForm
from referral.i18n.dates import say_time
from referral.i18n.locale import current_language
from referral.intake import pages
from referral.intake.answer_words import say_given, say_shown
from referral.intake.answers import CaseClosedError, Given, read_answers
from referral.intake.areas import cases
from referral.intake.asking_words import TITLES, say_wrong
from referral.intake.finding import changing, find_case, open_file
from referral.intake.intake_page import (
    answer_of,
    around,
    as_typed,
    hide_contact,
    list_alike,
    offer_organizations,
    show_questions,
)
from referral.intake.intake_text import render_notice
from referral.intake.models import Case
from referral.intake.questions import BY_NAME
from referral.intake.steps import FIRST, LAST, ORDER, STEPS, beside, first_left
from referral.intake.taking import Sent, Taken, keep_answers, mark_of, read_form
from referral.intake.vocabulary import AgeBand, CaseStatus
from referral.shared.clock import QUEBEC, now
from referral.shared.conflict import compare
from referral.shared.database import cases_session

WHOLE = "one-page"
KEEP_HEADER = "X-Keep"
"""A page that keeps what is typed as it is typed sends it, and is answered in JSON."""
ALL = tuple(BY_NAME)
WRITABLE = (CaseStatus.DRAFT, CaseStatus.OPEN)


@cases.get("/<uuid:case_id>/intake")
def intake(case_id: UUID) -> ResponseReturnValue:
    """Show the whole form; a telephone is led to the first page that is left, unless it asks for all."""
    case, known = look(case_id)
    if case.status not in WRITABLE:
        return redirect(url_for("cases.show", case_id=case_id), HTTPStatus.SEE_OTHER)
    if is_phone() and WHOLE not in request.args:
        step = first_left(known)
        return redirect(url_for("cases.intake_step", case_id=case_id, step=step), HTTPStatus.SEE_OTHER)
    return show(case, known, None)


@cases.get("/<uuid:case_id>/intake/<step>")
def intake_step(case_id: UUID, step: str) -> ResponseReturnValue:
    """Show one page of the form."""
    find_case(case_id, Permission.CASE_CHANGE)
    if step not in STEPS:
        abort(HTTPStatus.NOT_FOUND)
    case, known = look(case_id)
    if case.status not in WRITABLE:
        return redirect(url_for("cases.show", case_id=case_id), HTTPStatus.SEE_OTHER)
    return show(case, known, step)


def look(case_id: UUID) -> tuple[Case, Mapping[str, Given]]:
    """Return a file and its answers, once it is written down that somebody looks."""
    case, safe, _actor = open_file(case_id, Permission.CASE_CHANGE)
    return case, read_answers(cases_session(), case_id, safe)


def is_phone() -> bool:
    """Say whether the browser calls itself one of a telephone; either way both forms are offered."""
    return request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.user_agent.string


def show(
    case: Case,
    known: Mapping[str, Given],
    step: str | None,
    sent: Mapping[str, Sent] | None = None,
    **more: Any,
) -> ResponseReturnValue:
    """Show a page of the form: what is known, or what was typed with what is wrong in it."""
    asked = show_questions(ALL if step is None else STEPS[step], known, sent)
    if more.pop("as_typed", False):
        asked = as_typed(asked, sent or {})
    actor = find_actor()
    asked = hide_contact(asked, case, known, actor.user_id if actor else None)
    wrong = [each for each in asked if each.wrong]
    nickname = answer_of(known, "nickname") if step in {None, "name"} else None
    page = render_template(
        "cases/intake.html" if step is None else "cases/intake_step.html",
        step=step,
        asked=asked,
        wrong=wrong,
        form=PlainForm(formdata=None),
        alike=list_alike(case.id, case.organization_id, nickname),
        notice=render_notice(case.organization_id) if step in {None, FIRST} else None,
        place_in_order=ORDER.index(step) + 1 if step else 0,
        last=LAST,
        **around(case, known),
        **{"conflict": None, "offered": None, "is_closed": False, **more},
    )
    if more.get("conflict") or more.get("is_closed"):
        return page, HTTPStatus.CONFLICT
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


@cases.post("/<uuid:case_id>/intake")
def save_intake(case_id: UUID) -> ResponseReturnValue:
    """Keep what the whole form sends."""
    return take(case_id, None)


@cases.post("/<uuid:case_id>/intake/<step>")
def save_step(case_id: UUID, step: str) -> ResponseReturnValue:
    """Keep what one page sends, and lead on to the next."""
    find_case(case_id, Permission.CASE_CHANGE)
    if step not in STEPS:
        abort(HTTPStatus.NOT_FOUND)
    return take(case_id, step)


def take(case_id: UUID, step: str | None) -> ResponseReturnValue:
    """Keep what was sent and answer: with what is next, with what is wrong, or with both versions."""
    names = ALL if step is None else STEPS[step]
    sent = read_form(dict(request.form.lists()), names)
    if kept.RESTORED in request.form:
        case, known = look(case_id)
        return show(case, known, step, sent, as_typed=True)
    try:
        with changing(case_id) as held:
            taken = keep_answers(held, sent)
    except CaseClosedError:
        if KEEP_HEADER in request.headers:
            return jsonify(closed=True), HTTPStatus.CONFLICT
        case, known = look(case_id)
        return show(case, known, step, sent, is_closed=True)
    case, _actor = find_case(case_id, Permission.CASE_CHANGE)
    if KEEP_HEADER in request.headers:
        return tell_kept(case, sent, taken)
    return answer(case, step, sent, taken)


def answer(case: Case, step: str | None, sent: Mapping[str, Sent], taken: Taken) -> ResponseReturnValue:
    """Answer a form that was sent with a button."""
    pressed = request.form.get("do", "next")
    if taken.conflicts:
        return show_conflict(case, step, sent, taken)
    if taken.wrong:
        return show(case, taken.known, step, sent)
    if pressed == "organizations":
        offered = offer_organizations(request.form.get("organizations_to_avoid-find", "")[:100])
        return show(case, taken.known, step, None, offered=offered)
    flash(_("Saved at %(hour)s.", hour=say_hour()))
    return redirect(where_next(case, step, pressed, taken), HTTPStatus.SEE_OTHER)


def where_next(case: Case, step: str | None, pressed: str, taken: Taken) -> str:
    """Return the address that a button leads to."""
    if pressed == "leave":
        return url_for("cases.show", case_id=case.id)
    if step is None:
        return f"{url_for('cases.intake', case_id=case.id)}?{WHOLE}=1"
    goes = beside(step, -1) if pressed == "back" else beside(step, 1)
    if pressed == "next" and has_to_be_seen(case, step, taken):
        goes = step
    return url_for("cases.intake_step", case_id=case.id, step=goes)


def has_to_be_seen(case: Case, step: str, taken: Taken) -> bool:
    """Say whether what was just saved brings up something on its own page: a duplicate, or who consents."""
    if step == "name" and "nickname" in taken.saved:
        return bool(list_alike(case.id, case.organization_id, answer_of(taken.known, "nickname")))
    is_child = answer_of(taken.known, "age_band") == AgeBand.CHILD
    return step == "age" and "age_band" in taken.saved and is_child and "under_14" not in taken.known


def show_conflict(
    case: Case, step: str | None, sent: Mapping[str, Sent], taken: Taken
) -> ResponseReturnValue:
    """Show both versions of what two people wrote, and the form as typed, upon what is there now."""
    mine = {
        name: say_given(name, Given(*each.answer) if (each := sent[name]).answer else None)
        for name in taken.conflicts
    }
    theirs = {name: say_shown(name, given, now()) for name, given in taken.conflicts.items()}
    return show(case, taken.known, step, sent, conflict=compare(mine, theirs), labels=TITLES)


def tell_kept(case: Case, sent: Mapping[str, Sent], taken: Taken) -> ResponseReturnValue:
    """Tell a page that keeps what is typed what became of it: marks and words of ours, no answer.

    What it did not change is left as it is there: with the mark of what another wrote meanwhile, it would
    be taken for a change of it.
    """
    known = taken.known
    gone = {*taken.wrong, *taken.conflicts}
    held = [name for name, each in sent.items() if each.is_changed and name not in gone]
    return jsonify(
        kept={
            name: {
                "row": known[name].version if name in known else 0,
                "base": mark_of(name, known.get(name)),
                "answered": answer_of(known, name) is not None,
            }
            for name in held
        },
        wrong={name: say_wrong(name, reason) for name, reason in taken.wrong.items()},
        conflicts=list(taken.conflicts),
        told=_("Saved at %(hour)s.", hour=say_hour()),
        alike=bool(
            "nickname" in taken.saved
            and list_alike(case.id, case.organization_id, answer_of(known, "nickname"))
        ),
    )


def say_hour() -> str:
    """Return the hour of now on a wall in Québec."""
    return say_time(now().astimezone(QUEBEC).time(), current_language())


def init_app(app: Flask) -> None:
    """Have the form in the navigation of every file."""
    pages.register(app, pages.CasePage("cases.intake", _l("Intake"), Permission.CASE_CHANGE, place=20))
