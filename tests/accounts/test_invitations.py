"""Invitations: the only way to an account; each serves once, soon, and gives what was decided and no more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import CONSOLE, Role
from referral.accounts import invitations
from referral.accounts.invitations import Guest
from referral.accounts.models import Invitation, Membership, Stage, User
from referral.accounts.names import hash_token, propose_login
from referral.accounts.rules import INVITATION
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db, writing
from tests.accounts.conftest import ANOTHER, link_in, session_rows
from tests.accounts.test_throttling import at_once
from tests.conftest import ON_ONE_BACKEND

FORM = {"name": "Noa Exemple", "email": "noa@exemple.example", "role": "intake-worker", "language": "fr"}
SPENT = "This link serves no more"


@pytest.fixture
def invited(people, session):
    """Somebody who was invited to be an intake worker: the invitation's id and its token."""
    return invite(session, people.place())


def invite(session, place, role=Role.INTAKE_WORKER, name="Noa Exemple", **more):
    """Hold a place for somebody; return the invitation's id and its token."""
    with writing(session):
        made, token = invitations.invite(session, Guest(name, role, place, **more), CONSOLE, now())
        return made.id, token


def accept(browser, token, **more):
    """Choose a password on the page of an invitation."""
    return browser.post(f"/invitation/{token}", {"new_password": ANOTHER, **more})


def find(session, username="noa.exemple"):
    """Return an account by its login name."""
    session.rollback()
    return session.scalars(sa.select(User).where(User.username == username)).one_or_none()


def test_a_lead_invites_by_a_letter_whose_link_leads_to_an_account(
    people, browser_of, open_browser, letters, session
):
    browser_of(people.lead()).post(f"/places/{people.place()}/people/invite", FORM)
    (letter,) = letters("invitation")
    path = link_in(letter)
    answer = open_browser().post(path.replace("/fr/", "/en/"), {"new_password": ANOTHER})

    assert letter.startswith("To: noa@exemple.example\n")
    assert answer.location == "/en/account/factor"
    assert [each.role for each in find(session).memberships] == [Role.INTAKE_WORKER]


def test_accepting_opens_nothing_but_the_choice_of_a_second_step(invited, visit, session):
    accept(visit, invited[1])

    assert not visit.is_in()
    assert [row.stage for row in session_rows(session, find(session))] == [Stage.SETUP]


def test_accepting_ends_the_session_that_the_browser_had(people, browser_of, invited, session):
    person = people.lead()
    accept(browser_of(person), invited[1])

    assert not session_rows(session, person)


def test_an_invitation_that_makes_no_account_ends_no_session(people, browser_of, invited):
    browser = browser_of(people.lead())
    browser.post(f"/invitation/{invited[1]}", {"new_password": "court"})

    assert browser.is_in()


def test_an_invitation_serves_once(invited, visit, open_browser):
    accept(visit, invited[1])
    again = accept(open_browser(), invited[1])

    assert again.status_code == 404
    assert SPENT in again.text


def test_looking_at_an_invitation_does_not_spend_it(invited, visit):
    for _ in range(2):
        assert visit.get(f"/invitation/{invited[1]}").status_code == 200

    assert accept(visit, invited[1]).status_code == 303


def test_of_two_who_accept_at_once_one_gets_the_account(app, invited, session):
    def act(_number):
        with Session(db.engines[DIRECTORY]) as own, writing(own):
            invitations.accept(own, invited[1], "hash", now())

    outcomes = at_once(app, act, 4)

    assert outcomes.count(None) == 1
    assert {type(each) for each in outcomes} == {type(None), invitations.NoInvitationError}
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_two_of_one_name_who_accept_at_once_get_a_login_name_each(app, people, session):
    tokens = [invite(session, people.place())[1] for _ in range(3)]
    with writing(session):
        session.execute(sa.update(Invitation).values(username="noa.exemple"))

    def act(number):
        with Session(db.engines[DIRECTORY]) as own, writing(own):
            invitations.accept(own, tokens[number], "hash", now())

    outcomes = at_once(app, act, 3)

    assert outcomes == [None, None, None]
    assert sorted(session.scalars(sa.select(User.username))) == [
        "noa.exemple",
        "noa.exemple2",
        "noa.exemple3",
    ]


def test_an_invitation_expires(invited, visit, clock):
    clock.shift(INVITATION)

    assert visit.get(f"/invitation/{invited[1]}").status_code == 404


