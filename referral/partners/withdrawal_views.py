"""Taking a place, or a whole listing, from readers for safety: at once, and who has not let go yet."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import structlog
from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from referral.access.policy import Permission
from referral.accounts import door
from referral.accounts.forms import StaffForm
from referral.catalogue.change_models import Withdrawal, WithdrawalKind
from referral.edition import withdrawal
from referral.edition.readers import waiting_for
from referral.partners.areas import listings
from referral.partners.finding import author_of, find_listing, lock_listing
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

log = structlog.get_logger(__name__)


class WithdrawalForm(StaffForm):
    """What goes."""

    kind = RadioField(
        _l("What must readers see no more?"),
        [InputRequired(_l("Choose what must go."))],
        choices=[
            SelectChoice(
                value=WithdrawalKind.CONFIDENTIAL.value,
                label=_l("Where the service is: its place becomes confidential, the rest stays"),
            ),
            SelectChoice(
                value=WithdrawalKind.CLOSED.value,
                label=_l("The whole listing: it goes, for safety"),
            ),
        ],
        validate_choice=True,
    )


@listings.route("/services/<uuid:service_id>/withdraw", methods=["GET", "POST"])
def withdraw(service_id: UUID) -> ResponseReturnValue:
    """Say what happens at once and what cannot be recalled, then do it for whoever proved who she is."""
    service, actor = find_listing(service_id, Permission.LISTING_WITHDRAW)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    form = WithdrawalForm()
    if form.validate_on_submit():
        author, at, session = author_of(actor), now(), directory_session()
        with writing(session):
            held = lock_listing(session, service_id, author)
            row = withdrawal.withdraw(session, held, WithdrawalKind(form.kind.data), author, at)
            withdrawal_id = row.id
        carry_out()
        where = url_for("listings.show_withdrawal", service_id=service_id, withdrawal_id=withdrawal_id)
        return redirect(where, HTTPStatus.SEE_OTHER)
    return render_template("listings/withdraw.html", service=service, form=form), form.status


def carry_out() -> None:
    """Publish without it; the scheduled command does it again where that fails."""
    try:
        withdrawal.carry_out(directory_session(), now())
    except Exception:  # it is withdrawn: the page that follows names who still shows it
        log.exception("withdrawal_not_carried_out")


@listings.get("/services/<uuid:service_id>/withdrawals/<uuid:withdrawal_id>")
def show_withdrawal(service_id: UUID, withdrawal_id: UUID) -> ResponseReturnValue:
    """Name the readers that have not let go yet."""
    service, _actor = find_listing(service_id, Permission.LISTING_WITHDRAW)
    session = directory_session()
    row = session.get(Withdrawal, withdrawal_id)
    if row is None or row.service_id != service_id:
        abort(HTTPStatus.NOT_FOUND)
    waiting = waiting_for(withdrawal.folder(), row.revision)
    return render_template(
        "listings/withdrawal.html", service=service, withdrawal=row, waiting=waiting, at=now()
    )
