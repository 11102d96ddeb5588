"""« Corriger cette fiche » and « besoin non comblé »: no account, no cookie, nothing of who tells us.

The only public pages that write to a database. Where there is none, or it does not answer, they say
so, give back what was typed and show the help lines; no other page notices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from uuid import UUID

import structlog
from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from wtforms import Form

from referral.access.guard import public
from referral.catalogue.listing import Listing
from referral.directory.asked import asked_fields, search_token
from referral.directory.feedback_forms import ANSWERS, FlagForm, ReceiptForm, UnmetNeedForm, prefill
from referral.directory.views import blueprint
from referral.edition.reader import current_edition
from referral.evidence import queries, services
from referral.evidence.kinds import AgeBand, FlagKind, UnmetReason
from referral.evidence.receipts import make_code
from referral.i18n.locale import current_language
from referral.shared.clock import now
from referral.shared.database import directory_session, writing
from referral.shared.turns import TooLongAWaitError
from referral.web.limits import FEEDBACK, RECEIPTS, take_one
from referral.web.sealing import UnreadableSealError, current_sealer

RECEIPT = "directory/flag_answer.html"
UNSAFE = "1"
"""``?u=1``: the page after a flag says at once what to do; the address tells nothing of it."""
YOUNG = frozenset({AgeBand.UNDER_14, AgeBand.FROM_14_TO_17})
Write = Callable[[Session], object]
log = structlog.get_logger(__name__)


class CannotKeepError(Exception):
    """There is no database to write to, or it does not answer."""


@blueprint.route("/services/<uuid:service_id>/fix", methods=["GET", "POST"])
@public
def flag_listing(service_id: UUID) -> ResponseReturnValue:
    """Take what a reader says is wrong with a listing; a person looks at it before anything changes."""
    listing = shown_listing(service_id)
    form = FlagForm(request.form)
    page = {"listing": listing}
    if request.method == "GET" or not form.validate():
        return answer("directory/flag.html", form, page)

    code = make_code()

    def write(session: Session) -> None:
        kind, note = FlagKind(form.kind.data), form.note.data or ""
        flag = services.flag_listing(session, service_id, kind, note, current_language(), now(), code)
        services.tell_organization(session, flag)

    thanks = url_for(
        "directory.flag_sent",
        service_id=service_id,
        u=UNSAFE if form.kind.data == FlagKind.UNSAFE else None,
        c=current_sealer().seal({"code": [code]}, now()),
    )
    try:
        return keep(write, thanks) or answer_later("directory/flag.html", form, page)
    except services.UnknownServiceError:
        abort(404)
    except CannotKeepError:
        return answer_unkept("directory/flag.html", form, page)


@blueprint.get("/services/<uuid:service_id>/fix/sent")
@public
def flag_sent(service_id: UUID) -> ResponseReturnValue:
    """Say what happens next; where a listing says too much, what to do at once."""
    return render_template(
        "directory/flag_sent.html",
        listing=shown_listing(service_id),
        is_unsafe=request.args.get("u") == UNSAFE,
        code=read_receipt(request.args.get("c", "")),
    )


def read_receipt(seal: str) -> str | None:
    """Return the code that an address carries sealed, so that no history of a browser holds it."""
    try:
        return current_sealer().open(seal)["code"][0] if seal else None
    except (UnreadableSealError, LookupError):
        return None


@blueprint.route("/what-came-of-it", methods=["GET", "POST"])
@public
def flag_answer() -> ResponseReturnValue:
    """Say what came of a flag to whoever holds its code; one that is none is answered as one that waits."""
    form = ReceiptForm(request.form)
    if request.method == "GET" or not form.validate():
        return answer(RECEIPT, form, {"asked": False, "told": None})
    if current_app.config["DIRECTORY_URL"] is None:
        return answer_unkept(RECEIPT, form, {"asked": False, "told": None})
    if take_one(RECEIPTS, "receipts"):
        return answer_later(RECEIPT, form, {"asked": False, "told": None})
    try:
        told = queries.find_answer(directory_session(), form.code.data)
    except SQLAlchemyError as error:
        log.error("receipt_not_read", exc_info=error)  # noqa: TRY400
        return answer_unkept(RECEIPT, form, {"asked": False, "told": None})
    page = {"asked": True, "told": told, "says": ANSWERS[told.answer] if told else None}
    return render_template(RECEIPT, form=form, trouble=None, **page)


@blueprint.route("/unmet-need", methods=["GET", "POST"])
@public
def unmet_need() -> ResponseReturnValue:
    """Count a need that nothing met, filled in from the search that met nothing."""
    asked = asked_fields()
    form = UnmetNeedForm(request.form, data=prefill(asked))
    page = {"token": search_token()}
    if request.method == "GET" or not form.validate():
        return answer("directory/unmet_need.html", form, page)
    need = services.Need(
        need=form.need.data,
        reason=UnmetReason(form.reason.data),
        region_code=form.region.data or None,
        clientele=form.clientele.data or None,
        exploitation=next(iter(asked.get("exploitation", ())), None),
        age_band=AgeBand(form.age.data) if form.age.data else None,
    )
    thanks = url_for("directory.unmet_need_sent", s=search_token(), y="1" if need.age_band in YOUNG else None)
    try:
        return keep(lambda session: services.record_unmet_need(session, need, now()), thanks) or answer_later(
            "directory/unmet_need.html", form, page
        )
    except CannotKeepError:
        return answer_unkept("directory/unmet_need.html", form, page)


@blueprint.get("/unmet-need/sent")
@public
def unmet_need_sent() -> ResponseReturnValue:
    """Say what a counted need is good for, and who can help meanwhile."""
    return render_template(
        "directory/unmet_need_sent.html", token=search_token(), is_young="y" in request.args
    )


def shown_listing(service_id: UUID) -> Listing:
    """Return a listing that the public sees, or answer 404."""
    edition = current_edition()
    position = edition.position_of(service_id)
    if position is None:
        abort(404)
    return edition.listing(position)


def keep(write: Write, thanks: str) -> ResponseReturnValue | None:
    """Write, then lead to the thanks; None where this place already sent too much.

    Raises CannotKeepError. No parameter of a statement may reach a log: it may be somebody's words.
    """
    if current_app.config["DIRECTORY_URL"] is None:
        raise CannotKeepError
    if take_one(FEEDBACK, "feedback"):
        return None
    try:
        with writing(directory_session()) as session:
            write(session)
    except (SQLAlchemyError, TooLongAWaitError) as error:
        log.error("feedback_not_kept", exc_info=error)  # noqa: TRY400
        raise CannotKeepError from error
    return redirect(thanks, HTTPStatus.SEE_OTHER)


def answer(template: str, form: Form, page: Mapping[str, object]) -> ResponseReturnValue:
    """Show the form, with what is wrong in it; 503 at once where nothing could be kept anyway."""
    if current_app.config["DIRECTORY_URL"] is None:
        return answer_unkept(template, form, page)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template(template, form=form, trouble=None, **page), status


def answer_later(template: str, form: Form, page: Mapping[str, object]) -> ResponseReturnValue:
    """Give the form back, to be sent again after a wait."""
    response = make_response(
        render_template(template, form=form, trouble="often", **page), HTTPStatus.TOO_MANY_REQUESTS
    )
    response.headers["Retry-After"] = str(FEEDBACK.get_expiry())
    return response


def answer_unkept(template: str, form: Form, page: Mapping[str, object]) -> ResponseReturnValue:
    """Give the form back and say that it was not kept."""
    shown = render_template(template, form=form, trouble="unkept", **page)
    return shown, HTTPStatus.SERVICE_UNAVAILABLE
