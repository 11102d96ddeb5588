"""Believes as many proxies as the setting declares, and says once when one stands there undeclared."""

from __future__ import annotations

import structlog
from flask import Flask, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded")
SAID = "relais.proxy_said"
log = structlog.get_logger(__name__)


def notice_undeclared() -> None:
    """Tell the operator of headers that nobody declared; they are ignored, and may be anybody's."""
    if SAID not in current_app.extensions and any(name in request.headers for name in FORWARDED):
        current_app.extensions[SAID] = True
        log.warning("proxy_undeclared")


def init_app(app: Flask) -> None:
    """Take the address and the scheme from the declared proxies only, and the host from none."""
    count = app.config["PROXIES"]
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    else:
        app.before_request(notice_undeclared)
