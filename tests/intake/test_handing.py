"""Files change hands when people are away or leave: at no moment is one without an owner."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts import ownership, people
from referral.accounts.models import Membership, User
from referral.intake import handing_jobs, life, reminding
from referral.intake.follow_ups import day_of
from referral.intake.life import Keepers
from referral.intake.models import Case
from referral.intake.queries import Due
from referral.intake.vocabulary import CaseStatus, Closure
from referral.mail.models import CasesOutbox
from referral.mail.sealing import open_sealed
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session, writing
from tests.intake.filing import enter, held_case, make_actor, make_case, make_draft, make_house

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


class KilledError(Exception):
    """The process ends here."""


def find(case_id):
    cases_session().rollback()
    return cases_session().get_one(Case, case_id)


def leave(session, house, leaver, heir):
    with writing(session):
        user = people.find_person(session, leaver.user_id, house.id, lock=True)
        deed = people.Deed(house.lead, house.id, now())
        people.end_access(session, user, heir.user_id if heir else None, deed)


def take_roles(session, user_id):
    session.rollback()
    session.execute(sa.delete(Membership).where(Membership.user_id == user_id))
    session.commit()


def letters():
    cases_session().rollback()
    return cases_session().scalars(sa.select(CasesOutbox)).all()


def give_address(session, *actors):
    session.rollback()
    for actor in actors:
        session.get_one(User, actor.user_id).email = f"{actor.user_id}@exemple.example"
    session.commit()


# Leaving


def test_whoever_leaves_hands_her_files_on_first(session, house):
    make_case(house)

    with pytest.raises(people.HeirNeededError):
        leave(session, house, house.worker, None)


def test_an_heir_owns_what_was_left_drafts_too(session, house):
    opened, draft = make_case(house), make_draft(house)
    leave(session, house, house.worker, house.lead)

    assert {find(each).owner_id for each in (opened, draft)} == {house.lead.user_id}


def test_where_the_heir_was_the_deputy_another_is(session, house):
    case_id = make_case(house)
    leave(session, house, house.worker, house.deputy)

    case = find(case_id)
    assert (case.owner_id, case.deputy_id) == (house.deputy.user_id, house.lead.user_id)


def test_a_deputy_who_leaves_is_replaced(session, house):
    case_id = make_case(house)
    leave(session, house, house.deputy, house.lead)

    assert find(case_id).deputy_id == house.lead.user_id


def test_closed_files_need_no_heir(session, house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        life.close_case(held, Closure.MOVED, "", 24)
    leave(session, house, house.worker, None)

    assert find(case_id).owner_id == house.worker.user_id


def test_an_heir_keeps_files(session, house):
    case_id = make_case(house)
    editor = make_actor(session, house.id, "Dana Exemple", Role.PARTNER_EDITOR)

    with pytest.raises(people.HeirNeededError):
        leave(session, house, house.worker, editor)
    assert find(case_id).owner_id == house.worker.user_id


def test_files_of_other_organizations_stay(session, house):
    elsewhere = make_house(session, "Autre Exemple")
    case_id = make_case(elsewhere)
    make_case(house)
    leave(session, house, house.worker, house.lead)

    assert find(case_id).owner_id == elsewhere.worker.user_id


def test_a_lent_file_does_not_go_back_to_whoever_left(session, house):
    case_id = make_case(house)
    with held_case(case_id, house.worker) as held:
        wanted = Keepers(house.lead.user_id, house.worker.user_id, day_of(now()) + timedelta(days=3))
        life.change_keepers(held, wanted, {house.lead.user_id, house.worker.user_id})
    leave(session, house, house.worker, house.deputy)

    case = find(case_id)
    assert (case.returns_to_id, case.returns_on, case.deputy_id) == (None, None, house.deputy.user_id)


def test_what_is_owned_tells_nothing_of_a_file(app, session, house):
    case_id = make_case(house, {"nickname": "Sorbier-Exemple"})
    with app.test_request_context("/fr/"):
        said = " ".join(ownership.list_owned(session, house.worker.user_id, house.id))

    assert "1" in said
    assert "Sorbier" not in said
    assert find(case_id).code not in said


def test_a_process_killed_after_files_changed_hands_leaves_each_with_an_owner_who_is_there(
    session, house, monkeypatch
):
    case_id = make_case(house)
    real = ownership.transfer

    def transfer_then_die(*arguments):
        real(*arguments)
        raise KilledError

    monkeypatch.setattr(people.ownership, "transfer", transfer_then_die)
    with pytest.raises(KilledError):
        leave(session, house, house.worker, house.lead)

    assert find(case_id).owner_id == house.lead.user_id
    assert people.find_person(directory_session(), house.worker.user_id, house.id) is not None


def test_a_departure_cut_off_is_done_again_and_nothing_is_doubled(session, house, monkeypatch):
    case_id = make_case(house)
    handing_jobs.transfer(session, house.worker.user_id, house.lead.user_id, house.id)
    version = find(case_id).version
    leave(session, house, house.worker, house.lead)

    assert find(case_id).version == version
    assert people.find_person(directory_session(), house.worker.user_id, house.id) is None


def test_a_departure_cut_off_between_two_files_leaves_each_with_an_owner(session, house, monkeypatch):
    files = [make_case(house) for _ in range(3)]
    monkeypatch.setattr(handing_jobs.handing, "AT_ONCE", 1)
    real, calls = handing_jobs.handing.replace, []

    def replace_once(*arguments):
        calls.append(1)
        if len(calls) > 1:
            raise KilledError
        return real(*arguments)

    monkeypatch.setattr(handing_jobs.handing, "replace", replace_once)
    with pytest.raises(KilledError):
        leave(session, house, house.worker, house.lead)
    owners = [find(each).owner_id for each in files]
    assert sorted(owners, key=str) == sorted(
        [house.lead.user_id, house.worker.user_id, house.worker.user_id], key=str
    )

    monkeypatch.setattr(handing_jobs.handing, "replace", real)
    leave(session, house, house.worker, house.lead)
    assert {find(each).owner_id for each in files} == {house.lead.user_id}


def test_a_lead_ends_an_access_on_the_page_once_she_named_an_heir(app, session, client, house):
    case_id = make_case(house)
    lead = enter(app, session, house.lead)
    page = lead.browser.get(f"/fr/account/places/{house.id}/people/{house.worker.user_id}/end").text

    assert find(case_id).code not in page
    assert 'name="heir"' in page


# Files whose owner keeps files no more


def test_files_of_who_keeps_files_no_more_go_to_their_deputy(session, house):
    case_id = make_case(house)
    take_roles(session, house.worker.user_id)
    handing_jobs.mend(now())

    case = find(case_id)
    assert (case.owner_id, case.deputy_id) == (house.deputy.user_id, house.lead.user_id)


def test_files_whose_two_keepers_left_go_to_whoever_leads(session, house):
    case_id = make_case(house)
    make_actor(session, house.id, "Dana Exemple", Role.INTAKE_WORKER)
    for each in (house.worker, house.deputy):
        take_roles(session, each.user_id)
    handing_jobs.mend(now())

    case = find(case_id)
    assert case.owner_id == house.lead.user_id
    assert case.deputy_id not in {house.worker.user_id, house.deputy.user_id, house.lead.user_id}


def test_where_nobody_else_is_there_a_file_stays_as_it_is_and_the_others_are_seen_to(session, house):
    other = make_house(session, "Autre Exemple")
    stuck, mended = make_case(house), make_case(other)
    for each in (house.worker, house.lead, other.worker):
        take_roles(session, each.user_id)
    handing_jobs.mend(now())

    assert find(stuck).owner_id == house.worker.user_id
    assert find(mended).owner_id == other.deputy.user_id


def test_where_nothing_is_amiss_nothing_changes(house):
    case_id = make_case(house)
    version = find(case_id).version
    handing_jobs.mend(now())

    assert find(case_id).version == version


# Coming back


def lend(case_id, house, until):
    with held_case(case_id, house.worker) as held:
        wanted = Keepers(house.lead.user_id, house.deputy.user_id, until)
        life.change_keepers(held, wanted, {house.lead.user_id, house.deputy.user_id})


@pytest.mark.parametrize(("days", "owner"), [(0, "worker"), (-1, "worker"), (1, "lead")])
def test_a_lent_file_goes_back_on_its_day_and_not_before(house, days, owner):
    case_id = make_case(house)
    lend(case_id, house, day_of(now()) + timedelta(days=days))
    handing_jobs.give_back_due(now())

    assert find(case_id).owner_id == getattr(house, owner).user_id


def test_a_file_goes_back_once(house):
    case_id = make_case(house)
    lend(case_id, house, day_of(now()))
    handing_jobs.give_back_due(now())
    version = find(case_id).version
    handing_jobs.give_back_due(now())

    assert find(case_id).version == version


def test_whoever_leads_is_told_of_a_file_that_cannot_go_back(session, house):
    case_id = make_case(house)
    lend(case_id, house, day_of(now()))
    give_address(session, house.lead, house.deputy)
    take_roles(session, house.worker.user_id)
    handing_jobs.give_back_due(now())

    assert find(case_id).owner_id == house.lead.user_id
    assert [open_sealed(each.sealed).to for each in letters()] == [f"{house.lead.user_id}@exemple.example"]


# Letters


@pytest.mark.parametrize(
    ("day", "told"), [(24, {"worker"}), (23, {"worker", "deputy"}), (22, {"worker", "deputy", "lead"})]
)
def test_who_is_written_to_grows_with_working_days_late(house, day, told):
    late = Due(house.id, house.worker.user_id, house.deputy.user_id, NOON.date().replace(day=day))
    found = reminding.choose_people([late], NOON.date())

    assert found == {getattr(house, name).user_id for name in told}


def make_due(house):
    case_id = make_case(house, {"nickname": "Sorbier-Exemple"})
    with held_case(case_id, house.worker) as held:
        held.case.next_step_on = NOON.date()
    return case_id


def test_a_letter_says_only_that_something_waits(session, house):
    case_id = make_due(house)
    give_address(session, house.worker)
    reminding.remind(NOON)
    letter = open_sealed(letters()[0].sealed)

    for secret in (find(case_id).code, "Sorbier", "Rappeler", str(case_id), "traite"):
        assert secret not in letter.subject + letter.body


def test_there_is_one_letter_a_person_a_day(session, house):
    for _ in range(3):
        make_due(house)
    give_address(session, house.worker)
    for hours in (0, 1, 24):
        reminding.remind(NOON + timedelta(hours=hours))

    days = [each.key.split()[-1] for each in letters() if str(house.worker.user_id) in each.key]
    assert sorted(days) == ["2026-11-24", "2026-11-25"]


def test_no_letter_leaves_in_the_night(session, house):
    make_due(house)
    give_address(session, house.worker)
    reminding.remind(NOON.replace(hour=8))

    assert letters() == []


def test_nobody_is_written_to_where_nothing_is_due(session, house):
    make_case(house)
    give_address(session, house.worker)
    reminding.remind(NOON - timedelta(days=400))

    assert letters() == []


def test_a_closed_file_reminds_nobody(session, house):
    case_id = make_due(house)
    with held_case(case_id, house.worker) as held:
        life.close_case(held, Closure.MOVED, "", 24)
    give_address(session, house.worker)
    reminding.remind(NOON)

    assert find(case_id).status is CaseStatus.CLOSED
    assert letters() == []


def test_somebody_unknown_is_written_to_in_no_case(session, house):
    reminding.tell_waiting([uuid.uuid4()], NOON)

    assert letters() == []
