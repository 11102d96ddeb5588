"""People of an organization: what its lead may do, to whom, and what nobody may."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import CONSOLE, Actor, Role
from referral.accounts import people as services
from referral.accounts.models import Invitation, Membership, User
from referral.accounts.people import Change, Deed, LastLeadError
from referral.accounts.rules import FRESH
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db, writing
from tests.accounts.conftest import session_rows
from tests.accounts.test_invitations import FORM, invite
from tests.accounts.test_throttling import at_once
from tests.conftest import ON_ONE_BACKEND

WORKER, LEAD, EDITOR = Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD, Role.PARTNER_EDITOR


def roles_of(session, person):
    """Return somebody's roles, each with its place."""
    session.rollback()
    held = session.scalars(sa.select(Membership).where(Membership.user_id == person.id))
    return {(each.organization_id, each.role) for each in held}


def change_roles(browser, place, person, *roles, shown="intake-worker"):
    """Tick roles on the page of somebody."""
    return browser.post(f"/places/{place}/people/{person.id}", {"roles": list(roles), "shown": shown})


@pytest.fixture
def lead(people, browser_of):
    """The browser of the lead of the first organization."""
    return browser_of(people.lead())


@pytest.fixture
def stranger(people, browser_of):
    """The browser of the lead of another organization."""
    return browser_of(people.lead("autre.exemple", "Autre Exemple"))


def test_a_lead_sees_her_own_people_only(people, lead):
    people.worker()
    people.worker("ailleurs.exemple", "Autre Exemple")
    page = lead.get(f"/places/{people.place()}/people").text

    assert "Sacha Exemple" in page
    assert "Ailleurs Exemple" not in page


def test_a_lead_changes_roles(people, lead, session):
    person = people.worker()
    change_roles(lead, people.place(), person, "intake-worker", "partner-editor")

    assert roles_of(session, person) == {(people.place(), WORKER), (people.place(), EDITOR)}


def test_somebody_needs_one_role_at_least(people, lead, session):
    person = people.worker()

    assert change_roles(lead, people.place(), person).status_code == 422
    assert roles_of(session, person) == {(people.place(), WORKER)}


@pytest.mark.parametrize("role", ["operator", "vetter", "nonsense"])
def test_a_lead_gives_no_role_of_the_installation(people, lead, session, role):
    person = people.worker()
    answer = change_roles(lead, people.place(), person, "intake-worker", role)

    assert answer.status_code == 422
    assert roles_of(session, person) == {(people.place(), WORKER)}


def test_roles_elsewhere_stay_as_they_are(people, lead, session):
    other = people.place("Autre Exemple")
    person = people.add("sacha.exemple", (WORKER, people.place()), (LEAD, other))
    change_roles(lead, people.place(), person, "partner-editor")

    assert roles_of(session, person) == {(people.place(), EDITOR), (other, LEAD)}


def test_a_role_is_lost_at_once_in_a_session_that_goes_on(people, lead, browser_of):
    person = people.add("alix.exemple", (LEAD, people.place()))
    browser = browser_of(person)
    assert browser.get(f"/places/{people.place()}/people").status_code == 200
    change_roles(lead, people.place(), person, "intake-worker", shown="organization-lead")

    assert browser.get(f"/places/{people.place()}/people").status_code == 404
    assert browser.is_in()


@pytest.mark.parametrize("path", ["", "/end", "/reset-factor"])
def test_a_lead_cannot_touch_herself(people, browser_of, session, path):
    person = people.lead()
    people.lead("alix.exemple")
    browser = browser_of(person)
    answer = browser.post(
        f"/places/{people.place()}/people/{person.id}{path}",
        {"roles": ["intake-worker"], "shown": "organization-lead"},
    )

    assert answer.status_code == 404
    assert roles_of(session, person) == {(people.place(), LEAD)}
    assert browser.is_in()


GETS = [
    "/places/{place}/people",
    "/places/{place}/people/invite",
    "/places/{place}/people/{person}",
    "/places/{place}/people/{person}/end",
    "/places/{place}/log",
    "/places/{place}/log.csv",
]
POSTS = [
    "/places/{place}/people/invite",
    "/places/{place}/people/{person}",
    "/places/{place}/people/{person}/end",
    "/places/{place}/people/{person}/reset-factor",
    "/places/{place}/invitations/{invitation}/withdraw",
]


@pytest.fixture
def targets(people, session):
    """What the first organization has: its id, somebody of it, an invitation."""
    people.lead()
    person, (invitation, _) = people.worker(), invite(session, people.place())
    return {"place": people.place(), "person": person.id, "invitation": invitation}, person


