"""Which language a page is in: the one that begins its address, else the browser's, French first."""

from __future__ import annotations

from typing import cast, get_args

from babel import Locale
from flask import has_request_context, request
from flask_babel import get_locale

from referral.shared.bilingual import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
FORMATS: dict[Language, Locale] = {"fr": Locale("fr", "CA"), "en": Locale("en", "CA")}


def language_of(path: str) -> Language | None:
    """Return the language that an address begins with."""
    first = path.lstrip("/").partition("/")[0]
    return "fr" if first == "fr" else "en" if first == "en" else None


def in_language(path: str, query: str, language: Language) -> str:
    """Return the address of the same page in a language; its start page where it has none."""
    if language_of(path) is None:
        return f"/{language}/"
    rest = path.lstrip("/").partition("/")[2]
    return f"/{language}/{rest}" + (f"?{query}" if query else "")


def preferred_language() -> Language:
    """Return what the browser asks for, French where it has no preference between ours."""
    return cast(Language, request.accept_languages.best_match(LANGUAGES, default="fr"))


def select_locale() -> str:
    """Tell Flask-Babel the language of this request; French outside of one."""
    if not has_request_context():
        return "fr"
    return language_of(request.path) or preferred_language()


def current_language() -> Language:
    """Return the language in force, also where a command forced it."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "fr"
