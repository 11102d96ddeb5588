from __future__ import annotations

import ast
import json
import logging
import socket
import subprocess
import sys

import pytest
import structlog

from referral.shared.paths import ROOT
from referral.web.log_records import KEYS, UNWRITTEN, WORD, clean, keep_known, list_frames
from referral.web.logs import OneLineHandler, configure
from tests.browser.conftest import PATIENCE_SECONDS, wait_for
from tests.web.test_logging_served import PLANTED, make_settings, visit
from tools.serve import SERVER

METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
LOGGERS = {"log", "logger", "current_app.logger", "app.logger", "logging"}
MORE_THAN_A_WORD = [
    "deux mots",
    "camille@exemple.example",
    "a/b?c",
    "é",
    "x" * 101,
    "a\nb",
    b"x",
    {"a": 1},
    ["x"],
    ("x",),
    ValueError("x"),
]


def calls_to_log() -> dict[str, ast.Call]:
    """Return every call that logs in the application, by its place."""
    return {
        f"{path.relative_to(ROOT)}:{node.lineno}": node
        for path in sorted((ROOT / "referral").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in METHODS and ast.unparse(node.func.value) in LOGGERS
    }


CALLS = calls_to_log()


@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
def test_what_is_logged_is_a_fixed_word_with_known_keys(call):
    (event,) = call.args

    assert isinstance(event, ast.Constant)
    assert WORD.fullmatch(event.value)
    assert {keyword.arg for keyword in call.keywords if keyword.arg} <= KEYS | {"exc_info"}


def test_there_are_calls_to_look_at():
    assert len(CALLS) > 8


@pytest.mark.parametrize("value", MORE_THAN_A_WORD)
def test_a_value_that_is_more_than_a_word_is_not_written(value):
    assert clean(value) == UNWRITTEN


@pytest.mark.parametrize("value", ["directory.home", "POST", "edition-12", 12, 1.5, True, None])
def test_a_word_or_a_number_is_written(value):
    assert clean(value) == value


def test_an_unknown_key_is_dropped():
    assert keep_known(None, "", {"event": "x", "email": "camille", "path": "/fr/"}) == {"event": "x"}


def test_places_in_code_are_told_from_the_project_on():
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # of the standard library
        int("camille")

    (frame,) = list_frames(caught.value.__traceback__)
    assert frame.startswith("tests/web/test_log_records.py:")
    assert frame.endswith(" test_places_in_code_are_told_from_the_project_on")


@pytest.fixture
def said(capsys):
    """Return a function that gives the records printed so far; logging is as it was once the test ends."""
    root, ours = logging.getLogger(), logging.getLogger("referral")
    before = (list(root.handlers), root.level, ours.level)
    configure("warning")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.handlers[:], root.level, ours.level = before
    root.manager._clear_cache()  # noqa: SLF001  # levels are remembered


def test_configuring_twice_says_nothing_twice(said):
    configure("warning")
    structlog.get_logger("referral.exemple").warning("once")

    assert [record["event"] for record in said()] == ["once"]


def test_what_the_level_leaves_out_is_not_said(said):
    structlog.get_logger("referral.exemple").info("request")

    assert said() == []


def test_a_record_that_cannot_be_formatted_is_not_printed_in_another_way(capsys):
    unfit = ("some.library", logging.ERROR, "", 0, "%d", ("camille@exemple.example",), None)
    OneLineHandler().handle(logging.LogRecord(*unfit))

    assert "camille" not in str(capsys.readouterr())


@pytest.mark.parametrize("logger", ["_granian", "_granian.workers"])
def test_the_server_says_what_happens_to_the_process_and_no_error_in_its_words(said, logger):
    logging.getLogger(logger).error("Unexpected exit from worker-1")
    try:
        int("camille")
    except ValueError:
        logging.getLogger(logger).exception("Application callable raised an exception: camille")

    first, second = said()
    assert first["event"] == "Unexpected exit from worker-1"
    assert (second["event"], second["error"]) == ("library", "ValueError")
    assert "camille" not in str(second)


def test_not_even_an_access_log_that_an_operator_asks_of_the_server_is_written(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = ("--access-log", "--log-level", "info", "--port", str(port), "tests.web.failing:app")
    command = [sys.executable, *SERVER, *chosen]
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=make_settings(tmp_path), stdout=output, stderr=output
        )
        try:
            wait_for(f"http://127.0.0.1:{port}", process, log)
            visit(port)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
    text = log.read_text().lower()
    planted = [word for word in PLANTED if word not in {"127.0.0.1", "localhost"}]

    assert [word for word in planted if word in text] == []
    assert "/healthz" not in text
