"""What the whole code base keeps to, looked at from outside."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent

PURE = (
    "referral.shared.bilingual",
    "referral.shared.clock",
    "referral.access.matrix",
    "referral.access.policy",
    "referral.shared.conflict",
    "referral.shared.turns",
    "referral.shared.settings",
    "referral.audit.chain",
    "referral.audit.events",
    "referral.mail.letters",
    "referral.web.log_records",
    "referral.geo.areas",
    "referral.geo.distance",
    "referral.geo.places",
    "referral.geo.precision",
    "referral.catalogue.confidentiality",
    "referral.catalogue.freshness",
    "referral.catalogue.listing",
    "referral.catalogue.schedules",
    "referral.catalogue.trust",
    "referral.catalogue.vocabulary",
    "referral.intake.questions",
    "referral.intake.vocabulary",
    "referral.evidence.releasing",
    "referral.evidence.suppression",
    "referral.gaps.choice",
    "referral.gaps.told",
    "referral.geo.pictures",
    "referral.intake.unmet",
    "referral.referrals.clocks",
    "referral.referrals.counted_codes",
    "referral.referrals.delays",
    "referral.referrals.inventory",
    "referral.referrals.proposals",
    "referral.referrals.periods",
    "referral.referrals.reasons",
    "referral.referrals.reports",
    "referral.referrals.status",
    "referral.intake.agreement_terms",
    "referral.intake.answer_fields",
    "referral.intake.contact",
    "referral.intake.follow_up_days",
    "referral.intake.incident_facts",
    "referral.intake.inventory",
    "referral.intake.matching",
    "referral.intake.notices",
    "referral.intake.retention",
    "referral.intake.spelling",
    "referral.intake.consent",
    "referral.search.analysis",
    "referral.search.engine",
    "referral.search.filters",
    "referral.search.index",
    "referral.search.query",
)
IMPURE = {"flask", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "wtforms"}

HOSTS = r"pypi\.org|pythonhosted|files\.python|registry\.npmjs|unpkg\.com|jsdelivr|cdnjs|googleapis|gstatic"
MACHINE = r"(?<![\w.])/(?:root|work|home)/\w|/opt/(?:wheels|pypi)"
INDEX = r"(?:extra-)?index-url|find-links|trusted-host"
BINARY = {".npy", ".png", ".ico", ".woff2", ".mo", ".xlsx", ".gz", ".db"}
THIS = Path(__file__).relative_to(ROOT)
LOCKING = Path("tools/lock")
"""The one file that speaks of indexes, to leave them out."""


def tracked_files() -> list[Path]:
    """Return the files that a clone would hold, without those that are not text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
    paths = [Path(name) for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.suffix not in BINARY and (ROOT / path).is_file()]


def found(pattern: str, but_not: frozenset[Path] = frozenset()) -> list[str]:
    """Return where a pattern occurs in the tracked files, as file:line."""
    expression = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in tracked_files()
        if path not in but_not | {THIS}
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if expression.search(line)
    ]


def python_files(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the Python files of a folder, parsed."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_loads_without_flask_sqlalchemy_or_wtforms(module):
    code = f"import sys, {module}; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert not IMPURE & {name.split(".")[0] for name in loaded.stdout.split()}


def test_the_list_of_pure_modules_is_true():
    assert [name for name in PURE if importlib.util.find_spec(name) is None] == []


def test_no_file_names_a_place_on_somebodys_machine():
    assert found(MACHINE) == []


def test_no_file_names_a_registry_or_a_host_of_scripts_and_fonts():
    assert found(HOSTS) == []


def test_no_file_names_an_index_of_packages():
    assert found(INDEX, frozenset({LOCKING})) == []


@pytest.mark.parametrize("name", ["run", "test"])
def test_every_locked_requirement_has_a_version_and_a_hash(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z])", text) if entry.strip()]

    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", ["run", "test"])
def test_every_requirement_that_is_asked_for_is_locked(name):
    folder = ROOT / "requirements"
    asked = [line for line in (folder / f"{name}.in").read_text().split("\n")[1:] if line]
    locked = set(re.findall(r"^([\w.\[\]-]+)==", (folder / f"{name}.txt").read_text(), re.MULTILINE))

    assert {line.lower().replace("_", "-") for line in asked} <= locked


def test_what_our_packages_ask_for_with_an_extra_is_locked_with_it():
    folder = ROOT / "requirements"
    text = "".join((folder / f"{name}.txt").read_text(encoding="utf-8") for name in ("run", "test"))
    locked = {
        name.lower(): set(extras.split(",")) if extras else set()
        for name, extras in re.findall(r"^([\w.-]+)(?:\[([\w,-]+)\])?==", text, re.MULTILINE)
    }
    asked = [
        Requirement(line)
        for name in locked
        if (found := find_distribution(name)) is not None
        for line in found.requires or ()
    ]
    wanted = [
        (each.name.lower().replace("_", "-"), each.extras)
        for each in asked
        if each.extras and (each.marker is None or each.marker.evaluate({"extra": ""}))
    ]

    assert [(name, extras) for name, extras in wanted if not extras <= locked.get(name, set())] == []
    assert wanted != []


def find_distribution(name: str) -> metadata.Distribution | None:
    """Return an installed package; None where this machine needs it not."""
    with suppress(metadata.PackageNotFoundError):
        return metadata.distribution(name)
    return None


def test_a_package_says_what_it_is_and_holds_nothing_else():
    full = [
        str(path)
        for path, tree in python_files("referral")
        if path.name == "__init__.py" and (ast.get_docstring(tree) is None or len(tree.body) != 1)
    ]

    assert full == []


def test_no_module_is_named_for_nothing_in_particular():
    names = {path.stem for path, _ in python_files("referral")}

    assert not names & {"utils", "util", "helpers", "helper", "common", "misc", "base"}


def test_no_migration_imports_the_application():
    guilty = [
        str(path)
        for path, tree in python_files("migrations/versions")
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"referral", "config"})
        or (isinstance(node, ast.Import) and any(name.name.startswith("referral") for name in node.names))
    ]

    assert guilty == []


def test_no_test_is_skipped_or_expected_to_fail():
    marks = {"skip", "skipif", "xfail", "importorskip"}
    guilty = [
        f"{path}:{node.lineno}"
        for path, tree in python_files("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in marks
    ]

    assert guilty == []
