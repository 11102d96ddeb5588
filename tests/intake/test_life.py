from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from referral.intake import handing, life, queries
from referral.intake.answers import Given, read_answers, save_answers
from referral.intake.cases import IllegalStepError, NotReadyError, Step, open_case, read_step
from referral.intake.follow_ups import (
    FollowUpGoneError,
    day_of,
    list_follow_ups,
    read_outcome,
    tell_outcome,
)
from referral.intake.life import ChangedMeanwhileError, KeeperRefusedError, Keepers
from referral.intake.models import Case, CaseEvent
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CaseEventKind, CaseStatus, Closure, FollowUpKind, FollowUpStatus, Said
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.intake.filing import held_case, make_case, make_draft

PLANTED = "Sorbier-Exemple-7719"
PHONE = {"channel": "phone", "detail": "514 555-0142"}
TODAY = date(2026, 11, 24)


def step(text="Accompagner chez l’avocate", days=3):
    return Step(day_of(now()) + timedelta(days=days), text)


def people_of(house):
    return {house.worker.user_id, house.deputy.user_id, house.lead.user_id}


def find(case_id):
    cases_session().rollback()
    return cases_session().get_one(Case, case_id)


def step_of(case_id):
    return read_step(find(case_id), open_safe(case_id))


def states(case_id):
    cases_session().rollback()
    return {row.kind: row.status for row in list_follow_ups(cases_session(), case_id)}


def last_event(case_id):
    rows, _more = queries.list_events(cases_session(), case_id, 1)
    return rows[0]


# Next step


def test_a_next_step_replaces_the_one_that_was_shown(house):
    case_id, wanted = make_case(house), step()
    shown = step_of(case_id)
    with held_case(case_id, house.worker) as held:
        life.change_step(held, wanted, shown)

    assert step_of(case_id) == wanted


def test_who_changes_an_older_next_step_is_shown_both(house):
    case_id = make_case(house)
    shown, theirs = step_of(case_id), step("Appeler le refuge")
    with held_case(case_id, house.deputy) as held:
        life.change_step(held, theirs, shown)

    with pytest.raises(ChangedMeanwhileError) as caught, held_case(case_id, house.worker) as held:
        life.change_step(held, step("Autre chose"), shown)
    assert {field.theirs for field in caught.value.conflict.fields} >= {"Appeler le refuge"}
    assert step_of(case_id) == theirs


def test_two_who_choose_the_same_next_step_are_not_in_conflict(house):
    case_id, wanted = make_case(house), step()
    shown = step_of(case_id)
    for actor in (house.worker, house.deputy):
        with held_case(case_id, actor) as held:
            life.change_step(held, wanted, shown)

    assert step_of(case_id) == wanted


