from __future__ import annotations

import pytest

from referral.i18n.towns import in_town


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Laval", "à Laval"),
        ("Le Bic", "au Bic"),
        ("Les Escoumins", "aux Escoumins"),
        ("La Tuque", "à La Tuque"),
        ("L’Assomption", "à L’Assomption"),
        ("Lévis", "à Lévis"),
    ],
)
def test_in_french_an_article_joins_what_is_before_it(name, said):
    assert in_town(name, "fr") == said


def test_in_english_a_name_stays_whole():
    assert in_town("Les Escoumins", "en") == "in Les Escoumins"