@ON_ONE_BACKEND
@pytest.mark.parametrize("path", GETS)
def test_nothing_of_an_organization_is_there_for_the_lead_of_another(targets, stranger, path):
    assert stranger.get(path.format(**targets[0])).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_nothing_of_an_organization_changes_by_the_lead_of_another(targets, stranger, session, people, path):
    ids, person = targets
    answer = stranger.post(path.format(**ids), FORM | {"roles": ["partner-editor"], "shown": "intake-worker"})

    assert answer.status_code == 404
    assert unchanged(session, people, ids, person)


@pytest.mark.parametrize("path", POSTS[1:])
def test_ids_of_an_organization_lead_nowhere_under_the_name_of_ones_own(
    targets, stranger, session, people, path
):
    ids, person = targets
    mixed = ids | {"place": people.place("Autre Exemple")}
    answer = stranger.post(path.format(**mixed), {"roles": ["partner-editor"], "shown": "intake-worker"})

    assert answer.status_code == 404
    assert unchanged(session, people, ids, person)


def unchanged(session, people, ids, person):
    """Say whether somebody, her factor and the invitation are as they were."""
    rights = roles_of(session, person) == {(people.place(), WORKER)}
    factor = session.get_one(User, person.id).totp_secret == person.secret
    held = session.scalars(sa.select(Invitation)).all()
    return rights and factor and [(each.id, each.closed_at) for each in held] == [(ids["invitation"], None)]


@ON_ONE_BACKEND
@pytest.mark.parametrize("path", [*GETS, "/organizations"])
@pytest.mark.parametrize("role", [WORKER, EDITOR])
def test_who_does_not_lead_sees_nobody(targets, people, browser_of, path, role):
    browser = browser_of(people.add("max.exemple", (role, people.place())))

    assert browser.get(path.format(**targets[0])).status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("path", POSTS)
def test_who_does_not_lead_changes_nobody(targets, people, browser_of, session, path):
    ids, person = targets
    browser = browser_of(people.worker("max.exemple"))
    answer = browser.post(path.format(**ids), FORM | {"roles": ["partner-editor"], "shown": "intake-worker"})

    assert answer.status_code == 404
    assert unchanged(session, people, ids, person)


@pytest.mark.parametrize("code", ["installation", "not-an-id", str(UUID(int=7))])
def test_a_lead_reaches_neither_the_installation_nor_what_is_not_there(lead, code):
    assert lead.get(f"/places/{code}/people").status_code == 404
    assert lead.post(f"/places/{code}/people/invite", FORM | {"role": "operator"}).status_code == 404


def test_an_operator_sees_and_invites_anywhere(people, browser_of, session):
    place = people.place()
    browser = browser_of(people.operator())
    browser.post(f"/places/{place}/people/invite", FORM)
    browser.post("/places/installation/people/invite", FORM | {"role": "vetter"})

    assert browser.get(f"/places/{place}/people").status_code == 200
    assert set(session.execute(sa.select(Invitation.organization_id, Invitation.role))) == {
        (place, WORKER),
        (None, Role.VETTER),
    }


def test_an_operator_invites_to_no_organization_that_is_not_there(people, browser_of, session):
    answer = browser_of(people.operator()).post(f"/places/{uuid4()}/people/invite", FORM)

    assert answer.status_code == 404


def test_a_factor_is_reset_and_set_up_anew_with_the_password(people, lead, open_browser, letters):
    person = people.worker()
    browser = open_browser().enter(person)
    lead.post(f"/places/{people.place()}/people/{person.id}/reset-factor")

    assert not browser.is_in()
    assert browser.type_password(person.username).location == "/en/account/factor"
    assert "Camille Exemple" in letters("factor_reset")[0]


def test_a_factor_is_reset_only_with_a_fresh_proof(people, lead, session, clock):
    person = people.worker()
    clock.shift(FRESH)
    lead.post(f"/places/{people.place()}/people/{person.id}/reset-factor")

    assert session.get_one(User, person.id).has_factor


def test_of_somebody_who_also_acts_elsewhere_no_lead_resets_the_factor(people, lead, session):
    person = people.add("sacha.exemple", (WORKER, people.place()), (WORKER, people.place("Autre Exemple")))
    lead.post(f"/places/{people.place()}/people/{person.id}/reset-factor")

    assert session.get_one(User, person.id).has_factor
    assert "only the operator" in lead.get(f"/places/{people.place()}/people/{person.id}").text


def test_of_somebody_who_also_acts_elsewhere_an_operator_resets_it(people, browser_of, session):
    person = people.add("sacha.exemple", (WORKER, people.place()), (WORKER, people.place("Autre Exemple")))
    browser_of(people.operator()).post(f"/places/{people.place()}/people/{person.id}/reset-factor")

    assert not session.get_one(User, person.id).has_factor


