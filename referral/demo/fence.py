"""Answers to this very machine only: a demonstration lets anyone in, so that nobody else may reach it."""

from __future__ import annotations

import ipaddress
from http import HTTPStatus

from flask import abort, request

FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})
FORWARDED_PREFIX = "x-forwarded-"


def check_request() -> None:
    """Answer 400 to what came through a proxy or a tunnel, or from another machine."""
    if any(is_forwarded(name) for name, _ in request.headers) or not is_here(request.remote_addr):
        abort(HTTPStatus.BAD_REQUEST)


def is_forwarded(header: str) -> bool:
    """Say whether a header is one that proxies add."""
    name = header.lower()
    return name in FORWARDED or name.startswith(FORWARDED_PREFIX)


def is_here(address: str | None) -> bool:
    """Say whether an address is of this machine."""
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