def test_an_invitation_holds_until_then(invited, visit, clock):
    clock.shift(INVITATION - timedelta(seconds=1))

    assert accept(visit, invited[1]).status_code == 303


def test_an_invitation_that_expires_while_one_types_makes_no_account(invited, session, clock):
    clock.shift(INVITATION)

    with pytest.raises(invitations.NoInvitationError), writing(session):
        invitations.accept(session, invited[1], "hash", now())


def test_a_withdrawn_invitation_serves_no_more(people, invited, browser_of, visit):
    browser_of(people.lead()).post(f"/places/{people.place()}/invitations/{invited[0]}/withdraw")

    assert accept(visit, invited[1]).status_code == 404


def test_a_spent_link_and_one_that_never_was_look_the_same(invited, visit, clock):
    clock.shift(INVITATION)
    spent, never = visit.get(f"/invitation/{invited[1]}").text, visit.get("/invitation/never-was").text

    assert spent.replace(invited[1], "X") == never.replace("never-was", "X")


def test_the_database_holds_only_the_hash_of_the_link(invited, session):
    row = session.get_one(Invitation, invited[0])

    assert row.token_hash == hash_token(invited[1])
    assert invited[1] not in str(vars(row))


@ON_ONE_BACKEND
@pytest.mark.parametrize("role", ["operator", "vetter", "", "nonsense", "OPERATOR"])
def test_a_role_that_no_organization_can_give_is_refused(people, browser_of, session, role):
    answer = browser_of(people.lead()).post(f"/places/{people.place()}/people/invite", FORM | {"role": role})

    assert answer.status_code == 422
    assert not session.scalars(sa.select(Invitation)).all()


@pytest.mark.parametrize(("role", "is_installation"), [(Role.OPERATOR, False), (Role.INTAKE_WORKER, True)])
def test_the_service_refuses_a_role_that_does_not_fit(people, session, role, is_installation):
    place = None if is_installation else people.place()

    with pytest.raises(invitations.UnfitRoleError):
        invite(session, place, role)


def test_somebody_who_is_signed_in_joins_with_the_account_she_has(people, browser_of, session):
    person = people.worker("noa.exemple")
    _, token = invite(session, people.place("Autre Exemple"), Role.PARTNER_EDITOR)
    browser_of(person).post(f"/invitation/{token}/join")

    held = {(each.organization_id, each.role) for each in find(session).memberships}
    assert held == {
        (people.place(), Role.INTAKE_WORKER),
        (people.place("Autre Exemple"), Role.PARTNER_EDITOR),
    }
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_joining_spends_the_invitation(people, browser_of, open_browser, session):
    _, token = invite(session, people.place("Autre Exemple"))
    browser_of(people.worker()).post(f"/invitation/{token}/join")

    assert accept(open_browser(), token).status_code == 404


def test_joining_needs_a_whole_sign_in(people, visit, invited, session):
    person = people.worker()
    visit.type_password(person.username)

    assert visit.post(f"/invitation/{invited[1]}/join").location.startswith("/en/account/sign-in")
    assert session.get_one(Invitation, invited[0]).closed_at is None


def test_joining_with_a_role_that_one_has_gives_it_no_second_time(people, browser_of, invited, session):
    person = people.worker()
    browser_of(person).post(f"/invitation/{invited[1]}/join")

    held = session.scalars(sa.select(Membership).where(Membership.user_id == person.id)).all()
    assert len(held) == 1


def test_several_accounts_share_a_mailbox(people, open_browser, session):
    for number in range(2):
        _, token = invite(
            session, people.place(), email="boite@exemple.example", name=f"Noa Exemple {number}"
        )
        assert accept(open_browser(), token).status_code == 303

    assert session.scalars(sa.select(User.email)).all() == ["boite@exemple.example"] * 2


def test_the_letter_is_not_sent_where_the_invitation_is_not_kept(people, session, letters):
    place = people.place()
    guest = Guest("Noa Exemple", Role.INTAKE_WORKER, place, email="noa@exemple.example")
    with pytest.raises(ZeroDivisionError):
        invite_in_vain(session, guest)

    assert not letters()
    assert not session.scalars(sa.select(Invitation)).all()


def invite_in_vain(session, guest):
    """Invite somebody in a transaction that is undone."""
    with writing(session):
        invitations.send(session, *invitations.invite(session, guest, CONSOLE, now()))
        raise ZeroDivisionError


