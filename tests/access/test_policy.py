from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest

from referral.access.matrix import as_markdown
from referral.access.policy import CONSOLE, KEY_ROLES, POLICY, Actor, Permission, Role, Target, fits, permits
from tests.test_docs import DOCS

OWN, OTHER, ONESELF, SOMEBODY = (uuid4() for _ in range(4))
PLACES = (None, OWN, OTHER)
PERSONS = (None, ONESELF, SOMEBODY)
EVERYONE = set(PERSONS)

LEAD = (Role.ORGANIZATION_LEAD, "own", EVERYONE)
LEAD_OF_OTHERS = (Role.ORGANIZATION_LEAD, "own", {SOMEBODY})
OPERATOR = (Role.OPERATOR, "all", EVERYONE)
VETTER = (Role.VETTER, "all", EVERYONE)
EDITOR = (Role.PARTNER_EDITOR, "own", EVERYONE)
WORKER = (Role.INTAKE_WORKER, "own", EVERYONE)
LINK = (Role.LISTING_LINK, "own", EVERYONE)
REFERRAL_LINK = (Role.REFERRAL_LINK, "own", EVERYONE)
HOUSE_PHONE = (Role.HOUSE_PHONE, "own", EVERYONE)
ANYWHERE = [
    (role, whose, EVERYONE)
    for role in (Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD, Role.PARTNER_EDITOR)
    for whose in ("own", "another's")
]
OPERATOR_OF_OTHERS = (Role.OPERATOR, "all", {SOMEBODY})

IN_CHARGE = (Role.PRIVACY_OFFICER, "own", EVERYONE)
OWNING_WORKER = (Role.INTAKE_WORKER, "own", {ONESELF})
EXPECTED = {
    Permission.ACCOUNT_OWN: [],
    Permission.AGREEMENT_SIGN: [LEAD],
    Permission.APPLICATION_REVIEW: [VETTER],
    Permission.AUDIT_EXPIRE: [OPERATOR],
    Permission.AUDIT_READ: [LEAD, IN_CHARGE],
    Permission.AUDIT_VERIFY: [OPERATOR, (Role.PRIVACY_OFFICER, "all", EVERYONE)],
    Permission.CAPACITY_SHARE: [LEAD, EDITOR],
    Permission.CAPACITY_TELL: [LEAD, EDITOR, WORKER, HOUSE_PHONE],
    Permission.CASE_ASSIGN: [LEAD, OWNING_WORKER],
    Permission.CASE_CHANGE: [LEAD, WORKER],
    Permission.CASE_CREATE: [LEAD, WORKER],
    Permission.CASE_ERASE: [LEAD, IN_CHARGE],
    Permission.CASE_EXPORT: [LEAD, OWNING_WORKER, IN_CHARGE],
    Permission.CASE_READ: [LEAD, WORKER],
    Permission.CATALOGUE_OVERSEE: [OPERATOR, VETTER],
    Permission.CONSENT_RECORD: [LEAD, WORKER],
    Permission.DISCLOSURE_MAKE: [LEAD, WORKER],
    Permission.DISCLOSURE_READ: [LEAD, IN_CHARGE],
    Permission.DO_NOT_LIST_CHANGE: [VETTER, (Role.PRIVACY_OFFICER, "all", EVERYONE)],
    Permission.EDITION_BUILD: [OPERATOR],
    Permission.FLAG_REVIEW: [OPERATOR, (Role.VETTER, "all", EVERYONE)],
    Permission.GAP_TELL: [*ANYWHERE, VETTER],
    Permission.HOURS_CHANGE: [LEAD],
    Permission.HOUSE_PHONE_PAIR: [LEAD, EDITOR],
    Permission.INCIDENT_KEEP: [LEAD, IN_CHARGE],
    Permission.KEYS_KEEP: [OPERATOR],
    Permission.LISTING_CONFIRM: [LEAD, EDITOR, LINK],
    Permission.LISTING_IMPORT: [OPERATOR],
    Permission.LISTING_MERGE: [VETTER],
    Permission.LISTING_PROPOSE: [LEAD, EDITOR, LINK, VETTER],
    Permission.LISTING_READ: [LEAD, EDITOR, WORKER, LINK, VETTER],
    Permission.LISTING_READ_FOR_WORKERS: [*ANYWHERE, VETTER],
    Permission.LISTING_WITHDRAW: [LEAD, EDITOR, LINK, VETTER],
    Permission.MAIL_REVIEW: [OPERATOR],
    Permission.MEMBERSHIP_CHANGE: [LEAD_OF_OTHERS, OPERATOR_OF_OTHERS],
    Permission.MEMBERSHIP_LIST: [LEAD, OPERATOR],
    Permission.PACKET_READ: [LEAD, WORKER],
    Permission.PROPOSAL_REVIEW: [VETTER],
    Permission.REFERRAL_ANSWER: [LEAD, WORKER, REFERRAL_LINK],
    Permission.REFERRAL_CORRECT: [LEAD],
    Permission.REFERRAL_READ: [LEAD, WORKER, REFERRAL_LINK],
    Permission.REFERRAL_SEND: [LEAD, WORKER],
    Permission.REMINDER_CHOOSE: [LEAD, EDITOR, LINK],
    Permission.REPORT_READ: [LEAD],
    Permission.RETENTION_CHANGE: [LEAD, IN_CHARGE],
    Permission.ROUND_RUN: [VETTER],
    Permission.USER_CREATE: [OPERATOR],
    Permission.USER_INVITE: [LEAD, OPERATOR],
    Permission.USER_OFFBOARD: [LEAD_OF_OTHERS, OPERATOR_OF_OTHERS],
    Permission.USER_RESET_FACTOR: [LEAD_OF_OTHERS, OPERATOR_OF_OTHERS],
}
"""Role, whose things (of the organization where it is held, or of all), whose accounts.

Nothing else is permitted. One's own account is everybody's who signed in, whatever the role.
"""


