"""Somebody else's thing, a withdrawn one and one that never was look the same from outside."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from referral.catalogue.models import Organization
from referral.catalogue.trust import Trust
from tests.conftest import ON_ONE_BACKEND
from tests.edition.conftest import Directory
from tests.security.people import own_token
from tests.security.routes import NOBODY, list_routes
from tests.security.test_who_gets_in import EXPECTED, address, doors, everything, play

NOT_IDS = (
    "0",
    "-1",
    "1",
    "..",
    "%2e%2e",
    "' OR 1=1",
    "null",
    "00000000-0000-0000-0000-00000000000g",
    "*",
    "me",
)


@pytest.fixture
def hidden(session, app, build):
    """A listing that no public page may show, beside one that is shown."""
    directory = Directory(session)
    directory.add("Maison montrée Exemple", trust=Trust.VERIFIED)
    made = directory.add("Maison cachée Exemple", trust=Trust.SOURCED)
    build(published_from="verified")
    return made


def told(client, route, identifier):
    """Return what an address answers for an id, with the id and the seals taken out."""
    path = route.path.replace(str(NOBODY), str(identifier))
    answer = client.open(path, method=route.method, data={"kind": "other", "note": ""})
    text = re.sub(r"[?&](?:amp;)?[sl]=[\w-]+", "", answer.text.replace(str(identifier), "ID"))
    headers = {
        name: value for name, value in answer.headers if name not in ("Date", "Content-Length", "Set-Cookie")
    }
    return (
        answer.status_code,
        re.sub(r'value="[^"]{40,}"', "", text),
        headers.get("Location", "").replace(str(identifier), "ID"),
    )


def test_every_address_with_an_id_answers_the_same_for_what_is_hidden_and_for_what_never_was(
    app, client, session, hidden
):
    with_ids = [route for route in list_routes(app) if route.has_id]
    organization = session.get(Organization, hidden.organization_id)

    assert len(with_ids) >= 4
    for route in with_ids:
        unknown = told(client, route, uuid4())
        assert unknown[0] in (302, 303, 400, 404), route.path
        assert told(client, route, hidden.id) == unknown
        assert told(client, route, organization.id) == unknown


@ON_ONE_BACKEND
@pytest.mark.parametrize("written", NOT_IDS)
def test_what_is_no_id_leads_nowhere(app, client, written):
    for route in list_routes(app):
        if route.has_id:
            path = route.path.replace(str(NOBODY), written)
            assert client.open(path, method=route.method).status_code in (302, 303, 308, 400, 404, 405)


def test_a_slug_is_no_way_to_a_listing(client, hidden):
    assert client.get(f"/fr/services/{hidden.slug}").status_code == 404


def test_a_list_shows_nothing_of_a_listing_that_is_not_public(client, hidden):
    kept = client.post("/fr/selection", data={"add": str(hidden.id)})
    text = client.get(kept.headers["Location"]).text

    assert "Maison cachée" not in text


@ON_ONE_BACKEND
def test_nothing_public_names_what_is_hidden(app, client, hidden):
    for route in list_routes(app):
        if route.method == "GET" and route.is_public and not route.has_id:
            text = client.get(route.path).text
            assert "cachée" not in text
            assert str(hidden.id) not in text


IDS = ("code", "user_id", "invitation_id", "session_id", "passkey_id")


def answered(browser, path, method, ids):
    """Return what somebody who is signed in is answered, with ids, tokens and addresses taken out."""
    data = {"csrf_token": own_token(browser), "roles": "intake-worker"} if method == "POST" else None
    answer = browser.open(path, method=method, data=data)
    text = re.sub(r'(value|data-token)="[^"]{40,}"', "", answer.text)
    for each in ids:
        text = text.replace(str(each), "ID")
    location = re.sub(r"[0-9a-f-]{36}", "ID", answer.headers.get("Location", ""))
    return answer.status_code, location, text


@ON_ONE_BACKEND
@pytest.mark.parametrize("visitor", ["elsewhere", "away", "editor", "privacy", "vetter"])
def test_a_thing_of_others_answers_as_one_that_never_was(app, client, session, visitor):
    scene, browser = play(app, session, visitor)
    nothing = replace(scene, **{name: uuid4() for name in IDS})
    seen = 0
    for endpoint, allowed in EXPECTED.items():
        for method in sorted(route.method for route in doors(app) if route.endpoint == endpoint):
            there, not_there = (address(app, endpoint, each, method) for each in (scene, nothing))
            if there != not_there and visitor not in allowed:
                seen += 1
                ids = [getattr(each, name) for each in (scene, nothing) for name in IDS]
                assert answered(browser, there, method, ids) == answered(browser, not_there, method, ids)
    assert seen >= 10


@pytest.mark.parametrize("name", ["user_id", "invitation_id", "session_id", "passkey_id"])
def test_a_lead_finds_nothing_of_others_under_the_name_of_her_own_organization(app, client, session, name):
    others, _ = play(app, session, "nobody")
    own, browser = play(app, session, "lead")
    mixed, nothing = (replace(own, **{name: value}) for value in (getattr(others, name), uuid4()))
    before = everything(session)
    seen = 0
    for endpoint in EXPECTED:
        for method in sorted(route.method for route in doors(app) if route.endpoint == endpoint):
            there, not_there = (address(app, endpoint, each, method) for each in (mixed, nothing))
            if there != not_there:
                seen += 1
                ids = (getattr(mixed, name), getattr(nothing, name))
                found = answered(browser, there, method, ids)
                assert found == answered(browser, not_there, method, ids)
                assert found[0] == 404
    assert seen >= 1
    assert everything(session) == before
