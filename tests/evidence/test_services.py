import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from referral.evidence import queries
from referral.evidence.kinds import (
    FlagAnswer,
    FlagKind,
    FlagStatus,
    NoteTellsOfAPlaceError,
    UnmetReason,
    check_note,
)
from referral.evidence.models import ListingFlag, UnmetNeed
from referral.evidence.receipts import make_code
from referral.evidence.services import (
    FlagAnsweredError,
    Need,
    UnknownServiceError,
    answer_flag,
    close_flag,
    flag_listing,
    record_unmet_need,
    tell_organization,
)
from referral.mail.models import Outbox
from referral.shared.database import writing
from tests.edition.conftest import Directory

LATE = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
"""Still the evening of 30 November in Québec."""


@pytest.fixture
def service(session):
    return Directory(session).add()


def test_a_flag_is_held_with_the_day_in_quebec(session, service):
    flag_listing(session, service.id, FlagKind.PHONE, " Le numéro ne répond plus. ", "fr", LATE)
    session.commit()
    (flag, found) = queries.list_waiting_flags(session)[0]

    assert (flag.note, flag.flagged_on, found.id) == (
        "Le numéro ne répond plus.",
        date(2026, 11, 30),
        service.id,
    )


def test_a_flag_changes_nothing_of_the_listing(session, service):
    before = (service.version, service.revision)
    flag_listing(session, service.id, FlagKind.CLOSED, "", "fr", LATE)
    session.commit()

    assert (service.version, service.revision) == before


def test_what_is_unsafe_is_looked_at_first(session, service):
    for kind in (FlagKind.OTHER, FlagKind.HOURS, FlagKind.UNSAFE):
        flag_listing(session, service.id, kind, "", "fr", LATE)
    session.commit()

    assert [flag.kind for flag, _ in queries.list_waiting_flags(session)] == ["unsafe", "hours", "other"]


def test_a_closed_flag_waits_no_more(session, service):
    flag = flag_listing(session, service.id, FlagKind.OTHER, "", "fr", LATE)
    close_flag(flag, FlagStatus.DISMISSED)
    session.commit()

    assert queries.list_waiting_flags(session) == []


def test_a_listing_that_does_not_exist_cannot_be_flagged(session):
    with pytest.raises(UnknownServiceError):
        flag_listing(session, uuid4(), FlagKind.OTHER, "", "fr", LATE)


@pytest.mark.parametrize("note", ["C'est au 12, rue Exemple", "H2X 1Y4", "45.51234, -73.56789"])
def test_a_note_that_tells_of_a_place_is_not_kept(note):
    with pytest.raises(NoteTellsOfAPlaceError):
        check_note(note)


def test_an_unmet_need_keeps_its_month_and_no_day(session):
    record_unmet_need(session, Need("emergency_shelter", UnmetReason.NO_CAPACITY, "13"), LATE)
    session.commit()

    assert session.scalars(sa.select(UnmetNeed.month)).one() == date(2026, 11, 1)


def test_unmet_needs_are_counted_by_month_region_need_and_reason(session):
    for _ in range(3):
        record_unmet_need(session, Need("emergency_shelter", UnmetReason.NO_CAPACITY, "13"), LATE)
    session.commit()

    assert queries.count_unmet_needs(session) == [
        (date(2026, 11, 1), "13", "emergency_shelter", UnmetReason.NO_CAPACITY, 3)
    ]


@pytest.mark.parametrize("model", [ListingFlag, UnmetNeed])
def test_nothing_of_who_told_it_has_a_column(model):
    forbidden = {"name", "email", "phone", "address", "ip", "session", "user", "case_id", "actor"}

    assert forbidden.isdisjoint(column.key for column in sa.inspect(model).columns)


def flag_with(session, service, code, **more):
    flag = flag_listing(session, service.id, FlagKind.HOURS, "", "fr", LATE, code)
    session.commit()
    return flag


def test_a_receipt_tells_nothing_before_somebody_looked(session, service):
    flag_with(session, service, "7KQF-2M9X-T4BR")

    assert queries.find_answer(session, "7KQF-2M9X-T4BR") is None


@pytest.mark.parametrize("typed", ["7KQF-2M9X-T4BR", "7kqf2m9xt4br", " 7kqf 2m9x t4br "])
def test_a_receipt_tells_what_came_of_a_flag_however_it_is_typed(session, service, typed):
    flag = flag_with(session, service, "7KQF-2M9X-T4BR")
    answer_flag(flag, FlagAnswer.CORRECTED, "Heures corrigées.", "Robin Exemple", LATE)
    session.commit()
    told = queries.find_answer(session, typed)

    assert (told.answer, told.words) == (FlagAnswer.CORRECTED, "Heures corrigées.")


def test_the_code_of_a_receipt_is_not_kept(session, service):
    flag = flag_with(session, service, "7KQF-2M9X-T4BR")

    assert "7KQF" not in flag.receipt_hash.upper()


def test_codes_differ_and_hold_no_word():
    codes = {make_code() for _ in range(200)}

    assert len(codes) == 200
    assert not re.search("[AEIOUY01]", "".join(codes))


def test_nobody_answers_a_flag_over_another(session, service):
    flag = flag_with(session, service, "7KQF-2M9X-T4BR")
    answer_flag(flag, FlagAnswer.CORRECT, "", "Robin Exemple", LATE)

    with pytest.raises(FlagAnsweredError):
        answer_flag(flag, FlagAnswer.CORRECTED, "", "Alex Exemple", LATE)


def test_the_organization_is_told_once_a_week_that_its_listing_was_flagged(session, service):
    session.rollback()
    with writing(session):
        service.organization.email = "boite@exemple.example"
        for day in (LATE, LATE + timedelta(days=1)):
            flag = flag_listing(session, service.id, FlagKind.HOURS, "Note Exemple", "fr", day)
            assert tell_organization(session, flag)
    session.rollback()

    assert session.scalars(sa.select(Outbox.kind)).all() == ["listing_flagged"]


def test_an_organization_without_an_address_is_told_nothing(session, service):
    session.rollback()
    with writing(session):
        flag = flag_listing(session, service.id, FlagKind.HOURS, "", "fr", LATE)

        assert not tell_organization(session, flag)
