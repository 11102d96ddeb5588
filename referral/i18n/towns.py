"""Towns in a sentence: in French, the article of « Le Bic » or « Les Escoumins » joins what is before it."""

from __future__ import annotations

from referral.shared.bilingual import Language

JOINED = {"Le ": "au ", "Les ": "aux "}


def in_town(name: str, language: Language) -> str:
    """Return a town with what says that something is in it: « à Laval », « aux Escoumins »."""
    if language == "en":
        return f"in {name}"
    for article, joined in JOINED.items():
        if name.startswith(article):
            return joined + name.removeprefix(article)
    return f"à {name}"
