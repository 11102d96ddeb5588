"""The picture of an address that another device can read."""

from __future__ import annotations

import segno
from markupsafe import Markup


def draw_qr(address: str) -> Markup:
    """Return a QR code as SVG to put in a page, without the style attributes that our pages refuse.

    It is dark on white with its margin, as readers need it, also where the page is dark. It is hidden
    from screen readers: the page says what it is for.
    """
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(
        omitsize=True, border=4, dark="#000000", light="#ffffff", svgclass="qr", lineclass=None
    )
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 (ours)