def end(browser, place, person, **fields):
    """End somebody's access."""
    return browser.post(f"/places/{place}/people/{person.id}/end", fields)


def test_ending_the_only_access_closes_the_account(people, lead, session, letters):
    person = people.worker()
    end(lead, people.place(), person)
    user = session.get_one(User, person.id)

    assert (user.active, user.password, user.totp_secret, user.email) == (False, None, None, None)
    assert letters("access_ended")


def test_whoever_has_no_access_left_is_out_and_stays_out(people, lead, browser_of, session):
    person = people.worker()
    browser = browser_of(person)
    end(lead, people.place(), person)

    assert not browser.is_in()
    assert not session_rows(session, person)
    assert browser.type_password(person.username).status_code == 422


def test_ending_an_access_leaves_the_other_ones(people, lead, session):
    other = people.place("Autre Exemple")
    person = people.add("sacha.exemple", (WORKER, people.place()), (WORKER, other))
    end(lead, people.place(), person)

    assert roles_of(session, person) == {(other, WORKER)}
    assert session.get_one(User, person.id).active


def test_ending_an_access_ends_the_sessions_that_act_there_only(people, lead, browser_of):
    other = people.place("Autre Exemple")
    person = people.add("sacha.exemple", (WORKER, people.place()), (WORKER, other))
    here, there = browser_of(person), browser_of(person)
    here.post("/acting", {"place": str(people.place())})
    there.post("/acting", {"place": str(other)})
    end(lead, people.place(), person)

    assert [here.is_in(), there.is_in()] == [False, True]


def test_an_access_ends_only_with_a_fresh_proof(people, lead, session, clock):
    person = people.worker()
    clock.shift(FRESH)

    assert end(lead, people.place(), person).status_code in {303, 401}
    assert roles_of(session, person)


def test_looking_at_the_page_of_a_departure_ends_nothing(people, lead, session):
    person = people.worker()

    assert lead.get(f"/places/{people.place()}/people/{person.id}/end").status_code == 200
    assert roles_of(session, person)


def test_what_somebody_owns_needs_a_new_owner_first(people, lead, session, shelf):
    person = people.worker()
    shelf.owners["Fiche Exemple"] = person.id

    assert end(lead, people.place(), person).status_code == 422
    assert roles_of(session, person)
    assert "Fiche Exemple" in lead.get(f"/places/{people.place()}/people/{person.id}/end").text


def test_the_new_owner_has_it_once_the_access_has_ended(people, lead, session, shelf):
    person, heir = people.worker(), people.worker("alix.exemple")
    shelf.owners |= {"Fiche Exemple": person.id, "Autre fiche": heir.id}
    end(lead, people.place(), person, heir=str(heir.id))

    assert shelf.owners == {"Fiche Exemple": heir.id, "Autre fiche": heir.id}
    assert not roles_of(session, person)


@pytest.mark.parametrize("who", ["herself", "elsewhere", "left", "nobody", "nonsense"])
def test_only_somebody_else_of_the_same_organization_takes_over(people, lead, session, shelf, who):
    person, elsewhere = people.worker(), people.worker("ailleurs.exemple", "Autre Exemple")
    left = people.worker("partie.exemple")
    people.change(left, active=False)
    heirs = {
        "herself": person.id,
        "elsewhere": elsewhere.id,
        "left": left.id,
        "nobody": uuid4(),
        "nonsense": "x",
    }
    shelf.owners["Fiche Exemple"] = person.id

    assert end(lead, people.place(), person, heir=str(heirs[who])).status_code == 422
    assert shelf.owners == {"Fiche Exemple": person.id}
    assert roles_of(session, person)


def test_what_cannot_be_handed_on_keeps_the_access(people, lead, session, shelf):
    person, heir = people.worker(), people.worker("alix.exemple")
    shelf.owners["Fiche Exemple"], shelf.fails = person.id, True
    with pytest.raises(RuntimeError):
        end(lead, people.place(), person, heir=str(heir.id))

    assert roles_of(session, person)
    assert session.get_one(User, person.id).active


def test_handing_on_is_in_the_transaction_that_ends_the_access(people, lead, session, app):
    from referral.accounts import ownership  # noqa: PLC0415

    person, heir = people.worker(), people.worker("alix.exemple")
    before = list(app.extensions.get(ownership.OWNERS, ()))

    def give(own, owner, new, _place):
        assert own.in_transaction()
        own.get_one(User, new).name = "A pris la suite"

    ownership.register(app, lambda *_given: ["Fiche Exemple"], give)
    ownership.register(app, lambda *_given: [], lambda *_given: 1 / 0)
    try:
        with pytest.raises(ZeroDivisionError):
            end(lead, people.place(), person, heir=str(heir.id))
    finally:
        app.extensions[ownership.OWNERS] = before

    session.rollback()
    assert session.get_one(User, heir.id).name == "Alix Exemple"


