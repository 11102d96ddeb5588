"""Where a request ends: the real server and whatever stands before it must never read two in one."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import suppress

import pytest

from referral.shared.paths import ROOT
from tests.browser.conftest import PATIENCE_SECONDS, wait_for
from tests.web.test_logging_served import make_settings
from tools.serve import SERVER

SECOND = b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
START = (
    b"POST /fr/services HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """The port of a real server, as it is started to serve people."""
    folder = tmp_path_factory.mktemp("ends")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    command = [sys.executable, *SERVER, "--port", str(number), "wsgi:app"]
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=make_settings(folder), stdout=output, stderr=output)
        try:
            wait_for(f"http://127.0.0.1:{number}", process, log)
            yield number
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def talk(port, *parts):
    """Send bytes on one connection and return what comes back."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.settimeout(3)
        with suppress(TimeoutError, ConnectionError):
            for part in parts:
                connection.sendall(part)
            while more := connection.recv(65536):
                received += more
    return received


def send(port, *parts):
    """Send bytes on one connection and return the statuses of what comes back."""
    lines = talk(port, *parts).splitlines()
    return [int(line.split()[1]) for line in lines if line.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nContent-Length: 60\r\n",
        b"Content-Length: 5, 60\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 5x\r\n",
        b"Content-Length: -5\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
    ],
)
def test_a_length_that_can_be_read_in_two_ways_is_refused(port, lengths):
    assert send(port, START + lengths + b"\r\nq=abc" + SECOND)[:1] == [400]


def test_of_chunks_and_a_length_the_length_counts_for_nothing(port):
    """The request after it is found where the chunks end, or the whole is refused."""
    both = START + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nq=a\r\n0\r\n\r\n"

    assert send(port, both + SECOND) in ([411, 200], [411], [400])


@pytest.mark.parametrize("size", [1, 100])
def test_a_body_that_does_not_say_its_length_is_refused_rather_than_cut(port, size):
    chunk = b"2000\r\n" + b"a=1&" * 0x800 + b"\r\n"

    statuses = send(port, START + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * size, b"0\r\n\r\n")

    assert statuses[:1] == [411]


def test_a_body_that_never_ends_keeps_nobody_waiting(port):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as slow:
        slow.sendall(START + b"Content-Length: 1000\r\n\r\nq=")
        assert send(port, SECOND) == [200]
