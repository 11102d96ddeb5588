from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.audit.events import Action
from referral.audit.models import CasesAuditEvent
from referral.intake.disclosures import (
    PARTS,
    DisclosureRefusedError,
    Told,
    disclose,
    list_disclosures,
    prepare,
    read_told,
)
from referral.intake.models import Disclosure
from referral.intake.safe import open_safe
from referral.intake.vocabulary import Basis
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import held_case, make_case, make_house

TOLD = Told(
    Basis.DANGER, "Menace de mort Sorbier-Exemple, ce soir", "Son adresse de ce soir", "Police Exemple"
)


def make(house, case_id, told=TOLD):
    safe = prepare(house.id, now())
    with held_case(case_id, house.worker) as held:
        return disclose(held, told, safe).id


@pytest.fixture
def case_id(house):
    return make_case(house)


def test_an_entry_says_the_ground_the_facts_the_items_the_recipient_and_the_author(house, case_id):
    row = cases_session().get_one(Disclosure, make(house, case_id))

    assert read_told(row, open_safe(row.id)) == TOLD
    assert (row.author_id, row.author_name) == (house.worker.user_id, house.worker.name)


def test_an_entry_is_not_stored_in_clear(house, case_id):
    make(house, case_id)

    assert "Sorbier" not in repr(cases_session().execute(sa.select(Disclosure.__table__)).all())


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("text", "reason"), [("  ", "empty"), ("a" * 601, "too-long")])
def test_an_entry_says_all_or_is_refused(house, case_id, part, text, reason):
    told = Told(**{**{name: getattr(TOLD, name) for name in ("basis", *PARTS)}, part: text})
    with pytest.raises(DisclosureRefusedError) as raised:
        make(house, case_id, told)

    assert (raised.value.part, raised.value.reason) == (part, reason)
    assert cases_session().scalars(sa.select(Disclosure)).all() == []


@pytest.mark.parametrize("order", ["UPDATE disclosure SET basis = 'court'", "DELETE FROM disclosure"])
def test_an_entry_is_not_rewritten(house, case_id, order):
    make(house, case_id)

    with (
        pytest.raises(sa.exc.IntegrityError, match="append-only"),
        writing(cases_session(), CASES) as session,
    ):
        session.execute(sa.text(order))


def test_an_entry_is_in_the_audit(house, case_id):
    made = make(house, case_id)
    row = (
        cases_session()
        .scalars(sa.select(CasesAuditEvent).where(CasesAuditEvent.target_id == str(made)))
        .one()
    )

    assert row.action == Action.DISCLOSURE


def test_the_register_of_one_organization_is_not_anothers(session, house, case_id):
    make(house, case_id)
    other = make_house(session, "Foyer Exemple")

    assert list_disclosures(cases_session(), other.id, 25) == []
