"""The page of the queue: what to do next, of which kind and where, and who is at it."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import HiddenField

from referral.access.guard import require
from referral.access.policy import Actor, Permission
from referral.accounts.forms import PlainForm, StaffForm
from referral.accounts.letters import say_moment
from referral.geo.areas import REGIONS
from referral.i18n.locale import current_language
from referral.partners import queue
from referral.partners.areas import vetting
from referral.partners.queue import QueueKind, TakenError, Viewer
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

KINDS: dict[QueueKind, LazyString] = {
    QueueKind.UNSAFE: _l("Tells too much"),
    QueueKind.WITHDRAWAL: _l("Withdrawn, still shown"),
    QueueKind.CALL_FIRST: _l("Number, address or route"),
    QueueKind.SECOND: _l("Second person"),
    QueueKind.CONFIRMATION: _l("Confirmed by the organization"),
    QueueKind.APPLICATION: _l("Asks to be listed"),
    QueueKind.NEW: _l("New listing"),
    QueueKind.CHANGE: _l("Change"),
    QueueKind.OVERDUE: _l("Overdue"),
    QueueKind.CLOSURE: _l("Closed for long"),
    QueueKind.FLAG: _l("Flagged by a reader"),
    QueueKind.DECLINES: _l("Declined again and again"),
    QueueKind.LANGUAGE: _l("Languages to level"),
    QueueKind.DUPLICATE: _l("Perhaps twice"),
}


class LineForm(StaffForm):
    """A line of the queue, to take or to leave."""

    kind = HiddenField()
    item = HiddenField()

    def read(self) -> tuple[QueueKind, UUID]:
        """Return which line; answers 404 to what is none."""
        try:
            return QueueKind(self.kind.data), UUID(self.item.data)
        except (ValueError, TypeError, AttributeError):
            abort(404)


@vetting.get("/queue")
def show_queue() -> ResponseReturnValue:
    """Show what waits, what does most harm first."""
    actor = require(Permission.PROPOSAL_REVIEW)
    kind, region = asked_kind(), asked_region()
    found = queue.read_queue(
        directory_session(), Viewer(actor, now()), kind, region, request.args.get("page", 1, type=int)
    )
    return render_template(
        "vetting/queue.html",
        queue=found,
        kind=kind,
        region=region,
        kinds=KINDS,
        regions=REGIONS,
        actor=actor,
        form=PlainForm(formdata=None),
    )


def asked_kind() -> QueueKind | None:
    """Return the kind that an address filters by; none where it names no kind."""
    try:
        return QueueKind(request.args.get("kind", ""))
    except ValueError:
        return None


def asked_region() -> str | None:
    """Return the region that an address filters by."""
    code = request.args.get("region", "")
    return code if code in REGIONS else None


@vetting.post("/queue/take")
def take_line() -> ResponseReturnValue:
    """Say that one looks at a line, and go on to its page."""
    actor = require(Permission.PROPOSAL_REVIEW)
    form = LineForm()
    if not form.validate_on_submit():
        return back_to_queue()
    kind, item_id = form.read()
    viewer = Viewer(actor, now())
    line = find_line(viewer, kind, item_id) or abort(404)
    try:
        with writing(directory_session()) as session:
            queue.take(session, kind, item_id, viewer)
    except TakenError as error:
        at = say_moment(error.held.since, current_language())
        flash(_("%(name)s looks at it since %(at)s.", name=error.held.name, at=at))
        return back_to_queue()
    return redirect(url_for(line.endpoint, **line.values), 303)


@vetting.post("/queue/leave")
def leave_line() -> ResponseReturnValue:
    """Let others look at a line."""
    actor = require(Permission.PROPOSAL_REVIEW)
    form = LineForm()
    if form.validate_on_submit():
        kind, item_id = form.read()
        with writing(directory_session()) as session:
            queue.leave(session, kind, item_id, Viewer(actor, now()))
        flash(_("Others can take it again."))
    return back_to_queue()


def find_line(viewer: Viewer, kind: QueueKind, item_id: UUID) -> queue.Line | None:
    """Return one line that waits."""
    lister = queue.LISTERS.get(kind)
    lines = lister(directory_session(), viewer) if lister else ()
    return next((line for line in lines if line.item_id == item_id), None)


def back_to_queue() -> ResponseReturnValue:
    """Go to the queue as it was filtered."""
    region = asked_region()
    return redirect(url_for("vetting.show_queue", kind=asked_kind(), region=region), 303)


def count_urgent(_actor: Actor) -> int:
    """Count what waits and does most harm; cheap enough for each page."""
    return queue.count_urgent(directory_session())
