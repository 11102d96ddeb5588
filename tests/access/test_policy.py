from uuid import uuid4

import pytest

from referral.access.policy import CONSOLE, POLICY, Actor, Permission, Role, Target, permits

OWN, OTHER = uuid4(), uuid4()
ALLOWED = {(permission, Role.OPERATOR) for permission in Permission} | {(Permission.FLAG_REVIEW, Role.VETTER)}


@pytest.mark.parametrize("organization", [None, OWN, OTHER], ids=["everywhere", "own", "other"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_the_whole_matrix(permission, role, organization):
    actor = Actor("Exemple", frozenset({(organization, role)}))

    assert permits(actor, permission, Target(OWN)) is ((permission, role) in ALLOWED)


@pytest.mark.parametrize("permission", Permission)
def test_nobody_is_permitted_nothing(permission):
    assert not permits(None, permission)


@pytest.mark.parametrize("permission", Permission)
def test_someone_without_a_role_is_permitted_nothing(permission):
    assert not permits(Actor("Exemple"), permission)


def test_every_permission_has_a_rule():
    assert set(POLICY) == set(Permission)


def test_the_console_is_the_operator_and_nothing_else():
    assert {role for _, role in CONSOLE.memberships} == {Role.OPERATOR}
