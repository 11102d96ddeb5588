"""Flags as vetters answer them, and as whoever flagged reads the answer."""

from __future__ import annotations

import uuid

import pytest

from referral.access.policy import Role
from referral.evidence.kinds import FlagAnswer, FlagKind, FlagStatus
from referral.evidence.models import ListingFlag
from referral.evidence.services import flag_listing
from referral.shared.clock import now
from referral.shared.database import writing
from referral.web.limits import EXTENSION
from tests.edition.conftest import Directory, build
from tests.partners.vetters import fresh_reader, plain, read, seat

__all__ = ["build", "fresh_reader"]
CODE = "7KQF-2M9X-T4BR"


@pytest.fixture
def flag_id(app, session, build):
    app.extensions[EXTENSION].reset()
    service = Directory(session).add("Exemple")
    build()
    service_id = service.id
    session.rollback()
    with writing(session):
        flag = flag_listing(session, service_id, FlagKind.HOURS, "Fermé le lundi.", "fr", now(), CODE)
        session.flush()
        return flag.id


@pytest.fixture
def desk(app, session):
    return seat(app, session)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_flag_is_shown_with_its_note(flag_id, desk, language):
    text = plain(desk.get(f"/flags/{flag_id}", language).text)

    assert "Fermé le lundi." in text
    assert "514" in text


@pytest.mark.parametrize("answer", list(FlagAnswer))
def test_an_answer_closes_a_flag(session, flag_id, desk, answer):
    assert desk.post(f"/flags/{flag_id}", {"answer": answer.value}).status_code == 303
    flag = read(session, ListingFlag, flag_id)

    assert (flag.answer, flag.status is FlagStatus.WAITING) == (answer, False)


def test_whoever_flagged_reads_the_answer_with_the_code(session, flag_id, desk, client):
    desk.post(f"/flags/{flag_id}", {"answer": "corrected", "words": "Ouvert dès mardi."})
    text = plain(client.post("/en/what-came-of-it", data={"code": CODE}).text)

    assert "The listing was corrected." in text
    assert "Ouvert dès mardi." in text


def test_an_answer_tells_nobody_who_answered(session, flag_id, desk, client):
    desk.post(f"/flags/{flag_id}", {"answer": "corrected"})

    assert "Robin" not in client.post("/fr/what-came-of-it", data={"code": CODE}).text


@pytest.mark.parametrize(
    "fields", [{}, {"answer": "nonsense"}, {"answer": "correct", "words": "Au 12, rue Exemple"}]
)
def test_an_answer_that_is_not_right_closes_nothing(session, flag_id, desk, fields):
    assert desk.post(f"/flags/{flag_id}", fields).status_code == 422
    assert read(session, ListingFlag, flag_id).status is FlagStatus.WAITING


def test_whoever_answers_second_changes_nothing(app, session, flag_id, desk):
    other = seat(app, session, "Andréa Exemple")
    desk.post(f"/flags/{flag_id}", {"answer": "correct"})

    assert other.post(f"/flags/{flag_id}", {"answer": "corrected"}).status_code == 409
    assert read(session, ListingFlag, flag_id).answer is FlagAnswer.CORRECT


@pytest.mark.parametrize("role", [Role.PARTNER_EDITOR, Role.ORGANIZATION_LEAD])
def test_an_organization_reads_no_flag_of_its_own(app, session, flag_id, role):
    session.rollback()
    from referral.catalogue.models import Organization  # noqa: PLC0415  # for this test only

    place = session.query(Organization.id).scalar()
    editor = seat(app, session, "Camille Exemple", role, place)

    assert editor.get(f"/flags/{flag_id}").status_code == 404
    assert editor.post(f"/flags/{flag_id}", {"answer": "correct"}).status_code == 404


def test_a_flag_that_is_none_is_not_found(desk):
    assert desk.get(f"/flags/{uuid.uuid4()}").status_code == 404
