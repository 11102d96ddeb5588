"""Somebody else's thing, a withdrawn one and one that never was look the same from outside."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from referral.catalogue.models import Organization
from referral.catalogue.trust import Trust
from tests.edition.conftest import Directory
from tests.security.routes import NOBODY, list_routes

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


def test_nothing_public_names_what_is_hidden(app, client, hidden):
    for route in list_routes(app):
        if route.method == "GET" and route.is_public and not route.has_id:
            text = client.get(route.path).text
            assert "cachée" not in text
            assert str(hidden.id) not in text
