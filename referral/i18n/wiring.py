"""Languages of the interface, and what templates need to speak them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import Babel

from referral.i18n.locale import LANGUAGES, current_language, select_locale
from referral.i18n.phones import dial, show_number, spell_number

TRANSLATIONS = Path(__file__).parent / "translations"

babel = Babel()


def init_app(app: Flask) -> None:
    """Let the address choose the language."""
    babel.init_app(
        app,
        default_locale="fr",
        default_timezone="America/Toronto",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=select_locale,
    )
    app.jinja_env.globals.update(
        languages=LANGUAGES,
        current_language=current_language,
        show_number=show_number,
        spell_number=spell_number,
        dial=dial,
    )
