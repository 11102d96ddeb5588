"""Nothing is done that was not sent from our own form, by whoever was shown it, in words that it has."""

from __future__ import annotations

import pytest

from referral.access.policy import Role
from tests.conftest import ON_ONE_BACKEND
from tests.security.people import make_organization, make_user, sign_in, token_of
from tests.security.routes import list_routes
from tests.security.test_who_gets_in import address, doors, everything, play

FORGED = ("", "x", "null", "undefined", "[]", "IjAi.aaaaaa.bbbbbb", "é", "\x00", "a" * 10_000)


def forms(app):
    """Return every address of accounts that takes a form."""
    found = [route.endpoint for route in doors(app) if route.method == "POST"]
    assert len(found) > 20
    return found


@ON_ONE_BACKEND
@pytest.mark.parametrize("visitor", ["nobody", "waiting", "beginner", "lead", "operator"])
def test_no_form_is_taken_without_its_token(app, client, session, visitor):
    scene, browser = play(app, session, visitor)
    before = everything(session)

    for endpoint in forms(app):
        for sent in ({}, {"csrf_token": ""}):
            assert browser.post(address(app, endpoint, scene, "POST"), data=sent).status_code == 400, endpoint
    assert everything(session) == before


@ON_ONE_BACKEND
@pytest.mark.parametrize("token", FORGED, ids=range(len(FORGED)))
def test_no_form_is_taken_with_a_token_that_somebody_made_up(app, client, session, token):
    scene, browser = play(app, session, "lead")

    for endpoint in forms(app):
        path = address(app, endpoint, scene, "POST")
        assert browser.post(path, data={"csrf_token": token}).status_code == 400, endpoint


@ON_ONE_BACKEND
def test_no_form_is_taken_with_the_token_of_another_browser(app, client, session):
    scene, browser = play(app, session, "lead")
    anothers = token_of(app.test_client())
    before = everything(session)

    for endpoint in forms(app):
        path = address(app, endpoint, scene, "POST")
        assert browser.post(path, data={"csrf_token": anothers}).status_code == 400, endpoint
    assert everything(session) == before


@ON_ONE_BACKEND
def test_a_token_in_an_address_is_none(app, client, session):
    scene, browser = play(app, session, "lead")
    path = address(app, "accounts.withdraw", scene, "POST")

    assert browser.post(path, query_string={"csrf_token": token_of(browser)}).status_code == 400


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://ailleurs.example"},
    ],
    ids=str,
)
def test_what_another_site_sends_is_refused_even_with_the_right_token(app, client, session, headers):
    _, browser = play(app, session, "lead")
    token = token_of(browser)

    for route in list_routes(app):
        if route.method != "GET":
            answer = browser.open(
                route.path, method=route.method, data={"csrf_token": token}, headers=headers
            )
            assert answer.status_code == 403, route.path


def test_looking_changes_nothing(app, client, session):
    scene, browser = play(app, session, "lead")
    before = everything(session)

    for route in doors(app):
        if route.method == "GET":
            browser.get(address(app, route.endpoint, scene, "GET"))
            browser.head(address(app, route.endpoint, scene, "GET"))
    assert everything(session) == before


@pytest.fixture
def lead(app, client, session):
    """Somebody who leads an organization, with its id and one of its people."""
    place = make_organization(session)
    other = make_user(session, ((place, Role.INTAKE_WORKER),))
    leader = make_user(session, ((place, Role.ORGANIZATION_LEAD),))
    return sign_in(app, session, leader), place, other.id


@pytest.mark.parametrize("role", ["operator", "vetter", "", "x", "ORGANIZATION_LEAD"])
def test_no_lead_gives_a_role_that_is_not_hers_to_give(session, lead, role):
    person, place, other = lead
    before = everything(session)

    path = f"/fr/account/places/{place}/people"
    given = {"name": "Invitée Exemple", "email": "invitee@exemple.example", "language": "fr", "role": role}
    assert person.post(f"{path}/invite", **given).status_code == 422
    assert person.post(f"{path}/{other}", roles=role).status_code == 422
    assert everything(session) == before


def test_a_field_that_the_form_does_not_have_changes_nothing(app, session, lead):
    person, place, other = lead
    more = {
        "id": str(person.user_id),
        "user_id": str(person.user_id),
        "organization_id": "",
        "active": "",
        "password": "x",
        "email": "ailleurs@exemple.example",
        "totp_secret": "x",
        "stage": "open",
        "acting_for": "",
        "memberships": "operator",
        "is_admin": "1",
    }
    before = everything(session)

    answer = person.post(f"/fr/account/places/{place}/people/{other}", roles="intake-worker", **more)

    assert answer.status_code == 303
    assert everything(session) == before


@pytest.mark.parametrize("place", ["installation", "elsewhere", "", "00000000-0000-0000-0000-000000000000"])
def test_nobody_acts_where_she_has_no_role(app, session, lead, place):
    person, _, _ = lead
    named = str(make_organization(session)) if place == "elsewhere" else place
    before = everything(session)

    assert person.post("/fr/account/acting", place=named).status_code == 422
    assert everything(session) == before


def test_of_a_field_that_is_sent_twice_one_value_counts_and_it_is_checked(app, session, lead):
    person, place, other = lead
    before = everything(session)
    data = {"csrf_token": person.token(), "roles": ["intake-worker", "operator"]}

    path = f"/fr/account/places/{place}/people/{other}"
    assert person.browser.post(path, data=data).status_code == 422
    assert person.browser.post(path + "?roles=operator", data=data).status_code == 422
    assert everything(session) == before
