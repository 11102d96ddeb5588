"""Making, rotating and recovering the master key: at every moment each thing can be read."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.keyring import services
from referral.keyring.folder import MasterKeyError, list_masters
from referral.keyring.models import Kind, MasterKey, OrganizationKey
from referral.keyring.services import (
    BrokenKeyError,
    MasterKeyExistsError,
    NoMasterKeyError,
    Thing,
    WrongCodeError,
    create_master,
    make_data_key,
    open_data_key,
    recover_master,
    remove_retired,
    rotate_master,
)
from referral.shared.clock import now
from referral.shared.database import KEYS, keys_session, writing
from referral.shared.encryption import NotACodeError, make_recovery_code


class Stopped(BaseException):  # stands for a process that was killed
    """The process ends here."""


@pytest.fixture
def thing(keys, made):
    """A thing with its key, of an organization."""
    return make(keys, uuid.uuid4())


def make(keys, organization):
    thing = Thing(Kind.CASE, uuid.uuid4(), organization)
    with writing(keys_session(), KEYS):
        return thing, make_data_key(keys, thing, now())


def rotate(keys, later=timedelta(0)):
    with writing(keys_session(), KEYS):
        return rotate_master(keys, now() + later)


def remove(keys):
    with writing(keys_session(), KEYS):
        return remove_retired(keys)


def reads(keys, thing):
    keys_session().rollback()
    return open_data_key(keys, thing[0].id) == thing[1]


def test_the_first_is_in_the_folder_and_known_to_the_store(keys, made):
    assert list_masters(keys.folder) == [made.fingerprint]
    assert keys_session().scalars(sa.select(MasterKey.fingerprint)).all() == [made.fingerprint]


def test_a_second_first_one_is_refused_and_leaves_no_file(keys, made):
    with pytest.raises(MasterKeyExistsError), writing(keys_session(), KEYS):
        create_master(keys, now())
    assert list_masters(keys.folder) == [made.fingerprint]


def test_the_code_is_not_shown_by_chance(made):
    assert made.code not in repr(made)


def test_nothing_is_rotated_where_there_is_none(keys):
    with pytest.raises(NoMasterKeyError):
        rotate(keys)


def test_rotated_every_organization_is_wrapped_by_the_new_one(keys, thing):
    make(keys, uuid.uuid4())
    new, count = rotate(keys)

    assert count == 2
    assert set(keys_session().scalars(sa.select(OrganizationKey.master))) == {new.fingerprint}


def test_rotated_and_the_old_file_gone_each_thing_is_read(keys, thing, made):
    new, _ = rotate(keys)

    assert remove(keys) == [made.fingerprint]
    assert list_masters(keys.folder) == [new.fingerprint]
    assert reads(keys, thing)


def test_rotating_twice_leaves_one_file_and_each_thing_readable(keys, thing):
    rotate(keys)
    newest, _ = rotate(keys, timedelta(seconds=1))
    remove(keys)

    assert list_masters(keys.folder) == [newest.fingerprint]
    assert reads(keys, thing)


STEPS = ("write_master", "read_master", "seal")


@pytest.mark.parametrize("step", STEPS)
def test_stopped_before_a_step_of_rotating_each_thing_is_read(keys, thing, monkeypatch, step):
    def stop(*_given):
        raise Stopped

    monkeypatch.setattr(services, step, stop)
    with pytest.raises(Stopped):
        rotate(keys)
    monkeypatch.undo()

    assert reads(keys_of(keys), thing)


@pytest.mark.parametrize("step", STEPS)
def test_stopped_after_a_step_of_rotating_each_thing_is_read(keys, thing, monkeypatch, step):
    done = getattr(services, step)

    def stop(*given):
        done(*given)
        raise Stopped

    monkeypatch.setattr(services, step, stop)
    with pytest.raises(Stopped):
        rotate(keys)
    monkeypatch.undo()

    assert reads(keys_of(keys), thing)


def keys_of(keys):
    """Return the ring as another process would make it."""
    return services.Ring(keys_session(), keys.folder)


def test_stopped_before_the_commit_the_old_key_stays_and_its_file_is_not_removed(
    app, keys, thing, made, monkeypatch
):
    def stop(*_given):
        raise Stopped

    monkeypatch.setattr(keys_session(), "commit", stop)
    with pytest.raises(Stopped):
        rotate(keys)
    monkeypatch.undo()
    monkeypatch.setitem(app.config, "MASTER_KEY_DIR", keys.folder)

    assert remove(keys) == []
    assert reads(keys, thing)
    assert keys_session().scalars(sa.select(OrganizationKey.master)).all() == [made.fingerprint]


def test_stopped_after_the_commit_the_next_one_removes_what_was_left(keys, thing, made):
    first, _ = rotate(keys)
    assert reads(keys, thing)
    rotate(keys, timedelta(seconds=1))

    assert remove(keys) == sorted([made.fingerprint, first.fingerprint])
    assert reads(keys, thing)


def test_a_file_that_the_store_does_not_know_is_left_where_it_is(keys, thing):
    other = services.write_master(keys.folder, services.make_key())

    assert remove(keys) == []
    assert other in list_masters(keys.folder)


def test_without_the_old_file_nothing_is_rotated_and_no_new_file_made(keys, thing, lose):
    lose()
    with pytest.raises(MasterKeyError):
        rotate(keys)

    assert list_masters(keys.folder) == []


def test_an_altered_key_of_an_organization_is_named_and_nothing_is_rotated(keys, thing, made):
    with writing(keys_session(), KEYS) as session:
        session.execute(sa.update(OrganizationKey).values(wrapped=b"\x01" + bytes(60)))
    with pytest.raises(BrokenKeyError) as broken:
        rotate(keys)

    assert broken.value.organization_id == thing[0].organization_id
    assert keys_session().scalars(sa.select(OrganizationKey.master)).all() == [made.fingerprint]


def test_the_code_brings_a_lost_file_back(keys, thing, made, lose):
    lose()

    assert recover_master(keys, made.code) == made.fingerprint
    assert reads(keys, thing)


def test_the_code_as_a_tired_person_types_it_is_the_same(keys, thing, made, lose):
    lose()
    recover_master(keys, made.code.lower().replace("-", "  "))

    assert reads(keys, thing)


def test_another_code_brings_nothing_back(keys, made, lose):
    lose()
    with pytest.raises(WrongCodeError):
        recover_master(keys, make_recovery_code())
    assert list_masters(keys.folder) == []


@pytest.mark.parametrize("typed", ["", "abc", "é" * 32, "AAAA-" * 7])
def test_what_cannot_be_a_code_is_told_apart(keys, made, typed):
    with pytest.raises(NotACodeError):
        recover_master(keys, typed)


def test_after_a_rotation_the_old_code_opens_nothing_and_the_new_one_does(keys, thing, made, lose):
    new, _ = rotate(keys)
    remove(keys)
    lose()
    with pytest.raises(WrongCodeError):
        recover_master(keys, made.code)
    recover_master(keys, new.code)

    assert reads(keys, thing)


def test_a_master_key_that_was_altered_in_the_store_is_not_brought_back(keys, made, lose):
    lose()
    with writing(keys_session(), KEYS) as session:
        session.execute(sa.update(MasterKey).values(wrapped=b"\x01" + bytes(60)))
    with pytest.raises(WrongCodeError):
        recover_master(keys, made.code)


def test_a_copy_under_the_name_of_another_is_not_brought_back(keys, made, lose):
    lose()
    with writing(keys_session(), KEYS) as session:
        session.execute(sa.update(MasterKey).values(fingerprint="ABCDEFGH"))
    with pytest.raises(WrongCodeError):
        recover_master(keys, made.code)
