"""What every page of a demonstration says, in both languages whatever the page's own is."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from referral.i18n.locale import current_language
from referral.shared.bilingual import Language

OTHER: dict[Language, Language] = {"fr": "en", "en": "fr"}


def say_in_both() -> list[tuple[Language, str, str]]:
    """Return the warning, the page's language first: the language, its first words and the rest."""
    here = current_language()
    return [(language, *_say(language)) for language in (here, OTHER[here])]


def _say(language: Language) -> tuple[str, str]:
    with force_locale(language):
        return (
            _("Demonstration: everything is fictional."),
            _("No organization, service or person of these pages exists. Only the help lines are real."),
        )
