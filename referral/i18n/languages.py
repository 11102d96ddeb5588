"""Names of languages that no vocabulary of ours holds."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from referral.i18n.locale import FORMATS
from referral.shared.bilingual import Language


def name_language(code: str, language: Language) -> str:
    """Return what a language is called, or its code where nobody knows."""
    try:
        name: str | None = Locale.parse(code).get_display_name(FORMATS[language])
    except (UnknownLocaleError, ValueError):
        name = FORMATS[language].languages.get(code)
    return name or code
