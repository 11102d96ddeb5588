"""What nobody sees who must not: what one tries at either end of a referral, and beside it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.intake.consents import withdraw
from referral.intake.models import Certificate, Consent
from referral.intake.vocabulary import CertificateKind
from referral.referrals.messages import write
from referral.referrals.models import Referral
from referral.referrals.moving import Why
from referral.referrals.reasons import Reason
from referral.referrals.sending import cancel
from referral.referrals.status import ReferralStatus, Side
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import enter, held_case, make_case, make_house
from tests.intake.granting import ANSWERS
from tests.referrals.making import find, in_hand
from tests.referrals.sent import agree, answer, choose, draft, send, send_one
from tests.referrals.test_by_call import called
from tests.referrals.test_ending import erase
from tests.referrals.test_leading import take

pytestmark = pytest.mark.usefixtures("client")
S = ReferralStatus
HERS = ("Merle Exemple", "555-0142", "Note Exemple", "Doit quitter", "uridique")
"""Of her file: a nickname, a number, a note, a reason, and a need of which nothing was asked."""
BESIDE = ("/fr/cases/", "/fr/cases/received", "/fr/referrals/?of=all", "/fr/referrals/?queue=waiting&of=all")


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def referral_id(house, receiver, case_id):
    return send_one(house, receiver, case_id)


@pytest.fixture
def there(app, session, receiver):
    """The browser of a worker of whoever is asked."""
    return enter(app, session, receiver.worker)


def look(person, referral_id):
    """Return all that somebody may try to find of a referral: its page, its packets, lists, a search."""
    referral = find(referral_id)
    sent = [each for each in (referral.public_packet_id, referral.private_packet_id) if each]
    case_id = referral.case_id
    pages = [
        f"/fr/referrals/{referral_id}",
        *(f"/fr/referrals/{referral_id}/{each}" for each in ("lead", "next", "outcome")),
        *(f"/fr/cases/received/{each}" for each in sent),
        *(f"/fr/cases/{case_id}{each}" for each in ("", "/rights", "/rights/copy.json", "/consents")),
        *BESIDE,
    ]
    answers = [person.browser.get(each, follow_redirects=True) for each in pages]
    answers.append(person.post("/fr/cases/find", words="merle exemple"))
    return "\n".join(f"{each.headers}{each.text}" for each in answers)


def seen(person, referral_id):
    return [each for each in HERS if each in look(person, referral_id)]


def test_before_an_acceptance_nothing_of_who_she_is_is_found_anywhere(there, receiver, referral_id):
    assert seen(there, referral_id) == []
    answer(receiver, referral_id, S.ON_HOLD, Why(Reason.WAITLIST))
    assert seen(there, referral_id) == []
    answer(receiver, referral_id, S.ACCEPTED)
    assert seen(there, referral_id) == ["555-0142"]


def test_whoever_was_not_chosen_sees_nothing_and_whoever_was_sees_what_was_granted(
    app, session, house, receiver, case_id
):
    other = make_house(session, "Centre Exemple")
    made = draft(house, case_id, [agree(house, each, case_id) for each in (receiver, other)])
    for referral_id, place in zip(made, (receiver, other), strict=True):
        send(house, referral_id)
        answer(place, referral_id, S.ACCEPTED)
    people = [enter(app, session, each.lead) for each in (receiver, other)]
    assert [seen(person, each) for person, each in zip(people, made, strict=True)] == [[], []]
    choose(house, made[0])
    assert [seen(person, each) for person, each in zip(people, made, strict=True)] == [["555-0142"], []]
    assert [person.browser.get(f"/fr/referrals/{made[0]}").status_code for person in people] == [200, 404]


def test_handing_over_leaves_the_receiver_what_was_granted_and_no_way_to_the_old_file(
    there, receiver, referral_id
):
    answer(receiver, referral_id, S.ACCEPTED)
    made = take(receiver, referral_id)
    page = there.browser.get(f"/fr/cases/{made}").text
    assert [each for each in ("Merle Exemple", "Note Exemple", "Doit quitter") if each in page] == []
    assert seen(there, referral_id) == ["555-0142"]


def withdraw_it(house, referral_id):
    stored = find(referral_id)
    consent_id, case_id = stored.consent_id, stored.case_id
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")


def call_off(house, referral_id):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        cancel(hand, Why(Reason.RECALLED, note="Merle Exemple est partie"))


@pytest.mark.parametrize("end", [withdraw_it, call_off])
def test_what_the_sender_wrote_is_read_no_more_once_it_is_called_off(
    there, house, receiver, referral_id, end
):
    for side, actor in ((Side.SENDER, house.worker), (Side.RECEIVER, receiver.worker)):
        with in_hand(referral_id, side, actor) as hand:
            write(hand, f"Message-Exemple-{side}")
    before = there.browser.get(f"/fr/referrals/{referral_id}").text
    end(house, referral_id)
    after = there.browser.get(f"/fr/referrals/{referral_id}").text
    assert ("Message-Exemple-sender" in before, "Message-Exemple-sender" in after) == (True, False)
    assert "Message-Exemple-receiver" in after
    assert seen(there, referral_id) == []


def test_what_was_asked_by_telephone_is_its_senders_alone(there, house, receiver, case_id):
    (referral_id,) = draft(house, case_id, [agree(house, receiver, case_id)])
    called(house, case_id, referral_id)
    assert there.browser.get(f"/fr/referrals/{referral_id}").status_code == 404
    assert all("Maison Exemple" not in there.browser.get(each).text for each in BESIDE)


def test_a_referral_that_was_moved_to_another_sender_opens_to_nobody(app, session, house, referral_id):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        write(hand, "Message-Exemple")
    other = make_house(session, "Centre Exemple")
    with writing(cases_session(), CASES) as cases:
        cases.execute(sa.update(Referral).values(sender_id=other.id, owner_id=other.lead.user_id))
    thief = enter(app, session, other.lead)
    answers = [thief.browser.get(each) for each in (f"/fr/referrals/{referral_id}", *BESIDE)]
    assert [each.status_code for each in answers] == [503, 200, 200, 200, 200]
    assert not [each for each in ("Message-Exemple", *HERS) for one in answers if each in one.text]


def test_what_was_sent_with_a_referral_is_read_there_and_is_not_listed_apart(there, receiver, referral_id):
    listed = there.browser.get("/fr/cases/received").text
    stored = find(referral_id)
    assert [each for each in (stored.public_packet_id, stored.private_packet_id) if str(each) in listed] == []
    assert "Maison Exemple" not in listed


def test_whom_nothing_was_sent_is_given_no_certificate(house, receiver, case_id):
    draft(house, case_id, [agree(house, receiver, case_id)])
    erase(house, case_id)
    rows = cases_session().scalars(sa.select(Certificate).where(Certificate.kind == CertificateKind.REFERRAL))
    assert [each.organization_id for each in rows] == [house.id]


def test_no_browser_keeps_a_page_of_a_referral(there, referral_id):
    headers = there.browser.get(f"/fr/referrals/{referral_id}").headers
    assert "no-store" in headers["Cache-Control"]
    assert "ETag" not in headers
