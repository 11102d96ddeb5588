from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.intake import agreements
from referral.intake.agreement_models import Agreement, AgreementAggregate, AgreementSignature
from referral.intake.agreement_terms import Aggregate, pair_of
from referral.intake.agreements import (
    AgreementStandsError,
    NoAgreementError,
    NotToSignError,
    Terms,
    agreement_in_force,
    check_agreement,
)
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import make_actor, make_agreement, make_house


@pytest.fixture
def other(session):
    return make_house(session, "Refuge Exemple")


def propose(house, other, *counted):
    with writing(cases_session(), CASES) as session:
        terms = Terms(other.id, frozenset(counted), "Direction")
        return agreements.propose(session, house.id, terms, house.lead, now()).id


def act(agreement_id, house, does):
    with writing(cases_session(), CASES) as session:
        row = agreements.find_agreement(session, agreement_id, house.id, lock=True)
        does(session, row, house.lead)


def sign(agreement_id, house):
    act(
        agreement_id,
        house,
        lambda session, row, lead: agreements.sign(session, row, "Direction", lead, now()),
    )


def revoke(agreement_id, house):
    act(agreement_id, house, lambda session, row, lead: agreements.revoke(session, row, lead, now()))


def in_force(one, other, at=None):
    return agreement_in_force(cases_session(), one.id, other.id, at or now())


def test_strangers_have_no_agreement(house, other):
    assert not in_force(house, other)
    with pytest.raises(NoAgreementError):
        check_agreement(cases_session(), house.id, other.id, now())


def test_one_signature_is_no_agreement(house, other):
    propose(house, other)

    assert not in_force(house, other)


def test_two_signatures_are_one_in_both_directions(house, other):
    made_at = now()
    make_agreement(house, other)

    assert in_force(house, other)
    assert in_force(other, house)
    assert not in_force(house, other, made_at - timedelta(seconds=1))
    check_agreement(cases_session(), house.id, other.id, now())


def test_an_agreement_with_one_is_none_with_a_third(session, house, other):
    make_agreement(house, other)
    third = make_house(session, "Centre Exemple")

    assert not in_force(house, third)
    assert not in_force(other, third)


def test_an_organization_has_no_agreement_with_itself(house):
    assert not in_force(house, house)
    with pytest.raises(ValueError, match="itself"):
        pair_of(house.id, house.id)


@pytest.mark.parametrize("side", ["house", "other"])
def test_either_ends_it_at_once(request, house, other, side):
    made = make_agreement(house, other)
    before = now()
    revoke(made, request.getfixturevalue(side))

    assert not in_force(house, other)
    assert in_force(house, other, before)


def test_an_agreement_that_ended_is_not_signed_or_ended_again(house, other):
    made = propose(house, other)
    revoke(made, house)

    with pytest.raises(NotToSignError):
        sign(made, other)
    with pytest.raises(NotToSignError):
        revoke(made, other)


def test_nobody_signs_twice_nor_for_the_other(house, other):
    made = propose(house, other)

    with pytest.raises(NotToSignError):
        sign(made, house)
    assert not in_force(house, other)


def test_a_third_organization_finds_signs_and_ends_nothing(session, house, other):
    made = propose(house, other)
    third = make_house(session, "Centre Exemple")

    assert agreements.find_agreement(cases_session(), made, third.id) is None
    row = agreements.find_agreement(cases_session(), made, house.id)
    with pytest.raises(NotToSignError):
        agreements.sign(cases_session(), row, "Direction", third.lead, now())
    with pytest.raises(NotToSignError):
        agreements.revoke(cases_session(), row, third.lead, now())


def test_a_pair_has_one_agreement_that_stands(house, other):
    made = propose(house, other)
    with pytest.raises(AgreementStandsError):
        propose(other, house)
    revoke(made, other)

    assert propose(other, house) != made


def test_the_database_too_refuses_a_second_one_that_stands(house, other):
    propose(house, other)
    first, second = pair_of(house.id, other.id)
    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.add(
            Agreement(
                first_id=first, second_id=second, text_version="x", proposed_at=now(), proposed_for=house.id
            )
        )


REWRITES = (
    sa.update(AgreementSignature).values(name="Autre"),
    sa.delete(AgreementSignature),
    sa.update(AgreementAggregate).values(aggregate=Aggregate.UNMET),
    sa.delete(AgreementAggregate),
    sa.update(Agreement).values(text_version="autre"),
    sa.delete(Agreement),
)


@pytest.mark.parametrize("order", REWRITES, ids=lambda order: f"{order.__visit_name__} {order.table.name}")
def test_what_was_signed_is_never_rewritten(house, other, order):
    sign(propose(house, other, Aggregate.SENT), other)

    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.execute(order)


def test_an_end_is_not_taken_back(house, other):
    revoke(make_agreement(house, other), house)

    empty = {"ended_at": None, "ended_by": None, "ended_for": None, "ended_name": None}
    with pytest.raises(sa.exc.IntegrityError), writing(cases_session(), CASES) as session:
        session.execute(sa.update(Agreement).values(**empty))


def test_only_organizations_whose_lead_has_an_account_are_proposed(session, house, other):
    third = make_house(session, "Centre Exemple")
    fourth = make_actor(session, third.id, "Dany Exemple", Role.PARTNER_EDITOR)

    assert agreements.list_possible(session, house.id, [other.id]) == {third.id}
    assert fourth.acting_for == third.id
