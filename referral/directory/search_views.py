"""The search: sent sealed, answered a page at a time, with the filters that can narrow it."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from referral.access.guard import public
from referral.directory.asked import (
    SEAL,
    Fields,
    asked_fields,
    carried_query,
    page_given,
    seal_fields,
    seal_is_unreadable,
    search_token,
    tidy,
)
from referral.directory.criteria import ORDERS, Criteria, read_criteria
from referral.directory.filters_panel import list_chips, list_suggestions, make_panel
from referral.directory.forms import SearchForm, asked_form
from referral.directory.minors import find_duty
from referral.directory.results import Results, find_results, order_of, say_concepts, title_of
from referral.directory.views import blueprint, edition_day
from referral.directory.words import ORDERS as ORDER_WORDS
from referral.edition.reader import Edition, current_edition
from referral.geo.places import KnownPlace
from referral.search.engine import search
from referral.search.facets import Counts, offered
from referral.search.query import Query
from referral.shared.clock import now
from referral.web.sealing import UnreadableSealError, current_sealer

DROP, PUT = "drop", "put"
"""Buttons that change one criterion of a sealed search: ``drop=pets=true``, ``put=near=Laval``."""


@blueprint.get("/services")
@public
def list_services() -> ResponseReturnValue:
    """Show what answers the search, a page at a time."""
    form = asked_form()
    valid = form.validate()
    shown = show_results(form, page_given() or 1) if valid else show_form(form)
    return shown, HTTPStatus.OK if valid else HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/services")
@public
def send_search() -> ResponseReturnValue:
    """Seal a search and lead to its answer; no token is needed, since nothing changes."""
    try:
        fields = changed_fields()
    except UnreadableSealError:
        return redirect(url_for("directory.list_services", s=request.form[SEAL]), HTTPStatus.SEE_OTHER)
    return redirect(url_for("directory.list_services", s=seal_fields(fields)), HTTPStatus.SEE_OTHER)


def changed_fields() -> Fields:
    """Return what a form sends: all of a search, or a sealed one with a change.

    Raises UnreadableSealError.
    """
    sent = [each for each in request.form.items(multi=True) if each[0] not in (SEAL, DROP, PUT)]
    if SEAL not in request.form:
        return tidy(sent)
    opened = current_sealer().open(request.form[SEAL]) if request.form[SEAL] else {}
    criteria = read_criteria(tidy((name, text) for name, texts in opened.items() for text in texts))
    for text in request.form.getlist(DROP):
        name, _, value = text.partition("=")
        criteria = criteria.without(name, value)
    fields = criteria.fields()
    for text in request.form.getlist(PUT):
        name, _, value = text.partition("=")
        fields |= tidy([(name, value)])
    return fields


def show_form(form: SearchForm) -> str:
    """Show the form with what is wrong in it, and what can be chosen instead."""
    criteria = Criteria() if form.is_unknown else read_criteria(asked_fields())
    return _page(form, criteria, results=None, choices=())


def show_results(form: SearchForm, page: int) -> str:
    """Show a page of results, or the places that may be meant."""
    criteria, answer = form.criteria(), form.place_answer
    if answer.choices:
        return _page(form, criteria, results=None, choices=answer.choices)
    edition, at = current_edition(), now()
    results = find_results(edition, criteria, answer.place, at, page)
    return _page(
        form,
        criteria,
        results=results,
        choices=(),
        place=answer.place,
        found_title=title_of(results, criteria, answer.place) if results.total else None,
        searched_as=say_concepts(results.concepts, criteria.q),
        duty=find_duty(edition, criteria, answer.place, results.concepts, at),
    )


def _page(form: SearchForm, criteria: Criteria, **shown: object) -> str:
    edition = current_edition()
    results = cast("Results | None", shown["results"])
    place = cast("KnownPlace | None", shown.get("place"))
    facets, known = (results.facets, results.known) if results else count_all(edition)
    return render_template(
        "directory/results.html",
        form=form,
        criteria=criteria,
        panel=make_panel(criteria, offered(edition.index), facets, known),
        chips=list_chips(criteria),
        suggestions=list_suggestions(criteria, results.concepts, facets) if results else [],
        orders=[(order, str(ORDER_WORDS[order])) for order in ORDERS],
        order=order_of(criteria, place),
        token=search_token(),
        carried=carried_query(page=page_given()),
        unmet_address=unmet_address(),
        is_unreadable=seal_is_unreadable(),
        edition_day=edition_day(),
        **shown,
    )


def unmet_address() -> str | None:
    """Return where to say that a need is not met, filled with this search; None where that is not served."""
    if "directory.unmet_need" not in current_app.view_functions:
        return None
    return url_for("directory.unmet_need", s=search_token())


def count_all(edition: Edition) -> tuple[Counts, Counts]:
    """Return the counts of the whole directory, where no search can be answered."""
    found = search(edition.index, Query(at=now(), limit=1))
    return found.facets, found.known
