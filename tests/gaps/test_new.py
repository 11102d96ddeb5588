from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Role
from referral.directory.feedback_forms import REASONS, WORKER_REASONS
from referral.evidence.kinds import AgeBand, UnmetReason, months_of_quarter
from referral.evidence.models import UnmetNeed
from tests.security.people import make_organization, make_user, sign_in

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
TOLD = {"need": "emergency_shelter", "reason": "no-capacity", "month": "2026-11"}
HANDED = {"need": "emergency_shelter", "region": "06", "age": "18-24", "reason": "safety-conflict"}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enter(clock, app, session, client):
    """Sign somebody in with one role, in an organization or for the installation."""

    def enter(role=Role.INTAKE_WORKER, *, everywhere=False):
        place = None if everywhere else make_organization(session, "Maison Exemple")
        return sign_in(app, session, make_user(session, ((place, role),), "Alex Exemple"))

    return enter


def kept(session):
    session.rollback()
    return session.scalars(sa.select(UnmetNeed)).all()


@pytest.mark.parametrize("role", [Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD, Role.PARTNER_EDITOR])
def test_whoever_works_with_people_tells_of_a_need_in_one_page(enter, session, role):
    person = enter(role)
    assert person.browser.get("/en/gaps/new").status_code == 200
    answer = person.post("/en/gaps/new", **TOLD)
    assert answer.status_code == 303
    (row,) = kept(session)
    assert (row.need, row.reason, row.month) == (
        "emergency_shelter",
        UnmetReason.NO_CAPACITY,
        date(2026, 11, 1),
    )


def test_a_vetter_too(enter):
    assert enter(Role.VETTER, everywhere=True).browser.get("/en/gaps/new").status_code == 200


@pytest.mark.parametrize(
    ("role", "everywhere"),
    [(Role.PRIVACY_OFFICER, False), (Role.OPERATOR, True), (Role.PRIVACY_OFFICER, True)],
)
def test_others_find_no_such_page(enter, session, role, everywhere):
    person = enter(role, everywhere=everywhere)
    assert person.browser.get("/en/gaps/new").status_code == 404
    for path in ("/en/gaps/new", "/en/gaps/begin"):
        assert person.post(path, **TOLD).status_code == 404
    assert kept(session) == []


def test_all_that_is_chosen_is_kept_and_nothing_of_who_told(enter, session):
    more = {"region": "06", "clientele": "women", "age": "18-24", "exploitation": "labour"}
    enter().post("/fr/gaps/new", **(TOLD | more))
    (row,) = kept(session)
    assert (row.region_code, row.clientele, row.age_band, row.exploitation) == (
        "06", "women", AgeBand.FROM_18_TO_24, "labour",
    )  # fmt: skip
    assert set(UnmetNeed.__table__.columns.keys()) == {
        "id", "month", "region_code", "need", "clientele", "exploitation", "age_band", "reason",
    }  # fmt: skip


def test_what_is_handed_over_is_chosen_already_and_nothing_is_kept_yet(enter, session):
    page = enter().post("/en/gaps/begin", **HANDED)
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for value in ('selected value="emergency_shelter"', 'selected value="06"', 'selected value="18-24"'):
        assert value in text
    assert "checked" in text.split('value="safety-conflict"')[0].rsplit("<input", 1)[1]
    assert kept(session) == []


def test_nothing_but_four_codes_is_handed_over(enter):
    secret = "Merle-Exemple"  # noqa: S105
    fields = dict.fromkeys((*HANDED, "clientele", "exploitation", "case_id", "month"), secret)
    page = enter().post("/en/gaps/begin", **fields)
    assert page.status_code == 200
    assert secret not in page.get_data(as_text=True)
    assert " checked" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"need": ""}, {"need": "exemple"}, {"reason": ""}, {"reason": "exemple"}, {"region": "99"},
        {"clientele": "exemple"}, {"age": "17"}, {"exploitation": "exemple"}, {"month": "2026-09"},
        {"month": "2026-12"}, {"month": ""},
    ],
    ids=str,
)  # fmt: skip
def test_what_the_page_does_not_offer_is_refused_and_what_was_chosen_comes_back(enter, session, wrong):
    answer = enter().post("/en/gaps/new", **(TOLD | {"age": "25-64"} | wrong))
    assert answer.status_code == 422
    if "age" not in wrong:
        assert 'selected value="25-64"' in answer.get_data(as_text=True)
    assert kept(session) == []


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 11, 24), [11, 10]),
        (date(2026, 10, 1), [10]),
        (date(2026, 3, 31), [3, 2, 1]),
        (date(2026, 6, 30), [6, 5, 4]),
    ],
)
def test_only_months_of_this_quarter_are_offered(day, months):
    assert [each.month for each in months_of_quarter(day)] == months


def test_every_reason_has_words_and_what_a_search_cannot_know_is_asked_of_workers_only():
    assert set(WORKER_REASONS) == set(UnmetReason)
    assert set(WORKER_REASONS) - set(REASONS) == {
        UnmetReason.SAFETY_CONFLICT, UnmetReason.MISSING_INFORMATION, UnmetReason.SERVICE_CLOSED,
    }  # fmt: skip
