"""The pages with which a coordinator's morning begins."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.exc import OperationalError

from referral.access.guard import find_actor, require
from referral.access.policy import Actor, Permission, Target, permits
from referral.accounts.organizations import list_names
from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.intake import file_words
from referral.intake.file_views import read_page
from referral.intake.finding import counting
from referral.intake.people import name_people
from referral.referrals import queues
from referral.referrals.areas import referrals
from referral.referrals.due_words import say_due
from referral.referrals.queue_picks import Queue, Scope
from referral.referrals.queues import Row, asking_of
from referral.referrals.status_words import say_next, say_status
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session
from referral.shared.turns import TooLongAWaitError

QUEUES: dict[Queue, LazyString] = {
    Queue.TO_ANSWER: _l("To answer"),
    Queue.WAITING: _l("Waiting for others"),
    Queue.TODAY: _l("Due today"),
    Queue.OVERDUE: _l("Overdue"),
}
EMPTY: dict[Queue, LazyString] = {
    Queue.TO_ANSWER: _l("Nothing waits for an answer from you."),
    Queue.WAITING: _l("You wait for nobody’s answer."),
    Queue.TODAY: _l("Nothing more is due today."),
    Queue.OVERDUE: _l("Nothing is late."),
}
PAGES = {"show": "show", "hours": "hours", "next": "show_next"}
SCOPES: dict[Scope, LazyString] = {
    Scope.MINE: _l("My referrals"),
    Scope.ALL: _l("Those of my whole organization"),
}


def ask_for_referrals() -> Actor:
    """Return who asks, if she works on referrals where she acts."""
    actor = find_actor()
    return require(Permission.REFERRAL_READ, Target(actor.acting_for if actor else None))


@referrals.get("/", endpoint="queues")
def queues_page() -> ResponseReturnValue:
    """Show one of the queues, with how long each is."""
    actor, page, at = ask_for_referrals(), read_page(), now()
    scope = Scope(asked) if (asked := request.args.get("of", Scope.MINE)) in set(Scope) else Scope.MINE
    asking = asking_of(actor, scope, at)
    counts = queues.count_all(cases_session(), asking)
    wanted = request.args.get("queue", Queue.TO_ANSWER)
    queue = Queue(wanted) if wanted in set(Queue) else Queue.TO_ANSWER
    rows, more = queues.list_rows(cases_session(), queue, asking, page)
    return render_template(
        "referrals/queues.html",
        queues=QUEUES,
        scopes=SCOPES,
        empty=EMPTY,
        queue=queue,
        scope=scope,
        counts={each: say_count(number) for each, number in counts.items()},
        late=counts[Queue.OVERDUE],
        page=page,
        more=more,
        rows=rows,
        at=at,
        say_due=say_due,
        say_next=say_next,
        say_status=say_status,
        words=file_words,
        me=actor.user_id,
        **what_is_there(),
        may_change_hours=permits(actor, Permission.HOURS_CHANGE, Target(actor.acting_for)),
        **name_all(rows),
    )


def what_is_there() -> dict[str, bool]:
    """Return which pages rows lead to, in this application."""
    known = current_app.view_functions
    return {f"has_{name}": f"referrals.{page}" in known for name, page in PAGES.items()}


def say_count(number: int) -> str:
    """Return how many, or that there are more than anybody counts."""
    return f"{queues.MOST_COUNTED}+" if number > queues.MOST_COUNTED else str(number)


def name_all(rows: list[Row]) -> dict[str, Any]:
    """Return what organizations and people of rows are called."""
    session, language = directory_session(), current_language()
    places = list_names(session, {row.other_id for row in rows})
    said = {place: set_text(*name.best(language)) for place, name in places.items()}
    return {"places": said, "names": name_people(session, (row.holder_id for row in rows))}


def count_waiting(actor: Actor) -> int:
    """Count what waits for somebody; nought where files cannot be read now, since the bar stands without."""
    if actor.acting_for is None:
        return 0
    try:
        with counting() as session:
            return queues.count_waiting_for(session, asking_of(actor, Scope.MINE, now()))
    except (OperationalError, TooLongAWaitError):
        return 0
