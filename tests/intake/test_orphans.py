"""Keys that open nothing are destroyed; the key of anything that is there never is."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from referral.intake import orphans
from referral.intake.erasing import Why, carry_out_soon, erase_case
from referral.intake.models import Consent, Disclosure, Incident, Packet, VaultEntry
from referral.intake.orphans import (
    FEW,
    StillReadError,
    TooManyOrphansError,
    clear_destroyed,
    destroy_counted,
    destroy_orphans,
)
from referral.intake.safe import destroy_safe, make_safe, open_safe, open_safes
from referral.intake.vocabulary import Basis, DestructionReason
from referral.keyring.models import DataKey, Kind
from referral.keyring.services import Thing
from referral.shared.clock import now
from referral.shared.database import CASES, KEYS, cases_session, db, keys_session, writing
from referral.shared.tick import list_jobs
from tests.intake.filing import held_case, make_case

LATER = timedelta(days=1, minutes=1)


def make(house, kind=Kind.CASE):
    return make_safe(Thing(kind, uuid.uuid4(), house.id), now()).thing


def kept():
    keys_session().rollback()
    return set(keys_session().scalars(sa.select(DataKey.id)))


@pytest.mark.parametrize("kind", Kind)
def test_a_key_older_than_a_day_that_opens_nothing_is_destroyed(house, kind):
    make(house, kind)
    destroy_orphans(now() + LATER)

    assert kept() == set()


@pytest.mark.parametrize("kind", Kind)
def test_a_young_one_is_left_since_its_thing_may_be_about_to_be_stored(house, kind):
    thing = make(house, kind)
    destroy_orphans(now() + timedelta(hours=23))

    assert kept() == {thing}


def store(row):
    with writing(cases_session(), CASES) as session:
        session.add(row)


def test_the_key_of_a_file_that_is_there_is_never_touched(house):
    case_id = make_case(house, {"nickname": "Étoile"})
    make(house)
    destroy_orphans(now() + timedelta(days=4000))

    assert kept() == {case_id}
    assert open_safe(case_id)


def test_the_key_of_a_legal_name_that_is_there_is_never_touched(house):
    case_id, entry = make_case(house), make(house, Kind.VAULT)
    user = house.worker.user_id
    store(VaultEntry(id=entry, case_id=case_id, sealed=b"x", changed_at=now(), changed_by=user))
    destroy_orphans(now() + LATER)

    assert kept() == {case_id, entry}


def test_the_key_of_what_was_sent_is_never_touched(house):
    case_id, packet, receiver = make_case(house), make(house, Kind.PACKET), uuid.uuid4()
    consent = Consent(
        id=uuid.uuid4(),
        case_id=case_id,
        reading_id=uuid.uuid4(),
        receiver_id=receiver,
        days=30,
        given_at=now(),
        expires_at=now() + timedelta(days=30),
        notice_version="1",
        taken_by=house.worker.user_id,
        sealed=b"x",
    )
    store(consent)
    with writing(cases_session(), CASES) as session:
        found = session.scalars(sa.select(Consent)).one()
        session.add(
            Packet(
                id=packet,
                case_id=case_id,
                consent_id=found.id,
                sender_id=house.id,
                receiver_id=receiver,
                sent_at=now(),
                sent_by=house.worker.user_id,
                expires_at=now() + timedelta(days=30),
            )
        )
    destroy_orphans(now() + LATER)

    assert kept() == {case_id, packet}


def test_the_key_of_what_was_communicated_without_consent_is_never_touched(house):
    case_id, thing = make_case(house), make(house, Kind.DISCLOSURE)
    store(
        Disclosure(
            id=thing,
            organization_id=house.id,
            case_id=case_id,
            basis=next(iter(Basis)),
            made_at=now(),
            author_id=house.worker.user_id,
            author_name="Alex Exemple",
            sealed=b"x",
        )
    )
    destroy_orphans(now() + LATER)

    assert kept() == {case_id, thing}


def test_the_key_of_an_incident_is_never_touched(house):
    thing = make(house, Kind.INCIDENT)
    store(
        Incident(
            id=thing,
            organization_id=house.id,
            learned_on=date(2026, 11, 1),
            sealed=b"x",
            created_at=now(),
            created_by=house.lead.user_id,
            changed_at=now(),
            keep_until=date(2031, 11, 1),
        )
    )
    destroy_orphans(now() + LATER)

    assert kept() == {thing}


def test_where_the_database_of_case_files_does_not_answer_no_key_is_destroyed(house, monkeypatch):
    things = {make(house), make_case(house)}

    def refuse(*_given):
        raise sa.exc.OperationalError("", {}, Exception("down"))

    monkeypatch.setattr(cases_session(), "scalars", refuse)
    with pytest.raises(sa.exc.OperationalError):
        destroy_orphans(now() + LATER)

    assert kept() == things


def test_another_database_in_the_place_of_the_case_files_destroys_no_key(house, monkeypatch):
    cases = {make_case(house) for _ in range(2)}
    monkeypatch.setattr(orphans, "FEW", 1)
    monkeypatch.setattr(orphans, "_find", lambda *_given: set())
    with pytest.raises(TooManyOrphansError):
        destroy_orphans(now() + LATER)

    assert kept() == cases


def test_more_than_cut_off_processes_leave_are_left_for_a_person(house):
    things = {make(house) for _ in range(FEW + 1)}
    with pytest.raises(TooManyOrphansError):
        destroy_orphans(now() + LATER)

    assert kept() == things


def test_a_person_destroys_them_by_their_number_and_by_no_other(house):
    for _ in range(3):
        make(house)

    assert destroy_counted(now() + LATER, 2) == 3
    assert len(kept()) == 3
    assert destroy_counted(now() + LATER, 3) == 3
    assert kept() == set()


@pytest.fixture
def brought_back(house):
    """Files that were destroyed, and whose keys came back with an older copy of the store."""
    gone = [make_case(house) for _ in range(2)]
    rows = keys_session().execute(sa.select(DataKey.__table__)).mappings().all()
    for case_id in gone:
        with held_case(case_id, house.worker) as held:
            erase_case(held.session, held.case, Why(DestructionReason.ASKED, house.lead, now()))
    carry_out_soon()
    assert kept() == set()
    with writing(keys_session(), KEYS) as session:
        session.execute(sa.insert(DataKey.__table__), [dict(row) for row in rows])
    return gone


def test_the_key_of_what_was_destroyed_that_a_backup_brings_back_is_destroyed_again(brought_back):
    destroy_orphans(now() + LATER)

    assert open_safes(brought_back) == {}


def test_however_many_a_backup_brings_back(brought_back, monkeypatch):
    monkeypatch.setattr(orphans, "FEW", 0)
    destroy_orphans(now() + LATER)

    assert kept() == set()


def test_the_scheduled_command_does_it_each_day(app, session):
    (job,) = [job for job in list_jobs() if job.run is destroy_orphans]

    assert job.every == timedelta(days=1)


def traces(wrapped):
    """Return the files of the store of keys that hold some bytes."""
    path = Path(db.engines[KEYS].url.database)
    return [each.name for each in path.parent.glob(f"{path.name}*") if wrapped in each.read_bytes()]


def test_a_destroyed_key_leaves_the_disk(house):
    thing = make(house)
    wrapped = keys_session().get_one(DataKey, thing).wrapped
    engine, asked = db.engines[KEYS], sa.text("SELECT pg_relation_filenode('data_key')")
    is_sqlite = engine.dialect.name == "sqlite"
    before = traces(wrapped) if is_sqlite else keys_session().scalar(asked)
    keys_session().rollback()
    destroy_safe(thing)
    clear_destroyed(now())

    if is_sqlite:
        assert before
        assert traces(wrapped) == []
    else:
        assert keys_session().scalar(asked) != before


def test_a_journal_that_could_not_be_emptied_is_tried_again(house, monkeypatch):
    monkeypatch.setattr(orphans, "clear_traces", lambda _engine: False)
    with pytest.raises(StillReadError):
        clear_destroyed(now())
