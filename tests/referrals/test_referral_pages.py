from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import pytest

from referral.access.policy import Role
from referral.edition.reader import READER
from referral.intake.consents import withdraw
from referral.intake.models import Consent, Packet
from referral.intake.safe import open_safe
from referral.keyring.models import Kind
from referral.keyring.queries import list_made_before
from referral.referrals.messages import read_all
from referral.referrals.models import Referral
from referral.referrals.moving import Why
from referral.referrals.proposals import Way
from referral.referrals.reasons import Reason
from referral.referrals.status import ReferralStatus
from referral.shared.clock import QUEBEC, now
from referral.shared.database import cases_session, keys_session
from tests.intake.filing import enter, held_case, make_actor, make_case, make_house
from tests.intake.granting import ANSWERS, make_grant
from tests.intake.matches import EDITION, FAMILIES, MOTHER
from tests.referrals.making import find
from tests.referrals.sent import agree, answer, draft, send, send_one

S = ReferralStatus
WHY_DONE = Why(Reason.FULL)
NUMBER = "514 555-0142"
PET_WORDS = "Sorbier-Exemple-5512"


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def worker(app, session, client, house):
    return enter(app, session, house.worker)


@pytest.fixture
def reader(app, session, client, receiver):
    """Somebody of the organization that is asked."""
    return enter(app, session, receiver.worker)


@pytest.fixture
def referral_id(house, receiver, case_id):
    """One organization alone is asked."""
    return send_one(house, receiver, case_id)


def page(referral_id, *more):
    return "/".join((f"/fr/referrals/{referral_id}", *more))


def text_of(person, path):
    """Return a page as a browser shows its words."""
    return re.sub(r"\s+", " ", person.browser.get(path).text)


def version_of(person, referral_id):
    """Return the version that the page of a referral shows."""
    found = re.search(r'name="version"[^>]*value="(\d+)"', person.browser.get(page(referral_id)).text)
    assert found is not None
    return found[1]


def say(person, referral_id, wanted, where="answer", **more):
    """Press a button of the page of a referral."""
    fields = {"wanted": wanted, "version": version_of(person, referral_id), **more}
    return person.post(page(referral_id, where), **fields)


def ask(person, case_id, consent_id, **more):
    """Fill in the page that asks."""
    fields = {"need": "shelter", "urgency": "u3", "recipients": str(consent_id), "do": "send", **more}
    return person.post(f"/fr/referrals/new/{case_id}", **fields)


def sent():
    cases_session().rollback()
    return cases_session().query(Referral).all()


def test_a_worker_asks_and_the_referral_is_sent(worker, house, receiver, case_id):
    answered = ask(worker, case_id, agree(house, receiver, case_id))
    assert answered.status_code == HTTPStatus.SEE_OTHER
    assert [(each.receiver_id, each.status) for each in sent()] == [(receiver.id, S.REQUESTED)]


def test_before_sending_both_stages_are_seen(worker, house, receiver, case_id):
    shown = ask(worker, case_id, agree(house, receiver, case_id), do="look").text
    assert NUMBER in shown
    assert sent() == []


def test_pressing_twice_asks_once(worker, house, receiver, case_id):
    consent_id = agree(house, receiver, case_id)
    form = worker.browser.get(f"/fr/referrals/new/{case_id}").text
    entry = re.search(r'name="entry"[^>]*value="([^"]+)"', form)[1]
    first, second = (ask(worker, case_id, consent_id, entry=entry) for _ in range(2))
    assert first.location == second.location
    assert len(sent()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"need": "health"},
        {"need": ""},
        {"urgency": "u9"},
        {"recipients": ""},
        {"recipients": "nobody"},
        {"need": "a" * 10_000},
    ],
)
def test_what_cannot_be_asked_is_shown_again(worker, house, receiver, case_id, wrong):
    answered = ask(worker, case_id, agree(house, receiver, case_id), **wrong)
    assert answered.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sent() == []


