from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.audit.models import CasesAuditEvent
from referral.intake.consents import withdraw
from referral.intake.models import Consent, PacketReading
from referral.intake.safe import open_safe
from referral.partners.link_secrets import CODE_TRIES
from referral.referrals import links, messages
from referral.referrals.models import Referral, ReferralEvent, ReferralLink, ReferralMessage, Via
from referral.referrals.moving import read_why
from referral.referrals.reasons import NotEligible, Reason
from referral.referrals.status import ReferralStatus
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import enter, held_case, make_case, make_house
from tests.intake.granting import ANSWERS
from tests.referrals.making import find, make_referral
from tests.referrals.sent import send_one

S = ReferralStatus
ADDRESS = re.compile(r"<code>\s*https?://[^/<]+(/(?:fr|en)/answer/[\w-]+)\s*</code>")
CODE = re.compile(r'class="link-code">\s*(\d{6})\s*<')
HIDDEN = re.compile(r'<input type="hidden"\s+name="(csrf_token|key)"\s+value="([^"]*)"')


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def referral_id(house, receiver, case_id):
    return send_one(house, receiver, case_id)


@pytest.fixture
def worker(app, session, client, house):
    return enter(app, session, house.worker)


@pytest.fixture
def link(worker, referral_id):
    """The address and the code of a link."""
    return make_link(worker, referral_id)


def make_link(worker, referral_id):
    page = worker.post(f"/fr/referrals/{referral_id}/link").text
    return ADDRESS.search(page)[1], CODE.search(page)[1]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def open_page(client, link):
    """Return the fields of the page that the code opened, and the page."""
    address, code = link
    first = dict(HIDDEN.findall(client.get(address).text))
    page = client.post(f"{address}/code", data={**first, "code": code})
    return dict(HIDDEN.findall(page.text)), page


def send(client, link, **given):
    fields, _ = open_page(client, link)
    return client.post(link[0], data={**fields, **given})


def stored():
    """Return all that a link could change."""
    cases_session().rollback()
    tables = (Referral, ReferralLink, ReferralEvent, ReferralMessage, PacketReading, CasesAuditEvent)
    return [cases_session().execute(sa.select(table.__table__)).all() for table in tables]


def last_event(referral_id):
    events = find(referral_id).events
    return events[-1]


def test_following_a_link_changes_nothing_and_names_nobody(client, link):
    before = stored()
    for _ in range(10):
        page = client.get(link[0])
    client.head(link[0])
    client.get(f"{link[0]}/code")

    assert page.status_code == 200
    assert stored() == before
    for name in ("Refuge Exemple", "Maison Exemple", "Merle"):
        assert name not in page.text


def test_the_code_opens_what_answering_needs_and_nothing_of_who_she_is(client, link, referral_id):
    _, page = open_page(client, link)

    assert page.status_code == 200
    assert "Maison Exemple" in page.text
    for secret in ("Merle", "514 555-0142", "Doit quitter", "Note Exemple"):
        assert secret not in page.text
    assert find(referral_id).status is S.RECEIVED
    assert last_event(referral_id).via is Via.LINK


def test_a_yes_is_taken_once(client, link, referral_id):
    fields, _ = open_page(client, link)
    answers = [client.post(link[0], data={**fields, "answer": "accept"}).status_code for _ in range(3)]

    assert answers == [200, 404, 404]
    assert find(referral_id).status is S.ACCEPTED
    assert [event.to_status for event in find(referral_id).events].count(S.ACCEPTED) == 1
    assert client.get(link[0]).status_code == 404


def test_a_no_keeps_its_reason(client, link, referral_id):
    send(client, link, answer="decline", reason="not-eligible", rule="pets", note="Chien Exemple")
    why = read_why(last_event(referral_id), open_safe(referral_id))

    assert find(referral_id).status is S.REJECTED
    assert (why.reason, why.sub, why.note) == (Reason.NOT_ELIGIBLE, NotEligible.PETS, "Chien Exemple")


def test_whoever_wishes_to_be_called_first_answers_after_and_says_it_once(client, link, referral_id):
    for _ in range(3):
        assert send(client, link, answer="call-me", note="Après le souper Exemple").status_code == 200
    said = messages.read_all(find(referral_id), open_safe(referral_id))
    assert [(each.via, each.text) for each in said] == [(Via.LINK, "Après le souper Exemple")]

    assert send(client, link, answer="accept").status_code == 200
    assert find(referral_id).status is S.ACCEPTED


def test_five_wrong_codes_end_a_link_also_for_the_right_one(client, link, referral_id):
    address, code = link
    fields = dict(HIDDEN.findall(client.get(address).text))
    tries = [
        client.post(f"{address}/code", data={**fields, "code": wrong(code)}).status_code
        for _ in range(CODE_TRIES)
    ]

    assert tries == [422] * (CODE_TRIES - 1) + [404]
    assert client.post(f"{address}/code", data={**fields, "code": code}).status_code == 404
    assert find(referral_id).status is S.REQUESTED


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "abcdef",
        "0" * 5000,
        "١٢٣٤٥٦",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ],
)
def test_odd_codes_open_nothing(client, link, typed):
    fields = dict(HIDDEN.findall(client.get(link[0]).text))
    assert client.post(f"{link[0]}/code", data={**fields, "code": typed}).status_code == 422


