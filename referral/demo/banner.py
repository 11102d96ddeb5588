"""What every page of a demonstration says, in both languages whatever the page's own is."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.i18n.locale import current_language
from referral.shared.bilingual import Language

OTHER: dict[Language, Language] = {"fr": "en", "en": "fr"}


def say_in_both() -> list[tuple[Language, str]]:
    """Return the warning in each language, the page's own first."""
    here = current_language()
    return [(here, _say(here)), (OTHER[here], _say(OTHER[here]))]


def _say(language: Language) -> str:
    with force_locale(language):
        return _("Demonstration: everything is fictional.")
