"""Pages of two that look alike: telling them apart, or making one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import HiddenField

from referral.access.guard import require
from referral.access.policy import Permission
from referral.accounts.forms import PlainForm, StaffForm
from referral.accounts.people import list_people
from referral.catalogue.checking import ValuesRefusedError
from referral.catalogue.fields import FIELDS, encode
from referral.catalogue.models import Organization, Service
from referral.catalogue.values import read_values
from referral.catalogue.vetting_models import Entity, Moved
from referral.edition.publishing import publish_soon
from referral.i18n.locale import current_language
from referral.partners import duplicates, merging
from referral.partners.areas import vetting
from referral.partners.review_forms import TRUSTS
from referral.partners.reviewing import diff, lock_listings
from referral.partners.words import LABELS, describe
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

ORGANIZATION_FIELDS = ("name", "website", "email")


class MergeForm(StaffForm):
    """Which one stays; what of each field is read apart."""

    stays = HiddenField()


@vetting.get("/pairs/<uuid:first_id>/<uuid:second_id>")
def show_pair(first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Show two side by side, the one that stays first; ``?swap=1`` turns them around."""
    require(Permission.LISTING_MERGE)
    if request.args.get("swap"):
        first_id, second_id = second_id, first_id
    return show_both(first_id, second_id, None, 200)


def show_both(first_id: UUID, second_id: UUID, problem: str | None, status: int) -> ResponseReturnValue:
    """Return the page of two services, or of two organizations; 404 where one is neither, or gone."""
    session = directory_session()
    kind, first, second = find_both(first_id, second_id)
    rows = service_rows(first, second) if kind is Entity.SERVICE else organization_rows(first, second)
    gone = {id_ for id_ in (first_id, second_id) if session.get(Moved, id_)}
    page = render_template(
        "vetting/pair.html",
        kind=kind,
        first=first,
        second=second,
        rows=rows,
        gone=gone,
        trusts=TRUSTS,
        people=[len(list_people(session, id_)) for id_ in (first_id, second_id)]
        if kind is Entity.ORGANIZATION
        else [],
        problem=problem,
        labels={**LABELS, "name": _("Name")},
        form=MergeForm(formdata=None),
        button=PlainForm(formdata=None),
        typed=request.form,
    )
    return page, status


def find_both(first_id: UUID, second_id: UUID) -> tuple[Entity, Any, Any]:
    """Return two of the same kind, or answer 404."""
    session = directory_session()
    for kind, model in ((Entity.SERVICE, Service), (Entity.ORGANIZATION, Organization)):
        first, second = session.get(model, first_id), session.get(model, second_id)
        if first is not None and second is not None and first_id != second_id:
            return kind, first, second
    return abort(404)


def service_rows(first: Service, second: Service) -> list[dict[str, Any]]:
    """Return the fields of two services that differ, in words, and the choices of each."""
    session, language = directory_session(), current_language()
    mine, theirs = read_values(session, first), read_values(session, second)
    rows = []
    for name in FIELDS:
        if encode(name, mine[name]) == encode(name, theirs[name]):
            continue
        left, right = diff(*("\n".join(describe(name, values[name], language)) for values in (mine, theirs)))
        united = name in merging.UNITED
        rows.append(
            {
                "name": name,
                "first": left,
                "second": right,
                "united": united,
                "chosen": merging.suggest(name, mine[name], theirs[name]),
            }
        )
    return rows


def organization_rows(first: Organization, second: Organization) -> list[dict[str, Any]]:
    """Return the fields of two organizations that differ."""
    rows = []
    for name in ORGANIZATION_FIELDS:
        texts = [_say(getattr(each, name)) for each in (first, second)]
        if texts[0] != texts[1]:
            left, right = diff(*texts)
            chosen = merging.STAYS if texts[0] else merging.OTHER
            rows.append({"name": name, "first": left, "second": right, "united": False, "chosen": chosen})
    return rows


def _say(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return "\n".join(text for text in (value.fr, value.en) if text)


@vetting.post("/pairs/<uuid:first_id>/<uuid:second_id>/merge")
def merge_pair(first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Make one of two: the first stays, the other leads to it."""
    actor = require(Permission.LISTING_MERGE)
    kind, _first, _second = find_both(first_id, second_id)
    if not MergeForm().validate_on_submit():
        return show_both(first_id, second_id, None, 422 if request.form.get("kept") is None else 200)
    choices = {
        name: request.form.get(f"choice-{name}", merging.STAYS) for name in (*FIELDS, *ORGANIZATION_FIELDS)
    }
    lock: Any = lock_listings if kind is Entity.SERVICE else lock_organizations
    merge: Any = merging.merge_services if kind is Entity.SERVICE else merging.merge_organizations
    try:
        with writing(directory_session()) as session:
            locked: Any = lock(session, (first_id, second_id))
            stays, other = locked[first_id], locked[second_id]
            done = merge(session, stays, other, choices, actor, now())
    except merging.CannotMergeError:
        return show_both(first_id, second_id, _("One of the two is gone: nothing was done."), 409)
    except ValuesRefusedError as error:
        words = " ".join(_(each.reason, **each.values) for each in error.problems)
        return show_both(first_id, second_id, words, 422)
    publish_soon(directory_session())
    flash(_("The two are one. The address of the other leads to it."))
    if done.is_partly_proposed:
        flash(_("What leads to the service, or is confidential, waits in the queue as a change."))
    return redirect(url_for("vetting.show_queue"), 303)


def lock_organizations(session: Session, ids: tuple[UUID, UUID]) -> dict[UUID, Organization]:
    """Lock two organizations, always in the same order."""
    return {
        id_: session.get_one(Organization, id_, with_for_update=True, populate_existing=True)
        for id_ in sorted(ids)
    }


@vetting.post("/pairs/<uuid:first_id>/<uuid:second_id>/apart")
def tell_pair_apart(first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Remember that two are not the same."""
    actor = require(Permission.LISTING_MERGE)
    kind, _first, _second = find_both(first_id, second_id)
    if PlainForm().validate_on_submit():
        with writing(directory_session()) as session:
            duplicates.tell_apart(session, kind, (first_id, second_id), actor, now())
        flash(_("Noted: they are not the same."))
    return redirect(url_for("vetting.show_queue"), 303)
