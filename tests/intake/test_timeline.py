from __future__ import annotations

import pytest

from referral.intake.file_words import AGE_BANDS, CLOSURES, FOLLOW_UPS, NEED_STATES, NEEDS, URGENCIES
from referral.intake.timeline import SENTENCES
from referral.intake.vocabulary import (
    AgeBand,
    CaseEventKind,
    Closure,
    FollowUpKind,
    Need,
    NeedState,
    Urgency,
)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (SENTENCES, CaseEventKind),
        (CLOSURES, Closure),
        (FOLLOW_UPS, FollowUpKind),
        (NEEDS, Need),
        (NEED_STATES, NeedState),
        (AGE_BANDS, AgeBand),
        (URGENCIES, Urgency),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_every_code_that_a_page_shows_has_its_words(words, codes):
    assert set(codes) <= set(words)
