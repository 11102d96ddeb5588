"""A legal name: only where the organization keeps them, apart, and in nothing that is listed or sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts.models import UserSession
from referral.audit.models import CasesAuditEvent
from referral.intake import erasing, keeping, questions, vault
from referral.intake.models import Certificate, VaultEntry
from referral.intake.rules import Rules, read_rules
from referral.intake.safe import open_safe
from referral.intake.vault import LegalName, NameChangedError, NotKeptError
from referral.intake.vocabulary import CertificateKind, DestructionReason, Item
from referral.keyring.models import DataKey, Kind
from referral.keyring.services import KeyDestroyedError
from referral.shared.clock import now
from referral.shared.database import cases_session, keys_session
from referral.shared.encryption import SealBrokenError
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, held_case, make_actor, make_case, make_house
from tests.intake.test_rules import decide

pytestmark = pytest.mark.usefixtures("client")
NAME = "Mélèze-Exemple"


@pytest.fixture
def case_id(house):
    """A file of an organization that keeps legal names."""
    decide(house, keeps_legal_names=True)
    return make_case(house)


def keep_name(case_id, house, text=NAME, version=0):
    entry = vault.find_entry(cases_session(), case_id)
    safe = open_safe(entry.id) if entry else vault.prepare(house.id, now())
    with held_case(case_id, house.worker) as held:
        vault.write_name(held, safe, LegalName(text, version))
    return safe.thing


def path_of(case_id):
    return f"/en/cases/{case_id}/rights/name"


def test_a_name_is_sealed_under_a_key_of_its_own(house, case_id):
    entry_id = keep_name(case_id, house)
    row = cases_session().get_one(VaultEntry, entry_id)

    assert NAME.encode() not in row.sealed
    assert keys_session().get_one(DataKey, entry_id).kind is Kind.VAULT
    assert vault.read_name(row, open_safe(entry_id)) == LegalName(NAME, 1)
    with pytest.raises(SealBrokenError):
        open_safe(case_id).open(vault.PLACE, row.sealed)


def test_no_name_is_kept_where_the_organization_did_not_decide_so(house):
    case_id = make_case(house)
    with pytest.raises(NotKeptError):
        keep_name(case_id, house)

    assert cases_session().scalars(sa.select(VaultEntry)).all() == []


def test_there_is_no_page_where_names_are_not_kept(app, session, house):
    case_id = make_case(house)
    person = enter(app, session, house.worker)

    assert person.browser.get(path_of(case_id)).status_code == 404
    assert person.post(path_of(case_id), name=NAME, version="0").status_code == 404
    assert "Legal name" not in person.browser.get(f"/en/cases/{case_id}/rights").text


def test_who_writes_upon_an_older_name_is_shown_the_newer(house, case_id):
    keep_name(case_id, house)
    keep_name(case_id, house, "Cyprès-Exemple", 1)
    with pytest.raises(NameChangedError) as raised:
        keep_name(case_id, house, "Thuya-Exemple", 1)

    assert raised.value.theirs == LegalName("Cyprès-Exemple", 2)


def test_a_worker_keeps_a_name_and_reads_it_again(app, session, house, case_id):
    person = enter(app, session, house.worker)
    assert person.post(path_of(case_id), name=NAME, version="0").status_code == 303
    assert f'value="{NAME}"' in person.browser.get(path_of(case_id)).text

    assert person.post(path_of(case_id), name="Cyprès-Exemple", version="0").status_code == 409
    assert person.post(path_of(case_id), name="", version="1").status_code == 422
    assert person.post(path_of(case_id), name="x" * 201, version="1").status_code == 422


def test_the_page_needs_a_proof_that_is_fresh(app, session, house, case_id):
    keep_name(case_id, house)
    person = enter(app, session, house.worker)
    session.get_one(UserSession, person.session_id).confirmed_at = now() - timedelta(hours=1)
    session.commit()
    looked, wrote = person.browser.get(path_of(case_id)), person.post(path_of(case_id), name="x", version="1")

    assert (looked.status_code, wrote.status_code) == (303, 401)
    assert NAME not in looked.text + wrote.text


def test_whoever_looks_at_a_name_is_written_down(app, session, house, case_id):
    keep_name(case_id, house)
    enter(app, session, house.worker).browser.get(path_of(case_id))
    acts = cases_session().scalars(sa.select(CasesAuditEvent).order_by(CasesAuditEvent.number))
    kinds = [(row.target_type, row.action) for row in acts]

    assert ("vault", "view") in kinds


def test_no_other_organization_and_no_other_role_sees_a_name(app, session, house, case_id):
    keep_name(case_id, house)
    other = make_house(session, "Autre Exemple")
    decide(other, keeps_legal_names=True)
    actors = [
        other.lead,
        other.worker,
        make_actor(session, house.id, "Éloïse Exemple", Role.PARTNER_EDITOR),
        make_actor(session, None, "Fanny Exemple", Role.VETTER),
        make_actor(session, None, "Gaëlle Exemple", Role.OPERATOR),
    ]

    for actor in actors:
        person = enter(app, session, actor)
        assert person.browser.get(path_of(case_id)).status_code == 404
        assert person.post(f"{path_of(case_id)}/destroy").status_code == 404


def test_a_name_is_in_no_item_that_can_be_shared_and_answers_no_question():
    words = {each.value for each in Item} | {question.name for question in questions.QUESTIONS}

    assert not any("name" in word and word != "nickname" for word in words)


PAGES_WITHOUT_IT = ("", "/rights", "/rights/erase")


@ON_ONE_BACKEND
def test_a_name_shows_on_no_page_but_its_own_and_the_copy_for_the_person(app, session, house, case_id):
    keep_name(case_id, house)
    browser = enter(app, session, house.lead).browser
    shown = {
        rule.rule: browser.get(
            rule.rule.replace("<any(fr, en):language>", "en").replace("<uuid:case_id>", str(case_id))
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("cases.")
        and "GET" in rule.methods
        and rule.arguments <= {"language", "case_id"}
    }
    assert len(shown) > 8
    found = {rule.rpartition("/")[2] for rule, answer in shown.items() if NAME in answer.text}

    assert found == {"name", "copy", "copy.json"}


def test_a_name_that_is_destroyed_leaves_a_certificate_and_the_file(app, session, house, case_id):
    entry_id = keep_name(case_id, house)
    person = enter(app, session, house.worker)
    assert person.post(f"{path_of(case_id)}/destroy").status_code == 303
    cases_session().rollback()

    assert vault.find_entry(cases_session(), case_id) is None
    row = cases_session().scalars(sa.select(Certificate)).one()
    assert (row.kind, row.subject_id, row.reason) == (
        CertificateKind.VAULT,
        entry_id,
        DestructionReason.ASKED,
    )
    with pytest.raises(KeyDestroyedError):
        open_safe(entry_id)
    assert open_safe(case_id)


RULES = "/en/cases/rules"


def test_turning_names_off_asks_once_more_then_destroys_each_with_a_certificate(app, session, house, case_id):
    entries = [keep_name(case_id, house), keep_name(make_case(house), house)]
    other = make_house(session, "Autre Exemple")
    decide(other, keeps_legal_names=True)
    kept = keep_name(make_case(other), other)
    person = enter(app, session, house.lead)
    typed = {"case_months": "24", "privacy_contact": "", "version": "1"}

    first = person.post(RULES, **typed)
    assert first.status_code == 422
    assert "2 legal names" in first.text
    cases_session().rollback()
    assert read_rules(cases_session(), house.id).keeps_legal_names
    assert person.post(RULES, **typed, destroys="y").status_code == 303
    cases_session().rollback()

    assert read_rules(cases_session(), house.id) == Rules(version=2)
    assert cases_session().scalars(sa.select(VaultEntry.id)).all() == [kept]
    rows = cases_session().scalars(sa.select(Certificate)).all()
    assert {row.subject_id for row in rows} == set(entries)
    assert {row.reason for row in rows} == {DestructionReason.TURNED_OFF}
    for gone in entries:
        with pytest.raises(KeyDestroyedError):
            open_safe(gone)
    erasing.carry_out_soon()
    assert open_safe(kept)


def test_a_key_that_another_entry_had_seals_no_name(house, case_id):
    first = keep_name(case_id, house)
    stale = open_safe(first)
    with held_case(case_id, house.worker) as held:
        keeping.drop_name(held, DestructionReason.ASKED)
    second = keep_name(case_id, house, "Autre-Exemple")

    with pytest.raises(NameChangedError), held_case(case_id, house.worker) as held:
        vault.write_name(held, stale, LegalName("Perdu-Exemple", 1))
    assert (
        vault.read_name(vault.find_entry(cases_session(), case_id), open_safe(second)).text == "Autre-Exemple"
    )


def test_turning_names_off_takes_a_fresh_proof(app, session, house, case_id):
    keep_name(case_id, house)
    person = enter(app, session, house.lead)
    session.get_one(UserSession, person.session_id).confirmed_at = now() - timedelta(hours=1)
    session.commit()
    typed = {"case_months": "24", "privacy_contact": "", "version": "1", "destroys": "y"}

    assert person.post(RULES, **typed).status_code == 401
    cases_session().rollback()
    assert vault.find_entry(cases_session(), case_id) is not None
