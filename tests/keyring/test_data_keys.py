"""Keys of things: each opens its own, of its own organization, until it is destroyed."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from referral.intake.safe import make_safe, open_safe, open_safes, ring
from referral.keyring import services
from referral.keyring.folder import list_masters
from referral.keyring.models import DataKey, Kind, OrganizationKey
from referral.keyring.services import (
    AT_ONCE,
    KeyDestroyedError,
    NoMasterKeyError,
    Thing,
    destroy_data_key,
    make_data_key,
    open_data_key,
    open_data_keys,
    remove_retired,
    rotate_master,
)
from referral.shared.clock import now
from referral.shared.database import KEYS, close_sessions, keys_session, writing
from referral.shared.encryption import KEY_BYTES, SealBrokenError


def make(keys, kind=Kind.CASE, organization=None):
    thing = Thing(kind, uuid.uuid4(), organization or uuid.uuid4())
    with writing(keys_session(), KEYS):
        make_data_key(keys, thing, now())
    return thing


@pytest.mark.parametrize("kind", Kind)
def test_what_was_made_opens_again(keys, made, kind):
    thing = make(keys, kind)

    assert len(open_data_key(keys, thing.id)) == KEY_BYTES


def test_each_thing_has_a_key_of_its_own(keys, made):
    organization = uuid.uuid4()
    things = [make(keys, organization=organization) for _ in range(3)]

    assert len(set(open_data_keys(keys, [each.id for each in things]).values())) == 3


def test_an_organization_gets_one_key_however_many_things_it_has(keys, made):
    organization = uuid.uuid4()
    for _ in range(3):
        make(keys, organization=organization)

    assert keys_session().scalar(sa.select(sa.func.count()).select_from(OrganizationKey)) == 1


def test_no_key_is_in_the_store_as_it_is(keys, made):
    thing = make(keys)
    key = open_data_key(keys, thing.id)
    stored = [*keys_session().scalars(sa.select(DataKey.wrapped))]
    stored += keys_session().scalars(sa.select(OrganizationKey.wrapped))

    assert not [each for each in stored if key in each]


def test_without_a_master_key_none_is_made(keys):
    with pytest.raises(NoMasterKeyError):
        make(keys)


def test_a_destroyed_key_is_gone_and_told_apart(keys, made):
    thing = make(keys)
    with writing(keys_session(), KEYS) as session:
        assert destroy_data_key(session, thing.id)
    with pytest.raises(KeyDestroyedError):
        open_data_key(keys, thing.id)


def test_destroying_again_says_that_there_was_none(keys, made):
    with writing(keys_session(), KEYS) as session:
        assert not destroy_data_key(session, uuid.uuid4())


def test_destroying_one_leaves_the_others(keys, made):
    organization = uuid.uuid4()
    gone, kept = make(keys, organization=organization), make(keys, organization=organization)
    with writing(keys_session(), KEYS) as session:
        destroy_data_key(session, gone.id)

    assert set(open_data_keys(keys, [gone.id, kept.id])) == {kept.id}


def alter(statement):
    with writing(keys_session(), KEYS) as session:
        session.execute(statement)


def test_an_altered_key_does_not_open(keys, made):
    thing = make(keys)
    alter(sa.update(DataKey).values(wrapped=b"\x01" + bytes(60)))
    with pytest.raises(SealBrokenError):
        open_data_key(keys, thing.id)


def test_a_key_put_under_another_thing_does_not_open(keys, made):
    organization = uuid.uuid4()
    one, other = make(keys, organization=organization), make(keys, organization=organization)
    wrapped = keys_session().get_one(DataKey, one.id).wrapped
    alter(sa.update(DataKey).where(DataKey.id == other.id).values(wrapped=wrapped))
    with pytest.raises(SealBrokenError):
        open_data_key(keys, other.id)


def test_a_key_called_of_another_kind_does_not_open(keys, made):
    thing = make(keys, Kind.VAULT)
    alter(sa.update(DataKey).values(kind=Kind.CASE))
    with pytest.raises(SealBrokenError):
        open_data_key(keys, thing.id)


def test_a_key_given_to_another_organization_does_not_open(keys, made):
    mine, theirs = make(keys), make(keys)
    alter(sa.update(DataKey).where(DataKey.id == mine.id).values(organization_id=theirs.organization_id))
    with pytest.raises(SealBrokenError):
        open_data_key(keys, mine.id)


def test_the_key_of_an_organization_put_under_another_does_not_open(keys, made):
    mine, theirs = make(keys), make(keys)
    wrapped = keys_session().get_one(OrganizationKey, theirs.organization_id).wrapped
    mine_only = OrganizationKey.organization_id == mine.organization_id
    alter(sa.update(OrganizationKey).where(mine_only).values(wrapped=wrapped))
    with pytest.raises(SealBrokenError):
        open_data_key(keys, mine.id)


def test_more_than_one_statement_asks_for_open_all_at_once(keys, made):
    organizations = [uuid.uuid4() for _ in range(3)]
    things = [Thing(Kind.CASE, uuid.uuid4(), organizations[n % 3]) for n in range(AT_ONCE + 20)]
    with writing(keys_session(), KEYS):
        each = {thing.id: make_data_key(keys, thing, now()) for thing in things}

    assert open_data_keys(keys, list(each)) == each


def test_the_key_of_an_organization_is_opened_once_for_many_things(keys, made, monkeypatch):
    organization, read = uuid.uuid4(), []
    things = [make(keys, organization=organization).id for _ in range(5)]
    plain = services.read_master
    monkeypatch.setattr(services, "read_master", lambda *given: read.append(given) or plain(*given))
    open_data_keys(keys, things)

    assert len(read) == 1


AT_THE_SAME_TIME = 6


def test_several_who_make_the_first_key_of_an_organization_at_once_share_it(app, keys, made):
    organization, barrier = uuid.uuid4(), Barrier(AT_THE_SAME_TIME)

    def make_one(_number):
        with app.app_context():
            thing = Thing(Kind.CASE, uuid.uuid4(), organization)
            barrier.wait(20)
            safe = make_safe(thing, now())
            close_sessions()
            return safe

    with ThreadPoolExecutor(AT_THE_SAME_TIME) as pool:
        safes = list(pool.map(make_one, range(AT_THE_SAME_TIME)))

    assert {each.thing: each.key for each in safes} == {
        each.thing: open_safe(each.thing).key for each in safes
    }
    assert keys_session().scalar(sa.select(sa.func.count()).select_from(OrganizationKey)) == 1


def rotate_and_remove(app):
    """Rotate the master key and remove the old file, on connections of this thread's own."""
    with app.app_context():
        with writing(keys_session(), KEYS):
            rotate_master(ring(), now())
        with writing(keys_session(), KEYS):
            remove_retired(ring())
        close_sessions()


def test_the_first_key_of_an_organization_is_not_lost_to_a_rotation_in_its_middle(
    app, keys, made, monkeypatch
):
    rotation = Thread(target=rotate_and_remove, args=(app,))
    plain = services.seal

    def seal_late(*given):
        if threading.current_thread() is threading.main_thread() and not rotation.ident:
            rotation.start()
            rotation.join(1)  # it waits for us: it ends here only if nothing keeps it from it
        return plain(*given)

    monkeypatch.setattr(services, "seal", seal_late)
    safe = make_safe(Thing(Kind.CASE, uuid.uuid4(), uuid.uuid4()), now())
    rotation.join()

    assert open_safe(safe.thing).key == safe.key
    assert made.fingerprint not in list_masters(keys.folder)


def test_a_read_that_began_before_a_rotation_reads_anew(app, keys, made, monkeypatch):
    thing = make(keys)
    expected = open_data_key(keys, thing.id)
    keys_session().rollback()
    plain, rotated = services.read_master, []

    def rotate_first(*given):
        if not rotated:
            rotated.append(True)
            rotate_and_remove(app)
        return plain(*given)

    monkeypatch.setattr(services, "read_master", rotate_first)

    assert open_safes([thing.id])[thing.id].key == expected
