"""Passkeys: made by whoever proved who she is, signed once each, for this site only."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.accounts.models import Passkey, PasskeyChallenge, User
from referral.accounts.passkeys import MOST_PASSKEYS
from referral.accounts.rules import CHALLENGE, FRESH, IDLE
from tests.accounts.conftest import session_rows
from tests.accounts.device import PRESENT, Device
from tests.conftest import ON_ONE_BACKEND

SIGN_IN, CONFIRM = "/sign-in/passkey", "/confirm/passkey"


def add(browser, device, name="Téléphone exemple"):
    """Add a passkey to the account that a browser is signed in to."""
    options = browser.post("/passkeys/new").json
    return browser.post("/passkeys", {"credential": device.make(options), "name": name})


def use(browser, device, path=SIGN_IN, **fields):
    """Sign in, or confirm, with a passkey."""
    options = browser.post("/passkeys/challenge").json
    return browser.post(path, {"credential": device.sign(options), **fields})


@pytest.fixture
def person(people):
    """Somebody with an authenticator application."""
    return people.lead()


@pytest.fixture
def device(person, browser_of):
    """A device with a passkey of hers."""
    made = Device()
    add(browser_of(person), made)
    return made


def test_a_passkey_alone_lets_in(device, visit):
    assert use(visit, device).location == "/en/account/"
    assert visit.is_in()


def test_a_passkey_sets_up_a_first_second_step(people, visit):
    person = people.worker(has_factor=False)
    visit.type_password(person.username)

    assert add(visit, Device()).text.count('class="key"') == 8
    assert visit.is_in()


def test_adding_one_later_keeps_the_session_and_is_told(person, browser_of, letters):
    browser = browser_of(person)
    browser.post("/recovery-codes")
    add(browser, Device())

    assert browser.is_in()
    assert len(letters("factor_changed")) == 1


def test_a_passkey_gives_the_session_a_token_of_its_own(device, visit):
    visit.get("/sign-in")
    visit.post("/passkeys/challenge")
    before = visit.cookie()
    use(visit, device)

    assert visit.sid() not in before.values()


def test_a_challenge_is_answered_once(device, visit, open_browser):
    options = visit.post("/passkeys/challenge").json
    planted, answer = visit.cookie(), device.sign(options)
    visit.post(SIGN_IN, {"credential": answer})
    thief = open_browser()
    with thief.client.session_transaction("/en/account/sign-in") as held:
        held.update(planted)

    assert thief.post(SIGN_IN, {"credential": answer}).status_code == 422
    assert not thief.is_in()


def test_a_challenge_expires(device, visit, clock):
    options = visit.post("/passkeys/challenge").json
    clock.shift(CHALLENGE * 2)

    assert visit.post(SIGN_IN, {"credential": device.sign(options)}).status_code == 422


def test_a_challenge_of_another_browser_is_none(device, visit, open_browser):
    options = open_browser().post("/passkeys/challenge").json
    visit.post("/passkeys/challenge")

    assert visit.post(SIGN_IN, {"credential": device.sign(options)}).status_code == 422


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://attaque.example"},
        {"host": "attaque.example"},
        {"flags": PRESENT},
        {"id": b"a key that nobody has"},
    ],
)
def test_what_was_signed_for_another_site_or_without_the_person_is_refused(device, visit, bent):
    for name, value in bent.items():
        setattr(device, name, value)

    assert use(visit, device).status_code == 422
    assert not visit.is_in()


def test_the_signature_of_another_key_is_refused(device, visit):
    device.key = Device().key

    assert use(visit, device).status_code == 422


def test_a_count_that_goes_back_shows_a_copy(device, visit, open_browser):
    use(visit, device)
    use(visit, device)
    device.count = 0

    assert use(open_browser(), device).status_code == 422


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id": 1}', '{"id": "é"}', "x" * 20_000, '{"id": "AA"}']
)
def test_what_is_no_answer_breaks_nothing(visit, session, answer):
    visit.post("/passkeys/challenge")

    assert visit.post(SIGN_IN, {"credential": answer}).status_code in {400, 422}


def test_without_a_challenge_nobody_gets_in(device, visit):
    assert visit.post(SIGN_IN, {"credential": device.sign({"challenge": "AAAA"})}).status_code == 422


def test_an_account_that_was_ended_gets_in_by_no_passkey(person, people, device, visit):
    people.change(person, active=False)

    assert use(visit, device).status_code == 422


def test_a_passkey_is_a_fresh_proof(person, device, browser_of, clock):
    browser = browser_of(person)
    clock.shift(FRESH)
    before = browser.sid()

    assert use(browser, device, CONFIRM, next="/en/account/factor").location == "/en/account/factor"
    assert browser.get("/factor").status_code == 200
    assert browser.sid() != before


def test_the_passkey_of_another_is_no_fresh_proof(people, device, browser_of, clock):
    browser = browser_of(people.worker())
    clock.shift(FRESH)

    assert use(browser, device, CONFIRM).status_code == 422
    assert browser.get("/factor").status_code == 303


def test_a_device_has_one_passkey_here(person, device, browser_of, session):
    add(browser_of(person), device)

    assert session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == 1


def test_the_passkey_of_another_account_cannot_be_taken_over(people, device, browser_of, session, person):
    add(browser_of(people.worker()), device)

    assert session.scalars(sa.select(Passkey.user_id)).all() == [person.id]


def test_a_challenge_for_signing_in_makes_no_passkey(person, browser_of, session):
    browser = browser_of(person)
    options = browser.post("/passkeys/challenge").json
    browser.post("/passkeys", {"credential": Device().make(options), "name": "Exemple"})

    assert not session.scalars(sa.select(Passkey)).all()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u202eb"])
def test_a_passkey_needs_a_name_of_one_plain_line(person, browser_of, session, name):
    add(browser_of(person), Device(), name)

    assert not session.scalars(sa.select(Passkey)).all()


def test_there_are_not_more_than_a_few(person, browser_of, session):
    browser = browser_of(person)
    for _ in range(MOST_PASSKEYS + 1):
        add(browser, Device())

    assert session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == MOST_PASSKEYS


def test_one_of_two_second_steps_can_go_and_the_last_cannot(person, device, browser_of, session):
    browser = browser_of(person)
    (passkey,) = session.scalars(sa.select(Passkey.id))
    session.rollback()
    browser.post("/factor/application/remove")
    browser.post(f"/passkeys/{passkey}/remove")

    user = session.get_one(User, person.id)
    assert (user.totp_secret, [each.id for each in user.passkeys]) == (None, [passkey])


def test_a_passkey_that_was_removed_lets_nobody_in(person, device, browser_of, open_browser, session):
    (passkey,) = session.scalars(sa.select(Passkey.id))
    session.rollback()
    browser_of(person).post(f"/passkeys/{passkey}/remove")

    assert use(open_browser(), device).status_code == 422


def test_the_passkey_of_another_is_not_there_to_be_removed(people, device, browser_of, session):
    (passkey,) = session.scalars(sa.select(Passkey.id))
    session.rollback()

    assert browser_of(people.worker()).post(f"/passkeys/{passkey}/remove").status_code == 404
    assert session.scalars(sa.select(Passkey.id)).all() == [passkey]


def test_signing_in_with_a_passkey_ends_the_session_before(person, device, browser_of, session):
    browser = browser_of(person)
    known = {row.id for row in session_rows(session, person)}
    session.rollback()
    browser.clock.shift(IDLE)
    use(browser, device)

    left = {row.id for row in session_rows(session, person)}
    assert len(left) == len(known)


def test_a_challenge_is_forgotten_once_it_is_answered(device, visit, session):
    use(visit, device)

    session.rollback()
    assert not session.scalars(sa.select(PasskeyChallenge)).all()


def test_a_failed_passkey_is_recorded_in_nobodys_name(device, visit, events):
    device.host = "attaque.example"
    use(visit, device)

    assert events("sign_in_failed") == [("sign_in_failed", "account", None)]


@ON_ONE_BACKEND
@pytest.mark.parametrize("part", [1, 3, -1, -2, -3])
def test_a_key_without_one_of_its_parts_is_no_passkey(person, browser_of, session, part):
    answer = add(browser_of(person), Device(left_out=frozenset({part})))

    assert answer.location == "/en/account/security"
    assert session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == 0


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "answer", ['{"id":' + "[" * 8_000, '{"id":"YQ","x":' + "[" * 7_000 + "]" * 7_000 + "}"]
)
@pytest.mark.parametrize("path", [SIGN_IN, CONFIRM, "/passkeys"])
def test_an_answer_that_is_nested_too_deeply_is_refused(person, browser_of, path, answer):
    browser = browser_of(person)
    browser.post("/passkeys/new" if path == "/passkeys" else "/passkeys/challenge")

    assert browser.post(path, {"credential": answer, "name": "exemple"}).status_code in {303, 422}
