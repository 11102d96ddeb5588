"""Passwords: how they are kept, and which are refused."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.accounts import passwords
from referral.accounts.models import User
from referral.accounts.passwords import Weakness, WeakPasswordError
from tests.accounts.conftest import PASSWORD

ABOUT = ("Wilhelmine Exemplova", "wilhelmine.exemplova")


@pytest.fixture
def within(app):
    """Hold a context of the application, without its database."""
    with app.app_context():
        yield


def weakness_of(password, about=ABOUT):
    """Return why a password is refused, or None."""
    try:
        passwords.check_strength(password, about)
    except WeakPasswordError as error:
        return error.weakness
    return None


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        (PASSWORD, None),
        ("tq8#Zp2!mW", Weakness.SHORT),
        ("tq8#Zp2!mW5", Weakness.SHORT),
        ("tq8#Zp2!mW5k", None),
        ("bouleau lanterne archipel " * 4 + "moufle gris tisane gren", None),
        ("x" * 129, Weakness.LONG),
        ("password1234", Weakness.COMMON),
        ("motdepasse motdepasse", Weakness.GUESSABLE),
        ("aaaaaaaaaaaaaaaa", Weakness.GUESSABLE),
        ("relais quebec", Weakness.GUESSABLE),
        ("wilhelmine.exemplova", Weakness.GUESSABLE),
        ("Wilhelmine Exemplova", Weakness.GUESSABLE),
        ("exemplova1234", Weakness.GUESSABLE),
    ],
)
def test_which_passwords_are_refused(within, password, weakness):
    assert weakness_of(password) == weakness


@pytest.mark.parametrize("length", [12, 128])
def test_the_shortest_and_the_longest_are_taken(within, length):
    text = ("q7!ZpA# wm2-KdR vY9^tLs uX4*bNc eH6+jFg oI3=aQz" * 4)[:length]

    assert weakness_of(text) is None


def test_common_passwords_are_refused_whatever_their_letters(within):
    longest = max(passwords.common_passwords(), key=len)

    assert len(longest) >= 12
    assert weakness_of(longest.upper()) is Weakness.COMMON


def test_there_are_many_common_passwords(within):
    assert len(passwords.common_passwords()) > 10_000


def test_a_refusal_does_not_repeat_the_password(within):
    with pytest.raises(WeakPasswordError) as refused:
        passwords.check_strength("wilhelmine.exemplova", ABOUT)

    assert "wilhelmine" not in repr(refused.value)


def test_a_password_is_kept_as_a_hash_of_argon2id(people, session):
    people.lead()

    hashed = session.scalar(sa.select(User.password))
    assert hashed.startswith("$argon2id$v=19$")
    assert PASSWORD not in hashed


def test_two_hashes_of_one_password_differ(within):
    assert passwords.make_hash(PASSWORD) != passwords.make_hash(PASSWORD)


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("épinette bouleau mélèze", "e\u0301pinette bouleau me\u0301le\u0300ze"),
        ("ﬁgue bouleau lanterne", "figue bouleau lanterne"),
    ],
)
def test_a_password_is_the_same_from_any_keyboard(within, chosen, typed):
    assert passwords.matches(typed, passwords.make_hash(chosen))


@pytest.mark.parametrize(
    "typed", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD[:-1], PASSWORD.replace(" ", "")]
)
def test_no_other_text_is_that_password(within, typed):
    assert not passwords.matches(typed, passwords.make_hash(PASSWORD))


def test_spaces_that_were_pasted_stay(people, browser_of, open_browser):
    spaced = "  bouleau  lanterne archipel moufle "
    person = people.lead()
    browser_of(person).post("/password", {"current_password": PASSWORD, "new_password": spaced})

    assert open_browser().type_password(person.username, spaced.strip()).status_code == 422
    assert open_browser().type_password(person.username, spaced).status_code == 303


def test_nobodys_password_is_never_right(within):
    assert not passwords.matches("a decoy that no account has: 3f1c0d7e", None)


def test_the_end_of_a_long_password_counts(within):
    long = "bouleau lanterne archipel moufle " * 3 + "fin"

    assert not passwords.matches(long[:-1] + "x", passwords.make_hash(long))
