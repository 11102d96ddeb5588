"""What is due is asked by letter, once more after three weeks, then by telephone; each once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from referral.accounts.models import User
from referral.catalogue.freshness import Months, day_after, day_before
from referral.catalogue.models import Service
from referral.catalogue.services import take_step
from referral.catalogue.trust import Method, Trust
from referral.mail.models import Outbox
from referral.partners import calls, notices, rounds
from referral.partners.round_jobs import run
from referral.partners.round_models import (
    Answered,
    Channel,
    ListingLink,
    Outcome,
    OverdueNotice,
    Purpose,
    Reason,
    Stage,
    VerificationRound,
)
from referral.partners.round_rules import Coming, list_coming, may_give_up, monday_of
from referral.shared.bilingual import Bilingual
from referral.shared.clock import QUEBEC, now
from referral.shared.database import db, writing
from tests.partners.rounding import VETTER, Places

DAY = timedelta(days=1)


@pytest.fixture
def places(session):
    return Places(session)


@pytest.fixture
def at(session):
    return now()


def ago(at, months, days=0):
    return day_before(at.astimezone(QUEBEC).date(), months) + timedelta(days=days)


def count(session, model=VerificationRound):
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.mark.parametrize(
    ("age", "category", "begins"),
    [
        ((12, 0), "legal_aid", True),
        ((12, 1), "legal_aid", False),
        ((6, 0), "legal_aid", False),
        ((6, 0), "emergency_shelter", True),
        ((6, 1), "emergency_shelter", False),
        ((6, 0), "helpline", True),
    ],
)
def test_a_round_begins_on_the_day_a_confirmation_is_due(places, at, age, category, begins):
    service = places.add(assured=ago(at, *age), category=category)

    run(at)

    assert (places.round_of(service) is not None) is begins
    assert len(places.letters("listing_round")) == begins


def test_what_says_that_it_is_always_open_is_due_sooner(places, at):
    service = places.add(assured=ago(at, 6), always_open=True)

    run(at)

    assert places.stage_of(service) is Stage.WRITTEN


def test_what_was_never_confirmed_gets_no_letter(places, at):
    places.add()

    run(at)

    assert (places.letters(), count(places.session)) == ([], 0)


@pytest.mark.parametrize("trust", [Trust.SUSPENDED, Trust.RETIRED])
def test_what_is_not_shown_is_not_asked(places, at, trust):
    places.add(assured=ago(at, 12), trust=trust)

    run(at)

    assert count(places.session) == 0


def test_an_organization_gets_one_letter_for_all_its_listings(places, at):
    first = places.add(assured=ago(at, 12))
    second = places.add(assured=ago(at, 13))
    with writing(places.session):
        places.session.get_one(Service, second.id).organization_id = first.organization_id
        places.organization(first).email = "accueil@exemple.example"

    run(at)

    assert len(places.letters("listing_round")) == 1
    assert {places.stage_of(first), places.stage_of(second)} == {Stage.WRITTEN}


def test_the_letter_is_in_the_language_of_the_organization_and_names_nothing(places, at):
    french = places.add("Un nom à ne pas dire", assured=ago(at, 12), email="fr@exemple.example")
    english = places.add("A name not to be told", assured=ago(at, 12), email="en@exemple.example")
    with writing(places.session):
        places.organization(english).name = Bilingual(None, "Example organization")

    run(at)

    by_address = {letter.split()[1]: letter for letter in places.letters("listing_round")}
    assert "Bonjour" in by_address["fr@exemple.example"]
    assert "/fr/link/" in by_address["fr@exemple.example"]
    assert "Hello" in by_address["en@exemple.example"]
    assert "/en/link/" in by_address["en@exemple.example"]
    assert not any(word in str(by_address) for word in ("à ne pas dire", "not to be told", "Exemple 1"))
    assert french.id != english.id


def test_running_twice_writes_once(places, at):
    places.add(assured=ago(at, 12))

    for _ in range(3):
        run(at)

    assert (len(places.letters("listing_round")), count(places.session)) == (1, 1)


def test_a_run_that_comes_late_does_each_thing_once(places, at):
    service = places.add(assured=ago(at, 12))

    run(at + 200 * DAY)
    run(at + 201 * DAY)

    assert len(places.letters("listing_round")) == 1
    assert places.stage_of(service) is Stage.WRITTEN


def test_two_runs_at_once_write_once(app, places, at):
    for number in range(6):
        places.add(f"Service {number}", assured=ago(at, 12), email=f"boite{number}@exemple.example")
    together = threading.Barrier(2)
    failures = []

    def go():
        try:
            with app.app_context():
                together.wait()
                run(at)
        except Exception as error:  # noqa: BLE001  # shown by the test
            failures.append(error)

    places.session.rollback()
    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (len(places.letters("listing_round")), count(places.session)) == (6, 6)


def test_more_organizations_than_fit_in_one_transaction_are_all_written_to(places, at, monkeypatch):
    monkeypatch.setattr("referral.partners.round_jobs.AT_ONCE", 2)
    for number in range(5):
        places.add(f"Service {number}", assured=ago(at, 12))

    run(at)

    assert len(places.letters("listing_round")) == 5


@pytest.mark.parametrize(("days", "stage"), [(20, Stage.WRITTEN), (21, Stage.FOLLOWED_UP)])
def test_after_three_weeks_comes_one_follow_up(places, at, days, stage):
    service = places.add(assured=ago(at, 12))
    run(at)

    run(at + days * DAY)
    run(at + days * DAY)

    assert places.stage_of(service) is stage
    assert len(places.letters("listing_follow_up")) == (stage is Stage.FOLLOWED_UP)


def test_a_week_after_the_follow_up_it_is_to_be_called(places, at):
    service = places.add(assured=ago(at, 12))
    for days in (0, 21, 27):
        run(at + days * DAY)
    assert places.stage_of(service) is Stage.FOLLOWED_UP

    run(at + 28 * DAY)

    assert places.stage_of(service) is Stage.TO_CALL


def test_whoever_cannot_be_written_to_is_called_at_once(places, at):
    none = places.add("Sans adresse", assured=ago(at, 12), email=None)
    wrong = places.add("Adresse illisible", assured=ago(at, 12), email="pas une adresse")

    run(at)

    assert places.letters() == []
    assert {places.stage_of(none), places.stage_of(wrong)} == {Stage.TO_CALL}


def test_whose_letter_is_dead_is_called_the_next_day(places, at):
    dead = places.add("Morte", assured=ago(at, 12))
    other = places.add("Vivante", assured=ago(at, 12))
    run(at)
    key = places.round_of(dead).letter_key
    with writing(places.session):
        places.session.execute(
            sa.update(Outbox).where(Outbox.key == key).values(dead_at=at, reason="refused")
        )

    run(at + DAY)

    assert places.stage_of(dead) is Stage.TO_CALL
    assert places.stage_of(other) is Stage.WRITTEN


def test_what_somebody_verified_meanwhile_is_not_asked_again(places, at):
    service = places.add(assured=ago(at, 12))
    run(at)
    with writing(places.session):
        row = places.session.get_one(Service, service.id)
        take_step(places.session, row, Trust.VERIFIED, Method.PHONE, "Vivi", "confirmed", at + DAY)

    run(at + 21 * DAY)

    assert (places.round_of(service).outcome, places.letters("listing_follow_up")) == (Outcome.CONFIRMED, [])


def call_list(places):
    places.session.rollback()
    return [each.service.name.fr for each in calls.list_calls(places.session).rows]


def test_nobody_is_called_where_nobody_can_call(places, at):
    places.add()

    run(at)

    assert call_list(places) == []


def test_the_list_is_sized_to_the_people_there_are(places, at, app, monkeypatch):
    monkeypatch.setitem(app.config, "CALLS_A_WEEK", 2)
    places.add_vetters(2)
    for number in range(9):
        places.add(f"Service {number}")

    run(at)
    run(at)

    assert len(call_list(places)) == 4


def test_somebody_whose_access_ended_calls_nobody(places, at):
    places.add_vetters(1)
    with writing(places.session):
        places.session.execute(sa.update(User).values(active=False))
    places.add()

    run(at)

    assert call_list(places) == []


def test_what_was_done_this_week_is_not_replaced_before_the_next(places, at, app, monkeypatch):
    monkeypatch.setitem(app.config, "CALLS_A_WEEK", 1)
    places.add_vetters(1)
    for number in range(3):
        places.add(f"Service {number}")
    monday = at + (7 - at.astimezone(QUEBEC).weekday()) * DAY
    run(monday)
    (row,) = calls.list_calls(places.session).rows
    with writing(places.session):
        calls.conclude(places.session, row, Outcome.CHANGED, VETTER, monday)

    run(monday + DAY)
    assert call_list(places) == []
    run(monday + 7 * DAY)
    assert len(call_list(places)) == 1


def test_what_was_left_from_the_weeks_before_takes_its_place(places, at, app, monkeypatch):
    monkeypatch.setitem(app.config, "CALLS_A_WEEK", 2)
    places.add_vetters(1)
    for number in range(6):
        places.add(f"Service {number}")
    run(at)

    run(at + 7 * DAY)

    assert len(call_list(places)) == 2


def test_first_calls_begin_with_shelters_and_lines(places, at, app, monkeypatch):
    monkeypatch.setitem(app.config, "CALLS_A_WEEK", 2)
    places.add_vetters(1)
    for name, category in (
        ("Aide juridique", "legal_aid"),
        ("Maison", "emergency_shelter"),
        ("Banque", "food_clothing"),
        ("Ligne", "helpline"),
    ):
        places.add(name, category=category)

    run(at)

    assert set(call_list(places)) == {"Maison", "Ligne"}
    assert {places.round_of(each.service).reason for each in calls.list_calls(places.session).rows} == {
        Reason.NEVER_CONFIRMED
    }


def test_what_is_shown_as_confirmed_is_called_before_what_says_that_it_is_not(places, at, app, monkeypatch):
    monkeypatch.setitem(app.config, "CALLS_A_WEEK", 2)
    places.add_vetters(1)
    for name, months in (("Vieux", 14), ("Plus vieux", 17), ("Jamais", None)):
        places.add(name, assured=ago(at, months) if months else None, email=None)

    run(at)

    assert set(call_list(places)) == {"Vieux", "Plus vieux"}


def test_what_left_the_directory_is_not_called(places, at):
    service = places.add(assured=ago(at, 12), email=None)
    run(at)
    with writing(places.session):
        places.session.get_one(Service, service.id).trust = Trust.RETIRED
    places.add_vetters(1)

    run(at + DAY)

    assert (call_list(places), places.stage_of(service)) == ([], Stage.ENDED)


@pytest.mark.parametrize(("months", "kind"), [(15, "last"), (18, "hidden")])
def test_an_organization_is_told_thirty_days_before_and_not_sooner(places, at, months, kind):
    service = places.add(assured=ago(at, 12))
    first = rounds.day_of(at)
    happens = day_after(service.assured_date, months)
    before = at + (happens - first - timedelta(days=31))
    run(before)
    told = len(places.letters(f"listing_{kind}"))

    run(before + DAY)
    run(before + 2 * DAY)

    assert (told, len(places.letters(f"listing_{kind}"))) == (0, 1)


def test_two_runs_tell_once_also_where_many_are_told(places, at, monkeypatch):
    monkeypatch.setattr("referral.partners.round_jobs.AT_ONCE", 2)
    for number in range(5):
        places.add(f"Service {number}", assured=ago(at, 15, 10))

    run(at)
    run(at + DAY)

    assert len(places.letters("listing_last")) == 5
    assert count(places.session, OverdueNotice) == 5


def test_a_confirmation_begins_the_notices_anew(places, at):
    service = places.add(assured=ago(at, 15, 10))
    run(at)
    with writing(places.session):
        row = places.session.get_one(Service, service.id)
        take_step(places.session, row, Trust.VERIFIED, Method.PHONE, "Vivi", "confirmed", at)

    run(at + 440 * DAY)

    assert len(places.letters("listing_last")) == 2


def test_a_round_that_ended_without_a_confirmation_rests_for_three_months(places, at):
    service = places.add(assured=ago(at, 12), email=None)
    run(at)
    row = places.round_of(service)
    with writing(places.session):
        calls.conclude(places.session, row, Outcome.CHANGED, VETTER, at)

    run(at + 89 * DAY)
    assert reasons_of(places) == {Reason.DUE: 1, Reason.REMINDED: 1}
    run(at + 91 * DAY)
    assert reasons_of(places) == {Reason.DUE: 2, Reason.REMINDED: 1}


def reasons_of(places):
    places.session.rollback()
    return Counter(places.session.scalars(sa.select(VerificationRound.reason)))


def test_each_letter_has_links_of_its_own_with_one_purpose_each(places, at):
    places.add(assured=ago(at, 12))

    run(at)

    purposes = sorted(places.session.scalars(sa.select(ListingLink.purpose)))
    assert purposes == [Purpose.CONFIRM, Purpose.REMINDERS]


def test_only_three_failed_tries_in_two_ways_are_enough():
    phone, text = (Channel.PHONE, Answered.NO_ANSWER), (Channel.TEXT, Answered.NO_ANSWER)
    reached = (Channel.PHONE, Answered.REACHED)

    assert not may_give_up([phone, phone, phone])
    assert not may_give_up([phone, text])
    assert not may_give_up([phone, text, reached])
    assert may_give_up([phone, phone, text])


def test_a_week_begins_on_monday():
    assert monday_of(date(2026, 11, 29)) == date(2026, 11, 23)
    assert monday_of(date(2026, 11, 30)) == date(2026, 11, 30)


def test_what_comes_is_known_thirty_days_before():
    assured, months = date(2026, 1, 31), Months()

    assert list_coming(assured, months, date(2027, 3, 30)) == []
    assert list_coming(assured, months, date(2027, 3, 31)) == [Coming("last", date(2027, 4, 30))]


def test_a_service_is_in_one_open_round_only(places, at):
    service = places.add(assured=ago(at, 12))
    with writing(places.session) as session:
        (facts,) = rounds.list_facts(session, Service.id == service.id)
        first = rounds.open_round(session, facts, Reason.DUE, Stage.WRITTEN, at)
        again = rounds.open_round(session, facts, Reason.ASKED, Stage.TO_CALL, at)
        assert (first is None, again) == (False, None)


def test_no_step_asks_more_of_the_database_for_more_listings(places, at):
    for number in range(3):
        places.add(f"Service {number}", assured=ago(at, 3))
    few = statements(places, at)
    for number in range(30):
        places.add(f"Autre {number}", assured=ago(at, 3))

    assert statements(places, at) == few


def statements(places, at):
    seen = []
    engine = db.engines["directory"]
    listen = lambda *given: seen.append(given[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        with writing(places.session) as session:
            rounds.open_due(session, at, 25)
            notices.tell_what_comes(session, at, 25)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return len(seen)