def test_an_urgent_one_waits_for_the_call(worker, house, receiver, case_id):
    place = ask(worker, case_id, agree(house, receiver, case_id), urgency="u1").location
    assert "911" in worker.browser.get(place).text
    worker.post(f"{place}/send")
    assert sent()[0].status is S.DRAFT
    worker.post(f"{place}/calls", answered="no-answer", call_note="")
    worker.post(f"{place}/send")
    assert sent()[0].status is S.REQUESTED


def test_nothing_of_the_second_stage_is_on_the_pages_of_the_receiver_before_it_accepts(
    reader, receiver, referral_id
):
    stored = find(referral_id)
    places = [page(referral_id), "/fr/cases/received", f"/fr/cases/received/{stored.private_packet_id}"]
    shown = "".join(reader.browser.get(each, follow_redirects=True).text for each in places)
    assert ANSWERS["nickname"] not in shown
    assert NUMBER not in shown
    assert say(reader, referral_id, "accepted").status_code == HTTPStatus.SEE_OTHER
    assert NUMBER in reader.browser.get(page(referral_id)).text


@pytest.mark.parametrize("stage", ["public_packet_id", "private_packet_id"])
def test_what_goes_with_a_referral_is_read_on_its_page_alone(reader, referral_id, stage):
    packet_id = getattr(find(referral_id), stage)
    answered = reader.browser.get(f"/fr/cases/received/{packet_id}")
    assert (answered.status_code, answered.location) == (HTTPStatus.SEE_OTHER, page(referral_id))


def test_the_first_look_says_that_it_was_received_and_the_senders_does_not(reader, worker, referral_id):
    worker.browser.get(page(referral_id))
    assert find(referral_id).status is S.REQUESTED
    reader.browser.get(page(referral_id))
    assert find(referral_id).status is S.RECEIVED


def test_of_several_the_receiver_that_accepted_reads_nothing_until_she_chose(  # noqa: PLR0917
    session, reader, worker, house, receiver, case_id
):
    other = make_house(session, "Auberge Exemple")
    one, two = draft(house, case_id, [agree(house, each, case_id) for each in (receiver, other)])
    for each in (one, two):
        send(house, each)
    say(reader, one, "accepted")
    assert NUMBER not in reader.browser.get(page(one)).text
    assert "Auberge Exemple" not in reader.browser.get(page(one)).text
    worker.post(page(one, "choose"), version=version_of(worker, one))
    assert NUMBER in reader.browser.get(page(one)).text
    assert find(two).status is S.CANCELLED


def test_declining_for_want_of_room_offers_to_say_so_for_tonight(session, app, client, receiver, referral_id):
    both = make_actor(session, receiver.id, "Dominique Exemple", Role.ORGANIZATION_LEAD)
    lead = enter(app, session, both)
    say(lead, referral_id, "rejected", reason="no-capacity")
    assert "/fr/listings/room" in lead.browser.get(page(referral_id)).text


def test_declining_by_a_rule_says_which(reader, referral_id):
    answered = say(reader, referral_id, "rejected", reason="not-eligible", note=PET_WORDS)
    assert answered.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert PET_WORDS in answered.text
    say(reader, referral_id, "rejected", reason="not-eligible", sub="pets", note=PET_WORDS)
    assert find(referral_id).status is S.REJECTED


@pytest.mark.parametrize("wanted", ["rejected", "on-hold"])
def test_a_reason_is_asked_for(reader, referral_id, wanted):
    assert say(reader, referral_id, wanted).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert find(referral_id).status is S.RECEIVED


def test_two_who_answer_at_once_are_told_and_nothing_is_lost(reader, app, session, receiver, referral_id):
    colleague = enter(app, session, receiver.deputy)
    reader.browser.get(page(referral_id))
    version = version_of(reader, referral_id)
    colleague.post(page(referral_id, "answer"), wanted="accepted", version=version)
    late = reader.post(
        page(referral_id, "answer"), wanted="rejected", version=version, reason="no-capacity", note=PET_WORDS
    )
    assert late.status_code == HTTPStatus.CONFLICT
    assert PET_WORDS in late.text
    assert find(referral_id).status is S.ACCEPTED


