"""The certificate that browsers are shown at our own address, the one address that is asked for it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from urllib.parse import urlsplit

WAIT_SECONDS = 10
HTTPS = 443
EXPIRED, OTHER_NAME = 10, 62
"""OpenSSL's own numbers (X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH)."""

Opener = Callable[[str, int], str]
"""Asks a host for its certificate, checks it as a browser does, and returns the moment of its end."""


class Fault(Enum):
    """What keeps a certificate from being taken."""

    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    OTHER_NAME = "other_name"
    UNTRUSTED = "untrusted"


class CertificateError(Exception):
    """No certificate that browsers take was seen."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def ask_for_end(host: str, port: int) -> str:
    """Return when the certificate of a host ends, as OpenSSL writes it; raises OSError."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=WAIT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        shown = connection.getpeercert() or {}
        return str(shown["notAfter"])


def find_end(address: str, ask: Opener) -> datetime:
    """Return when the certificate of an https address ends; raises CertificateError."""
    parts = urlsplit(address)
    try:
        end = ask(parts.hostname or "", parts.port or HTTPS)
    except ssl.SSLCertVerificationError as error:
        known = {EXPIRED: Fault.EXPIRED, OTHER_NAME: Fault.OTHER_NAME}
        raise CertificateError(known.get(error.verify_code, Fault.UNTRUSTED)) from error
    except OSError as error:
        raise CertificateError(Fault.UNREACHABLE) from error
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
