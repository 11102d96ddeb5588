"""The vetters' queue and what it leads to, attached to the application."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.access.policy import Permission
from referral.accounts import entries
from referral.accounts.entries import Entry
from referral.audit.words import name_targets
from referral.catalogue.change_models import ChangeStatus, ProposalStatus, Via
from referral.partners import (  # noqa: F401 (their views are on the blueprints)
    flag_views,
    merge_views,
    queue,
    queue_views,
    register_views,
    review_views,
    waiting,
)
from referral.shared import tick
from referral.shared.database import directory_session, writing

TARGETS: dict[str, LazyString] = {
    "call": _l("a call about a change"),
    "do_not_list": _l("the register of who is not to be listed"),
    "flag": _l("what a reader says of a listing"),
    "merge": _l("two that were one"),
    "not_duplicate": _l("two that are not the same"),
    "proposal": _l("a proposed change"),
    "queue": _l("a line of the queue"),
    "verification": _l("how far a listing is confirmed"),
}
VIAS: dict[Via, LazyString] = {
    Via.ACCOUNT: _l("by an account"),
    Via.LINK: _l("by the link of a letter"),
    Via.HOUSE_PHONE: _l("by a house phone"),
    Via.SHEET: _l("by a spreadsheet"),
    Via.VETTER: _l("by one of our team"),
}
PROPOSALS: dict[ProposalStatus, LazyString] = {
    ProposalStatus.WAITING: _l("Waits for an answer"),
    ProposalStatus.SENT_BACK: _l("Sent back with a question"),
    ProposalStatus.DECIDED: _l("Decided"),
    ProposalStatus.TAKEN_BACK: _l("Taken back"),
}
CHANGES: dict[ChangeStatus, LazyString] = {
    ChangeStatus.WAITING: _l("waits"),
    ChangeStatus.APPROVED: _l("agreed to"),
    ChangeStatus.REFUSED: _l("refused"),
    ChangeStatus.TAKEN_BACK: _l("taken back"),
}


def say_via(via: Via) -> str:
    """Return by which way a change came."""
    return str(VIAS[via])


def say_proposal(status: ProposalStatus) -> str:
    """Return where a proposal stands."""
    return str(PROPOSALS[status])


def say_change(status: ChangeStatus) -> str:
    """Return where the change of one field stands."""
    return str(CHANGES[status])


def forget_claims(at: datetime) -> None:
    """Let go of lines that nobody looks at any more."""
    with writing(directory_session()) as session:
        queue.forget_old_claims(session, at)


def init_app(app: Flask) -> None:
    """Register the queue's own kinds, its page, and the words that templates say."""
    waiting.register_all()
    name_targets(TARGETS)
    tick.register(app, tick.Job("queue", timedelta(hours=1), forget_claims))
    app.jinja_env.globals.update(say_via=say_via, say_proposal=say_proposal, say_change=say_change)
    for entry in (
        Entry(
            "vetting.show_queue",
            _l("What to do next"),
            _l("Changes, flags and listings that wait, what does most harm first."),
            Permission.PROPOSAL_REVIEW,
            queue_views.count_urgent,
        ),
        Entry(
            "vetting.show_register",
            _l("Who is not to be listed"),
            _l("Organizations and persons that refuse, and names to take out."),
            Permission.DO_NOT_LIST_CHANGE,
        ),
    ):
        entries.register(app, entry)