@pytest.mark.parametrize("version", ["", "0", "-1", "1.5", "9" * 400, "²"])
def test_an_odd_version_is_one_that_was_not_shown(reader, referral_id, version):
    reader.browser.get(page(referral_id))
    answered = reader.post(page(referral_id, "answer"), wanted="accepted", version=version)
    assert answered.status_code == HTTPStatus.CONFLICT


@pytest.mark.parametrize("wanted", ["", "requested", "cancelled", "entered-in-error", "none"])
def test_the_receiver_moves_it_only_where_it_may(reader, referral_id, wanted):
    answered = say(reader, referral_id, wanted, reason="recalled")
    assert answered.status_code in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert find(referral_id).status is S.RECEIVED


def test_the_sender_calls_it_off_and_the_receiver_reads_nothing_more(worker, reader, referral_id):
    say(reader, referral_id, "accepted")
    say(worker, referral_id, "cancelled", "cancel", reason="person-declined")
    assert NUMBER not in reader.browser.get(page(referral_id)).text
    assert find(referral_id).status is S.CANCELLED


def test_a_withdrawal_closes_it_while_the_receiver_has_it_open(reader, house, case_id, referral_id):
    say(reader, referral_id, "accepted")
    consent_id = find(referral_id).consent_id
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")
    shown = reader.browser.get(page(referral_id)).text
    assert NUMBER not in shown
    assert "consent" in shown


@pytest.mark.parametrize("side", ["worker", "reader"])
def test_either_side_writes_and_both_read(request, worker, reader, referral_id, side):
    request.getfixturevalue(side).post(page(referral_id, "messages"), text=PET_WORDS)
    assert all(PET_WORDS in person.browser.get(page(referral_id)).text for person in (worker, reader))


def test_an_empty_message_is_asked_for_again(worker, referral_id):
    answered = worker.post(page(referral_id, "messages"), text=" ")
    assert answered.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def propose(reader, referral_id, on):
    """Propose a call of three."""
    local = on.astimezone(QUEBEC)
    fields = {"way": "three-way", "on_day": f"{local:%Y-%m-%d}", "at_time": f"{local:%H:%M}", "way_text": ""}
    return reader.post(page(referral_id, "ways"), **fields)


def ways_of(referral_id):
    return [
        each.proposal.way for each in read_all(find(referral_id), open_safe(referral_id)) if each.proposal
    ]


def test_a_call_of_three_is_proposed_and_agreed_to(worker, reader, referral_id):
    propose(reader, referral_id, now() + timedelta(days=1))
    worker.post(page(referral_id, "confirm"))
    assert ways_of(referral_id) == [Way.THREE_WAY, Way.CONFIRMED]


def test_a_call_of_three_is_not_agreed_to_against_her_own_rule(session, app, client, house, receiver):
    rule = {"channel": "none"}
    referral_id = send_one(house, receiver, make_case(house, {**ANSWERS, "safe_contact": rule}))
    propose(enter(app, session, receiver.worker), referral_id, now() + timedelta(days=1))
    answered = enter(app, session, house.worker).post(page(referral_id, "confirm"))
    assert answered.status_code == HTTPStatus.CONFLICT
    assert ways_of(referral_id) == [Way.THREE_WAY]


@pytest.mark.parametrize("on", [timedelta(days=-1), timedelta(days=60)])
def test_a_call_of_three_is_soon_and_to_come(reader, referral_id, on):
    assert propose(reader, referral_id, now() + on).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ways_of(referral_id) == []


@pytest.mark.parametrize("way", ["she-calls", "call-me"])
def test_other_ways_to_speak_need_no_hour(reader, referral_id, way):
    reader.post(page(referral_id, "ways"), way=way)
    assert ways_of(referral_id) == [Way(way)]


POSTS = ["send", "answer", "advance", "cancel", "correct", "messages", "calls", "ways", "choose", "confirm"]


