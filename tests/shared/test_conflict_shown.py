"""The page of a conflict shows what each wrote, as text, in both languages."""

from __future__ import annotations

import pytest
from flask import get_template_attribute
from flask_babel import force_locale

from referral.shared.conflict import compare

LABELS = {"name": "Nom", "phone": "Téléphone"}


@pytest.fixture
def show(app, session):
    def show(language, *sides):
        with app.test_request_context(f"/{language}/"), force_locale(language):
            macro = get_template_attribute("components/conflict.html", "both_versions")
            return str(macro(compare(*sides), LABELS))

    return show


@pytest.mark.parametrize("language", ["fr", "en"])
def test_both_values_are_shown_and_what_agrees_is_not(show, language):
    page = show(language, {"name": "La mienne", "phone": "1"}, {"name": "La sienne", "phone": "1"})

    assert "La mienne" in page
    assert "La sienne" in page
    assert "Téléphone" not in page


def test_what_somebody_wrote_is_text_and_never_markup(show):
    page = show("fr", {"name": "<script>alert(1)</script>"}, {"name": "<b>x</b>"})

    assert "<script>" not in page
    assert "<b>" not in page


def test_what_is_gone_is_said_to_be_removed(show):
    page = show("en", {"name": "Mine"}, None)

    assert "removed this" in page
    assert "Mine" in page
