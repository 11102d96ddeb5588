from __future__ import annotations

from datetime import datetime, time

import pytest

from referral.access.policy import Role
from referral.referrals.hours import Span
from referral.referrals.reading import HoursRefusedError, as_week, list_spans, read_day, say_read_at
from referral.shared.clock import QUEBEC
from referral.shared.database import cases_session
from tests.intake.filing import enter, make_actor, make_house

ADDRESS = "/fr/referrals/hours"
OFFICE = {f"day{day}": "9:00-17:00" for day in range(5)}
EMPTY = "|" * 6


@pytest.fixture
def lead(app, session, client, house):
    return enter(app, session, house.lead)


def spans(house):
    cases_session().rollback()
    return list_spans(cases_session(), house.id)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("9:00-17:00", [(time(9), time(17))]),
        ("9h-12h30, 13h – 17h", [(time(9), time(12, 30)), (time(13), time(17))]),
        ("0:00-24:00", [(time(0), time(0))]),
        ("8:00-12:00; 20:00-8:00", [(time(8), time(12)), (time(20), time(8))]),
    ],
)
def test_hours_are_read_as_people_type_them(text, found):
    assert [(span.opens_at, span.closes_at) for span in read_day(0, text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "9-17",
        "25:00-26:00",
        "9:00-9:00",
        "9:61-10:00",
        "9:00-12:00, 11:00-13:00",
        "20:00-8:00, 22:00-23:00",
        "٩:00-17:00",
    ],
)
def test_what_is_not_hours_is_refused(text):
    with pytest.raises(HoursRefusedError):
        read_day(0, text)


def test_hours_are_kept_and_shown_again(lead, house):
    assert lead.post(ADDRESS, shown=EMPTY, **OFFICE).status_code == 303
    assert as_week(spans(house))["day0"] == "09:00-17:00"
    assert "09:00-17:00" in lead.browser.get(ADDRESS).text


def test_wrong_hours_are_brought_back_and_nothing_is_kept(lead, house):
    answer = lead.post(ADDRESS, shown=EMPTY, **OFFICE, day6="toujours Exemple")

    assert answer.status_code == 422
    assert "toujours Exemple" in answer.text
    assert spans(house) == []


def test_two_leads_at_once_are_both_shown_what_each_wrote(lead, house):
    lead.post(ADDRESS, shown=EMPTY, **OFFICE)
    answer = lead.post(ADDRESS, shown=EMPTY, day0="10:00-11:00")

    assert answer.status_code == 409
    assert "09:00-17:00" in answer.text
    assert "10:00-11:00" in answer.text
    assert spans(house)[0] == Span(0, time(9), time(17))


@pytest.mark.parametrize("role", [Role.INTAKE_WORKER, Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER])
@pytest.mark.usefixtures("client")
def test_only_a_lead_changes_hours(app, session, house, role):
    other = enter(app, session, make_actor(session, house.id, "Dana Exemple", role))
    assert other.browser.get(ADDRESS).status_code == 404
    assert other.post(ADDRESS, shown=EMPTY, **OFFICE).status_code == 404


@pytest.mark.usefixtures("client")
def test_hours_are_each_organizations_own(app, session, house, lead):
    stranger = make_house(session, "Maison Voisine Exemple")
    lead.post(ADDRESS, shown=EMPTY, **OFFICE)
    assert spans(stranger) == []


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ((2026, 11, 28, 22, 0), "lundi 30 novembre à 9 h"),
        ((2026, 12, 24, 18, 0), "lundi 28 décembre à 9 h"),
        ((2026, 9, 30, 18, 0), "jeudi 1er octobre à 9 h"),
    ],
)
def test_whoever_sends_is_told_when_it_is_read(app, at, said):
    office = [Span(day, time(9), time(17)) for day in range(5)]
    with app.test_request_context("/fr/"):
        text = say_read_at(office, datetime(*at, tzinfo=QUEBEC))
    day, _, hour = said.partition(" à ")
    assert day in text.replace("\N{NO-BREAK SPACE}", " ")
    assert hour in text.replace("\N{NO-BREAK SPACE}", " ")
