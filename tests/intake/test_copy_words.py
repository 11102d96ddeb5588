"""The copy is read by the person: what is kept as a code stands in it in words."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record_apart
from referral.intake import copy_details
from referral.intake.consents import find_consent, withdraw
from referral.intake.models import Consent
from referral.intake.vocabulary import CaseEventKind, Item
from referral.shared.database import cases_session
from tests.intake.filing import enter, held_case, make_case, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant, make_packet

pytestmark = pytest.mark.usefixtures("client")
CODES = re.compile(
    r"\b(need-now|need-later|shelter|spoken|refused|self|pets|safe_contact|age_band|25-64|u3|06)\b"
    r"|[0-9a-f]{8}-[0-9a-f]{4}"
)


@pytest.fixture
def case_id(house, session):
    """A file of which something was sent to another organization, and which has other keepers."""
    receiver = make_house(session, "Refuge Exemple")
    make_agreement(house, receiver)
    case_id = make_case(house, ANSWERS)
    make_packet(house, case_id, make_grant(house, case_id, receiver.id))
    detail = {"owner": [str(house.worker.user_id), str(house.deputy.user_id)], "deputy": [None, None]}
    with held_case(case_id, house.worker) as held:
        held.tell(CaseEventKind.HANDED_OVER, detail)
    return case_id


def read_copy(app, session, house, case_id, language="fr"):
    page = enter(app, session, house.lead).browser.get(f"/{language}/cases/{case_id}/rights/copy").text
    paper = page.partition('class="copy__part"')[2].partition("</main>")[0]
    return html.unescape(re.sub(r"<[^>]*>", "\n", paper)).replace("\u00a0", " ")


def test_no_code_and_no_identifier_stands_in_the_copy(app, session, house, case_id):
    assert CODES.findall(read_copy(app, session, house, case_id)) == []


def test_what_was_agreed_and_sent_is_said_in_words(app, session, house, case_id):
    said = read_copy(app, session, house, case_id, "en")

    for words in ("To find a place to stay", "offered; you did not want it", "children: 2"):
        assert words in said
    assert "Refuge Exemple · " in said  # the timeline names to whom
    assert "Owner: Béa Exemple." in said


def test_what_has_another_shape_than_today_stays_as_it_is():
    row = {"item": Item.NEEDS, "content": {"Exemple": "of another time"}}

    assert copy_details.say_item(row) == row


def test_pages_read_within_one_minute_are_one_line_with_how_often(app, session, house, case_id):
    cases_session().rollback()
    for _ in range(4):
        record_apart(Event(Action.VIEW, "case", case_id, house.deputy, house.id), CASES_CHAIN)
    page = enter(app, session, house.worker).browser.get(f"/en/cases/{case_id}/rights").text
    told = html.unescape(page).partition('id="looked-title"')[2]

    assert told.count("Béa Exemple looked at the file") == 1
    assert re.search(r"Béa Exemple looked at the file, .*, 4 times\.", told)


def test_who_looked_says_what_was_done_with_consents_too(app, session, house, case_id):
    consent_id = cases_session().scalars(sa.select(Consent.id).where(Consent.case_id == case_id)).one()
    with held_case(case_id, house.worker) as held:
        withdraw(held, find_consent(held.session, case_id, consent_id, lock=True), "phone")
        held.record(Action.EXCEPTIONAL_ACCESS)
    page = html.unescape(enter(app, session, house.worker).browser.get(f"/en/cases/{case_id}/rights").text)

    assert "something" not in page.partition('id="looked-title"')[2]
    for done in ("wrote down a consent", "wrote down that a consent was withdrawn", "outside her hours"):
        assert done in page