def test_the_last_lead_keeps_the_role_while_others_are_there(people, browser_of, session):
    person = people.lead()
    people.worker()
    operator = browser_of(people.operator())
    demoted = change_roles(operator, people.place(), person, "intake-worker", shown="organization-lead")
    ended = end(operator, people.place(), person)

    assert [demoted.status_code, ended.status_code] == [422, 422]
    assert "Nobody else leads here" in ended.text
    assert roles_of(session, person) == {(people.place(), LEAD)}


def test_a_lead_who_is_not_the_last_can_go(people, lead, session):
    person = people.lead("alix.exemple")
    end(lead, people.place(), person)

    assert not roles_of(session, person)


def test_a_lead_who_left_is_no_other_lead(people, browser_of, session):
    person, left = people.lead(), people.lead("alix.exemple")
    people.worker()
    people.change(left, active=False)

    assert end(browser_of(people.operator()), people.place(), person).status_code == 422


def test_the_last_person_of_an_organization_can_be_let_go_by_an_operator(people, browser_of, session):
    person = people.lead()
    end(browser_of(people.operator()), people.place(), person)

    assert not roles_of(session, person)


def test_two_leads_who_let_each_other_go_at_once_do_not_both_succeed(app, people, session):
    pair = [people.lead(), people.lead("alix.exemple")]
    place = people.place()

    def act(number):
        actor = Actor("Exemple", frozenset({(place, LEAD)}), pair[number].id, place)
        with Session(db.engines[DIRECTORY]) as own, writing(own):
            user = services.find_person(own, pair[1 - number].id, place, lock=True)
            services.end_access(own, user, None, Deed(actor, place, now()))

    outcomes = at_once(app, act, 2)

    assert sorted(type(each).__name__ for each in outcomes) == ["LastLeadError", "NoneType"]


def test_the_last_operator_stays(people, session):
    person = people.operator()

    with pytest.raises(LastLeadError):
        end_operator(session, person)


def end_operator(session, person):
    """End the access of somebody who runs the installation."""
    with writing(session):
        user = services.find_person(session, person.id, None, lock=True)
        services.end_access(session, user, None, Deed(CONSOLE, None, now()))


def test_of_two_who_change_roles_the_second_sees_both_and_loses_nothing(people, lead, browser_of, session):
    person, second = people.worker(), browser_of(people.lead("alix.exemple"))
    change_roles(lead, people.place(), person, "intake-worker", "partner-editor")
    answer = change_roles(second, people.place(), person, "intake-worker", "privacy-officer")

    assert answer.status_code == 409
    assert "Editor of listings, Intake worker" in answer.text
    assert "Intake worker, Privacy officer" in answer.text
    assert roles_of(session, person) == {(people.place(), WORKER), (people.place(), EDITOR)}


def test_who_has_seen_both_can_save(people, lead, session):
    person = people.worker()
    change_roles(lead, people.place(), person, "partner-editor")
    page = change_roles(lead, people.place(), person, "privacy-officer").text
    assert 'name="shown" type="hidden" value="partner-editor"' in page
    change_roles(lead, people.place(), person, "privacy-officer", shown="partner-editor")

    assert roles_of(session, person) == {(people.place(), Role.PRIVACY_OFFICER)}


def test_two_who_decide_the_same_do_not_disagree(people, lead, session):
    person = people.worker()
    change_roles(lead, people.place(), person, "partner-editor")

    assert change_roles(lead, people.place(), person, "partner-editor").status_code == 303


def test_of_many_changes_at_once_one_is_kept_and_the_others_are_told(app, people, session):
    from referral.shared.versions import ConflictError  # noqa: PLC0415

    person, place = people.worker(), people.place()
    wishes = [{EDITOR}, {Role.PRIVACY_OFFICER}, {EDITOR, WORKER}]

    def act(number):
        with Session(db.engines[DIRECTORY]) as own, writing(own):
            user = services.find_person(own, person.id, place, lock=True)
            change = Change(frozenset(wishes[number]), frozenset({WORKER}))
            services.set_roles(own, user, change, Deed(CONSOLE, place, now()))

    outcomes = at_once(app, act, 3)

    assert outcomes.count(None) == 1
    assert {type(each) for each in outcomes} == {type(None), ConflictError}
