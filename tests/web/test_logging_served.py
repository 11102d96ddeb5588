"""A real server is sent words that no log may hold; all that it writes is then looked through."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask_migrate import upgrade

from config import Config
from referral.app import create_app
from referral.edition.builder import build_edition
from referral.shared.database import DIRECTORY, db
from referral.web.log_records import KEYS
from tests.browser.conftest import PATIENCE_SECONDS, ROOT, wait_for
from tests.conftest import AUDIT_KEY, SECRET_KEY
from tests.edition.conftest import Directory

VISITOR = "203.0.113.77"
OPTIONS = ("--interface", "wsgi", "--no-access-log", "--log-level", "warning", "--blocking-threads", "2")
PLANTED = (
    "inquery",
    "inpath",
    "inform",
    "infield",
    "inagent",
    "inreferer",
    "incookie",
    "inauthorization",
    "inheader",
    "inhost",
    "inmethod",
    "inline",
    VISITOR,
    "127.0.0.1",
    "localhost",
)
HEADERS = {
    "User-Agent": "Mozilla/5.0 inagent",
    "Referer": "https://elsewhere.example/inreferer",
    "Cookie": "session=incookie; __Host-relais=incookie",
    "Authorization": "Bearer inauthorization",
    "X-Anything": "inheader",
    "X-Forwarded-For": VISITOR,
    "X-Request-Id": "inheader",
    "Accept-Language": "inheader",
}
QUERY = "?q=inquery&inquery=1&s=inquery&near=%FFinquery"
FORM = urlencode({"message": "inform", "infield": "inform", "q": "inform"})


@dataclass(frozen=True, slots=True)
class Written:
    """All that a server wrote, and the statuses of what it answered."""

    text: str
    statuses: dict[str, int]

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return each line, which must be one object of JSON."""
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        """Return the records of one event."""
        return [record for record in self.records if record["event"] == event]


def make_settings(folder: Path) -> dict[str, str]:
    """Make a database and an edition of one fictional service; return the variables of their server."""
    url = f"sqlite:///{folder}/directory.db"
    places = {"EDITION_DIR": folder / "editions", "SEALING_DIR": folder / "sealing"}
    places["AUDIT_WITNESS"] = folder / "witness.json"
    config = Config(SECRET_KEY=SECRET_KEY, AUDIT_KEY=AUDIT_KEY, DIRECTORY_URL=url, TESTING=True, **places)
    app = create_app(config)
    with app.app_context():
        upgrade()
        Directory(db.session()).add()
        build_edition(db.session(), config.EDITION_DIR, config.PUBLISHED_FROM, config.EDITIONS_KEPT)
        db.session.remove()
        db.engines[DIRECTORY].dispose()
    given = {"SECRET_KEY": SECRET_KEY, "AUDIT_KEY": AUDIT_KEY, "DIRECTORY_URL": url, **places}
    given |= {"DEVELOPMENT": "1", "PROXIES": "1", "LOG_LEVEL": "info"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    return kept | {f"RELAIS_{name}": str(value) for name, value in given.items()}


def send(port: int, method: str, path: str, body: str | None = None, **headers: str) -> int:
    """Send one request with something planted in every header; return its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body, {**HEADERS, **kind, **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def send_malformed(port: int) -> None:
    """Send what is no request at all."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as line:
        line.sendall(b"GET /inline?inline HTTP/9.9 inline\r\ninline\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass


def visit(port: int) -> dict[str, int]:
    """Ask for pages that answer, that refuse and that fail; return the status of each."""
    send_malformed(port)
    return {
        "start": send(port, "GET", f"/fr/{QUERY}"),
        "search": send(port, "GET", f"/fr/recherche{QUERY}"),
        "searched": send(port, "POST", "/fr/", FORM),
        "missing": send(port, "GET", f"/fr/inpath/inpath{QUERY}"),
        "foreign": send(port, "GET", f"/fr/{QUERY}", Host="inhost.example"),
        "method": send(port, "INMETHOD", f"/fr/{QUERY}"),
        "origin": send(port, "POST", f"/fail/inpath{QUERY}", FORM, Origin="https://inheader.example"),
        "too long": send(port, "POST", f"/fail/inpath{QUERY}", FORM + "&inform=" + "inform" * 20_000),
        "failed": send(port, "POST", f"/fail/inpath{QUERY}", FORM),
        "late": send(port, "GET", f"/late/inpath{QUERY}"),
        "chatter": send(port, "GET", f"/chatter/inpath{QUERY}"),
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """What a server wrote of visits of every kind, from its start to its end."""
    folder = tmp_path_factory.mktemp("logging")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", *OPTIONS, "--port", str(port), "tests.web.failing:app"]
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=make_settings(folder), stdout=output, stderr=output)
        try:
            wait_for(f"http://127.0.0.1:{port}", process, log)
            statuses = visit(port)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
    return Written(log.read_text(encoding="utf-8"), statuses)


def test_the_visits_were_what_they_were_meant_to_be(written):
    wanted = {"start": 200, "missing": 404, "foreign": 400, "method": 405, "origin": 403}
    wanted |= {"failed": 500, "late": 500, "chatter": 200}

    assert written.statuses | wanted == written.statuses


@pytest.mark.parametrize("word", PLANTED)
def test_nothing_that_a_visitor_sent_or_is_called_is_written(written, word):
    assert [line for line in written.text.splitlines() if word.lower() in line.lower()] == []


def test_every_line_is_one_object_of_known_keys(written):
    assert written.records
    assert [record for record in written.records if not record.keys() <= KEYS] == []


def test_a_request_is_told_by_the_name_of_its_page_and_how_it_ended(written):
    requests = written.of("request")

    assert {"chatter", "fail", None} <= {record["endpoint"] for record in requests}
    assert all(set(record) >= {"method", "status", "milliseconds", "endpoint"} for record in requests)
    assert all(isinstance(record["status"], int) for record in requests)
    assert {"GET", "POST", "other"} == {record["method"] for record in requests}


def test_an_error_is_told_by_its_type_and_by_where_it_was(written):
    failed = [record for record in written.of("request_failed") if record["endpoint"] == "fail"]

    assert [record["error"] for record in failed] == ["RuntimeError"]
    assert any(frame.startswith("tests/web/failing.py:") for frame in failed[0]["frames"])


def test_what_libraries_say_is_kept_out_but_not_that_they_said_it(written):
    names = [record["logger"] for record in written.of("library")]

    assert {"some.library", "referral.careless", "py.warnings"} <= set(names)


def test_a_thread_that_fails_is_told_of_without_its_words(written):
    assert [record["error"] for record in written.of("thread_failed")] == ["TypeError"]
