"""What is typed in the form and what is kept say the same, for every question and every state."""

from __future__ import annotations

import uuid

import pytest

from referral.intake.answer_fields import Typed, digest_of, read_typed, show_value
from referral.intake.questions import BY_NAME, ValueRefusedError
from referral.intake.vocabulary import Need, NeedState, Said

PLACE = str(uuid.UUID(int=7))
VALUES = {
    "notice": [{"version": "2026-11", "language": "fr"}],
    "nickname": ["Merle Exemple"],
    "age_band": ["0-13", "65+"],
    "under_14": [{"capacity": "parent"}, {"capacity": "childs-benefit", "line": "Exemple"}],
    "languages": [
        {"spoken": ["fr"], "interpreter": False},
        {"spoken": ["es", "ht", "fcs"], "interpreter": True},
    ],
    "safe_contact": [
        {"channel": "none", "voicemail": False},
        {
            "channel": "text",
            "detail": "514 555-0100",
            "ask_for": "Merle",
            "days": [0, 6],
            "from": "09:00",
            "to": "17:30",
            "voicemail": True,
            "words": "C’est la bibliothèque",
        },
    ],
    "urgency": [{"level": level, "reason": "Exemple"} for level in ("u1", "u2", "u3", "u4")],
    "needs": [{need.value: state.value for need in Need} for state in NeedState],
    "limits": [
        {},
        {"children": 0},
        {
            "gender": "woman",
            "children": 2,
            "children_ages": "3 et 7 ans",
            "flags": ["pets", "no-papers"],
        },
    ],
    "regions": [{"now": "06"}, {"now": "06", "wanted": ["13", "16"], "avoid": ["01"]}],
    "organizations_to_avoid": [[PLACE, str(uuid.UUID(int=9))]],
    "follow_up": [[], ["48-hours", "90-days"]],
    "note": ["Deux lignes\nd’exemple"],
}
ANSWERED = [(name, value) for name, values in VALUES.items() for value in values]


def fields(question, **given):
    listed = {name: [value] if isinstance(value, str) else value for name, value in given.items()}
    return Typed(question, {f"{question}-{name}": value for name, value in listed.items()})


def test_every_question_has_an_example_here():
    assert set(VALUES) == set(BY_NAME)


@pytest.mark.parametrize(("name", "value"), ANSWERED)
def test_an_answer_shown_and_sent_back_is_the_same(name, value):
    assert read_typed(show_value(name, Said.ANSWERED, value)) == (Said.ANSWERED, value)


@pytest.mark.parametrize("said", [Said.DECLINED, Said.UNKNOWN])
@pytest.mark.parametrize("name", VALUES)
def test_not_saying_and_not_knowing_come_back_as_they_were(name, said):
    assert read_typed(show_value(name, said, None)) == (said, None)


@pytest.mark.parametrize("name", VALUES)
def test_what_was_not_asked_comes_back_as_not_asked(name):
    assert read_typed(show_value(name, None, None)) is None
    assert read_typed(Typed(name, {})) is None


@pytest.mark.parametrize(
    "typed",
    [
        fields("nickname", text="Merle", said="declined"),
        fields("note", text="Exemple", said="unknown"),
        fields("urgency", reason="Exemple", said="unknown"),
        fields("limits", none="1", children="2"),
        fields("follow_up", none="1", kinds="7-days"),
        fields("needs", safety="need-now", said="declined"),
    ],
)
def test_an_answer_beside_its_refusal_is_neither(typed):
    with pytest.raises(ValueRefusedError) as raised:
        read_typed(typed)
    assert raised.value.reason == "both"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (fields("nickname", text="x" * 61), "too-long"),
        (fields("nickname", text="Merle", said="perhaps"), "unknown-choice"),
        (fields("age_band", said="15"), "unknown-choice"),
        (fields("urgency", said="u2"), "no-reason"),
        (fields("urgency", reason="Exemple"), "unknown-choice"),
        (fields("urgency", said="u9", reason="Exemple"), "unknown-choice"),
        (fields("under_14", said="childs-benefit"), "no-reason"),
        (fields("under_14", line="Exemple"), "unknown-choice"),
        (fields("languages", interpreter="1"), "empty"),
        (fields("languages", spoken=["français"]), "unknown-choice"),
        (fields("languages", spoken=["fr", "en", "es", "ar", "ht", "pt", "it", "de", "ro"]), "too-many"),
        (fields("safe_contact", channel="phone"), "no-detail"),
        (fields("safe_contact", detail="514 555-0100"), "unknown-choice"),
        (fields("safe_contact", channel="none", **{"from": "09:00"}), "hours"),
        (fields("safe_contact", channel="none", days=["7"]), "unknown-choice"),
        (fields("safe_contact", channel="none", days=["²"]), "unknown-choice"),
        (fields("needs", safety="maybe"), "unknown-choice"),
        (fields("limits", children="deux"), "not-a-number"),
        (fields("limits", children="9" * 400), "not-a-number"),
        (fields("limits", flags=["rich"]), "unknown-choice"),
        (fields("regions", now="99"), "unknown-choice"),
        (fields("organizations_to_avoid", ids=["x"]), "unknown-choice"),
        (fields("organizations_to_avoid", ids=[str(uuid.UUID(int=n)) for n in range(21)]), "too-many"),
        (fields("follow_up", kinds=["never"]), "unknown-choice"),
        (fields("note", text="x" * 501), "too-long"),
        (fields("note", text="a\u202eb"), "several-lines"),
        (fields("notice", language="?"), "unknown-choice"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(typed, reason):
    with pytest.raises(ValueRefusedError) as raised:
        read_typed(typed)
    assert raised.value.reason == reason


def test_the_lines_of_a_browser_are_those_that_were_kept():
    assert read_typed(fields("note", text=" un\r\ndeux ")) == (Said.ANSWERED, "un\ndeux")


def test_a_mark_changes_with_the_answer_and_with_nothing_else():
    assert digest_of((Said.ANSWERED, "Merle")) == digest_of((Said.ANSWERED, "Merle"))
    assert len({digest_of(None), digest_of((Said.DECLINED, None)), digest_of((Said.UNKNOWN, None))}) == 3
