from __future__ import annotations

import uuid
from datetime import UTC, datetime

from referral.intake.models import CaseEvent
from referral.intake.timeline import SENTENCES, say_events
from referral.intake.vocabulary import CaseEventKind
from tests.pages.example import make_app

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def event(kind):
    return CaseEvent(id=uuid.uuid4(), case_id=uuid.uuid4(), occurred_at=AT, user_id=None, kind=kind)


def test_every_kind_of_event_has_its_sentence():
    assert set(SENTENCES) == set(CaseEventKind)


def test_a_file_that_is_kept_longer_says_until_when_and_why(tmp_path):
    with make_app(tmp_path, None).test_request_context("/fr/"):
        told = [(event(CaseEventKind.KEPT_LONGER), {"until": "2027-01-15", "reason": "Plainte Exemple"})]

        assert "15 janvier 2027" in say_events(told, {})[0].more.replace("\u00a0", " ")
        assert "Plainte Exemple" in say_events(told, {})[0].more
