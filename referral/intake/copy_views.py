"""A copy of everything that is held of a person: a page to read or print, and the same for a machine."""

from __future__ import annotations

from uuid import UUID

import msgspec
from flask import Response, render_template
from flask.typing import ResponseReturnValue

from referral.access.policy import Permission
from referral.accounts import door
from referral.accounts.organizations import name_place
from referral.audit.events import Action
from referral.i18n.locale import current_language
from referral.intake import copy_details, copy_words, holdings, looks
from referral.intake.areas import cases
from referral.intake.finding import find_case, note_act
from referral.intake.models import Case
from referral.intake.parts import Row
from referral.intake.people import name_people
from referral.intake.rights_views import name_places
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

ALL = 100_000
"""Acts told in one copy."""


def make_copy(case: Case) -> dict[str, list[Row]]:
    """Return everything that is held of a file, with the names of people and organizations."""
    copy = holdings.collect(cases_session(), case.id)
    lines = looks.list_looks(cases_session(), case.id, limit=ALL)
    told = copy["timeline"]
    ids = holdings.ids_in(copy, holdings.PLACES) | looks.organizations_in(lines) | avoided(copy)
    places = name_places(ids | copy_details.ids_of(told, "receiver"))
    ids = holdings.ids_in(copy, holdings.people_columns()) | copy_details.ids_of(told, "owner", "deputy")
    people = name_people(directory_session(), ids)
    named = holdings.with_names(copy, people, places)
    named["timeline"] = [copy_details.name_detail(row, people, places) for row in named["timeline"]]
    for row in named["answers"]:
        name_avoided(row, places)
    said = looks.say_looks(lines, case.organization_id, places, current_language())
    named["who_looked"] = [{"occurred_at": each.line.occurred_at, "act": each.sentence} for each in said]
    return named


def avoided(copy: dict[str, list[Row]]) -> set[UUID]:
    """Return the organizations that she wishes to avoid."""
    return {
        UUID(each)
        for row in copy["answers"]
        if row["name"] == "organizations_to_avoid" and isinstance(row["content"], dict)
        for each in row["content"].get("value") or ()
    }


def name_avoided(row: Row, places: dict[UUID, str]) -> None:
    """Name the organizations to avoid; one that is listed no more keeps its identifier."""
    if row["name"] == "organizations_to_avoid" and isinstance(row["content"], dict):
        value = row["content"].get("value") or ()
        row["content"] = {**row["content"], "value": [places.get(UUID(each), each) for each in value]}


@cases.get("/<uuid:case_id>/rights/copy")
def show_copy(case_id: UUID) -> ResponseReturnValue:
    """Show the copy as a page that prints with a neutral header."""
    case, actor = find_case(case_id, Permission.CASE_EXPORT)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    note_act(Action.PRINT, case, actor)
    sections = copy_words.say_copy(make_copy(case), current_language())
    place = name_place(directory_session(), case.organization_id)
    return render_template("cases/copy.html", case=case, sections=sections, place_name=place, at=now())


@cases.get("/<uuid:case_id>/rights/copy.json")
def download_copy(case_id: UUID) -> ResponseReturnValue:
    """Give the copy as JSON; the name of the file tells nothing."""
    case, actor = find_case(case_id, Permission.CASE_EXPORT)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    note_act(Action.EXPORT, case, actor)
    content = {
        "made_at": now(),
        "kept_by": name_place(directory_session(), case.organization_id),
        **make_copy(case),
    }
    name = {"fr": "copie", "en": "copy"}[current_language()]
    response = Response(
        msgspec.json.format(msgspec.json.encode(content), indent=2), content_type="application/json"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
