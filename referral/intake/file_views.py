"""The lists of files, and a file at a glance."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.exc import OperationalError

from referral.access.guard import find_actor, require
from referral.access.policy import Actor, Permission, Target, permits
from referral.accounts.forms import PlainForm
from referral.audit.events import Action
from referral.intake import beside, file_words, queries, timeline
from referral.intake.answer_words import name_all
from referral.intake.answers import read_answers
from referral.intake.areas import cases
from referral.intake.beside import Window
from referral.intake.cases import read_step
from referral.intake.file_page import look_at
from referral.intake.finding import changing, counting, open_file
from referral.intake.follow_ups import day_of, list_follow_ups, read_outcome
from referral.intake.life import read_closure
from referral.intake.life_forms import FindForm, SeeContactForm
from referral.intake.models import Case
from referral.intake.nicknames import find_by_nickname
from referral.intake.people import list_colleagues, name_people
from referral.intake.queries import List, Row
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseEventKind
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session
from referral.shared.turns import TooLongAWaitError

MOST_PAGES = 400
LISTS: dict[List, LazyString] = {
    List.MINE: _l("Mine"),
    List.DEPUTY: _l("I am the deputy"),
    List.ALL: _l("All of my organization"),
    List.DRAFTS: _l("Drafts"),
    List.CLOSED: _l("Closed files"),
}


def read_page() -> int:
    """Return the number of the page that is asked for."""
    page = request.args.get("page", "1")
    return min(max(int(page), 1), MOST_PAGES) if page.isascii() and page.isdigit() and len(page) < 6 else 1  # noqa: PLR2004


def ask_for_files() -> Actor:
    """Return who asks, if she keeps files where she acts."""
    actor = find_actor()
    return require(Permission.CASE_READ, Target(actor.acting_for if actor else None))


@cases.get("/")
def list_files() -> ResponseReturnValue:
    """List files, what is due first."""
    actor = ask_for_files()
    asked = request.args.get("list", List.MINE)
    which, page = List(asked) if asked in set(List) else List.MINE, read_page()
    rows, more = queries.list_rows(cases_session(), which, actor, page)
    return _render_list(actor, FindForm(), rows, which=which, page=page, more=more)


@cases.post("/find")
def find_files() -> ResponseReturnValue:
    """Find open files of one's organization by a nickname; what was typed is in no address."""
    actor = ask_for_files()
    form, rows = FindForm(), []
    if form.validate_on_submit() and actor.acting_for is not None:
        found = find_by_nickname(cases_session(), actor.acting_for, form.words.data)
        rows = queries.list_chosen(cases_session(), [each.case_id for each in found])
    return _render_list(actor, form, rows)


def _render_list(actor: Actor, find: FindForm, rows: list[Row], **more: Any) -> ResponseReturnValue:
    owners = (row.case.owner_id for row in rows)
    text = render_template(
        "cases/list.html",
        lists=LISTS,
        rows=rows,
        find=find,
        begin=PlainForm(),
        can_begin="cases.begin" in current_app.view_functions
        and permits(actor, Permission.CASE_CREATE, Target(actor.acting_for)),
        names=name_people(directory_session(), owners),
        me=actor.user_id,
        today=day_of(now()),
        day_of=day_of,
        words=file_words,
        **{"which": None, "page": 1, "more": False, **more},
    )
    return text, find.status


@cases.get("/<uuid:case_id>")
def show(case_id: UUID) -> ResponseReturnValue:
    """Show a file at a glance; how to reach her only while she allows it."""
    case, safe, actor = open_file(case_id)
    return _render_file(case, safe, actor, SeeContactForm()), HTTPStatus.OK


@cases.post("/<uuid:case_id>/contact")
def see_contact(case_id: UUID) -> ResponseReturnValue:
    """Show how to reach her although her rule does not allow it now, for a reason that is written down."""
    case, safe, actor = open_file(case_id, Permission.CASE_CHANGE)
    form = SeeContactForm()
    shown = form.validate_on_submit()
    if shown:
        with changing(case_id) as held:
            held.tell(CaseEventKind.CONTACT_SEEN, {"reason": form.reason.data})
            held.record(Action.EXCEPTIONAL_ACCESS)
        case, safe, actor = open_file(case_id)
    return _render_file(case, safe, actor, form, against_rule=shown), form.status


def _render_file(
    case: Case, safe: Safe, actor: Actor, form: SeeContactForm, *, against_rule: bool = False
) -> str:
    session, at, page = cases_session(), now(), read_page()
    answers = read_answers(session, case.id, safe)
    rows, more = queries.list_events(session, case.id, page)
    events, window = (
        timeline.open_events(rows, safe),
        _window(case, page, rows[-1].occurred_at if more else None),
    )
    follow_ups = list_follow_ups(session, case.id)
    people = timeline.list_people(events) | {case.owner_id, case.deputy_id, case.returns_to_id}
    names = name_people(directory_session(), people | {each.done_by for each in follow_ups})
    places = name_all(timeline.list_places(events))
    target = Target(case.organization_id, case.owner_id)
    return render_template(
        "cases/show.html",
        case=case,
        glance=look_at(answers, directory_session(), at),
        step=read_step(case, safe),
        closure=read_closure(case, safe),
        lines=beside.merge_lines(case, timeline.say_events(events, names, places), window),
        panels=beside.list_panels(case),
        page=page,
        more=more,
        follow_ups=[(each, read_outcome(each, safe)) for each in follow_ups],
        names=names,
        form=form,
        against_rule=against_rule,
        may_assign=permits(actor, Permission.CASE_ASSIGN, target),
        has_colleagues=len(list_colleagues(directory_session(), case.organization_id)) > 1,
        today=day_of(at),
        words=file_words,
    )


def _window(case: Case, page: int, last: datetime | None) -> Window:
    """Return which part of the timeline a page shows: from below its last line up to the page before."""
    before = queries.list_events(cases_session(), case.id, page - 1)[0] if page > 1 else ()
    return Window(last, before[-1].occurred_at if before else None)


def count_waiting(actor: Actor) -> int:
    """Count the files of somebody in which something is due; nought where files cannot be read now.

    The bar with it is on pages that need no files: they stand without them.
    """
    if actor.acting_for is None:
        return 0
    try:
        with counting() as session:
            return queries.count_due(session, actor, day_of(now()))
    except (OperationalError, TooLongAWaitError):
        return 0