def test_the_invitation_is_not_kept_where_the_letter_cannot_be_written(
    people, browser_of, session, monkeypatch
):
    def fail(*_given):
        raise RuntimeError

    browser = browser_of(people.lead())
    monkeypatch.setattr(invitations, "enqueue", fail)
    with pytest.raises(RuntimeError):
        browser.post(f"/places/{people.place()}/people/invite", FORM)

    session.rollback()
    assert not session.scalars(sa.select(Invitation)).all()


def test_the_link_never_comes_from_what_a_request_says_of_its_host(people, browser_of, letters):
    browser = browser_of(people.lead())
    browser.post(
        f"/places/{people.place()}/people/invite",
        FORM,
        headers={"X-Forwarded-Host": "attaque.example", "Forwarded": "host=attaque.example"},
    )
    (letter,) = letters("invitation")

    assert "http://127.0.0.1:8000/fr/account/invitation/" in letter
    assert "attaque" not in letter


def test_a_reset_link_never_comes_from_the_host_either(people, visit, letters):
    person = people.lead()
    visit.post("/reset", {"username": person.username}, headers={"X-Forwarded-Host": "attaque.example"})

    assert "http://127.0.0.1:8000/en/account/reset/" in letters("password_reset")[0]


@pytest.mark.parametrize(
    "more",
    [
        {"username": "operateur"},
        {"role": "operator"},
        {"organization_id": str(uuid4())},
        {"email": "attaque@exemple.example"},
        {
            "name": "Quelqu’un d’autre",
            "active": "1",
            "language": "en",
            "is_operator": "1",
            "id": str(uuid4()),
        },
    ],
)
def test_whoever_accepts_changes_nothing_of_what_was_decided(people, invited, visit, session, more):
    accept(visit, invited[1], **more)
    user = find(session)

    assert (user.name, user.email, user.language) == ("Noa Exemple", None, "fr")
    assert [(each.organization_id, each.role) for each in user.memberships] == [
        (people.place(), Role.INTAKE_WORKER)
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"organization_id": str(uuid4())},
        {"place": "installation", "code": "installation"},
        {"expires_at": "2099-01-01", "token_hash": "x", "invited_by": "Quelqu’un d’autre"},
    ],
)
def test_whoever_invites_sets_nothing_but_what_the_form_asks(people, browser_of, session, more):
    browser_of(people.lead()).post(f"/places/{people.place()}/people/invite", FORM | more)
    (row,) = session.scalars(sa.select(Invitation))

    assert (row.organization_id, row.invited_by) == (people.place(), "Camille Exemple")
    assert row.expires_at == row.created_at + INVITATION


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "more",
    [
        {"name": "Noa \u202eelpmexE"},
        {"name": "x" * 121},
        {"name": " "},
        {"email": "noa@exemple.example\r\nBcc: x@exemple.example"},
        {"email": "noa@exemple.example, x@exemple.example"},
        {"email": "pas une adresse"},
        {"username": "Accentué É"},
        {"language": "xx"},
    ],
)
def test_what_could_become_something_else_is_refused(people, browser_of, session, letters, more):
    answer = browser_of(people.lead()).post(f"/places/{people.place()}/people/invite", FORM | more)

    assert answer.status_code == 422
    assert not letters()


def test_a_login_name_that_was_chosen_stays_as_it_is(people, browser_of, session):
    browser_of(people.lead()).post(
        f"/places/{people.place()}/people/invite", FORM | {"username": "noa-exemple_2"}
    )

    assert session.scalar(sa.select(Invitation.username)) == "noa-exemple_2"


def test_a_login_name_that_is_taken_gets_a_number(people, session):
    people.worker("noa.exemple")
    invite(session, people.place())
    invite(session, people.place())

    assert sorted(session.scalars(sa.select(Invitation.username))) == ["noa.exemple2", "noa.exemple3"]


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("Zoé Exemple-Œuvrée", "zoe.exemple.oeuvree"),
        ("中文", "compte"),
        ("x" * 120, "x" * 58),
        ("noa-exemple", "noa-exemple"),
        ("..", "compte"),
    ],
)
def test_a_login_name_can_be_typed_on_any_keyboard(name, login):
    assert propose_login(name) == login
    assert propose_login(name, {login}) == f"{login}2"


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "password", ["court", "motdepasse123", "noa.exemple noa", "password1234", "", "x" * 129]
)
def test_a_weak_password_makes_no_account(invited, visit, session, password):
    assert visit.post(f"/invitation/{invited[1]}", {"new_password": password}).status_code == 422
    assert find(session) is None
