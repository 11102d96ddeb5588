"""Signing in: two proofs, each once, and nothing in between."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
from flask.json.tag import TaggedJSONSerializer
from itsdangerous import URLSafeTimedSerializer

from referral.accounts import factors
from referral.accounts.models import Stage, User, UserSession
from referral.accounts.names import hash_token
from referral.accounts.recovery import draw_codes
from referral.accounts.sessions import find_sign_in
from referral.shared.clock import now
from referral.shared.database import writing
from tests.accounts.conftest import ANOTHER, PASSWORD, STEP, session_rows
from tests.conftest import ON_ONE_BACKEND

WRONG = "do not go together"


def test_a_right_password_leads_to_the_second_step_only(people, visit):
    person = people.lead()

    answer = visit.type_password(person.username)

    assert answer.location == "/en/account/sign-in/code"
    assert not visit.is_in()


def test_a_password_and_a_code_let_in(people, visit, clock):
    person = people.lead()
    visit.type_password(person.username)

    answer = visit.type_code(person.code(visit.app))

    assert answer.location == "/en/account/"
    assert visit.is_in()


def test_a_wrong_password_lets_nobody_on(people, visit):
    person = people.lead()

    answer = visit.type_password(person.username, ANOTHER)

    assert answer.status_code == 422
    assert visit.sid() is None


def test_a_name_that_nobody_has_hears_the_same_words(people, visit):
    person = people.lead()
    wrong = visit.type_password(person.username, ANOTHER)
    nobody = visit.type_password("personne.exemple", ANOTHER)

    assert WRONG in wrong.text
    assert (nobody.status_code, visible(nobody.text, "personne.exemple")) == (
        wrong.status_code,
        visible(wrong.text, person.username),
    )


def visible(page, name):
    """Return a page without what is of one request only."""
    body = page[page.index("<main") :].replace(name, "NAME")
    return [line for line in body.splitlines() if "csrf_token" not in line]


@pytest.mark.parametrize("name", ["camille.exemple", "personne.exemple", "partie.exemple", "é ü"])
def test_each_try_costs_one_check_of_a_password_whoever_is_named(people, visit, session, count_checks, name):
    people.lead()
    gone = people.worker("partie.exemple")
    people.change(gone, active=False)

    visit.type_password(name, ANOTHER)

    assert count_checks.count("verify_password") == 1


def test_the_first_name_that_nobody_has_costs_no_more_than_the_next(people, visit, count_checks):
    from referral.accounts import passwords  # noqa: PLC0415

    passwords._decoy.cache_clear()  # noqa: SLF001
    people.lead()
    visit.type_password("camille.exemple", ANOTHER)
    somebody = list(count_checks)
    count_checks.clear()
    passwords._decoy.cache_clear()  # noqa: SLF001

    visit.type_password("personne.exemple", ANOTHER)

    assert count_checks == somebody


def test_an_account_that_serves_no_more_hears_the_same_words(people, visit, session):
    person = people.lead()
    people.change(person, active=False)

    assert WRONG in visit.type_password(person.username).text


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/security",
        "/sessions",
        "/history",
        "/password",
        "/acting",
        "/factor",
        "/confirm",
        "/factor/application",
    ],
)
def test_before_the_second_proof_every_page_leads_to_the_sign_in(people, visit, path):
    visit.type_password(people.lead().username)

    answer = visit.get(path)

    assert answer.status_code == 303
    assert answer.location.startswith("/en/account/sign-in")


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "path",
    [
        "/stay",
        "/sessions/end-all",
        "/recovery-codes",
        "/factor/application/begin",
        "/passkeys",
        "/confirm/passkey",
    ],
)
def test_before_the_second_proof_no_form_does_anything(people, visit, session, path):
    person = people.lead()
    visit.type_password(person.username)

    answer = visit.post(path)

    assert answer.status_code == 303
    assert answer.location.startswith("/en/account/sign-in")
    assert len(session_rows(session, person)) == 1


def test_before_the_second_proof_no_passkey_can_be_made(people, visit):
    visit.type_password(people.lead().username)

    assert visit.post("/passkeys/new").status_code == 401


def test_a_code_serves_once(people, visit, open_browser):
    person = people.lead()
    code = person.code(visit.app)
    visit.type_password(person.username)
    visit.type_code(code)
    second = open_browser()
    second.type_password(person.username)

    answer = second.type_code(code)

    assert answer.status_code == 422
    assert not second.is_in()


def test_a_code_before_the_last_one_that_served_is_refused(people, visit, open_browser, clock):
    person = people.lead()
    earlier = person.code(visit.app)
    clock.shift(STEP)
    visit.enter(person)
    second = open_browser()
    second.type_password(person.username)

    assert second.type_code(earlier).status_code == 422


def test_a_code_of_two_minutes_ago_is_refused(people, visit, clock):
    person = people.lead()
    code = person.code(visit.app)
    clock.shift(4 * STEP)
    visit.type_password(person.username)

    assert visit.type_code(code).status_code == 422


def test_a_code_of_another_person_is_refused(people, visit):
    person, other = people.lead(), people.worker()
    visit.type_password(person.username)

    assert visit.type_code(other.code(visit.app)).status_code == 422


@pytest.fixture
def recovery(people, session):
    """Somebody with recovery codes."""
    person = people.lead()
    with writing(session):
        user = factors.find_user(session, person.id)
        codes = factors.make_recovery_codes(session, user, None, draw_codes())
    return person, codes


def test_a_recovery_code_stands_in_for_the_application(recovery, visit):
    person, codes = recovery
    visit.type_password(person.username)

    assert visit.type_code(codes[3]).status_code == 303
    assert visit.is_in()


@pytest.mark.parametrize("typed", [str.upper, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_recovery_code_may_be_typed_as_one_likes(recovery, visit, typed):
    person, codes = recovery
    visit.type_password(person.username)

    assert visit.type_code(typed(codes[0])).status_code == 303


def test_a_recovery_code_serves_once(recovery, visit, open_browser):
    person, codes = recovery
    visit.type_password(person.username)
    visit.type_code(codes[0])
    second = open_browser()
    second.type_password(person.username)

    assert second.type_code(codes[0]).status_code == 422
    assert second.type_code(codes[1]).status_code == 303


def test_recovery_codes_are_not_in_the_database_in_clear(recovery, session):
    person, codes = recovery

    kept = str(session.get_one(User, person.id).mf_recovery_codes)

    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_recovery_codes_are_kept_as_hashes_of_passwords(recovery, session):
    person, codes = recovery
    kept = session.get_one(User, person.id).mf_recovery_codes

    assert len(kept) == len(codes)
    assert all(each.partition(":")[2].startswith("$argon2id$") for each in kept)


@pytest.mark.parametrize("typed", ["abcd-abcd-abcd-abcd", "", "zz", "é" * 16])
def test_whatever_is_typed_instead_of_a_recovery_code_costs_one_check(recovery, visit, count_checks, typed):
    person, _ = recovery
    visit.type_password(person.username)
    visit.type_code("abcd-abcd-abcd-abcd")
    count_checks.clear()
    visit.type_code(typed or "x")

    assert count_checks == ["verify_password"]


def test_a_right_recovery_code_costs_as_many_checks_as_a_wrong_one(recovery, visit, count_checks):
    person, codes = recovery
    visit.type_password(person.username)
    visit.type_code("abcd-abcd-abcd-abcd")
    count_checks.clear()
    visit.type_code(codes[-1])

    assert count_checks == ["verify_password"]


def test_an_altered_secret_of_an_application_is_refused_and_recorded(people, visit, session, events):
    person = people.lead()
    code, sealed = person.code(visit.app), person.secret
    people.change(person, totp_secret=sealed[:60] + ("A" if sealed[60] != "A" else "B") + sealed[61:])
    visit.type_password(person.username)
    answer = visit.type_code(code)

    assert answer.status_code == 422
    assert ("refusal", "altered_secret", person.name) in events()


def test_an_altered_secret_that_was_not_yet_kept_begins_anew(people, browser_of, session):
    person = people.lead()
    browser = browser_of(person)
    browser.post("/factor/application/begin")
    (row,) = session_rows(session, person)
    with writing(session):
        row.waiting_secret = row.waiting_secret[::-1]

    assert browser.get("/factor/application").location == "/en/account/factor"


def test_new_recovery_codes_end_the_old_ones(recovery, browser_of, open_browser):
    person, codes = recovery
    page = browser_of(person).post("/recovery-codes").text
    second = open_browser()
    second.type_password(person.username)

    assert codes[0] not in page
    assert second.type_code(codes[0]).status_code == 422


def test_without_a_second_factor_only_choosing_one_is_possible(people, visit):
    person = people.lead(has_factor=False)

    answer = visit.type_password(person.username)

    assert answer.location == "/en/account/factor"
    assert visit.get("/factor").status_code == 200
    assert not visit.is_in()


def set_up(browser):
    """Set up an application, as its page says; return the last answer and the code that was typed."""
    from tests.accounts.conftest import code_of  # noqa: PLC0415

    browser.post("/factor/application/begin")
    with browser.app.app_context():
        from referral.shared.database import directory_session  # noqa: PLC0415

        row = (
            directory_session()
            .scalars(sa.select(UserSession).where(UserSession.token_hash == hash_token(browser.sid())))
            .one()
        )
        code = code_of(browser.app, row.waiting_secret)
    return browser.post("/factor/application", {"code": code}), code


def test_setting_up_an_application_lets_in_and_shows_recovery_codes(people, visit):
    visit.type_password(people.lead(has_factor=False).username)

    answer, _ = set_up(visit)

    assert answer.text.count('class="key"') == 8
    assert visit.is_in()


def test_the_code_that_set_up_an_application_does_not_sign_in(people, visit, open_browser):
    person = people.lead(has_factor=False)
    visit.type_password(person.username)
    _, code = set_up(visit)
    second = open_browser()
    second.type_password(person.username)

    assert second.type_code(code).status_code == 422


def test_whoever_had_only_the_password_cannot_add_a_factor_once_there_is_one(people, visit, open_browser):
    person = people.lead(has_factor=False)
    intruder = open_browser()
    intruder.type_password(person.username)
    visit.type_password(person.username)
    set_up(visit)

    answer = intruder.post("/factor/application/begin")

    assert answer.location.startswith("/en/account/sign-in")


def test_a_session_of_setting_up_serves_no_more_once_there_is_a_factor(people, visit):
    person = people.lead(has_factor=False)
    visit.type_password(person.username)
    people.change(person, totp_secret="of another session")

    assert visit.get("/factor").location == "/en/account/sign-in"


def test_of_two_who_set_up_a_first_factor_at_once_the_second_is_refused(people, visit, session):
    person = people.lead(has_factor=False)
    visit.type_password(person.username)
    waiting = find_sign_in(visit.sid(), now())
    people.change(person, totp_secret="of another session")

    with pytest.raises(factors.NoSecretWaitsError):
        factors.check_setup(session.get_one(User, person.id), waiting)


def test_a_wrong_first_code_sets_nothing_up(people, visit, session):
    person = people.lead(has_factor=False)
    visit.type_password(person.username)
    visit.post("/factor/application/begin")

    assert visit.post("/factor/application", {"code": "000000"}).status_code == 422
    assert session.get_one(User, person.id).totp_secret is None


def test_another_application_keeps_the_session_and_the_recovery_codes(recovery, browser_of):
    person, _codes = recovery
    browser = browser_of(person)
    browser.clock.shift(2 * STEP)

    answer, _ = set_up(browser)

    assert answer.location == "/en/account/security"
    assert browser.is_in()


def test_a_secret_that_was_not_drawn_sends_back_to_the_choice(people, browser_of):
    browser = browser_of(people.lead())

    assert browser.post("/factor/application", {"code": "123456"}).location == "/en/account/factor"


def test_each_step_gives_the_session_another_token(people, visit):
    person = people.lead()
    visit.get("/sign-in")
    visit.type_password(person.username)
    first = visit.sid()
    visit.type_code(person.code(visit.app))
    second = visit.sid()
    visit.confirm()

    assert len({first, second, visit.sid(), None}) == 4


def test_the_token_of_an_earlier_step_opens_nothing(people, visit, open_browser):
    person = people.lead()
    visit.type_password(person.username)
    planted = visit.cookie()
    visit.type_code(person.code(visit.app))
    intruder = open_browser()
    with intruder.client.session_transaction("/en/account/sign-in") as held:
        held.update(planted)

    assert not intruder.is_in()


def test_the_token_before_a_confirmation_opens_nothing(people, browser_of, open_browser):
    browser = browser_of(people.lead())
    stolen = browser.cookie()
    browser.confirm()
    intruder = open_browser()
    with intruder.client.session_transaction("/en/account/sign-in") as held:
        held.update(stolen)

    assert browser.is_in()
    assert not intruder.is_in()


def test_a_token_chosen_by_somebody_else_does_not_survive_signing_in(people, visit):
    with visit.client.session_transaction("/en/account/sign-in") as held:
        held["sid"] = "chosen-by-somebody-else"
    visit.type_password(people.lead().username)

    assert visit.sid() != "chosen-by-somebody-else"


def test_the_database_holds_only_the_hash_of_a_token(people, browser_of, session):
    person = people.lead()
    browser = browser_of(person)
    (row,) = session_rows(session, person)

    assert row.token_hash == hash_token(browser.sid())
    assert browser.sid() not in str(vars(row))


def test_signing_in_again_ends_the_session_before(people, browser_of, session):
    person = people.lead()
    browser = browser_of(person)

    browser.enter(person)

    assert [row.stage for row in session_rows(session, person)] == [Stage.OPEN]


def test_the_cookie_is_for_this_host_only_and_out_of_reach(people, visit):
    answer = visit.type_password(people.lead().username)

    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-relais=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }


@pytest.mark.parametrize(("digest", "is_read"), [("sha256", True), ("sha1", False)])
def test_the_cookie_is_signed_with_sha256_and_with_nothing_older(app, people, browser_of, digest, is_read):
    browser = browser_of(people.lead())
    signer = URLSafeTimedSerializer(
        app.secret_key,
        salt="cookie-session",
        serializer=TaggedJSONSerializer(),
        signer_kwargs={"key_derivation": "hmac", "digest_method": getattr(hashlib, digest)},
    )
    signed = signer.dumps(browser.cookie())
    stranger = app.test_client()
    stranger.set_cookie("__Host-relais", signed, secure=True, path="/")

    assert (stranger.get("/en/account/security").status_code == 200) is is_read


def test_the_token_of_a_form_is_signed_with_sha256(app, visit):
    token = visit.token()
    signer = URLSafeTimedSerializer(
        app.secret_key, salt="wtf-csrf-token", signer_kwargs={"digest_method": hashlib.sha256}
    )

    assert signer.loads(token) == visit.cookie()["csrf_token"]


def test_nobody_is_remembered(people, visit):
    person = people.lead()
    visit.type_password(person.username, remember="1", remember_me="y")

    answer = visit.type_code(person.code(visit.app), remember="1")

    assert not [
        each for each in answer.headers.getlist("Set-Cookie") if "Expires" in each or "Max-Age" in each
    ]
    assert "remember" not in visit.get("/sign-in").text.lower()


def test_pages_of_accounts_are_not_kept_by_browsers(people, browser_of):
    assert "no-store" in browser_of(people.lead()).get("/security").headers["Cache-Control"]


def test_signing_in_needs_the_token_of_the_form(people, visit):
    person = people.lead()

    answer = visit.client.post(
        "/en/account/sign-in", data={"username": person.username, "password": PASSWORD}
    )

    assert answer.status_code == 400
    assert visit.sid() is None


def test_a_password_that_was_changed_meanwhile_opens_nothing(people, visit, session, monkeypatch):
    from referral.accounts import entry  # noqa: PLC0415
    from tests.accounts.conftest import hash_of  # noqa: PLC0415

    person = people.lead()
    real = entry.check_password

    def change_after(*given):
        found = real(*given)
        people.change(person, password=hash_of(ANOTHER))
        return found

    monkeypatch.setattr(entry, "check_password", change_after)

    assert visit.type_password(person.username).status_code == 422
    assert not session_rows(session, person)
