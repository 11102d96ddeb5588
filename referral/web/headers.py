"""Response headers: nothing from elsewhere, nothing kept, nothing told to the next site."""

from __future__ import annotations

from typing import TypeVar

from flask import Response, request

Answer = TypeVar("Answer", bound=Response)

SOURCES = {
    "default-src": "'none'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
UNUSED_FEATURES = (
    "accelerometer",
    "attribution-reporting",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "interest-cohort",
    "microphone",
    "payment",
    "usb",
)
TWO_YEARS = 63_072_000


def content_security_policy(ancestors: str = "'none'", pictures: str | None = None) -> str:
    """Return the policy of a page.

    ``ancestors`` are those that may show it in a frame, ``pictures`` is a host of the operator's own
    from which it may have pictures besides.
    """
    sources = SOURCES | {"frame-ancestors": ancestors}
    if pictures:
        sources["img-src"] += f" {pictures}"
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def allow_own_frame(response: Answer, pictures: str | None = None) -> Answer:
    """Let our own pages show this one in a frame."""
    response.headers["Content-Security-Policy"] = content_security_policy("'self'", pictures)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def set_headers(response: Response) -> Response:
    """Complete every answer; what a view has said already stands.

    Pages are not stored: on a shared computer, Back and the disk must not tell what was read.
    """
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_security_policy())
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", ", ".join(f"{name}=()" for name in UNUSED_FEATURES))
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS}; includeSubDomains")
    return response
