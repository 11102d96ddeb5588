"""What can be set, asked for or typed is written down, in the languages of those who need it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from config import FILES, PREFIX, Config
from referral.catalogue.rows import SERVICE_COLUMNS
from referral.catalogue.sheets import SHEETS
from referral.cli.wiring import relais
from referral.search.filters import FILTERS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]
IN_BOTH_LANGUAGES = {"operators.md": "exploitation.md", "catalogue.md": "repertoire.md"}
GUIDES = [DOCS / "operators.md", DOCS / "fr" / "exploitation.md"]
NOT_SET_BY_OPERATORS = {"TESTING"}


def commands(group: click.Group, path: str) -> Iterator[str]:
    """Yield the full name of every command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "setting", [each.name for each in fields(Config) if each.name not in NOT_SET_BY_OPERATORS]
)
def test_every_setting_is_in_the_guide_for_operators(guide, setting):
    assert f"`{PREFIX}{setting}`" in guide.read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
@pytest.mark.parametrize("command", sorted(commands(relais, "relais")))
def test_every_command_is_in_the_guide_for_operators(guide, command):
    assert f"flask --app wsgi {command}" in guide.read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_guide_speaks_of_no_setting_that_is_not_one(guide):
    known = {f"{PREFIX}{name}" for name in {each.name for each in fields(Config)} | FILES}

    assert set(re.findall(rf"{PREFIX}[A-Z_]+", guide.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize(("english", "french"), IN_BOTH_LANGUAGES.items())
def test_a_page_that_readers_need_in_both_languages_has_the_same_sections_in_both(english, french):
    pages = (DOCS / english, DOCS / "fr" / french)
    sections = [re.findall(r"^(#+) ", page.read_text(encoding="utf-8"), re.MULTILINE) for page in pages]

    assert sections[0] == sections[1]


@pytest.mark.parametrize(
    "page", [DOCS / "catalogue.md", DOCS / "fr" / "repertoire.md"], ids=lambda path: path.name
)
def test_every_column_that_can_be_imported_is_written_down(page):
    sheets = (SERVICE_COLUMNS, *SHEETS.values())
    columns = {name for sheet in sheets for name in (*sheet.required, *sheet.optional)}
    text = page.read_text(encoding="utf-8")

    assert [name for name in sorted(columns) if f"`{name}`" not in text] == []


def test_every_sheet_that_can_be_imported_is_written_down():
    assert [
        name for name in SHEETS if f"`{name}`" not in (DOCS / "catalogue.md").read_text(encoding="utf-8")
    ] == []


def test_every_filter_is_written_down():
    text = (DOCS / "search.md").read_text(encoding="utf-8")

    assert [name for name in FILTERS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]

    assert [target for target in targets if target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_that_is_spoken_of_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    spoken_of = set(re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8")))

    assert [target for target in spoken_of if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_make_target_is_in_the_readme():
    targets = set(
        re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [target for target in sorted(targets) if f"make {target}" not in readme] == []


def test_every_decision_is_in_the_list_of_decisions():
    listed = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")

    assert [
        path.name for path in sorted((DOCS / "adr").glob("0*.md")) if f"({path.name})" not in listed
    ] == []
