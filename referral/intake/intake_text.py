"""The text on her rights that is read before anything is written down, in both languages."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup

from referral.accounts.organizations import name_place
from referral.i18n.locale import LANGUAGES, current_language
from referral.intake.notices import NOTICE_VERSION
from referral.shared.bilingual import Language
from referral.shared.database import directory_session


def render_notice(organization_id: UUID) -> list[tuple[str, Markup]]:
    """Return the text in the language of the page, then in the other, each with its language."""
    languages = sorted(LANGUAGES, key=lambda each: each != current_language())
    return [(language, say_notice(organization_id, language)) for language in languages]


def say_notice(organization_id: UUID, language: Language) -> Markup:
    """Return the text that is read now, in one language."""
    with force_locale(language):
        place = name_place(directory_session(), organization_id, language)
        return Markup(render_template(f"cases/notice_text_{NOTICE_VERSION}.html", place=place))  # noqa: S704
