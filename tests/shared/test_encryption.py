from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.shared.encryption import (
    KEY_BYTES,
    NotACodeError,
    SealBrokenError,
    fingerprint,
    key_of_code,
    make_key,
    make_recovery_code,
    open_sealed,
    seal,
)
from tests import conftest

KEY = bytes(range(KEY_BYTES))
ABOUT = "case 1 need"


@given(st.binary(max_size=500), st.text(max_size=40))
def test_what_is_sealed_opens_again(plain, about):
    assert open_sealed(KEY, seal(KEY, plain, about), about) == plain


def test_the_same_text_sealed_twice_looks_different():
    assert seal(KEY, b"exemple", ABOUT) != seal(KEY, b"exemple", ABOUT)


def test_what_is_sealed_does_not_open_for_another_field():
    with pytest.raises(SealBrokenError):
        open_sealed(KEY, seal(KEY, b"exemple", ABOUT), "case 2 need")


def test_what_is_sealed_does_not_open_under_another_key():
    with pytest.raises(SealBrokenError):
        open_sealed(make_key(), seal(KEY, b"exemple", ABOUT), ABOUT)


@pytest.mark.parametrize("place", range(0, 42, 3))
def test_no_byte_can_be_altered(place):
    sealed = bytearray(seal(KEY, b"un exemple", ABOUT))
    sealed[place % len(sealed)] ^= 1
    with pytest.raises(SealBrokenError):
        open_sealed(KEY, bytes(sealed), ABOUT)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + b"x" * 40, b"\x01" + b"x" * 12])
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(SealBrokenError):
        open_sealed(KEY, sealed, ABOUT)


def test_nothing_of_the_text_is_in_what_is_sealed():
    assert b"exemple" not in seal(KEY, b"un exemple", ABOUT)


def test_a_recovery_code_gives_its_key_however_it_is_typed():
    code = make_recovery_code()
    typed = code.lower().replace("-", " ")

    assert key_of_code(typed, b"salt") == key_of_code(code, b"salt")


def test_letters_that_look_like_digits_are_forgiven():
    code = make_recovery_code()
    mistyped = code.replace("O", "0").replace("I", "1").replace("B", "8")

    assert key_of_code(mistyped, b"salt") == key_of_code(code, b"salt")


@pytest.mark.parametrize("text", ["", "abcd", "ABCD-EFGH", "é" * 32, "A" * 40])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(NotACodeError):
        key_of_code(text, b"salt")


def test_two_installations_make_other_keys_of_one_code():
    code = make_recovery_code()

    assert key_of_code(code, b"one") != key_of_code(code, b"other")


def test_a_fingerprint_tells_keys_apart():
    assert fingerprint(KEY) == fingerprint(KEY) != fingerprint(make_key())


def test_turning_a_code_into_a_key_costs_memory_and_time():
    assert conftest.REAL_COST >= 2**16