def test_a_next_step_is_stored_sealed(house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        life.change_step(held, step(PLANTED), read_step(held.case, held.safe))

    assert PLANTED.encode() not in (find(case_id).next_step_sealed or b"")
    assert PLANTED.encode() not in (last_event(case_id).sealed or b"")


@pytest.mark.parametrize("text", ["", "  "])
def test_an_open_file_is_never_left_without_a_next_step(house, text):
    case_id = make_case(house)

    with pytest.raises(NotReadyError), held_case(case_id, house.worker) as held:
        life.change_step(held, step(text), read_step(held.case, held.safe))


# Keepers: an open file always has an owner, a deputy and a next step


def test_an_owner_may_be_given_for_good(house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        wanted = Keepers(house.lead.user_id, house.deputy.user_id)
        life.change_keepers(held, wanted, people_of(house))

    case = find(case_id)
    assert (case.owner_id, case.deputy_id, case.returns_on) == (
        house.lead.user_id,
        house.deputy.user_id,
        None,
    )


def test_owner_and_deputy_may_change_places(house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        life.change_keepers(held, Keepers(house.deputy.user_id, house.worker.user_id), people_of(house))

    case = find(case_id)
    assert (case.owner_id, case.deputy_id) == (house.deputy.user_id, house.worker.user_id)


@pytest.mark.parametrize("who", ["nobody", "owner", "stranger"])
def test_a_deputy_is_another_who_keeps_files_there(house, who):
    case_id = make_case(house)
    deputy = {"nobody": None, "owner": house.worker.user_id, "stranger": uuid.uuid4()}[who]

    with pytest.raises(KeeperRefusedError), held_case(case_id, house.worker) as held:
        life.change_keepers(held, Keepers(house.worker.user_id, deputy), people_of(house))
    assert find(case_id).deputy_id == house.deputy.user_id


def test_an_owner_keeps_files_there(house):
    case_id = make_case(house)

    with pytest.raises(KeeperRefusedError), held_case(case_id, house.worker) as held:
        life.change_keepers(held, Keepers(uuid.uuid4(), house.deputy.user_id), people_of(house))


@pytest.mark.parametrize("deputy", ["nobody", "owner"])
@pytest.mark.parametrize("text", ["Rappeler", " "])
def test_a_draft_is_not_opened_without_what_an_open_file_has(house, deputy, text):
    case_id = make_draft(house)
    who = None if deputy == "nobody" else house.worker.user_id

    with pytest.raises(NotReadyError), held_case(case_id, house.worker) as held:
        open_case(held, who, step(text))
    assert find(case_id).status is CaseStatus.DRAFT


@pytest.mark.parametrize(
    "values",
    [
        {"deputy_id": None},
        {"next_step_on": None},
        {"opened_at": None},
        {"owner_id": None},
        {"deputy_id": Case.owner_id},
    ],
    ids=lambda values: next(iter(values)),
)
def test_the_database_itself_refuses_an_open_file_that_lacks_a_keeper_or_a_step(house, values):
    case_id = make_case(house)

    with pytest.raises(IntegrityError), held_case(case_id, house.worker) as held:
        held.session.execute(sa.update(Case).where(Case.id == case_id).values(**values))


def test_a_closed_file_changes_no_hands_and_no_step(house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        life.close_case(held, Closure.GOALS_MET, "", 24)

    for act in (
        lambda held: life.change_step(held, step(), None),
        lambda held: life.change_keepers(
            held, Keepers(house.lead.user_id, house.deputy.user_id), people_of(house)
        ),
        lambda held: life.close_case(held, Closure.MOVED, "", 24),
        lambda held: open_case(held, house.deputy.user_id, step()),
    ):
        with pytest.raises(IllegalStepError), held_case(case_id, house.worker) as held:
            act(held)


# End and return


def test_a_closed_file_is_kept_as_long_as_the_rules_say_and_tells_why_under_its_seal(house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        life.close_case(held, Closure.MOVED, PLANTED, 1)

    case, safe = find(case_id), open_safe(case_id)
    assert case.status is CaseStatus.CLOSED
    assert 28 <= (case.keep_until - day_of(case.closed_at)).days <= 31
    assert life.read_closure(case, safe) == (Closure.MOVED, PLANTED)
    assert PLANTED.encode() not in case.closure_sealed


def test_a_file_that_is_opened_again_has_keepers_and_a_step_and_no_end(house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        life.close_case(held, Closure.LOST_CONTACT, "", 24)
    with held_case(case_id, house.deputy) as held:
        wanted = Keepers(house.deputy.user_id, house.lead.user_id)
        life.reopen_case(held, wanted, step("Revoir"), people_of(house))

    case = find(case_id)
    assert (case.status, case.owner_id, case.keep_until, case.closure_sealed) == (
        CaseStatus.OPEN,
        house.deputy.user_id,
        None,
        None,
    )
    assert step_of(case_id).text == "Revoir"


@pytest.mark.parametrize("lack", ["deputy", "step"])
def test_a_file_is_not_opened_again_without_what_an_open_file_has(house, lack):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        life.close_case(held, Closure.MOVED, "", 24)
    wanted = Keepers(house.worker.user_id, None if lack == "deputy" else house.deputy.user_id)
    todo = step(" " if lack == "step" else "Revoir")

    with (
        pytest.raises((KeeperRefusedError, NotReadyError)),
        held_case(case_id, house.worker) as held,
    ):
        life.reopen_case(held, wanted, todo, people_of(house))
    assert find(case_id).status is CaseStatus.CLOSED


# Absences and hand-overs


def lend(case_id, house, until):
    with held_case(case_id, house.worker) as held:
        wanted = Keepers(house.lead.user_id, house.deputy.user_id, until)
        life.change_keepers(held, wanted, people_of(house))


def give_back(case_id, colleagues):
    with held_case(case_id, None) as held:
        return handing.give_back(held, dict.fromkeys(colleagues, "Exemple"))


def test_a_file_lent_for_an_absence_goes_back(house):
    case_id = make_case(house)
    lend(case_id, house, TODAY)

    assert give_back(case_id, people_of(house))
    case = find(case_id)
    assert (case.owner_id, case.returns_to_id, case.returns_on) == (house.worker.user_id, None, None)


def test_a_file_stays_where_whoever_was_away_left_meanwhile(house):
    case_id = make_case(house)
    lend(case_id, house, TODAY)

    assert not give_back(case_id, people_of(house) - {house.worker.user_id})
    assert find(case_id).owner_id == house.lead.user_id


def test_whoever_returns_and_became_the_deputy_changes_places_with_the_owner(house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        wanted = Keepers(house.deputy.user_id, house.worker.user_id, TODAY)
        life.change_keepers(held, wanted, people_of(house))

    give_back(case_id, people_of(house))
    case = find(case_id)
    assert (case.owner_id, case.deputy_id) == (house.worker.user_id, house.deputy.user_id)


def test_a_lent_file_that_is_lent_on_still_goes_back_to_whose_it_is(house):
    case_id = make_case(house)
    lend(case_id, house, TODAY)
    with held_case(case_id, house.lead) as held:
        wanted = Keepers(house.deputy.user_id, house.lead.user_id, TODAY + timedelta(days=9))
        life.change_keepers(held, wanted, people_of(house))

    case = find(case_id)
    assert (case.returns_to_id, case.returns_on) == (house.worker.user_id, TODAY)


def test_a_lent_file_that_is_given_for_good_does_not_go_back(house):
    case_id = make_case(house)
    lend(case_id, house, TODAY)
    with held_case(case_id, house.lead) as held:
        wanted = Keepers(house.deputy.user_id, house.lead.user_id)
        life.change_keepers(held, wanted, people_of(house))

    assert find(case_id).returns_on is None


def test_many_files_are_given_at_once_each_with_another_deputy_where_the_heir_was_one(house):
    first, second = make_case(house), make_case(house)
    with held_case(first, house.worker) as held:
        files = handing.hold_files(held.session, Case.id.in_([first, second]), house.worker, now())
        wanted = Keepers(house.deputy.user_id, house.lead.user_id)
        handing.hand_over(files, wanted, people_of(house))

    for case in (find(first), find(second)):
        assert (case.owner_id, case.deputy_id) == (house.deputy.user_id, house.lead.user_id)


def test_of_many_files_none_is_given_where_one_would_lack_a_deputy(house):
    first, second = make_case(house), make_case(house)
    with held_case(second, house.worker) as held:
        life.change_keepers(held, Keepers(house.worker.user_id, house.lead.user_id), people_of(house))

    with pytest.raises(KeeperRefusedError), held_case(first, house.worker) as held:  # noqa: PT012
        files = handing.hold_files(held.session, Case.id.in_([first, second]), house.worker, now())
        handing.hand_over(files, Keepers(house.deputy.user_id, None), people_of(house))
    assert {find(each).owner_id for each in (first, second)} == {house.worker.user_id}


def test_what_changes_hands_is_on_the_timeline_and_in_the_audit(house):
    case_id = make_case(house)
    lend(case_id, house, TODAY)

    kinds = cases_session().scalars(sa.select(CaseEvent.kind).where(CaseEvent.case_id == case_id))
    assert CaseEventKind.HANDED_OVER in set(kinds)


# Follow-ups


def agree(case_id, house, kinds, contact=PHONE):
    with held_case(case_id, house.worker) as held:
        known = read_answers(held.session, case_id, held.safe)
        given = {
            name: Given(Said.ANSWERED, value, known[name].version if name in known else 0)
            for name, value in {"follow_up": kinds, "safe_contact": contact}.items()
            if value is not None
        }
        save_answers(held, given)


def test_a_follow_up_is_planned_on_opening_for_what_she_agreed_to_only(house):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": PHONE})

    assert states(case_id) == {FollowUpKind.HOURS_48: FollowUpStatus.PLANNED}


@pytest.mark.parametrize(
    "answers",
    [
        {"safe_contact": PHONE},
        {"follow_up": [], "safe_contact": PHONE},
        {"follow_up": ["7-days"]},
        {"follow_up": ["7-days"], "safe_contact": {"channel": "none"}},
    ],
    ids=["not asked", "no", "no contact", "never"],
)
def test_nothing_is_planned_without_her_consent_and_a_safe_way(house, answers):
    assert states(make_case(house, answers)) == {}


def test_nothing_is_planned_in_a_draft(house):
    assert states(make_draft(house, {"follow_up": ["7-days"], "safe_contact": PHONE})) == {}


def test_what_she_takes_back_is_called_off_and_what_she_adds_is_planned(house):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": PHONE})
    agree(case_id, house, ["7-days"], None)

    assert states(case_id) == {
        FollowUpKind.HOURS_48: FollowUpStatus.CANCELLED,
        FollowUpKind.DAYS_7: FollowUpStatus.PLANNED,
    }


def test_follow_ups_are_called_off_when_there_is_no_safe_way_any_more(house):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": PHONE})
    agree(case_id, house, None, {"channel": "none"})

    assert states(case_id) == {FollowUpKind.HOURS_48: FollowUpStatus.CANCELLED}


def test_closing_calls_follow_ups_off_and_opening_again_plans_them(house):
    case_id = make_case(house, {"follow_up": ["30-days"], "safe_contact": PHONE})
    with held_case(case_id, house.worker) as held:
        life.close_case(held, Closure.MOVED, "", 24)
    assert states(case_id) == {FollowUpKind.DAYS_30: FollowUpStatus.CANCELLED}

    with held_case(case_id, house.worker) as held:
        wanted = Keepers(house.worker.user_id, house.deputy.user_id)
        life.reopen_case(held, wanted, step(), people_of(house))
    assert states(case_id) == {FollowUpKind.DAYS_30: FollowUpStatus.PLANNED}


def test_what_came_of_a_follow_up_is_sealed_and_stays_when_she_takes_it_back(house):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": PHONE})
    row = list_follow_ups(cases_session(), case_id)[0]
    with held_case(case_id, house.worker) as held:
        tell_outcome(held, row.id, reached=True, words=PLANTED)
    agree(case_id, house, [], None)

    found = list_follow_ups(cases_session(), case_id)[0]
    assert found.status is FollowUpStatus.DONE
    assert PLANTED.encode() not in found.sealed
    assert read_outcome(found, open_safe(case_id)) == PLANTED


def test_a_follow_up_is_told_once(house):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": PHONE})
    row = list_follow_ups(cases_session(), case_id)[0]
    with held_case(case_id, house.worker) as held:
        tell_outcome(held, row.id, reached=False, words="")

    with pytest.raises(FollowUpGoneError), held_case(case_id, house.deputy) as held:
        tell_outcome(held, row.id, reached=True, words="")


def test_a_follow_up_of_another_file_is_not_told_here(house):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": PHONE})
    row, other = list_follow_ups(cases_session(), case_id)[0], make_case(house)

    with pytest.raises(FollowUpGoneError), held_case(other, house.worker) as held:
        tell_outcome(held, row.id, reached=True, words="")


# Lists


def due_in(case_id, house, days):
    with held_case(case_id, house.worker) as held:
        life.change_step(held, step(f"Dans {days}", days), read_step(held.case, held.safe))


def test_what_is_due_comes_first(house):
    later, late, today = (make_case(house) for _ in range(3))
    for case_id, days in ((later, 9), (late, -3), (today, 0)):
        due_in(case_id, house, days)
    rows, _more = queries.list_rows(cases_session(), queries.List.MINE, house.worker, 1)

    assert [row.case.id for row in rows] == [late, today, later]


def test_a_follow_up_that_is_due_sooner_brings_its_file_forward(house):
    other, asked = make_case(house), make_case(house, {"follow_up": ["48-hours"], "safe_contact": PHONE})
    due_in(other, house, 5)
    due_in(asked, house, 9)
    rows, _more = queries.list_rows(cases_session(), queries.List.MINE, house.worker, 1)

    assert [(row.case.id, row.is_follow_up) for row in rows] == [(asked, True), (other, False)]


def test_a_list_takes_two_statements_however_many_rows_it_has(house):
    for _ in range(4):
        make_case(house, {"nickname": "Sorbier"})
    seen = {"cases": 0, "keys": 0}
    from referral.shared.database import db  # noqa: PLC0415

    for name in seen:

        def note(*arguments, name=name):
            seen[name] += arguments[2].startswith("SELECT")

        sa.event.listen(db.engines[name], "before_cursor_execute", note)
    cases_session().expunge_all()
    rows, _more = queries.list_rows(cases_session(), queries.List.MINE, house.worker, 1)

    assert [row.nickname for row in rows] == ["Sorbier"] * 4
    assert seen == {"cases": 1, "keys": 1}


def test_only_ones_own_organization_is_listed(house, session):
    from tests.intake.filing import make_house  # noqa: PLC0415

    make_case(make_house(session, "Autre Exemple"))

    for which in queries.List:
        assert queries.list_rows(cases_session(), which, house.worker, 1) == ([], False)


def test_what_is_due_is_counted_for_its_owner(house):
    for days in (-1, 0, 4):
        due_in(make_case(house), house, days)

    assert queries.count_due(cases_session(), house.worker, day_of(now())) == 2
    assert queries.count_due(cases_session(), house.deputy, day_of(now())) == 0


def test_a_day_is_that_of_quebec():
    assert day_of(datetime(2026, 11, 25, 3, 0, tzinfo=UTC)) == date(2026, 11, 24)
