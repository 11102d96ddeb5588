from __future__ import annotations

import email
import socket
import ssl
import stat
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from types import SimpleNamespace

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from referral.mail.letters import Letter
from referral.mail.sending import (
    FileSender,
    Parcel,
    PutOffError,
    RefusedError,
    SendingError,
    SmtpSender,
    UnreachableError,
    compose,
)

SENDER = "relais@relais.example"
LETTER = Letter(
    "camille@exemple.example", "Relais\u00a0: réponse attendue avant 16 h", "Bonjour,\n\nVoilà.\n"
)
PARCEL = Parcel(uuid.UUID(int=7), datetime(2026, 11, 24, 12, tzinfo=UTC), LETTER)


class Mailbox:
    """Keeps what it is given, under which protection; answers as told."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, bool]] = []
        self.recipient_answer = self.message_answer = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # named by aiosmtpd
        """Answer to a recipient."""
        envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # named by aiosmtpd
        """Keep a message."""
        if self.message_answer.startswith("250"):
            self.received.append((envelope.content, session.ssl is not None))
        return self.message_answer


class OnAnyPort(Controller):
    """Listens where there is room."""

    @property
    def own_port(self) -> int:
        """Return the port that it was given."""
        return self.server.sockets[0].getsockname()[1]

    def _trigger_server(self) -> None:
        socket.create_connection(("127.0.0.1", self.own_port)).close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def serve(authority) -> Iterator[SimpleNamespace]:
    """Return a function that starts a mail server and gives who sends to it."""
    started: list[Controller] = []

    def serve(host="127.0.0.1", *, tls=True, from_the_start=False, trusted=True, password=None, wanted=None):
        certificate = (authority if trusted else trustme.CA()).issue_cert(host)
        ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(ours)
        box = Mailbox()
        options = {"auth_require_tls": True}
        if tls and not from_the_start:
            options["tls_context"] = ours
        if wanted:
            options |= {
                "auth_required": True,
                "authenticator": lambda *given: AuthResult(
                    success=given[-1].password.decode() == wanted, handled=False
                ),
            }
        if from_the_start:
            options |= {"ssl_context": ours, "auth_require_tls": False}
        controller = OnAnyPort(box, hostname="127.0.0.1", port=0, ready_timeout=10, **options)
        controller.start()
        started.append(controller)
        user = "relais" if password else None
        sender = SmtpSender(
            "127.0.0.1",
            controller.own_port,
            SENDER,
            user,
            password,
            from_the_start,
            lambda: trusting(authority),
        )
        return SimpleNamespace(box=box, sender=sender)

    yield serve
    for controller in started:
        controller.stop()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def read(content: bytes):
    return email.message_from_bytes(content, policy=policy.default)


@pytest.mark.parametrize("from_the_start", [False, True])
def test_a_letter_travels_under_tls(serve, from_the_start):
    office = serve(from_the_start=from_the_start)

    office.sender.send(PARCEL)

    ((content, was_protected),) = office.box.received
    assert was_protected or from_the_start
    message = read(content)
    assert message["Subject"] == LETTER.subject
    assert message["To"] == LETTER.to
    assert message.get_content().replace("\r\n", "\n") == LETTER.body


def test_nothing_is_said_to_a_server_without_tls(serve):
    office = serve(tls=False)

    with pytest.raises(UnreachableError, match="no_tls"):
        office.sender.send(PARCEL)
    assert office.box.received == []


@pytest.mark.parametrize(
    "options", [{"trusted": False}, {"host": "autre.example"}], ids=["unknown", "another"]
)
@pytest.mark.parametrize("from_the_start", [False, True])
def test_nothing_is_said_to_a_server_whose_certificate_does_not_hold(serve, options, from_the_start):
    office = serve(**options, from_the_start=from_the_start)

    with pytest.raises(UnreachableError, match="tls"):
        office.sender.send(PARCEL)
    assert office.box.received == []


def test_a_sender_signs_in(serve):
    office = serve(password="juste-exemple", wanted="juste-exemple")

    office.sender.send(PARCEL)

    assert len(office.box.received) == 1


def test_a_wrong_password_is_said_and_is_no_fault_of_the_letter(serve):
    office = serve(password="faux-exemple", wanted="juste-exemple")

    with pytest.raises(UnreachableError, match="sign_in"):
        office.sender.send(PARCEL)


def test_a_server_that_is_not_there_is_no_fault_of_the_letter():
    with pytest.raises(UnreachableError, match="no_answer"):
        SmtpSender("127.0.0.1", 1, SENDER).send(PARCEL)


@pytest.mark.parametrize("part", ["recipient", "message"])
@pytest.mark.parametrize(("code", "kind"), [(550, RefusedError), (451, PutOffError)])
def test_what_a_server_answers_is_for_ever_or_for_now(serve, part, code, kind):
    office = serve()
    setattr(office.box, f"{part}_answer", f"{code} camille@exemple.example is not here")

    with pytest.raises(kind) as refusal:
        office.sender.send(PARCEL)

    assert refusal.value.reason == f"{part}_{code}"


def test_the_same_letter_has_the_same_identifier():
    assert compose(PARCEL, SENDER)["Message-ID"] == compose(PARCEL, SENDER)["Message-ID"]


def test_a_message_asks_machines_not_to_answer():
    assert compose(PARCEL, SENDER)["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "letter",
    [
        Letter("a@exemple.example\nBcc: b@exemple.example", "Relais", "x"),
        Letter("a@exemple.example", "Relais\r\nBcc: b@exemple.example", "x"),
    ],
)
def test_no_header_can_be_slipped_in_even_past_the_outbox(letter):
    with pytest.raises(ValueError):  # noqa: PT011  # of the standard library, in its words
        compose(Parcel(PARCEL.id, PARCEL.created_at, letter), SENDER).as_bytes()


def test_only_ascii_travels():
    assert compose(PARCEL, SENDER).as_bytes().isascii()


def test_a_file_is_what_would_have_been_sent_and_is_its_owners(tmp_path):
    FileSender(tmp_path / "mail", SENDER).send(PARCEL)
    FileSender(tmp_path / "mail", SENDER).send(PARCEL)

    (path,) = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read(path.read_bytes())["Subject"] == LETTER.subject


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_letter(tmp_path):
    (tmp_path / "mail").write_text("a file")

    with pytest.raises(SendingError, match="folder"):
        FileSender(tmp_path / "mail", SENDER).send(PARCEL)
