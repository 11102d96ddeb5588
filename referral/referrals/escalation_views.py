"""What to do about a referral that is late: whom to call, and which services come next."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, current_app, render_template
from flask.typing import ResponseReturnValue

from referral.access.policy import Permission, permits
from referral.accounts.organizations import name_place
from referral.intake import file_words
from referral.intake.answers import read_answers
from referral.intake.finding import open_file
from referral.intake.match_views import find_proposals
from referral.intake.matching import list_sought, read_wanted
from referral.intake.proposing import Proposal, Proposals
from referral.intake.vocabulary import Said
from referral.referrals.areas import referrals
from referral.referrals.asked import read_asked
from referral.referrals.due_words import say_due
from referral.referrals.finding import open_referral
from referral.referrals.models import Referral
from referral.referrals.numbers import list_numbers
from referral.referrals.status import Side
from referral.referrals.status_words import say_status
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

MOST_NEXT = 3


@referrals.get("/<uuid:referral_id>/next")
def show_next(referral_id: UUID) -> ResponseReturnValue:
    """Show its sender the number to call now, and the next best services for what is needed."""
    referral, key, side, actor = open_referral(referral_id)
    if side is not Side.SENDER:
        abort(HTTPStatus.NOT_FOUND)
    case, safe, _ = open_file(referral.case_id)
    answers = read_answers(cases_session(), case.id, safe)
    values = {name: each.value for name, each in answers.items() if each.said is Said.ANSWERED}
    for_workers = permits(actor, Permission.LISTING_READ_FOR_WORKERS)
    asked, sought = read_asked(referral, key), list_sought(values.get("needs"))
    sought = [each for each in sought if asked is None or each[0] is asked.need]
    found = find_proposals(read_wanted(values), sought, for_workers=for_workers)
    return render_template(
        "referrals/next.html",
        referral=referral,
        place=name_place(directory_session(), referral.receiver_id),
        listings=list_numbers(referral),
        found=[(each, list_next(each, referral)) for each in found or ()],
        at=now(),
        say_due=say_due,
        say_status=say_status,
        words=file_words,
        for_workers=for_workers and "listings.show_for_workers" in current_app.view_functions,
        has_show="referrals.show" in current_app.view_functions,
    )


def list_next(proposed: Proposals, referral: Referral) -> list[Proposal]:
    """Return the best services of other organizations, near misses after what fits."""
    own = {str(referral.receiver_id), str(referral.sender_id)}
    both = (*proposed.fitting, *proposed.near)
    return [each for each in both if each.listing.organization.id not in own][:MOST_NEXT]
