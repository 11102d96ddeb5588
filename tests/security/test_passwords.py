"""Passwords as ASVS asks for them: any words, long ones too, none that everybody tries."""

from __future__ import annotations

import re

import pytest

from config import Config
from referral.accounts import passwords
from referral.accounts.models import User
from referral.accounts.passwords import CONTEXT, Weakness, WeakPasswordError, common_passwords
from referral.accounts.security import LONGEST_PASSWORD, SHORTEST_PASSWORD
from referral.app import create_app
from tests.conftest import AUDIT_KEY, SECRET_KEY
from tests.security.people import make_user, sign_in

GOOD = "trois bateaux mauves et un tambour"


@pytest.fixture
def inside(app):
    with app.app_context():
        yield


@pytest.fixture
def served(tmp_path):
    """An application as it is served, which takes its time over a password; tests' own does not."""
    config = Config(
        SECRET_KEY=SECRET_KEY,
        AUDIT_KEY=AUDIT_KEY,
        DIRECTORY_URL=f"sqlite:///{tmp_path}/served.db",
        EDITION_DIR=tmp_path,
        SEALING_DIR=tmp_path / "sealing",
    )
    with create_app(config).app_context():
        yield


def weakness(password, about=()):
    """Return why a password is refused, None where it is taken."""
    try:
        passwords.check_strength(password, about)
    except WeakPasswordError as error:
        return error.weakness
    return None


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "qzvxkwjmpfgh btnrl",
        "839201745620918374659",
        "ÉÈÀ çéà ùïö ñ ß œuvre ž",
        "🦔🌲🚲🧦🎻🥕🪁🧭🪣🧵🫖🪴🧶",
        GOOD + " " + "x9 Kq" * 12,
    ],
)
def test_any_composition_is_taken(inside, password):
    assert weakness(password) is None


def test_twelve_signs_at_least_and_more_than_sixty_four_may_be(inside):
    assert SHORTEST_PASSWORD == 12
    assert LONGEST_PASSWORD >= 64
    assert weakness("q7#vK2p!xZ9") is Weakness.SHORT


def test_what_leaks_hold_most_often_is_refused(inside):
    long_enough = [each for each in common_passwords() if len(each) >= SHORTEST_PASSWORD]

    assert len(common_passwords()) >= 3000
    assert long_enough
    assert {weakness(each) for each in long_enough[:40]} == {Weakness.COMMON}
    assert weakness(long_enough[0].upper()) is Weakness.COMMON


@pytest.mark.parametrize("word", CONTEXT)
def test_words_that_anyone_would_try_here_make_no_password(inside, word):
    assert weakness(f"{word}{word}2026") is not None


def test_ones_own_name_makes_no_password(inside):
    assert weakness("alexandrine.exemple1", ("Alexandrine Exemple", "alexandrine.exemple")) is not None


def test_a_password_is_looked_at_as_it_was_typed(inside):
    hashed = passwords.make_hash(GOOD)

    assert passwords.matches(GOOD, hashed)
    for other in (GOOD.upper(), GOOD + " ", " " + GOOD, GOOD[:-1], GOOD.replace(" ", "")):
        assert not passwords.matches(other, hashed)


def test_the_end_of_a_long_password_counts(inside):
    long = (GOOD * 5)[: LONGEST_PASSWORD - 1]
    hashed = passwords.make_hash(long + "a")

    assert not passwords.matches(long + "b", hashed)


def test_a_hash_is_argon2id_with_its_own_salt_and_enough_work(served):
    first, second = passwords.make_hash(GOOD), passwords.make_hash(GOOD)
    found = re.fullmatch(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[^$]{22,}\$[^$]{43,}", first)

    assert first != second
    assert found is not None
    memory, passes = int(found[1]), int(found[2])
    assert (memory >= 19 * 1024 and passes >= 2) or (memory >= 46 * 1024 and passes >= 1)


def test_nobody_has_an_account_before_she_was_invited(session):
    assert session.query(User).count() == 0


@pytest.mark.parametrize("page", ["sign-in", "password", "confirm"])
def test_a_password_is_hidden_while_typed_and_may_be_pasted_or_filled_in(app, client, session, page):
    person = sign_in(app, session, make_user(session))
    fields = re.findall(r"<input[^>]*password[^>]*>", person.browser.get(f"/fr/account/{page}").text)

    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert not re.search(r"onpaste|oncopy|readonly", field)


def test_no_question_and_no_hint_stands_in_for_a_password(app, client):
    for page in ("sign-in", "reset"):
        text = client.get(f"/en/account/{page}").text.lower()
        assert not re.search(r"secret question|hint|maiden|first pet|remember me", text)
