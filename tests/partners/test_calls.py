"""Calls of a round: the page, the tries, what came of it, and the code that is read aloud."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.catalogue.models import Service, Verification
from referral.catalogue.trust import Method, Trust
from referral.partners import calls, links, queue
from referral.partners.letters import SYSTEM
from referral.partners.queue import QueueKind, Viewer
from referral.partners.round_jobs import run
from referral.partners.round_models import Answered, Channel, Outcome, Purpose, Reason, Stage
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import build
from tests.partners.rounding import VETTER, Places
from tests.partners.test_links import make
from tests.partners.test_rounds import ago
from tests.security.people import make_user, sign_in

__all__ = ["build"]


@pytest.fixture
def places(session, build):
    return Places(session)


@pytest.fixture
def at(session):
    return now()


@pytest.fixture
def vetter(app, client, session):
    return sign_in(app, session, make_user(session, ((None, Role.VETTER),)))


def to_call(places, at, **columns):
    """Return a listing that is to be called, and the path of its call."""
    service = places.add(**{"assured": ago(at, 12), "email": None, **columns})
    run(at)
    return service, f"/en/vetting/calls/{places.round_of(service).id}"


def try_once(vetter, path, channel="phone", answered="no-answer"):
    return vetter.post(f"{path}/tries", channel=channel, answered=answered)


def conclude(vetter, path, outcome):
    return vetter.post(f"{path}/outcome", outcome=outcome)


def test_the_page_shows_the_number_large_and_what_to_say_in_both_languages(vetter, places, at):
    _, path = to_call(places, at, name="À appeler")

    page = vetter.browser.get(path).text

    assert 'class="phone phone--large"' in page
    assert "Hello, I am calling from Relais" in page
    assert "Bonjour, je vous appelle de Relais" in page


def test_each_try_is_kept_with_who_when_and_how(vetter, places, at):
    _, path = to_call(places, at)

    assert try_once(vetter, path, "text", "message-left").status_code == 303

    page = vetter.browser.get(path).text
    assert "Text message, Message left" in page
    assert "Alex Exemple" in page


@pytest.mark.parametrize("fields", [{}, {"channel": "phone"}, {"channel": "x", "answered": "reached"}])
def test_a_try_that_says_nothing_is_not_kept(vetter, places, at, fields):
    service, path = to_call(places, at)

    assert vetter.post(f"{path}/tries", **fields).status_code == 422
    assert places.round_of(service).attempts == []


def test_confirmed_by_telephone_is_verified_and_shown_at_once(vetter, client, places, at):
    service = places.add(trust=Trust.SOURCED)
    run(at)
    path = f"/en/vetting/calls/{places.round_of(service).id}"

    assert conclude(vetter, path, "confirmed").status_code == 303

    places.session.rollback()
    (step,) = places.session.scalars(sa.select(Verification).where(Verification.service_id == service.id))
    assert (step.method, step.to_trust, step.actor) == (Method.PHONE, Trust.VERIFIED, "Alex Exemple")
    assert "Confirmed on" in client.get(f"/en/services/{service.id}").text


def test_what_was_vetted_stays_so(vetter, places, at):
    service, path = to_call(places, at, trust=Trust.VETTED)

    conclude(vetter, path, "confirmed")

    places.session.rollback()
    assert places.session.get_one(Service, service.id).trust is Trust.VETTED


@pytest.mark.parametrize("outcome", ["closed", "no-listing"])
def test_whoever_closed_or_wants_no_listing_is_shown_no_more(vetter, client, places, at, outcome):
    service, path = to_call(places, at)
    other = places.add("Autre", assured=ago(at, 1))

    answer = conclude(vetter, path, outcome)

    assert answer.status_code == 303
    assert ("register" in answer.headers["Location"]) is (outcome == "no-listing")
    assert client.get(f"/en/services/{service.id}").status_code == 404
    assert client.get(f"/en/services/{other.id}").status_code == 200


def test_what_changed_is_typed_next_in_the_form_of_the_listing(vetter, places, at):
    service, path = to_call(places, at)

    answer = conclude(vetter, path, "changed")

    assert answer.headers["Location"] == f"/en/listings/services/{service.id}/edit"
    assert vetter.browser.get(answer.headers["Location"]).status_code == 200
    assert places.round_of(service).outcome is Outcome.CHANGED


def test_nobody_is_unreachable_before_three_tries_in_two_ways(vetter, places, at):
    service, path = to_call(places, at)
    for channel in ("phone", "phone", "phone"):
        try_once(vetter, path, channel)
        assert conclude(vetter, path, "unreachable").status_code == 422
    try_once(vetter, path, "mail")

    assert conclude(vetter, path, "unreachable").status_code == 303
    assert (places.stage_of(service), places.round_of(service).outcome) == (Stage.ENDED, Outcome.UNREACHABLE)


def test_whoever_cannot_be_reached_is_still_shown_as_it_was(vetter, places, at):
    service, path = to_call(places, at)
    for channel in ("phone", "phone", "text"):
        try_once(vetter, path, channel)
    conclude(vetter, path, "unreachable")

    places.session.rollback()
    found = places.session.get_one(Service, service.id)
    assert (found.trust, found.assured_date) == (Trust.VERIFIED, ago(at, 12))


def test_a_round_ends_once(vetter, places, at):
    service, path = to_call(places, at)
    conclude(vetter, path, "changed")

    assert conclude(vetter, path, "closed").status_code == 303
    assert try_once(vetter, path).status_code == 303
    row = places.round_of(service)
    assert (row.outcome, [each.answered for each in row.attempts]) == (Outcome.CHANGED, [Answered.REACHED])


def test_calling_about_a_listing_begins_a_round_or_takes_up_the_open_one(vetter, places, at):
    service = places.add(assured=ago(at, 1))
    first = vetter.post(f"/en/vetting/services/{service.id}/call").headers["Location"]

    assert vetter.post(f"/en/vetting/services/{service.id}/call").headers["Location"] == first
    assert places.round_of(service).reason is Reason.ASKED
    assert service.name.fr in vetter.browser.get("/en/vetting/calls").text


@pytest.fixture
def by_link(places, at):
    """A listing to call about, its call, and a link by which it can be changed."""
    service, path = to_call(places, at)
    page = make(places, service, Purpose.EDIT)
    places.session.rollback()
    link = links.find_link(places.session, page.rsplit("/", 1)[1], now())
    return service, path, page, f"{path}/links/{link.id}/code"


def code_in(answer):
    found = re.search(r"(\d{3}) (\d{3})</strong>", answer.text)
    return found and found[1] + found[2]


def test_no_code_is_given_before_somebody_answered_by_telephone(vetter, places, by_link):
    _, path, _, address = by_link
    assert vetter.post(address).status_code == 422
    for channel, answered in (("mail", "reached"), ("phone", "no-answer")):
        try_once(vetter, path, channel, answered)
        assert vetter.post(address).status_code == 422
    try_once(vetter, path, "phone", "reached")

    assert code_in(vetter.post(address))


def test_an_hour_after_the_answer_no_code_is_given(app, vetter, places, by_link):
    service, path, _, _ = by_link
    try_once(vetter, path, "phone", "reached")
    row = places.round_of(service)

    assert calls.was_reached(row, now())
    assert not calls.was_reached(row, now() + timedelta(hours=1, seconds=1))


def test_the_code_that_was_read_aloud_opens_the_form(app, vetter, places, by_link):
    service, path, page, address = by_link
    try_once(vetter, path, "phone", "reached")
    code = code_in(vetter.post(address))
    partner = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', partner.get(page).text)[1]

    answer = partner.post(f"{page}/code", data={"csrf_token": token, "code": code})

    assert answer.status_code == 200
    assert str(service.id) in answer.text


def test_the_code_is_shown_once_and_in_no_letter(vetter, places, by_link):
    _, path, _, address = by_link
    try_once(vetter, path, "phone", "reached")
    code = code_in(vetter.post(address))

    assert code not in vetter.browser.get(path).text.replace(" ", "")
    assert not any(code in letter for letter in places.letters())


def test_no_code_is_given_for_a_link_of_another_organization_or_purpose(vetter, places, at, by_link):
    service, path, _, _ = by_link
    try_once(vetter, path, "phone", "reached")
    other = places.add("Autre", email=None)
    with writing(places.session) as session:
        foreign, _ = links.make_link(session, other.organization_id, Purpose.EDIT, SYSTEM, at)
        confirming, _ = links.make_link(session, service.organization_id, Purpose.CONFIRM, SYSTEM, at)
        ids = [foreign.id, confirming.id]

    assert [vetter.post(f"{path}/links/{each}/code").status_code for each in ids] == [404, 404]


def test_a_link_is_sent_to_the_listed_address_and_to_no_other(vetter, places, at):
    _, path = to_call(places, at, email="accueil@exemple.example")
    vetter.post(f"{path}/link", email="voleur@exemple.example")

    (letter,) = places.letters("listing_edit")
    assert letter.startswith("To: accueil@exemple.example")


def pages(service_id, round_id):
    return (
        ("GET", "/en/vetting/calls"),
        ("GET", "/en/vetting/rounds"),
        ("GET", "/en/vetting/links"),
        ("GET", f"/en/vetting/calls/{round_id}"),
        ("POST", f"/en/vetting/calls/{round_id}/tries"),
        ("POST", f"/en/vetting/calls/{round_id}/outcome"),
        ("POST", f"/en/vetting/calls/{round_id}/link"),
        ("POST", f"/en/vetting/services/{service_id}/call"),
    )


@pytest.mark.parametrize("role", [Role.ORGANIZATION_LEAD, Role.PARTNER_EDITOR, Role.INTAKE_WORKER])
def test_the_pages_of_the_rounds_are_for_vetters(app, client, places, at, role):
    service, path = to_call(places, at)
    place = service.organization_id
    person = sign_in(app, places.session, make_user(places.session, ((place, role),)))

    for method, address in pages(service.id, path.rsplit("/", 1)[1]):
        data = {"csrf_token": person.token()} if method == "POST" else None
        assert person.browser.open(address, method=method, data=data).status_code == 404, address


def test_the_state_of_the_rounds_is_counted_by_region(vetter, places, at):
    places.add("Écrit", assured=ago(at, 12))
    _service, path = to_call(places, at, name="Appelé")
    run(at)

    page = vetter.browser.get("/en/vetting/rounds").text
    row = re.search(r"Montréal\s*</th>(.*?)</tr>", page, re.S)[1]
    assert re.findall(r"<td>(\d+)</td>", row) == ["1", "0", "1", "0", "0"]

    conclude(vetter, path, "confirmed")
    page = vetter.browser.get("/en/vetting/rounds").text
    assert re.findall(r"<td>(\d+)</td>", page.split("<tfoot>")[1]) == ["1", "0", "0", "1", "0"]


def test_what_happens_soon_is_shown_until_it_is_confirmed(vetter, places, at):
    service = places.add("Bientôt dernier", assured=ago(at, 15, 10))
    run(at)
    assert "Bientôt dernier" in vetter.browser.get("/en/vetting/rounds").text

    conclude(vetter, f"/en/vetting/calls/{places.round_of(service).id}", "confirmed")

    assert "Bientôt dernier" not in vetter.browser.get("/en/vetting/rounds").text


def test_the_queue_says_on_which_day_a_listing_moves_and_leads_to_its_call(app, places, at):
    service = places.add(assured=ago(at, 12))
    run(at)

    with app.test_request_context("/en/vetting/queue"):
        entries = queue.read_queue(places.session, Viewer(VETTER, at), QueueKind.OVERDUE).entries
        (line,) = [entry.line for entry in entries]
        assert "it will be ranked last on" in str(line.why)
    assert line.values == {"round_id": places.round_of(service).id}


def test_a_mail_attempt_is_a_way_of_its_own(places, at):
    service, _ = to_call(places, at)
    row = places.round_of(service)
    with writing(places.session) as session:
        calls.add_attempt(session, row, (Channel.MAIL, Answered.NO_ANSWER), VETTER, at)

    assert [each.channel for each in places.round_of(service).attempts] == [Channel.MAIL]
