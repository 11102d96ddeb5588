from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from referral.i18n import wiring
from referral.i18n.typography import set_text

with (Path(wiring.TRANSLATIONS) / "fr/LC_MESSAGES/messages.po").open("rb") as file:
    MESSAGES = [message for message in read_po(file, locale="fr") if message.id]


def said(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.id)[:60])
def test_every_message_has_its_french(message):
    assert all(said(message))
    assert not message.fuzzy


def test_french_is_set_as_it_is_printed():
    assert [text for message in MESSAGES for text in said(message) if set_text(text, "fr") != text] == []


def test_french_keeps_the_same_blanks_to_fill():
    assert [str(error) for message in MESSAGES for error in message.check()] == []


def test_one_is_not_called_tu():
    words = {word for message in MESSAGES for text in said(message) for word in text.lower().split()}

    assert not words & {"tu", "toi", "ton", "tes"}
