from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.change_models import LanguageToReview
from referral.catalogue.importing import import_catalogue
from referral.catalogue.models import Service
from referral.partners.languages import Behind, languages_behind
from referral.shared.database import writing
from tests.catalogue.making import make_row, write_services

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def services(session: Session, tmp_path) -> list[Service]:
    """Return a service whose languages are level, and one without English."""
    with writing(session):
        rows = make_row(1), make_row(2, service_name_en="", description_en="")
        import_catalogue(session, write_services(tmp_path, *rows), "Exemple")
    return list(session.scalars(sa.select(Service).order_by(Service.slug)))


def test_a_service_level_in_both_languages_is_not_behind(session: Session, services) -> None:
    assert services[0].id not in languages_behind(session, [each.id for each in services])


def test_a_text_without_english_is_behind_in_english(session: Session, services) -> None:
    found = languages_behind(session, [services[1].id])
    assert found == {services[1].id: (Behind("description", "en"), Behind("name", "en"))}


def test_a_mark_says_which_language_did_not_follow_and_since_when(session: Session, services) -> None:
    with writing(session):
        session.add(LanguageToReview(service_id=services[0].id, field="name", language="fr", since=AT))
    assert languages_behind(session, [services[0].id]) == {services[0].id: (Behind("name", "fr", AT),)}
