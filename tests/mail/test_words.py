"""What others may see of a letter, a tab, a history or a folder of downloads says nothing of why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, meta

from referral.i18n.wiring import TRANSLATIONS
from referral.mail.letters import split_letter
from referral.shared.paths import ROOT, TEMPLATES
from tests.neutral import OF_ANY_OFFICE, TELLING, find_telling

LETTERS = sorted((TEMPLATES / "email").glob("*.txt"))
KINDS = sorted({path.name.split(".")[0] for path in LETTERS})
LONGEST_SUBJECT = 60
TITLE = re.compile(r"{% block title %}(.*?){% endblock %}", re.DOTALL)
FRENCH = [path for path in LETTERS if ".fr." in path.name]
HIDDEN = ["Violence", "HÉBERGEMENT", "l’hébergement", "victimes", "sex trade", "refuges"]
SPACED = re.compile("[^\u00a0\\s/p][:;?!](?=\\s|$)| [:;?!](?=\\s|$)|«[^\u00a0]|[^\u00a0]»")
STATIC = ROOT / "referral" / "static"


def subject_of(path: Path) -> str:
    return split_letter("camille@exemple.example", path.read_text(encoding="utf-8")).subject


def titles() -> Iterator[tuple[str, str]]:
    """Yield the title of each page, in both languages, and where it is."""
    with (TRANSLATIONS / "fr/LC_MESSAGES/messages.po").open(encoding="utf-8") as file:
        french = {message.id: message.string for message in read_po(file) if isinstance(message.id, str)}
    for path in sorted(TEMPLATES.rglob("*.html")):
        for title in re.findall(
            r"{% block title %}(.*?){% endblock %}", path.read_text(encoding="utf-8"), re.S
        ):
            name = str(path.relative_to(TEMPLATES))
            yield name, re.sub(r"{{.*?}}", " ", title)
            for _, message in re.findall(r"""\b_\((["'])(.*?)\1""", title):
                yield name, message
                yield name, str(french.get(message, message))


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_is_written_in_both_languages_of_the_same_values(kind):
    asked = [
        meta.find_undeclared_variables(Environment(autoescape=True).parse(path.read_text(encoding="utf-8")))
        for path in (TEMPLATES / "email" / f"{kind}.{language}.txt" for language in ("fr", "en"))
    ]

    assert asked[0] == asked[1]


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.name)
def test_no_letter_tells_why(path):
    assert find_telling(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.name)
def test_a_subject_is_short_says_from_whom_and_holds_no_value(path):
    subject = subject_of(path)

    assert subject.startswith("Relais\u00a0: " if ".fr." in path.name else "Relais: ")
    assert len(subject) <= LONGEST_SUBJECT
    assert "{" not in subject


@pytest.mark.parametrize("language", ["fr", "en"])
def test_subjects_tell_letters_apart(language):
    subjects = [subject_of(path) for path in LETTERS if f".{language}." in path.name]

    assert len(set(subjects)) == len(subjects) > 1


@pytest.mark.parametrize(
    "path", [path for path in LETTERS if ".fr." in path.name], ids=lambda path: path.name
)
def test_french_letters_are_set_as_french_is(path):
    assert SPACED.findall(path.read_text(encoding="utf-8")) == []
    assert "'" not in re.sub(r"{{.*?}}", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("where", "title"), list(titles()))
def test_no_title_of_a_page_tells_why(where, title):
    allowed = OF_ANY_OFFICE if where.startswith("cases/") else frozenset()

    assert set(find_telling(title)) <= allowed


def test_titles_are_looked_at_in_both_languages():
    found = [title for _, title in titles()]

    assert "Accessibility" in found
    assert "Accessibilité" in found


@pytest.mark.parametrize(
    "path",
    sorted(path.relative_to(STATIC) for path in STATIC.rglob("*") if path.is_file()) + LETTERS,
    ids=lambda path: path.name,
)
def test_no_name_of_a_file_tells_why(path):
    assert find_telling(path.name) == []


def test_no_address_of_a_page_tells_why(app):
    rules = {rule.rule for rule in app.url_map.iter_rules() if "static" not in rule.rule}

    assert [rule for rule in rules if find_telling(re.sub(r"\W", " ", rule))] == []


@pytest.mark.parametrize("word", HIDDEN)
def test_telling_words_are_found_whatever_their_case_and_accents(word):
    assert find_telling(f"Relais : {word}")


def test_words_are_not_found_within_others():
    assert find_telling("portraiture, bienvenue, dérapage") == []
    assert len(set(TELLING)) == len(TELLING)
