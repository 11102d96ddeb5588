"""How often one place may write to us; its address is kept nowhere.

What is counted is a keyed hash whose key changes every day, in the memory of the process: it tells
nothing to who reads it, and a restart forgets it. Searching is not counted: a shelter of thirty
people, or a whole town, may be behind one address.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
from datetime import datetime

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse

from referral.shared.clock import now

FEEDBACK = parse("20 per 10 minutes")
RECEIPTS = parse("10 per 10 minutes")
EXTENSION = "relais.limiter"
HOME_PREFIX = 64
"""Bits of an IPv6 address that one household or organization holds."""


def take_one(limit: RateLimitItem, scope: str) -> int:
    """Count one more; return 0 where it is within the limit, else the minutes to wait."""
    limiter: Limiter = current_app.extensions[EXTENSION]
    key = caller_key()
    if limiter.limiter.hit(limit, scope, key):
        return 0
    reset = limiter.limiter.get_window_stats(limit, scope, key).reset_time
    return max(1, math.ceil((reset - now().timestamp()) / 60))


def caller_key() -> str:
    """Return what stands for who asks, today."""
    return hash_address(request.remote_addr or "", current_app.config["SECRET_KEY"], now())


def hash_address(address: str, secret: str, at: datetime) -> str:
    """Return a keyed hash of an address, another one each day."""
    key = hmac.digest(secret.encode(), f"relais.limits {at:%Y-%m-%d}".encode(), "sha256")
    return hmac.new(key, _network(address).encode(), "sha256").hexdigest()


def _network(address: str) -> str:
    """Return what one household or organization has in common."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if read.version == 4:  # noqa: PLR2004  # the version of the protocol
        return str(read)
    return str(ipaddress.ip_network((read, HOME_PREFIX), strict=False))


def init_app(app: Flask) -> None:
    """Give the application counters of its own."""
    limiter = Limiter(key_func=caller_key, storage_uri="memory://", strategy="moving-window")
    limiter.init_app(app)
    app.extensions[EXTENSION] = limiter
