"""A QR code as a picture of our own, within the page."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

SIZE = 5
"""Of one square, in pixels."""


def draw_qr(text: str) -> Markup:
    """Return a text as a QR code in SVG, dark on white whatever the colours of the page."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", scale=SIZE, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  # segno wrote it: squares only, none of the text
