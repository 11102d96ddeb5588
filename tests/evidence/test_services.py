from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from referral.evidence import queries
from referral.evidence.kinds import FlagKind, FlagStatus, NoteTellsOfAPlaceError, UnmetReason, check_note
from referral.evidence.models import ListingFlag, UnmetNeed
from referral.evidence.services import Need, UnknownServiceError, close_flag, flag_listing, record_unmet_need
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
