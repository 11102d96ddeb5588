"""Erasure: nothing of a file opens any more, also in a backup made before, with the keys that then remain."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from referral.audit.models import CASES_CHAIN, CasesAuditEvent
from referral.audit.services import current_key
from referral.audit.verification import verify
from referral.intake import erasing, holdings
from referral.intake.erasing import EMPTIED, Why, erase_case
from referral.intake.holdings import list_parts
from referral.intake.models import Case, Certificate, Disclosure
from referral.intake.safe import open_safe, open_safes
from referral.intake.vocabulary import CaseStatus, CertificateKind, DestructionReason
from referral.keyring.models import DataKey
from referral.keyring.services import KeyDestroyedError
from referral.shared.database import CASES, KEYS, CasesBase, cases_session, db, keys_session
from tests.conftest import empty_tables
from tests.intake.filing import enter, held_case, make_case, make_house
from tests.intake.test_holdings import PLANTED, fill

pytestmark = pytest.mark.usefixtures("client")
STAYS = {"file", "disclosures", "certificates"}


@pytest.fixture
def receiver(session):
    return make_house(session, "Refuge Exemple")


@pytest.fixture
def filled(house, receiver):
    return fill(house, receiver.id)


def erase(case_id, actor):
    """Erase a file as the view does."""
    with held_case(case_id, actor) as held:
        erase_case(held.session, held.case, Why(DestructionReason.ASKED, actor, held.at))
    erasing.carry_out_soon()


def begin_and_die(case_id, actor):
    """Erase a file and end before the commit."""
    with held_case(case_id, actor) as held:
        erase_case(held.session, held.case, Why(DestructionReason.ASKED, actor, held.at))
        raise KeyboardInterrupt


def things_of(case_id):
    """Return every identifier under which something of a file is sealed."""
    session = cases_session()
    return {
        part.key(row)
        for part in list_parts()
        if part.places
        for row in holdings.list_rows(session, part, case_id)
    }


def test_of_an_erased_file_a_row_that_tells_nothing_remains(house, filled):
    case_id, _words = filled
    code = cases_session().get_one(Case, case_id).code
    erase(case_id, house.lead)
    row = cases_session().get_one(Case, case_id)

    assert (row.status, row.code) == (CaseStatus.ERASED, code)
    assert row.erased_at is not None
    assert [name for name in EMPTIED if getattr(row, name) is not None] == []


def test_every_column_of_that_row_is_emptied_or_tells_nothing():
    harmless = {
        "id",
        "code",
        "organization_id",
        "status",
        "owner_id",
        "created_at",
        "updated_at",
        "erased_at",
        "version",
    }

    assert harmless | set(EMPTIED) == {column.name for column in Case.__table__.columns}


def test_every_other_row_of_the_file_is_gone_but_for_the_register(house, filled):
    case_id, _words = filled
    erase(case_id, house.lead)
    left = {part.name for part in list_parts() if list(holdings.list_rows(cases_session(), part, case_id))}

    assert left == STAYS


def test_no_key_of_the_file_remains_but_that_of_the_register(house, filled):
    case_id, _words = filled
    things = things_of(case_id)
    register = set(cases_session().scalars(sa.select(Disclosure.id).where(Disclosure.case_id == case_id)))
    assert set(open_safes(things)) == things
    erase(case_id, house.lead)

    assert set(open_safes(things)) == register
    with pytest.raises(KeyDestroyedError):
        open_safe(case_id)


def test_each_key_has_its_certificate_and_who_received_something_has_hers(house, receiver, filled):
    case_id, _words = filled
    erase(case_id, house.lead)
    rows = cases_session().scalars(sa.select(Certificate)).all()

    assert {(row.kind, row.organization_id) for row in rows} == {
        (CertificateKind.CASE, house.id),
        (CertificateKind.VAULT, house.id),
        (CertificateKind.PACKET, house.id),
        (CertificateKind.PACKET, receiver.id),
        (CertificateKind.REFERRAL, house.id),
        (CertificateKind.REFERRAL, receiver.id),
    }
    assert all(row.completed_at is not None for row in rows)
    told = {(r.code, r.requested_by, r.reason) for r in rows if r.organization_id == receiver.id}
    assert told == {(None, None, DestructionReason.RECALLED)}
    ours = {row.requested_by for row in rows if row.organization_id == house.id}
    assert ours == {house.lead.user_id}


def test_an_erasure_that_was_cut_short_before_its_keys_is_finished(house, filled):
    case_id, _words = filled
    with held_case(case_id, house.lead) as held:
        erase_case(held.session, held.case, Why(DestructionReason.ASKED, house.lead, held.at))
    assert open_safe(case_id)

    erasing.carry_out_soon()

    with pytest.raises(KeyDestroyedError):
        open_safe(case_id)


def test_an_erasure_that_was_cut_short_before_its_commit_leaves_the_file_whole(house, filled):
    case_id, words = filled
    with pytest.raises(KeyboardInterrupt):
        begin_and_die(case_id, house.lead)

    erasing.carry_out_soon()

    assert all(word in str(holdings.collect(cases_session(), case_id)) for word in words)


def test_the_audit_keeps_the_erasure_and_stays_whole(house, filled):
    case_id, _words = filled
    erase(case_id, house.lead)
    last = cases_session().scalars(sa.select(CasesAuditEvent).order_by(CasesAuditEvent.number.desc())).first()

    assert (last.action, last.target_id) == ("erasure", str(case_id))
    assert verify(cases_session(), current_key(), None, chain=CASES_CHAIN).is_whole


def test_another_file_stays_as_it_was(house, filled):
    other = make_case(house, {"nickname": "Merle-Exemple"})
    erase(filled[0], house.lead)

    assert "Merle-Exemple" in str(holdings.collect(cases_session(), other))


def dump():
    """Return every row of the case files, as a backup would hold them."""
    with db.engines[CASES].connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in CasesBase.metadata.sorted_tables
        }


def bring_back(backup):
    """Put a backup in the place of what is there, with whatever the database would refuse out of the way."""
    cases_session().close()
    empty_tables(db.engines[CASES], CasesBase, frozenset())
    with db.engines[CASES].begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in CasesBase.metadata.sorted_tables:
            for row in backup[table.name]:
                connection.execute(table.insert().values(row))


def test_nothing_of_a_backup_made_before_opens_with_the_keys_that_remain(house, filled):
    case_id, words = filled
    things, before = things_of(case_id), dump()
    register = set(cases_session().scalars(sa.select(Disclosure.id).where(Disclosure.case_id == case_id)))
    erase(case_id, house.lead)

    bring_back(before)

    assert cases_session().get_one(Case, case_id).status is CaseStatus.OPEN
    for thing in things - register:
        with pytest.raises(KeyDestroyedError):
            open_safe(thing)
    kept = {f"{PLANTED}-disclosure"}
    assert {word for word in words if word in str(holdings.collect(cases_session(), case_id))} == kept


def test_the_same_backup_opens_while_its_keys_are_there(house, filled):
    case_id, words = filled
    before = dump()
    bring_back(before)

    assert all(word in str(holdings.collect(cases_session(), case_id)) for word in words)


def bytes_on_disk():
    """Return all the bytes of the databases, journals included; where they are files."""
    found = b""
    for name in (CASES, KEYS):
        engine = db.engines[name]
        if engine.dialect.name == "sqlite":
            for path in sorted(Path(engine.url.database).parent.glob(Path(engine.url.database).name + "*")):
                found += path.read_bytes()
    return found


def wrapped_keys(things):
    with db.engines[KEYS].connect() as connection:
        return list(connection.scalars(sa.select(DataKey.wrapped).where(DataKey.id.in_(things))))


def test_no_planted_word_lies_in_the_files_of_the_databases_before_or_after(house, filled):
    case_id, words = filled
    before = bytes_on_disk()
    erase(case_id, house.lead)
    after = bytes_on_disk()

    assert [word for word in words if word.encode() in before + after] == []


def test_the_wrapped_keys_themselves_lie_in_no_file_any_more(house, filled):
    case_id, _words = filled
    register = set(cases_session().scalars(sa.select(Disclosure.id).where(Disclosure.case_id == case_id)))
    gone = wrapped_keys(things_of(case_id) - register)
    assert len(gone) == 4
    is_file = db.engines[KEYS].dialect.name == "sqlite"
    assert all(key in bytes_on_disk() for key in gone) is is_file
    erase(case_id, house.lead)
    for session in (cases_session(), keys_session()):
        session.close()
    empty_journals()

    assert not any(key in bytes_on_disk() for key in gone)


def empty_journals():
    """Have SQLite write its journal into the file, as it does by itself now and then."""
    for name in (CASES, KEYS):
        engine = db.engines[name]
        if engine.dialect.name == "sqlite":
            engine.dispose()
            with sqlite3.connect(engine.url.database) as file:
                file.execute("PRAGMA secure_delete = ON")
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            file.close()


def press(person, case_id, **fields):
    return person.post(f"/fr/cases/{case_id}/rights/erase", **fields)


def test_two_presses_and_the_code_destroy_a_file(app, session, house, filled):
    case_id, _words = filled
    code, person = cases_session().get_one(Case, case_id).code, enter(app, session, house.lead)
    first = press(person, case_id, code=code.lower())
    cases_session().rollback()
    assert first.status_code == 200
    assert cases_session().get_one(Case, case_id).status is CaseStatus.OPEN

    second = press(person, case_id, code=code, sure="1")
    cases_session().rollback()

    assert second.status_code == 303
    assert cases_session().get_one(Case, case_id).status is CaseStatus.ERASED
    assert person.browser.get(f"/fr/cases/{case_id}/rights").status_code == 404
    assert code in person.browser.get("/fr/cases/certificates").text


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "x" * 5000])
def test_another_code_destroys_nothing(app, session, house, filled, code):
    case_id, _words = filled
    answer = press(enter(app, session, house.lead), case_id, code=code, sure="1")
    cases_session().rollback()

    assert answer.status_code == 422
    assert cases_session().get_one(Case, case_id).status is CaseStatus.OPEN


def test_only_those_in_charge_destroy_a_file(app, session, house, filled):
    case_id, _words = filled
    code = cases_session().get_one(Case, case_id).code
    other = make_house(session, "Autre Exemple")
    for actor in (house.worker, house.deputy, other.lead, other.worker):
        person = enter(app, session, actor)
        assert person.browser.get(f"/fr/cases/{case_id}/rights/erase").status_code == 404
        assert press(person, case_id, code=code, sure="1").status_code == 404
    cases_session().rollback()

    assert cases_session().get_one(Case, case_id).status is CaseStatus.OPEN


def test_a_file_that_is_destroyed_is_not_destroyed_again(app, session, house, filled):
    case_id, _words = filled
    code, person = cases_session().get_one(Case, case_id).code, enter(app, session, house.lead)
    press(person, case_id, code=code, sure="1")

    assert press(person, case_id, code=code, sure="1").status_code == 404
    cases_session().rollback()
    kinds = cases_session().scalars(sa.select(Certificate.kind)).all()
    assert kinds.count(CertificateKind.CASE) == 1


def test_the_page_says_what_goes_and_what_stays(app, session, house, filled):
    case_id, _words = filled
    page = enter(app, session, house.lead).browser.get(f"/en/cases/{case_id}/rights/erase").text

    assert "One can still be read there" in page
    assert "What was communicated once without consent" in page
    assert "Her legal name" in page


def test_who_received_something_sees_that_it_is_gone_and_nothing_of_why_or_whose(
    app, session, house, receiver, filled
):
    case_id, _words = filled
    code = cases_session().get_one(Case, case_id).code
    erase(case_id, house.lead)
    page = enter(app, session, receiver.lead).browser.get("/en/cases/certificates").text

    assert "What was sent to another organization" in page
    assert code not in page
    assert "Chloé Exemple" not in page.partition("<main")[2].partition("<table")[2]
