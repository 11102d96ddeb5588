"""The ways that letters leave: a mail server over TLS, or files where one develops."""

from __future__ import annotations

import os
import smtplib
import ssl
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from referral.mail.letters import Letter

PATIENCE_SECONDS = 20.0
FOR_EVER = range(500, 600)
POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
FROM = "Relais"


class SendingError(Exception):
    """A letter was not sent; ``reason`` is a word for the operator, without anybody's address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedError(SendingError):
    """The server will never take this letter."""


class PutOffError(SendingError):
    """The server did not take this letter now."""


class UnreachableError(SendingError):
    """No server took anything: the letters are not at fault."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter with what makes it the same letter when it is sent twice."""

    id: uuid.UUID
    created_at: datetime
    letter: Letter


class Sender(Protocol):
    """Whatever takes letters away."""

    def send(self, parcel: Parcel) -> None:
        """Send one letter; raises a SendingError."""


def compose(parcel: Parcel, sender_address: str) -> EmailMessage:
    """Return the message as it travels; its policy refuses a line end in any header."""
    address = Address(FROM, addr_spec=sender_address)
    message = EmailMessage(POLICY)
    message["From"] = address
    message["To"] = Address(addr_spec=parcel.letter.to)
    message["Subject"] = parcel.letter.subject
    message["Date"] = format_datetime(parcel.created_at)
    message["Message-ID"] = f"<{parcel.id}@{address.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.letter.body, cte="quoted-printable")
    return message


@dataclass(frozen=True, slots=True)
class FileSender:
    """Writes letters as files, for development: nothing leaves the machine."""

    folder: Path
    sender_address: str

    def send(self, parcel: Parcel) -> None:
        """Write one letter; the second time it is the same file."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"{parcel.created_at:%Y%m%d-%H%M%S}-{parcel.id}.eml"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(compose(parcel, self.sender_address).as_bytes())
        except OSError as error:
            raise UnreachableError("folder") from error


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """Hands letters to a mail server: TLS with a certificate that holds, or nothing is said to it."""

    host: str
    port: int
    sender_address: str
    user: str | None = None
    password: str | None = None
    tls_from_the_start: bool = False
    make_context: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def send(self, parcel: Parcel) -> None:
        """Send one letter over a connection of its own; raises a SendingError."""
        message = compose(parcel, self.sender_address)
        server = self.connect()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise judge(codes[0], "recipient") from error
        except smtplib.SMTPResponseException as error:
            raise judge(error.smtp_code, "message") from error
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError("broken_off") from error
        finally:
            with suppress(smtplib.SMTPException, OSError):  # the letter was taken, or not, before this
                server.quit()

    def connect(self) -> smtplib.SMTP:
        """Return a session under TLS, signed in where there is a user; raises UnreachableError."""
        server: smtplib.SMTP | None = None
        try:
            if self.tls_from_the_start:
                server = smtplib.SMTP_SSL(
                    self.host, self.port, timeout=PATIENCE_SECONDS, context=self.make_context()
                )
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE_SECONDS)
                server.starttls(context=self.make_context())
            if self.user and self.password:
                server.login(self.user, self.password)
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            raise UnreachableError(fault_of(error)) from error
        return server


def judge(code: int, part: str) -> SendingError:
    """Return what an answer of the server means for a letter."""
    kind = RefusedError if code in FOR_EVER else PutOffError
    return kind(f"{part}_{code}")


def fault_of(error: Exception) -> str:
    """Return a word for why there is no session with the server."""
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "no_tls"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "sign_in"
    return "no_answer"