@pytest.mark.parametrize("where", ["", *POSTS])
@pytest.mark.parametrize(
    "role",
    [Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER, Role.INTAKE_WORKER],
    ids=["editor", "officer", "stranger"],
)
def test_who_has_no_part_in_it_finds_nothing(app, session, client, house, referral_id, role, where):  # noqa: PLR0917
    place = make_house(session, "Ailleurs Exemple").id if role is Role.INTAKE_WORKER else house.id
    person = enter(app, session, make_actor(session, place, "Fabrice Exemple", role))
    answered = person.post(page(referral_id, where)) if where else person.browser.get(page(referral_id))
    assert answered.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("where", ["answer", "advance", "ways"])
def test_the_sender_does_not_answer_for_the_receiver(worker, referral_id, where):
    assert worker.post(page(referral_id, where), wanted="accepted").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("where", ["send", "cancel", "calls", "choose", "confirm"])
def test_the_receiver_does_not_act_for_the_sender(reader, referral_id, where):
    assert reader.post(page(referral_id, where)).status_code == HTTPStatus.NOT_FOUND


def test_a_draft_is_not_there_for_whom_it_would_ask(reader, house, receiver, case_id):
    (referral_id,) = draft(house, case_id, [agree(house, receiver, case_id)])
    assert reader.browser.get(page(referral_id)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("who", ["house", "receiver"])
def test_a_lead_of_either_side_strikes_it_out_and_a_worker_does_not(  # noqa: PLR0917
    request, app, session, client, worker, referral_id, who
):
    assert worker.post(page(referral_id, "correct"), version="1").status_code == HTTPStatus.NOT_FOUND
    lead = enter(app, session, request.getfixturevalue(who).lead)
    lead.post(page(referral_id, "correct"), version=version_of(lead, referral_id), strike_note="")
    assert find(referral_id).status is S.ENTERED_IN_ERROR


@pytest.mark.parametrize("status", [S.ACCEPTED, S.IN_PROGRESS, S.COMPLETED])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_of_both_sides_say_nothing_of_her_in_their_title(  # noqa: PLR0917
    worker, reader, receiver, referral_id, status, language
):
    for each in (S.ACCEPTED, S.IN_PROGRESS, S.COMPLETED):
        why = {"why": WHY_DONE} if each is S.COMPLETED else {}
        answer(receiver, referral_id, each, **why)
        if each is status:
            break
    titles = [
        re.search(
            "<title>(.*?)</title>", each.browser.get(f"/{language}/referrals/{referral_id}").text, re.S
        )[1]
        for each in (worker, reader)
    ]
    assert not [title for title in titles if "Exemple" in title]


def keys_of(*kinds):
    """Return how many keys of some kinds there are."""
    kept = list_made_before(keys_session(), now())
    keys_session().rollback()
    return sum(kind in kinds for kind in kept.values())


def test_no_key_is_left_of_what_was_not_sent(session, worker, house, receiver, case_id):
    other = make_house(session, "Auberge Exemple")
    both = [agree(house, each, case_id) for each in (receiver, other)]
    fields = {"need": "shelter", "urgency": "u3", "recipients": [str(each) for each in both], "do": "send"}
    worker.post(f"/fr/referrals/new/{case_id}", **fields)
    stored = cases_session().query(Packet).count()
    assert (stored, keys_of(Kind.PACKET), keys_of(Kind.REFERRAL)) == (2, 2, 2)


def test_no_key_is_left_of_what_was_refused(worker, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    place = ask(worker, case_id, consent_id).location
    worker.post(f"{place}/send")
    assert (sent()[0].status, keys_of(Kind.PACKET)) == (S.DRAFT, 0)


def test_services_that_may_fit_are_offered_where_she_consented(app, worker, house):
    kept, app.extensions[READER] = app.extensions[READER], EDITION
    try:
        case_id = make_case(house, {**ANSWERS, **MOTHER})
        consent_id = make_grant(house, case_id, UUID(FAMILIES.organization.id))
        shown = worker.browser.get(f"/fr/referrals/new/{case_id}").text
        asked = ask(worker, case_id, f"{consent_id}.{FAMILIES.id}", urgency="u2")
    finally:
        app.extensions[READER] = kept
    assert f"{consent_id}.{FAMILIES.id}" in shown
    assert (asked.status_code, [str(each.service_id) for each in sent()]) == (303, [FAMILIES.id])
