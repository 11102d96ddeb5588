"""What strangers type: kept as codes where codes are promised, without signs that steer who reads it."""

from __future__ import annotations

import unicodedata

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from referral.evidence.kinds import LONGEST_NOTE, NoteTellsOfAPlaceError, check_note
from referral.evidence.models import ListingFlag, UnmetNeed
from tests.directory.test_feedback import NEED

STEERING = ["\x1b[2J\x1b[1;1H", "\x1b]0;title\x07", "\x9b31m", "\u202e", "\u2066", "\x7f", "\r"]
TURNING = {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "FSI", "PDF", "PDI"}
NAMES = ["exploitation", "need", "region", "clientele", "age"]
TOLD = "Jeanne Untel, 4321, rue des Oubliettes"


@pytest.mark.parametrize("sign", STEERING, ids=ascii)
def test_signs_that_nobody_sees_leave_a_note(client, session, service, sign):
    sent = client.post(f"/fr/services/{service.id}/fix", data={"kind": "other", "note": f"Le{sign} numéro"})

    assert sent.status_code == 303
    session.rollback()
    assert sign not in session.scalars(sa.select(ListingFlag.note)).one()


@given(st.text(max_size=LONGEST_NOTE))
def test_no_note_steers_a_terminal_or_turns_its_words_around(text):
    try:
        kept = check_note(text)
    except NoteTellsOfAPlaceError:
        return
    assert not [each for each in kept if unicodedata.category(each) == "Cc" and each not in "\n\t"]
    assert not TURNING & {unicodedata.bidirectional(each) for each in kept}


@pytest.mark.parametrize(
    "name", ["exploitation", "need", "region", "clientele", "age", "note", "month", "id"]
)
def test_a_need_is_counted_in_codes_whatever_its_address_says(client, session, service, name):
    sent = client.post("/fr/unmet-need", query_string={name: TOLD}, data=NEED | {"note": TOLD, "month": TOLD})

    session.rollback()
    kept = session.scalars(sa.select(UnmetNeed)).all()
    assert sent.status_code == (303 if kept else 422)
    assert "Jeanne" not in repr([vars(each) for each in kept])
