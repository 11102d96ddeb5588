"""Files of master keys: only their owner reads them, and each is what its name says."""

from __future__ import annotations

import base64
import stat

import pytest

from referral.keyring.folder import (
    Fault,
    MasterKeyError,
    list_masters,
    read_master,
    remove_master,
    write_master,
)
from referral.shared.encryption import fingerprint, make_key


@pytest.fixture
def kept(tmp_path):
    """A folder with one master key, and the key."""
    key = make_key()
    write_master(tmp_path / "masters", key)
    return tmp_path / "masters", key


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_comes_back_by_its_fingerprint(kept):
    folder, key = kept

    assert read_master(folder, fingerprint(key)) == key


def test_only_the_owner_can_enter_the_folder_or_read_a_key(kept):
    folder, _ = kept

    assert [mode(folder), *(mode(path) for path in folder.iterdir())] == [0o700, 0o600]


def test_nothing_half_written_is_left_beside(kept):
    folder, key = kept

    assert [path.name for path in folder.iterdir()] == [f"{fingerprint(key)}.key"]


@pytest.mark.parametrize("given", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used(kept, given):
    folder, key = kept
    (folder / f"{fingerprint(key)}.key").chmod(given)

    with pytest.raises(MasterKeyError) as refused:
        read_master(folder, fingerprint(key))
    assert refused.value.fault is Fault.EXPOSED


@pytest.mark.parametrize(
    "held",
    [b"", b"not base64 !", base64.b64encode(b"short"), base64.b64encode(make_key())],
    ids=["nothing", "another alphabet", "too short", "another key"],
)
def test_a_file_that_is_not_what_its_name_says_is_not_used(kept, held):
    folder, key = kept
    (folder / f"{fingerprint(key)}.key").write_bytes(held)

    with pytest.raises(MasterKeyError) as refused:
        read_master(folder, fingerprint(key))
    assert refused.value.fault is Fault.ANOTHER


def test_a_key_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(MasterKeyError) as refused:
        read_master(tmp_path, "ABCDEFGH")
    assert refused.value.fault is Fault.MISSING


def test_an_error_never_repeats_a_key(kept):
    folder, key = kept
    (folder / f"{fingerprint(key)}.key").chmod(0o644)

    with pytest.raises(MasterKeyError) as refused:
        read_master(folder, fingerprint(key))
    assert base64.b64encode(key).decode() not in str(refused.value)


def test_a_removed_key_is_overwritten_first(kept, monkeypatch):
    folder, key = kept
    path = folder / f"{fingerprint(key)}.key"
    length, seen = path.stat().st_size, []
    monkeypatch.setattr(type(path), "unlink", lambda self: seen.append(self.read_bytes()))
    remove_master(folder, fingerprint(key))

    assert seen == [b"\0" * length]


def test_a_removed_key_is_gone(kept):
    folder, key = kept
    remove_master(folder, fingerprint(key))

    assert list_masters(folder) == []


def test_there_is_no_key_where_there_is_no_folder(tmp_path):
    assert list_masters(tmp_path / "none") == []
