"""One press of a button signs in as somebody fictional, with all that a sign-in has."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from referral.access.policy import KEY_ROLES, Role
from referral.accounts.models import Membership, User, UserSession
from referral.audit.models import DIRECTORY_CHAIN
from referral.demo.people import PEOPLE
from referral.shared.clock import now
from tests.conftest import ON_ONE_BACKEND

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PAGE, ENTER, HOME = "/en/demo/", "/en/demo/enter", "/en/account/"
SECURITY = "/en/account/security"
ONE_PLACE = [person for person in PEOPLE if len(person.roles) == 1]
(TWO_PLACES,) = [person for person in PEOPLE if len(person.roles) > 1]


def enter(visitor, username, **fields):
    token = TOKEN.search(visitor.get(PAGE).text)[1]
    return visitor.post(ENTER, data={"csrf_token": token, "person": username} | fields)


def events(session, action):
    session.rollback()
    event = DIRECTORY_CHAIN.event
    return session.scalars(sa.select(event).where(event.action == action)).all()


def test_there_is_somebody_of_each_role():
    assert {role for person in PEOPLE for _, role in person.roles} == set(Role) - KEY_ROLES


@ON_ONE_BACKEND
@pytest.mark.parametrize("person", ONE_PLACE, ids=lambda person: person.username)
def test_one_press_signs_in_as_a_person_of_that_role(visitor, seeded, person):
    answer = enter(visitor, person.username)

    ((_, role),) = person.roles
    held = seeded.scalars(sa.select(Membership.role).join(User).where(User.username == person.username)).all()
    assert (answer.status_code, answer.location, held) == (303, HOME, [role])
    assert person.name in visitor.get(SECURITY).text


def test_whoever_has_roles_in_two_organizations_says_for_which_she_acts(visitor):
    answer = enter(visitor, TWO_PLACES.username)

    page = visitor.get(answer.location).text
    assert answer.location.startswith("/en/account/acting")
    assert "Example Dawn House" in page
    assert "Example Help Centre" in page


def test_a_press_is_in_the_audit_as_any_sign_in(visitor, seeded):
    enter(visitor, "sacha.exemple")

    assert [(each.target_type, each.actor) for each in events(seeded, "sign_in")] == [
        ("account", "Sacha Exemple")
    ]


def test_being_somebody_else_ends_the_session_before(visitor, seeded):
    enter(visitor, "sacha.exemple")
    enter(visitor, "alex.exemple")

    names = seeded.scalars(sa.select(User.name).join(UserSession, UserSession.user_id == User.id)).all()
    assert names == ["Alex Exemple"]


def test_a_press_without_the_token_of_our_form_signs_nobody_in(visitor, seeded):
    visitor.get(PAGE)
    answer = visitor.post(ENTER, data={"person": "sacha.exemple"})

    assert (answer.status_code, seeded.scalars(sa.select(UserSession)).all()) == (400, [])


def test_a_link_signs_nobody_in(visitor):
    assert visitor.get(f"{ENTER}?person=sacha.exemple").status_code == 405


@ON_ONE_BACKEND
@pytest.mark.parametrize("username", ["", "personne", "SACHA.EXEMPLE", "' or 1=1 --"])
def test_nobody_else_can_be_entered_as(visitor, username):
    assert enter(visitor, username).status_code == 404


def end_access(session, username):
    gone = session.scalars(sa.select(User).where(User.username == username)).one()
    gone.active, gone.memberships = False, []
    session.commit()


def real_account(username="vraie.personne"):
    user = User(username=username, name="Vraie Personne", language="fr", active=True, created_at=now())
    user.fs_uniquifier = "0" * 32
    return user


def test_nobody_can_enter_once_a_real_account_is_there(visitor, seeded):
    seeded.add(real_account())
    seeded.commit()

    assert enter(visitor, "sacha.exemple").status_code == 404


def test_a_real_person_who_has_a_fictional_name_is_not_entered_as(visitor, seeded):
    seeded.execute(sa.update(User).where(User.username == "sacha.exemple").values(fs_uniquifier="0" * 32))
    seeded.commit()

    assert enter(visitor, "sacha.exemple").status_code == 404


def test_somebody_whose_access_was_ended_cannot_be_entered_as_and_has_no_button(visitor, seeded):
    end_access(seeded, "sacha.exemple")

    assert 'value="sacha.exemple"' not in visitor.get(PAGE).text
    assert enter(visitor, "sacha.exemple").status_code == 404
    assert seeded.scalars(sa.select(UserSession)).all() == []


def test_the_cookie_is_not_that_of_a_directory_on_another_port(visitor):
    assert "-demo=" in visitor.get(PAGE).headers["Set-Cookie"]
