from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from referral.mail.letters import (
    WAITS,
    LetterError,
    check_address,
    check_message,
    next_try,
    split_letter,
)
from tests.mail.post import invitation

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BREAKS = ["\n", "\r", "\r\n", "\0", "\x0b", "\x0c", "\x1b", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize(
    "address", ["camille@exemple.example", "c.e+relais@sous.exemple.example", "o'neil@exemple.example"]
)
def test_one_plain_address_is_taken(address):
    check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "camille",
        "camille@exemple",
        "@exemple.example",
        "a@b@exemple.example",
        "a@exemple.example, b@exemple.example",
        "a@exemple.example;b@exemple.example",
        "Camille <camille@exemple.example>",
        "camille@exemple.example\nBcc: autre@exemple.example",
        "camille@exemple.example\r\n",
        "camille@exemple.example\n",
        '"a b"@exemple.example',
        "camille@[127.0.0.1]",
        "camille@-exemple.example",
        "camille@exemple.example\u2028",
        "é@exemple.example",
        "a" * 300 + "@exemple.example",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address):
    with pytest.raises(LetterError):
        check_address(address)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_value_cannot_begin_a_line_of_its_own(broken):
    with pytest.raises(LetterError, match="organization"):
        check_message(invitation(organization=f"Maison{broken}Bcc: autre@exemple.example"))


@pytest.mark.parametrize("broken", BREAKS)
def test_a_subject_is_one_line(broken):
    if broken == "\n":
        broken = " \r"
    with pytest.raises(LetterError):
        split_letter("camille@exemple.example", f"Relais{broken}Bcc: x@exemple.example\nBonjour\n")


@pytest.mark.parametrize("kind", ["../base", "a/b", "", "Invitation", "a.b", "a" * 80])
def test_a_kind_names_no_path(kind):
    message = invitation()
    with pytest.raises(LetterError, match="kind"):
        check_message(type(message)(kind, message.to, "fr", "key"))


def test_a_refusal_never_repeats_what_it_refuses():
    with pytest.raises(LetterError) as refusal:
        check_address("camille exemple@exemple.example")

    assert "camille" not in str(refusal.value)


def test_the_first_line_is_the_subject():
    letter = split_letter("camille@exemple.example", "Relais : essai\n\nBonjour,\n\nVoilà.\n")

    assert (letter.subject, letter.body) == ("Relais : essai", "Bonjour,\n\nVoilà.\n")


def test_each_wait_is_longer_than_the_one_before_and_the_last_failure_ends_it():
    tries = [next_try(attempts, AT) for attempts in range(1, len(WAITS) + 2)]

    assert tries[0] == AT + timedelta(minutes=1)
    assert sorted(tries[:-1]) == tries[:-1]
    assert tries[-1] is None
