from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.web.sealing import Sealer, UnreadableSealError

AT = datetime(2026, 11, 24, 23, tzinfo=UTC)
SOUGHT = {"q": ["hébergement ce soir"], "need": ["emergency_shelter"], "near": ["Laval"]}


@pytest.fixture
def sealer(tmp_path):
    return Sealer(tmp_path / "seals")


def test_what_was_sealed_is_read_again(sealer):
    assert sealer.open(sealer.seal(SOUGHT, AT)) == SOUGHT


def test_another_process_of_the_same_site_reads_it_too(sealer, tmp_path):
    assert Sealer(tmp_path / "seals").open(sealer.seal(SOUGHT, AT)) == SOUGHT


def test_another_site_reads_nothing(sealer, tmp_path):
    other = Sealer(tmp_path / "other")
    other.seal({}, AT)

    with pytest.raises(UnreadableSealError):
        other.open(sealer.seal(SOUGHT, AT))


def test_the_same_search_never_gives_the_same_letters(sealer):
    assert sealer.seal(SOUGHT, AT) != sealer.seal(SOUGHT, AT)


def test_short_searches_have_one_length(sealer):
    assert len({len(sealer.seal({"q": [words]}, AT)) for words in ("a", "refuge", "avocate à Laval")}) == 1


@given(st.integers(0, 200), st.integers(1, 255))
def test_an_altered_seal_opens_nothing(tmp_path_factory, position, change):
    sealer = Sealer(tmp_path_factory.getbasetemp() / "altered")
    seal = bytearray(sealer.seal(SOUGHT, AT).encode())
    before = bytes(seal)
    seal[position % (len(seal) - 1)] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[
        change % 64
    ]
    if bytes(seal) != before:
        with pytest.raises(UnreadableSealError):
            sealer.open(seal.decode())


@pytest.mark.parametrize("seal", ["", "a", "AAAA", "é" * 40, "A" * 100_000, "../../etc/passwd", "%00", "="])
def test_what_is_no_seal_opens_nothing(sealer, seal):
    with pytest.raises(UnreadableSealError):
        sealer.open(seal)


def test_a_seal_is_read_for_ninety_days_after_its_key_was_replaced(sealer):
    seal = sealer.seal(SOUGHT, AT)
    sealer.seal(SOUGHT, datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=89))

    assert sealer.open(seal) == SOUGHT


def test_a_seal_is_read_by_nobody_afterwards(sealer, tmp_path):
    seal = sealer.seal(SOUGHT, AT)
    sealer.seal(SOUGHT, datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=90))

    with pytest.raises(UnreadableSealError):
        sealer.open(seal)
    assert not (tmp_path / "seals" / "2026-11.key").exists()


def test_a_key_is_for_its_owner_alone(sealer, tmp_path):
    sealer.seal(SOUGHT, AT)

    assert (tmp_path / "seals" / "2026-11.key").stat().st_mode & 0o077 == 0
