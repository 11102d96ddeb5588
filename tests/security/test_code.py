"""What our code never does: a call that is dangerous in itself is found here on the day it is written."""

from __future__ import annotations

import ast
import re

import pytest

from referral.shared.paths import ROOT

SOURCES = sorted([*ROOT.glob("referral/**/*.py"), ROOT / "config.py", ROOT / "wsgi.py"])
TEMPLATES = sorted(ROOT.glob("templates/**/*"))
SCRIPTS = sorted([*ROOT.glob("referral/static/*.js"), *ROOT.glob("referral/**/*.js.jinja")])
FORBIDDEN_CALLS = frozenset(
    {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
)
FORBIDDEN_MODULES = frozenset(
    {
        "ctypes",
        "ftplib",
        "http.client",
        "httpx",
        "ldap3",
        "lxml",
        "marshal",
        "pickle",
        "random",
        "requests",
        "shelve",
        "subprocess",
        "tarfile",
        "telnetlib",
        "urllib.request",
        "xml",
        "yaml",
        "zipfile",
    }
)
MEASURED = {"sheet_reading.py": "zipfile"}
"""Unpacks the sheet that an organization sends, after looking at how much would come out of it."""
WEAK_HASHES = frozenset({"md5", "sha1"})
UNSAFE_SCRIPT = re.compile(
    r"\.innerHTML\s*=[^=]|outerHTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function"
    r"|localStorage|indexedDB|document\.cookie|setTimeout\(\s*[\"'`]"
)


def calls():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                owner = node.func.value if isinstance(node.func, ast.Attribute) else None
                yield f"{path.name}:{node.lineno}", name, getattr(owner, "id", ""), node


def imports():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((f"{path.name}:{node.lineno}", each.name) for each in node.names)
            if isinstance(node, ast.ImportFrom):
                yield f"{path.name}:{node.lineno}", node.module or ""


def test_there_is_code_to_look_at():
    assert len(SOURCES) > 100
    assert len(TEMPLATES) > 50
    assert len(SCRIPTS) >= 5
    assert len(list(calls())) > 1000


def test_no_text_is_run_as_code_nor_made_into_a_template():
    found = [
        place
        for place, name, owner, _ in calls()
        if name in FORBIDDEN_CALLS and not (name == "compile" and owner == "re")
    ]

    assert found == []


def test_nothing_starts_a_program_reads_xml_unpacks_an_archive_or_asks_another_site():
    found = [
        (place, module)
        for place, module in imports()
        if module in FORBIDDEN_MODULES or module.partition(".")[0] in FORBIDDEN_MODULES
    ]

    assert [each for each in found if MEASURED.get(each[0].partition(":")[0]) != each[1]] == []


def test_no_weak_hash_is_used():
    assert [place for place, name, _, _ in calls() if name in WEAK_HASHES] == []


def test_no_order_to_a_database_is_put_together_from_texts():
    found = [
        place
        for place, name, _, node in calls()
        if name in ("text", "execute", "exec_driver_sql", "scalar", "scalars")
        and node.args
        and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
        and not place.startswith(("database.py", "rows.py"))
    ]

    assert found == []


PATTERNS = frozenset({"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer"})


def is_written_here(node):
    """Say whether a pattern is made of constants only."""
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return all(map(is_written_here, parts))
    if isinstance(node, ast.BinOp):
        return is_written_here(node.left) and is_written_here(node.right)
    if isinstance(node, ast.Attribute):
        return node.attr == "pattern"  # of a pattern or of a filter, which are constants
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def test_no_text_from_elsewhere_becomes_a_pattern():
    patterns = [(place, node) for place, name, owner, node in calls() if owner == "re" and name in PATTERNS]
    listed = "confidentiality.py"  # compiles each of a list of constants

    assert len(patterns) > 20
    assert [
        place
        for place, node in patterns
        if not is_written_here(node.args[0]) and not place.startswith(listed)
    ] == []


def test_what_numpy_reads_is_numbers_only():
    loads = [
        node for _, name, owner, node in calls() if owner == "np" and name in ("load", "save", "fromfile")
    ]
    given = [word.value for node in loads for word in node.keywords if word.arg == "allow_pickle"]

    assert loads
    assert [value for value in given if not (isinstance(value, ast.Constant) and value.value is False)] == []


def test_no_template_lets_markup_through():
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES if path.is_file())

    assert re.findall(r"\|\s*safe\b|autoescape\s+false|\|\s*tojson", text) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_writes_markup_runs_text_or_keeps_anything(script):
    assert UNSAFE_SCRIPT.findall(script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_hears_only_messages_of_our_own_pages(script):
    text = script.read_text(encoding="utf-8")
    listeners = re.findall(r'addEventListener\("message", .*\n(?:.*\n){0,2}', text)

    assert len(listeners) == text.count('addEventListener("message"')
    assert all("event.origin" in listener for listener in listeners)
    assert 'postMessage(message, "*")' not in text
