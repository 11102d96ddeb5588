"""Answers only under the names that are ours: what a request calls us is used for nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from werkzeug.sansio.utils import host_is_trusted


def check_host() -> None:
    """Answer 400 to a request for another host, before anything looks at it."""
    if not is_ours(request.environ.get("HTTP_HOST", ""), current_app.config["ALLOWED_HOSTS"]):
        abort(400)


def is_ours(written: str, names: tuple[str, ...]) -> bool:
    """Say whether a Host header, with or without a port, names one of ours; an absent one names none."""
    name, closing, port = written.lower().rpartition("]")
    if closing:
        return f"{name}]" in names and host_is_trusted(f"x{port}", ["x"])
    plain = [each for each in names if not each.startswith("[")]
    return bool(plain) and host_is_trusted(written.lower(), plain)


def site_address(endpoint: str, **values: object) -> str:
    """Return the whole address of a page, for a letter: from the setting, never from the request."""
    site: str = current_app.config["SITE_URL"]
    parts = urlsplit(site)
    addresses = current_app.url_map.bind(parts.netloc, url_scheme=parts.scheme)
    return addresses.build(endpoint, values, force_external=True)


def init_app(app: Flask) -> None:
    """Look at the host of every request first."""
    app.before_request(check_host)
