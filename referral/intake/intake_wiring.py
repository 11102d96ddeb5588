"""Attaches the intake: its form, how a file begins, and what is printed blank."""

from __future__ import annotations

from flask import Flask

from referral.intake import (
    intake_views,
    new_views,  # noqa: F401  # its addresses
    paper_views,  # noqa: F401
)


def init_app(app: Flask) -> None:
    """Register the pages."""
    intake_views.init_app(app)
