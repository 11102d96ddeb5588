"""Changing a listing by a link: only after a code was read aloud, and only to be reviewed."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
import time_machine

from referral.catalogue.change_models import Proposal, ProposedChange, Via
from referral.catalogue.models import Service
from referral.partners import links
from referral.partners.round_models import Purpose
from referral.shared.clock import now
from referral.shared.database import writing
from tests.conftest import ON_ONE_BACKEND
from tests.edition.conftest import build
from tests.partners.rounding import VETTER, Places
from tests.partners.test_links import DEAD, edit_link, everything, form_token, give, make, send
from tests.partners.test_rounds import ago

__all__ = ["build"]
FIELD = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
NUMBER = "+15145550100"


@pytest.fixture
def places(session, build):
    return Places(session)


@pytest.fixture
def opened(client, places):
    """A listing, the path of its link to change it, and the fields of its form, opened with a code."""
    service = places.add("À changer", assured=ago(now(), 12))
    path = make(places, service, Purpose.EDIT)
    key = key_in(send(client, path, "code", code=give(places)))
    form = send(client, path, f"services/{service.id}/edit", key=key)
    assert form.status_code == 200, form.text
    return service, path, fields_of(form.text)


def key_in(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.text)[1]


def fields_of(page):
    """Return what a browser would send of a form: hidden fields and what its inputs hold."""
    fields = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>(?:[^<]*</textarea>)?", page):
        name = re.search(r'name="([^"]+)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name is None or (kind and kind[1] in {"checkbox", "radio"} and "checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        text = value[1] if value else (re.search(r">([^<]*)</textarea>", tag) or ["", ""])[1]
        fields.setdefault(name[1], []).append(unescape(text).strip())
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        fields[name] = [chosen[1] if chosen else ""]
    return fields


def post(client, path, service, fields, **changed):
    data = {**fields, **{name.replace("__", "-"): text for name, text in changed.items()}, "do": "send"}
    return client.post(f"{path}/services/{service.id}/edit", data=data)


def test_a_new_number_waits_for_review_in_the_link_s_name(client, places, opened):
    service, path, fields = opened

    answer = post(client, path, service, fields, phones__0__number="438 555-0199")

    assert answer.headers["Location"] == "/en/link/done/sent"
    places.session.rollback()
    proposal = places.session.scalars(sa.select(Proposal)).one()
    assert (proposal.via, [each.field for each in proposal.changes]) == (Via.LINK, ["phones"])
    assert [each.number for each in places.session.get_one(Service, service.id).phones] == [NUMBER]


def test_once_it_is_sent_the_link_serves_no_more(client, places, opened):
    service, path, fields = opened
    post(client, path, service, fields, description_fr="Une autre description, fictive.")

    again = post(client, path, service, fields, description_fr="Encore une autre, fictive.")

    assert (again.status_code, DEAD in again.text) == (404, True)
    places.session.rollback()
    assert places.session.scalar(sa.select(sa.func.count()).select_from(ProposedChange)) == 1


@ON_ONE_BACKEND
@pytest.mark.parametrize("key", ["", "x", "é", "A" * 43])
def test_without_the_key_of_the_code_no_form_is_shown_nor_taken(client, places, opened, key):
    service, path, fields = opened

    answer = post(client, path, service, {**fields, "key": [key]}, phones__0__number="438 555-0199")

    assert answer.status_code == 422
    assert 'name="phones-0-number"' not in answer.text
    places.session.rollback()
    assert places.session.scalars(sa.select(Proposal)).all() == []


def test_the_key_serves_for_an_hour(client, opened):
    service, path, fields = opened

    with time_machine.travel(now() + timedelta(hours=1, minutes=1)):
        answer = post(client, path, service, fields, phones__0__number="438 555-0199")

    assert answer.status_code == 422


def test_a_new_code_ends_the_key_of_the_one_before(client, places, opened):
    service, path, fields = opened
    give(places)

    assert post(client, path, service, fields, phones__0__number="438 555-0199").status_code == 422


def test_a_key_opens_no_other_link(client, places, opened):
    service, _, fields = opened
    other = make(places, service, Purpose.EDIT)
    token = form_token(client, other)

    answer = post(client, other, service, {**fields, "csrf_token": [token]})

    assert answer.status_code == 422


def test_the_listing_of_another_organization_cannot_be_opened(client, places, opened):
    _, path, fields = opened
    other = places.add("Autre", assured=ago(now(), 1))
    before = everything(places.session)

    answer = post(client, path, other, fields, phones__0__number="438 555-0199")

    assert answer.status_code == 404
    after = everything(places.session)
    assert {name for name in after if after[name] != before[name]} == {"listing_link"}  # the form was counted


def test_a_link_that_was_revoked_while_its_form_was_open_sends_nothing(client, places, opened):
    service, path, fields = opened
    link = edit_link(places)
    with writing(places.session) as session:
        links.revoke(session, links.find_held(session, link.id), VETTER, now())

    assert post(client, path, service, fields, phones__0__number="438 555-0199").status_code == 404


def test_what_cannot_be_read_comes_back_as_it_was_typed(client, opened):
    service, path, fields = opened

    answer = post(client, path, service, fields, phones__0__number="pas un numéro")

    assert answer.status_code == 422
    assert "pas un numéro" in unescape(answer.text)


def test_one_more_row_is_given_without_sending(client, places, opened):
    service, path, fields = opened

    answer = client.post(f"{path}/services/{service.id}/edit", data={**fields, "do": "add-phones"})

    assert answer.status_code == 200
    assert 'name="phones-1-number"' in answer.text
    assert key_in(answer) == fields["key"][0]


def test_both_versions_are_shown_where_somebody_else_changed_the_listing(client, places, opened):
    service, path, fields = opened
    with writing(places.session) as session:
        found = session.get_one(Service, service.id)
        found.email = "autre@exemple.example"

    answer = post(client, path, service, fields, email="encore@exemple.example")

    assert answer.status_code == 409
    assert "autre@exemple.example" in answer.text
