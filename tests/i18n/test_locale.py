from __future__ import annotations

import pytest

from referral.i18n.locale import in_language, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [("/fr/", "fr"), ("/en/services", "en"), ("/", None), ("/french/", None), ("/en", "en")],
)
def test_the_address_says_the_language(path, language):
    assert language_of(path) == language


def test_the_other_language_keeps_the_page_and_what_was_asked():
    assert in_language("/fr/services", "q=refuge", "en") == "/en/services?q=refuge"


def test_a_page_without_a_language_leads_to_the_start_page():
    assert in_language("/healthz", "", "en") == "/en/"