def is_expected(permission, role, held, acting, target, person):  # noqa: PLR0917
    """Read the table: a role counts only where one acts for the place in which one holds it."""
    if permission is Permission.ACCOUNT_OWN:
        return person in {None, ONESELF}
    if held != acting:
        return False
    whose = "all" if held is None else "own" if held == target else "another's"
    return any(
        (role, whose) == (wanted, things) and person in persons
        for wanted, things, persons in EXPECTED[permission]
    )


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_the_whole_matrix(permission, role):
    for held, acting, target, person in product(PLACES, PLACES, PLACES, PERSONS):
        actor = Actor("Exemple", frozenset({(held, role)}), user_id=ONESELF, acting_for=acting)

        wanted = is_expected(permission, role, held, acting, target, person)

        assert permits(actor, permission, Target(target, person)) is wanted, (held, acting, target, person)


@pytest.mark.parametrize("permission", Permission)
def test_nobody_is_permitted_nothing(permission):
    assert not permits(None, permission)


@pytest.mark.parametrize("permission", sorted(set(Permission) - {Permission.ACCOUNT_OWN}))
def test_someone_without_a_role_is_permitted_nothing_but_her_own_account(permission):
    assert not permits(Actor("Exemple", user_id=ONESELF), permission, Target(OWN, SOMEBODY))


def test_the_console_has_no_account():
    assert not permits(CONSOLE, Permission.ACCOUNT_OWN)


def test_of_two_memberships_only_the_one_acted_for_counts():
    both = frozenset({(OWN, Role.ORGANIZATION_LEAD), (OTHER, Role.PARTNER_EDITOR), (None, Role.OPERATOR)})

    def may_invite(acting_for):
        return permits(
            Actor("Exemple", both, ONESELF, acting_for), Permission.USER_INVITE, Target(organization_id=OWN)
        )

    assert [may_invite(place) for place in (OWN, OTHER, None)] == [True, False, True]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VETTER])
def test_no_organization_can_make_someone_operator_or_vetter(role):
    assert not fits(role, OWN)
    assert not Actor("Exemple", frozenset({(OWN, role)}), acting_for=OWN).acts_as(role)


@pytest.mark.parametrize("role", sorted(KEY_ROLES))
def test_nobody_can_be_given_the_role_of_a_link_or_a_telephone(role):
    assert not fits(role, OWN)
    assert not fits(role, None)


@pytest.mark.parametrize("role", [Role.PARTNER_EDITOR, Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD])
def test_nobody_works_on_the_things_of_every_organization(role):
    assert not fits(role, None)


def test_every_permission_has_a_rule_and_a_line_of_the_matrix():
    assert set(POLICY) == set(Permission) == set(EXPECTED)


def test_permissions_are_sorted():
    assert [each.value for each in POLICY] == sorted(each.value for each in Permission)


def test_the_console_is_the_operator_and_nothing_else():
    assert {role for _, role in CONSOLE.memberships} == {Role.OPERATOR}


def test_the_page_of_permissions_is_what_the_policy_says():
    assert (DOCS / "permissions.md").read_text(encoding="utf-8") == as_markdown()