def test_a_forwarded_link_answers_nothing_without_the_code(client, link, referral_id):
    fields = dict(HIDDEN.findall(client.get(link[0]).text))
    for key in ("", "1.2", "9" * 30, "1764000000.abc", "²." + "0" * 64):
        answer = client.post(link[0], data={**fields, "answer": "accept", "key": key})
        assert answer.status_code == 422
    assert find(referral_id).status is S.REQUESTED


def test_the_key_of_one_link_opens_no_other(client, session, worker, house, link):
    other_id = send_one(house, make_house(session, "Gîte Exemple"), make_case(house, ANSWERS))
    fields, _ = open_page(client, make_link(worker, other_id))
    own = dict(HIDDEN.findall(client.get(link[0]).text))

    assert client.post(link[0], data={**fields, "answer": "accept"}).status_code == 400
    assert client.post(link[0], data={**fields, **own, "answer": "accept"}).status_code == 422


def test_forms_of_elsewhere_are_refused(client, link):
    assert client.post(f"{link[0]}/code", data={"code": link[1]}).status_code == 400
    assert client.post(link[0], data={"answer": "accept"}).status_code == 400


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"answer": "decline"},
        {"answer": "decline", "reason": "not-eligible"},
        {"answer": "x"},
        {"answer": "decline", "reason": "waitlist"},
    ],
)
def test_an_answer_that_is_not_whole_brings_back_what_was_typed(client, link, referral_id, given):
    page = send(client, link, note="Gardé Exemple", **given)

    assert page.status_code == 422
    assert "Gardé Exemple" in page.text
    assert find(referral_id).status is S.RECEIVED


def test_dead_links_all_say_the_same(client, worker, referral_id):
    first = make_link(worker, referral_id)
    second = make_link(worker, referral_id)
    fields, _ = open_page(client, second)
    client.post(second[0], data={**fields, "answer": "decline", "reason": "other"})
    pages = [
        client.get(address) for address in (first[0], second[0], "/fr/answer/jamais-fait", "/fr/answer/é")
    ]

    assert {page.status_code for page in pages} == {404}
    assert len({re.search(r"<main.*</main>", page.text, re.S)[0] for page in pages}) == 1


def test_withdrawing_the_consent_ends_the_link(client, house, case_id, referral_id, link):
    fields, _ = open_page(client, link)
    consent_id = find(referral_id).consent_id
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")

    assert client.get(link[0]).status_code == 404
    assert client.post(link[0], data={**fields, "answer": "accept"}).status_code == 404


def test_a_link_ends_after_a_week_or_with_the_consent(link, referral_id):
    token = link[0].rsplit("/", 1)[1]
    until = cases_session().scalars(sa.select(ReferralLink.expires_at)).one()

    assert abs(until - now() - timedelta(days=7)) < timedelta(minutes=5)
    assert links.find_link(cases_session(), token, until - timedelta(seconds=1)) is not None
    assert links.find_link(cases_session(), token, until) is None


def test_a_page_opened_by_the_code_stays_open_an_hour(link):
    row = cases_session().scalars(sa.select(ReferralLink)).one()
    key = links.make_key(row, now())

    assert links.holds_key(row, key, now() + timedelta(minutes=59))
    assert not links.holds_key(row, key, now() + timedelta(minutes=61))


def test_neither_the_token_nor_the_code_is_stored(link):
    row = cases_session().execute(sa.select(ReferralLink.__table__)).one()
    assert link[0].rsplit("/", 1)[1] not in str(row)
    assert link[1] not in str(row.code_hash)


def test_pages_of_links_are_kept_nowhere_and_set_no_cookie(client, link):
    _, opened = open_page(client, link)
    for page in (client.get(link[0]), opened, client.get("/fr/answer/jamais-fait")):
        assert page.headers["Cache-Control"] == "no-store"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert "Set-Cookie" not in page.headers


@pytest.mark.usefixtures("client")
def test_only_the_sender_makes_a_link(app, session, receiver, referral_id):
    stranger = make_house(session, "Maison Voisine Exemple")
    for actor in (receiver.worker, stranger.lead):
        answer = enter(app, session, actor).post(f"/fr/referrals/{referral_id}/link")
        assert answer.status_code == 404


@pytest.mark.parametrize("status", [S.DRAFT, S.ACCEPTED, S.CANCELLED])
def test_no_link_is_made_where_nobody_waits_for_an_answer(worker, house, receiver, case_id, status):
    referral_id = make_referral(case_id, house, receiver, status)
    assert worker.post(f"/fr/referrals/{referral_id}/link").status_code == 409


def test_what_is_written_in_between_is_not_undone_by_a_late_answer(client, link, referral_id):
    fields, _ = open_page(client, link)
    with writing(cases_session(), CASES) as session:
        session.get_one(Referral, referral_id).status = S.CANCELLED
    assert client.post(link[0], data={**fields, "answer": "accept"}).status_code == 404
    assert find(referral_id).status is S.CANCELLED
